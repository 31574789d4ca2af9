"""What each migration meant for the version of the program before it: so that two versions may serve one database.

A migration that older code cannot live with says `works_with_the_version_before = False`. All others only add.
"""

from __future__ import annotations

from collections.abc import Mapping

from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script
from sqlalchemy import delete, insert, inspect, select
from sqlalchemy.engine import Connection
from sqlmodel import Field, SQLModel

from app.infra import tables as _tables  # noqa: F401 - the names of constraints, before a table is declared

_MARK = "works_with_the_version_before"


class SchemaStep(SQLModel, table=True):
    """One migration that this database has been through."""

    __tablename__ = "schema_step"

    revision: str = Field(primary_key=True, max_length=32)
    breaks: bool
    """Whether the version of the program before this step cannot work with what it made."""


_STEP = SQLModel.metadata.tables["schema_step"]


def note(ctx: MigrationContext, step: MigrationInfo, heads: object, run_args: object) -> None:  # noqa: ARG001 - Alembic's call
    """Write down a step that was just made, or forget one that was undone, within its transaction."""
    connection = ctx.connection
    if connection is None or not inspect(connection).has_table(_STEP.name):
        return  # before the table came, every step broke
    script = step.up_revision
    if not isinstance(script, Script):
        return  # a branch, which we have none of
    connection.execute(delete(_STEP).where(_STEP.c.revision == script.revision))
    if step.is_upgrade:
        breaks = not getattr(script.module, _MARK, True)
        connection.execute(insert(_STEP).values(revision=script.revision, breaks=breaks))


def made(connection: Connection) -> Mapping[str, bool]:
    """Return the steps of a database, each with whether it breaks; none where it does not write them down."""
    if not inspect(connection).has_table(_STEP.name):
        return {}
    return {row.revision: row.breaks for row in connection.execute(select(_STEP.c.revision, _STEP.c.breaks))}
