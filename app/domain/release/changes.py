"""What changed between two releases of a cycle, as a program reads it; words are made of it where it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from app.domain.release.content import ReleaseContent, ScoreRow


class ChangeKind(StrEnum):
    """What happened to some rows."""

    JOINED = "joined"
    """An economy shows scores that the release before did not have."""
    WITHDRAWN = "withdrawn"
    """An economy no longer shows scores that the release before had."""
    CORRECTED = "corrected"
    """An economy signed anew, or more was agreed in a peer review; its scores are those of that."""
    GROUP_SHOWN = "group_shown"
    """Figures of a group are shown that were not."""
    GROUP_HIDDEN = "group_hidden"
    """Figures of a group are no longer shown."""
    GROUP_CHANGED = "group_changed"
    """Figures of a group are others."""


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """One kind of change to one economy, or one group, at some nodes of one version, in any series."""

    kind: ChangeKind
    version: str
    economy: str | None
    group: str | None
    nodes: tuple[str, ...]


def changes_between(before: ReleaseContent, after: ReleaseContent) -> tuple[ReleaseChange, ...]:
    """Name everything that differs, in the order of kinds and codes; ranges alone, which are drawn anew each time, do not."""
    found = [
        *_kinds(
            {(row.version, row.economy, None, row.node, row.series): _said_of(row) for row in before.scores},
            {(row.version, row.economy, None, row.node, row.series): _said_of(row) for row in after.scores},
            (ChangeKind.JOINED, ChangeKind.WITHDRAWN, ChangeKind.CORRECTED),
        ),
        *_kinds(
            {(row.version, None, row.group, row.node, row.series): row for row in before.cells if row.suppressed is None},
            {(row.version, None, row.group, row.node, row.series): row for row in after.cells if row.suppressed is None},
            (ChangeKind.GROUP_SHOWN, ChangeKind.GROUP_HIDDEN, ChangeKind.GROUP_CHANGED),
        ),
    ]
    order = list(ChangeKind)
    found.sort(key=lambda change: (order.index(change[0]), change[1], change[2] or "", change[3] or "", change[4]))
    return tuple(
        ReleaseChange(kind, version, economy, group, tuple(dict.fromkeys(each[4] for each in those)))
        for (kind, version, economy, group), those in groupby(found, key=lambda change: change[:4])
    )


_Key = tuple[str, str | None, str | None, str, str]
_Found = tuple[ChangeKind, str, str | None, str | None, str]


def _kinds(
    before: Mapping[_Key, object], after: Mapping[_Key, object], kinds: tuple[ChangeKind, ChangeKind, ChangeKind]
) -> Iterable[_Found]:
    new, gone, other = kinds
    for version, economy, group, node, series in before.keys() | after.keys():
        key = (version, economy, group, node, series)
        if key not in before or key not in after:
            yield (new if key in after else gone), version, economy, group, node
        elif before[key] != after[key]:
            yield other, version, economy, group, node


def _said_of(row: ScoreRow) -> tuple[object, ...]:
    return row.revision, row.score, row.coverage, row.reason, row.band, row.evidence_share
