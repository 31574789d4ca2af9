"""Change between two cycles, from what their newest releases publish and from nothing else (docs/decisions/0049)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.benchmarks.refresh import EVERYBODY
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.change import Comparability, PublicChange, change_at, comparabilities
from app.domain.release.content import CellRow
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.economies.service import EconomyNames
from app.kit.errors import NotFound
from app.releases import service
from app.releases.of_cycle import Rows, get_of_cycle, in_order, list_earlier, rows_by_economy
from app.releases.service import PublishedRelease, ReleaseEntry


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group at a node then and now. `change` of the mean is told only where every member contributes to both: then readers know
    that the economies are the same; else who shares with peers only would follow from it."""

    group: str
    title: str
    before: CellRow
    after: CellRow
    change: float | None


@dataclass(frozen=True, slots=True)
class CycleChange:
    """Two releases of one questionnaire, which nodes can be compared, and the changes of economies and groups at each."""

    before: PublishedRelease
    after: PublishedRelease
    earlier: tuple[ReleaseEntry, ...]
    questionnaire: Questionnaire
    nodes: Mapping[str, Comparability]
    economies: tuple[EconomyNames, ...]
    changes: Mapping[tuple[str, str], PublicChange]
    """By node and economy; whoever is not public at the node in both is not among them."""
    then: Mapping[str, Rows]
    now: Mapping[str, Rows]
    """The rows of the two releases, by economy and node."""
    groups: Mapping[str, tuple[GroupChange, ...]]


def get_change(session: Session, questionnaire: str, cycle: str, earlier: str = "", number: str = "") -> CycleChange | None:
    """Compare a release with the newest of an earlier cycle, the nearest if none is named; None where there is none before.

    A cycle that is not earlier, or has no release, raises NotFound.
    """
    after = get_of_cycle(session, questionnaire, cycle, number)
    entries = list_earlier(session, questionnaire, cycle)
    chosen = [entry for entry in entries if earlier in {"", entry.cycle}]
    if not chosen:
        if earlier:
            raise NotFound("cycle")
        return None
    before = service.get_release(session, questionnaire, str(chosen[0].number))
    old, new = before.entry.version, after.entry.version
    nodes = comparabilities(before.questionnaire, after.questionnaire)
    then, now = rows_by_economy(before, Series.SELF, old), rows_by_economy(after, Series.SELF, new)
    changes = _changes(nodes, then, now)
    moved = {economy for _, economy in changes}
    return CycleChange(
        before=before,
        after=after,
        earlier=tuple(entries),
        questionnaire=after.questionnaire,
        nodes=nodes,
        economies=tuple(in_order(after, moved)),
        changes=changes,
        then=then,
        now=now,
        groups=_groups(session, before, after, nodes),
    )


def _changes(
    nodes: Mapping[str, Comparability], then: Mapping[str, Rows], now: Mapping[str, Rows]
) -> dict[tuple[str, str], PublicChange]:
    found = {
        (code, economy): change_at(known, then[economy], now[economy])
        for code, known in nodes.items()
        for economy in sorted(then.keys() & now.keys())
    }
    return {key: change for key, change in found.items() if change is not None}


def _groups(
    session: Session, before: PublishedRelease, after: PublishedRelease, nodes: Mapping[str, Comparability]
) -> dict[str, tuple[GroupChange, ...]]:
    """Put the shown figures of the same group at the same node side by side, where the node itself is the same in both."""
    then, now = _shown(before), _shown(after)
    members = {code: len(group.economies) for code, group in economies.groups(session).items()}
    found: dict[str, list[GroupChange]] = {}
    for node, group in sorted(then.keys() & now.keys()):
        if node in nodes and nodes[node].reason is None and nodes[node].weighing is None:
            pair = then[node, group], now[node, group]
            title = after.groups.get(group, EVERYBODY)
            found.setdefault(node, []).append(GroupChange(group, title, *pair, _mean_change(*pair, members.get(group))))
    return {node: tuple(sorted(groups, key=lambda each: each.title)) for node, groups in found.items()}


def _shown(release: PublishedRelease) -> dict[tuple[str, str], CellRow]:
    return {
        (cell.node, cell.group): cell
        for cell in release.content.cells
        if cell.series == Series.SELF and cell.version == release.entry.version and cell.suppressed is None
    }


def _mean_change(then: CellRow, now: CellRow, members: int | None) -> float | None:
    if members is None or then.mean is None or now.mean is None or {then.n, now.n} != {members}:
        return None
    return now.mean - then.mean
