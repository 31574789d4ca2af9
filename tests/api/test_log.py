"""The log at its most talkative: one bounded line for each request, and nothing that anybody typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from app.infra.log import configure_log
from app.kit.actor import Role
from tests.api.conftest import DRAFT, Filled
from tests.databases import only_sqlite
from tests.scenarios import Client

CANARY = "CANARY7f3a"
FIELDS = {"event", "level", "at", "request_id", "method", "route", "status", "milliseconds", "bytes", "role", "user"}


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Switch the log on at DEBUG, and leave it afterwards as it was."""
    root, client_log = logging.getLogger(), logging.getLogger("httpx2")
    before = root.handlers, root.level, client_log.level
    configure_log(logging.DEBUG)
    client_log.setLevel(logging.WARNING)  # the test's own client would log the addresses that it asks for
    yield capsys
    root.handlers, root.level, client_log.level = before
    structlog.reset_defaults()


@only_sqlite
@pytest.mark.abuse("L1")
def test_what_people_type_and_their_secrets_are_in_no_line(fresh: Filled, log: pytest.CaptureFixture[str]) -> None:
    client, review = Client(fresh.app), fresh.reviews[DRAFT]
    contributor = fresh.actor(Role.CONTRIBUTOR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "raise_server_exceptions", False, raising=False)
        client.sign_in(fresh.scene.email(contributor))
        secret = str(client.cookies.get("session"))
        key = fresh.scene.key(contributor)
        answers = f"/api/v1/reviews/{review}/answers"
        client.put(f"{answers}/A4", json={"state": "answered", "value": CANARY, "comment": CANARY, "seen": 0})
        client.put(f"{answers}/B2", json={"state": "answered", "value": CANARY, "seen": 0})
        client.put(f"{answers}/A4", content=f'{{"value": "{CANARY}'.encode(), headers={"Content-Type": "application/json"})
        client.post(f"/reviews/{review}/sections/A", data={"A4": CANARY})
        client.post(f"/reviews/{review}/items/A1/evidence/file", files={"file": (f"{CANARY}.txt", CANARY.encode())})
        client.post("/sign-in", data={"email": f"{CANARY}@example.org", "password": CANARY})
        client.post("/forgotten-password", data={"email": f"{CANARY}@example.org"})
        client.get(f"/invitations/{CANARY}?next={CANARY}")
        client.get(f"/{CANARY}?q={CANARY}", headers={"User-Agent": CANARY, "Referer": CANARY})
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {CANARY}"})
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})

    lines = log.readouterr().err
    assert len(lines.splitlines()) >= 10
    for hidden in (CANARY, secret, key, contributor.name, fresh.scene.email(contributor)):
        assert hidden not in lines


@only_sqlite
@pytest.mark.abuse("L1")
def test_a_fault_is_traced_without_what_it_quotes(fresh: Filled, log: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(CANARY)

    fresh.app.add_api_route("/nothing-works", fail)
    logging.getLogger("sqlalchemy.engine").debug("INSERT ... %s", CANARY)
    logging.getLogger("python_multipart").debug(CANARY)

    Client(fresh.app).get("/nothing-works")

    lines = log.readouterr().err.splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events == ["fault", "request"]
    assert len({json.loads(line)["request_id"] for line in lines}) == 1
    assert [line for line in lines if CANARY in line and '"message"' not in line] == []


@only_sqlite
@pytest.mark.abuse("L2")
@pytest.mark.parametrize("typed", ["\r\n{}", "\x1b[31mred", "a" * 20_000, "\u2028line"])
def test_no_request_writes_more_than_one_bounded_line(fresh: Filled, log: pytest.CaptureFixture[str], typed: str) -> None:
    sent = typed.encode()
    Client(fresh.app).get("/", headers=[(b"user-agent", sent), (b"referer", sent), (b"traceparent", sent)])

    lines = log.readouterr().err.splitlines()
    assert len(lines) == 1
    assert len(lines[0]) < 500
    assert set(json.loads(lines[0])) == FIELDS


@only_sqlite
def test_a_refusal_names_the_account_by_its_id_and_an_answer_nobody(fresh: Filled, log: pytest.CaptureFixture[str]) -> None:
    client, contributor = Client(fresh.app), fresh.actor(Role.CONTRIBUTOR)
    client.sign_in(fresh.scene.email(contributor))
    log.readouterr()

    statuses = [client.get(path).status_code for path in ("/admin/users", f"/reviews/{contributor.user_id}", "/account")]

    lines = [json.loads(line) for line in log.readouterr().err.splitlines()]
    assert statuses == [403, 404, 200]
    assert [line["user"] for line in lines if line["event"] == "request"] == [str(contributor.user_id)] * 2 + [""]


def test_the_fields_of_a_line_are_those_of_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operators.md").read_text(encoding="utf-8")

    assert [name for name in FIELDS | {"trace_id"} if f"| `{name}` |" not in guide] == []
