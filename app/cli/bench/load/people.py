"""People at work: each thinks, then saves an answer, opens a section or asks whether the questionnaire has changed."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.cli.bench.load.connection import Connection, Reply
from app.cli.bench.load.world import Official

_SAVES, _PAGES = 0.70, 0.15  # the rest asks whether something has changed
_DOCUMENT = "/api/v1/questionnaires/apec-ai-review/versions/2026.1"
_OK, _UNCHANGED = 200, 304


@dataclass(frozen=True, slots=True)
class Pace:
    """For how long they work, and how long each thinks on the average between two acts; 0 is without a pause."""

    seconds: float
    think: float


@dataclass(slots=True)
class Night:
    """What came of it. Times are milliseconds, from sending to the last byte of the answer, of what was not refused."""

    saves: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    """How long it took to learn whether the questionnaire has changed."""
    errors: list[str] = field(default_factory=list)
    acknowledged: dict[tuple[UUID, str, int], str] = field(default_factory=dict)
    """The comment of each version of an answer that was answered with 200."""
    seconds: float = 0.0


class Person:
    """One official before a browser."""

    def __init__(self, official: Official, port: int, number: int) -> None:
        self._official = official
        self._night = Night()
        self._chance = random.Random(number)  # noqa: S311 - a run that can be repeated
        self._connection = Connection(port)
        self._headers = {"cookie": f"session={official.token}", "origin": f"http://127.0.0.1:{port}"}
        self._seen = dict.fromkeys(official.items, 1)
        self._etag = '"none"'

    async def work(self, pace: Pace, until: float, night: Night) -> None:
        """Act again and again, and write down what came of it."""
        self._night = night
        await _pause(self._chance.uniform(0, pace.think), until)  # they do not all come in the same moment
        while time.monotonic() < until:
            await self._try(self._act)
            await _pause(self._chance.expovariate(1 / pace.think) if pace.think else 0, until)
        await self._connection.close()

    async def save_once(self, night: Night) -> None:
        """Save one answer, and write down what came of it."""
        self._night = night
        await self._try(self._save)
        await self._connection.close()

    async def _try(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except (OSError, TimeoutError) as error:
            self._night.errors.append(type(error).__name__)

    async def _act(self) -> None:
        drawn = self._chance.random()
        if drawn < _SAVES:
            await self._save()
        elif drawn < _SAVES + _PAGES:
            section = self._chance.choice(self._official.sections)
            await self._read(f"/reviews/{self._official.review}/sections/{section}", {}, self._night.pages)
        else:
            reply = await self._read(_DOCUMENT, {"if-none-match": self._etag}, self._night.looks)
            self._etag = reply.headers.get("etag", self._etag)

    async def _save(self) -> None:
        item = self._chance.choice(self._official.items)
        seen = self._seen[item]
        words = f"{item} after version {seen}"
        body = json.dumps({"state": "answered", "value": 1 + seen % 5, "comment": words, "seen": seen}).encode()
        path = f"/api/v1/reviews/{self._official.review}/answers/{item}"
        began = time.monotonic()
        reply = await self._connection.ask("PUT", path, {**self._headers, "content-type": "application/json"}, body)
        if reply.status != _OK:
            self._night.errors.append(f"{reply.status} {path}")
            return
        self._night.saves.append((time.monotonic() - began) * 1000)
        self._seen[item] = version = int(json.loads(reply.body)["version"])
        self._night.acknowledged[self._official.review, item, version] = words

    async def _read(self, path: str, headers: dict[str, str], times: list[float]) -> Reply:
        began = time.monotonic()
        reply = await self._connection.ask("GET", path, {**self._headers, **headers})
        if reply.status in {_OK, _UNCHANGED}:
            times.append((time.monotonic() - began) * 1000)
        else:
            self._night.errors.append(f"{reply.status} {path}")
        return reply


async def _pause(seconds: float, until: float) -> None:
    """Think, but not beyond the end: nobody works then, and what the servers take would be counted over too long a time."""
    await asyncio.sleep(min(seconds, max(0.0, until - time.monotonic())))


def people_at(officials: Sequence[Official], ports: Sequence[int]) -> list[Person]:
    """Seat everybody, by turns, at the servers."""
    return [Person(official, ports[number % len(ports)], number) for number, official in enumerate(officials)]


def work(people: Sequence[Person], pace: Pace) -> Night:
    """Let everybody work, and return what came of it."""
    return asyncio.run(_work(people, pace))


async def _work(people: Sequence[Person], pace: Pace) -> Night:
    night, began = Night(), time.monotonic()
    await asyncio.gather(*(person.work(pace, began + pace.seconds, night) for person in people))
    night.seconds = time.monotonic() - began
    return night
