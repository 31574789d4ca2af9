"""The contents of files: checked, hashed, and stored once for each economy, before any row speaks of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from app.config import Settings
from app.evidence import queries
from app.evidence.kinds import kind_of
from app.evidence.names import extension_of, harmless_name
from app.evidence.refusals import BadFile, FileLost, StorageFull
from app.infra.db import Database
from app.infra.objects import Objects
from app.kit import clock, ids
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.kit.say import mark, say

_KEY = re.compile(r"(?P<economy>[A-Z0-9]{3})/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})")
_ORPHANS_AFTER = timedelta(days=1)
_MEGABYTE = 1_000_000
_log = structlog.get_logger("readiness")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an economy may keep, and what must stay free."""

    largest: int
    bytes_of_economy: int
    files_of_economy: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Content:
    """A checked file: its harmless name, what it is, and the hash under which its content is kept."""

    name: str
    media_type: str
    size: int
    sha256: str
    bytes_: bytes


def limits_of(settings: Settings) -> Limits:
    """Return the limits that the settings name."""
    return Limits(
        settings.largest_file_bytes, settings.files_bytes_of_economy, settings.files_of_economy, settings.free_bytes_kept
    )


def read_content(name: str, content: bytes, limits: Limits) -> Content:
    """Check a file as it was sent; raises BadFile with what to do. Nothing is stored."""
    if len(content) > limits.largest:
        words = "A file may have at most {most} MB. Make it smaller, or publish it on the web and add its address as a link."
        raise BadFile("file_too_large", say(words, most=f"{limits.largest / _MEGABYTE:g}"))
    kind = kind_of(harmless_name(name), content)
    kept_name = harmless_name(name, extension_of(harmless_name(name)))
    return Content(kept_name, kind.media_type, len(content), ids.sha256(content), content)


def require_room(session: Session, objects: Objects, actor: Actor, content: Content, limits: Limits) -> None:
    """Refuse a content that the economy, or the disk, has no room for; one that is kept already needs none."""
    economy = _economy(actor)
    if queries.has_content(session, economy, content.sha256):
        return
    _require_quota(session, economy, content, limits)
    if objects.free_bytes() - content.size < limits.free_bytes:
        _log.error("files_have_no_room")
        raise StorageFull(mark("Nothing was changed. Tell those who run this service, or add the document as a link."))


def _require_quota(session: Session, economy: str, content: Content, limits: Limits) -> None:
    count, size = queries.usage(session, economy)
    if count >= limits.files_of_economy or size + content.size > limits.bytes_of_economy:
        words = (
            "Your economy keeps {count} files with {size} MB, and may keep {most} files with {room} MB. Remove evidence that is "
            "no longer needed, or add this document as a link."
        )
        sizes = {"size": f"{size / _MEGABYTE:.0f}", "room": f"{limits.bytes_of_economy / _MEGABYTE:.0f}"}
        raise BadFile("quota_reached", say(words, count=f"{count:,}", most=f"{limits.files_of_economy:,}", **sizes))


def store(objects: Objects, actor: Actor, content: Content) -> None:
    """Write a content before any row speaks of it: a row then always finds its file."""
    objects.put(key_of(_economy(actor), content.sha256), content.bytes_)


def keep(session: Session, objects: Objects, actor: Actor, content: Content, limits: Limits) -> None:
    """Say in the transaction of the row that a content is kept; should a sweep have taken it meanwhile, write it again.

    Colleagues may have kept others since there was room for it, so the economy's limits are asked again: one after another.
    """
    economy = _economy(actor)
    queries.lock_economy(session, economy)
    if not queries.has_content(session, economy, content.sha256):
        _require_quota(session, economy, content, limits)
    queries.put_content(session, economy, content.sha256, content.size, clock.now())
    key = key_of(economy, content.sha256)
    if not objects.has(key):
        objects.put(key, content.bytes_)


def load(objects: Objects, economy: str, sha256: str) -> bytes:
    """Return a content that is what was stored; raises FileLost, and tells those who run the service, where it is not."""
    content = objects.get(key_of(economy, sha256))
    if content is None or ids.sha256(content) != sha256:
        _log.error("file_lost", economy=economy, sha256=sha256, is_missing=content is None)
        words = mark(
            "The file that was kept here is missing or damaged. Those who run this service have been told. Add it again."
        )
        raise FileLost(words)
    return content


def sweep(database: Database, objects: Objects, *, now: datetime | None = None) -> int:
    """Remove contents that nothing names since more than a day; returns how many. For a job; it may run twice."""
    before = (now or clock.now()) - _ORPHANS_AFTER
    removed = 0
    with database.read() as session:
        unused = queries.unused_contents(session, before)
    for economy, digest in unused:
        with database.write() as session:  # one short transaction each; whoever stores the same waits for it, or is seen by it
            if (economy, digest) in queries.unused_contents(session, before):
                queries.forget_content(session, economy, digest)
                objects.delete(key_of(economy, digest))
                removed += 1
    return removed + _sweep_unknown(database, objects, before)


def key_of(economy: str, sha256: str) -> str:
    """Return the key of a content: made by us alone, and another one for each economy."""
    return f"{economy}/{sha256[:2]}/{sha256}"


def _sweep_unknown(database: Database, objects: Objects, before: datetime) -> int:
    """Remove what was written for a row that never came, because the program was killed in between."""
    removed = 0
    for entry in list(objects.each()):
        found = _KEY.fullmatch(entry.key)
        if found is None or entry.written_at >= before:
            continue
        with database.write() as session:
            if not queries.has_content(session, found["economy"], found["sha256"]):
                objects.delete(entry.key)
                removed += 1
    return removed


def _economy(actor: Actor) -> str:
    if not actor.is_official or actor.economy is None:
        raise NotFound("review")
    return actor.economy
