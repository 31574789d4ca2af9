"""How often a client may ask the API: counted once for each request, said in headers, and refused with what to do.

Each client has two windows, a minute and a day. What is cheap to answer (kept bytes, a 304) is drawn from windows of its
own, which are wider; what is dear (a whole release) costs more. Counts stand in the memory of the process: see the operators'
guide. Pages are never counted here.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings
from app.infra.tally import Tally
from app.kit.errors import NotSignedIn, TooManyRequests
from app.kit.networks import network_of
from app.kit.say import mark, say
from app.kit.tiers import Tier
from app.web.cookies import cookie_name
from app.web.paths import is_api
from app.web.problems import machine_answer, refusal_of
from app.web.remembered import HOLDS
from app.web.windows import Windows

ASK = "/keys/ask"
LIGHT_FACTOR = 10
MOST_UNKNOWN = 60
"""How many wrong credentials a minute are looked up for one address; what was right before is always looked up."""

_A_PAGE = "/api/v1/docs"
_STATE = "rate"
_KNOWN_SECONDS = 5.0
"""For how long a credential is taken for what it was: a key that was revoked draws on its limits no longer than that."""
_MOST_KNOWN = 10_000
_UNCHANGED = 304
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})
_BUNDLE, _BUNDLE_COST = "/bundle.zip", 30
_FLOW_COST, _KEY_OF_30 = 10, 4
_ANYTHING = frozenset({"", "*", "all"})
_FILTER = re.compile(rb"(?:^|&)c(?:%5B|\[)(?:REF_AREA|INDICATOR|SERIES|STATISTIC)(?:%5D|\])=[^*&]", re.IGNORECASE)
_MINUTE, _DAY = 60, 86_400
_HEADER = b"ratelimit"
_WAIT_KEY = mark("This key has asked as often as it may for now. Wait {seconds} seconds, then go on more slowly.")
_WAIT_SESSION = mark("You have asked as often as you may for now. Wait {seconds} seconds, then go on more slowly.")
_WAIT_ADDRESS = mark(
    "Your address has asked as often as it may without a key. Wait {seconds} seconds, then go on more slowly. "
    "With a key a program may ask more often: {ask} says how to get one."
)


@dataclass(frozen=True, slots=True)
class Quota:
    """How much may be asked, in a minute and in a day."""

    per_minute: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Client:
    """Who is counted: `bucket` is a word of ours; `key_id` is None for whoever asks without a key."""

    bucket: str
    tier: Tier
    key_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request shows: the secret of a key, or the token of a session."""

    secret: str
    is_key: bool


Recognise = Callable[[Credential], Awaitable[Client | None]]
"""None for a credential that nobody has, or has no more; raises CannotTell where the database is away."""


class CannotTell(Exception):
    """Nobody can say now whose credential this is."""


class RateLimited(TooManyRequests):
    """More was asked than the limits allow."""

    code = "rate_limited"
    title = "Too many requests"


@dataclass(frozen=True, slots=True)
class _Plan:
    """The two windows of a tier: how much may be asked within how many seconds."""

    name: str
    windows: tuple[tuple[int, int], tuple[int, int]]
    policy: bytes


@dataclass(slots=True)
class Taken:
    """One request that was counted; `refused` says why it gets no answer, None when it does."""

    rates: Rates
    client: Client
    plan: _Plan | None
    family: str
    cost: int = 1
    refused: RateLimited | NotSignedIn | None = None
    is_provisional: bool = False
    """Drawn from the wide windows, because the client holds a copy; charged whole unless the copy is still good."""
    is_finished: bool = False

    def finish(self, status: int) -> list[tuple[bytes, bytes]]:
        """Settle the count once the answer's status is known, and return the answer's headers."""
        return self.rates.finish(self, status)


