"""The random draws of an uncertainty analysis: one seed, and a stream of its own for every use.

A stream is named by what it is for (factor, economy, node), never by a place in a list. So the draws of an economy do not
depend on who else takes part, nor any draw on the order of economies, items or nodes, or on how the work is cut up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.robustness.moved_goalposts import GOALPOSTS
from app.domain.scoring.tables import Floats

Sixteens = NDArray[np.uint16]
FULL = 65_536
"""Draws for doubts are whole numbers below this: a probability is kept to 1/65,536, far below what is known of it."""
WEIGHT_SPREAD = 0.25
"""Each weight is multiplied by U(0.75, 1.25): a convention of audits of composite indicators, COINr's examples among them."""


class Factor(IntEnum):
    """What is uncertain. The number is part of a stream's name and never changes its meaning."""

    WEIGHTS = 0
    AGGREGATION = 1
    GOALPOSTS = 2
    NOT_APPLICABLE = 3
    MISSING = 4
    EVIDENCE = 5
    SURVEY = 6


@dataclass(frozen=True, slots=True)
class Shared:
    """What one replicate decides for all economies together; each of length `replicates`.

    `is_geometric`: the top node takes the shifted geometric mean; `goalposts`: 0 nominal, 1 outward, 2 inward;
    `is_nothing`: "not applicable" that nobody accepted counts as zero, instead of leaving.
    """

    is_geometric: NDArray[np.bool_]
    goalposts: NDArray[np.intp]
    is_nothing: NDArray[np.bool_]


class Draws(Protocol):
    """Where an analysis takes its chances from. Arrays are cells x replicates; cells stand in the order of their codes."""

    @property
    def replicates(self) -> int: ...

    def shared(self) -> Shared: ...

    def weights(self, node: str, children: int) -> Floats:
        """Return the factors by which the weights of a node's children are multiplied; above zero."""
        ...

    def missing(self, economy: str, node: str, cells: int) -> Floats:
        """Return uniform numbers in [0, 1) that fill missing answers."""
        ...

    def doubts(self, economy: str, node: str, cells: int) -> Sixteens:
        """Return uniform whole numbers below 65,536: an answer falls where its number is below 65,536 times its doubt."""
        ...

    def errors(self, economy: str, node: str, cells: int) -> Floats:
        """Return standard normal numbers, the errors of survey estimates."""
        ...


def seed_of(release: str, method_version: str) -> int:
    """Return the seed of a release: the first 8 bytes (big endian) of SHA-256 of its id followed by the method version."""
    return _eight_bytes(release + method_version)


@dataclass(frozen=True, slots=True)
class SeededDraws:
    """Draws of PCG64 from one seed. The same numpy gives the same bits; another version of numpy may give others."""

    seed: int
    replicates: int

    def shared(self) -> Shared:
        return Shared(
            is_geometric=self._stream(Factor.AGGREGATION).random(self.replicates) < 1 / 2,
            goalposts=(self._stream(Factor.GOALPOSTS).random(self.replicates) * len(GOALPOSTS)).astype(np.intp),
            is_nothing=self._stream(Factor.NOT_APPLICABLE).random(self.replicates) < 1 / 2,
        )

    def weights(self, node: str, children: int) -> Floats:
        drawn = self._stream(Factor.WEIGHTS, node).random((children, self.replicates))
        drawn *= 2 * WEIGHT_SPREAD
        drawn += 1 - WEIGHT_SPREAD
        return drawn

    def missing(self, economy: str, node: str, cells: int) -> Floats:
        return self._stream(Factor.MISSING, economy, node).random((cells, self.replicates))

    def doubts(self, economy: str, node: str, cells: int) -> Sixteens:
        words = -(-self.replicates // 4)  # four draws are cut out of one word of the generator
        raw = self._stream(Factor.EVIDENCE, economy, node).bit_generator.random_raw(cells * words).astype("<u8", copy=False)
        return raw.view("<u2").reshape(cells, 4 * words)[:, : self.replicates]

    def errors(self, economy: str, node: str, cells: int) -> Floats:
        return self._stream(Factor.SURVEY, economy, node).standard_normal((cells, self.replicates))

    def _stream(self, factor: Factor, *names: str) -> np.random.Generator:
        key = (int(factor), _eight_bytes("\0".join(names)))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))


@dataclass(frozen=True, slots=True)
class StoredDraws:
    """Draws that were written down: for golden tests, enumeration, and replaying what others computed.

    `by_name`: arrays by "weights NODE", "missing ECONOMY NODE", "doubts ECONOMY NODE" or "errors ECONOMY NODE"; where there
    is none, weights keep their worth, missing answers are drawn as nothing, and nothing falls or errs.
    """

    decisions: Shared
    by_name: Mapping[str, Floats]

    @property
    def replicates(self) -> int:
        return int(self.decisions.is_geometric.size)

    def shared(self) -> Shared:
        return self.decisions

    def weights(self, node: str, children: int) -> Floats:
        return self._stored(f"weights {node}", children, 1.0)

    def missing(self, economy: str, node: str, cells: int) -> Floats:
        return self._stored(f"missing {economy} {node}", cells, 1 / 2)

    def doubts(self, economy: str, node: str, cells: int) -> Sixteens:
        return self._stored(f"doubts {economy} {node}", cells, FULL - 1).astype(np.uint16)

    def errors(self, economy: str, node: str, cells: int) -> Floats:
        return self._stored(f"errors {economy} {node}", cells, 0.0)

    def _stored(self, name: str, cells: int, otherwise: float) -> Floats:
        return self.by_name.get(name, np.full((cells, self.replicates), otherwise))


@dataclass(frozen=True, slots=True)
class PickedDraws:
    """Draws of another source, picked by number: `picks` has for each factor the realisation of every run."""

    source: Draws
    decisions: Shared
    picks: Mapping[Factor, NDArray[np.intp]]

    @property
    def replicates(self) -> int:
        return int(self.decisions.is_geometric.size)

    def shared(self) -> Shared:
        return self.decisions

    def weights(self, node: str, children: int) -> Floats:
        return self.source.weights(node, children).take(self.picks[Factor.WEIGHTS], axis=1)

    def missing(self, economy: str, node: str, cells: int) -> Floats:
        return self.source.missing(economy, node, cells).take(self.picks[Factor.MISSING], axis=1)

    def doubts(self, economy: str, node: str, cells: int) -> Sixteens:
        return self.source.doubts(economy, node, cells).take(self.picks[Factor.EVIDENCE], axis=1)

    def errors(self, economy: str, node: str, cells: int) -> Floats:
        return self.source.errors(economy, node, cells).take(self.picks[Factor.SURVEY], axis=1)


def _eight_bytes(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
