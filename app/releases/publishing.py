"""Freeze what is shown of a cycle today as its next release: read, compute outside of the writer's turn, then write."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
from pydantic import TypeAdapter
from sqlmodel import Session

from app.audit import service as audit
from app.benchmarks import released
from app.benchmarks.released import ShownScore
from app.domain.benchmark.robustness.uncertainty import REPLICATES
from app.domain.questionnaire.document import version_order
from app.domain.release.changes import ReleaseChange, changes_between
from app.domain.release.content import CellRow, ReleaseContent, ScoreRow, read_content
from app.domain.release.holding import holding_of
from app.domain.release.making import content_of
from app.domain.release.record import Record
from app.domain.release.sealed import seal
from app.economies import service as economies
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, Problems
from app.kit.ids import sha256
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters
from app.releases import queries, service
from app.releases.material import Material, collect
from app.releases.service import ReleaseEntry
from app.releases.tables import Release

LONGEST_NOTE = 5_000
_TRIES = 3
_NOTHING = mark("Nothing of this cycle is shown yet, so there is nothing to release. Wait until economies share their sections.")
_MOVED = mark("What is shown of this cycle changed while the release was computed, more than once. Publish again in a minute.")
_NOT_AS_READ = mark("What is shown of this cycle changed after you opened this page. Read what changed, and publish again.")
_OTHERWISE = mark(
    "What is shown of this cycle does not follow from the stored scores, so nothing was released. Tell whoever runs this service."
)
_CHANGES = TypeAdapter(tuple[ReleaseChange, ...])


@dataclass(frozen=True, slots=True)
class Made:
    """A computed release that is not written yet."""

    material: Material
    record: Record
    content: ReleaseContent


def read_note(note: str) -> str:
    """Clean a note for readers. Raises Invalid for one that is too long, or holds invisible characters."""
    words, problems = clean(note), Problems()
    if len(words) > LONGEST_NOTE:
        problems.add("note", "too_long", say("Write at most {most} characters.", most=LONGEST_NOTE))
    elif has_forbidden_characters(words):
        problems.add("note", "control_characters", mark("Remove the invisible control characters from this text."))
    problems.raise_if_any()
    return words


def publish(
    database: Database, actor: Actor, questionnaire: str, cycle: str, *, note: str = "", seen: str | None = None
) -> ReleaseEntry:
    """Publish the next release of a cycle; for administrators. Nobody who saves waits while it is computed.

    `seen`: what the administrator read that it would hold; another raises Conflict. Without it, what is shown may change while
    it is computed, and then it is computed anew. Raises Conflict where nothing is shown.
    """
    economies.require_administrator(actor)
    note = read_note(note)
    for _ in range(_TRIES):
        material = gather(database, questionnaire, cycle)
        if material is None:
            continue
        if seen is not None and seen != material.fingerprint:
            raise Conflict(_NOT_AS_READ)
        made = make(material)
        with database.write() as session:
            audit.take_turn(session)
            if is_current(session, material):
                return write(session, actor, made, note=note)
    raise Conflict(_MOVED)


def gather(database: Database, questionnaire: str, cycle: str, *, is_patch: bool = False) -> Material | None:
    """Collect in a transaction of its own; None where somebody changed what is shown between two of its statements."""
    with database.read() as session:
        material = collect(session, questionnaire, cycle, is_patch=is_patch)
        return material if is_current(session, material) else None


def publish_release(
    session: Session, actor: Actor, questionnaire: str, cycle: str, *, note: str = "", replicates: int = REPLICATES
) -> ReleaseEntry:
    """Publish the next release of a cycle in a transaction that is open already; others who write wait for about a second."""
    economies.require_administrator(actor)
    audit.take_turn(session)
    material = collect(session, questionnaire, cycle, replicates=replicates)
    return write(session, actor, make(material), note=read_note(note))


def make(material: Material, *, may_be_empty: bool = False) -> Made:
    """Compute a release. Raises Conflict where nothing is shown, or where that does not follow from what is stored."""
    if material.shown.is_empty and not may_be_empty:
        raise Conflict(_NOTHING)
    record = material.record
    content = content_of(record, material.sheets_of)
    if [_shown(row) for row in content.scores] != list(material.shown.scores):
        raise Conflict(_OTHERWISE)
    carried = _carried(material, content)
    if carried:
        cells = tuple(
            replace(cell, carried=carried.get((cell.version, cell.series, cell.node, cell.group))) for cell in record.cells
        )
        record = replace(record, cells=cells)
        content = replace(content, cells=tuple(carried.get(_name(row), row) for row in content.cells))
    return Made(material, record, content)


def is_current(session: Session, material: Material) -> bool:
    """Tell whether what is shown, and the newest release, are still what a release was computed from."""
    newest = queries.newest_of(session, material.cycle_id)
    same_newest = (newest.id if newest else None) == material.newest
    return same_newest and released.shown_of_cycle(session, material.cycle_id) == material.shown


def write(session: Session, actor: Actor, made: Made, *, note: str = "", action: str = "releases.published") -> ReleaseEntry:
    """Write a computed release down. The caller has taken its turn, and has made sure that it is current."""
    material, text = made.material, made.content.canonical()
    before = None if material.newest is None else read_content(queries.content_of(session, material.newest))
    row = Release(
        cycle_id=material.cycle_id,
        minor=material.number.minor,
        patch=material.number.patch,
        released_at=clock.now(),
        released_by=actor.name,
        note=note,
        changes=_CHANGES.dump_json(changes_between(before, made.content) if before else ()).decode(),
        versions=_versions(material, made.content),
        seed=str(material.record.seed),
        replicates=material.record.replicates,
        method_version=material.record.method_version,
        numpy_version=np.__version__,
        content=text,
        checksum=sha256(text.encode()),
        holds=holding_of(made.content, made.record.cells).to_text(),
        sealed=seal(made.record, np.__version__).to_text(),
    )
    queries.add_release(session, row)
    queries.forget_due(session, material.cycle_id)
    audit.record(
        session,
        actor,
        action,
        target_kind="release",
        target_id=row.id,
        detail={"questionnaire": material.questionnaire, "number": str(material.number), "checksum": row.checksum},
    )
    return service.get_entry(session, material.questionnaire, str(material.number))


def _shown(row: ScoreRow) -> ShownScore:
    return ShownScore(
        version=row.version,
        series=row.series,
        node=row.node,
        economy=row.economy,
        revision=row.revision,
        score=row.score,
        coverage=row.coverage,
        reason=row.reason,
        band=row.band,
    )


def _carried(material: Material, content: ReleaseContent) -> dict[tuple[str, str, str, str], CellRow]:
    """Return figures that stand from an earlier day and no longer follow from the sheets of their contributors."""
    computed = {_name(row): row for row in content.cells}
    return {_name(cell.row): cell.row for cell in material.shown.cells if computed[_name(cell.row)] != cell.row}


def _name(row: CellRow) -> tuple[str, str, str, str]:
    return row.version, row.series, row.node, row.group


def _versions(material: Material, content: ReleaseContent) -> str:
    held = {score.version for score in content.scores} | {cell.version for cell in content.cells}
    documents = material.record.documents
    kept = sorted(held & documents.keys(), key=version_order) or sorted(documents, key=version_order)
    return json.dumps([(version, documents[version].content_hash) for version in kept])
