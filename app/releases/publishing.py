"""Freeze what is shown of a cycle today as its next release."""

from __future__ import annotations

import json

import numpy as np
from sqlmodel import Session

from app.audit import service as audit
from app.benchmarks import service as benchmarks
from app.benchmarks.service import CellEntry, Filters, ScoreEntry
from app.domain.questionnaire.document import version_order
from app.domain.release.content import CellRow, ReleaseContent, ScoreRow
from app.domain.release.number import ReleaseNumber
from app.domain.scoring.sheet import METHOD_VERSION
from app.economies import service as economies
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.questionnaires import service as questionnaires
from app.releases import queries, service
from app.releases.service import ReleaseEntry
from app.releases.tables import Release

_EVERYTHING = 1_000_000


def publish_release(session: Session, actor: Actor, questionnaire: str, cycle: str, *, note: str = "") -> ReleaseEntry:
    """Publish the next release of a cycle; for administrators. Raises Conflict where nothing is shown."""
    economies.require_administrator(actor)
    audit.take_turn(session)
    entry = economies.get_cycle(session, questionnaire, cycle)
    earlier = service.list_releases(session, questionnaire, cycle)
    number = earlier[0].number.next_minor() if earlier else ReleaseNumber(cycle, 1, 0)
    content = _content(session, questionnaire, cycle)
    row = Release(
        cycle_id=entry.id,
        minor=number.minor,
        patch=number.patch,
        released_at=clock.now(),
        released_by=actor.name,
        note=note,
        versions=_versions(session, questionnaire, content),
        method_version=METHOD_VERSION,
        numpy_version=np.__version__,
        content=content.canonical(),
        checksum=content.checksum,
    )
    queries.add_release(session, row)
    audit.record(
        session,
        actor,
        "releases.published",
        target_kind="release",
        target_id=row.id,
        detail={"questionnaire": questionnaire, "number": str(number), "checksum": row.checksum},
    )
    return service.get_entry(session, questionnaire, str(number))


def _content(session: Session, questionnaire: str, cycle: str) -> ReleaseContent:
    filters = Filters(questionnaire=questionnaire, cycle=cycle)
    scores = benchmarks.list_scores(session, None, filters, limit=_EVERYTHING)
    cells = benchmarks.list_cells(session, filters, limit=_EVERYTHING)
    if not scores and not any(cell.suppressed is None for cell in cells):
        raise Conflict(
            "Nothing of this cycle is shown yet, so there is nothing to release. Wait until economies share their sections."
        )
    return ReleaseContent(tuple(_score_row(score) for score in scores), tuple(_cell_row(cell) for cell in cells))


def _score_row(entry: ScoreEntry) -> ScoreRow:
    return ScoreRow(
        version=entry.version,
        series=entry.series,
        node=entry.node,
        economy=entry.economy,
        revision=entry.revision,
        score=entry.score,
        coverage=entry.coverage,
        reason=entry.reason,
        band=entry.band,
        band_from=entry.band,
        band_to=entry.band,
        lower=None,
        upper=None,
        floor=None,
        ceiling=None,
        evidence_share=None,
        grade=None,
    )


def _cell_row(entry: CellEntry) -> CellRow:
    return CellRow(
        version=entry.version,
        series=entry.series,
        node=entry.node,
        group=entry.group,
        n=entry.n,
        mean=entry.mean,
        minimum=entry.minimum,
        q1=entry.q1,
        median=entry.median,
        q3=entry.q3,
        maximum=entry.maximum,
        band=entry.band,
        suppressed=entry.suppressed,
    )


def _versions(session: Session, questionnaire: str, content: ReleaseContent) -> str:
    versions = {score.version for score in content.scores} | {cell.version for cell in content.cells}
    held = sorted(versions, key=version_order)
    return json.dumps([(version, questionnaires.get_version(session, questionnaire, version).content_hash) for version in held])
