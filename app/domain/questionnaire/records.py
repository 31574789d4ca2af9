"""Groups of named fields: what a structured answer is made of, and what goes with a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.domain.answers import Record
from app.domain.questionnaire.fields import Code, Finite, Part, Text

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

FieldCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"),
    Field(description="A stable code of letters, digits, hyphens and underscores, without dots."),
]
FieldType = Literal["text", "number", "year", "date", "url", "choice", "item", "level"]


class FieldOption(Part):
    """One option of a field."""

    code: Code
    text: Text
    """What the option says; what stands before a colon is its short name."""
    counts: bool = True
    """False: an answer about which this is said is reported, but not scored."""


class RecordField(Part):
    """One named field."""

    code: FieldCode
    type: FieldType
    """What is written in it: words, a number, a year, a date, a web address, an option, an item of this questionnaire, or a level
    from 1 to 5."""
    label: Text
    """Its name on the form."""
    hint: Text | None = None
    """Help beside it."""
    required: bool = False
    """Whether the group is complete without it; an incomplete answer can be saved, but not signed."""
    options: tuple[FieldOption, ...] = Field(default=(), max_length=50)
    """What can be chosen, where the type is `choice`."""
    minimum: Finite | None = None
    """Smallest number or year that can be true."""
    maximum: Finite | None = None
    """Largest number or year that can be true."""
    max_length: int = Field(default=1_000, ge=1, le=4_000)
    """Most characters of a text."""


class DetailSet(Part):
    """Fields that go with an answer, such as the year and the source of a figure. Items name the set in `details`."""

    code: Code
    title: Text
    """Heading of the fields on the form."""
    fields: tuple[RecordField, ...] = Field(min_length=1, max_length=20)
    """What each group is made of."""
    maximum: int = Field(default=1, ge=1, le=20)
    """How many groups of these fields an answer may have."""


def field_of(fields: tuple[RecordField, ...], code: str) -> RecordField | None:
    """Return a field by its code."""
    return next((field for field in fields if field.code == code), None)


def missing_fields(fields: tuple[RecordField, ...], records: Sequence[Record]) -> tuple[RecordField, ...]:
    """Return the fields that some group still needs; where a field is needed, at least one group must be there."""
    groups = records or [Record(())]
    return tuple(field for field in fields if field.required and any(group.get(field.code) is None for group in groups))


def counts(fields: tuple[RecordField, ...], records: Sequence[Record]) -> bool:
    """Tell whether an answer may be scored, going by what is said about it."""
    for record in records:
        for code, value in record.values:
            field = field_of(fields, code)
            if field is not None and any(option.code == value and not option.counts for option in field.options):
                return False
    return True
