"""A release in which everything occurs: bounds, floors, grades, bands, absent scores, suppressed figures, awkward numbers."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import select

from app.domain.release.content import CellRow, ReleaseContent, ScoreRow
from app.kit import clock
from app.releases import queries, service
from app.releases.service import ReleaseEntry
from app.releases.tables import Release, ReleaseWithdrawal
from tests.scenarios import CODE, CYCLE, Scene

AWKWARD = (100 / 3, 0.1 + 0.2, 5e-324, 1e-7, 0.0, 100.0, 62.5, 57.49999999999999, 2 / 3 * 100)
ABSENT = 3


def rich_release(scene: Scene, *, minor: int = 2) -> ReleaseEntry:
    """Publish such a release beside the first one of a scene, as if it had been computed."""
    real = _shown(scene)
    content = ReleaseContent(
        tuple(_score(place, row) for place, row in enumerate(real.scores)),
        tuple(_cell(place, row) for place, row in enumerate(real.cells)),
    )
    with scene.database.write() as session:
        first = session.scalars(select(Release)).one()
        own = {"minor": minor, "released_at": clock.now(), "content": content.canonical(), "checksum": content.checksum}
        queries.add_release(session, Release(**{**first.model_dump(exclude={"id"}), **own}))
        return service.get_entry(session, CODE, f"{CYCLE}.{minor}.0")


def withdraw(scene: Scene, entry: ReleaseEntry, economy: str) -> None:
    """Let an economy's scores leave a release, as a withdrawn consent does."""
    with scene.database.write() as session:
        release = service.get_release(session, CODE, str(entry.number))
        rows = [
            ReleaseWithdrawal(
                release_id=entry.id,
                version=row.version,
                series=row.series,
                node=row.node,
                economy=row.economy,
                withdrawn_at=clock.now(),
            )
            for row in release.content.scores
            if row.economy == economy
        ]
        queries.add_withdrawals(session, rows)


def _shown(scene: Scene) -> ReleaseContent:
    with scene.database.read() as session:
        return service.get_release(session, CODE, f"{CYCLE}.1.0").content


def _score(place: int, row: ScoreRow) -> ScoreRow:
    if place % 7 == ABSENT:
        return replace(row, score=None, coverage=0.4, reason="insufficient_coverage", band=None, band_from=None, band_to=None)
    number = AWKWARD[place % len(AWKWARD)]
    return replace(
        row,
        score=number,
        lower=number * 0.9,
        upper=number * 1.1,
        floor=number / 3,
        ceiling=number + 0.1,
        coverage=1 / 3 + place % 2 / 2,
        evidence_share=2 / 3,
        grade="ABC"[place % 3],
    )


def _cell(place: int, row: CellRow) -> CellRow:
    nothing = replace(row, n=None, mean=None, minimum=None, q1=None, median=None, q3=None, maximum=None, band=None)
    match place % 7:
        case 2:
            return replace(nothing, suppressed="too_few")
        case 3:
            return replace(nothing, suppressed="differencing")
        case 4:
            figures = AWKWARD[place % len(AWKWARD)]
            return replace(row, n=6, mean=figures, minimum=None, q1=1 / 3, median=figures, q3=99.9, maximum=None, suppressed=None)
    return row
