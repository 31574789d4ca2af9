"""Restoring a backup: all of it is checked before anything is written, and then all of it is there, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, insert, inspect, literal, select
from sqlalchemy import table as table_named
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from app.accounts import after_restoring as accounts
from app.audit import service as audit
from app.infra import migrate
from app.infra.db import only_server
from app.infra.objects import Objects
from app.infra.whole import forget_copies, loading_engine
from app.keeping.checking import check, count, opened, require_all, rows_of
from app.keeping.manifest import Manifest
from app.keeping.refusals import BadBackup, NotEmpty
from app.keeping.rows import Tally, as_table
from app.keeping.sealed import Identity
from app.keeping.taking import Place, each_line
from app.kit import clock
from app.kit.actor import COMMAND_LINE
from app.mail import delivery

_VERSIONS = "alembic_version"
_MADE = "restoring-"
Load = Callable[[Connection], None]


def restore(place: Place, path: Path, identities: Sequence[Identity], *, replaces: bool = False) -> Manifest:
    """Load a backup into an empty database and an empty store; with `replaces`, in place of what is there.

    The service must not run. The database has then the newest schema; sessions, keys and links in mails work no more."""
    manifest = check(path, identities)
    if not replaces:
        _require_empty_store(place.objects)
    load = _loading(path, identities, manifest, place.objects)
    if place.url.get_backend_name() == "sqlite":
        with only_server(place.data_dir):
            _restore_sqlite(place.url, manifest, load, replaces=replaces)
    else:
        with loading_engine(place.url).begin() as connection:
            _make_room(connection, replaces=replaces)
            migrate.upgrade_on(connection, manifest.revision)
            with _keys_checked_at_the_end(connection):
                load(connection)
            _bring_up(connection, manifest)
    return manifest


def _restore_sqlite(url: URL, manifest: Manifest, load: Load, *, replaces: bool) -> None:
    """Make the database beside the one that is there, which is moved aside once the new one is whole."""
    path = Path(url.database or "")
    if path.exists() and not replaces:
        with loading_engine(url).connect() as connection:
            _require_empty(connection)
    forget_copies(path.parent, _MADE, older_than=timedelta())  # the caller holds the folder's lock: nobody else restores
    with TemporaryDirectory(prefix=_MADE, dir=path.parent) as folder:
        made = url.set(database=str(Path(folder) / path.name))
        with loading_engine(made, checks_keys=False).begin() as connection:
            migrate.upgrade_on(connection, manifest.revision)
            load(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise BadBackup.because("a row points to one that is not in it")
        with loading_engine(made).begin() as connection:
            _bring_up(connection, manifest)
        _move_aside(path)
        Path(made.database or "").rename(path)


def _move_aside(path: Path) -> None:
    stamp = clock.now().strftime("%Y%m%dT%H%M%S")
    for suffix in ("", "-wal", "-shm"):
        there = path.with_name(path.name + suffix)
        if there.exists():
            there.rename(path.with_name(f"{path.name}.before-restore-{stamp}{suffix}"))


def _loading(path: Path, identities: Sequence[Identity], manifest: Manifest, objects: Objects) -> Load:
    def load(connection: Connection) -> None:
        _empty_what_migrations_fill(connection, manifest)
        tables, files = dict[str, Tally](), dict[str, int]()
        with opened(path, identities) as parts:
            for part in parts:
                count(part, tables, files)
                if part.table is not None and part.table in manifest.tables:
                    _insert(connection, part.table, manifest, rows_of(part, manifest))
                elif part.key is not None:
                    objects.put(part.key, part.content)
        require_all(manifest, tables, files)
        _require_what_was_written(connection, manifest)

    return load


def _insert(connection: Connection, name: str, manifest: Manifest, rows: list[dict[str, object]]) -> None:
    try:
        connection.execute(insert(as_table(name, manifest.tables[name].read_columns)), rows)
    except DBAPIError as error:
        raise BadBackup.because(f"the database refuses a row of {name}") from error


def _empty_what_migrations_fill(connection: Connection, manifest: Manifest) -> None:
    found = set(inspect(connection).get_table_names()) - {_VERSIONS}
    if found != manifest.tables.keys():
        raise BadBackup.because("its tables are not those of its schema")
    for name in reversed(manifest.tables):
        connection.execute(delete(table_named(name)))


def _require_what_was_written(connection: Connection, manifest: Manifest) -> None:
    """Read back every row: what stands in the database is what stood in the other one."""
    for name, entry in manifest.tables.items():
        tally = Tally()
        for _ in each_line(connection, name, entry.read_columns, tally):
            pass
        if (tally.rows, tally.hash) != (entry.rows, entry.hash):
            raise BadBackup.because(f"the rows of {name} came out differently")


def _bring_up(connection: Connection, manifest: Manifest) -> None:
    """Migrate, and end what must not go on from before: whoever took the backup from somewhere could use it."""
    migrate.upgrade_on(connection)
    with Session(connection, expire_on_commit=False) as session:
        ended = {**accounts.end_all_ways_in(session), "mails": delivery.give_up_all(session)}
        detail: Mapping[str, str | int | None] = {
            "taken_at": clock.iso(manifest.taken_at),
            "schema": manifest.revision,
            "sequence": manifest.audit[0],
            "hash": manifest.audit[1],
            **ended,
        }
        audit.record(
            session, COMMAND_LINE, "keeping.restored", target_kind="backup", target_id=manifest.audit[1][:16], detail=detail
        )
        session.flush()


def _make_room(connection: Connection, *, replaces: bool) -> None:
    if not replaces:
        _require_empty(connection)
    quote = connection.dialect.identifier_preparer.quote
    ours = {*SQLModel.metadata.tables, _VERSIONS}
    for name in set(inspect(connection).get_table_names()) & ours:
        connection.exec_driver_sql(f"DROP TABLE {quote(name)} CASCADE")


def _require_empty(connection: Connection) -> None:
    """Refuse a database in which somebody did anything; one that was only migrated is empty."""
    there = set(inspect(connection).get_table_names())
    for name in ("audit_event", "user", "review"):
        if name in there and connection.execute(select(literal(1)).select_from(table_named(name)).limit(1)).first() is not None:
            message = "The database is not empty. Restore into an empty one, or say --replace to give up what is there."
            raise NotEmpty(message)


def _require_empty_store(objects: Objects) -> None:
    if next(iter(objects.each()), None) is not None:
        message = "The store of files is not empty. Restore into an empty one, or say --replace to add the files to it."
        raise NotEmpty(message)


@contextmanager
def _keys_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """Let rows come in any order: PostgreSQL checks that they find each other when the block ends."""
    quote, found = connection.dialect.identifier_preparer.quote, inspect(connection)
    keys = [(table, key["name"]) for table in found.get_table_names() for key in found.get_foreign_keys(table)]
    change = "ALTER TABLE {} ALTER CONSTRAINT {} {}"
    for table, key in keys:
        connection.exec_driver_sql(change.format(quote(table), quote(str(key)), "DEFERRABLE INITIALLY DEFERRED"))
    yield
    try:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    except DBAPIError as error:
        raise BadBackup.because("a row points to one that is not in it") from error
    for table, key in keys:
        connection.exec_driver_sql(change.format(quote(table), quote(str(key)), "NOT DEFERRABLE"))
