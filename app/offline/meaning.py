"""What the writer of a workbook meant for one question, going by what they saw when they downloaded it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from app.domain.answers import Answer, AnswerState, Record, Scalar, records_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem, Item, RecordsItem
from app.domain.reading import Problem, RawAnswer, raw_of, read_answer
from app.kit.say import mark
from app.offline.cell_values import CellProblem, Given, ItemRows
from app.offline.layout import Column, record_key

EMPTIED = "-"
_SHOWN = 1e-14  # the share by which a number may differ that a spreadsheet keeps with 15 or 16 digits
_COLUMNS = {"state": Column.STATE, "reason": Column.REASON, "comment": Column.COMMENT, "evidence_url": Column.EVIDENCE}
_FROM_THE_LIST = mark("Choose from the list that the cell offers.")
_TICKS = mark("Choose Yes beside at least one option, or beside the last row if none is true.")

Decision = Literal["value", "state", "keep", "contradiction"]


@dataclass(frozen=True, slots=True)
class Meant:
    """The whole answer as it would stand, or what is wrong with its cells; `place` is the cell of the answer."""

    answer: Answer | None
    problems: tuple[CellProblem, ...]
    place: str


def meant(rows: ItemRows, document: Questionnaire, item: Item, base: Answer) -> Meant:
    """Lay what is written over what stood there: an empty cell changes nothing. `item` is the question as it is asked now."""
    given = rows.read()
    place = _place_of_answer(rows, given)
    decision = _decide(given, base, is_as_before=_is_as_before(given, item, document, base))
    raw = _raw(given, item, base, decision)
    reading = read_answer(item, raw, document)
    found = [*given.problems, *_contradiction(rows, decision)]
    if not found:
        found += [_located(rows, problem) for problem in reading.problems]
        found += _reason_alone(rows, given, base, reading.answer)
    answer = None if found or reading.answer is None else _as_stored(reading.answer, base)
    return Meant(answer, tuple(found), place)


def _decide(given: Given, base: Answer, *, is_as_before: bool) -> Decision:
    """Tell which of the two columns counts, where both are filled: the one that was touched."""
    if given.state in {"", AnswerState.ANSWERED.value}:
        return "value" if given.has_value else "keep"
    if not given.has_value or is_as_before:
        return "state"
    return "value" if given.state == base.state.value else "contradiction"


def _is_as_before(given: Given, item: Item, document: Questionnaire, base: Answer) -> bool:
    if base.state is not AnswerState.ANSWERED or not given.has_value:
        return False
    raw = RawAnswer("", given.value, base.reason, "", "", given.not_applicable, given.records)
    answer = read_answer(item, raw, document).answer
    return answer is not None and _as_stored(answer, base).value == base.value


def _raw(given: Given, item: Item, base: Answer, decision: Decision) -> RawAnswer:
    before = raw_of(base)
    noted = RawAnswer(
        reason=given.reason or base.reason,
        comment=_over(given.comment, base.comment),
        evidence_url=_over(given.evidence_url, base.evidence_url),
    )
    records = given.records or before.records
    match decision:
        case "value":
            return replace(noted, value=given.value, not_applicable=given.not_applicable, records=records)
        case "state":
            is_taken_back = given.state == AnswerState.BLANK.value or isinstance(item, RecordsItem)
            return replace(noted, state=given.state, records=() if is_taken_back else records)
        case _:
            return replace(noted, state=before.state, value=before.value, not_applicable=before.not_applicable, records=records)


def _over(written: str, before: str) -> str:
    return "" if written == EMPTIED else written or before


def _contradiction(rows: ItemRows, decision: Decision) -> list[CellProblem]:
    if decision != "contradiction":
        return []
    words = mark("There is an answer, and a reason for having none. Empty one of the two cells.")
    return [CellProblem(rows.place(rows.item.code, Column.STATE), "cell_contradiction", words)]


def _reason_alone(rows: ItemRows, given: Given, base: Answer, answer: Answer | None) -> list[CellProblem]:
    """Name a reason that no answer would keep, so that nobody's words are lost unseen."""
    if not given.reason or given.reason == base.reason or answer is None or answer.reason:
        return []
    words = mark("A reason is kept only where something does not apply. Say so in the column before, or write it as a comment.")
    return [CellProblem(rows.place(rows.item.code, Column.REASON), "cell_reason_alone", words)]


def _located(rows: ItemRows, problem: Problem) -> CellProblem:
    """Name the cell of a problem; lists of codes, which no cell shows, become a word about the list that it offers."""
    message = problem.message
    if problem.code in {"unknown_level", "unknown_option", "unknown_state"}:
        message = _TICKS if isinstance(rows.item, ChecklistItem) and problem.field == "value" else _FROM_THE_LIST
    if problem.field.startswith("record."):
        _record, number, field = problem.field.split(".", 2)
        return CellProblem(rows.place(record_key(rows.item.code, int(number), field), Column.ANSWER), problem.code, message)
    return CellProblem(rows.place(rows.item.code, _COLUMNS.get(problem.field, Column.ANSWER)), problem.code, message)


def _place_of_answer(rows: ItemRows, given: Given) -> str:
    """Name the cell that a reader looks for first: of the answer, or of what was said instead."""
    column = Column.STATE if given.state and not given.has_value else Column.ANSWER
    return rows.place(rows.item.code, column)


def _as_stored(answer: Answer, base: Answer) -> Answer:
    """Take a number as it is stored where it was only shown: spreadsheets keep 15 or 16 digits of it."""
    value = answer.value
    if isinstance(value, float) and isinstance(base.value, int | float):
        value = _nearest(value, base.value)
    if records_of(value):
        value = _records_as_stored(records_of(value), records_of(base.value))
    return replace(answer, value=value, details=_records_as_stored(answer.details, base.details))


def _records_as_stored(records: tuple[Record, ...], base: tuple[Record, ...]) -> tuple[Record, ...]:
    pairs = [(record, base[place] if place < len(base) else Record(())) for place, record in enumerate(records)]
    return tuple(Record(tuple((code, _nearest(value, old.get(code))) for code, value in new.values)) for new, old in pairs)


def _nearest(value: Scalar, stored: Scalar | None) -> Scalar:
    if isinstance(value, float) and isinstance(stored, int | float) and math.isclose(value, stored, rel_tol=_SHOWN):
        return stored
    return value
