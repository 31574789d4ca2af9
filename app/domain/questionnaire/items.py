"""The items of a questionnaire: every type of question, with every field described."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.domain.questionnaire.condition import Condition
from app.domain.questionnaire.fields import Code, Finite, Part, Positive, Prose, Text
from app.domain.questionnaire.normalisation import Normalisation
from app.domain.questionnaire.records import RecordField

MATURITY_LEVELS = 5


class Evidence(Part):
    """What proves an answer, and from where on it is needed."""

    required_from: int | None = Field(default=None, ge=1)
    """The level (maturity), or the number of ticks (checklist), from which evidence is needed. Yes/no: 1 means for "yes"."""
    kinds: tuple[Literal["url", "file", "citation"], ...] = ("url",)
    """What may be given."""
    guidance: Prose | None = None
    """What counts as evidence, in plain words."""
    max_age_months: int | None = Field(default=None, ge=1)
    """How old it may be."""
    cap: Finite | None = None
    """Highest points that count in the evidence-supported series when nothing is given. Default: the most
    that can be had below `required_from` (maturity, checklist), or 0 (yes/no)."""


class ChangeClass(StrEnum):
    """What happened to an item since the version before; it decides whether the two may be compared."""

    NEW = "new"
    EDITORIAL = "editorial"
    CLARIFIED = "clarified"
    RESCORED = "rescored"
    REDEFINED = "redefined"
    MOVED = "moved"
    RETIRED = "retired"


class Lineage(Part):
    """Where an item comes from."""

    replaces: Code | None = None
    """Code of the item of an earlier version that this one takes the place of."""
    change: ChangeClass = ChangeClass.NEW
    """What happened to it."""
    comparable_with: tuple[str, ...] = ()
    """Versions whose answers to this item mean the same, such as 2026.1."""
    note: Text | None = None
    """What a reader of a trend must know."""


class Crosswalk(Part):
    """An item of another questionnaire that asks about the same thing."""

    framework: Code
    """Code of the other questionnaire."""
    code: Code
    relation: Literal["same", "overlaps", "narrower", "broader"]
    """How the two meet; only "same" lets one answer serve both."""


class Goalposts(Part):
    """The fixed values between which a number is scored; they never depend on who takes part."""

    lo: Finite
    """The value that scores nothing. Greater than `hi` when lower is better."""
    hi: Finite
    """The value that scores everything."""
    scale: Literal["linear", "log"] = "linear"
    """`log` scores ln x between ln lo and ln hi; both must then be above zero. A number at or below zero lies beyond the smaller
    of them."""
    source: Text | None = None
    """Where the two values come from."""


class Level(Part):
    """One of the five described levels of a maturity item."""

    level: int = Field(ge=1, le=MATURITY_LEVELS)
    """1 is the lowest, 5 the highest."""
    text: Text
    """What can be observed at this level."""
    points: Finite | None = None
    """Points of this level. Default: level 1 scores nothing, level 5 everything, evenly between."""


class Option(Part):
    """One option of a choice."""

    code: Code
    text: Text
    """What the option says."""
    points: Finite | None = None
    """Points of this option; every option of a scored choice has them."""
    hint: Text | None = None
    """Help beside the option."""


class Tick(Part):
    """One option of a checklist."""

    code: Code
    text: Text
    """What the option says."""
    weight: Positive = 1
    """How much a tick counts beside the others."""
    is_scored: bool = True
    """False for "other", which never counts."""
    superseded: Text | None = None
    """What became of a reference that is no longer in force, such as "Revoked on 20 January 2025." Shown, never scored."""
    na_allowed: bool = False
    """Whether "does not apply" may be said of this option alone; a reason is then required."""
    hint: Text | None = None
    """Help beside the option."""


class ItemBase(Part):
    """What every item has."""

    code: Code
    item_version: int = Field(default=1, ge=1)
    """Raised by an editorial change or a clarification; a new meaning takes a new code."""
    text: Text
    """The question, in plain words."""
    why: Prose | None = None
    """Why it is asked."""
    guidance: Prose | None = None
    """Help for the person who answers, in Markdown."""
    example: Prose | None = None
    """An example of a good answer."""
    clauses: tuple[Code, ...] = ()
    """Clauses that this item covers. A scored item names at least one where the questionnaire declares clauses."""
    focus_area: int | None = Field(default=None, ge=1, le=11)
    """AIDER focus area, 1 to 11, so that the steering group can reuse the result."""
    core: bool = False
    """Core items must be dealt with before sign-off; extended ones may stay blank."""
    scored: bool = True
    """Whether it counts in a score; false for what is asked for context only."""
    weight: Positive = 1
    """Weight beside the other children of its node."""
    node: Code | None = None
    """The node of the scheme that it scores in. Default: the node with the section's code."""
    na_allowed: bool = False
    """Whether "not applicable" may be answered; a reason is then required."""
    na_guidance: Prose | None = None
    """When "not applicable" is right, in plain words."""
    details: Code | None = None
    """The set of fields that go with an answer, such as the year and source of a figure."""
    evidence: Evidence = Evidence()
    show_if: Condition | None = None
    """The item is asked only when this holds."""
    require_if: Condition | None = None
    """The item must be dealt with before sign-off when this holds."""
    lineage: Lineage = Lineage()
    crosswalk: tuple[Crosswalk, ...] = ()
    """Items of other questionnaires that ask about the same thing."""


