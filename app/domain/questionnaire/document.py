"""The format of a questionnaire version: what authors write in YAML, with every field described."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.domain.questionnaire.condition import Condition
from app.domain.questionnaire.fields import Code, Finite, Part, Positive, Prose, Share, Text
from app.domain.questionnaire.items import Item, QuantityItem, RecordsItem
from app.domain.questionnaire.normalisation import Normalisation, Treatment
from app.domain.questionnaire.records import DetailSet, RecordField


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
    quote: Text | None = None
    """The words of the text itself, shown as a quotation with the questionnaire's `source`."""


class Section(Part):
    """One page of the form."""

    code: Code
    title: Text
    """Heading of the page."""
    introduction: Prose | None = None
    """What this page is about, in Markdown."""
    show_if: Condition | None = None
    """The page is asked only when this holds."""
    items: tuple[Item, ...] = Field(min_length=1, max_length=500)
    """The questions and panels of the page, in their order."""


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
    SHIFTED_GEOMETRIC = "shifted_geometric"
    """The geometric mean on a scale from 1 to 100, put back on the scheme's, so that one zero does not make it zero."""
    ARITHMETIC_THEN_GEOMETRIC = "arithmetic_then_geometric"
    """`weighted` for nodes that items feed, `geometric` for those above."""


class CoverageRule(StrEnum):
    """What the minimum coverage is a share of."""

    WEIGHT = "weight"
    """The applicable weight of everything beneath; a node below the minimum still feeds the one above."""
    CHILDREN = "children"
    """The number of direct children; a node below the minimum is missing above, as some published indices have it."""


class Gate(Part):
    """An item that must reach a score before its node may be called by a band, however high the mean."""

    item: Code
    """A scored item that feeds the node."""
    band: Code
    """The lowest band that is closed while the item falls short."""
    minimum: Positive
    """The score that the item must reach."""


class Rounding(Part):
    """Rounding of a node's score before it feeds the node above, for indices that publish it so."""

    decimals: int = Field(ge=0, le=10)
    """Decimals that are kept."""
    rule: Literal["half_up", "half_even", "r4"] = "half_even"
    """What happens at a tie. `r4` picks the nearer of the two candidates, as R does since version 4.0."""


class Node(Part):
    """One scored unit: a pillar, or any tier above or below it."""

    code: Code
    title: Text
    """Its name on pages and in exports."""
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
    gates: tuple[Gate, ...] = Field(default=(), max_length=100)
    """Critical items that hold the node back."""
    description: Prose | None = None
    """What it is about, in plain words."""


class Tier(Part):
    """What nodes of one kind have in common: how pages name them together, and what a reader must know about them."""

    code: Code
    """The `tier` of the nodes."""
    title: Text
    """Their name together, such as "Capacity pillars"."""
    description: Prose | None = None
    """What they show, and what they are not part of."""


class Band(Part):
    """A named range of scores."""

    code: Code
    title: Text
    """Its name on pages and in exports."""
    floor: Finite
    """The lowest score of the band; compared on the unrounded score with a tolerance of 1e-9."""
    description: Prose | None = None
    """What a score in this band means."""


class Scheme(Part):
    """How answers become scores. Versioned with the questionnaire."""

    scale: Positive = 100
    """The highest score; 100 unless a published index is kept on its own scale."""
    decimals: int = Field(default=1, ge=0, le=6)
    """Decimals in which scores are shown, rounded half up; stored scores are never rounded for display."""
    aggregation: Aggregation = Aggregation.WEIGHTED
    minimum_coverage: Share = Field(default=2 / 3, validate_default=False)
    """Share of applicable weight that must be answered before a node's score is published."""
    coverage: CoverageRule = CoverageRule.WEIGHT
    normalisation: Normalisation | None = None
    """The scale of percentages and numbers that have no goalposts and none of their own."""
    treatment: Treatment | None = None
    """What is done to outliers on relative scales. Default: nothing."""
    rounding: Rounding | None = None
    """How a node's score is rounded before it feeds the node above. Default: not at all."""
    nodes: tuple[Node, ...] = Field(default=(), max_length=1_000)
    """Everything that gets a score of its own."""
    tiers: tuple[Tier, ...] = Field(default=(), max_length=50)
    """Names of kinds of nodes. Pages show the nodes that stand side by side tier by tier, in this order."""
    bands: tuple[Band, ...] = Field(default=(), max_length=50)
    """Named ranges of scores, lowest first."""


