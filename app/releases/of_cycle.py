"""Find a release as pages name it: the newest of a cycle, or one of its numbers; and the cycles before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session

from app.domain.release.content import ScoreRow
from app.domain.release.number import read_number
from app.domain.scoring.normalise import Series
from app.economies.service import EconomyNames
from app.kit.errors import NotFound
from app.releases import service
from app.releases.service import PublishedRelease, ReleaseEntry

Rows = Mapping[str, ScoreRow]
"""An economy's rows of one series, by node."""


def get_of_cycle(session: Session, questionnaire: str, cycle: str, number: str = "") -> PublishedRelease:
    """Return the newest release of a cycle, or the one of that number; unknown and other cycles' ones raise NotFound."""
    if not number:
        newest = service.list_releases(session, questionnaire, cycle)
        if not newest:
            raise NotFound("release")
        return service.get_release(session, questionnaire, str(newest[0].number))
    wanted = read_number(number)
    if wanted is None or wanted.cycle != cycle:
        raise NotFound("release")
    return service.get_release(session, questionnaire, number)


def list_earlier(session: Session, questionnaire: str, cycle: str) -> list[ReleaseEntry]:
    """List the newest release of each cycle before this one, the nearest first; earlier means by the cycle's code."""
    newest: dict[str, ReleaseEntry] = {}
    for entry in service.list_releases(session, questionnaire):
        newest.setdefault(entry.cycle, entry)
    return sorted((entry for code, entry in newest.items() if code < cycle), key=lambda entry: entry.cycle, reverse=True)


def rows_by_economy(
    release: PublishedRelease, series: Series = Series.SELF, version: str | None = None
) -> dict[str, dict[str, ScoreRow]]:
    """Return the rows of one series by economy and node; of one version of the questionnaire, or of all."""
    found: dict[str, dict[str, ScoreRow]] = {}
    for row in release.content.scores:
        if row.series == series and version in {None, row.version}:
            found.setdefault(row.economy, {})[row.node] = row
    return found


def public_economies(release: PublishedRelease, version: str | None = None) -> list[EconomyNames]:
    """Return the economies of which a release shows anything, in the order of lists."""
    return in_order(release, {row.economy for row in release.content.scores if version in {None, row.version}})


def in_order(release: PublishedRelease, codes: Collection[str]) -> list[EconomyNames]:
    """Return economies in the order of lists: APEC's own order of names, then the others by name."""
    return [names for code, names in release.economies.items() if code in codes]
