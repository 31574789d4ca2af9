"""How much is answered, and how the answers are distributed: by item, by node, and over economies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.diagnosis.screen import Remark, Statistics, Thresholds, availability, remarks, statistics
from app.domain.benchmark.diagnosis.shared import SMALLEST, SMALLEST_FOR_ANSWERS, Shared, mean

LOW_AVAILABILITY = 2 / 3
SAME_ANSWER = 0.8
STEPS = (0.0, 2 / 3, 0.8, 0.95)


@dataclass(frozen=True, slots=True)
class ItemAnswers:
    """One item. `asked`: economies that share it and to whom it applies; figures are None where fewer than ten count, or where
    fewer than five answered otherwise than all others.

    `same`: share of the answers that are the most frequent one.
    """

    code: str
    node: str
    asked: int
    available: float | None
    statistics: Statistics | None
    same: float | None
    is_sparse: bool
    is_uniform: bool
    has_outliers: bool


@dataclass(frozen=True, slots=True)
class NodeAnswers:
    """One node. `shared`: economies that share all of it; `scored`: those among them with enough answers for a score;
    `available`: the mean share of its items that they answered."""

    code: str
    items: int
    shared: int
    scored: int
    available: float | None
    statistics: Statistics | None


@dataclass(frozen=True, slots=True)
class EconomyAnswers:
    """How many economies answered what share of all that applies to them and that they share: counts for each step of STEPS,
    from its lower end to the next; None where fewer than five economies share anything."""

    economies: int
    counts: tuple[int, ...] | None


def look_at_items(shared: Shared) -> list[ItemAnswers]:
    """Describe each item's answers."""
    found: list[ItemAnswers] = []
    for column, (code, statistic) in enumerate(zip(shared.plan.items, statistics(shared.items), strict=True)):
        asked = int(shared.asked[:, column].sum())
        has_enough = statistic.n >= SMALLEST_FOR_ANSWERS
        is_alike = has_enough and statistic.n - statistic.same < SMALLEST
        available = statistic.n / asked if asked >= SMALLEST else None
        same = statistic.same / statistic.n if has_enough and not is_alike else None
        found.append(
            ItemAnswers(
                code=code,
                node=shared.plan.nodes[shared.node_of_item[column]].code,
                asked=asked,
                available=available,
                statistics=statistic if has_enough and not is_alike else None,
                same=same,
                is_sparse=available is not None and available < LOW_AVAILABILITY,
                is_uniform=is_alike or (same is not None and same >= SAME_ANSWER),
                has_outliers=has_enough and Remark.OUTLIERS in remarks(statistic, Thresholds()),
            )
        )
    return found


def look_at_nodes(shared: Shared) -> list[NodeAnswers]:
    """Describe each node's answers and scores."""
    there = availability(shared.items, shared.feeding, is_applicable=shared.asked).by_node
    return [
        NodeAnswers(
            code=node.code,
            items=len(shared.feeding[place]),
            shared=int(shared.is_node_shared[:, place].sum()),
            scored=statistic.n,
            available=mean(np.where(shared.is_node_shared[:, place], there[:, place], np.nan)),
            statistics=statistic if statistic.n >= SMALLEST else None,
        )
        for place, (node, statistic) in enumerate(zip(shared.plan.nodes, statistics(shared.nodes), strict=True))
    ]


def look_at_economies(shared: Shared) -> EconomyAnswers:
    """Count economies by the share that they answered."""
    share = availability(shared.items, is_applicable=shared.asked).by_economy
    present = share[np.isfinite(share)]
    if present.size < SMALLEST:
        return EconomyAnswers(int(present.size), None)
    counts = np.histogram(present, bins=[*STEPS, np.inf])[0]
    return EconomyAnswers(int(present.size), tuple(int(count) for count in counts))
