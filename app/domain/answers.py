"""Answers: what a person or a file gave for an item, validated, with five states that are never merged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Scalar = int | float | str


@dataclass(frozen=True, slots=True)
class Record:
    """One group of named values, such as a priority area with its target and year; kept by the code of the field, so that
    what is saved and what is signed are the same."""

    values: tuple[tuple[str, Scalar], ...]

    def __post_init__(self) -> None:
        """Put the values in the order of their codes."""
        object.__setattr__(self, "values", tuple(sorted(self.values, key=lambda value: value[0])))

    def get(self, field: str) -> Scalar | None:
        """Return the value of a field; None where nothing was written."""
        return dict(self.values).get(field)


Value = int | float | str | tuple[str, ...] | tuple[Record, ...]


class AnswerState(StrEnum):
    """Why there is a value, or why there is none; the five are kept apart to the end."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    DECLINED = "declined"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as it stands, or stood when it was signed: a version of a link, or of a file with its hash."""

    id: str
    version: int
    title: str
    url: str = ""
    file_name: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One validated answer. Values: level 1 to 5 (maturity), "yes", "partly" or "no", an option's code (choice), the ticked
    codes in the order of the form (checklist; empty means: none of these), a number, words, or records. None unless answered.

    `not_applicable`: codes of a checklist's options that do not apply, in the order of the form; never ticked ones.
    `details`: what goes with the value, such as the year and source of a figure.
    `evidence`: what is attached. It is kept beside the answer, so that attaching is no conflict with a colleague's change: a
    read answer and a stored one have none, an opened and a signed review fill it in."""

    state: AnswerState
    value: Value | None = None
    reason: str = ""
    comment: str = ""
    evidence_url: str = ""
    not_applicable: tuple[str, ...] = ()
    details: tuple[Record, ...] = ()
    evidence: tuple[Piece, ...] = ()

    @property
    def has_evidence(self) -> bool:
        """Whether anything supports the answer: a pasted link, or what is attached."""
        return bool(self.evidence_url or self.evidence)


def codes_of(value: Value | None) -> tuple[str, ...]:
    """Return the ticked codes of a checklist's value; none of any other."""
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, tuple) else ()


def records_of(value: Value | None) -> tuple[Record, ...]:
    """Return the records of a value; none of any other."""
    return tuple(part for part in value if isinstance(part, Record)) if isinstance(value, tuple) else ()


def plain(value: Value | tuple[Record, ...] | None) -> Scalar | list[str] | list[dict[str, Scalar]] | None:
    """Return a value as JSON has it: codes as a list, records as a list of objects."""
    if not isinstance(value, tuple):
        return value
    return [dict(record.values) for record in records_of(value)] or list(codes_of(value))


BLANK = Answer(AnswerState.BLANK)
