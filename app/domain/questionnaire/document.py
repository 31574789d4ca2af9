"""The format of a questionnaire version: what authors write in YAML, with every field described."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.domain.questionnaire.condition import Condition
from app.kit.text import has_forbidden_characters

MATURITY_LEVELS = 5


def _readable(text: str) -> str:
    if has_forbidden_characters(text):
        message = "remove the control characters or direction marks from this text"
        raise ValueError(message)
    return text.strip()


def _fraction(value: object) -> object:
    """Accept 2/3 as well as 0.667, so that a threshold is exact."""
    if isinstance(value, str):
        try:
            return float(Fraction(value))
        except (ValueError, ZeroDivisionError) as error:
            message = "write a share such as 2/3 or 0.8"
            raise ValueError(message) from error
    return value


Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(description="A stable code of letters, digits, dots, hyphens and underscores; never reused for another meaning."),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000), AfterValidator(_readable)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_readable)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_fraction)]


class Part(BaseModel):
    """What all parts of a document have in common: they are frozen, and an unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)


class Terminology(Part):
    """The words this questionnaire uses for those who take part."""

    participant: Text = "economy"
    """One participant: "economy" in APEC, "Member State" in ASEAN."""
    participants: Text = "economies"
    """Several participants."""


class Participants(Part):
    """Who may fill in a review of this questionnaire."""

    groups: tuple[Code, ...] = ()
    """Groups whose members take part, such as APEC. Empty: every economy that the service knows."""
    opt_in: tuple[Code, ...] = ()
    """Economies outside these groups, or not named when the text was adopted, that may choose to take part."""


class Clause(Part):
    """One clause of the text that the questionnaire follows."""

    code: Code
    text: Text
    """The clause in plain words."""


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
    """Highest points that count in the evidence-supported series when nothing is given. Default: the highest points
    below `required_from` (maturity), 0 (yes/no), half the scale (checklist)."""


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
    """`log` scores ln x between ln lo and ln hi; both must then be above zero, and x at or below zero scores nothing."""
    source: Text | None = None
    """Where the two values come from."""


class Level(Part):
    """One of the five described levels of a maturity item."""

    level: int = Field(ge=1, le=MATURITY_LEVELS)
    text: Text
    """What can be observed at this level."""
    points: Finite | None = None
    """Points of this level. Default: level 1 scores nothing, level 5 everything, evenly between."""


class Option(Part):
    """One option of a choice."""

    code: Code
    text: Text
    points: Finite | None = None
    """Points of this option; every option of a scored choice has them."""
    hint: Text | None = None


class Tick(Part):
    """One option of a checklist."""

    code: Code
    text: Text
    weight: Positive = 1
    """How much a tick counts beside the others."""
    is_scored: bool = True
    """False for "other", which never counts."""
    hint: Text | None = None


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
    weight: Positive = 1
    """Weight beside the other children of its node."""
    node: Code | None = None
    """The node of the scheme that it scores in. Default: the node with the section's code."""
    na_allowed: bool = False
    """Whether "not applicable" may be answered; a reason is then required."""
    evidence: Evidence = Evidence()
    show_if: Condition | None = None
    """The item is asked only when this holds."""
    require_if: Condition | None = None
    """The item must be dealt with before sign-off when this holds."""
    lineage: Lineage = Lineage()
    crosswalk: tuple[Crosswalk, ...] = ()


class MaturityItem(ItemBase):
    """Five described levels."""

    type: Literal["maturity"]
    levels: tuple[Level, ...]
    """Five descriptors, mutually exclusive and observable."""


class YesNoItem(ItemBase):
    """Yes or no; "partly" where it is allowed."""

    type: Literal["yes_no"]
    partly_allowed: bool = False


class ChoiceItem(ItemBase):
    """One option of several, each with its points."""

    type: Literal["choice"]
    options: tuple[Option, ...] = Field(min_length=2)


class ChecklistItem(ItemBase):
    """Any number of options, or an exclusive "none"."""

    type: Literal["checklist"]
    options: tuple[Tick, ...] = Field(min_length=1)
    none_text: Text = "None of these"
    """Label of the exclusive option that means: none. It is an answer, and scores nothing."""
    full_at: int | None = Field(default=None, ge=1)
    """Number of ticks that already scores everything. Default: all of them."""


class PercentItem(ItemBase):
    """A percentage, 0 to 100."""

    type: Literal["percent"]
    goalposts: Goalposts | None = None


class NumberItem(ItemBase):
    """A number with its unit."""

    type: Literal["number"]
    unit: Text
    minimum: Finite | None = None
    """Smallest number that can be true."""
    maximum: Finite | None = None
    """Largest number that can be true."""
    goalposts: Goalposts | None = None


class TextItem(ItemBase):
    """Words; never scored."""

    type: Literal["text"]
    max_length: int = Field(default=4_000, ge=1, le=20_000)
    scored: Literal[False] = False


