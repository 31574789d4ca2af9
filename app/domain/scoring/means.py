"""Means of many nodes at once: missing children leave, and the weights of the others are rescaled (docs/method.md 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.questionnaire.document import Aggregation
from app.domain.scoring.plan import PlannedNode, Tier, tier_of
from app.domain.scoring.tables import Booleans, Floats

_SHIFT = 99.0  # a scale of 0 to S becomes one of 1 to 100


def mean(scores: Floats, weights: Floats, aggregation: Aggregation, scale: float = 100.0) -> Floats:
    """Return the mean of the observed children of each row; NaN where none is observed. `scores`: economies x children."""
    children = np.arange(len(weights))
    node = PlannedNode("", children, weights, aggregation, None, 0.0)
    tier = tier_of([(len(weights), node)], is_lowest=True)
    found, _observed = means(np.ascontiguousarray(scores.T), tier, scale, np.empty((2, scores.size)))
    return found.ravel()


def means(values: Floats, tier: Tier, scale: float, work: Floats) -> tuple[Floats, Floats]:
    """Return the means of a tier's nodes (nodes x economies), and the weight of the children that are observed in each.

    Missing children (NaN) leave, and the weights of the others are rescaled; NaN where none is observed, or where the mean is
    not defined: geometric and harmonic ones of what is below zero. `values`: columns x economies; `work`: memory to work in.
    """
    shape = (len(tier.children), values.shape[1])
    children, terms = (table[: shape[0] * shape[1]].reshape(shape) for table in work)
    values.take(tier.children, axis=0, out=children, mode="clip")  # the default mode would copy once more
    missing = np.isnan(children)
    np.multiply(tier.weights[:, np.newaxis], ~missing, out=terms)
    total = np.add.reduceat(terms, tier.starts)
    np.copyto(children, 0.0, where=missing)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _MEANS.get(tier.aggregation, _arithmetic)(_Observed(tier, scale, children, missing, terms, total)), total


@dataclass(frozen=True, slots=True)
class _Observed:
    """What a mean is taken of (children x economies): zeros where a child is missing. `total`: the weight of those observed."""

    tier: Tier
    scale: float
    children: Floats
    missing: Booleans
    terms: Floats
    total: Floats

    def mean_of_terms(self) -> Floats:
        """Return the weighted means of `terms`, which are zero where a child is missing, and are used up."""
        np.multiply(self.tier.weights[:, np.newaxis], self.terms, out=self.terms)
        return np.asarray(np.add.reduceat(self.terms, self.tier.starts) / self.total, dtype=np.float64)


def _arithmetic(given: _Observed) -> Floats:
    given.terms[...] = given.children
    first = given.mean_of_terms()
    # A second pass takes out the rounding error of the first, so that ties of rounded tiers fall as published.
    first.take(given.tier.owners, axis=0, out=given.terms, mode="clip")
    np.subtract(given.children, given.terms, out=given.terms)
    np.copyto(given.terms, 0.0, where=given.missing)
    return first + given.mean_of_terms()


def _geometric(given: _Observed) -> Floats:
    given.terms[...] = given.children
    np.copyto(given.terms, 1.0, where=given.missing)
    np.log(given.terms, out=given.terms)
    return _within(given, np.exp(given.mean_of_terms()))


def _shifted_geometric(given: _Observed) -> Floats:
    np.multiply(given.children, _SHIFT / given.scale, out=given.terms)
    np.log1p(given.terms, out=given.terms)
    return _within(given, np.expm1(given.mean_of_terms()) * (given.scale / _SHIFT))


def _harmonic(given: _Observed) -> Floats:
    np.divide(given.tier.weights[:, np.newaxis], np.where(given.children < 0, np.nan, given.children), out=given.terms)
    np.copyto(given.terms, 0.0, where=given.missing)
    return _within(given, given.total / np.add.reduceat(given.terms, given.tier.starts))


_MEANS = {
    Aggregation.GEOMETRIC: _geometric,
    Aggregation.SHIFTED_GEOMETRIC: _shifted_geometric,
    Aggregation.HARMONIC: _harmonic,
}


def _within(given: _Observed, found: Floats) -> Floats:
    """Keep means within the range of what they are taken of: exp(log(100)) is a little above 100."""
    lowest = np.minimum.reduceat(np.where(given.missing, np.inf, given.children), given.tier.starts)
    highest = np.maximum.reduceat(np.where(given.missing, -np.inf, given.children), given.tier.starts)
    return np.where(lowest <= highest, np.clip(found, lowest, highest), np.nan)
