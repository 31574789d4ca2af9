"""An economy's public profile: what it shows of itself in a release, and nothing about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.benchmarks.refresh import whole_group
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.change import Comparability, PublicChange, change_at, comparabilities
from app.domain.release.content import CellRow, ScoreRow
from app.domain.scoring.normalise import Series
from app.economies import references
from app.economies.references import Figure
from app.economies.service import EconomyNames
from app.kit.errors import NotFound
from app.releases import service
from app.releases.of_cycle import Rows, get_of_cycle, list_earlier, rows_by_economy
from app.releases.service import PublishedRelease, ReleaseEntry

MOST_EARLIER = 4


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an economy shows of an earlier cycle too: by node, the change since, where it can be compared."""

    entry: ReleaseEntry
    changes: Mapping[str, PublicChange]


@dataclass(frozen=True, slots=True)
class Profile:
    """One economy in one release. `series`: its public rows by series and node. `cells`: those of the whole group."""

    release: PublishedRelease
    economy: EconomyNames
    questionnaire: Questionnaire
    series: Mapping[Series, Rows]
    cells: Mapping[tuple[Series, str], CellRow]
    group: str
    earlier: tuple[Earlier, ...]
    figures: tuple[Figure, ...]
    is_own: bool
    """Whether the economies gave the answers themselves; an index that others published holds none of their own."""

    @property
    def rows(self) -> Rows:
        """Return the rows as answered."""
        return self.series.get(Series.SELF, {})


def get_profile(session: Session, questionnaire: str, cycle: str, economy: str, number: str = "") -> Profile:
    """Return what an economy shows in a release.

    An unknown economy, one that shows nothing and one that withdrew raise the same NotFound, by the same way.
    """
    release = get_of_cycle(session, questionnaire, cycle, number)
    mine = [row for row in release.content.scores if row.economy == economy]
    if not mine:
        raise NotFound("profile")
    version = mine[0].version
    document = release.documents[version]
    group = whole_group(document)
    series: dict[Series, dict[str, ScoreRow]] = {}
    for row in mine:
        series.setdefault(Series(row.series), {})[row.node] = row
    return Profile(
        release=release,
        economy=release.economies[economy],
        questionnaire=document,
        series=series,
        cells={
            (Series(cell.series), cell.node): cell
            for cell in release.content.cells
            if cell.group == group and cell.version == version
        },
        group=group,
        earlier=_earlier(session, release, document, economy, series.get(Series.SELF, {})),
        figures=tuple(references.latest(references.list_figures(session, [economy]))),
        is_own=release.entry.is_own,
    )


def _earlier(
    session: Session, release: PublishedRelease, document: Questionnaire, economy: str, now: Rows
) -> tuple[Earlier, ...]:
    found: list[Earlier] = []
    for entry in list_earlier(session, release.entry.questionnaire, release.entry.cycle)[:MOST_EARLIER]:
        before = service.get_release(session, entry.questionnaire, str(entry.number))
        then = rows_by_economy(before).get(economy, {})
        if not then:
            continue
        known = comparabilities(before.documents[next(iter(then.values())).version], document)
        found.append(Earlier(before.entry, _changes(known, then, now)))
    return tuple(found)


def _changes(known: Mapping[str, Comparability], then: Rows, now: Rows) -> dict[str, PublicChange]:
    changes = {code: change_at(each, then, now) for code, each in known.items()}
    return {code: change for code, change in changes.items() if change is not None}
