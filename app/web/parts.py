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
    language: str | None = None
    """Of the label, where it is not the page's."""


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
    more: Link | None = None
    """A second thing that can be done with it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the reader: of what, what is to be done, and the button that leads there."""

    title: str
    text: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence beside an answer: its title, where it can be read, and what it is."""

    title: str
    href: str
    note: str
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    """What is attached to an answer, and what is still needed; no address for changing where nothing can be changed."""

    pieces: Sequence[Piece] = ()
    needed: str = ""
    change_href: str = ""


NOTHING_ATTACHED = Attached()
TASK_TAGS = {
    "done": "success",
    "progress": "info",
    "todo": "neutral",
    "waiting": "warning",
    "problem": "danger",
    "locked": "neutral",
}
"""The tag of each status of a task."""


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
    attached: Attached = NOTHING_ATTACHED
    anchor: str = ""
    """Where other parts of the page can lead to it."""


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
    both: str = ""
    """What the two are together, where they can be combined."""


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
class Rewording:
    """One text of a question that has changed since an earlier answer was given."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer given elsewhere that can be taken over: what it says, and where it comes from."""

    item: str
    key: str
    """What confirming it names: the item, and what was shown."""
    text: str
    answer: str
    source: str
    is_carried: bool = False
    """Whether it is the economy's own earlier answer to this question, and not one to another questionnaire."""
    rewordings: Sequence[Rewording] = ()
    details: Sequence[str] = ()
    comment: str = ""
    evidence_url: str = ""
    evidence: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TeamLine:
    """Beside a question: who has it until when, what was said to them, who is on it now, and its discussion."""

    talk_href: str
    talk: str = ""
    holder: str = ""
    note: str = ""
    here: str = ""


@dataclass(frozen=True, slots=True)
class SectionTeam:
    """Who has a section as a whole, what was said to them, who else is in it now, and a line for each of its questions."""

    section: str
    presence_url: str
    lines: Mapping[str, TeamLine]
    next_of_mine: str | None = None
    """Where the reader's next question without an answer is."""
    holder: str = ""
    note: str = ""
    here: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was handed over to the reader at once, and not seen yet."""

    codes: str
    by: str
    note: str
    due: str


@dataclass(frozen=True, slots=True)
class Work:
    """What is the reader's in a review, and what is new for them; no `next_href` when nothing is left to answer."""

    total: int
    left: int
    due: str
    next_href: str | None
    mine_href: str
    changed: int
    changed_href: str
    assigned: Sequence[Assigned]
    mentions: Sequence[Link]


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
    history_href: str | None = None
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
    typed_before: str = ""
    """What the person typed when the question still asked for something else; it is not stored."""
    attached: Attached = NOTHING_ATTACHED
    is_proposal: bool = False
    """Whether somebody proposes an answer to another economy's question: the answer alone, without comment or evidence."""