class ReferenceItem(ItemBase):
    """A panel of another institution's figures, shown beside the questions; never answered, never scored."""

    type: Literal["reference"]
    series: tuple[Code, ...] = Field(min_length=1)
    """Codes of the reference series that are shown."""
    scored: Literal[False] = False


Item = Annotated[
    MaturityItem | YesNoItem | ChoiceItem | ChecklistItem | PercentItem | NumberItem | TextItem | ReferenceItem,
    Field(discriminator="type"),
]


class Section(Part):
    """One page of the form."""

    code: Code
    title: Text
    introduction: Prose | None = None
    """What this page is about, in Markdown."""
    show_if: Condition | None = None
    """The page is asked only when this holds."""
    items: tuple[Item, ...] = Field(min_length=1)


class Aggregation(StrEnum):
    """How the children of a node become its score."""

    ARITHMETIC = "arithmetic"
    """The plain mean; all weights beneath must be equal."""
    WEIGHTED = "weighted"
    """The arithmetic mean with the children's weights."""
    GEOMETRIC = "geometric"
    """The geometric mean with the children's weights; one zero makes it zero."""
    HARMONIC = "harmonic"
    """The harmonic mean with the children's weights; one zero makes it zero."""


class Rounding(Part):
    """Rounding of a node's score before it feeds the node above, for indices that publish it so."""

    decimals: int = Field(ge=0, le=10)
    rule: Literal["half_up", "half_even", "r4"] = "half_even"
    """What happens at a tie. `r4` picks the nearer of the two candidates, as R does since version 4.0."""


class Node(Part):
    """One scored unit: a pillar, or any tier above or below it."""

    code: Code
    title: Text
    tier: Code = "pillar"
    """What this kind of node is called: pillar, indicator, theme, domain, index."""
    parent: Code | None = None
    """The node that it feeds. Nodes without a parent stand side by side as a profile."""
    weight: Positive = 1
    """Weight beside its siblings."""
    aggregation: Aggregation | None = None
    """Default: the scheme's."""
    minimum_coverage: Share | None = None
    """Default: the scheme's."""
    rounding: Rounding | None = None
    """Default: the scheme's."""
    description: Prose | None = None


class Band(Part):
    """A named range of scores."""

    code: Code
    title: Text
    floor: Finite
    """The lowest score of the band; compared on the unrounded score with a tolerance of 1e-9."""
    description: Prose | None = None


class Scheme(Part):
    """How answers become scores. Versioned with the questionnaire."""

    scale: Positive = 100
    """The highest score; 100 unless a published index is kept on its own scale."""
    decimals: int = Field(default=1, ge=0, le=6)
    """Decimals in which scores are shown, rounded half up; stored scores are never rounded for display."""
    aggregation: Aggregation = Aggregation.WEIGHTED
    minimum_coverage: Share = Field(default=2 / 3, validate_default=False)
    """Share of applicable weight that must be answered before a node's score is published."""
    rounding: Rounding | None = None
    nodes: tuple[Node, ...] = ()
    bands: tuple[Band, ...] = ()


class Questionnaire(Part):
    """One version of a questionnaire: everything that is asked, and how it is scored."""

    format: Literal[1]
    """Version of this file format."""
    code: Code
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{1,3}$")]
    """Year and number, in quotes: "2026.1"."""
    title: Text
    summary: Prose
    """What it is for, in two or three sentences."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    owner: Text | None = None
    """Who keeps it."""
    licence: Text | None = None
    """Licence of its text, and of figures that come with it."""
    citation: Text | None = None
    """How to cite it."""
    source_url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2_000)] | None = None
    """Where the text that it follows, or the figures, can be found."""
    changes: Prose | None = None
    """What is new since the version before."""
    terminology: Terminology = Terminology()
    participants: Participants = Participants()
    clauses: tuple[Clause, ...] = ()
    scheme: Scheme = Scheme()
    sections: tuple[Section, ...] = Field(min_length=1)

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by its code, in the order of the form."""
        return {item.code: item for section in self.sections for item in section.items}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node of the scheme by its code, in the order written."""
        return {node.code: node for node in self.scheme.nodes}

    def section(self, code: str) -> Section | None:
        """Return a section by its code."""
        return next((section for section in self.sections if section.code == code), None)

    def node_of(self, section: Section, item: Item) -> str | None:
        """Return the code of the node that an item scores in; None for what is not scored."""
        if not item.scored:
            return None
        return item.node or section.code

    def canonical(self) -> str:
        """Return the one JSON text of this document: sorted keys, no defaults, so that a later format hashes it alike."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON: the identity of what is asked and how it is scored."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def read_canonical(text: str) -> Questionnaire:
    """Read a stored document. Its checks ran when it was published."""
    return Questionnaire.model_validate_json(text)
