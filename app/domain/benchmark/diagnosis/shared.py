"""What economies share of their answers, laid out for diagnostics: items, nodes, and who counts where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.diagnosis.checked import checked
from app.domain.benchmark.diagnosis.influence import feeding_items
from app.domain.benchmark.disclosure import SMALLEST_GROUP
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.plan import Plan, plan
from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import TOLERANCE, Booleans, Floats

SMALLEST = SMALLEST_GROUP
"""A figure rests on at least so many economies, as a cell does."""

SMALLEST_FOR_ANSWERS = 10
"""Answers are nobody's to see: what is said of one item rests on more economies, and never where nearly all answered alike."""

Columns = NDArray[np.intp]


@dataclass(frozen=True)
class Shared:
    """The answers that economies let others compare.

    `scores`: economies x scored items, in [0, scale], NaN where missing; `is_applicable`: same shape; `is_shared`: same
    shape, whether the economy shares the item's section; `is_node_shared`: economies x nodes of the plan, whether it shares
    all sections behind the node. Raises Invalid for tables that do not fit.
    """

    questionnaire: Questionnaire
    scores: Floats
    is_applicable: Booleans
    is_shared: Booleans
    is_node_shared: Booleans

    def __post_init__(self) -> None:
        table = checked(self.scores)
        items = (len(table), len(self.plan.items))
        if not items == table.shape == self.is_applicable.shape == self.is_shared.shape:
            refuse("scoring.shape", "scores", f"Give a row for each economy and {items[1]} columns, one for each scored item.")
        if self.is_node_shared.shape != (len(table), len(self.plan.nodes)):
            refuse("scoring.shape", "is_node_shared", "Say for each economy and each node whether it is shared.")

    @cached_property
    def plan(self) -> Plan:
        """The scheme as columns."""
        return plan(self.questionnaire)

    @cached_property
    def asked(self) -> Booleans:
        """Whether an item counts for an economy: it applies, and its section is shared."""
        return self.is_applicable & self.is_shared

    @cached_property
    def items(self) -> Floats:
        """Item scores that are shared, NaN elsewhere."""
        return np.where(self.asked, self.scores, np.nan)

    @cached_property
    def nodes(self) -> Floats:
        """Node scores that are shared and reach their minimum coverage, NaN elsewhere."""
        found = aggregate(self.plan, self.items, self.asked)
        minimum = np.array([node.minimum_coverage for node in self.plan.nodes])
        is_covered = found.coverage + TOLERANCE >= minimum
        return np.where(is_covered & self.is_node_shared, found.scores, np.nan)

    @cached_property
    def table(self) -> Floats:
        """Items and nodes side by side: the columns of the plan."""
        return np.hstack([self.items, self.nodes])

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the columns of `table`."""
        return (*self.plan.items, *(node.code for node in self.plan.nodes))

    @cached_property
    def feeding(self) -> list[Columns]:
        """For each node, the columns of the items that feed it."""
        return feeding_items(self.plan)

    @cached_property
    def tops(self) -> tuple[int, ...]:
        """The places, among nodes, of those that have no parent."""
        return tuple(place for place, node in enumerate(self.plan.nodes) if self.questionnaire.nodes[node.code].parent is None)

    @cached_property
    def node_of_item(self) -> Mapping[int, int]:
        """For each item's column, the place of its node."""
        return {
            child: place
            for place, node in enumerate(self.plan.nodes)
            for child in node.children.tolist()
            if child < len(self.plan.items)
        }

    def bands(self, scores: Floats) -> NDArray[np.int64]:
        """Number the band of each score: 0 below the first floor or without a score."""
        floors = np.sort([band.floor for band in self.questionnaire.scheme.bands])
        return np.asarray(
            np.where(np.isnan(scores), 0, np.searchsorted(floors, scores + TOLERANCE, side="right")), dtype=np.int64
        )


def mean(values: Floats) -> float | None:
    """Return the mean of what is there, if at least five are."""
    present = values[np.isfinite(values)]
    return float(present.mean()) if present.size >= SMALLEST else None
