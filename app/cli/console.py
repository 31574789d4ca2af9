"""What every command shares: the data folder's database, and refusals in plain words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from sqlalchemy.exc import OperationalError

from app.config import Settings
from app.infra import migrate
from app.infra.db import Database, database_url, open_database
from app.kit.errors import Invalid, ReadinessError
from app.main import connect_rooms

UNREACHABLE = "The database cannot be reached or is busy. Check READINESS_DATABASE_URL and that it runs, and try again."

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def read_settings() -> Settings:
    """Read READINESS_* settings; a wrong one ends the program with its reason."""
    try:
        return Settings()
    except ValidationError as error:
        fail(*(f"READINESS_{'.'.join(map(str, part['loc'])).upper() or '*'}: {part['msg']}" for part in error.errors()))
    except SettingsError as error:
        fail(f'A setting cannot be read: {error}. Lists are written as JSON, such as ["a", "b"].')


@contextmanager
def opened_database() -> Iterator[Database]:
    """Open the migrated database of the settings, with rooms connected; refusals end the program with exit code 1."""
    settings = read_settings()
    database = open_database(database_url(settings.database_url, settings.data_dir), pool_size=2)
    try:
        if not migrate.is_current(database.writer):
            fail("The database is not migrated. Run `readiness migrate` first.")
        connect_rooms()
        yield database
    except Invalid as error:
        fail(error.detail, *(f"{problem.field}: {problem.code}: {problem.message}" for problem in error.problems))
    except ReadinessError as error:
        fail(error.detail)
    except OperationalError:
        fail(UNREACHABLE)
    finally:
        database.dispose()


def fail(*lines: str) -> NoReturn:
    """Say what went wrong on standard error and end with exit code 1."""
    for line in lines:
        err.print(line, markup=False)
    sys.exit(1)
