"""Two answers to one item, put together where that means something: ticks, texts, groups of fields, and what stands beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from app.domain.answers import Answer, AnswerState, codes_of, records_of
from app.domain.questionnaire.items import ChecklistItem, Item, RecordsItem, TextItem

T = TypeVar("T")


def combine(item: Item, theirs: Answer, mine: Answer) -> Answer | None:
    """Return both answers in one, theirs first; None where a person has to choose, as between two levels.

    Where one holds the other already, it is the result. It is not checked against limits: read it again as any other answer
    before it is stored.
    """
    beside = replace(
        mine,
        comment=_texts(theirs.comment, mine.comment),
        evidence_url=theirs.evidence_url or mine.evidence_url,
        details=_all(theirs.details, mine.details),
    )
    if theirs.evidence_url and mine.evidence_url and theirs.evidence_url != mine.evidence_url:
        return None
    if (theirs.state, theirs.value, theirs.not_applicable) == (mine.state, mine.value, mine.not_applicable):
        return replace(beside, reason=_texts(theirs.reason, mine.reason))
    if theirs.state is not AnswerState.ANSWERED or mine.state is not AnswerState.ANSWERED:
        return None
    match item:
        case ChecklistItem():
            return _ticks(item, theirs, beside)
        case TextItem():
            return replace(beside, value=_texts(str(theirs.value), str(mine.value)))
        case RecordsItem():
            return replace(beside, value=_all(records_of(theirs.value), records_of(mine.value)))
        case _:
            return None


def _ticks(item: ChecklistItem, theirs: Answer, mine: Answer) -> Answer:
    """Tick what either ticked; leave out what either left out and neither ticked."""
    ticked = {*codes_of(theirs.value), *codes_of(mine.value)}
    left_out = {*theirs.not_applicable, *mine.not_applicable} - ticked
    return replace(
        mine,
        value=tuple(option.code for option in item.options if option.code in ticked),
        not_applicable=tuple(option.code for option in item.options if option.code in left_out),
        reason=_texts(theirs.reason, mine.reason) if left_out else "",
    )


def _texts(theirs: str, mine: str) -> str:
    if mine in theirs or theirs in mine:
        return max(theirs, mine, key=len)
    return f"{theirs}\n\n{mine}"


def _all(theirs: Iterable[T], mine: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*theirs, *mine)))
