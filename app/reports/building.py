"""Build what is due, one report at a time. A report is taken in one transaction, built in none, and settled in another.

So no transaction is open while pages are set, and whoever crashes leaves a report that is taken again after a while. Two who
build the same at once keep the first: files are written before any row speaks of them, and by their hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.language import speaking
from app.infra.objects import Objects
from app.infra.scope import NOTHING, Scope, of_economy, reading
from app.infra.times import moment
from app.kit import clock, ids
from app.kit.actor import Actor, Role
from app.kit.errors import NotFound
from app.reports import inputs, queries, service
from app.reports.economy.material import Setting
from app.reports.economy.own import own_paper
from app.reports.economy.public import public_paper
from app.reports.economy.workbook import workbook_of
from app.reports.papers.blocks import Paper
from app.reports.papers.pdf import pdf
from app.reports.papers.tables import tables
from app.reports.papers.word import word
from app.reports.summary.fields import CoverFields
from app.reports.summary.paper import summary_paper
from app.reports.tables import Report
from app.scores.certainty import find_certainty

PDF, DOCX, XLSX, CALCULATION = "report.pdf", "report.docx", "report.xlsx", "calculation.xlsx"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LEFT_AFTER = timedelta(minutes=3)
"""Building takes seconds: whoever gives no sign for so long has crashed."""
MOST_ATTEMPTS = 3
KEEPS = timedelta(days=90)
_log = structlog.get_logger("readiness")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What building needs: where rows and files are, the languages, and where the service answers."""

    database: Database
    objects: Objects
    catalogs: Catalogs
    address: str


def build_due(workshop: Workshop) -> int:
    """Build one report that waits, if there is one; returns how many were built. For a job; it may run twice, also at once."""
    stale = clock.now() - LEFT_AFTER
    with workshop.database.read() as session:
        if not queries.is_any_due(session, stale):
            return 0
    with workshop.database.write() as session:
        row = queries.take(session, clock.now(), stale)
        if row is not None and row.attempts > MOST_ATTEMPTS:
            row.state, row.finished_at = "failed", clock.now()
            row = None
    if row is None:
        return 0
    is_built = False
    try:
        _Build(workshop, row).run()
        is_built = True
    finally:  # whatever went wrong is the worker's to log; whoever waits must not wait for ever
        if not is_built:
            _settle(workshop, row, {"state": "failed", "finished_at": clock.now()})
    return 1


def clear_old(workshop: Workshop) -> int:
    """Forget reports that nobody asked for in months, and those that show what was withdrawn; returns how many."""
    with workshop.database.read() as session:
        before = clock.now() - KEEPS
        rows = [row.id for row in queries.list_done(session) if row.asked_at < before or service.is_outdated(session, row)]
    for report in rows:
        with workshop.database.write() as session:
            for digest in queries.forget(session, report):
                workshop.objects.delete(service.key_of(digest))
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a report is written, once everything that it is made of is read; `workbook` goes with it under that name."""

    paper: Callable[[Setting], Paper]
    workbook_name: str = ""
    workbook: Callable[[Paper], bytes] | None = None


@dataclass(frozen=True, slots=True)
class _Build:
    workshop: Workshop
    row: Report

    def run(self) -> None:
        with reading(self._reach()), self.workshop.database.read() as session:
            recipe = self._recipe(session)
        with speaking(self.workshop.catalogs.get(self.row.language)):
            written = recipe.paper(Setting(self.row.language, clock.now(), moment, self.workshop.address))
            self._say("pages", 20)
            files = {PDF: pdf(written)}
            self._say("document", 60)
            files[DOCX] = word(written, self.row.asked_at)
            if recipe.workbook is not None:
                self._say("workbook", 85)
                files[recipe.workbook_name] = recipe.workbook(written)
        self._keep(files)

    def _reach(self) -> Scope:
        """Return what whoever asked may read: their economy's rows for its own edition, else nothing but what is published."""
        economy = self.row.economy if self.row.kind == "own" else None
        return NOTHING if economy is None else of_economy(economy)

    def _say(self, step: str, progress: int) -> None:
        _settle(self.workshop, self.row, {"step": step, "progress": progress, "touched_at": clock.now()})

    def _recipe(self, session: Session) -> _Recipe:
        if self.row.submission_id is not None:
            return self._own(session, self.row.submission_id)
        if self.row.release_id is None:
            raise NotFound("report")  # a row names one or the other
        questionnaire, number = queries.release_of(session, self.row.release_id)
        if self.row.economy is None:
            return self._paper(session, questionnaire, number)
        return self._public(session, questionnaire, number, self.row.economy)

    def _own(self, session: Session, submission: UUID) -> _Recipe:
        review, economy, revision, _cycle = queries.submission_of(session, submission)
        actor = Actor(None, self.row.asked_by, Role.CONTRIBUTOR, economy)
        read = inputs.own_material(session, actor, review, revision)
        given = replace(read, certainty=find_certainty(read.results))
        return _Recipe(
            lambda setting: own_paper(given, setting), CALCULATION, lambda _paper: workbook_of(given.results, given.economy)
        )

    def _public(self, session: Session, questionnaire: str, number: str, economy: str) -> _Recipe:
        given = inputs.public_material(session, questionnaire, number, economy)
        return _Recipe(lambda setting: public_paper(given, setting), XLSX, lambda paper: tables(paper, self.row.asked_at))

    def _paper(self, session: Session, questionnaire: str, number: str) -> _Recipe:
        given = inputs.paper_material(session, questionnaire, number)
        cover = CoverFields(**json.loads(self.row.parameters))
        return _Recipe(lambda setting: summary_paper(given, cover, setting))

    def _keep(self, files: Mapping[str, bytes]) -> None:
        rows = []
        for name, content in files.items():
            digest = ids.sha256(content)
            self.workshop.objects.put(service.key_of(digest), content)
            media_type = MEDIA_TYPES[name.rpartition(".")[2]]
            rows.append(
                {"report_id": self.row.id, "name": name, "media_type": media_type, "size": len(content), "sha256": digest}
            )
        done = {"state": "done", "progress": 100, "step": "done", "finished_at": clock.now()}
        with self.workshop.database.write() as session:
            if queries.put(session, self.row.id, self.row.attempts, done):
                queries.add_files(session, rows)
                _log.info("report_built", report=str(self.row.id), kind=self.row.kind)


def _settle(workshop: Workshop, row: Report, values: Mapping[str, object]) -> None:
    with workshop.database.write() as session:
        queries.put(session, row.id, row.attempts, values)
