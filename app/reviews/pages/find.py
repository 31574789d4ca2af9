"""The questions of a review as a list: all, or those that somebody looks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import AnswerState
from app.domain.questionnaire.flow import asked_sections
from app.kit import clock
from app.kit.actor import Actor
from app.reviews import service, shares
from app.reviews.pages import frames, marks, team_words
from app.reviews.service import OpenReview
from app.reviews.shares import AskedItem
from app.reviews.words import STATE_WORDS, localized_review
from app.teamwork import assignments, rules, visits
from app.teamwork import overview as teamwork
from app.web import filters, parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/questions")

LABELS = {
    "": mark("All"),
    "unanswered": mark("Unanswered"),
    "mine": mark("Mine"),
    "changed": mark("Changed since my last visit"),
    "comments": mark("With open discussions"),
}
_EMPTY = {
    "": (mark("No question is asked here"), mark("Another answer decides whether this section is asked.")),
    "unanswered": (mark("Nothing is left to answer"), mark("Every question here has an answer, or a reason why there is none.")),
    "mine": (
        mark("Nothing is yours yet"),
        mark("Your coordinator can hand sections and questions over to you, and you can take what nobody has."),
    ),
    "changed": (mark("Nothing has changed since your last visit"), mark("What colleagues answer or say meanwhile appears here.")),
    "comments": (mark("Nothing is being discussed"), mark("Begin a discussion from any question: press Discuss below its code.")),
}
_FIRST_VISIT = mark("This is your first visit. From the next one on, what colleagues answer or say meanwhile appears here.")


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One view of the list, and how much it shows."""

    label: str
    href: str
    number: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One question of the list."""

    code: str
    text: str
    href: str
    state: str
    state_kind: str
    holder: str
    changed: str
    talk: str
    talk_href: str
    hand_over: str
    hand_over_href: str | None


@router.get("")
def show_questions(
    request: Request,
    review_id: UUID,
    actor: CurrentActor,
    session: DbSession,
    show: Annotated[str, Query(max_length=20)] = "",
    section: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """List the questions that are asked, by what somebody looks for; what is not known shows all."""
    review = localized_review(service.open_review(session, actor, review_id))
    state = teamwork.of_review(session, actor, review_id)
    since = visits.since(state, clock.now())
    sections = asked_sections(review.questionnaire, review.answers)
    here = section if section in {part.code for part in sections} else ""
    items = [each for each in shares.asked(review, state) if here in {"", each.section.code}]
    views = {name: [each for each in items if is_shown(each)] for name, is_shown in _views(actor, since).items()}
    current = show if show in views else ""
    following = shares.next_left(views[current])
    page = render(
        request,
        "reviews/questions.html",
        frames.review_frame(request, review, _("Questions"), Crumb(_("Questions"))),
        review=review,
        filters=_filters(review_id, here, current, views),
        sections=[
            parts.Option("", _("All sections")),
            *(parts.Option(part.code, f"{part.code} {part.title}") for part in sections),
        ],
        section=here,
        show=current,
        rows=[_row(review, each, actor, since) for each in views[current]],
        next_href=team_words.question_href(review_id, following) if following and review.is_editable else None,
        empty=[_(words) for words in _empty(current, since)],
    )
    also = (partial(assignments.see, actor=actor, review_id=review_id),)
    is_news_read = current == "mine" and team_words.has_news(state, actor)
    return marks.noted(request, page, actor, review_id, state, also=also if is_news_read else ())


def _views(actor: Actor, since: datetime | None) -> dict[str, Callable[[AskedItem], bool]]:
    return {
        "": lambda _each: True,
        "unanswered": lambda each: not each.is_dealt_with,
        "mine": lambda each: each.holder is not None and each.holder.user_id == actor.user_id,
        "changed": lambda each: shares.is_changed(each, actor, since),
        "comments": lambda each: each.talk.open > 0,
    }


def _filters(review_id: UUID, section: str, current: str, views: dict[str, list[AskedItem]]) -> Sequence[FilterLink]:
    found = []
    for name, items in views.items():
        wanted = {key: value for key, value in (("show", name), ("section", section)) if value}
        href = f"/reviews/{review_id}/questions" + (f"?{urlencode(wanted)}" if wanted else "")
        found.append(FilterLink(_(LABELS[name]), href, len(items), name == current))
    return found


def _empty(current: str, since: datetime | None) -> tuple[str, str]:
    title, text = _EMPTY[current]
    return title, _FIRST_VISIT if current == "changed" and since is None else text


def _row(review: OpenReview, each: AskedItem, actor: Actor, since: datetime | None) -> Row:
    state, kind = _state(each)
    may_hand_on = review.is_editable and rules.may_hand_on_somehow(actor, each.holder)
    return Row(
        code=each.item.code,
        text=each.item.text,
        href=team_words.question_href(review.id, each),
        state=state,
        state_kind=kind,
        holder=team_words.holder_words(each.holder, actor, each.due_on),
        changed=_changed(each, actor, since),
        talk=team_words.talk_words(each.talk.open),
        talk_href=team_words.discussion_href(review.id, each.item.code),
        hand_over=_("Assign"),
        hand_over_href=f"/reviews/{review.id}/team?place={each.section.code}:{each.item.code}#hand-over" if may_hand_on else None,
    )


def _state(each: AskedItem) -> tuple[str, str]:
    if each.answer.state is not AnswerState.ANSWERED:
        return _(STATE_WORDS[each.answer.state]), "neutral"
    return (_("Answered in full"), "success") if each.is_dealt_with else (_("Answered in part"), "info")


def _changed(each: AskedItem, actor: Actor, since: datetime | None) -> str:
    """Say who answered last and when; of what is new since the last visit, that it is."""
    if since is not None and shares.is_discussed_since(each, since) and not shares.is_answered_since(each, actor, since):
        return _("New in the discussion")
    if each.saved is None:
        return ""
    return _("Saved by {name}, {moment}").format(name=each.saved.saved_by, moment=filters.moment(each.saved.saved_at))