class Rates:
    """Counts the requests of every client of this process. For the event loop alone."""

    def __init__(
        self, quotas: Mapping[Tier, Quota], recognise: Recognise, *, cookie: str, ask_at: str, is_on: bool = True
    ) -> None:
        self.is_on = is_on
        self.tally = Tally()
        self._recognise = recognise
        self._cookie = re.compile(rb"(?:^|;)\s*" + re.escape(cookie.encode()) + rb"=([^;\s]+)")
        self._ask = ask_at
        self._windows = Windows()
        self._whole = {tier: _plan("", quota) for tier, quota in quotas.items()}
        self._light = {tier: _plan("unchanged-", quota, LIGHT_FACTOR) for tier, quota in quotas.items()}
        self._known: dict[bytes, tuple[float, Client]] = {}

    async def take(self, scope: Scope, *, is_kept: bool = False) -> Taken:
        """Count a request, once however often it is asked for. `is_kept`: its answer lies ready and costs next to nothing."""
        state = scope.setdefault("state", {})
        known = state.get(_STATE)
        if isinstance(known, Taken):
            return known
        address = network_of(scope["client"][0] if scope.get("client") else "unknown")
        credential, has_copy = self._read(scope)
        has_copy = has_copy or HOLDS in scope
        found = await self._client(credential, address)
        path = scope["path"]
        client = found or Client(address, Tier.ANONYMOUS)
        taken = Taken(self, client, None, family_of(path), cost=_cost(path, scope.get("query_string", b"")))
        if self.is_on:
            self._draw(taken, is_kept=is_kept, has_copy=has_copy)
        if taken.refused is None and found is None and credential is not None and credential.is_key:
            taken.refused = self._wrong_key(address)
        state[_STATE] = taken
        return taken

    def finish(self, taken: Taken, status: int) -> list[tuple[bytes, bytes]]:
        """Settle one count; twice changes nothing."""
        if not taken.is_finished:
            taken.is_finished = True
            if taken.is_provisional and status != _UNCHANGED and taken.refused is None:
                taken.plan = self._whole[taken.client.tier]
                self._hit(taken, taken.plan, taken.cost)
            if taken.client.key_id is not None:
                is_light = status == _UNCHANGED
                self.tally.count(taken.client.key_id, taken.family, is_light=is_light, is_refused=taken.refused is not None)
        if taken.plan is None:
            return []
        return [(b"ratelimit-policy", taken.plan.policy), (_HEADER, self._left(taken, taken.plan).encode())]

    def _draw(self, taken: Taken, *, is_kept: bool, has_copy: bool) -> None:
        whole, light = self._whole[taken.client.tier], self._light[taken.client.tier]
        taken.is_provisional = has_copy and not is_kept
        taken.plan = light if is_kept or has_copy else whole
        cost = 1 if taken.plan is light else taken.cost
        waits = self._waits(taken, taken.plan, cost)
        if not waits and taken.is_provisional:
            waits = self._waits(taken, whole, taken.cost)
        if waits:
            taken.refused = self._refusal(taken.client, waits)
        else:
            self._hit(taken, taken.plan, cost)

    def _waits(self, taken: Taken, plan: _Plan, cost: int) -> int:
        """Return for how many seconds the client has to wait; 0 where it may ask now."""
        bucket = taken.client.bucket
        for most, seconds in reversed(plan.windows):
            count, until = self._windows.get((plan.name, seconds, most, bucket))
            if count + min(cost, most) > most:
                return _seconds(until)
        return 0

    def _hit(self, taken: Taken, plan: _Plan, cost: int) -> None:
        for most, seconds in plan.windows:
            self._windows.count((plan.name, seconds, most, taken.client.bucket), seconds, min(cost, most))

    def _left(self, taken: Taken, plan: _Plan) -> str:
        bucket, name = taken.client.bucket, plan.name
        (of_minute, _), (of_day, _) = plan.windows
        in_minute, minute_ends = self._windows.get((name, _MINUTE, of_minute, bucket))
        in_day, day_ends = self._windows.get((name, _DAY, of_day, bucket))
        return (
            f'"{name}minute";r={max(0, of_minute - in_minute)};t={_seconds(minute_ends)}, '
            f'"{name}day";r={max(0, of_day - in_day)};t={_seconds(day_ends)}'
        )

    def _refusal(self, client: Client, seconds: int) -> RateLimited:
        words = _WAIT_ADDRESS if client.tier is Tier.ANONYMOUS else _WAIT_SESSION if client.key_id is None else _WAIT_KEY
        refusal = RateLimited(say(words, seconds=seconds, ask=self._ask), retry_after=seconds)
        refusal.extra = {"retry_after": seconds, "ask_for_a_key": self._ask}
        return refusal

    def _read(self, scope: Scope) -> tuple[Credential | None, bool]:
        """Return what the request shows, and whether its sender holds a copy of the answer."""
        shown, has_copy = None, False
        for name, value in scope["headers"]:
            if name == b"authorization" and value[:7].lower() == b"bearer ":
                shown = Credential(value[7:].decode("latin-1"), is_key=True)
            elif name == b"cookie" and shown is None and (found := self._cookie.search(value)):
                shown = Credential(found[1].decode("latin-1"), is_key=False)
            elif name in _CONDITIONS:
                has_copy = True
        return shown, has_copy

    async def _client(self, credential: Credential | None, address: str) -> Client | None:
        """Return who asks; None where the credential is nobody's, or too many from this address were."""
        if credential is None:
            return Client(address, Tier.ANONYMOUS)
        digest = sha256(credential.secret.encode()).digest()
        until, client = self._known.get(digest, (0.0, None))
        if client is not None and until > time.monotonic():
            return client
        # A key that was right before is asked about again, so that a neighbour's wrong ones do not shut it out.
        unknown = ("unknown", credential.is_key, address)
        if self.is_on and client is None and self._windows.get(unknown)[0] >= MOST_UNKNOWN:
            self._windows.count(unknown, _MINUTE)
            return None
        try:
            found = await self._recognise(credential)
        except CannotTell:
            return Client(address, Tier.ANONYMOUS)
        if found is None:
            self._known.pop(digest, None)
            self._windows.count(unknown, _MINUTE)
            return None
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[digest] = time.monotonic() + _KNOWN_SECONDS, found
        return found

    def _wrong_key(self, address: str) -> RateLimited | NotSignedIn:
        """Say that a key is nobody's; after too many, only that it was not looked up."""
        count, until = self._windows.get(("unknown", True, address))
        if not self.is_on or count <= MOST_UNKNOWN:
            return NotSignedIn()
        return self._refusal(Client(address, Tier.ANONYMOUS), _seconds(until))


