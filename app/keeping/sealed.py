"""Encrypted streams: what is written goes through age to the disk, and back, some kilobytes at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NewType

import pyrage

from app.keeping.refusals import BadBackup, BadKey

_PIECE = 1 << 16
_MARK = "AGE-SECRET-KEY-1"
# What pyrage makes of a key; it carries no types, and nobody but it looks inside.
Recipient = NewType("Recipient", object)
Identity = NewType("Identity", object)


def new_key() -> tuple[str, str]:
    """Return a new secret key and the recipient that belongs to it, as age writes them."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def read_recipients(texts: Sequence[str]) -> list[Recipient]:
    """Read for whom a backup is encrypted: `age1...`, or the line of an SSH key."""
    return [_recipient(text.strip()) for text in texts]


def read_identities(path: Path, passphrase: str | None = None) -> list[Identity]:
    """Read a file of secret keys: lines of age, an SSH key, or either encrypted with a passphrase by age."""
    content = path.read_bytes()
    if passphrase is not None:
        content = _unlocked(content, passphrase)
    try:
        if b"PRIVATE KEY" in content:
            return [Identity(pyrage.ssh.Identity.from_buffer(content))]
        lines = [line.strip() for line in content.decode().splitlines()]
        found = [Identity(pyrage.x25519.Identity.from_str(line)) for line in lines if line.startswith(_MARK)]
    except (UnicodeDecodeError, pyrage.IdentityError) as error:
        raise BadKey.secret() from error
    if not found:
        raise BadKey.secret()
    return found


@contextmanager
def encrypting(target: BinaryIO, recipients: Sequence[Recipient]) -> Iterator[BinaryIO]:
    """Give a stream; what is written to it arrives encrypted in `target`, whole once the block has ended well."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(_encrypt, reading, target, recipients)
        try:
            with os.fdopen(writing, "wb") as stream:
                yield stream
        except BrokenPipeError:  # encrypting ended before us: why, it says itself
            work.result()
            raise
        work.result()


@contextmanager
def decrypting(source: BinaryIO, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    """Give the stream that was encrypted. Where it is damaged, cut off, or for others, this raises BadBackup, whatever the
    block made of it."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(_decrypt, source, writing, identities)
        try:
            with os.fdopen(reading, "rb") as stream:
                yield stream
        finally:
            _refuse_the_damaged(work)


def _encrypt(reading: int, target: BinaryIO, recipients: Sequence[Recipient]) -> None:
    with os.fdopen(reading, "rb") as stream:
        pyrage.encrypt_io(stream, target, recipients)


def _decrypt(source: BinaryIO, writing: int, identities: Sequence[Identity]) -> None:
    with suppress(BrokenPipeError), os.fdopen(writing, "wb") as stream:  # whoever reads may have seen enough
        pyrage.decrypt_io(source, stream, identities)


def _refuse_the_damaged(work: Future[None]) -> None:
    fault = work.exception()
    if fault is None:
        return
    if "matching keys" in str(fault):
        raise BadBackup.other_key() from fault
    raise BadBackup.damaged() from fault


def _recipient(text: str) -> Recipient:
    try:
        kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
        return Recipient(kind.Recipient.from_str(text))
    except pyrage.RecipientError as error:
        raise BadKey.recipient() from error


def _unlocked(content: bytes, passphrase: str) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(content, passphrase))
    except pyrage.DecryptError as error:
        raise BadKey.passphrase() from error
