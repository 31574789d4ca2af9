"""Ask for reports and find them: an economy's own, public ones, and meeting papers. Rows are the truth; a job builds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.infra.scope import widened
from app.kit import clock, ids
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.releases import service as releases
from app.releases.service import ReleaseEntry
from app.reports import inputs, queries
from app.reports.inputs import Named
from app.reports.summary.fields import CoverFields
from app.reports.tables import Report, ReportFile

APEC = "APEC"
WITHDRAWN = mark(
    "This paper was built before somebody withdrew or corrected something that it shows, so it is not handed out any more. Ask "
    "for it again: it is built anew from what is shown today."
)


class ReportState(StrEnum):
    """How far a report is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One finished file."""

    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def key(self) -> str:
        """Return under which key its content is kept."""
        return key_of(self.sha256)


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One report. `step`: what is being done; `is_outdated`: it shows what is not shown any more."""

    id: UUID
    kind: str
    language: str
    state: ReportState
    progress: int
    step: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    files: tuple[FileEntry, ...]
    parameters: Mapping[str, str]
    release: str = ""
    questionnaire: str = ""
    is_outdated: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether somebody who waits should look again."""
        return self.state in {ReportState.QUEUED, ReportState.RUNNING}

    def file(self, name: str) -> FileEntry:
        """Return a file by its name; others raise NotFound."""
        found = next((file for file in self.files if file.name == name), None)
        if found is None:
            raise NotFound("file")
        return found


def key_of(digest: str) -> str:
    """Return where a content of that hash is kept."""
    return f"reports/{digest[:2]}/{digest}"


def find_own(session: Session, actor: Actor, review_id: UUID, revision: int, language: str) -> ReportEntry | None:
    """Return the report of a signed revision as it would be built now; None where nobody asked for it yet."""
    return _find(session, inputs.own(session, actor, review_id, revision, language))


def ask_own(session: Session, actor: Actor, review_id: UUID, revision: int, language: str) -> ReportEntry:
    """Ask for the report of a signed revision of the actor's economy."""
    return _ask(session, actor, inputs.own(session, actor, review_id, revision, language))


def get_own(session: Session, actor: Actor, review_id: UUID, revision: int, report: UUID) -> ReportEntry:
    """Return one report of a signed revision of the actor's economy; others raise NotFound."""
    named = inputs.own(session, actor, review_id, revision, "")
    row = None
    if named.economy is not None and named.submission is not None:
        row = queries.find_own(session, named.economy, named.submission, report)
    return _entry_or_not_found(session, row)


def list_own(session: Session, actor: Actor, review_id: UUID, revision: int) -> list[ReportEntry]:
    """List the finished reports of a signed revision of the actor's economy, in every language, newest first."""
    named = inputs.own(session, actor, review_id, revision, "")
    if named.economy is None or named.submission is None:
        return []
    rows = queries.list_own(session, named.economy, named.submission)
    files = _files(session, rows)
    return [_entry(session, row, files) for row in rows]


def find_public(session: Session, questionnaire: str, number: str, economy: str, language: str) -> ReportEntry | None:
    """Return the public report of an economy on a release; None where nobody asked for it yet. Nothing public: NotFound."""
    return _find(session, inputs.public(session, questionnaire, number, economy, language))


def ask_public(
    session: Session, actor: Actor | None, questionnaire: str, number: str, economy: str, language: str
) -> ReportEntry:
    """Ask for the public report of an economy on a release; anybody may, and it is built once."""
    return _ask(session, actor, inputs.public(session, questionnaire, number, economy, language))


def get_public(session: Session, questionnaire: str, number: str, economy: str, report: UUID) -> ReportEntry:
    """Return one public report, as long as everything that it shows is shown; others raise NotFound."""
    row = queries.find_of_kind(session, "public", report)
    if row is None or row.economy != economy:
        raise NotFound("report")
    if row.inputs != inputs.public(session, questionnaire, number, economy, row.language).inputs:
        raise NotFound("report")
    return _entry(session, row, _files(session, [row]))


def ask_paper(session: Session, actor: Actor, questionnaire: str, number: str, cover: CoverFields, language: str) -> ReportEntry:
    """Ask for a meeting paper on a release; for administrators and the secretariat."""
    _require_desk(actor)
    return _ask(session, actor, inputs.paper(session, questionnaire, number, cover.as_written(), language))


def list_papers(session: Session, actor: Actor) -> list[ReportEntry]:
    """List the meeting papers, newest first; for administrators and the secretariat."""
    _require_desk(actor)
    rows = queries.list_papers(session)
    files = _files(session, rows)
    return [_paper_entry(session, row, files) for row in rows]


def get_paper(session: Session, actor: Actor, report: UUID) -> ReportEntry:
    """Return one meeting paper; for administrators and the secretariat."""
    _require_desk(actor)
    row = queries.find_of_kind(session, "paper", report)
    if row is None:
        raise NotFound("paper")
    return _paper_entry(session, row, _files(session, [row]))


