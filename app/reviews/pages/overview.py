"""The list of an economy's reviews, and the task list of one review with its one next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.flow import Progress
from app.economies import service as economies
from app.kit.actor import Actor, Role
from app.kit.say import Quoted
from app.questionnaires import retiring
from app.questionnaires import service as questionnaires
from app.reviews import prefill, service, shares, sign_off
from app.reviews.moving import service as moving
from app.reviews.pages import context, frames, marks, team_words
from app.reviews.pages.section_form import how_far, standing_of
from app.reviews.service import EDITABLE, LOCKED, OpenReview, ReviewEntry, ReviewState, SentBack
from app.reviews.shares import AskedItem
from app.reviews.words import REVIEW_STATE_WORDS, closing_words, localized_review
from app.teamwork import assignments
from app.teamwork import overview as teamwork
from app.teamwork.state import Place, TeamState
from app.web import filters, parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.i18n import localized, mark, ngettext
from app.web.page import economy_name, page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews")

_SecondOpinions = Callable[[Request, Session, Actor, UUID | None], Mapping[UUID, Sequence[parts.Waiting]]]

register_flash(
    "reviews.started", "success", mark("The review is started. Begin with any section; you can stop and come back at any time.")
)


@dataclass(frozen=True, slots=True)
class Startable:
    """A cycle in which the economy has no review yet."""

    questionnaire: str
    version: str
    cycle: str
    title: str
    notice: str
    closing: str


@router.get("")
def show_reviews(request: Request, actor: CurrentActor, session: DbSession) -> Response:
    """List the reviews of one's economy, and what can be started."""
    reviews = service.open_reviews(session, actor)
    entries = [service.entry_of(review) for review in reviews]
    frame, opinions = page_frame(request, _("My reviews")), second_opinions(request, session, actor)
    return render(
        request,
        "reviews/list.html",
        frame,
        reviews=[_task(entry) for entry in entries],
        startable=_startable(session, actor, entries),
        waiting=[each for entry in entries for each in (*_waiting(entry, actor), *opinions.get(entry.id, ()))],
        work=_my_work(session, actor, reviews),
        can_start=actor.role is Role.COORDINATOR,
        is_official=actor.is_official,
    )


