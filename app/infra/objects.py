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

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from app.kit.errors import Unavailable
from app.kit.say import mark

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

# A store that hangs may keep somebody waiting for these seconds, and no longer; a job tries again by itself.
_CLIENT: ClientConfig = {
    "connect_timeout": timedelta(seconds=2),
    "read_timeout": timedelta(seconds=4),
    "timeout": timedelta(seconds=9),
}
_RETRIES: RetryConfig = {"max_retries": 1, "retry_timeout": timedelta(seconds=4)}
_NO_ROOM = re.compile(r"no space left|quota exceeded", re.IGNORECASE)
_AWAY = mark("The store of the files does not answer. Nothing was changed. Wait a moment and try again.")
_OURS_ALONE = 0o700
_NEVER_FULL = 1 << 62


class StoreAway(Unavailable):
    """The store of files did not answer in time, or not as one."""

    code = "files_unavailable"


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

    def __init__(self, store: LocalStore | MemoryStore | S3Store) -> None:
        self.store = store
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
        """Tell `failed` what the store could not do; a file that is not there is an answer, and no failure."""
        try:
            with _translated():
                yield
        except FileNotFoundError:
            raise
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
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        message = "READINESS_FILES_URL must look like s3://bucket/prefix?endpoint=https://store.example.org&region=eu-1"
        raise ValueError(message)
    given = dict(parse_qsl(parts.query))
    endpoint, region = given.get("endpoint"), given.get("region")
    prefix = parts.path.strip("/") or None
    if endpoint is None:
        return ObjectStore(S3Store(parts.netloc, prefix=prefix, region=region, client_options=_CLIENT, retry_config=_RETRIES))
    client = _CLIENT | {"allow_http": endpoint.startswith("http://")}
    region = region or "us-east-1"
    return ObjectStore(
        S3Store(parts.netloc, prefix=prefix, endpoint=endpoint, region=region, client_options=client, retry_config=_RETRIES)
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Tell a store that does not answer from a disk that is full; that an object is missing is no fault of the store."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, TimeoutError) as error:
        if _NO_ROOM.search(str(error)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise StoreAway(_AWAY) from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
