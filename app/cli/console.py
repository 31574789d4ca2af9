"""What every command shares: the data folder's database, and refusals in plain words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from app.config import Settings
from app.infra import migrate
from app.infra.db import Database, database_url, open_database
from app.infra.objects import BucketMissing, NoStoreAddress
from app.infra.scope import as_the_service
from app.kit.errors import Invalid, NotFound, ReadinessError
from app.main import connect_rooms

UNREACHABLE = (
    "The database cannot be reached or written, or is busy. Check READINESS_DATABASE_URL, or the data folder "
    "(READINESS_DATA_DIR) and its disk, and try again."
)
NO_ADDRESS = (
    "READINESS_DATABASE_URL is not the address of a PostgreSQL database. Write it as postgresql://user:password@host/name, "
    "or leave it out to use SQLite in the data folder."
)
DAMAGED = (
    "The database is damaged, or its file is not a database. Put a backup in its place, or move the file away and run "
    "`readiness migrate`."
)
NEWER = (
    "A newer version of the program has changed this database, and this version cannot work with it. Nothing was changed. "
    "Start that version, or restore a backup from before."
)
_WHERE_TO_LOOK = {
    "questionnaire version": "`readiness questionnaire list` shows those that are published.",
    "cycle": "`readiness cycle list` shows them, and `readiness cycle open` opens one.",
}

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def read_settings() -> Settings:
    """Read READINESS_* settings; a wrong one ends the program with its reason."""
    try:
        return Settings()
    except ValidationError as error:
        fail(*(_fault(".".join(map(str, part["loc"])), part["msg"], is_empty=part["input"] == "") for part in error.errors()))
    except SettingsError as error:
        fail(_no_list(str(error)))


def _fault(name: str, message: str, *, is_empty: bool) -> str:
    """Name the setting; where several do not fit together, the message names them."""
    if not name:
        return message.removeprefix("Value error, ")
    setting = f"READINESS_{name.upper()}"
    return f"{setting} is empty. Give it a value, or unset it for its default." if is_empty else f"{setting}: {message}"


def _no_list(message: str) -> str:
    """Name the setting that is no list: the message calls it by its field."""
    named = (f"READINESS_{name.upper()}" for name in Settings.model_fields if f'"{name}"' in message)
    setting, like = next(named, "A setting"), '["one.example.org", "other.example.org"]'
    return f"{setting} cannot be read. It is a list, written as JSON such as {like}; or unset it."


@contextmanager
def plain_words() -> Iterator[None]:
    """Let what is wrong with the input, the database or a file end the program with a sentence and exit code 1."""
    try:
        yield
    except Invalid as error:
        fail(error.detail, *(f"{problem.field}: {problem.code}: {problem.message}" for problem in error.problems))
    except NotFound as error:
        fail(f"There is no such {error.what}. {_WHERE_TO_LOOK.get(error.what, 'Check how it is written.')}")
    except ReadinessError as error:
        fail(*(no_bucket(error.bucket) if isinstance(error, BucketMissing) else (error.detail,)))
    except (ArgumentError, NoStoreAddress) as error:
        fail(str(error) if isinstance(error, NoStoreAddress) else NO_ADDRESS)
    except OperationalError:
        fail(UNREACHABLE)
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # its other kinds, such as IntegrityError, are faults of the program
            raise
        fail(DAMAGED)
    except BrokenPipeError:  # `| head` read enough; the command line ends quietly by itself
        raise
    except OSError as error:
        fail(f"{error.filename or 'A file'}: {error.strerror or 'it cannot be used'}. Check the path, and that you may use it.")


@contextmanager
def opened_database() -> Iterator[Database]:
    """Open the migrated database of the settings, with rooms connected; refusals end the program with exit code 1."""
    settings = read_settings()
    with plain_words():
        database = open_database(database_url(settings.database_url, settings.data_dir), pool_size=2)
        try:
            refuse_unfit_schema(database)
            connect_rooms()
            with as_the_service(because="whoever has the command line has the database"):
                yield database
        finally:
            database.dispose()


def no_bucket(bucket: str) -> tuple[str, str]:
    """Say that the store of files has no such bucket, and what to do."""
    return (
        f"The store of files answers, and has no bucket {bucket}.",
        "Correct READINESS_FILES_URL, or make that bucket; files that were kept are in another one, and not lost.",
    )


def refuse_unfit_schema(database: Database) -> None:
    """End the program where it cannot work with the schema: one that is older, or one that a newer version broke with."""
    found = migrate.standing(database.writer)
    if found is migrate.Standing.OLDER:
        fail("The database does not have the newest schema. Run `readiness migrate` first.")
    if found is migrate.Standing.BREAKING:
        fail(NEWER)


def fail(*lines: str) -> NoReturn:
    """Say what went wrong on standard error and end with exit code 1."""
    for line in lines:
        err.print(line, markup=False)
    sys.exit(1)
