"""One run of the topology: everything that several processes must do as one, and kills amid saves."""

from __future__ import annotations

import re
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2

from app.audit import service as audit
from app.releases import stamp
from tests.evidence.files import PDF
from tests.scenarios import CODE
from tests.topology.people import Saver, at, saving, signed_in, token, wait_for
from tests.topology.processes import Topology
from tests.topology.world import OFFICIALS, SHOWN, World, lost

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What saving amid kills came to."""

    kills: int
    acknowledged: int
    failed: int
    """Requests that were not answered, or with 502, 503 or 504, while a process was killed; each was sent again."""
    failed_when_told: int
    """The same while a process was told to end, and did so in order."""
    lost: tuple[str, ...]
    refused: tuple[str, ...]
    is_sound: bool

    @property
    def is_good(self) -> bool:
        """Nothing lost, nobody refused or asked to sign in again, the record of acts whole, and an orderly end unnoticed."""
        return not self.lost and not self.refused and self.is_sound and not self.failed_when_told


def save_amid_kills(made: Topology, world: World, *, kills: int = 1, seconds: float = 0.0) -> Outcome:
    """Let two officials answer one review over both servers, which are killed in turn; at last let one end in order."""
    with ExitStack() as stack:
        savers = []
        for email, item in zip(world.officials, OFFICIALS, strict=True):
            client = stack.enter_context(signed_in(made.entrances[0], made.base_url, email))
            savers.append(Saver(client, made.entrances, world.review, item))
        killed, began = 0, time.monotonic()
        with saving(savers):
            wait_for(savers, 5)
            while killed < kills or time.monotonic() - began < seconds:
                victim = made.servers[killed % len(made.servers)]
                victim.send(signal.SIGKILL)
                wait_for(savers, 20)  # the other goes on alone
                victim.start().wait()
                wait_for(savers, 5)
                killed += 1
            failed = _failed(savers)
            made.servers[0].send(signal.SIGTERM)
            wait_for(savers, 5)
        told = _failed(savers) - failed
        return _outcome(world, savers, killed, failed, told)


def evidence_is_shared(made: Topology, world: World) -> bytes:
    """Send a file through one server, and return it as the other gives it out."""
    with signed_in(made.entrances[0], made.base_url, world.officials[0]) as client, ExitStack() as stack:
        one, other = (stack.enter_context(at(client, address)) for address in made.addresses)
        page = f"/reviews/{world.review}/items/A1/evidence"
        fields = {"csrf_token": token(one), "file_title": "The plan"}
        sent = one.post(f"{page}/file", data=fields, files={"file": ("plan.pdf", PDF)})
        assert sent.status_code == httpx2.codes.SEE_OTHER, sent.text
        all_of_it = f"/reviews/{world.review}/evidence"
        piece = _found(rf'href="({all_of_it}/[0-9a-f-]+)"', other.get(all_of_it).text)
        link = _found(r'href="(/evidence/[0-9a-f-]+/versions/1/file)"', other.get(piece).text)
        return other.get(link).content


def mail_is_delivered(made: Topology, world: World) -> list[str]:
    """Ask for a new password at a server; return to whom the worker's mail came."""
    email = world.officials[0]
    with httpx2.Client(base_url=made.entrances[0], headers={"Origin": made.base_url}, timeout=_PATIENCE_SECONDS) as client:
        answer = client.post("/forgotten-password", data={"email": email})
        assert answer.status_code in {httpx2.codes.OK, httpx2.codes.SEE_OTHER}, answer.text
    made.box.arrived.wait(_PATIENCE_SECONDS)
    return made.box.recipients


def report_is_built(made: Topology, world: World) -> list[bytes]:
    """Ask for a report; return its first file as each server gives out what the worker has built."""
    place = f"/reviews/{world.submitted}/revisions/1/report"
    with signed_in(made.entrances[0], made.base_url, world.coordinator) as client, ExitStack() as stack:
        assert client.post(place, data={"csrf_token": token(client)}).status_code == httpx2.codes.SEE_OTHER
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while client.get(f"/api/v1{place}").json()["state"] in {"queued", "running"} and time.monotonic() < deadline:
            time.sleep(0.2)
        link = _found(rf'href="({place}/[0-9a-f-]+/[a-z.]+)"', client.get(place).text)
        return [stack.enter_context(at(client, address)).get(link).content for address in made.addresses]


def withdrawal_is_seen(made: Topology, world: World) -> tuple[list[bool], list[bool]]:
    """Withdraw at one server; tell of each whether it showed the economy before, and whether it does after a second."""
    path = f"/api/v1/releases/{CODE}/latest/scores.csv"
    with signed_in(made.entrances[0], made.base_url, world.coordinator) as client, ExitStack() as stack:
        servers = [stack.enter_context(at(client, address)) for address in made.addresses]
        before = [SHOWN in each.get(path).text for each in servers]
        private = {"csrf_token": token(servers[0]), "audience.A": "private", "audience.B": "private"}
        answer = servers[0].post(f"/reviews/{world.submitted}/sharing", data=private)
        assert answer.status_code == httpx2.codes.SEE_OTHER, answer.text
        time.sleep(stamp.SECONDS)
        return before, [SHOWN in each.get(path).text for each in servers]


def answered(log: Path) -> int:
    """Count the answers that a server saved, by its log."""
    return log.read_text(encoding="utf-8").count('"/api/v1/reviews/{review_id}/answers/{item_code}"')


def _outcome(world: World, savers: list[Saver], killed: int, failed: int, told: int) -> Outcome:
    with world.database.read() as session:
        is_sound = audit.verify(session) is None
    return Outcome(
        killed,
        sum(len(saver.acknowledged) for saver in savers),
        failed,
        told,
        tuple(words for saver in savers for words in lost(world, saver.item, saver.acknowledged)),
        tuple(words for saver in savers for words in saver.refused),
        is_sound,
    )


def _failed(savers: list[Saver]) -> int:
    return sum(saver.failed for saver in savers)


def _found(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None, page
    return found[1]
