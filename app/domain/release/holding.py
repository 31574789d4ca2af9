"""Whose scores and figures a release holds, short enough to be looked at whenever what is shown changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from app.domain.release.content import ReleaseContent, ScoreRow
from app.domain.release.record import CellRecord
from app.kit.ids import sha256

ScoreKey = tuple[str, str, str, str]
"""Version, series, node and economy."""
NodeKey = tuple[str, str, str]
"""Version, series and node."""
_LENGTH = 16


@dataclass(frozen=True, slots=True)
class HeldScores:
    """The scores of one economy in one series: at which nodes, and a fingerprint of what they say."""

    version: str
    series: str
    economy: str
    nodes: tuple[str, ...]
    fingerprint: str

    @property
    def keys(self) -> list[ScoreKey]:
        """Name each score."""
        return [(self.version, self.series, node, self.economy) for node in self.nodes]


@dataclass(frozen=True, slots=True)
class HeldFigures:
    """The contributors (economy:revision) of all figures of groups that are shown at one node."""

    version: str
    series: str
    node: str
    contributors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a release holds."""

    scores: tuple[HeldScores, ...]
    figures: tuple[HeldFigures, ...]

    @property
    def keys(self) -> list[ScoreKey]:
        """Name every economy's own score."""
        return [key for held in self.scores for key in held.keys]

    def to_text(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def is_outdated(self, public: Mapping[ScoreKey, str], sharing: Mapping[NodeKey, Collection[str]]) -> bool:
        """Tell whether something that it holds is withdrawn or corrected; what others have joined since is none of that.

        `public`: what each score that everybody may see says now; `sharing`: who counts in the figures of groups now.
        """
        return any(_fingerprint(map(public.get, held.keys)) != held.fingerprint for held in self.scores) or any(
            not set(held.contributors) <= set(sharing.get((held.version, held.series, held.node), ())) for held in self.figures
        )


_HOLDING = TypeAdapter(Holding)


def read_holding(text: str) -> Holding:
    """Read what `to_text` wrote."""
    return _HOLDING.validate_json(text)


def said(revision: int, score: float | None, coverage: float, reason: str | None, band: str | None) -> str:
    """Return what a score says, to compare it with what it said."""
    return json.dumps([revision, score, coverage, reason, band])


def holding_of(content: ReleaseContent, cells: Iterable[CellRecord]) -> Holding:
    """Return what a release of this content holds."""
    rows: dict[tuple[str, str, str], list[ScoreRow]] = {}
    for row in content.scores:
        rows.setdefault((row.version, row.series, row.economy), []).append(row)
    figures: dict[NodeKey, set[str]] = {}
    for cell in cells:
        if cell.suppressed is None:
            figures.setdefault((cell.version, cell.series, cell.node), set()).update(cell.contributors)
    return Holding(
        tuple(HeldScores(*key, tuple(row.node for row in held), _fingerprint(map(_said, held))) for key, held in rows.items()),
        tuple(HeldFigures(*key, tuple(sorted(each))) for key, each in figures.items()),
    )


def _said(row: ScoreRow) -> str:
    return said(row.revision, row.score, row.coverage, row.reason, row.band)


def _fingerprint(texts: Iterable[str | None]) -> str:
    return sha256("\n".join(text or "" for text in texts).encode())[:_LENGTH]
