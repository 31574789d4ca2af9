"""What an economy's people are at work on, read once for all of them: for the mails that tell each what is new and due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.domain.questionnaire.document import Section
from app.kit.actor import Actor
from app.reviews import shares
from app.reviews.service import OpenReview, open_reviews
from app.reviews.shares import AskedItem
from app.teamwork import news, overview
from app.teamwork.news import News
from app.teamwork.state import Holder, TeamState

_NOTHING_YET = TeamState()


@dataclass(frozen=True, slots=True)
class Work:
    """The reviews of an economy, with the questions of those that can be answered now, and who has what is left of them."""

    reviews: Mapping[UUID, OpenReview]
    asked: Mapping[UUID, list[AskedItem]]
    left: tuple[Holder, ...]

    def still_left(self, holders: Iterable[Holder]) -> list[Holder]:
        """Keep what can still be done: an answered question presses nobody, nor one that is locked."""
        open_ids = {holder.id for holder in self.left}
        return sorted((holder for holder in holders if holder.id in open_ids), key=_by_day)

    def sections_without_anybody(self, review_id: UUID) -> list[Section]:
        """Return the sections of which something is left, and nobody who is still here has any of it."""
        found: dict[str, tuple[Section, list[AskedItem]]] = {}
        for each in self.asked.get(review_id, ()):
            found.setdefault(each.section.code, (each.section, []))[1].append(each)
        return [
            section
            for section, items in found.values()
            if any(not each.is_dealt_with for each in items) and not any(each.holder and each.holder.is_here for each in items)
        ]


class Economies:
    """Reads each economy once, however many of its people get a mail; lives as long as one round of mails."""

    def __init__(self) -> None:
        self._work: dict[str, Work] = {}
        self._news: dict[tuple[str, datetime], Mapping[UUID, News]] = {}

    def work(self, session: Session, actor: Actor) -> Work:
        """Return what an official's economy is at work on: the same for each of its people."""
        economy = actor.economy or ""
        if economy not in self._work:
            self._work[economy] = _read(session, actor)
        return self._work[economy]

    def news(self, session: Session, actor: Actor, since: datetime, now: datetime) -> News:
        """Return what is new to one person; `now` is in the zone in which days are counted."""
        key = (actor.economy or "", since)
        if key not in self._news:
            self._news[key] = news.of_economy(session, key[0], since=since, now=now)
        return news.NOTHING if actor.user_id is None else self._news[key].get(actor.user_id, news.NOTHING)


def _read(session: Session, actor: Actor) -> Work:
    reviews = {review.id: review for review in open_reviews(session, actor)}
    states = overview.of_economy(session, actor)
    asked = {
        review.id: shares.asked(review, states.get(review.id, _NOTHING_YET)) for review in reviews.values() if review.is_editable
    }
    left = [
        holder
        for review_id, items in asked.items()
        for holder in shares.still_left(items, states.get(review_id, _NOTHING_YET).holders.values())
    ]
    return Work(reviews, asked, tuple(left))


def _by_day(holder: Holder) -> tuple[bool, str, str, str]:
    return holder.due_on is None, str(holder.due_on or ""), holder.place.section, holder.place.item
