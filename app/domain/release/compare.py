"""Who scores higher than whom: said only where it is nearly certain, over common replicates (docs/method.md 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.domain.release.content import PairRow

CERTAIN = 0.95
"""From this probability on, one economy is said to score higher than another."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What may be said of two economies at a node. `higher`: the code of the one that scores higher, None where that cannot be
    told; `probability`: of that, None where nothing is said."""

    node: str
    first: str
    second: str
    higher: str | None
    probability: float | None


def probabilities(pairs: Iterable[PairRow], version: str) -> dict[tuple[str, str, str], float]:
    """Return P(first > second) by node, first and second, for one version of the questionnaire."""
    return {(pair.node, pair.economy, pair.other): pair.probability for pair in pairs if pair.version == version}


def findings(known: Mapping[tuple[str, str, str], float], node: str, economies: Collection[str]) -> list[Finding]:
    """Say of each two economies, in the order given, which scores higher; never more than the probability allows."""
    codes = list(economies)
    return [_finding(known, node, first, second) for place, first in enumerate(codes) for second in codes[place + 1 :]]


def _finding(known: Mapping[tuple[str, str, str], float], node: str, first: str, second: str) -> Finding:
    for one, other in ((first, second), (second, first)):
        probability = known.get((node, one, other))
        if probability is not None and probability >= CERTAIN:
            return Finding(node, first, second, one, probability)
    return Finding(node, first, second, None, None)
