"""A passkey in software, after the standard (WebAuthn level 3, ES256): what it answers, and what a copy or a forger would."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftPasskey:
    """One key pair, the host it is for, and how often it was used."""

    host: str
    origin: str
    count: int = 0
    identifier: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str, *, origin: str = "") -> str:
        """Answer what a registration asks."""
        client = self._client("webauthn.create", json.loads(options)["challenge"], origin)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._state(_WITH_KEY) + self._public()}
        return self._answer(clientDataJSON=client, attestationObject=encode_cbor(attestation))

    def get(self, options: str, *, origin: str = "", challenge: str = "") -> str:
        """Sign what a sign-in asks."""
        self.count += 1
        state = self._state()
        client = self._client("webauthn.get", challenge or json.loads(options)["challenge"], origin)
        signature = self.key.sign(state + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=state, signature=signature)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}).encode()

    def _state(self, more: int = 0) -> bytes:
        flags = _PRESENT | _VERIFIED | more
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _public(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(16) + struct.pack(">H", len(self.identifier)) + self.identifier + encode_cbor(cose)

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.identifier)
        said = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})
