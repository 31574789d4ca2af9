"""Item scores become node scores for many economies at once, one tier of the scheme after the other (docs/method.md 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.questionnaire.document import CoverageRule
from app.domain.scoring.means import means
from app.domain.scoring.plan import Plan, Tier
from app.domain.scoring.refusal import refuse
from app.domain.scoring.rounding import rounded
from app.domain.scoring.tables import TOLERANCE, Booleans, Floats

_AT_ONCE = 12_000  # values of a block that stays in the processor's cache, and in memory that is used again


@dataclass(frozen=True, slots=True)
class NodeScores:
    """Scores of economies (rows) by nodes (columns, as the plan has them); NaN where nothing was observed. Coverage in [0, 1]."""

    scores: Floats
    coverage: Floats
    is_applicable: Booleans


@dataclass(frozen=True, slots=True)
class _Block:
    """Memory for some economies (columns), used again for the next: fresh memory costs more than the sums done in it.

    `work`: two tables, as large as the children of any tier.
    """

    values: Floats
    coverage: Floats
    is_applicable: Booleans
    work: Floats

    @classmethod
    def of(cls, scheme: Plan, rows: int) -> _Block:
        width = len(scheme.items) + len(scheme.nodes)
        most = max((len(tier.children) for tier in scheme.tiers), default=0)
        table = (width, rows)
        return cls(np.empty(table), np.empty(table), np.empty(table, dtype=np.bool_), np.empty((2, most * rows)))

    def first(self, rows: int) -> _Block:
        """Return the same memory for fewer economies, at the end."""
        if rows == self.values.shape[1]:
            return self
        return _Block(self.values[:, :rows], self.coverage[:, :rows], self.is_applicable[:, :rows], self.work)


def aggregate(scheme: Plan, scores: Floats, is_applicable: Booleans) -> NodeScores:
    """Compute every node.

    `scores`: economies x items, NaN where there is no value; `is_applicable`: same shape, False for accepted "not
    applicable". A child with nothing observed is left out and the others' weights are rescaled; a child below its own
    coverage threshold still feeds its parent, whose own coverage decides (docs/method.md 3). Raises Invalid for shapes that
    disagree, no economy, or infinite scores.
    """
    _refuse_misfits(scheme, scores, is_applicable)
    rows, items = scores.shape
    table = (len(scheme.nodes), rows)
    found = NodeScores(np.empty(table).T, np.empty(table).T, np.empty(table, dtype=np.bool_).T)
    step = min(rows, max(1, _AT_ONCE // max(1, items)))
    memory = _Block.of(scheme, step)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        block = memory.first(min(step, rows - start))
        _aggregate_block(scheme, scores[part], is_applicable[part], block)
        found.scores[part], found.coverage[part] = block.values[items:].T, block.coverage[items:].T
        found.is_applicable[part] = block.is_applicable[items:].T
    return found


def _aggregate_block(scheme: Plan, scores: Floats, is_applicable: Booleans, block: _Block) -> None:
    """Compute some economies. They lie side by side in memory, so sums run over rows, and none depends on their number."""
    items = scores.shape[1]
    values, coverage, applicable = block.values, block.coverage, block.is_applicable
    values[items:], coverage[items:], applicable[items:] = np.nan, 0.0, False
    values[:items], applicable[:items] = scores.T, is_applicable.T
    if not is_applicable.all():
        values[:items][~applicable[:items]] = np.nan
    if scheme.mixes_items_and_nodes:
        coverage[:items] = np.isfinite(values[:items])
    for tier in scheme.tiers:
        computed, observed = means(values, tier, scheme.scale, block.work)
        values[tier.columns] = rounded(computed, tier.rounding)
        _cover(tier, scheme.rule, observed, values, applicable, coverage)


def _cover(tier: Tier, rule: CoverageRule, observed: Floats, values: Floats, applicable: Booleans, coverage: Floats) -> None:
    """Fill in what of each node of a tier applies and is covered; `observed` is the weight of its observed children."""
    by_weight = rule is CoverageRule.WEIGHT
    weights = tier.weights[:, np.newaxis] if by_weight else np.ones((len(tier.weights), 1))
    inside = applicable[tier.children]
    whole = np.add.reduceat(weights if inside.all() else weights * inside, tier.starts)
    if not by_weight:
        observed = np.add.reduceat(inside * np.isfinite(values[tier.children]), tier.starts, dtype=np.float64)
    elif not tier.is_lowest:
        observed = np.add.reduceat(weights * inside * coverage[tier.children], tier.starts)
    covered = observed / np.where(whole > 0, whole, 1.0)
    applicable[tier.columns], coverage[tier.columns] = whole > 0, covered
    if not by_weight:
        is_thin = covered + TOLERANCE < tier.minimum_coverage[:, np.newaxis]
        values[tier.columns] = np.where(is_thin, np.nan, values[tier.columns])


def _refuse_misfits(scheme: Plan, scores: Floats, is_applicable: Booleans) -> None:
    if scores.ndim != 2 or scores.shape[1] != len(scheme.items) or is_applicable.shape != scores.shape:  # noqa: PLR2004 - a table
        refuse("scoring.shape", "scores", f"Give a row for each economy and {len(scheme.items)} columns, one for each item.")
    if not scores.shape[0]:
        refuse("scoring.no_economy", "scores", "There is no economy to score. Give at least one.")
    if np.isinf(scores).any():
        refuse("scoring.not_finite", "scores", "A score is infinite. Correct it; what is missing is left out, not infinite.")
