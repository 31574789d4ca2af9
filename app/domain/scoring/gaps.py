"""Gaps to a target, what closing each would bring, and which to take up first (docs/method.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.item_scores import OUTSIDE, Reason
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import ItemScore, ScoreSheet

FACTORS = (1, 2, 3)
"""Low, medium, high: how urgent it is to close a gap, and how much effort it takes."""
_TO_SETTLE = {Reason.NOT_AVAILABLE, Reason.DECLINED, Reason.BLANK, Reason.NOT_COUNTED}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which gaps are asked for. `target` in [0, scale]; `urgency` and `effort` by item, one of FACTORS, 1 where not given.

    `own`: a target for each of some items, in place of the one for all; items without one then have no gap. Empty: not asked for.
    """

    node: str
    target: float
    urgency: Mapping[str, int]
    effort: Mapping[str, int]
    own: Mapping[str, float] = field(default_factory=dict)

    def has_target(self, item: str) -> bool:
        """Tell whether a target is asked for at this item."""
        return not self.own or item in self.own

    def target_for(self, item: str) -> float:
        """Return the score that this item is to reach."""
        return self.own.get(item, self.target)


@dataclass(frozen=True, slots=True)
class Gap:
    """One answered item. `weight`: its share of the node among what is answered. `gap` in points of the item, `gain` and
    `priority` in points of the node."""

    code: str
    score: float
    target: float
    weight: float
    gap: float
    gain: float
    urgency: int
    effort: int
    priority: float


@dataclass(frozen=True, slots=True)
class Priorities:
    """The scored items beneath a node, the highest priority first; and `unanswered`: those without a score that could have one,
    in the order of the form."""

    node: str
    value: float | None
    gaps: tuple[Gap, ...]
    unanswered: tuple[ItemScore, ...]


def target_of(own: float | None, peer_median: float | None, scale: float) -> float:
    """Return the target that counts: the economy's own, else the median of its peers where that is shown, else the scale."""
    return next(target for target in (own, peer_median, scale) if target is not None)


def priorities(questionnaire: Questionnaire, sheet: ScoreSheet, wish: Wish) -> Priorities:
    """Order the items beneath a node by what closing their gap would bring, per effort, as urgent as it is.

    The gain is the node's value with this one item at its target, less its value now: under arithmetic means weight times
    gap, to the last digits, and right under geometric and harmonic ones and rounded tiers too. As if nothing else changed:
    an answer that opens or closes other questions changes more.
    """
    weights = observed_weights(questionnaire, sheet, wish.node)
    scores = {code: score for code in weights if (score := sheet.items[code].score) is not None}
    value = sheet.nodes[wish.node].value
    # A node may have no value though items beneath it are answered: a mean that is not defined, or children that do not count.
    # On a relative scale no target is one's own to reach: it moves with the others.
    fixed = {
        code: score
        for code, score in scores.items()
        if questionnaire.normalisation_of(questionnaire.items[code]) is None and wish.has_target(code)
    }
    raised = {} if value is None else {code: max(score, wish.target_for(code)) for code, score in fixed.items()}
    after = _rescored(questionnaire, sheet, wish.node, raised) if raised else {}
    gaps = [_gap(code, scores[code], weights[code], after[code] - (value or 0.0), wish) for code in raised]
    # Digits that arithmetic leaves behind must not decide between items that are equal.
    ordered = sorted(gaps, key=lambda gap: (-round(gap.priority, 9), -round(gap.weight, 12), gap.code))
    beneath = [sheet.items[code] for code in items_beneath(questionnaire, wish.node)]
    return Priorities(wish.node, value, tuple(ordered), tuple(item for item in beneath if item.reason in _TO_SETTLE))


def items_beneath(questionnaire: Questionnaire, node: str) -> list[str]:
    """Return the scored items that feed a node, directly or through nodes below it, in the order of the form."""
    below = {node}
    for _ in questionnaire.nodes:
        below |= {code for code, each in questionnaire.nodes.items() if each.parent in below}
    return [
        item.code for section in questionnaire.sections for item in section.items if questionnaire.node_of(section, item) in below
    ]


def observed_weights(questionnaire: Questionnaire, sheet: ScoreSheet, node: str) -> dict[str, float]:
    """Return the effective weight of each answered item beneath a node: the product of weight over the sum of the observed
    siblings' weights, down the tree. They add up to 1 where anything is answered."""
    items = [
        (item.code, item.weight)
        for section in questionnaire.sections
        for item in section.items
        if questionnaire.node_of(section, item) == node and sheet.items[item.code].score is not None
    ]
    nodes = [
        (each.code, each.weight)
        for each in questionnaire.scheme.nodes
        if each.parent == node and sheet.nodes[each.code].value is not None
    ]
    whole = sum(weight for _, weight in [*items, *nodes])
    found = {code: weight / whole for code, weight in items}
    for code, weight in nodes:
        found |= {item: weight / whole * share for item, share in observed_weights(questionnaire, sheet, code).items()}
    return found


def _gap(code: str, score: float, weight: float, gain: float, wish: Wish) -> Gap:
    urgency, effort, target = wish.urgency.get(code, 1), wish.effort.get(code, 1), wish.target_for(code)
    return Gap(
        code=code,
        score=score,
        target=target,
        weight=weight,
        gap=max(0.0, target - score),
        gain=gain if score < target else 0.0,
        urgency=urgency,
        effort=effort,
        priority=gain * urgency / effort if score < target else 0.0,
    )


def _rescored(questionnaire: Questionnaire, sheet: ScoreSheet, node: str, raised: Mapping[str, float]) -> dict[str, float]:
    """Return the node's value with one item after the other at another score."""
    scheme = plan(questionnaire)
    given = [sheet.items[code] for code in scheme.items]
    row = [np.nan if item.score is None else item.score for item in given]
    scores = np.tile(np.array(row, dtype=np.float64), (len(raised), 1))
    for k, (code, score) in enumerate(raised.items()):
        scores[k, scheme.items.index(code)] = score
    is_applicable = np.array([item.reason not in OUTSIDE for item in given], dtype=np.bool_)
    column = [planned.code for planned in scheme.nodes].index(node)
    found = aggregate(scheme, scores, np.tile(is_applicable, (len(raised), 1)))
    return {code: float(value) for code, value in zip(raised, found.scores[:, column], strict=True)}