class CountedRequests:
    """ASGI middleware: count what is asked of the API and of SDMX, put the headers on every answer, refuse what is too much."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self.app = app
        self.rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may be asked; what a faster path has counted already is not counted again."""
        if scope["type"] != "http" or not is_counted(scope["path"]):
            await self.app(scope, receive, send)
            return
        taken = await self.rates.take(scope)

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name == _HEADER for name, _value in headers):
                    message = {**message, "headers": headers + taken.finish(_status(scope, message))}
            await send(message)

        if taken.refused is None:
            await self.app(scope, receive, said)
            return
        refusal = refusal_of(taken.refused)
        if refusal is not None:
            await machine_answer(Request(scope), refusal)(scope, receive, said)


def quotas_of(settings: Settings) -> dict[Tier, Quota]:
    """Return how much each size of client may ask, by these settings."""
    return {
        Tier.ANONYMOUS: Quota(settings.rate_anonymous_minute, settings.rate_anonymous_day),
        Tier.STANDARD: Quota(settings.rate_standard_minute, settings.rate_standard_day),
        Tier.LARGE: Quota(settings.rate_large_minute, settings.rate_large_day),
    }


def open_rates(settings: Settings, recognise: Recognise) -> Rates:
    """Return what counts the requests of one process."""
    return Rates(
        quotas_of(settings),
        recognise,
        cookie=cookie_name(settings),
        ask_at=settings.base_url.rstrip("/") + ASK,
        is_on=settings.rate_limits,
    )


def is_counted(path: str) -> bool:
    """Tell whether requests of an address are counted: of programs, and never of pages."""
    return (is_api(path) and path != _A_PAGE) or path.startswith("/sdmx/")


def family_of(path: str) -> str:
    """Return the word under which use is shown: the first part of the address behind /api/v1, or sdmx."""
    if path.startswith("/sdmx/"):
        return "sdmx"
    found = path[len("/api/v1/") :].partition("/")[0] if path.startswith("/api/v1/") else ""
    return found if found in FAMILIES else "other"


FAMILIES = frozenset(
    (
        *("releases", "sdmx", "benchmarks", "questionnaires", "economies", "groups", "cycles", "references", "reviews"),
        *("scores", "cells", "drafts", "translations", "audit", "me", "other"),
    )
)


def _status(scope: Scope, message: Message) -> int:
    """Return the status that the client will see: what it holds already becomes a 304 further out."""
    holds: Callable[[Message], bool] | None = scope.get(HOLDS)
    return _UNCHANGED if holds is not None and holds(message) else message["status"]


def _cost(path: str, query: bytes) -> int:
    if path.endswith(_BUNDLE):
        return _BUNDLE_COST
    return _FLOW_COST if _is_whole_flow(path, query) else 1


def _is_whole_flow(path: str, query: bytes) -> bool:
    """Tell whether data of SDMX are asked for without a word on which economies, nodes, series or figures."""
    start, found, rest = path.partition("/data/")
    if not found or not start.startswith("/sdmx/") or _FILTER.search(query):
        return False
    parts = rest.split("/")
    keys = (
        parts[4] if start == "/sdmx/3.0" and len(parts) > _KEY_OF_30 else parts[1] if start != "/sdmx/3.0" and parts[1:] else ""
    )
    # The first part is the frequency, and all figures have the same.
    return all(part in _ANYTHING for key in keys.split(",") for part in key.split(".")[1:])


def _plan(name: str, quota: Quota, factor: int = 1) -> _Plan:
    minute, day = quota.per_minute * factor, quota.per_day * factor
    policy = f'"{name}minute";q={minute};w=60, "{name}day";q={day};w=86400'
    return _Plan(name, ((minute, _MINUTE), (day, _DAY)), policy.encode())


def _seconds(until: float) -> int:
    return max(1, math.ceil(until - time.time()))
