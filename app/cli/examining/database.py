"""The database: reachable, new enough, durable, and whose rows the account may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.audit import service as audit
from app.cli.examining.findings import Finding, bad, doubtful, good
from app.config import Settings
from app.infra import frozen, migrate, wall
from app.infra.db import SQLITE, Database, database_url, open_database, wal_is_safe
from app.kit import clock

_SETTING = text("SELECT current_setting(:name)")
_OLDEST_POSTGRESQL = 150_000
_MOST_SKEW_SECONDS, _MUCH_SKEW_SECONDS = 2.0, 30.0


def examine_database(settings: Settings) -> Iterator[Finding]:
    """Open the database as the program does, and look at it; nothing is changed."""
    try:
        url = database_url(settings.database_url, settings.data_dir)
        database = open_database(url, pool_size=2)
    except ArgumentError:
        yield bad(
            "database", "READINESS_DATABASE_URL is no address of a PostgreSQL database.", "Write postgresql://user@host/name."
        )
        return
    except OSError as error:
        yield bad("database", f"The data folder cannot be used: {error.strerror}.", "Check READINESS_DATA_DIR and who owns it.")
        return
    try:
        yield from _examine(database, is_sqlite=url.get_backend_name() == "sqlite")
    except (DBAPIError, PoolTimeoutError) as error:
        yield bad("database", f"It does not answer ({type(error).__name__}).", "Start it, or check READINESS_DATABASE_URL.")
    finally:
        database.dispose()


def _examine(database: Database, *, is_sqlite: bool) -> Iterator[Finding]:
    with database.reader.connect() as connection:
        yield from _sqlite(connection) if is_sqlite else _postgresql(connection)
    standing = migrate.standing(database.writer)
    if standing is migrate.Standing.OLDER:
        yield bad("schema", "The database does not have the newest schema.", "Back up, then run `readiness migrate`.")
        return
    if standing is migrate.Standing.BREAKING:
        yield bad("schema", "A newer version of the program has changed this database.", "Start that version.")
        return
    yield good("schema", "The newest." if standing is migrate.Standing.OURS else "Newer, and this version works with it.")
    with database.reader.connect() as connection:
        yield _guards(connection)
    yield _head(database)


def _guards(connection: Connection) -> Finding:
    """Tell whether the database itself still refuses to change what is frozen, and to mix economies."""
    gone = [*frozen.fallen(connection), *wall.fallen(connection)]
    if not gone:
        return good("guards", "What is frozen is guarded, and economies are kept apart.")
    advice = "Somebody changed the schema by hand. Run `readiness verify`, then restore a backup into an empty database."
    return bad("guards", f"Gone or switched off: {', '.join(gone)}.", advice)


def _head(database: Database) -> Finding:
    with database.read() as session:
        end = audit.head(session)
    return good("audit", f"{end.sequence} events, the last with hash {end.hash[:12]}.")


def _sqlite(connection: Connection) -> Iterator[Finding]:
    version = SQLITE.sqlite_version
    if wal_is_safe(SQLITE.sqlite_version_info):
        yield good("database", f"SQLite {version}.")
    else:
        advice = "Install the locked packages (`make serve`): pysqlite3 brings a newer one."
        yield doubtful("database", f"SQLite {version} can lose data in WAL mode, so that mode is off.", advice)
    flushed = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    if flushed == 2:  # noqa: PLR2004 - SQLite's number for FULL
        yield good("durability", "Every commit is flushed.")
    else:
        yield bad("durability", "Commits are not flushed.", "Report this: the program sets it by itself.")


def _postgresql(connection: Connection) -> Iterator[Finding]:
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    if number < _OLDEST_POSTGRESQL:
        yield doubtful("database", f"PostgreSQL {version} is older than what is tested.", "Update it to 15 or newer.")
    else:
        yield good("database", f"PostgreSQL {version}.")
    loose = [name for name in ("fsync", "synchronous_commit") if _shown(connection, name) == "off"]
    if loose:
        advice = "Set it to on in postgresql.conf and restart: a power cut loses what was confirmed."
        yield bad("durability", f"PostgreSQL has {' and '.join(loose)} off.", advice)
    else:
        yield good("durability", "Every commit is flushed.")
    yield _rights(connection)
    yield skew(connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one(), clock.now())


def _rights(connection: Connection) -> Finding:
    """Tell whether PostgreSQL's own wall between economies holds this account."""
    if wall.is_passed_by(connection.engine):
        advice = "Give the servers an account of their own, without SUPERUSER and BYPASSRLS."
        return doubtful("account", "The database's own wall between economies does not hold this account.", advice)
    return good("account", "It passes no wall between economies.")


def skew(theirs: datetime, ours: datetime) -> Finding:
    """Compare two clocks: sessions, second steps and deadlines go by them."""
    seconds = abs((clock.as_utc(theirs) - ours).total_seconds())
    if seconds <= _MOST_SKEW_SECONDS:
        return good("clock", "The same as the database's.")
    says, advice = f"{seconds:.0f} seconds from the database's.", "Let both machines follow a time server (NTP)."
    return bad("clock", says, advice) if seconds > _MUCH_SKEW_SECONDS else doubtful("clock", says, advice)


def _shown(connection: Connection, name: str) -> str:
    return str(connection.execute(_SETTING, {"name": name}).scalar_one())
