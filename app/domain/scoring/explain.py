"""How a node's score was computed: the sum a reader can redo by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.questionnaire.document import Aggregation, Questionnaire, Rounding
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.means import mean
from app.domain.scoring.plan import aggregation_of, minimum_coverage_of
from app.domain.scoring.refusal import refuse
from app.domain.scoring.sheet import ScoreSheet


@dataclass(frozen=True, slots=True)
class Term:
    """One child of a node: its weight, the share of the whole it has after missing children left, and what it adds."""

    code: str
    title: str
    is_item: bool
    weight: float
    share: float | None
    score: float | None
    contribution: float | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The computation of one node. `total` is the mean before rounding; None where nothing was observed."""

    code: str
    title: str
    aggregation: Aggregation
    terms: tuple[Term, ...]
    total: float | None
    rounding: Rounding | None
    minimum_coverage: float


def explain(questionnaire: Questionnaire, sheet: ScoreSheet, code: str) -> Explanation:
    """Open one node of a sheet down to its children. A code that is no node raises Invalid."""
    if code not in questionnaire.nodes:
        refuse("scoring.unknown_node", "node", f"This questionnaire has no node {code[:64]}. Name one of its nodes.")
    node, scheme = questionnaire.nodes[code], questionnaire.scheme
    aggregation = aggregation_of(questionnaire, node)
    children = _children(questionnaire, sheet, code)
    observed = [(weight, score) for _, _, _, weight, score, _ in children if score is not None]
    whole = sum(weight for weight, _ in observed)
    is_sum = aggregation in {Aggregation.ARITHMETIC, Aggregation.WEIGHTED}
    terms = []
    for child, title, is_item, weight, score, reason in children:
        share = weight / whole if score is not None else None
        added = share * score if is_sum and share is not None and score is not None else None
        terms.append(Term(child, title, is_item, weight, share, score, added, reason))
    return Explanation(
        code=code,
        title=node.title,
        aggregation=aggregation,
        terms=tuple(terms),
        total=_mean_of(observed, aggregation, scheme.scale) if observed else None,
        rounding=node.rounding or scheme.rounding,
        minimum_coverage=minimum_coverage_of(questionnaire, node),
    )


def _mean_of(observed: list[tuple[float, float]], aggregation: Aggregation, scale: float) -> float:
    weights, scores = np.array(observed, dtype=np.float64).T
    return float(mean(scores[None, :], weights, aggregation, scale)[0])


def _children(
    questionnaire: Questionnaire, sheet: ScoreSheet, code: str
) -> list[tuple[str, str, bool, float, float | None, Reason | None]]:
    items = [
        (item.code, item.text, True, item.weight, sheet.items[item.code].score, sheet.items[item.code].reason)
        for section in questionnaire.sections
        for item in section.items
        if questionnaire.node_of(section, item) == code
    ]
    nodes = [
        (node.code, node.title, False, node.weight, sheet.nodes[node.code].value, sheet.nodes[node.code].reason)
        for node in questionnaire.scheme.nodes
        if node.parent == code
    ]
    return [*items, *nodes]
