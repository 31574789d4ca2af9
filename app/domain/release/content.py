"""What a release holds: scores that economies made public, figures of groups, and who scores higher than whom."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from app.kit.ids import sha256


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One economy's score at one node in one series, on the scheme's scale, or None with the `reason`.

    `revision`: which signed revision. `lower` and `upper`: q05 and q95 of the replicates. `floor` and `ceiling`: were every
    missing answer worth nothing, or everything. `band_from` and `band_to`: the bands to show. `evidence_share`: the share of the
    answered weight that is supported by evidence, 0 to 1; `grade`: A, B or C of it.
    """

    version: str
    series: str
    node: str
    economy: str
    revision: int
    score: float | None
    coverage: float
    reason: str | None
    band: str | None
    band_from: str | None
    band_to: str | None
    lower: float | None
    upper: float | None
    floor: float | None
    ceiling: float | None
    evidence_share: float | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class CellRow:
    """The distribution of a group's scores at one node; without figures where `suppressed` says why."""

    version: str
    series: str
    node: str
    group: str
    n: int | None
    mean: float | None
    minimum: float | None
    q1: float | None
    median: float | None
    q3: float | None
    maximum: float | None
    band: str | None
    suppressed: str | None


@dataclass(frozen=True, slots=True)
class PairRow:
    """The probability that `economy` scores higher than `other` at a node, over common replicates of the series `self`."""

    version: str
    node: str
    economy: str
    other: str
    probability: float


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """All rows of a release, in the order of their codes; never in the order of scores."""

    scores: tuple[ScoreRow, ...]
    cells: tuple[CellRow, ...]
    pairs: tuple[PairRow, ...] = ()

    def canonical(self) -> str:
        """Return the one way to write it down; numbers in full."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the canonical JSON."""
        return sha256(self.canonical().encode())


_CONTENT = TypeAdapter(ReleaseContent)


def read_content(text: str) -> ReleaseContent:
    """Read content as `canonical` wrote it."""
    return _CONTENT.validate_json(text)
