"""Every statement on drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Insert, Select, Update, bindparam, case, insert, select, update
from sqlalchemy.orm import defer
from sqlmodel import Session, SQLModel, col

from app.authoring.tables import Draft, DraftChange

_DRAFT, _CHANGE = SQLModel.metadata.tables["draft"], SQLModel.metadata.tables["draft_change"]
_ADD_CHANGE: Insert = insert(_CHANGE)
_WHOLES = ("before", "after")
_LIGHT_CHANGE = tuple(
    case((_CHANGE.c.address == "whole", ""), else_=column).label(column.name) if column.name in _WHOLES else column
    for column in _CHANGE.c
)
_CHANGE_DRAFT: Update = (
    update(_DRAFT)
    .where(_DRAFT.c.id == bindparam("draft_id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("code", "version", "title", "document", "revision", "changed_at", "changed_by")
        }
    )
)


def add(session: Session, draft: Draft) -> None:
    """Add a draft."""
    session.add(draft)
    session.flush()


def list_drafts(session: Session) -> list[Draft]:
    """Return open drafts, last changed first."""
    statement = select(Draft).where(col(Draft.state) == "open").order_by(col(Draft.changed_at).desc())
    return list(session.execute(statement).scalars())


def list_closed(session: Session, most: int) -> list[Draft]:
    """Return drafts that are no longer open, last changed first, without their documents."""
    light = defer(col(Draft.document), raiseload=True)  # type: ignore[arg-type]  # col() types a column as its value
    statement = select(Draft).options(light).where(col(Draft.state) != "open").order_by(col(Draft.changed_at).desc()).limit(most)
    return list(session.execute(statement).scalars())


def set_state(session: Session, row: Draft, state: str) -> None:
    """Close a draft, or open it again."""
    row.state = state
    session.add(row)
    session.flush()


def find_drafts(session: Session, ids: Collection[UUID]) -> list[Draft]:
    """Return drafts by their ids, whatever became of them."""
    return list(session.execute(select(Draft).where(col(Draft.id).in_(ids))).scalars())


def find_draft(session: Session, draft_id: UUID, *, lock: bool = False) -> Draft | None:
    """Return a draft; `lock` makes others wait until this transaction ends."""
    statement: Select[Draft] = select(Draft).where(col(Draft.id) == draft_id)
    return session.execute(statement.with_for_update() if lock else statement).scalar_one_or_none()


def change_draft(session: Session, draft_id: UUID, new: Mapping[str, object], change: Mapping[str, object]) -> None:
    """Write a changed document, and the change that it came by."""
    session.connection().execute(_CHANGE_DRAFT, {"draft_id": draft_id, **{f"new_{name}": value for name, value in new.items()}})
    session.connection().execute(_ADD_CHANGE, {"draft_id": draft_id, **change})


def list_changes(session: Session, draft_id: UUID, address: str | None, before: int | None, most: int) -> list[DraftChange]:
    """Return changes, newest first: of one part or of all, and below a number. What a file replaced is left out: each such change
    holds the whole draft twice."""
    statement = select(*_LIGHT_CHANGE).where(_CHANGE.c.draft_id == draft_id)
    if address is not None:
        statement = statement.where(_CHANGE.c.address == address)
    if before is not None:
        statement = statement.where(_CHANGE.c.number < before)
    rows = session.connection().execute(statement.order_by(_CHANGE.c.number.desc()).limit(most)).mappings()
    return [DraftChange(**row) for row in rows]


def find_change(session: Session, draft_id: UUID, number: int) -> DraftChange | None:
    """Return one change."""
    return session.get(DraftChange, (draft_id, number))
