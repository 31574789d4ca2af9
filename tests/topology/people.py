"""People at the service: they come in where people come in, and save until they are told to stop."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx2

from tests.scenarios import PASSWORD

_PATIENCE_SECONDS = 60.0
_WAIT_SECONDS = 0.02


@contextmanager
def signed_in(entrance: str, base_url: str, email: str) -> Iterator[httpx2.Client]:
    """Sign somebody in, once."""
    with httpx2.Client(base_url=entrance, headers={"Origin": base_url}, timeout=_PATIENCE_SECONDS) as client:
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 303, answer.text
        yield client


def at(client: httpx2.Client, address: str) -> httpx2.Client:
    """Return the same browser, with the same session, at another address."""
    return httpx2.Client(base_url=address, headers=client.headers, cookies=client.cookies, timeout=_PATIENCE_SECONDS)


def token(client: httpx2.Client) -> str:
    """Return what proves that a form came from our own page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert found is not None
    return found[1]


@dataclass
class Saver:
    """An official who saves one answer again and again, and remembers what was acknowledged, and what was not."""

    client: httpx2.Client
    entrances: tuple[str, ...]
    review: UUID
    item: str
    seen: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    """The comment of each version that was answered with 200."""
    failed: int = 0
    """Requests without an answer, or with one of a proxy or of overload: they were sent again."""
    refused: list[str] = field(default_factory=list)
    """Answers that must not be: a sign-in page, a conflict, a fault."""

    def run(self, over: threading.Event) -> None:
        """Save until it is over."""
        number = 0
        while not over.is_set() and not self.refused:
            number += 1
            self._save(f"{self.item} {number}")

    def _save(self, comment: str) -> None:
        body = {"state": "answered", "value": "yes", "comment": comment, "seen": self.seen}
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for attempt in range(100_000):
            answer = self._put(self.entrances[attempt % len(self.entrances)], body)
            if answer is not None and answer.status_code == httpx2.codes.OK:
                self.seen = int(answer.json()["version"])
                self.acknowledged[self.seen] = comment
                return
            if answer is not None and answer.status_code not in {502, 503, 504}:
                self.refused.append(f"{self.item} {answer.status_code} {answer.text[:300]}")
                return
            self.failed += 1
            if time.monotonic() > deadline:
                break
            time.sleep(_WAIT_SECONDS)
        self.refused.append(f"{self.item}: never answered")

    def _put(self, entrance: str, body: dict[str, object]) -> httpx2.Response | None:
        try:
            return self.client.put(f"{entrance}/api/v1/reviews/{self.review}/answers/{self.item}", json=body)
        except httpx2.TransportError:
            return None


@contextmanager
def saving(savers: list[Saver]) -> Iterator[None]:
    """Let all of them save at once while the block runs."""
    over = threading.Event()
    threads = [threading.Thread(target=saver.run, args=(over,)) for saver in savers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def wait_for(savers: list[Saver], saves: int) -> None:
    """Wait until everybody saved that often from now."""
    goals = [len(saver.acknowledged) + saves for saver in savers]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(len(saver.acknowledged) < goal and not saver.refused for saver, goal in zip(savers, goals, strict=True)):
        if time.monotonic() > deadline:
            message = "Saving did not go on."
            raise TimeoutError(message)
        time.sleep(_WAIT_SECONDS)
