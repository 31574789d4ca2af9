"""The evidence of an economy: files and links with their versions, for its own officials and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.domain.answers import Piece
from app.evidence import queries
from app.evidence.contents import Content
from app.evidence.links import NOT_CHECKED, LinkStanding, read_address
from app.evidence.tables import EvidenceRow, EvidenceVersion
from app.infra import times
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, Forbidden, NotFound, Problems
from app.kit.say import mark
from app.kit.text import has_forbidden_characters, is_one_line

LONGEST_TITLE = 200
_FIRST_YEAR = 1900
_CHANGED = mark("A colleague has changed this evidence in the meantime. Reload the page to see it, then change it again.")


@dataclass(frozen=True, slots=True)
class Described:
    """What a person says of a piece: the title, the date of the document, and the day on which they had it. Dates as typed."""

    title: str
    dated_on: str = ""
    retrieved_on: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says, but for who added it when."""

    title: str
    dated_on: date | None
    retrieved_on: date
    url: str = ""
    file_name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version of a piece: of a link its address, of a file its name, size and hash."""

    version: int
    title: str
    url: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    dated_on: date | None
    retrieved_on: date
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """One piece of evidence in its current version."""

    id: UUID
    economy: str
    kind: str
    current: VersionEntry
    link: LinkStanding | None
    """What is known of a link's address; None of a file."""
    is_hidden: bool
    """Signed somewhere and no longer offered."""


def list_evidence(session: Session, actor: Actor) -> list[EvidenceEntry]:
    """List what the actor's economy has, newest first."""
    economy = _economy(actor)
    standings = queries.standings(session, economy)
    return [_entry(row, version, standings) for row, version in queries.list_of(session, economy)]


def get_evidence(session: Session, actor: Actor, evidence_id: UUID) -> tuple[EvidenceEntry, list[VersionEntry]]:
    """Return one piece with all its versions, newest first; foreign, removed and unknown ones raise NotFound alike."""
    row = _row(session, actor, evidence_id)
    versions = queries.versions_of(session, row.economy, row.id)
    current = next(version for version in versions if version.version == row.version)
    return _entry(row, current, queries.standings(session, row.economy)), [_version(version) for version in versions]


def get_file(session: Session, actor: Actor, evidence_id: UUID, version: int) -> VersionEntry:
    """Return a version that has a file, for download; anything else raises NotFound."""
    found = queries.find_version(session, _economy(actor), evidence_id, version)
    if found is None or not found.sha256:
        raise NotFound("file")
    return _version(found)


def get_signed_file(session: Session, economy: str, piece: Piece) -> VersionEntry:
    """Return the file of a piece as it was signed, for a room above that has decided who may read it."""
    found = queries.find_version(session, economy, UUID(piece.id), piece.version)
    if found is None or not found.sha256 or found.sha256 != piece.sha256:
        raise NotFound("file")
    return _version(found)


def named_versions(session: Session, economy: str, pieces: Iterable[Piece]) -> dict[tuple[str, int], VersionEntry]:
    """Return what is known of pieces as answers name them, by id and version, for a room above that may read the answers."""
    named = {UUID(piece.id) for piece in pieces}
    rows = queries.versions_of_many(session, economy, named) if named else []
    return {(str(row.evidence_id), row.version): _version(row) for row in rows}


def add_link(session: Session, actor: Actor, described: Described, url: str) -> UUID:
    """Add a link to the economy's evidence."""
    said = _of_link(described, url)
    return _add(session, actor, "link", said)


def add_file(session: Session, actor: Actor, described: Described, content: Content) -> UUID:
    """Add a file, whose content is kept already, to the economy's evidence; without a title it goes by its name."""
    return _add(session, actor, "file", _of_file(described, content))


def change_link(session: Session, actor: Actor, evidence_id: UUID, described: Described, url: str, *, seen: int) -> int:
    """Append a version of a link; returns its number. Nothing new is no version."""
    row = _seen_row(session, actor, evidence_id, "link", seen)
    said = _of_link(described, url)
    return _append(session, actor, row, said)


def describe_file(session: Session, actor: Actor, evidence_id: UUID, described: Described, *, seen: int) -> int:
    """Append a version of a file with another title or other dates; the content stays."""
    row = _seen_row(session, actor, evidence_id, "file", seen)
    said = _read(described)
    before = queries.find_version(session, row.economy, row.id, row.version)
    if before is None:
        raise NotFound("evidence")
    kept = replace(said, file_name=before.file_name, media_type=before.media_type, size=before.size, sha256=before.sha256)
    return _append(session, actor, row, kept)


def replace_file(session: Session, actor: Actor, evidence_id: UUID, described: Described, content: Content, *, seen: int) -> int:
    """Append a version of a file with another content; the one before can still be read."""
    row = _seen_row(session, actor, evidence_id, "file", seen)
    return _append(session, actor, row, _of_file(described, content))


def hide(session: Session, actor: Actor, evidence_id: UUID) -> None:
    """Offer a piece no longer; what was signed with it stays readable."""
    row = _row(session, actor, evidence_id, lock=True)
    row.hidden_at = clock.now()
    session.flush()
    _record(session, actor, row, "evidence.hidden")


