"""What is looked at before anything is served: names of settings that do not exist, dangerous settings, old packages."""

from __future__ import annotations

import difflib
import ipaddress
import stat
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.cli.console import fail, no_bucket
from app.config import Settings
from app.infra.objects import BucketMissing, NoStoreAddress, StoreAway, open_objects

PREFIX = "READINESS_"
BESIDE = frozenset({"READINESS_CHROMIUM"})
"""Variables that tools and tests read, and the program does not."""
FLOORS = {
    "starlette": ("1.3.1", "earlier ones read forms and hosts in ways that were attacked"),
    "python-multipart": ("0.0.31", "earlier ones could be kept busy by a crafted form"),
    "jinja2": ("3.1.6", "earlier ones let a template leave its sandbox"),
    "cryptography": ("45", "earlier ones carry an OpenSSL with known faults"),
}
"""Packages that must not be older, whatever was installed by hand, and why."""

_ALIKE = 0.85
_LEAST_MEMORY_KIB = 19_456  # OWASP's least for argon2id with two passes
_LEAST_ROUNDS = 2
_PLACEHOLDERS = frozenset(
    ("admin", "change-me", "change_me", "changeme", "example", "password", "postgres", "readiness", "secret", "test", "123456")
)
_LEAST_LETTERS = 8
_NO_KEY = "start/no-file"  # whether it is there does not matter: a bucket that is missing says so
_OTHERS_WRITE = stat.S_IWOTH
_log = structlog.get_logger("readiness")


def refuse_bad_start(settings: Settings, environment: Iterable[str]) -> None:
    """End the program with every reason why it must not run like this; warn of names that mean nothing."""
    unknown = dict(unknown_names(environment))
    reasons = [_typo(name, near) for name, near in unknown.items() if near]
    reasons += [*dangers(settings), *old_packages(), *open_folder(settings.data_dir), *no_folder(settings)]
    if reasons:
        fail(*reasons)
    for name in unknown:
        _log.warning("unknown_setting", name=name[:100])


def refuse_unfit_store(settings: Settings) -> None:
    """End the program where the store of files is none, or has no such bucket; one that is away may come back."""
    try:
        open_objects(settings.files_url, settings.data_dir).get(_NO_KEY)
    except NoStoreAddress as error:
        fail(str(error))
    except BucketMissing as error:
        fail(*no_bucket(error.bucket))
    except StoreAway as error:
        _log.warning("files_store_away", kind=type(error.__cause__).__name__)


def unknown_names(environment: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Give the variables that look like settings and are none, with the setting that was meant, where one is that close.

    One that resembles none is no reason to stop: another version of the program may know it, and machines that run
    containers write such names by themselves (READINESS_PORT for a service that is called readiness).
    """
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in {*known, *BESIDE}:
            near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), _short(known), n=1, cutoff=_ALIKE)
            yield name, f"{PREFIX}{near[0]}" if near else None


def dangers(settings: Settings) -> Iterator[str]:
    """Say what must not be so on a server that people reach from elsewhere."""
    host = urlsplit(settings.base_url).hostname or ""
    if _is_loopback(host):
        return
    if settings.development and settings.base_url.startswith("https://"):
        yield (
            "READINESS_DEVELOPMENT is true on a public address: mails with links to accounts would stand in the log. "
            "Set it to false."
        )
    if settings.development:
        return
    if settings.password_memory_kib < _LEAST_MEMORY_KIB or settings.password_rounds < _LEAST_ROUNDS:
        yield (
            f"READINESS_PASSWORD_MEMORY_KIB must be at least {_LEAST_MEMORY_KIB} and READINESS_PASSWORD_ROUNDS at least "
            f"{_LEAST_ROUNDS} on a public server: cheaper hashes are guessed. Unset both for the defaults."
        )
    if {"0.0.0.0/0", "::/0"} & _proxies(settings):  # no address: every one
        yield "READINESS_TRUSTED_PROXIES believes everybody about who they are. Name the addresses of your proxies."
    if _is_placeholder(_database_password(settings)):
        yield (
            "READINESS_DATABASE_URL has a password that everybody knows. Give the account of the database another, such as "
            "`openssl rand -hex 24` makes."
        )


def old_packages() -> Iterator[str]:
    """Say which packages are older than is safe: somebody installed them without the lock."""
    for name, (floor, reason) in FLOORS.items():
        found = installed(name)
        if found is None or _numbers(found) < _numbers(floor):
            yield f"The package {name} is {found or 'missing'}, and must be {floor} or newer: {reason}. Run `make serve` again."


def open_folder(folder: Path) -> Iterator[str]:
    """Say that anybody on the machine could replace the database."""
    if folder.is_dir() and folder.stat().st_mode & _OTHERS_WRITE:
        yield (
            f"READINESS_DATA_DIR: everybody on this machine may write into {folder}, and could replace the database. "
            f"Run `chmod 700 {folder}`."
        )


def no_folder(settings: Settings) -> Iterator[str]:
    """Say that the folder of the languages is not there: every page would be in English, and nobody would know why."""
    if settings.translations_dir is not None and not settings.translations_dir.is_dir():
        yield (
            f"READINESS_TRANSLATIONS_DIR: there is no folder {settings.translations_dir}. Correct it, or unset it for the "
            "languages that come with the program."
        )


def installed(name: str) -> str | None:
    """Return the version of a package; None where there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _typo(name: str, meant: str) -> str:
    return f"{name[:100]} is no setting; {meant} was meant? Correct the name, or unset it: what is misspelled would not count."


def _short(names: Iterable[str]) -> list[str]:
    return [name.removeprefix(PREFIX) for name in names]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def _proxies(settings: Settings) -> set[str]:
    return {part.strip() for part in settings.trusted_proxies.split(",")}


def _database_password(settings: Settings) -> str | None:
    try:
        return None if settings.database_url is None else make_url(settings.database_url).password
    except (ArgumentError, ValueError):
        return None  # opening it says what is wrong


def _is_placeholder(secret: str | None) -> bool:
    return secret is not None and (secret.lower() in _PLACEHOLDERS or len(set(secret)) < _LEAST_LETTERS)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
