"""The range of one score over the replicates, with the bands to show: what pages and releases print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.benchmark.robustness.uncertainty import Uncertainty, shown_bands
from app.domain.questionnaire.document import Band, Node
from app.domain.scoring.bands import gated_band
from app.domain.scoring.item_scores import OUTSIDE
from app.domain.scoring.sheet import ScoreSheet


@dataclass(frozen=True, slots=True)
class Range:
    """Where a node's score lies in the replicates, on the scheme's scale, and how probable each band is.

    `quantiles`: 0.05, 0.25, 0.5, 0.75 and 0.95. `in_band`: by the code of the band, lowest first; bands that a critical item
    closes are left out, and replicates that reach beyond count in the highest one open. `first_band` and `last_band`: the range
    of bands to show, None where the score has no band. `scored`: the share of replicates in which the node has a score.
    """

    quantiles: tuple[float, ...]
    in_band: Mapping[str, float]
    first_band: str | None
    last_band: str | None
    scored: float


def range_of(found: Uncertainty, row: int, node: Node, bands: Sequence[Band], sheet: ScoreSheet) -> Range | None:
    """Return the range of one node of the economy in this row; None for a node without a score. `sheet`: its scores."""
    score, column = sheet.nodes[node.code], found.nodes.index(node.code)
    if score.score is None or not found.scored[row, column]:
        return None
    in_band = _in_open_bands(found.in_band[row, column].tolist(), node, bands, sheet)
    codes = list(in_band)
    first = last = None
    if score.band is not None:
        first, last = (codes[place] for place in shown_bands(codes.index(score.band), list(in_band.values())))
    quantiles = tuple(found.quantiles[:, row, column].tolist())
    return Range(quantiles, in_band, first, last, float(found.scored[row, column]))


def _in_open_bands(probabilities: Sequence[float], node: Node, bands: Sequence[Band], sheet: ScoreSheet) -> dict[str, float]:
    """Return the probability of each band; the highest that critical items leave open takes those of the bands above."""
    applying = {code: item.score for code, item in sheet.items.items() if item.reason not in OUTSIDE}
    highest = gated_band(bands, node, math.inf, applying).band
    found: dict[str, float] = {}
    for band, share in zip(bands, probabilities, strict=True):
        code = highest.code if highest is not None and band.floor > highest.floor else band.code
        found[code] = found.get(code, 0.0) + share
    return found