def remove(session: Session, actor: Actor, evidence_id: UUID) -> None:
    """Remove a piece that nobody has signed; its file goes with the next sweep."""
    row = _row(session, actor, evidence_id, lock=True)
    row.removed_at, row.removed_by = clock.now(), actor.name
    session.flush()
    _record(session, actor, row, "evidence.removed")


def standings_of(session: Session, actor: Actor) -> Mapping[str, LinkStanding]:
    """Return what is known of every web address that the actor's economy gives."""
    return queries.standings(session, _economy(actor))


def read_described(described: Described, file_name: str) -> None:
    """Raise Invalid where a title or a date cannot be kept: before a file is stored for it."""
    _read(_with_title(described, file_name))


def _economy(actor: Actor) -> str:
    if not actor.is_official or actor.economy is None:
        raise Forbidden("Evidence belongs to an economy, and only its own officials see it.")
    return actor.economy


def _row(session: Session, actor: Actor, evidence_id: UUID, *, lock: bool = False) -> EvidenceRow:
    row = queries.find(session, _economy(actor), evidence_id, lock=lock)
    if row is None:
        raise NotFound("evidence")
    return row


def _seen_row(session: Session, actor: Actor, evidence_id: UUID, kind: str, seen: int) -> EvidenceRow:
    row = _row(session, actor, evidence_id, lock=True)
    if row.kind != kind:
        raise NotFound("evidence")
    if row.version != seen:
        raise Conflict(_CHANGED)
    return row


def _of_link(described: Described, url: str) -> Said:
    problems = Problems()
    address = read_address(problems, "url", url)
    said = _described(problems, described)
    problems.raise_if_any()
    return replace(said, url=address)


def _of_file(described: Described, content: Content) -> Said:
    said = _read(_with_title(described, content.name))
    return replace(said, file_name=content.name, media_type=content.media_type, size=content.size, sha256=content.sha256)


def _with_title(described: Described, file_name: str) -> Described:
    return described if described.title else replace(described, title=file_name)


def _read(described: Described) -> Said:
    problems = Problems()
    said = _described(problems, described)
    problems.raise_if_any()
    return said


def _described(problems: Problems, described: Described) -> Said:
    title = described.title
    if not title:
        problems.add("title", "title_missing", "Give the evidence a title by which your colleagues find it.")
    elif len(title) > LONGEST_TITLE or not is_one_line(title):
        problems.add("title", "title_too_long", "Write the title in one line of at most 200 characters.")
    elif has_forbidden_characters(title):
        problems.add("title", "control_characters", "Remove the invisible control characters from this text.")
    today = times.today()
    dated_on = _read_date(problems, "dated_on", described.dated_on)
    retrieved_on = _read_date(problems, "retrieved_on", described.retrieved_on) or today
    if retrieved_on > today:
        problems.add("retrieved_on", "date_in_the_future", "The day on which you had it cannot lie in the future.")
    return Said(title, dated_on, retrieved_on)


def _read_date(problems: Problems, field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year < _FIRST_YEAR:
        problems.add(field, "not_a_date", "Write the day as year, month and day, such as 2026-03-31.")
    return found


def _add(session: Session, actor: Actor, kind: str, said: Said) -> UUID:
    row = EvidenceRow(economy=_economy(actor), kind=kind, created_at=clock.now(), created_by=actor.name, user_id=actor.user_id)
    queries.add(session, row, _signed(said, row, actor))
    _record(session, actor, row, "evidence.added")
    return row.id


def _append(session: Session, actor: Actor, row: EvidenceRow, said: Said) -> int:
    before = queries.find_version(session, row.economy, row.id, row.version)
    if before is not None and all(getattr(before, name) == value for name, value in asdict(said).items()):
        return row.version
    row.version += 1
    queries.add(session, row, _signed(said, row, actor))
    _record(session, actor, row, "evidence.changed")
    return row.version


def _signed(said: Said, row: EvidenceRow, actor: Actor) -> EvidenceVersion:
    return EvidenceVersion(
        evidence_id=row.id,
        version=row.version,
        economy=row.economy,
        added_at=clock.now(),
        added_by=actor.name,
        user_id=actor.user_id,
        **asdict(said),
    )


def _record(session: Session, actor: Actor, row: EvidenceRow, action: str) -> None:
    detail: dict[str, str | int | None] = {"kind": row.kind, "version": row.version}
    audit.record(session, actor, action, target_kind="evidence", target_id=row.id, economy=row.economy, detail=detail)


def _entry(row: EvidenceRow, version: EvidenceVersion, standings: Mapping[str, LinkStanding]) -> EvidenceEntry:
    link = standings.get(version.url, NOT_CHECKED) if version.url else None
    return EvidenceEntry(row.id, row.economy, row.kind, _version(version), link, row.hidden_at is not None)


def _version(row: EvidenceVersion) -> VersionEntry:
    return VersionEntry(
        row.version,
        row.title,
        row.url,
        row.file_name,
        row.media_type,
        row.size,
        row.sha256,
        row.dated_on,
        row.retrieved_on,
        row.added_at,
        row.added_by,
    )
