"""Answers: what a person or a file gave for an item, validated, with five states that are never merged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = int | float | str | tuple[str, ...]


class AnswerState(StrEnum):
    """Why there is a value, or why there is none; the five are kept apart to the end."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    DECLINED = "declined"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Answer:
    """One validated answer. Values: level 1 to 5 (maturity), "yes", "partly" or "no", an option's code (choice), the ticked
    codes in the order of the form (checklist; empty means: none of these), a number, or words. None unless answered.

    `not_applicable`: codes of a checklist's options that do not apply, in the order of the form; never ticked ones."""

    state: AnswerState
    value: Value | None = None
    reason: str = ""
    comment: str = ""
    evidence_url: str = ""
    not_applicable: tuple[str, ...] = ()


BLANK = Answer(AnswerState.BLANK)
