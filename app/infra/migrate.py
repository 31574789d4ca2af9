"""Migrations, run from code: bring a database to the newest schema, or tell how it stands to this program."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import URL, Connection
from sqlmodel import SQLModel

from app.infra import steps
from app.infra.db import open_database

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"
_ADVISORY_LOCK = 7_203_118_402  # any constant that no other advisory lock of ours uses


class Standing(Enum):
    """How the schema of a database stands to that of this program."""

    OURS = "ours"
    OLDER = "older"
    NEWER = "newer"
    """Newer, and all that was done since only adds: this program works with it."""
    BREAKING = "breaking"
    """Newer, or of another history, so that this program may not touch it."""


def upgrade(url: URL, revision: str = "head", *, folder: Path = MIGRATIONS) -> None:
    """Bring a database to a revision, in one transaction; two instances that migrate at once take turns.

    What a newer version of the program has migrated further stays as it is."""
    database = open_database(url, pool_size=2, is_patient=True)
    try:
        with database.writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            if standing_of(connection, folder=folder) in {Standing.OURS, Standing.OLDER}:
                upgrade_on(connection, revision, folder=folder)
    finally:
        database.dispose()


def upgrade_on(connection: Connection, revision: str = "head", *, folder: Path = MIGRATIONS) -> None:
    """Bring a database to a revision, within the transaction that is under way."""
    config = _config(folder)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database's schema; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest(*, folder: Path = MIGRATIONS) -> str | None:
    """Return the newest revision that this program knows."""
    return ScriptDirectory.from_config(_config(folder)).get_current_head()


def is_known(revision: str, *, folder: Path = MIGRATIONS) -> bool:
    """Tell whether this program knows a revision."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config(folder)).walk_revisions()}


def standing(engine: Engine, *, folder: Path = MIGRATIONS) -> Standing:
    """Tell how the schema of a database stands to that of this program."""
    with engine.connect() as connection:
        return standing_of(connection, folder=folder)


def standing_of(connection: Connection, *, folder: Path = MIGRATIONS) -> Standing:
    """Tell the same of the database behind a connection."""
    found, ours = revision_of(connection), newest(folder=folder)
    if found == ours:
        return Standing.OURS
    if found is None or is_known(found, folder=folder):
        return Standing.OLDER
    made = steps.made(connection)
    # Without our own newest step among them they are no continuation of what we know.
    is_continued = {found, ours} <= made.keys()
    breaks = any(is_breaking for revision, is_breaking in made.items() if not is_known(revision, folder=folder))
    return Standing.NEWER if is_continued and not breaks else Standing.BREAKING


def differences(url: URL) -> list[str]:
    """Return how a migrated database differs from the tables in code; an empty list when it does not."""
    database = open_database(url, pool_size=2)
    try:
        with database.writer.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return [str(difference) for difference in compare_metadata(context, SQLModel.metadata)]
    finally:
        database.dispose()


def _config(folder: Path = MIGRATIONS) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return config