class MaturityItem(ItemBase):
    """Five described levels."""

    type: Literal["maturity"]
    """What kind of item this is."""
    levels: tuple[Level, ...] = Field(max_length=50)
    """Five descriptors, mutually exclusive and observable."""


class YesNoItem(ItemBase):
    """Yes or no; "partly" where it is allowed."""

    type: Literal["yes_no"]
    """What kind of item this is."""
    partly_allowed: bool = False
    """Whether "partly" may be answered; it scores half."""


class ChoiceItem(ItemBase):
    """One option of several, each with its points."""

    type: Literal["choice"]
    """What kind of item this is."""
    options: tuple[Option, ...] = Field(min_length=2, max_length=200)
    """What can be chosen, in the order shown."""


class ChecklistItem(ItemBase):
    """Any number of options, or an exclusive "none"."""

    type: Literal["checklist"]
    """What kind of item this is."""
    options: tuple[Tick, ...] = Field(min_length=1, max_length=200)
    """What can be ticked, in the order shown; "none" is added by itself."""
    none_text: Text = "None of these"
    """Label of the exclusive option that means: none. It is an answer, and scores nothing."""
    full_at: int | None = Field(default=None, ge=1)
    """The weight of ticks that already scores everything: their number, where none has a weight of its own. Default: all of
    them."""


class QuantityItem(ItemBase):
    """What is answered by a figure."""

    goalposts: Goalposts | None = None
    """The two fixed values between which it is scored. Default: the item's or the scheme's `normalisation`; a percentage
    with neither runs from 0 to 100."""
    normalisation: Normalisation | None = None
    """A scale relative to those who take part, instead of goalposts. Default: the scheme's."""
    better: Literal["higher", "lower"] = "higher"
    """Which way is better on a relative scale; goalposts say it themselves."""


class PercentItem(QuantityItem):
    """A percentage, 0 to 100."""

    type: Literal["percent"]
    """What kind of item this is."""


class NumberItem(QuantityItem):
    """A number with its unit."""

    type: Literal["number"]
    """What kind of item this is."""
    unit: Text
    """What is counted, such as "% of firms"."""
    minimum: Finite | None = None
    """Smallest number that can be true."""
    maximum: Finite | None = None
    """Largest number that can be true."""


class TextItem(ItemBase):
    """Words; never scored."""

    type: Literal["text"]
    """What kind of item this is."""
    max_length: int = Field(default=4_000, ge=1, le=20_000)
    """Most characters that an answer may have."""
    scored: Literal[False] = False
    """Words are never scored."""


class RecordsItem(ItemBase):
    """Several groups of named fields, such as up to five priority areas with target and year; never scored."""

    type: Literal["records"]
    """What kind of item this is."""
    fields: tuple[RecordField, ...] = Field(min_length=1, max_length=20)
    """What each group is made of."""
    maximum: int = Field(default=5, ge=1, le=20)
    """How many groups an answer may have."""
    record_label: Text
    """What one group is called on the form, such as "Priority area"."""
    scored: Literal[False] = False
    """Structured answers are never scored."""


class ReferenceItem(ItemBase):
    """A panel of another institution's figures, shown beside the questions; never answered, never scored."""

    type: Literal["reference"]
    """What kind of item this is."""
    series: tuple[Code, ...] = Field(min_length=1)
    """Codes of the reference series that are shown."""
    scored: Literal[False] = False
    """Figures of others are never scored."""


Item = Annotated[
    MaturityItem | YesNoItem | ChoiceItem | ChecklistItem | PercentItem | NumberItem | TextItem | RecordsItem | ReferenceItem,
    Field(discriminator="type"),
]
