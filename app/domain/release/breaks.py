"""Where the series of a node is broken between two versions: what they have in common is too little (docs/method.md 8)."""

from __future__ import annotations

from app.domain.benchmark.over_time.change import MINIMUM_SHARE
from app.domain.benchmark.over_time.common_core import Side, core_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.tables import TOLERANCE


def broken_nodes(before: Questionnaire, after: Questionnaire) -> frozenset[str]:
    """Return the nodes of the later version whose scores must not be compared with the earlier version's.

    The rule is that of an economy's change over time, here with every question taken as asked: the same scale, the same way to
    combine, and at least 60 % of the weight in common, in the node and in each one right below it.
    """
    if before.content_hash == after.content_hash:
        return frozenset()
    core = core_of(before, after)
    if not core.is_on_one_scale:
        return frozenset(after.nodes)
    then, now = _weakest_shares(core.before), _weakest_shares(core.after)
    return frozenset(
        code
        for code in after.nodes
        if code not in core.alike or min(then.get(code, 0.0), now.get(code, 0.0)) + TOLERANCE < MINIMUM_SHARE
    )


def _weakest_shares(side: Side) -> dict[str, float]:
    """Return of each node the smallest share of weight in the core: its own, or that of a node right below."""
    items = len(side.plan.items)
    own: list[float] = [1.0] * items
    weakest: dict[str, float] = {}
    for node, kept in zip(side.plan.nodes, side.kept, strict=True):
        children = node.children.tolist()
        in_core = [own[child] * float(is_kept) for child, is_kept in zip(children, kept.tolist(), strict=True)]
        whole = float(node.weights.sum())
        share = sum(weight * each for weight, each in zip(node.weights.tolist(), in_core, strict=True)) / whole if whole else 0.0
        own.append(share)
        nodes_below = [each for child, each in zip(children, in_core, strict=True) if child >= items]
        weakest[node.code] = min([share, *nodes_below])
    return weakest
