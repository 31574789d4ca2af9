"""The discussion of one question: what was said, a reply, and whether it is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import BLANK
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.kit.actor import Actor
from app.kit.errors import Invalid, NotFound
from app.kit.say import mark
from app.reviews import service
from app.reviews.moving import earlier
from app.reviews.pages import frames, marks
from app.reviews.pages.context import anchor
from app.reviews.service import OpenReview
from app.reviews.words import answer_words
from app.teamwork import overview as teamwork
from app.teamwork import people, threads
from app.teamwork.state import Place, TeamState
from app.teamwork.threads import Discussion, Post
from app.web import filters, parts
from app.web.db import DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/items/{code}/discussion")

register_flash(
    "reviews.discussion_started", "success", mark("The discussion is started. Those whom you notified see it in My reviews.")
)
register_flash("reviews.replied", "success", mark("Your reply is saved."))
register_flash(
    "reviews.thread_resolved", "success", mark("The discussion is resolved. It stays readable, and a reply opens it again.")
)
register_flash("reviews.thread_opened_again", "success", mark("The discussion is open again."))


@dataclass(frozen=True, slots=True)
class PostForm:
    """Fields for one post; what could not be saved comes back as it was typed."""

    text_name: str
    notify_name: str
    colleagues: Sequence[parts.Option]
    text: str = ""
    notify: Sequence[str] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ShownThread:
    """One discussion with the form of its reply."""

    id: str
    anchor: str
    title: str
    is_open: bool
    resolved: str
    posts: Sequence[Post]
    is_unfolded: bool
    text_name: str
    notify_name: str
    colleagues: Sequence[parts.Option]
    text: str
    notify: Sequence[str]
    error: str | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent and refused: by which form, and why."""

    name: str = ""
    text: str = ""
    notify: Sequence[str] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


