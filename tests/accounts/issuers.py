"""Issuers of single sign-on on loopback: a real one, and one that says whatever a test lets it say."""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "readiness", "a secret of the tests"


@contextmanager
def real_issuer(claims: dict[str, dict[str, object]]) -> Iterator[str]:
    """Serve a whole OpenID provider of its own project, with these people."""
    import oidc_provider_mock  # noqa: PLC0415 - it warns when it is imported, which the asking test expects

    people = [oidc_provider_mock.User(sub=subject, claims=said) for subject, said in claims.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


def agree(address: str, subject: str) -> str:
    """Press the button at the real issuer, as a person does, and return where it sends the browser."""
    answer = httpx.post(address, data={"sub": subject}, follow_redirects=False, trust_env=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


_LONG = 60.0
"""Seconds after which a hanging issuer speaks at last: longer than anybody waits for it."""


def _set() -> Event:
    event = Event()
    event.set()
    return event


@dataclass
class Puppet:
    """An issuer whose token and manners the test decides."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    claims: dict[str, object] = field(default_factory=dict)
    signed_with: RSAKey | None = None
    shared: bytes | None = None
    """Sign with HS256 under this; not at all where it is empty."""
    token: str = ""
    discovery: dict[str, object] = field(default_factory=dict)
    speaks: Event = field(default_factory=_set)
    """While it is not set, the issuer hangs."""
    asked: list[str] = field(default_factory=list)
    redeemed: dict[str, list[str]] = field(default_factory=dict)
    authorization: str = ""

    def id_token(self) -> str:
        now = int(time.time())
        standard = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "sub": "1"}
        claims = {**standard, **self.claims}
        if self.shared is not None:
            return forged(claims, self.shared)
        return self.token or jwt.encode({"alg": "RS256", "kid": self.key.kid or ""}, claims, self.signed_with or self.key)

    def answer(self, path: str) -> dict[str, object]:
        self.asked.append(path)
        self.speaks.wait(_LONG)
        match path:
            case "/.well-known/openid-configuration":
                pages = {
                    name: f"{self.address}/{name}" for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
                }
                return {"issuer": self.address, **pages, "jwks_uri": f"{self.address}/keys", **self.discovery}
            case "/keys":
                return {"keys": [self.key.as_dict(private=False)]}
            case "/userinfo_endpoint":
                return {"sub": "1", "email": "ana@example.org", "email_verified": True}
            case _:
                return {"id_token": self.id_token(), "access_token": "a", "token_type": "Bearer"}


def forged(claims: dict[str, object], shared: bytes) -> str:
    """Write a token that anybody could have written: signed with what is no secret, or not at all."""
    header = {"alg": "HS256" if shared else "none", "kid": "first"}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = hmac.digest(shared, b".".join(parts), "sha256") if shared else b""
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


@contextmanager
def puppet() -> Iterator[Puppet]:
    """Serve a puppet."""
    told = Puppet()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(told.answer(urlsplit(self.path).path))

        def do_POST(self) -> None:
            told.redeemed = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            told.authorization = self.headers.get("Authorization", "")
            self._send(told.answer(urlsplit(self.path).path))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _send(self, said: dict[str, object]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked has given up
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
