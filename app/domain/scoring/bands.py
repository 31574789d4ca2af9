"""Bands: named ranges of scores, and the critical items that hold a node back from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.questionnaire.document import Band, Node
from app.domain.scoring.tables import TOLERANCE


@dataclass(frozen=True, slots=True)
class Reached:
    """The band of a score, and the critical items without which it would be a higher one."""

    band: Band | None
    held_back_by: tuple[str, ...] = ()


def band_of(bands: Sequence[Band], score: float) -> Band | None:
    """Return the band of an unrounded score; a score within 1e-9 below an edge belongs above it."""
    reached = [band for band in bands if score + TOLERANCE >= band.floor]
    return max(reached, key=lambda band: band.floor, default=None)


def gated_band(bands: Sequence[Band], node: Node, score: float | None, items: Mapping[str, float | None]) -> Reached:
    """Return the band of a node's score, held back by each gate whose item falls short.

    `items`: scores of the items that apply, None where one is missing: what is not shown to be there holds back as well. An
    item that does not apply is left out, and closes nothing.
    """
    reached = None if score is None else band_of(bands, score)
    if reached is None:
        return Reached(None)
    floors = {band.code: band.floor for band in bands}
    closed = [
        gate
        for gate in node.gates
        if gate.item in items and floors[gate.band] <= reached.floor and not _is_open(items[gate.item], gate.minimum)
    ]
    if not closed:
        return Reached(reached)
    lowest = min(floors[gate.band] for gate in closed)
    below = [band for band in bands if band.floor < lowest]
    return Reached(max(below, key=lambda band: band.floor, default=None), tuple(dict.fromkeys(gate.item for gate in closed)))


def _is_open(score: float | None, minimum: float) -> bool:
    return score is not None and score + TOLERANCE >= minimum
