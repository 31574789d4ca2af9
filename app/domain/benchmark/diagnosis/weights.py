"""What decides the scores at the top: effective weights, leaving one part out, weights that are a little different."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.diagnosis.influence import draw_factors, effective_weights, leave_one_out, perturb, ranks, top_of
from app.domain.benchmark.diagnosis.shared import SMALLEST, Shared, mean
from app.domain.scoring.tables import Floats

SHARE = 0.25
DRAWS = 100


@dataclass(frozen=True, slots=True)
class Removal:
    """What leaving one item or node out does to the scores at the top above it, over the `n` economies that have both.

    `weight`: its effective weight there; `change`: mean absolute change, in points; `places`: mean absolute change of places
    in the order of the scores; `band_changes`: economies whose band differs. None where fewer than five economies count.
    """

    code: str
    top: str
    weight: float
    n: int
    change: float | None
    places: float | None
    band_changes: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """How far a node's scores move, in points, when every weight is multiplied by U(1 - SHARE, 1 + SHARE): quantiles of all
    changes of the `n` economies taken together; None where fewer than five count."""

    code: str
    n: int
    quantiles: tuple[float, ...] | None


def removals(shared: Shared) -> list[Removal]:
    """Leave out each item and each node that has a parent, one at a time."""
    weights, first = effective_weights(shared.plan), len(shared.plan.items)
    found: list[Removal] = []
    for place in shared.tops:
        top = shared.plan.nodes[place].code
        columns = [
            column
            for column, code in enumerate(shared.codes)
            if column != first + place and top_of(shared.plan, column) == first + place
        ]
        nominal = shared.nodes[:, place]
        changed = leave_one_out(shared.plan, shared.items, shared.asked, columns, first + place)
        for column, scores in zip(columns, changed.T, strict=True):
            found.append(_removal(shared, shared.codes[column], top, float(weights[column]), nominal, scores))
    return found


def moves(shared: Shared, generator: np.random.Generator) -> list[Move]:
    """Multiply all weights by random factors, DRAWS times."""
    factors = draw_factors(shared.plan, DRAWS, SHARE, generator)
    counted = np.isfinite(shared.nodes)
    scores = np.where(counted, perturb(shared.plan, shared.items, shared.asked, factors).scores, np.nan)
    found: list[Move] = []
    for place, node in enumerate(shared.plan.nodes):
        changes = (scores[:, :, place] - shared.nodes[:, place])[:, counted[:, place]]
        n = int(counted[:, place].sum())
        found.append(Move(node.code, n, _quantiles(changes) if n >= SMALLEST else None))
    return found


def _removal(shared: Shared, code: str, top: str, weight: float, nominal: Floats, scores: Floats) -> Removal:
    both = np.isfinite(nominal) & np.isfinite(scores)
    before, after = nominal[both], scores[both]
    n = len(before)
    if n < SMALLEST:
        return Removal(code, top, weight, n, None, None, None)
    places = ranks(np.column_stack([before, after]))
    return Removal(
        code=code,
        top=top,
        weight=weight,
        n=n,
        change=mean(np.abs(after - before)),
        places=mean(np.abs(places[:, 1] - places[:, 0])),
        band_changes=int((shared.bands(before) != shared.bands(after)).sum()),
    )


def _quantiles(changes: Floats) -> tuple[float, ...]:
    return tuple(float(quantile) for quantile in np.quantile(changes, (0.05, 0.25, 0.5, 0.75, 0.95)))
