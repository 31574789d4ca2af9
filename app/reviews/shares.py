"""Which questions of a review are whose, how far they are, and what has changed: answers and teamwork seen together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_items, asked_sections, is_dealt_with
from app.domain.questionnaire.items import Item, ReferenceItem
from app.kit.actor import Actor
from app.reviews.saved import SavedAnswer
from app.reviews.service import OpenReview
from app.teamwork.state import Holder, Place, Talk, TeamState

NO_TALK = Talk()


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One question that is asked, with its answer, who is responsible for it, and what is discussed about it."""

    section: Section
    item: Item
    answer: Answer
    saved: SavedAnswer | None
    is_dealt_with: bool
    holder: Holder | None
    talk: Talk

    @property
    def place(self) -> Place:
        """Where it stands in the review."""
        return Place(self.section.code, self.item.code)

    @property
    def due_on(self) -> date | None:
        """When it is due; None where nothing presses, or nothing is left to do."""
        return None if self.holder is None or self.is_dealt_with else self.holder.due_on


@dataclass(frozen=True, slots=True)
class Share:
    """What is one person's: questions, those that are left, and the nearest day on which one of these is due."""

    total: int
    left: int
    next_due: date | None

    @property
    def done(self) -> int:
        """Questions dealt with."""
        return self.total - self.left


def asked(review: OpenReview, state: TeamState) -> list[AskedItem]:
    """Return every question on the path, in its order; reference panels ask nothing."""
    return [
        AskedItem(
            section,
            item,
            review.answers.get(item.code, BLANK),
            review.saved.get(item.code) if item.code in review.answers else None,
            is_dealt_with(review.questionnaire, item, review.answers.get(item.code, BLANK)),
            state.holder(Place(section.code, item.code)),
            state.talks.get(item.code, NO_TALK),
        )
        for section in asked_sections(review.questionnaire, review.answers)
        for item in asked_items(section, review.answers)
        if not isinstance(item, ReferenceItem)
    ]


def on_form(review: OpenReview, state: TeamState) -> TeamState:
    """Leave out what belongs to questions that the review's version does not ask: it comes back with them."""
    items = review.questionnaire.items.keys()
    sections = {section.code for section in review.questionnaire.sections}
    holders = {
        place: holder
        for place, holder in state.holders.items()
        if (place.item in items if place.item else place.section in sections)
    }
    return replace(state, holders=holders, talks={code: talk for code, talk in state.talks.items() if code in items})


def of_person(items: Iterable[AskedItem], user_id: UUID | None) -> list[AskedItem]:
    """Return what somebody is responsible for."""
    return [each for each in items if each.holder is not None and each.holder.user_id == user_id]


def share(items: Sequence[AskedItem]) -> Share:
    """Sum some questions up."""
    due = [each.due_on for each in items if each.due_on is not None]
    return Share(len(items), sum(not each.is_dealt_with for each in items), min(due, default=None))


def next_left(items: Sequence[AskedItem], *, after: str = "") -> AskedItem | None:
    """Return the next question that is left, from behind a section (that one comes last); None when none is left."""
    left = [each for each in items if not each.is_dealt_with]
    codes = list(dict.fromkeys(each.section.code for each in items))
    behind = codes[codes.index(after) + 1 :] if after in codes else []
    return next((each for each in left if each.section.code in behind), left[0] if left else None)


def still_left(items: Sequence[AskedItem], holders: Iterable[Holder]) -> list[Holder]:
    """Keep the assignments of which something is left to answer: what a reminder may speak of."""
    left = {each.holder.id for each in items if each.holder is not None and not each.is_dealt_with}
    return [holder for holder in holders if holder.id in left]


def is_changed(each: AskedItem, actor: Actor, since: datetime | None) -> bool:
    """Tell whether a colleague answered or said something about a question since a moment; None: there was no visit before."""
    return since is not None and (is_answered_since(each, actor, since) or is_discussed_since(each, since))


def is_answered_since(each: AskedItem, actor: Actor, since: datetime) -> bool:
    """Tell whether a colleague changed the answer since a moment."""
    return each.saved is not None and each.saved.saved_at > since and each.saved.saved_by != actor.name


def is_discussed_since(each: AskedItem, since: datetime) -> bool:
    """Tell whether a colleague said something about a question since a moment."""
    return each.talk.others_last is not None and each.talk.others_last > since
