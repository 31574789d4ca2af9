"""Change between two releases, made of nothing but what both publish (docs/decisions/0049).

Which nodes may be compared is read from the two versions of the questionnaire alone, never from answers: a node is the same when
everything that feeds it is. Its change is then the difference of two published scores. Where a node is not the same, but
nodes right below it are, both years may be computed from the published scores of those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.benchmark.over_time.change import MINIMUM_SHARE
from app.domain.benchmark.over_time.common_core import Core, Side, core_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.content import ScoreRow
from app.domain.release.what_if import Weighing, weighing_of, whole_scores
from app.domain.scoring.normalise import Series
from app.domain.scoring.tables import TOLERANCE

NEARLY_WHOLE = 0.95
"""From this coverage on, missing answers are no reason to doubt a change."""


class Break(StrEnum):
    """Why a node of two versions cannot be compared."""

    NODE_IS_NEW = "node_is_new"
    SCALE_CHANGED = "scale_changed"
    METHOD_CHANGED = "method_changed"
    """The node combines its children, or rounds, in another way."""
    NOTHING_IN_COMMON = "nothing_in_common"
    QUESTIONS_CHANGED = "questions_changed"
    """Some of what feeds it is not the same, and the parts that are hold less than 60 % of it, or are questions."""


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether a node of the later version can be compared with the earlier one.

    `share`: of its weight that is the same in both, 0 to 1. `weighing`: how the nodes below that are the same become it, where
    it is not the same itself; None elsewhere. `reason`: why there is no change.
    """

    node: str
    share: float
    weighing: Weighing | None
    reason: Break | None


@dataclass(frozen=True, slots=True)
class PublicChange:
    """An economy's change at a node: two scores and their difference; all None where nothing may be said.

    `is_clear`: the two intervals do not overlap; None where one of them is not known. `is_from_parts`: the two scores are
    made of the nodes below that are the same, so they are not the published ones. `is_partial`: in one of the years answers
    are missing, so part of the change may be theirs.
    """

    node: str
    before: float | None
    after: float | None
    change: float | None
    is_clear: bool | None = None
    is_from_parts: bool = False
    is_partial: bool = False


def comparabilities(before: Questionnaire, after: Questionnaire, series: Series = Series.SELF) -> dict[str, Comparability]:
    """Say of every node of the later version whether it is comparable, in the order of its scheme."""
    if before.content_hash == after.content_hash and not after.is_relative:
        return {code: Comparability(code, 1.0, None, None) for code in after.nodes}
    core = core_of(before, after, series)
    same = _asked_alike(before, after)
    kept = [_kept(core, side, same) for side in (core.before, core.after)]
    shares = [_shares(side, links) for side, links in zip((core.before, core.after), kept, strict=True)]
    return {code: _comparability(core, shares[0], shares[1], code) for code in after.nodes}


def change_at(known: Comparability, before: Mapping[str, ScoreRow], after: Mapping[str, ScoreRow]) -> PublicChange | None:
    """Return an economy's change at a node from its published scores, by node; None where they do not suffice."""
    if known.reason is not None:
        return None
    if known.weighing is not None:
        return _from_parts(known.node, known.weighing, before, after)
    then, now = before.get(known.node), after.get(known.node)
    if then is None or now is None or then.score is None or now.score is None:
        return None
    return PublicChange(
        known.node, then.score, now.score, now.score - then.score, _is_clear(then, now), is_partial=_is_partial([then, now])
    )


def _from_parts(
    node: str, weighing: Weighing, before: Mapping[str, ScoreRow], after: Mapping[str, ScoreRow]
) -> PublicChange | None:
    codes = [part.code for part in weighing.parts]
    rows = [[year[code] for code in codes if code in year] for year in (before, after)]
    # A part without a score in one year would move the mean although nothing had changed.
    if any(len(of_year) < len(codes) or any(row.score is None for row in of_year) for of_year in rows):
        return None
    then, now = whole_scores(weighing, [{row.node: row.score for row in of_year} for of_year in rows])
    if then is None or now is None:
        return None
    return PublicChange(node, then, now, now - then, None, is_from_parts=True, is_partial=_is_partial([*rows[0], *rows[1]]))


