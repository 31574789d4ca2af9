"""Migrations, run from code: bring a database to the newest schema, or tell how it differs from the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import URL, Connection
from sqlmodel import SQLModel

from app.infra.db import open_database

_FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"
_ADVISORY_LOCK = 7_203_118_402  # any constant that no other advisory lock of ours uses


def upgrade(url: URL, revision: str = "head") -> None:
    """Bring a database to a revision, in one transaction; two instances that migrate at once take turns."""
    database = open_database(url, pool_size=2, is_patient=True)
    try:
        with database.writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            upgrade_on(connection, revision)
    finally:
        database.dispose()


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Bring a database to a revision, within the transaction that is under way."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database's schema; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_known(revision: str) -> bool:
    """Tell whether this program knows a revision."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def is_current(engine: Engine) -> bool:
    """Tell whether a database has the newest schema that this program knows."""
    with engine.connect() as connection:
        return revision_of(connection) == newest()


def differences(url: URL) -> list[str]:
    """Return how a migrated database differs from the tables in code; an empty list when it does not."""
    database = open_database(url, pool_size=2)
    try:
        with database.writer.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return [str(difference) for difference in compare_metadata(context, SQLModel.metadata)]
    finally:
        database.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config