@router.post("")
def start_review(request: Request, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Start the review of one's economy in a cycle."""
    names = (form.first("questionnaire"), form.first("version"), form.first("cycle"))
    review_id = service.start_review(session, actor, *names)
    return see_other(request, f"/reviews/{review_id}", flash="reviews.started")


@router.get("/{review_id}")
def show_review(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show the task list of a review, and its one next step."""
    review = localized_review(service.open_review(session, actor, review_id))
    submissions = sign_off.list_submissions(session, actor, review_id)
    words, kind = REVIEW_STATE_WORDS[review.state]
    state = teamwork.of_review(session, actor, review_id)
    asked = shares.asked(review, state)
    page = render(
        request,
        "reviews/review.html",
        frames.review_frame(request, review, review.questionnaire.title),
        review=review,
        state=_(words),
        state_kind=kind,
        tasks=_section_tasks(review, state, asked, actor),
        waiting=second_opinions(request, session, actor, review_id).get(review_id, ()) if submissions else (),
        work=team_words.work_of(review, state, actor, asked),
        submissions=submissions,
        next_href=_next_href(review),
        role=actor.role.value,
        outlook=moving.outlook(session, actor, review),
        offered=len(prefill.offers(session, actor, review)),
        economy=economy_name(request, review.economy),
        closing=closing_words(review.cycle, review.state),
        introduction=context.markdown(review.questionnaire.summary),
    )
    also = (partial(assignments.see, actor=actor, review_id=review_id),)
    return marks.noted(request, page, actor, review_id, state, also=also if team_words.has_news(state, actor) else ())


def second_opinions(
    request: Request, session: DbSession, actor: Actor, review_id: UUID | None = None
) -> Mapping[UUID, Sequence[parts.Waiting]]:
    """Return what second opinions, of one review or of all, wait for from the actor, by review.

    That room stands above, so `main` says how it is known."""
    waiting: _SecondOpinions = request.app.state.second_opinions
    return waiting(request, session, actor, review_id)


def _waiting(entry: ReviewEntry, actor: Actor) -> list[parts.Waiting]:
    """Return what a review waits for from the actor: the signature, or what it was sent back for."""
    title = _title(_(Quoted(entry.questionnaire, entry.title)), entry.cycle.title)
    if not entry.cycle.is_open:
        return []
    if entry.state is ReviewState.IN_SIGN_OFF and actor.role is Role.APPROVER:
        text = _("The review is handed over to you. Read the answers, then sign it off, or send it back for changes.")
        return [parts.Waiting(title, text, _("Read and sign off"), f"/reviews/{entry.id}/check")]
    if entry.sent_back is not None and actor.role is Role.COORDINATOR:
        return [parts.Waiting(title, _sent_back_words(entry.sent_back), _("Open the review"), f"/reviews/{entry.id}")]
    return []


def _sent_back_words(sent_back: SentBack) -> str:
    words = _("Sent back for changes by {name}, {moment}: {reason}")
    return words.format(name=sent_back.by, moment=filters.moment(sent_back.at), reason=sent_back.reason)


@dataclass(frozen=True, slots=True)
class MyWork:
    """What is mine in one of several reviews."""

    title: str
    work: parts.Work


def _my_work(session: DbSession, actor: Actor, reviews: list[OpenReview]) -> list[MyWork]:
    """Sum up, review by review, what is mine and what is new for me; reviews without either are left out."""
    states = teamwork.of_economy(session, actor) if reviews else {}
    found = []
    for review in reviews:
        state = states.get(review.id)
        if state is None:
            continue
        shown = localized_review(review)
        work = team_words.work_of(shown, state, actor, shares.asked(shown, state))
        if work.total or work.assigned or work.mentions:
            found.append(MyWork(_title(shown.questionnaire.title, review.cycle.title), work))
    return found


def _startable(session: DbSession, actor: Actor, entries: list[ReviewEntry]) -> list[Startable]:
    """Return the open cycles that this economy takes part in and has not started, with the newest version that is not retired."""
    started = {entry.cycle.id for entry in entries}
    found: list[Startable] = []
    retired = retiring.retired(session) if actor.is_official else {}
    for cycle in economies.list_cycles(session) if actor.is_official else []:
        listed = questionnaires.list_versions(session, cycle.questionnaire)
        versions = [entry for entry in listed if (entry.code, entry.version) not in retired]
        if not cycle.is_open or cycle.id in started or not versions:
            continue
        document = localized(questionnaires.get_version(session, cycle.questionnaire, versions[0].version))
        if actor.economy in economies.participants(session, document.participants.groups, document.participants.opt_in):
            title = _title(document.title, cycle.title)
            found.append(Startable(document.code, document.version, cycle.code, title, cycle.notice, closing_words(cycle)))
    return found


def _task(entry: ReviewEntry) -> parts.Task:
    words, kind = REVIEW_STATE_WORDS[entry.state]
    hint = ngettext("{done} of {total} question dealt with", "{done} of {total} questions dealt with", entry.total)
    hint = hint.format(done=entry.done, total=entry.total)
    if entry.cycle.notice:
        hint = _("{progress}. {notice}").format(progress=hint, notice=entry.cycle.notice)
    if entry.sent_back is not None:
        hint = _("{progress}. {notice}").format(progress=hint, notice=_sent_back_words(entry.sent_back))
    if closing := closing_words(entry.cycle, entry.state):
        hint = _("{progress}. {notice}").format(progress=hint, notice=closing)
    title = _title(_(Quoted(entry.questionnaire, entry.title)), entry.cycle.title)
    return parts.Task(title, _(words), kind, f"/reviews/{entry.id}", hint)


def _title(questionnaire: str, cycle: str) -> str:
    return _("{questionnaire}, {cycle}").format(questionnaire=questionnaire, cycle=cycle)


def _section_tasks(review: OpenReview, state: TeamState, asked: Sequence[AskedItem], actor: Actor) -> list[parts.Task]:
    tasks = []
    for section in review.progress:
        title = next(part.title for part in review.questionnaire.sections if part.code == section.section)
        status, kind = _section_status(review, section)
        hint = how_far(section)
        href = f"/reviews/{review.id}/sections/{section.section}"
        check = parts.Link(_("Check the answers"), f"{href}/check") if section.done == section.total else None
        holder = state.holders.get(Place(section.section))
        due_on = holder.due_on if holder and section.done < section.total else None
        talks = sum(each.talk.open for each in asked if each.section.code == section.section)
        hint = ". ".join(filter(None, (hint, team_words.holder_words(holder, actor, due_on), team_words.talk_words(talks))))
        tasks.append(parts.Task(f"{section.section} {title}", status, kind, href, hint, check))
    return tasks


def _section_status(review: OpenReview, section: Progress) -> tuple[str, str]:
    """Say how far a section is; of a review that is handed over or signed, where that stands."""
    if review.state in LOCKED:
        words, kind = REVIEW_STATE_WORDS[review.state]
        return _(words), kind
    return standing_of(section)


def _next_href(review: OpenReview) -> str:
    """Return the first section with something left to do; the check page when all is done."""
    unfinished = next((section for section in review.progress if section.done < section.total), None)
    if review.state not in EDITABLE or unfinished is None:
        return f"/reviews/{review.id}/check"
    return f"/reviews/{review.id}/sections/{unfinished.section}"