class Questionnaire(Part):
    """One version of a questionnaire: everything that is asked, and how it is scored."""

    format: Literal[1]
    """Version of this file format."""
    code: Code
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{1,3}$")]
    """Year and number, in quotes: "2026.1"."""
    title: Text
    """Its name on pages and in exports."""
    summary: Prose
    """What it is for, in two or three sentences."""
    instructions: Prose | None = None
    """How to answer, in Markdown; every page of the form can show it."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    """Language of its texts, as a BCP 47 tag such as en or zh-Hant."""
    owner: Text | None = None
    """Who keeps it."""
    source: Text | None = None
    """Name of the text that it follows, and whose words the clauses quote."""
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
    clauses: tuple[Clause, ...] = Field(default=(), max_length=1_000)
    """The clauses that items cover; leave out where the questionnaire follows no text."""
    details: tuple[DetailSet, ...] = Field(default=(), max_length=50)
    """Sets of fields that go with an answer; items name one in their own `details`."""
    scheme: Scheme = Scheme()
    sections: tuple[Section, ...] = Field(min_length=1, max_length=200)
    """The pages of the form, in their order."""

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by its code, in the order of the form."""
        return {item.code: item for section in self.sections for item in section.items}

    @cached_property
    def conditions(self) -> dict[str, tuple[Condition, ...]]:
        """The conditions of an item, its section's and its own, which must all hold; items that are always asked are left out."""
        found = {
            item.code: tuple(condition for condition in (section.show_if, item.show_if) if condition is not None)
            for section in self.sections
            for item in section.items
        }
        return {code: conditions for code, conditions in found.items() if conditions}

    @cached_property
    def scored_items(self) -> tuple[str, ...]:
        """Return the codes of what is scored, in the order of the form: what a field of type `item` may name."""
        return tuple(code for code, item in self.items.items() if item.scored)

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node of the scheme by its code, in the order written."""
        return {node.code: node for node in self.scheme.nodes}

    @cached_property
    def profile(self) -> tuple[tuple[Tier | None, tuple[Node, ...]], ...]:
        """Return the nodes that stand side by side, tier by tier; those of kinds without a name stand together, last."""
        top = [node for node in self.scheme.nodes if node.parent is None]
        named = {tier.code: tier for tier in self.scheme.tiers}
        groups: list[tuple[Tier | None, tuple[Node, ...]]] = [
            (tier, tuple(node for node in top if node.tier == tier.code)) for tier in self.scheme.tiers
        ]
        groups.append((None, tuple(node for node in top if node.tier not in named)))
        return tuple((tier, nodes) for tier, nodes in groups if nodes)

    def section(self, code: str) -> Section | None:
        """Return a section by its code."""
        return next((section for section in self.sections if section.code == code), None)

    def details_of(self, item: Item) -> DetailSet | None:
        """Return the fields that go with an answer to an item; None for most."""
        return next((each for each in self.details if each.code == item.details), None) if item.details else None

    def fields_of(self, item: Item) -> tuple[RecordField, ...]:
        """Return the named fields of an item's answer: those of its records, or those of its details."""
        if isinstance(item, RecordsItem):
            return item.fields
        details = self.details_of(item)
        return () if details is None else details.fields

    @cached_property
    def needed_fields(self) -> dict[str, tuple[RecordField, ...]]:
        """The fields without which an answer is not whole, by the code of its item; items without such fields are left out."""
        found = {code: tuple(field for field in self.fields_of(item) if field.required) for code, item in self.items.items()}
        return {code: fields for code, fields in found.items() if fields}

    def node_of(self, section: Section, item: Item) -> str | None:
        """Return the code of the node that an item scores in; None for what is not scored."""
        if not item.scored:
            return None
        return item.node or section.code

    def normalisation_of(self, item: Item) -> Normalisation | None:
        """Return the relative scale of an item; None for what has fixed goalposts, points or no score."""
        if not isinstance(item, QuantityItem) or not item.scored or item.goalposts is not None:
            return None
        return item.normalisation or self.scheme.normalisation

    @cached_property
    def is_relative(self) -> bool:
        """Tell whether anyone's score depends on who else takes part."""
        return any(self.normalisation_of(item) is not None for item in self.items.values())

    def canonical(self) -> str:
        """Return the one JSON text of this document: sorted keys, no defaults, so that a later format hashes it alike."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON: the identity of what is asked and how it is scored."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def version_order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by: 2026.10 follows 2026.9."""
    return tuple(int(part) for part in version.split("."))


def read_canonical(text: str) -> Questionnaire:
    """Read a stored document. Its checks ran when it was published."""
    return Questionnaire.model_validate_json(text)
