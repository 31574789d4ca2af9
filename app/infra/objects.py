"""Files as objects: written whole, read whole, known by their key; in the data folder, or in a store that speaks S3."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlsplit

import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from app.kit.errors import Unavailable
from app.kit.say import mark

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

# A store that hangs may keep somebody waiting for these seconds, and no longer; a job tries again by itself.
_CLIENT: ClientConfig = {
    "connect_timeout": timedelta(seconds=2),
    "read_timeout": timedelta(seconds=4),
    "timeout": timedelta(seconds=9),
}
_RETRIES: RetryConfig = {"max_retries": 1, "retry_timeout": timedelta(seconds=4)}
_NO_BUCKET = "<Code>NoSuchBucket</Code>"
_QUESTIONS = frozenset({"endpoint", "region"})
_NO_ROOM = re.compile(r"no space left|quota exceeded", re.IGNORECASE)
_AWAY = mark("The store of the files does not answer. Nothing was changed. Wait a moment and try again.")
_OURS_ALONE = 0o700
_NEVER_FULL = 1 << 62
_NO_STORE = "READINESS_FILES_URL must look like s3://bucket/prefix?endpoint=https://store.example.org&region=eu-1"
_log = structlog.get_logger("readiness")


class NoStoreAddress(ValueError):
    """READINESS_FILES_URL names no store."""

    def __init__(self) -> None:
        super().__init__(_NO_STORE)


class StoreAway(Unavailable):
    """The store of files did not answer in time, or not as one."""

    code = "files_unavailable"


class BucketMissing(StoreAway):
    """The store answers, and has no such bucket: waiting does not help, and no file is lost by it."""

    def __init__(self, bucket: str) -> None:
        super().__init__(_AWAY)  # people who answer are not told how the service is set up
        self.bucket = bucket


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object in a listing."""

    key: str
    size: int
    written_at: datetime


class Objects(Protocol):
    """Where the content of files is kept. A key is made by us and never a name that somebody chose."""

    def put(self, key: str, content: bytes) -> None:
        """Write an object whole; it is durable when this returns. The same key again replaces it."""

    def get(self, key: str) -> bytes | None:
        """Return an object's content; None where it is missing."""

    def has(self, key: str) -> bool:
        """Tell whether an object is there."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no problem."""

    def each(self) -> Iterator[StoredObject]:
        """Walk over everything that is kept."""

    def free_bytes(self) -> int:
        """Return how much room is left."""


class ObjectStore:
    """Objects in any store of obstore's."""

    def __init__(self, store: LocalStore | MemoryStore | S3Store, bucket: str = "") -> None:
        self.store = store
        self.bucket = bucket
        self.failed: Callable[[str], None] = _untold

    def put(self, key: str, content: bytes) -> None:
        with self._watched("put"):
            self.store.put(key, content)

    def get(self, key: str) -> bytes | None:
        try:
            with self._watched("get"):
                return bytes(self.store.get(key).bytes())
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        try:
            with self._watched("has"):
                self.store.head(key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        if self.has(key):
            with self._watched("delete"):
                self.store.delete(key)

    def each(self) -> Iterator[StoredObject]:
        batches = iter(self.store.list())
        while True:
            with self._watched("list"):
                batch = next(batches, None)
            if batch is None:
                return
            for entry in batch:
                yield StoredObject(entry["path"], entry["size"], entry["last_modified"])

    @contextmanager
    def _watched(self, operation: str) -> Iterator[None]:
        """Tell `failed` what the store could not do; a file that is not there is an answer to a reader, and no failure."""
        try:
            with _translated(self.bucket):
                yield
        except FileNotFoundError as error:
            if operation != "put":
                raise
            self.failed(operation)
            raise StoreAway(_AWAY) from error
        except (StoreAway, OSError):
            self.failed(operation)
            raise

    def free_bytes(self) -> int:
        return _NEVER_FULL


class LocalObjects(ObjectStore):
    """Objects as files that only this account can read, on the disk before `put` returns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        folder.chmod(_OURS_ALONE)  # what stands below cannot be reached by others, whatever its own mode
        self.folder = folder
        super().__init__(LocalStore(folder))

    def put(self, key: str, content: bytes) -> None:
        path = self.folder / key
        with self._watched("put"):
            for parent in reversed(path.relative_to(self.folder).parents[:-1]):
                (self.folder / parent).mkdir(mode=_OURS_ALONE, exist_ok=True)
            self.store.put(key, content)
            path.chmod(0o600)
            for part in (path, path.parent):
                _to_disk(part)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free


def open_objects(url: str | None, data_dir: Path, failed: Callable[[str], None] | None = None) -> Objects:
    """Open the store that the settings name: a folder `files` in the data folder, or `s3://bucket/prefix?endpoint=...`.

    Keys of an S3 store come from the environment as its programs read them (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
    `failed` is told what the store could not do.
    """
    store = _store(url, data_dir)
    store.failed = failed or _untold
    return store


def _untold(_operation: str) -> None:
    """Tell nobody."""


def _store(url: str | None, data_dir: Path) -> ObjectStore:
    if url is None:
        return LocalObjects(data_dir / "files")
    bucket, prefix, endpoint, region = _read_address(url)
    if endpoint is None:
        where: S3Config = {} if region is None else {"region": region}
        return ObjectStore(S3Store(bucket, prefix=prefix, config=where, client_options=_CLIENT, retry_config=_RETRIES), bucket)
    client = _CLIENT | {"allow_http": endpoint.startswith("http://")}
    region = region or "us-east-1"
    store = S3Store(bucket, prefix=prefix, endpoint=endpoint, region=region, client_options=client, retry_config=_RETRIES)
    return ObjectStore(store, bucket)


def _read_address(url: str) -> tuple[str, str | None, str | None, str | None]:
    """Return bucket, prefix, endpoint and region; a part that is misspelled is refused, for it would not count."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    endpoint = given.get("endpoint")
    is_address = endpoint is None or (urlsplit(endpoint).scheme in {"http", "https"} and urlsplit(endpoint).hostname)
    if parts.scheme != "s3" or not parts.netloc or not is_address or not all(given.values()) or given.keys() - _QUESTIONS:
        raise NoStoreAddress
    return parts.netloc, parts.path.strip("/") or None, endpoint, given.get("region")


@contextmanager
def _translated(bucket: str) -> Iterator[None]:
    """Tell a store that does not answer from a disk that is full, and from a bucket that is not there.

    That an object is missing is no fault of the store; but a missing bucket answers like a missing object.
    """
    try:
        yield
    except (BaseError, TimeoutError, FileNotFoundError) as error:
        if _NO_BUCKET in str(error):
            _log.error("bucket_missing", bucket=bucket)
            raise BucketMissing(bucket) from error
        if isinstance(error, FileNotFoundError):
            raise
        if _NO_ROOM.search(str(error)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise StoreAway(_AWAY) from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
