"""What a new version of a questionnaire would touch: counts of reviews and answers, never the answers themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import Answer
from app.domain.signed_answers import answers_from_text
from app.reviews import touched_queries

PerEconomy = Mapping[str, int]
"""How many reviews of each economy. It never leaves the rooms that decide what may be told of it."""


@dataclass(frozen=True, slots=True)
class Touched:
    """How many reviews of each economy: open ones and signed ones, by the hash of the version; and those with an answer, by the
    code of the item, in open reviews and in what was signed last."""

    reviews: Mapping[str, PerEconomy]
    signed: Mapping[str, PerEconomy]
    open_answers: Mapping[str, PerEconomy]
    signed_answers: Mapping[str, PerEconomy]


@dataclass(frozen=True, slots=True)
class Signed:
    """What one review signed last, for the rooms that compute with it; they decide who sees what."""

    id: UUID
    economy: str
    cycle: str
    content_hash: str
    answers: Mapping[str, Answer]


def touched(session: Session, questionnaire: str, items: Collection[str]) -> Touched:
    """Count what some items of a questionnaire touch: four statements, whatever the number of items."""
    return Touched(
        _grouped(touched_queries.open_by_version(session, questionnaire)),
        _grouped(touched_queries.signed_by_version(session, questionnaire)),
        _grouped(touched_queries.open_answers(session, questionnaire, items)),
        _grouped(touched_queries.signed_answers(session, questionnaire, items)),
    )


def _grouped(rows: Iterable[touched_queries.Counted]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, economy, number in rows:
        found[key][economy] = number
    return dict(found)


@dataclass(frozen=True, slots=True)
class Signature:
    """That a review was signed: the submission, whose, by the hash of which version, and when."""

    id: UUID
    economy: str
    content_hash: str
    at: datetime


def last_signed(session: Session, questionnaire: str, until: datetime, most: int) -> list[Signed]:
    """Return what each review of a questionnaire had signed last by then, newest first, and no more than so many."""
    return [
        Signed(
            row.submission.id,
            row.economy,
            row.cycle,
            row.submission.content_hash,
            answers_from_text(row.submission.answers),
        )
        for row in touched_queries.last_signed(session, questionnaire, until, most)
    ]


def signatures(session: Session, questionnaire: str, until: datetime, most: int) -> list[Signature]:
    """Return the same without answers."""
    return [Signature(*row) for row in touched_queries.signatures(session, questionnaire, until, most)]