def paper_file(session: Session, actor: Actor, report: UUID, name: str) -> FileEntry:
    """Return a file of a meeting paper; one that shows what was withdrawn since is refused."""
    found = get_paper(session, actor, report)
    if found.is_outdated:
        raise Conflict(WITHDRAWN)
    return found.file(name)


def ask_again(session: Session, actor: Actor, report: UUID) -> ReportEntry:
    """Build a meeting paper that failed or is outdated once more, with the same cover."""
    found = get_paper(session, actor, report)
    return ask_paper(session, actor, found.questionnaire, found.release, CoverFields(**found.parameters), found.language)


def is_outdated(session: Session, row: Report) -> bool:
    """Tell whether a report of a release shows what is not shown any more."""
    if row.release_id is None:
        return False
    questionnaire, number = queries.release_of(session, row.release_id)
    try:
        if row.kind == "paper":
            now = inputs.paper(session, questionnaire, number, json.loads(row.parameters), row.language)
        else:
            now = inputs.public(session, questionnaire, number, row.economy or "", row.language)
    except NotFound:
        return True
    return now.inputs != row.inputs


def releases_to_report(session: Session) -> list[ReleaseEntry]:
    """Return the newest release of each cycle in which APEC's economies answered."""
    return [entry for entry in releases.list_releases(session) if entry.replaced_by is None and _is_of_apec(session, entry)]


def _is_of_apec(session: Session, entry: ReleaseEntry) -> bool:
    """A paper for APEC's fora is about what APEC's economies answered themselves, not about figures that others published."""
    document = questionnaires.get_by_hash(session, entry.versions[-1][1])
    return APEC in document.participants.groups and entry.is_own


def _require_desk(actor: Actor) -> None:
    if actor.role not in {Role.ADMINISTRATOR, Role.SECRETARIAT}:
        raise Forbidden(mark("Meeting papers are for administrators and the secretariat."))


def _find(session: Session, named: Named) -> ReportEntry | None:
    row = queries.find_by_inputs(session, named.inputs)
    return None if row is None else _entry(session, row, _files(session, [row]))


def _ask(session: Session, actor: Actor | None, named: Named) -> ReportEntry:
    """Ask for a report; one that is there is left as it is, and one that failed waits again."""
    is_own = named.kind == "own"
    with nullcontext() if is_own else widened(session, because="anybody may ask for what is made of a release"):
        _queue(session, actor, named)
    session.expire_all()
    row = queries.find_by_inputs(session, named.inputs)
    if row is None:
        raise NotFound("report")
    if actor is not None:
        detail = {"kind": named.kind, "language": named.language}
        audit.record(
            session, actor, "reports.asked", target_kind="report", target_id=row.id, economy=named.economy, detail=detail
        )
    return _entry(session, row, _files(session, [row]))


def _queue(session: Session, actor: Actor | None, named: Named) -> None:
    now = clock.now()
    before = queries.find_by_inputs(session, named.inputs)
    if before is None:
        by = "" if actor is None else actor.name
        fresh = {"state": "queued", "progress": 0, "step": "waiting", "attempts": 0, "asked_by": by, "asked_at": now}
        queries.add_unless_there(session, {"id": ids.new_id(), **named.row(), **fresh, "touched_at": now})
    elif before.state == ReportState.FAILED:
        queries.queue_again(session, before.id, now)
    elif before.state == ReportState.DONE:
        queries.asked_again(session, before.id, now)


def _entry_or_not_found(session: Session, row: Report | None) -> ReportEntry:
    if row is None:
        raise NotFound("report")
    return _entry(session, row, _files(session, [row]))


def _paper_entry(session: Session, row: Report, files: Mapping[UUID, tuple[FileEntry, ...]]) -> ReportEntry:
    return _entry(session, row, files, outdated=row.state == ReportState.DONE and is_outdated(session, row))


def _files(session: Session, rows: Sequence[Report]) -> dict[UUID, tuple[FileEntry, ...]]:
    found: dict[UUID, list[ReportFile]] = {row.id: [] for row in rows}
    for file in queries.files_of(session, list(found)):
        found[file.report_id].append(file)
    return {report: tuple(FileEntry(f.name, f.media_type, f.size, f.sha256) for f in files) for report, files in found.items()}


def _entry(session: Session, row: Report, files: Mapping[UUID, tuple[FileEntry, ...]], *, outdated: bool = False) -> ReportEntry:
    questionnaire, release = ("", "") if row.release_id is None else queries.release_of(session, row.release_id)
    return ReportEntry(
        id=row.id,
        kind=row.kind,
        language=row.language,
        state=ReportState(row.state),
        progress=row.progress,
        step=row.step,
        asked_by=row.asked_by,
        asked_at=clock.as_utc(row.asked_at),
        finished_at=None if row.finished_at is None else clock.as_utc(row.finished_at),
        files=files[row.id],
        parameters=json.loads(row.parameters),
        release=release,
        questionnaire=questionnaire,
        is_outdated=outdated,
    )
