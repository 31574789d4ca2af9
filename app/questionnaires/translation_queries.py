"""Every statement on the desk's translations. None of them belongs to an economy; all are public once they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping
from sqlmodel import Session, SQLModel

from app.kit.ids import new_id, sha256

_TABLE = SQLModel.metadata.tables["translation"]
_STAMP = select(func.coalesce(func.sum(_TABLE.c.revision), 0))
_SHOWN = select(_TABLE.c.language, _TABLE.c.context, _TABLE.c.source, _TABLE.c.text, _TABLE.c.reviewed_at)
_ALL: Select[tuple[object, ...]] = select(_TABLE).order_by(_TABLE.c.questionnaire, _TABLE.c.context, _TABLE.c.id)


def stamp(session: Session) -> int:
    """Return the sum of all revisions: it grows with every change."""
    return int(session.connection().execute(_STAMP).scalar_one())


def shown(session: Session) -> Sequence[RowMapping]:
    """Return what readers are shown, of all languages."""
    return session.connection().execute(_SHOWN).mappings().all()


def rows(
    session: Session, *, questionnaire: str | None = None, language: str | None = None, lock: bool = False
) -> Sequence[RowMapping]:
    """Rows of a questionnaire, of a language, or of both; `lock` makes others wait until this transaction ends."""
    statement = _ALL
    if questionnaire is not None:
        statement = statement.where(_TABLE.c.questionnaire == questionnaire)
    if language is not None:
        statement = statement.where(_TABLE.c.language == language)
    return session.connection().execute(statement.with_for_update() if lock else statement).mappings().all()


def insert(session: Session, row: Mapping[str, object]) -> bool:
    """Add a row; False where somebody was faster by less than a transaction, and nothing was written."""
    given = {**row, "id": new_id(), "source_hash": sha256(str(row["source"]).encode()), "revision": 1}
    made = sqlite.insert(_TABLE) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(_TABLE)
    statement = made.values(given).on_conflict_do_nothing().returning(_TABLE.c.id)
    return session.connection().execute(statement).first() is not None


def change(session: Session, key: tuple[str, str, str, str], new: Mapping[str, object]) -> None:
    """Change a row: its questionnaire, language, context and source say which."""
    questionnaire, language, context, source = key
    statement = update(_TABLE).where(
        _TABLE.c.questionnaire == questionnaire,
        _TABLE.c.language == language,
        _TABLE.c.context == context,
        _TABLE.c.source_hash == sha256(source.encode()),
    )
    session.connection().execute(statement.values({**new, "revision": _TABLE.c.revision + 1}))


def review_of(at: datetime | None, by: str, reviewer: UUID | None) -> dict[str, object]:
    """Return the columns of a review; of none at all, where nobody has reviewed."""
    return {"reviewed_at": at, "reviewed_by": by, "reviewer_id": reviewer}
