"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, against one issuer named in the settings.

Everything that comes from the issuer is checked here: its addresses, its keys, and each claim that says who somebody is.
"""

from __future__ import annotations

import hmac
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from app.kit import clock

SCOPE = "openid email profile"
# Only signatures that the issuer alone can make: with HS256 everybody who knows the client secret could, with none everybody.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")

_CONNECT_SECONDS, _READ_SECONDS, _WHOLE_SECONDS = 3.0, 4.0, 6.0
_LARGEST_ANSWER = 500_000
_AT_ONCE = 4  # an issuer that hangs may keep this many worker threads waiting, and no more
_METADATA_SECONDS, _KEYS_SECONDS, _REFETCH_SECONDS = 3_600.0, 3_600.0, 30.0
_SKEW_SECONDS = 60
_OLDEST_TOKEN_SECONDS = 600
_JSON = TypeAdapter(dict[str, object])
_Model = TypeVar("_Model", bound=BaseModel)


class IssuerAway(Exception):
    """The issuer did not answer in time, or not as one."""


class NotVouchedFor(Exception):
    """The issuer answered, and what it said proves nothing."""


class Metadata(BaseModel):
    """What the issuer says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(BaseModel):
    id_token: str
    access_token: str = ""


class _Claims(BaseModel):
    iss: str
    sub: str = Field(min_length=1, max_length=255)
    aud: str | tuple[str, ...]
    exp: float
    iat: float
    nonce: str = ""
    azp: str | None = None
    email: str = ""
    email_verified: bool = False
    amr: tuple[str, ...] = ()
    acr: str = ""

    @property
    def audiences(self) -> tuple[str, ...]:
        return (self.aud,) if isinstance(self.aud, str) else self.aud


