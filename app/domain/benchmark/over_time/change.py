"""Change over time: how a score moved on the comparable core, or why the series breaks (docs/method.md 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.domain.answers import Answer
from app.domain.benchmark.over_time.common_core import Core
from app.domain.benchmark.over_time.core_scores import CoreScores, core_scores
from app.domain.scoring.tables import TOLERANCE

MINIMUM_SHARE = 0.6
"""Share of the weight of a node, and of each node right below it, that the core must hold in both versions."""


class NoChange(StrEnum):
    """Why no change is reported."""

    NODE_IS_NEW = "node_is_new"
    SCALE_CHANGED = "scale_changed"
    METHOD_CHANGED = "method_changed"
    """The node combines its children, or rounds, in another way."""
    NOTHING_IN_COMMON = "nothing_in_common"
    LESS_THAN_60_PERCENT_COMMON = "less_than_60_percent_common"
    NOT_APPLICABLE = "not_applicable"
    """The node applied in neither review."""
    NOTHING_ANSWERED = "nothing_answered"
    """No item of the core is answered in both reviews."""
    INSUFFICIENT_COVERAGE = "insufficient_coverage"
    """Less of the core than the node's minimum coverage is answered in both reviews."""


_NOT_BREAKS = frozenset({NoChange.NOT_APPLICABLE, NoChange.NOTHING_ANSWERED, NoChange.INSUFFICIENT_COVERAGE})


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One node's scores on the core, each in [0, scale], and the later minus the earlier; all None with the reason.

    `items`: items of its core that are answered in both reviews; the scores are made of these. `share_before`,
    `share_after`: the core's share, 0 to 1, of the weight that applied in each version. `coverage`: the share of the core
    that is answered in both.
    """

    code: str
    before: float | None
    after: float | None
    change: float | None
    reason: NoChange | None
    items: int
    share_before: float
    share_after: float
    coverage: float

    @property
    def is_break(self) -> bool:
        """Whether it is the versions that differ too much: SDMX observation status B."""
        return self.reason is not None and self.reason not in _NOT_BREAKS


def change(core: Core, before: Mapping[str, Answer], after: Mapping[str, Answer]) -> dict[str, NodeChange]:
    """Compare the two reviews of one economy: every node of the later scheme, in its order."""
    return change_all(core, [before], [after])[0]


def change_all(
    core: Core, before: Sequence[Mapping[str, Answer]], after: Sequence[Mapping[str, Answer]]
) -> list[dict[str, NodeChange]]:
    """Compare the two reviews of each of many economies; `before` and `after` name them in the same order.

    Both years are computed now, by one method, on exactly the items that apply and are answered in both reviews: an item
    that is answered in one only would move the score although nothing had changed.
    """
    if not after:
        return []
    scores = core_scores(core, before, after)
    positions = {node.code: position for position, node in enumerate(core.plan.nodes)}
    return [
        {code: _node_change(core, scores, (row, positions[code]), code) for code in core.after.questionnaire.nodes}
        for row in range(len(after))
    ]


def _node_change(core: Core, scores: CoreScores, at: tuple[int, int], code: str) -> NodeChange:
    reason = _reason(core, scores, at, code)
    before, after = float(scores.before[at]), float(scores.after[at])
    return NodeChange(
        code=code,
        before=None if reason else before,
        after=None if reason else after,
        change=None if reason else after - before,
        reason=reason,
        items=int(scores.counts[at]),
        share_before=float(scores.share_before[at]),
        share_after=float(scores.share_after[at]),
        coverage=float(scores.coverage[at]),
    )


def _reason(core: Core, scores: CoreScores, at: tuple[int, int], code: str) -> NoChange | None:
    """Name the first thing that stands in the way: first of the versions, then of this economy's answers."""
    return _reason_of_versions(core, code) or _reason_of_answers(scores, at, core.plan.nodes[at[1]].minimum_coverage)


def _reason_of_versions(core: Core, code: str) -> NoChange | None:
    if code not in core.before.questionnaire.nodes:
        return NoChange.NODE_IS_NEW
    if not core.is_on_one_scale:
        return NoChange.SCALE_CHANGED
    return None if code in core.alike else NoChange.METHOD_CHANGED


def _reason_of_answers(scores: CoreScores, at: tuple[int, int], minimum_coverage: float) -> NoChange | None:
    if not scores.is_applicable[at]:
        return NoChange.NOT_APPLICABLE
    if min(scores.share_before[at], scores.share_after[at]) == 0:
        return NoChange.NOTHING_IN_COMMON
    if scores.weakest[at] + TOLERANCE < MINIMUM_SHARE:
        return NoChange.LESS_THAN_60_PERCENT_COMMON
    if not np.isfinite(scores.before[at]):
        return NoChange.NOTHING_ANSWERED
    return None if scores.coverage[at] + TOLERANCE >= minimum_coverage else NoChange.INSUFFICIENT_COVERAGE
