"""What a workbook would change: each question beside what is stored now, and beside what its writer had seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.questionnaire.items import ReferenceItem
from app.offline.cell_values import CellProblem, ItemRows
from app.offline.layout import item_of
from app.offline.meaning import meant
from app.offline.reading import ReadWorkbook
from app.offline.vocabulary import Vocabulary
from app.reviews.saved import SavedAnswer


class Origin(StrEnum):
    """Where a workbook comes from, seen from the review that it is brought to."""

    SAME = "same"
    REVISION = "revision"
    REVIEW = "review"


class Outcome(StrEnum):
    """What would become of one question."""

    UNCHANGED = "unchanged"
    CHANGE = "change"
    CONFLICT = "conflict"
    PROBLEM = "problem"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the dry run. `mine` is what the workbook makes of it; None where there is a problem."""

    item: str
    outcome: Outcome
    place: str
    stored: SavedAnswer | None
    mine: Answer | None
    problems: tuple[CellProblem, ...] = ()

    @property
    def version(self) -> int:
        """The version of the stored answer that the reader of the dry run sees; 0 where there is none."""
        return self.stored.version if self.stored else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole dry run. `comparable`: how many questions of the workbook are asked here as well; `unknown`: of how many rows
    nobody knows the question."""

    origin: Origin
    lines: tuple[Line, ...]
    comparable: int
    not_comparable: int
    unknown: int

    def of(self, outcome: Outcome) -> tuple[Line, ...]:
        """Return the questions of which the same would become."""
        return tuple(line for line in self.lines if line.outcome is outcome)

    def line(self, item: str) -> Line | None:
        """Return one question."""
        return next((line for line in self.lines if line.item == item), None)


@dataclass(frozen=True, slots=True)
class Now:
    """The review that the workbook is brought to: its questionnaire, what is stored, and what the writer had seen.

    `seen`: the answers as they were in the workbook when it was downloaded; None where that says nothing about this review."""

    document: Questionnaire
    saved: Mapping[str, SavedAnswer]
    seen: Mapping[str, Answer] | None
    pairs: Mapping[str, str]
    """The code of the question in the workbook, by its code here."""


def compare(workbook: ReadWorkbook, words: Vocabulary, now: Now, origin: Origin) -> Comparison:
    """Compare a workbook with what is stored. `words` are those of the questionnaire that the workbook was made from."""
    filled = workbook.items() | {item_of(key) for key in workbook.twice}
    lines = [
        _line(ItemRows(words, words.document.items[old], workbook), now, code)
        for code, old in now.pairs.items()
        if old in filled and not isinstance(words.document.items[old], ReferenceItem)
    ]
    known = filled & words.document.items.keys()
    return Comparison(
        origin,
        tuple(_with_those_not_asked(lines, now)),
        comparable=len(lines),
        not_comparable=len(known) - len(lines),
        unknown=len(filled - known),
    )


def _line(rows: ItemRows, now: Now, code: str) -> Line:
    stored = now.saved.get(code)
    theirs = stored.answer if stored else BLANK
    base = theirs if now.seen is None else now.seen.get(code, BLANK)
    found = meant(rows, now.document, now.document.items[code], base)
    if found.answer is None:
        return Line(code, Outcome.PROBLEM, found.place, stored, None, found.problems)
    if found.answer in {theirs, base}:
        return Line(code, Outcome.UNCHANGED, found.place, stored, found.answer)
    is_free = base == theirs if now.seen is not None else theirs == BLANK
    return Line(code, Outcome.CHANGE if is_free else Outcome.CONFLICT, found.place, stored, found.answer)


def _with_those_not_asked(lines: list[Line], now: Now) -> list[Line]:
    """Set apart what no path through the questions would ask for, whichever side of the conflicts is kept."""
    theirs = {code: saved.answer for code, saved in now.saved.items()}
    changed = {line.item: line.mine for line in lines if line.outcome is Outcome.CHANGE and line.mine is not None}
    mine = changed | {line.item: line.mine for line in lines if line.outcome is Outcome.CONFLICT and line.mine is not None}
    asked = asked_codes(now.document, theirs | changed) | asked_codes(now.document, theirs | mine)
    return [
        Line(line.item, Outcome.NOT_ASKED, line.place, line.stored, line.mine, line.problems)
        if line.item not in asked and line.outcome is not Outcome.UNCHANGED
        else line
        for line in lines
    ]
