"""Every statement on published versions. All of them are public."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only
from sqlmodel import Session, col

from app.questionnaires.tables import QuestionnaireVersion as Version
from app.questionnaires.tables import Retirement


def find_version(session: Session, code: str, version: str) -> Version | None:
    return session.scalars(select(Version).where(col(Version.code) == code, col(Version.version) == version)).first()


def find_by_hash(session: Session, content_hash: str) -> Version | None:
    return session.scalars(select(Version).where(col(Version.content_hash) == content_hash)).first()


def list_versions(session: Session, code: str | None) -> list[Version]:
    """Versions without their documents."""
    light = load_only(
        *(col(column) for column in (Version.code, Version.version, Version.title, Version.content_hash)),  # type: ignore[arg-type]  # col() types a column as its value
        *(col(column) for column in (Version.published_at, Version.published_by)),  # type: ignore[arg-type]  # as above
        raiseload=True,
    )
    statement = select(Version).options(light)
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
