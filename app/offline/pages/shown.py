"""The dry run in its reader's words: each question with both answers, the cell they stand in, and what can be done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ReferenceItem
from app.infra.language import gettext as _
from app.infra.language import localized
from app.offline.comparison import Line, Outcome
from app.offline.service import DryRun
from app.reviews.words import answer_words, record_words
from app.web import filters


@dataclass(frozen=True, slots=True)
class Side:
    """One of two answers: who gave it, and everything that goes with it."""

    who: str
    when: str
    value: str
    comment: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """What is wrong with one cell."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One question of the dry run."""

    code: str
    text: str
    place: str
    choice: str
    """What the form sends for it: the code, and the version of the stored answer that is shown."""
    theirs: Side | None
    mine: Side | None
    problems: tuple[ShownProblem, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Every group of the dry run, in the order of the page."""

    conflicts: list[ShownLine]
    problems: list[ShownLine]
    changes: list[ShownLine]
    not_asked: list[ShownLine]
    unchanged: int

    @property
    def can_apply(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.conflicts or self.changes)


def shown(run: DryRun, chosen: Collection[str] | None = None) -> Shown:
    """Say a dry run. `chosen`: what a sent form had ticked; by default every change is, and no conflict."""
    document = localized(run.review.questionnaire)

    def lines(outcome: Outcome) -> list[ShownLine]:
        return [_line(document, line, _is_chosen(line, chosen)) for line in run.comparison.of(outcome)]

    return Shown(
        conflicts=lines(Outcome.CONFLICT),
        problems=lines(Outcome.PROBLEM),
        changes=lines(Outcome.CHANGE),
        not_asked=lines(Outcome.NOT_ASKED),
        unchanged=len(run.comparison.of(Outcome.UNCHANGED)),
    )


def questions_in(document: Questionnaire) -> int:
    """Return how many questions of a questionnaire take an answer."""
    return sum(not isinstance(item, ReferenceItem) for item in document.items.values())


def _is_chosen(line: Line, chosen: Collection[str] | None) -> bool:
    return line.outcome is Outcome.CHANGE if chosen is None else line.item in chosen


def _line(document: Questionnaire, line: Line, is_chosen: bool) -> ShownLine:  # noqa: FBT001 - a claim about the line
    stored = line.stored
    theirs = None
    if stored is not None and stored.answer != BLANK:
        theirs = _side(document, line.item, stored.answer, stored.saved_by, filters.moment(stored.saved_at))
    return ShownLine(
        code=line.item,
        text=document.items[line.item].text,
        place=line.place,
        choice=f"{line.item}:{line.version}",
        theirs=theirs,
        mine=None if line.mine is None else _side(document, line.item, line.mine, _("Workbook"), line.place),
        problems=tuple(ShownProblem(problem.place, _(problem.message)) for problem in line.problems),
        is_chosen=is_chosen,
    )


def _side(document: Questionnaire, code: str, answer: Answer, who: str, when: str) -> Side:
    item = document.items[code]
    details = (record_words(document.fields_of(item), record) for record in answer.details)
    return Side(who, when, "\n".join([answer_words(item, answer), *details]), answer.comment, answer.evidence_url)
