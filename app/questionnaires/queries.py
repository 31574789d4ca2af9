"""Every statement on published versions. All of them are public."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import load_only
from sqlmodel import Session, col

from app.questionnaires.tables import QuestionnaireVersion as Version


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


def add(session: Session, row: Version) -> None:
    session.add(row)
    session.flush()
