"""What is asked of this economy, given its answers so far; what is complete, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.answers import BLANK, Answer, AnswerState, codes_of, records_of
from app.domain.questionnaire.condition import Condition, holds
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    RecordsItem,
    ReferenceItem,
    YesNoItem,
)
from app.domain.questionnaire.records import RecordField, missing_fields


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one section is: items dealt with, items asked, and the codes that sign-off still waits for."""

    section: str
    done: int
    total: int
    missing: tuple[str, ...]


def settled(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Keep the answers that count: an item that is not asked has none, so it cannot bring up another one.

    Conditions never go round in a circle, so each pass settles one more link of every chain.
    """
    kept = dict(answers)
    for _ in questionnaire.items:
        asked = _codes(questionnaire, kept)
        following = {code: answer for code, answer in answers.items() if code in asked}
        if following.keys() == kept.keys():
            break
        kept = following
    return kept


def asked_sections(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[Section, ...]:
    """Return the sections on this economy's path."""
    return _shown_sections(questionnaire, settled(questionnaire, answers))


def asked_items(section: Section, answers: Mapping[str, Answer]) -> tuple[Item, ...]:
    """Return the items of a section that are asked, reference panels included. `answers` are settled ones."""
    return tuple(item for item in section.items if _is_shown(item.show_if, answers))


def asked_codes(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> frozenset[str]:
    """Return the codes of every item on the path."""
    return _codes(questionnaire, settled(questionnaire, answers))


def next_section(questionnaire: Questionnaire, answers: Mapping[str, Answer], after: str) -> Section | None:
    """Return the section that follows on the path; None after the last."""
    path = asked_sections(questionnaire, answers)
    codes = [section.code for section in path]
    position = codes.index(after) + 1 if after in codes else 0
    return path[position] if position < len(path) else None


def progress(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[Progress, ...]:
    """Return the progress of every section on the path; only items that are asked count."""
    kept = settled(questionnaire, answers)
    return tuple(_section_progress(questionnaire, section, kept) for section in _shown_sections(questionnaire, kept))


def _codes(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> frozenset[str]:
    hidden = {
        code
        for code, conditions in questionnaire.conditions.items()
        if not all(holds(condition, answers) for condition in conditions)
    }
    return frozenset(questionnaire.items.keys() - hidden)


def _shown_sections(questionnaire: Questionnaire, kept: Mapping[str, Answer]) -> tuple[Section, ...]:
    return tuple(section for section in questionnaire.sections if _is_shown(section.show_if, kept))


def is_dealt_with(questionnaire: Questionnaire, item: Item, answer: Answer) -> bool:
    """Tell whether an item needs no more: it has its whole answer, or a reason for having none."""
    return answer.state is not AnswerState.BLANK and not still_needed(questionnaire, item, answer)


def still_needed(questionnaire: Questionnaire, item: Item, answer: Answer) -> tuple[RecordField, ...]:
    """Return the fields that keep a given answer from being whole."""
    needed = questionnaire.needed_fields.get(item.code, ())
    if answer.state is not AnswerState.ANSWERED or not needed:
        return ()
    records = records_of(answer.value) if isinstance(item, RecordsItem) else answer.details
    return missing_fields(needed, records)


def needs_evidence(item: Item, answer: Answer) -> bool:
    """Tell whether an answer is as high as the item wants evidence for, and has none.

    It is a reminder: without evidence the answer counts less in the series that evidence supports, and can still be signed.
    """
    if answer.state is not AnswerState.ANSWERED or answer.has_evidence:
        return False
    rule = item.evidence
    match item, answer.value:
        case ChoiceItem(), str(choice) if rule.cap is not None:
            return any((option.points or 0) > rule.cap for option in item.options if option.code == choice)
        case _ if rule.required_from is None:
            return False
        case MaturityItem(), int(level):
            return level >= rule.required_from
        case ChecklistItem(), tuple():
            return len(codes_of(answer.value)) >= rule.required_from
        case YesNoItem(), _:
            return answer.value == "yes"
        case _:
            return True


def _section_progress(questionnaire: Questionnaire, section: Section, answers: Mapping[str, Answer]) -> Progress:
    items = [item for item in asked_items(section, answers) if not isinstance(item, ReferenceItem)]
    open_ = [item for item in items if not is_dealt_with(questionnaire, item, answers.get(item.code, BLANK))]
    missing = tuple(item.code for item in open_ if _is_begun(item, answers) or _is_required(item, answers))
    return Progress(section.code, len(items) - len(open_), len(items), missing)


def _is_begun(item: Item, answers: Mapping[str, Answer]) -> bool:
    return answers.get(item.code, BLANK).state is not AnswerState.BLANK


def _is_required(item: Item, answers: Mapping[str, Answer]) -> bool:
    return item.core or (item.require_if is not None and holds(item.require_if, answers))


def _is_shown(condition: Condition | None, answers: Mapping[str, Answer]) -> bool:
    return condition is None or holds(condition, answers)


def conditions(questionnaire: Questionnaire) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
    """Walk every condition of a document with its place, for checks."""
    for i, section in enumerate(questionnaire.sections):
        if section.show_if is not None:
            yield ("sections", i, "show_if"), section.show_if
        for j, item in enumerate(section.items):
            if item.show_if is not None:
                yield ("sections", i, "items", j, "show_if"), item.show_if
            if item.require_if is not None:
                yield ("sections", i, "items", j, "require_if"), item.require_if