def _is_clear(then: ScoreRow, now: ScoreRow) -> bool | None:
    if then.lower is None or then.upper is None or now.lower is None or now.upper is None:
        return None
    return now.lower > then.upper or now.upper < then.lower


def _is_partial(rows: list[ScoreRow]) -> bool:
    return any(row.coverage + TOLERANCE < NEARLY_WHOLE for row in rows)


def _asked_alike(before: Questionnaire, after: Questionnaire) -> Callable[[str, str], bool]:
    """Tell whether two items are asked of the same economies: under the same conditions."""
    return lambda old, new: before.conditions.get(old) == after.conditions.get(new)


def _kept(core: Core, side: Side, same: Callable[[str, str], bool]) -> dict[str, list[tuple[str, float, bool, bool]]]:
    """Return the children of each node: code, weight, whether it is a node, whether the link is the same in both versions."""
    items, nodes = side.plan.items, side.plan.nodes
    later = {old: new for new, old in core.pairs.items()} if side is core.before else {code: code for code in core.pairs}
    found: dict[str, list[tuple[str, float, bool, bool]]] = {}
    for node, kept in zip(nodes, side.kept, strict=True):
        links = zip(node.children.tolist(), node.weights.tolist(), kept.tolist(), strict=True)
        found[node.code] = [
            (nodes[column - len(items)].code, weight, True, is_kept)
            if column >= len(items)
            else (items[column], weight, False, is_kept and _is_asked_alike(core, later, items[column], same))
            for column, weight, is_kept in links
        ]
    return found


def _is_asked_alike(core: Core, later: Mapping[str, str], item: str, same: Callable[[str, str], bool]) -> bool:
    new = later.get(item)
    return new is not None and same(core.pairs[new], new)


@dataclass(frozen=True, slots=True)
class _Share:
    """Of one node under one version: the share of its weight that is the same, and the nodes below that are wholly so."""

    same: float
    whole_parts: Mapping[str, float]


def _shares(side: Side, kept: Mapping[str, list[tuple[str, float, bool, bool]]]) -> dict[str, _Share]:
    found: dict[str, _Share] = {}
    for node in side.plan.nodes:  # children before their parents
        links = kept[node.code]
        total = sum(weight for _, weight, _, _ in links) or 1.0
        same = sum(weight * (found[code].same if is_node else 1.0) for code, weight, is_node, is_kept in links if is_kept)
        whole = {
            code: weight / total
            for code, weight, is_node, is_kept in links
            if is_kept and is_node and found[code].same + TOLERANCE >= 1
        }
        found[node.code] = _Share(same / total, whole)
    return found


def _comparability(core: Core, then: Mapping[str, _Share], now: Mapping[str, _Share], code: str) -> Comparability:
    if code not in core.before.questionnaire.nodes:
        return Comparability(code, 0.0, None, Break.NODE_IS_NEW)
    share = min(then[code].same, now[code].same)
    if not core.is_on_one_scale:
        return Comparability(code, share, None, Break.SCALE_CHANGED)
    if code not in core.alike:
        return Comparability(code, share, None, Break.METHOD_CHANGED)
    if share + TOLERANCE >= 1:
        return Comparability(code, 1.0, None, None)
    parts = [part for part in now[code].whole_parts if part in then[code].whole_parts]
    of_parts = min(sum(side[code].whole_parts[part] for part in parts) for side in (then, now))
    weighing = _of_parts(core.after.questionnaire, code, parts) if of_parts + TOLERANCE >= MINIMUM_SHARE else None
    if weighing is not None:
        return Comparability(code, of_parts, weighing, None)
    return Comparability(code, share, None, Break.QUESTIONS_CHANGED if share else Break.NOTHING_IN_COMMON)


def _of_parts(questionnaire: Questionnaire, code: str, parts: list[str]) -> Weighing | None:
    weighing = weighing_of(questionnaire, code)
    if weighing is None:
        return None
    left = [(part, weight) for part, weight in zip(weighing.parts, weighing.weights, strict=True) if part.code in parts]
    kept = replace(weighing, parts=tuple(part for part, _ in left))
    return kept.reweighed([weight for _, weight in left])
