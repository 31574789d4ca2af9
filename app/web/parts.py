"""What the macros of the templates read: one small frozen value for each component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str
    label: str
    hint: str | None = None
    checked: bool = False
    is_exclusive: bool = False
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A label that leads somewhere; no href when it is the page itself."""

    label: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of an error summary."""

    message: str
    href: str


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a task list."""

    title: str
    status: str
    status_kind: str
    href: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line of a summary list; no action when it cannot be changed."""

    key: str
    value: str
    action_label: str | None = None
    action_href: str | None = None
    is_blank: bool = False
    comment: str = ""
    evidence_url: str = ""
    details: Sequence[str] = ()
    still_needed: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that may lead somewhere."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two answers to one item, given at the same time."""

    their_name: str
    their_when: str
    their_value: str
    their_comment: str
    my_value: str
    my_comment: str
    their_version: int = 0
    their_evidence: str = ""
    my_evidence: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One published figure; no href when its source is not on the web."""

    label: str
    value: str
    year: str
    source: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class RecordField:
    """One named field of a group, with what was written in it."""

    code: str
    kind: str
    label: str
    value: str = ""
    hint: str | None = None
    is_required: bool = False
    is_short: bool = False
    options: Sequence[Option] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One group of named fields; folded where it is one of several that are still empty."""

    number: int
    fields: Sequence[RecordField]
    is_filled: bool = False
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer given elsewhere that can be taken over: what it says, and where it comes from."""

    item: str
    text: str
    answer: str
    source: str
    details: Sequence[str] = ()
    comment: str = ""
    evidence_url: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What macros/question.html reads of one item."""

    code: str
    text: str
    kind: str
    why: str | None = None
    help_html: Markup | None = None
    example: str | None = None
    is_core: bool = False
    options: Sequence[Option] = ()
    value: str = ""
    unit: str | None = None
    choice: str = ""
    na_allowed: bool = True
    reason: str = ""
    left_out: Sequence[Option] = ()
    """Options of a checklist that may be said not to apply; checked where they were."""
    options_reason: str = ""
    comment: str = ""
    evidence_url: str = ""
    evidence_hint: str | None = None
    seen: int = 0
    error: str | None = None
    field_errors: Mapping[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    is_read_only: bool = False
    saved_by: str | None = None
    reference_rows: Sequence[ReferenceRow] = ()
    record_label: str = ""
    """What one group of named fields is called; what they are about, where they go with another answer."""
    records: Sequence[Record] = ()
    na_guidance: str | None = None
    offer: Offer | None = None
    language: str = ""
    """The language of the question's own texts, where it is not that of the page."""
    still_needed: str = ""
    """The named fields that the answer needs and that are empty."""
    is_proposal: bool = False
    """Whether somebody proposes an answer to another economy's question: the answer alone, without comment or evidence."""
