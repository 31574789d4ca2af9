"""What if its parts weighed otherwise: a node computed anew from the public scores of the nodes right below it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.domain.questionnaire.document import Aggregation, Band, Node, Questionnaire, Rounding
from app.domain.scoring.bands import band_of
from app.domain.scoring.means import mean, means
from app.domain.scoring.plan import PlannedNode, aggregation_of, tier_of
from app.domain.scoring.rounding import rounded
from app.domain.scoring.tables import Floats

DRAWS = 500
_SEED = 2026  # the same weightings for every reader and every economy


@dataclass(frozen=True, slots=True)
class Weighing:
    """How parts become a whole. `node`: the whole, None where the scheme has none and the pillars merely stand side by side.

    `weights` are shares of 1, in the order of `parts`; `is_official`: they are those of the scheme.
    """

    node: Node | None
    parts: tuple[Node, ...]
    weights: tuple[float, ...]
    aggregation: Aggregation
    rounding: Rounding | None
    scale: float
    is_official: bool = True

    def reweighed(self, weights: Sequence[float]) -> Weighing:
        """Return the same with other weights, as shares of 1; they must not be below zero, and one must be above it."""
        return replace(self, weights=_shares(weights), is_official=self.node is not None and _shares(weights) == self.weights)


def weighing_of(questionnaire: Questionnaire, code: str) -> Weighing | None:
    """Return how the nodes right below a node make its score; None where it has none, or where items feed it as well."""
    node = questionnaire.nodes.get(code)
    parts = tuple(each for each in questionnaire.scheme.nodes if each.parent == code)
    is_fed_by_items = any(
        questionnaire.node_of(section, item) == code for section in questionnaire.sections for item in section.items
    )
    if node is None or not parts or is_fed_by_items:
        return None
    return Weighing(
        node=node,
        parts=parts,
        weights=_shares([part.weight for part in parts]),
        aggregation=aggregation_of(questionnaire, node),
        rounding=node.rounding or questionnaire.scheme.rounding,
        scale=questionnaire.scheme.scale,
    )


def side_by_side(questionnaire: Questionnaire) -> Weighing | None:
    """Return the headline profile as if it had a mean with equal weights, which it has not; None for a scheme with one top."""
    profile = questionnaire.profile
    parts = profile[0][1] if profile else ()
    if len(parts) < 2:  # noqa: PLR2004 - a mean of one thing is that thing
        return None
    equal = _shares([1.0] * len(parts))
    return Weighing(None, parts, equal, Aggregation.WEIGHTED, None, questionnaire.scheme.scale, is_official=False)


def wholes(questionnaire: Questionnaire) -> tuple[Weighing, ...]:
    """Return everything whose weights a reader may change, in the order of the scheme; a profile side by side stands first."""
    profile = side_by_side(questionnaire) if len([n for n in questionnaire.scheme.nodes if n.parent is None]) > 1 else None
    found = [weighing_of(questionnaire, node.code) for node in questionnaire.scheme.nodes]
    return tuple(each for each in (profile, *found) if each is not None and len(each.parts) > 1)


def whole_scores(weighing: Weighing, given: Sequence[Mapping[str, float | None]]) -> list[float | None]:
    """Return the whole of each economy from the scores of its parts.

    A part that is named with None does not apply, so it leaves, and the weights of the others are rescaled, as they are in the
    scheme. Where a part that weighs something is not named at all, there is no whole: what is not shown is never guessed.
    """
    weighty = [place for place, weight in enumerate(weighing.weights) if weight > 0]
    codes = [weighing.parts[place].code for place in weighty]
    weights = np.array([weighing.weights[place] for place in weighty], dtype=np.float64)
    whole = [all(code in scores for code in codes) for scores in given]
    table = np.array([[_number(scores.get(code)) for code in codes] for scores in given], dtype=np.float64)
    found = rounded(mean(table.reshape(len(given), len(codes)), weights, weighing.aggregation, weighing.scale), weighing.rounding)
    return [
        float(score) if is_whole and math.isfinite(score) else None for score, is_whole in zip(found.tolist(), whole, strict=True)
    ]


def holding(weighing: Weighing, bands: Sequence[Band], given: Sequence[Mapping[str, float | None]]) -> list[float | None]:
    """Return, for each economy, in which share of drawn weightings its whole keeps the band of these weights.

    The weightings are drawn evenly from all there are (Dirichlet with parameter 1), the same for all economies; None where
    there is no whole, or the scheme has no bands.
    """
    wholes_now = whole_scores(weighing, given)
    if not bands or not given:
        return [None] * len(given)
    codes = [part.code for part in weighing.parts]
    table = np.array([[_number(scores.get(code)) for code in codes] for scores in given], dtype=np.float64)
    drawn = np.random.Generator(np.random.PCG64(_SEED)).dirichlet(np.ones(len(codes)), DRAWS)
    columns = np.arange(len(codes))
    nodes = [
        (len(codes) + place, PlannedNode("", columns, weights, weighing.aggregation, weighing.rounding, 0.0))
        for place, weights in enumerate(drawn)
    ]
    tier = tier_of(nodes, is_lowest=True)
    scores = rounded(
        means(np.ascontiguousarray(table.T), tier, weighing.scale, np.empty((2, drawn.size * len(given))))[0], weighing.rounding
    )
    return [None if whole is None else _share_in_band(bands, whole, scores[:, place]) for place, whole in enumerate(wholes_now)]


def _share_in_band(bands: Sequence[Band], whole: float, scores: Floats) -> float:
    reached = band_of(bands, whole)
    return sum(band_of(bands, score) == reached for score in scores.tolist()) / len(scores)


def _shares(weights: Sequence[float]) -> tuple[float, ...]:
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)


def _number(score: float | None) -> float:
    return math.nan if score is None else score
