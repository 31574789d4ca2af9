"""Sealing: secrets that must be read again are kept encrypted, under a key that is not in the database."""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE = "secret.key"

_KEY_BYTES = 32
_NONCE_BYTES = 12
_OWN_ALONE = 0o600


class SealBroken(Exception):
    """The text was sealed under another key, for another place, or was changed."""


class Seal:
    """AES-256-GCM under one key; a sealed text opens only in the place that it was sealed for."""

    def __init__(self, secret: bytes) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"readiness seal").derive(secret)
        self._cipher = AESGCM(derived)

    def seal(self, text: str, place: str) -> str:
        """Return the text encrypted, as letters that a cookie may hold; each time another."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())).decode()

    def open(self, sealed: str, place: str) -> str:
        """Return the text; raises SealBroken."""
        try:
            content = urlsafe_b64decode(sealed.encode())
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, NotBase64, ValueError) as error:
            raise SealBroken from error


def open_seal(secret: str | None, data_dir: Path) -> Seal:
    """Return the seal of the setting; without one, that of the key file, which the first use makes."""
    return _seal_of(secret, data_dir)


@lru_cache(maxsize=8)
def _seal_of(secret: str | None, data_dir: Path) -> Seal:
    return Seal(secret.encode() if secret is not None else _key_in(data_dir / KEY_FILE))


def _key_in(path: Path) -> bytes:
    """Read the key file. It is written whole under another name first: a crash must leave none, not half of one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_ALONE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b64encode(secrets.token_bytes(_KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        _publish(fresh, path)
    return b64decode(path.read_bytes())


def _publish(fresh: Path, path: Path) -> None:
    """Give the file its name unless another process was faster: a link never replaces what is there."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
