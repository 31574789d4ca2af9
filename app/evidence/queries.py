"""Every statement on evidence. The economy is part of each, so what is missing and what is another's look alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_, update
from sqlmodel import Session, col

from app.economies.tables import Economy
from app.evidence.links import LinkStanding, LinkState
from app.evidence.tables import EvidenceRow, EvidenceVersion, LinkCheck, StoredFile
from app.kit.ids import sha256


def find(session: Session, economy: str, evidence_id: UUID, *, lock: bool = False) -> EvidenceRow | None:
    statement = select(EvidenceRow).where(
        col(EvidenceRow.id) == evidence_id, col(EvidenceRow.economy) == economy, col(EvidenceRow.removed_at).is_(None)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def list_of(session: Session, economy: str) -> list[tuple[EvidenceRow, EvidenceVersion]]:
    """The pieces of an economy in their current versions, newest first."""
    statement = (
        select(EvidenceRow, EvidenceVersion)
        .join(EvidenceVersion, _is_current())
        .where(col(EvidenceRow.economy) == economy, col(EvidenceRow.removed_at).is_(None))
        .order_by(col(EvidenceRow.created_at).desc(), col(EvidenceRow.id).desc())
    )
    return [(row, version) for row, version in session.execute(statement)]


def versions_of(session: Session, economy: str, evidence_id: UUID) -> list[EvidenceVersion]:
    statement = select(EvidenceVersion).where(
        col(EvidenceVersion.evidence_id) == evidence_id, col(EvidenceVersion.economy) == economy
    )
    return list(session.scalars(statement.order_by(col(EvidenceVersion.version).desc())))


def versions_of_many(session: Session, economy: str, evidence: Collection[UUID]) -> list[EvidenceVersion]:
    statement = select(EvidenceVersion).where(
        col(EvidenceVersion.evidence_id).in_(evidence), col(EvidenceVersion.economy) == economy
    )
    return list(session.scalars(statement))


def find_version(session: Session, economy: str, evidence_id: UUID, version: int) -> EvidenceVersion | None:
    """One version of a piece that is still there."""
    statement = (
        select(EvidenceVersion)
        .join(EvidenceRow, col(EvidenceRow.id) == col(EvidenceVersion.evidence_id))
        .where(
            col(EvidenceVersion.evidence_id) == evidence_id,
            col(EvidenceVersion.version) == version,
            col(EvidenceVersion.economy) == economy,
            col(EvidenceRow.removed_at).is_(None),
        )
    )
    return session.scalars(statement).first()


def add(session: Session, *rows: EvidenceRow | EvidenceVersion) -> None:
    for row in rows:
        session.add(row)
        session.flush()


def lock_economy(session: Session, economy: str) -> None:
    """Make others of the economy wait who ask for the same; rows that refer to the economy can still be added."""
    session.execute(select(col(Economy.code)).where(col(Economy.code) == economy).with_for_update(key_share=True))


def usage(session: Session, economy: str) -> tuple[int, int]:
    """How many contents an economy keeps, and how much room they take."""
    statement = select(func.count(), func.coalesce(func.sum(col(StoredFile.size)), 0))
    row = session.execute(statement.where(col(StoredFile.economy) == economy)).one()
    return int(row[0]), int(row[1])


def has_content(session: Session, economy: str, digest: str) -> bool:
    return session.get(StoredFile, (economy, digest)) is not None


def put_content(session: Session, economy: str, digest: str, size: int, now: datetime) -> None:
    """Say that a content is kept; the same again is only kept anew."""
    known = session.get(StoredFile, (economy, digest), with_for_update=True)
    if known is None:
        session.add(StoredFile(economy=economy, sha256=digest, size=size, stored_at=now))
    else:
        known.stored_at = now
    session.flush()


def unused_contents(session: Session, before: datetime) -> list[tuple[str, str]]:
    """Contents older than a moment that no version of a piece names which is still there."""
    named = exists().where(
        col(EvidenceVersion.economy) == col(StoredFile.economy),
        col(EvidenceVersion.sha256) == col(StoredFile.sha256),
        col(EvidenceRow.id) == col(EvidenceVersion.evidence_id),
        col(EvidenceRow.removed_at).is_(None),
    )
    statement = select(col(StoredFile.economy), col(StoredFile.sha256)).where(col(StoredFile.stored_at) < before, ~named)
    return [(str(economy), str(digest)) for economy, digest in session.execute(statement)]


def forget_content(session: Session, economy: str, digest: str) -> None:
    session.execute(delete(StoredFile).where(col(StoredFile.economy) == economy, col(StoredFile.sha256) == digest))


def standings(session: Session, economy: str) -> dict[str, LinkStanding]:
    """What is known of an economy's web addresses."""
    rows = session.scalars(select(LinkCheck).where(col(LinkCheck.economy) == economy))
    return {row.url: LinkStanding(LinkState(row.state), row.checked_at, row.status, row.moved_to) for row in rows}


def current_links(session: Session) -> list[tuple[str, str]]:
    """The addresses of all pieces that are still there, with their economies."""
    statement = (
        select(col(EvidenceVersion.economy), col(EvidenceVersion.url))
        .join(EvidenceRow, _is_current())
        .where(col(EvidenceRow.removed_at).is_(None), col(EvidenceVersion.url) != "")
    )
    return [(str(economy), str(url)) for economy, url in session.execute(statement)]


def watched_links(session: Session) -> dict[tuple[str, str], str]:
    """Every address that is watched: by economy and hash."""
    rows = session.execute(select(col(LinkCheck.economy), col(LinkCheck.url_hash), col(LinkCheck.url)))
    return {(str(economy), str(digest)): str(url) for economy, digest, url in rows}


def watch(session: Session, links: Collection[tuple[str, str]], now: datetime) -> None:
    for economy, url in links:
        session.add(LinkCheck(economy=economy, url_hash=sha256(url.encode()), url=url, due_at=now))
    session.flush()


def unwatch(session: Session, keys: Sequence[tuple[str, str]]) -> None:
    pair = tuple_(col(LinkCheck.economy), col(LinkCheck.url_hash))
    for start in range(0, len(keys), 500):
        session.execute(delete(LinkCheck).where(pair.in_(keys[start : start + 500])))


def due_links(session: Session, now: datetime, most: int) -> list[LinkCheck]:
    statement = select(LinkCheck).where(col(LinkCheck.due_at) <= now).order_by(col(LinkCheck.due_at)).limit(most)
    found = list(session.scalars(statement))
    session.expunge_all()
    return found


def put_check(session: Session, row: LinkCheck, found: dict[str, object]) -> None:
    """Keep what a check found, unless another check of the same address was faster."""
    seen = col(LinkCheck.checked_at)
    session.execute(
        update(LinkCheck)
        .where(
            col(LinkCheck.economy) == row.economy,
            col(LinkCheck.url_hash) == row.url_hash,
            seen.is_(None) if row.checked_at is None else or_(seen == row.checked_at, seen.is_(None)),
        )
        .values(**found)
    )


def _is_current() -> ColumnElement[bool]:
    return (col(EvidenceVersion.evidence_id) == col(EvidenceRow.id)) & (col(EvidenceVersion.version) == col(EvidenceRow.version))
