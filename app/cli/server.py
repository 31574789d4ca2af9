"""Serve the application, migrate its database, print its OpenAPI document."""

from __future__ import annotations

import errno
import json
import os
import socket
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from sqlalchemy.engine import URL

from app.cli.connections import BoundedConnection, allow_connections
from app.cli.console import fail, out, plain_words, read_settings, refuse_unfit_schema
from app.cli.measuring import metrics_served, watch
from app.cli.starting import refuse_bad_start, refuse_unfit_store
from app.config import Settings
from app.infra import migrate as migrations
from app.infra import wall
from app.infra.db import database_url, only_server, open_database
from app.infra.durable import warn_if_not_flushed
from app.infra.leaving import LeavingServer
from app.infra.log import configure_log, level_of
from app.infra.whole import damage_of, has_lost_its_log
from app.main import create_app, warm_up

Port = Annotated[int, typer.Option(help="The port on 127.0.0.1.", min=1, max=65535)]


def serve(port: Port = 8000, host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1") -> None:
    """Serve the pages and the API; the database is migrated first."""
    run_server(read_settings(), host, port)


def run_server(settings: Settings, host: str, port: int, *, level: int | None = None) -> None:
    """Serve until interrupted; `level` is the least that the log shows, where the settings do not say it.

    SQLite serves one process only, so its folder is locked, and it is migrated here. Several servers may start at once on
    PostgreSQL, so there migrating is a step of its own.
    """
    refuse_taken_port(host, port)
    configure_log(level or level_of(settings.log_level))
    refuse_bad_start(settings, os.environ)
    with ExitStack() as stack:
        with plain_words():
            url = database_url(settings.database_url, settings.data_dir)
            if url.get_backend_name() == "sqlite":
                stack.enter_context(only_server(settings.data_dir))
                _refuse_damage(Path(url.database or ""))
                migrations.upgrade(url)
            refuse_unready(url)
            refuse_unfit_store(settings)
        app = create_app(reached_at(settings, host, port))
        watch(app.state.meters, settings, app.state.database, app.state.passwords)
        stack.enter_context(metrics_served(app.state.meters, settings))
        BoundedConnection.most = allow_connections()
        config = uvicorn.Config(
            app,
            http=BoundedConnection,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            timeout_graceful_shutdown=10,
        )
        LeavingServer(config, app.state.leaving, settings.leave_seconds, partial(warm_up, app)).run()


def reached_at(settings: Settings, host: str, port: int) -> Settings:
    """Let links follow where the server listens, unless the operator has said under which address people reach it."""
    if "base_url" in settings.model_fields_set:
        return settings
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - as typed
    return settings.model_copy(update={"base_url": f"http://{name}:{port}"})


def refuse_taken_port(host: str, port: int) -> None:
    """End with a clear word when nothing can listen there: something else does already, or there is no such place."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            fail(f"The address {host} is not known. Check --host; 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses.")
        except OSError as error:
            fail(_why_not(error, host, port))


def migrate(
    *, check: Annotated[bool, typer.Option("--check", help="Only tell whether migrations make the tables.")] = False
) -> None:
    """Bring the database to the newest schema."""
    if check:
        _check_migrations()
        return
    settings = read_settings()
    with plain_words():
        url = database_url(settings.database_url, settings.data_dir)
        migrations.upgrade(url)
        refuse_unready(url)
    out.print("The database has the newest schema.")


def openapi(check: Annotated[Path | None, typer.Option(help="Compare with this file instead of printing.")] = None) -> None:
    """Print the OpenAPI document, or compare it with the committed one."""
    with tempfile.TemporaryDirectory() as folder:
        document = create_app(Settings(data_dir=Path(folder))).openapi()
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if check is None:
        typer.echo(text, nl=False)
    elif not check.exists() or check.read_text(encoding="utf-8") != text:
        fail(f"{check} differs from the routes. Run `make openapi`, read what changed, and commit it.")


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Something else listens on {host}:{port}. Stop it, or choose another port: `make demo PORT={port + 1}`."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine. Check --host."
    return f"{host}:{port} cannot be listened on: {error.strerror}. Choose another port, above 1023, or another --host."


def _refuse_damage(path: Path) -> None:
    """Look through the file before anything writes to it: what is damaged does not get better by going on."""
    if not path.exists():
        return
    if has_lost_its_log(path):
        fail(
            f"{path.name}-wal is missing beside {path.name}-shm: the last saves are in it. Nothing was changed. Put it back; "
            f"if it is lost, restore a backup, or remove {path.name}-shm to go on without those saves."
        )
    if not os.access(path, os.W_OK):
        fail(f"{path} may not be written. Check its owner and its mode, and that its disk is not mounted for reading only.")
    fault = damage_of(path, pragma="quick_check")
    if fault is not None:
        fail(f"The database {path.name} is damaged ({fault}). Nothing was changed. Restore a backup, and keep this file aside.")


def refuse_unready(url: URL) -> None:
    """End where this version cannot work with the schema; warn where the database keeps economies not apart, or commits not."""
    database = open_database(url, pool_size=2)
    try:
        refuse_unfit_schema(database)
        wall.warn_if_passed(database.writer)
        warn_if_not_flushed(database.writer)
    finally:
        database.dispose()


def _check_migrations() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = database_url(None, Path(folder))
        migrations.upgrade(url)
        found = migrations.differences(url)
    if found:
        fail("Migrations do not make the tables. Add a migration for:", *found)
    out.print("Migrations make the tables.")
