"""Every statement on published versions. All of them are public."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import JSON, cast, func, select
from sqlalchemy.orm import load_only
from sqlmodel import Session, col

from app.questionnaires.tables import QuestionnaireVersion as Version
from app.questionnaires.tables import Retirement

# Without the document, which weighs more than everything else of a version and is kept in memory once it was read.
_LIGHT = load_only(
    *(col(column) for column in (Version.code, Version.version, Version.title, Version.content_hash)),  # type: ignore[arg-type]  # col() types a column as its value
    *(col(column) for column in (Version.published_at, Version.published_by)),  # type: ignore[arg-type]  # as above
    raiseload=True,
)


def find_version(session: Session, code: str, version: str) -> Version | None:
    """A version without its document."""
    found = select(Version).options(_LIGHT).where(col(Version.code) == code, col(Version.version) == version)
    return session.scalars(found).first()


def find_by_hash(session: Session, content_hash: str) -> Version | None:
    return session.scalars(select(Version).where(col(Version.content_hash) == content_hash)).first()


def list_by_hash(session: Session, hashes: Collection[str]) -> list[Version]:
    """Versions with their documents; no statement where none is asked for."""
    return list(session.scalars(select(Version).where(col(Version.content_hash).in_(hashes)))) if hashes else []


def list_changes(session: Session) -> dict[tuple[str, str], str]:
    """What versions say of themselves as new; the database opens the documents, so that lists need not read them whole."""
    document = col(Version.document)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    said = cast(document, JSON)["changes"].as_string() if is_postgresql else func.json_extract(document, "$.changes")
    rows = session.execute(select(col(Version.code), col(Version.version), said).where(said.is_not(None)))
    return {(row[0], row[1]): str(row[2]) for row in rows}


def list_versions(session: Session, code: str | None) -> list[Version]:
    """Versions without their documents."""
    statement = select(Version).options(_LIGHT)
    if code is not None:
        statement = statement.where(col(Version.code) == code)
    return list(session.scalars(statement))


def find_retirement(session: Session, version_id: UUID) -> Retirement | None:
    return session.get(Retirement, version_id)


def list_retirements(session: Session, code: str | None) -> list[tuple[str, str, Retirement]]:
    """Codes and versions of what is retired, and why it is."""
    statement = select(col(Version.code), col(Version.version), Retirement).join(
        Retirement, col(Retirement.version_id) == col(Version.id)
    )
    if code is not None:
        statement = statement.where(col(Version.code) == code)
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def add(session: Session, row: Version | Retirement) -> None:
    session.add(row)
    session.flush()