@router.get("")
def show_discussion(request: Request, review_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show the discussions of one question; mentions of the reader count as read."""
    return _page(request, session, actor, review_id, code)


@router.post("")
def start_discussion(
    request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Begin a discussion."""
    review = service.open_review(session, actor, review_id)
    place = _place(review, code)
    return _said(
        request,
        session,
        actor,
        (review_id, code, "new"),
        form,
        partial(threads.start, session, actor, review_id, place),
        flash="reviews.discussion_started",
    )


@router.post("/{thread_id}")
def reply(
    request: Request, review_id: UUID, code: str, thread_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Add a post to a discussion."""
    return _said(
        request,
        session,
        actor,
        (review_id, code, str(thread_id)),
        form,
        partial(threads.reply, session, actor, review_id, code, thread_id),
        flash="reviews.replied",
    )


@router.post("/{thread_id}/resolve")
def resolve(
    request: Request, review_id: UUID, code: str, thread_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Say that nothing is left to discuss."""
    threads.resolve(session, actor, review_id, code, thread_id)
    return see_other(request, f"{_path(review_id, code)}#thread-{thread_id}", flash="reviews.thread_resolved")


@router.post("/{thread_id}/open-again")
def open_again(
    request: Request, review_id: UUID, code: str, thread_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Open a resolved discussion again."""
    threads.open_again(session, actor, review_id, code, thread_id)
    return see_other(request, f"{_path(review_id, code)}#thread-{thread_id}", flash="reviews.thread_opened_again")


def _path(review_id: UUID, code: str) -> str:
    return f"/reviews/{review_id}/items/{code}/discussion"


def _place(review: OpenReview, code: str) -> Place:
    """Return where an item stands; one that the questionnaire does not have is not found."""
    for section in review.questionnaire.sections:
        if any(item.code == code for item in section.items):
            return Place(section.code, code)
    raise NotFound("item")


def _asking(session: Session, review: OpenReview, code: str) -> Questionnaire:
    """Return the version that asks an item, or asked it before the review was moved; one that none has is not found."""
    if code in review.questionnaire.items:
        return review.questionnaire
    found = earlier.document_asking(session, review, code)
    if found is None:
        raise NotFound("item")
    return found


def _ids(sent: Sequence[str]) -> list[UUID]:
    """Read the ids of people; what is none looks like a person who is not there."""
    try:
        return [UUID(each) for each in sent]
    except ValueError as error:
        raise NotFound("person") from error


def _said(
    request: Request,
    session: Session,
    actor: Actor,
    where: tuple[UUID, str, str],
    form: Form,
    say: Callable[[str, list[UUID]], object],
    *,
    flash: str,
) -> Response:
    """Save a post; one that is refused comes back with everything that was typed."""
    review_id, code, name = where
    text, notify = form.first(f"text-{name}"), form.all(f"notify-{name}")
    try:
        thread_id = say(text, _ids(notify)) or name
    except Invalid as refused:
        problems = {f"{problem.field}-{name}": _(problem.message) for problem in refused.problems}
        return _page(request, session, actor, review_id, code, Typed(name, text, notify, problems))
    return see_other(request, f"{_path(review_id, code)}#thread-{thread_id}", flash=flash)


def _page(request: Request, session: Session, actor: Actor, review_id: UUID, code: str, typed: Typed | None = None) -> Response:
    typed = typed or Typed()
    review = service.open_review(session, actor, review_id)
    document = localized(_asking(session, review, code))
    item = document.items[code]
    state = teamwork.of_review(session, actor, review_id)
    colleagues = [
        parts.Option(str(member.id), member.name) for member in people.team_of(session, actor) if member.id != actor.user_id
    ]
    found = threads.of_item(session, actor, review_id, code)
    waiting = [each.id for each in found if each.is_open]
    shown = [_thread(each, colleagues, typed, is_alone=waiting == [each.id]) for each in found]
    title = _("Discussion of {code}").format(code=code)
    is_asked = code in asked_codes(review.questionnaire, review.answers)
    page = render(
        request,
        "reviews/discussion.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(typed.problems)),
        status=422 if typed.problems else 200,
        title=title,
        item=item,
        answer=answer_words(item, review.answers.get(code, BLANK)),
        question_href=f"/reviews/{review_id}/sections/{_place(review, code).section}#{anchor(code)}" if is_asked else None,
        gone_from="" if code in review.questionnaire.items else review.questionnaire.version,
        left_href=f"/reviews/{review_id}/left",
        list_href=f"/reviews/{review_id}/questions?show=comments",
        action=_path(review_id, code),
        open_threads=[each for each in shown if each.is_open],
        resolved_threads=[each for each in shown if not each.is_open],
        new=_new(colleagues, typed),
        is_new_folded=bool(waiting) and typed.name != "new",
        problems=[parts.Problem(message, f"#{name}") for name, message in typed.problems.items()],
    )
    return marks.noted(request, page, actor, review_id, state, also=_reading(state, actor, review_id, code))


def _reading(state: TeamState, actor: Actor, review_id: UUID, code: str) -> tuple[Callable[[Session], None], ...]:
    """Return what reading this page does: what mentions the reader is read, if anything does."""
    talk = state.talks.get(code)
    return (partial(threads.see, actor=actor, review_id=review_id, item=code),) if talk is not None and talk.unread else ()


def _new(colleagues: Sequence[parts.Option], typed: Typed) -> PostForm:
    if typed.name != "new":
        return PostForm("text-new", "notify-new", colleagues)
    return PostForm("text-new", "notify-new", colleagues, typed.text, typed.notify, typed.problems.get("text-new"))


def _thread(each: Discussion, colleagues: Sequence[parts.Option], typed: Typed, *, is_alone: bool) -> ShownThread:
    name, first = str(each.id), each.posts[0]
    is_typed = typed.name == name
    resolved = each.resolved_at and _("Resolved by {name}, {moment}").format(
        name=each.resolved_by, moment=filters.moment(each.resolved_at)
    )
    return ShownThread(
        id=name,
        anchor=f"thread-{name}",
        title=_("Started by {name}, {day}").format(name=first.name, day=filters.day(first.created_at)),
        is_open=each.is_open,
        resolved=resolved or "",
        posts=each.posts,
        is_unfolded=is_typed or is_alone,
        text_name=f"text-{name}",
        notify_name=f"notify-{name}",
        colleagues=colleagues,
        text=typed.text if is_typed else "",
        notify=typed.notify if is_typed else (),
        error=typed.problems.get(f"text-{name}"),
    )