class _Mail(BaseModel):
    sub: str
    email: str = ""
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the issuer vouches for; `verified_email` is empty unless it says that the address was verified."""

    issuer: str
    subject: str
    verified_email: str
    amr: tuple[str, ...]
    acr: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign on; all that it needs later is made from one random secret, which stays in the browser's cookie."""

    secret: str

    @property
    def state(self) -> str:
        """Return what the issuer has to send back."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """Return what the issuer has to put into its token."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """Return what shows that who redeems the code is who asked for it."""
        return self._made("verifier")

    def _made(self, purpose: str) -> str:
        return _base64(hmac.digest(self.secret.encode(), purpose.encode(), sha256))


class Issuer:
    """One issuer and this service as its client."""

    def __init__(self, address: str, client_id: str, client_secret: str | None) -> None:
        self.address = address.rstrip("/")
        self.client_id = client_id
        self._secret = client_secret
        timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
        self._http = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def address_for(self, attempt: Attempt, return_to: str) -> str:
        """Return where to send the browser."""
        question = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": return_to,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": _base64(sha256(attempt.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        endpoint = self._read_metadata().authorization_endpoint
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(question)}"

    def redeem(self, attempt: Attempt, code: str, return_to: str) -> Vouched:
        """Exchange the code that the browser brought back for whom the issuer vouches for."""
        metadata = self._read_metadata()
        tokens = self._exchange(metadata, attempt, code, return_to)
        claims = self._claims(metadata, tokens.id_token)
        self._check(claims, attempt)
        email, is_verified = claims.email, claims.email_verified
        if not email and metadata.userinfo_endpoint and tokens.access_token:
            mail = self._mail(metadata.userinfo_endpoint, tokens.access_token)
            email, is_verified = (mail.email, mail.email_verified) if mail.sub == claims.sub else ("", False)
        return Vouched(self.address, claims.sub, email if is_verified else "", claims.amr, claims.acr)

    def _exchange(self, metadata: Metadata, attempt: Attempt, code: str, return_to: str) -> _Tokens:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": return_to, "code_verifier": attempt.verifier}
        auth = None
        if self._secret is None:
            form["client_id"] = self.client_id
        elif "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            auth = httpx.BasicAuth(quote(self.client_id, safe=""), quote(self._secret, safe=""))  # RFC 6749, 2.3.1
        else:
            form |= {"client_id": self.client_id, "client_secret": self._secret}
        status, body = self._ask("POST", metadata.token_endpoint, form=form, auth=auth)
        if status != httpx.codes.OK:
            raise NotVouchedFor("code")
        return _read(_Tokens, body)

    def _claims(self, metadata: Metadata, token: str) -> _Claims:
        try:
            try:
                decoded = jwt.decode(token, self._read_keys(metadata), algorithms=ALGORITHMS)
            except InvalidKeyIdError:  # the issuer has changed its keys
                decoded = jwt.decode(token, self._read_keys(metadata, afresh=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise NotVouchedFor("signature") from error
        try:
            return _Claims.model_validate(decoded.claims, strict=False)
        except ValidationError as error:
            raise NotVouchedFor("claims") from error

    def _check(self, claims: _Claims, attempt: Attempt) -> None:
        now = clock.now().timestamp()
        if claims.iss.rstrip("/") != self.address:
            raise NotVouchedFor("issuer")
        if self.client_id not in claims.audiences or (claims.azp or self.client_id) != self.client_id:
            raise NotVouchedFor("audience")
        if len(claims.audiences) > 1 and claims.azp is None:
            raise NotVouchedFor("audience")
        if claims.exp <= now - _SKEW_SECONDS or not now - _OLDEST_TOKEN_SECONDS < claims.iat <= now + _SKEW_SECONDS:
            raise NotVouchedFor("time")
        if not hmac.compare_digest(claims.nonce.encode(), attempt.nonce.encode()):
            raise NotVouchedFor("nonce")

    def _mail(self, endpoint: str, access_token: str) -> _Mail:
        status, body = self._ask("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
        if status != httpx.codes.OK:
            raise NotVouchedFor("userinfo")
        return _read(_Mail, body)

    def _read_metadata(self) -> Metadata:
        known = self._metadata
        if known is not None and time.monotonic() - known[0] < _METADATA_SECONDS:
            return known[1]
        status, body = self._ask("GET", f"{self.address}/.well-known/openid-configuration")
        if status != httpx.codes.OK:
            raise IssuerAway("discovery")
        found = _read(Metadata, body)
        if found.issuer.rstrip("/") != self.address:
            raise IssuerAway("another issuer")
        self._metadata = (time.monotonic(), found)
        return found

    def _read_keys(self, metadata: Metadata, *, afresh: bool = False) -> KeySet:
        known = self._keys
        age = float("inf") if known is None else time.monotonic() - known[0]
        if known is not None and age < (_REFETCH_SECONDS if afresh else _KEYS_SECONDS):
            return known[1]
        status, body = self._ask("GET", metadata.jwks_uri)
        if status != httpx.codes.OK:
            raise IssuerAway("keys")
        try:
            keys = KeySet.import_key_set(_JSON.validate_json(body))  # type: ignore[arg-type]  # it checks the members itself
        except (ValidationError, JoseError, ValueError, KeyError, TypeError) as error:
            raise IssuerAway("keys") from error
        self._keys = (time.monotonic(), keys)
        return keys

    def _ask(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Ask for a small answer within seconds, whatever the other side does."""
        if urlsplit(address).scheme != urlsplit(self.address).scheme:
            raise IssuerAway("scheme")
        sent = self._http.build_request(method, address, data=form, headers={"Accept": "application/json", **(headers or {})})
        with self._place(), _away_when_silent():
            response = self._http.send(sent, auth=auth, stream=True)
            try:
                return response.status_code, _bounded(response)
            finally:
                response.close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise IssuerAway("busy")
        try:
            yield
        finally:
            self._places.release()


@lru_cache(maxsize=8)
def open_issuer(address: str, client_id: str, client_secret: str | None) -> Issuer:
    """Return the issuer of some settings, with what is known of it already."""
    return Issuer(address, client_id, client_secret)


@contextmanager
def _away_when_silent() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise IssuerAway(type(error).__name__) from error


def _bounded(response: httpx.Response) -> bytes:
    """Read an answer that is neither endless nor drips for ever."""
    until, content = time.monotonic() + _WHOLE_SECONDS, bytearray()
    for part in response.iter_bytes():
        content += part
        if len(content) > _LARGEST_ANSWER or time.monotonic() > until:
            raise IssuerAway("too much")
    return bytes(content)


def _read(model: type[_Model], body: bytes) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise IssuerAway(model.__name__) from error


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
