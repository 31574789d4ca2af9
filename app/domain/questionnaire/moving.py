"""What becomes of the answers of an open review in a later version: kept, asked anew, or gone; and what undoing brings back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.answers import BLANK, Answer, Value
from app.domain.questionnaire.diff import diff
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass, Item, ReferenceItem
from app.domain.reading import raw_of, read_answer


class Outcome(StrEnum):
    """What becomes of one answer."""

    KEEP = "keep"
    ASK = "ask"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the earlier version. `new`: the code of its question in the later one; None where it has none.

    `change`: what happened to the question, None for nothing. `fits`: whether the answer is a valid one there.
    `by_itself`: what becomes of it unless the coordinator turns it over."""

    old: str
    new: str | None
    answer: Answer
    change: ChangeClass | None
    fits: bool
    by_itself: Outcome
    outcome: Outcome

    @property
    def can_be_turned(self) -> bool:
        """Whether the coordinator may choose: to ask what could be kept, or to keep what fits."""
        return self.by_itself is Outcome.KEEP or (self.by_itself is Outcome.ASK and self.fits)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the coordinator turned over, by earlier codes: answers to ask anew that could be kept, and to keep though asked anew.

    The two are kept apart: an answer that changes meanwhile must not turn a wish into its opposite."""

    ask: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()

    def is_for(self, line: Line) -> bool:
        """Tell whether an answer is to be turned over; what does not fit cannot be kept."""
        if line.by_itself is Outcome.KEEP:
            return line.old in self.ask
        return line.can_be_turned and line.old in self.keep


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Plan:
    """Every answer with what becomes of it, in the order of the earlier form, and the questions that only the later one asks.

    `asked_otherwise`: codes under which the two versions ask for something else."""

    lines: tuple[Line, ...]
    new_items: tuple[str, ...]
    asked_otherwise: frozenset[str]

    def of(self, outcome: Outcome) -> tuple[Line, ...]:
        """Return the answers of which this becomes."""
        return tuple(line for line in self.lines if line.outcome is outcome)


@dataclass(frozen=True, slots=True)
class Undoing:
    """What stands when a review went back: every answer by the earlier code, blank where there is none.

    `newer`: earlier codes whose answers were changed since, and stay; `unfit`: whose changed answers do not fit the earlier
    question, so that the one before comes back; `leaving`: later codes whose answers have no question any more, or were given
    to one that asks for something else."""

    answers: Mapping[str, Answer]
    newer: tuple[str, ...]
    unfit: tuple[str, ...]
    leaving: tuple[str, ...]
    asked_otherwise: frozenset[str]


def plan_move(
    before: Questionnaire,
    after: Questionnaire,
    carried: Mapping[str, str],
    answers: Mapping[str, Answer],
    wishes: Wishes = NO_WISHES,
) -> Plan:
    """Say what becomes of each answer. `carried`: earlier codes by later ones, where both ask the same."""
    changes = {change.item: change.change for change in diff(before, after).changes}
    lines = []
    for code in before.items:
        answer = answers.get(code, BLANK)
        if answer == BLANK:
            continue
        line = _line(after, code, _later(after, carried, code), answer, is_carried=code in carried.values())
        line = replace(line, change=_change(after, changes, line, is_carried=code in carried.values()))
        lines.append(_turned(line) if wishes.is_for(line) else line)
    return Plan(tuple(lines), _new_items(before, after, carried), _asked_otherwise(before, after, carried))


def plan_undo(
    before: Questionnaire,
    after: Questionnaire,
    carried: Mapping[str, str],
    fates: Mapping[str, Outcome],
    was: Mapping[str, Answer],
    now: Mapping[str, Answer],
) -> Undoing:
    """Say what undoing a move brings back. `fates`: what became of each answer by its earlier code; `was`: the answers before the
    move, `now`: those of today by their later codes."""
    answers: dict[str, Answer] = {}
    newer: list[str] = []
    unfit: list[str] = []
    said_otherwise: set[str] = set()
    places = {code: _later(after, carried, code) for code, item in before.items.items() if not isinstance(item, ReferenceItem)}
    for code, place in places.items():
        then = was.get(code, BLANK)
        left = then if fates.get(code) is Outcome.KEEP else BLANK
        current = now.get(place, BLANK) if place is not None else left
        is_changed = current != left
        means_the_same = place is None or carried.get(place) == code
        stays = is_changed and means_the_same and fits(before.items[code], current, before)
        answers[code] = current if stays else then
        if is_changed and means_the_same:
            (newer if stays else unfit).append(code)
        elif is_changed and place is not None:
            said_otherwise.add(place)
    kept = set(places.values()) - said_otherwise
    leaving = [code for code in after.items if code not in kept and now.get(code, BLANK) != BLANK]
    return Undoing(answers, tuple(newer), tuple(unfit), tuple(leaving), _asked_otherwise(before, after, carried))


def fits(item: Item, answer: Answer, document: Questionnaire) -> bool:
    """Tell whether an answer is a valid one to an item, word for word."""
    read = read_answer(item, raw_of(answer), document).answer
    return read is not None and replace(read, value=_unordered(read.value)) == replace(answer, value=_unordered(answer.value))


def _unordered(value: Value | None) -> Value | None:
    """Put ticked codes in one order: a later version may show its options in another."""
    codes = [part for part in value if isinstance(part, str)] if isinstance(value, tuple) else []
    return tuple(sorted(codes)) if codes else value


def _later(after: Questionnaire, carried: Mapping[str, str], code: str) -> str | None:
    """Return the code of an item in the later version; None where it is gone, or takes no answers any more."""
    found = next((new for new, old in carried.items() if old == code), code)
    item = after.items.get(found)
    return None if item is None or isinstance(item, ReferenceItem) else found


def _line(after: Questionnaire, code: str, new: str | None, answer: Answer, *, is_carried: bool) -> Line:
    if new is None:
        return Line(code, None, answer, None, fits=False, by_itself=Outcome.DROP, outcome=Outcome.DROP)
    is_fit = fits(after.items[new], answer, after)
    outcome = Outcome.KEEP if is_carried and is_fit else Outcome.ASK
    return Line(code, new, answer, None, fits=is_fit, by_itself=outcome, outcome=outcome)


def _change(after: Questionnaire, changes: Mapping[str, ChangeClass], line: Line, *, is_carried: bool) -> ChangeClass | None:
    """Return what happened to a question; under another code, or against what a program sees, its author's word holds."""
    if line.new is None:
        return ChangeClass.RETIRED
    if not is_carried:
        return ChangeClass.REDEFINED
    return changes.get(line.new) if line.new == line.old else after.items[line.new].lineage.change


def _turned(line: Line) -> Line:
    return replace(line, outcome=Outcome.ASK if line.by_itself is Outcome.KEEP else Outcome.KEEP)


def _new_items(before: Questionnaire, after: Questionnaire, carried: Mapping[str, str]) -> tuple[str, ...]:
    known = before.items.keys() | carried.keys()
    return tuple(code for code, item in after.items.items() if code not in known and not isinstance(item, ReferenceItem))


def _asked_otherwise(before: Questionnaire, after: Questionnaire, carried: Mapping[str, str]) -> frozenset[str]:
    """Return the codes under which both ask, and each something else: no answer to one is an answer to the other."""
    both = before.items.keys() & after.items.keys()
    return frozenset(code for code in both if carried.get(code) != code and not isinstance(after.items[code], ReferenceItem))
