"""The arithmetic of change: scores of the core in both years, its shares and its coverage (docs/method.md 8)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.answers import BLANK, Answer
from app.domain.benchmark.over_time.common_core import Core, Side
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import Plan
from app.domain.scoring.sheet import score_all
from app.domain.scoring.tables import Booleans, Floats

Integers = NDArray[np.intp]

# Not those of a relative scale without spread: whether there is one depends on who is compared, and shares must not.
_OUTSIDE = (Reason.NOT_ASKED, Reason.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class CoreScores:
    """Economies x nodes of the later scheme, in the order of its plan.

    `before`, `after`: scores of the core in [0, scale], NaN where nothing is observed. `coverage`: the observed share of the
    core. `counts`: items that the scores are made of. `share_before`, `share_after`: the core's share of the weight that
    applied. `weakest`: the smallest share, in either version, of the node and of the nodes right below it.
    `is_applicable`: whether the node applied in either review.
    """

    before: Floats
    after: Floats
    coverage: Floats
    counts: Integers
    share_before: Floats
    share_after: Floats
    weakest: Floats
    is_applicable: Booleans


@dataclass(frozen=True, slots=True)
class _Observed:
    """Economies x items under one version; NaN where there is no score."""

    scores: Floats
    is_applicable: Booleans


@dataclass(frozen=True, slots=True)
class _Shares:
    """Economies x nodes under one version."""

    own: Floats
    weakest: Floats
    is_applicable: Booleans


def core_scores(core: Core, before: Sequence[Mapping[str, Answer]], after: Sequence[Mapping[str, Answer]]) -> CoreScores:
    """Score the core of both years on exactly the items that apply and are answered in both reviews of an economy."""
    earlier, later = _observed(core.before, before, core.series), _observed(core.after, after, core.series)
    partner, has_partner = _partners(core)
    then = _through(earlier, partner)
    applies = has_partner & then.is_applicable & later.is_applicable & _same_options_apply(core, before, after)
    seen = applies & np.isfinite(then.scores) & np.isfinite(later.scores)
    scored_then, scored_now = (
        aggregate(core.plan, np.where(seen, each, np.nan), applies) for each in (then.scores, later.scores)
    )
    in_earlier = np.zeros_like(earlier.is_applicable)
    in_earlier[:, partner[has_partner]] = applies[:, has_partner]
    share_then = _lined_up(core, _shares(core.before, in_earlier, earlier.is_applicable))
    share_now = _shares(core.after, applies, later.is_applicable)
    return CoreScores(
        before=scored_then.scores,
        after=scored_now.scores,
        coverage=scored_now.coverage,
        counts=np.asarray(seen.astype(np.intp) @ _members(core.plan).T, dtype=np.intp),
        share_before=share_then.own,
        share_after=share_now.own,
        weakest=np.minimum(share_then.weakest, share_now.weakest),
        is_applicable=share_then.is_applicable | share_now.is_applicable,
    )


def _same_options_apply(core: Core, before: Sequence[Mapping[str, Answer]], after: Sequence[Mapping[str, Answer]]) -> Booleans:
    """Tell for which items the same options of a checklist apply in both reviews; where others do, it is another question."""
    found = [
        [
            then.get(core.pairs.get(code, ""), BLANK).not_applicable == now.get(code, BLANK).not_applicable
            for code in core.after.plan.items
        ]
        for then, now in zip(before, after, strict=True)
    ]
    return np.array(found, dtype=np.bool_).reshape(len(after), len(core.after.plan.items))


def _observed(side: Side, reviews: Sequence[Mapping[str, Answer]], series: Series) -> _Observed:
    sheets = score_all(side.questionnaire, reviews, series)
    shape = (len(sheets), len(side.plan.items))
    found = [[sheet.items[code] for code in side.plan.items] for sheet in sheets]
    scores = [[math.nan if item.score is None else item.score for item in row] for row in found]
    applies = [[item.reason not in _OUTSIDE for item in row] for row in found]
    return _Observed(np.array(scores, dtype=np.float64).reshape(shape), np.array(applies, dtype=np.bool_).reshape(shape))


def _partners(core: Core) -> tuple[Integers, Booleans]:
    """Return the earlier column of each later item, and whether it has one (without, the first column stands in)."""
    columns = {code: column for column, code in enumerate(core.before.plan.items)}
    found = [columns.get(core.pairs.get(code, "")) for code in core.after.plan.items]
    has_partner = np.array([column is not None for column in found], dtype=np.bool_)
    return np.array([column or 0 for column in found], dtype=np.intp), has_partner


def _through(earlier: _Observed, partner: Integers) -> _Observed:
    """Lay the earlier items out in the columns of the later ones."""
    if earlier.scores.shape[1] == 0:
        shape = (len(earlier.scores), len(partner))
        return _Observed(np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_))
    return _Observed(earlier.scores[:, partner], earlier.is_applicable[:, partner])


def _shares(side: Side, in_core: Booleans, is_applicable: Booleans) -> _Shares:
    """Share out the weight that applies, as coverage is: a node's share is the weighted mean of its children's."""
    rows, items = in_core.shape
    width = items + len(side.plan.nodes)
    share, weakest = np.zeros((rows, width)), np.ones((rows, width))
    applies = np.zeros((rows, width), dtype=np.bool_)
    share[:, :items], applies[:, :items] = in_core, is_applicable
    for column, (node, kept) in enumerate(zip(side.plan.nodes, side.kept, strict=True), start=items):
        of_child = share[:, node.children] * kept
        counted = applies[:, node.children] * node.weights
        whole = counted.sum(axis=1)
        applies[:, column] = whole > 0
        np.divide((counted * of_child).sum(axis=1), whole, out=share[:, column], where=whole > 0)
        is_node = (node.children >= items) & applies[:, node.children]
        weakest[:, column] = np.where(is_node, of_child, share[:, [column]]).min(axis=1, initial=1.0)
        weakest[:, column] = np.minimum(weakest[:, column], share[:, column])
    return _Shares(share[:, items:], weakest[:, items:], applies[:, items:])


def _lined_up(core: Core, shares: _Shares) -> _Shares:
    """Bring the earlier nodes into the order of the later ones; a node that is new has no share and did not apply."""
    columns = {node.code: column for column, node in enumerate(core.before.plan.nodes)}
    rows = len(shares.own)
    own, applies = np.zeros((rows, len(core.plan.nodes))), np.zeros((rows, len(core.plan.nodes)), dtype=np.bool_)
    weakest = np.zeros_like(own)
    for position, node in enumerate(core.plan.nodes):
        column = columns.get(node.code)
        if column is not None:
            own[:, position], weakest[:, position] = shares.own[:, column], shares.weakest[:, column]
            applies[:, position] = shares.is_applicable[:, column]
    return _Shares(own, weakest, applies)


def _members(scheme: Plan) -> Booleans:
    """Return nodes x items: which items feed a node, at any depth."""
    items = len(scheme.items)
    found = np.zeros((items + len(scheme.nodes), items), dtype=np.bool_)
    found[:items] = np.eye(items, dtype=np.bool_)
    for column, node in enumerate(scheme.nodes, start=items):
        found[column] = found[node.children].any(axis=0)
    return found[items:]
