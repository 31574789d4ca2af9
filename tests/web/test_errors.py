"""Every error becomes an answer that a person can act on, and none repeats what was sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from app.config import Settings
from app.infra.log import configure_log
from app.web.assets import Assets
from app.web.edge import add_edge
from app.web.errors import FaultLog
from app.web.problems import refusal_of
from app.web.templating import Templates
from tests.web.sample import BASE_URL, OWN, pages

SECURE_URL = BASE_URL.replace("http", "https")

REFUSALS = [
    ("missing", 404, "not_found"),
    ("anonymous", 401, "not_signed_in"),
    ("conflict", 409, "conflict"),
    ("invalid", 422, "invalid"),
    ("often", 429, "too_many_requests"),
    ("pool", 503, "unavailable"),
    ("locked", 503, "unavailable"),
    ("full", 507, "storage_full"),
    ("table", 500, "internal"),
    ("fault", 500, "internal"),
]


@pytest.mark.parametrize(("name", "status", "code"), REFUSALS)
def test_the_api_answers_a_problem_document(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/notes/errors/{name}")

    problem = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:readiness:problem:{code}")
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "canary" not in answer.text


@pytest.mark.parametrize(("name", "status", "code"), [one for one in REFUSALS if one[1] != 401])
def test_a_page_answers_a_page(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/errors/{name}")

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"] in answer.text
    assert "canary" not in answer.text
    assert code


@pytest.mark.parametrize("name", ["often", "pool", "locked"])
def test_a_refusal_that_passes_says_when_to_come_back(client: TestClient, name: str) -> None:
    for path in (f"/errors/{name}", f"/api/v1/notes/errors/{name}"):
        assert int(client.get(path).headers["retry-after"]) > 0


def test_extra_members_stand_beside_the_standard_ones_and_never_replace_them(client: TestClient) -> None:
    problem = client.get("/api/v1/notes/errors/conflict").json()

    assert (problem["revision"], problem["id"], problem["status"]) == (4, "00000000-0000-0000-0000-000000000001", 409)


def test_the_problems_of_a_form_are_named_one_by_one(client: TestClient) -> None:
    problem = client.get("/api/v1/notes/errors/invalid").json()

    assert problem["problems"] == [{"field": "gov_01", "code": "missing", "message": "Answer this question."}]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({}, ("body.text", "missing", "This is required.")),
        ({"text": "canary"}, ("body.text", "string_too_long", "Send at most 5 characters.")),
        ({"text": 1}, ("body.text", "string_type", "Send text.")),
        ({"text": "a", "number": "canary"}, ("body.number", "int_parsing", "Send a whole number.")),
        ({"text": "a", "number": 1.5}, ("body.number", "int_from_float", "Send a whole number.")),
        ({"text": "a", "number": 13}, ("body.number", "value_error", "This value is not accepted here.")),
        ({"text": "a", "role": "canary"}, ("body.role", "extra_forbidden", "There is no such field.")),
        ({"text": "a", "<canary>": 1}, ("body.?", "extra_forbidden", "There is no such field.")),
        ([], ("body", "model_attributes_type", "Send an object.")),
    ],
)
def test_a_validation_error_names_the_place_and_the_rule_only(
    client: TestClient,
    sent: object,
    found: tuple[str, str, str],
) -> None:
    answer = client.post("/api/v1/notes", json=sent, headers=OWN)

    assert answer.status_code == 422
    assert [(one["field"], one["code"], one["message"]) for one in answer.json()["problems"]] == [found]
    assert "canary" not in answer.text
    assert "unlucky" not in answer.text


@pytest.mark.parametrize("note_id", ["1", "9" * 5_000, "canary", "00000000-0000-0000-0000-00000000000g"])
def test_a_malformed_id_looks_like_a_missing_thing(client: TestClient, note_id: str) -> None:
    answer = client.get(f"/api/v1/notes/{note_id}")

    assert answer.status_code == 404
    assert "canary" not in answer.text


def test_an_anonymous_visitor_signs_in_and_comes_back(client: TestClient) -> None:
    answer = client.get("/errors/anonymous?cycle=2026&name=%C3%A9")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/errors/anonymous%3Fcycle%3D2026%26name%3D%25C3%25A9"


def test_an_api_client_is_asked_for_its_key(client: TestClient) -> None:
    assert client.get("/api/v1/notes/errors/anonymous").headers["www-authenticate"] == "Bearer"


@pytest.mark.abuse("X10")
def test_a_missing_page_reflects_nothing(client: TestClient) -> None:
    for path in ("/canary<script>", "/api/canary?canary=1"):
        answer = client.get(path)

        assert answer.status_code == 404
        assert "canary" not in answer.text


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    for path, allowed in (("/errors/missing", "GET"), ("/api/v1/notes", "POST")):
        answer = client.delete(path, headers=OWN)

        assert answer.status_code == 405
        assert answer.headers["allow"] == allowed


def test_head_answers_as_get_without_a_body(client: TestClient) -> None:
    for path in ("/page", "/errors/missing", "/errors/fault", "/api/v1/notes/1", "/nowhere"):
        head, get = client.head(path), client.get(path)

        assert head.content == b""
        assert head.status_code == get.status_code
        assert head.headers["content-length"] == get.headers["content-length"]


def test_an_error_page_still_knows_who_is_signed_in(client: TestClient) -> None:
    assert "Ana" in client.get("/errors/locked", headers={"Cookie": "session=1"}).text


def test_an_error_page_that_fails_is_replaced_by_a_plain_one(client: TestClient, app_dir: Path) -> None:
    (app_dir / "web/templates/errors/error.html").write_text("{{ nothing }}")

    answer = client.get("/errors/missing")

    assert answer.status_code == 404
    assert "<h1>Page not found</h1>" in answer.text


def test_the_contract_declares_problem_documents_and_nothing_else_for_refusals(client: TestClient) -> None:
    contract = client.get("/openapi.json").json()

    reference = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    operations = [operation for path in contract["paths"].values() for operation in path.values()]
    declared = [answer for one in operations for status, answer in one["responses"].items() if status >= "400"]
    assert len(declared) > len(operations)
    assert all(answer["content"] == reference for answer in declared)
    assert {"ProblemDocument", "ProblemField"} <= contract["components"]["schemas"].keys()
    assert "HTTPValidationError" not in contract["components"]["schemas"]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Switch the log on, and leave it afterwards as it was."""
    root, client_log = logging.getLogger(), logging.getLogger("httpx2")
    before = root.handlers, root.level, client_log.level
    configure_log()
    client_log.setLevel(logging.WARNING)  # the test's own client would log the addresses that it asks for
    yield capsys
    root.handlers, root.level, client_log.level = before
    structlog.reset_defaults()


@pytest.fixture
def public_client(assets: Assets, templates: Templates) -> TestClient:
    app = FastAPI()
    app.include_router(pages)
    add_edge(app, Settings(base_url=SECURE_URL, development=False), assets, templates)
    return TestClient(app, base_url=SECURE_URL)


@pytest.mark.abuse("D5")
def test_a_fault_is_traced_once_a_minute_without_its_message(
    public_client: TestClient,
    log: pytest.CaptureFixture[str],
) -> None:
    for _ in range(5):
        public_client.get("/errors/fault?secret=canary", headers={"User-Agent": "canary"})

    written = log.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    faults = [line for line in lines if line["event"] == "fault"]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(faults) == 1
    assert faults[0]["trace"][0] == "builtins.RuntimeError"
    assert faults[0]["request_id"] == requests[0]["request_id"]
    assert len(requests) == 5
    assert {(line["method"], line["route"], line["status"]) for line in requests} == {("GET", "/errors/{name}", 500)}
    assert "canary" not in written


@pytest.mark.abuse("O5")
def test_an_answer_that_fails_in_the_middle_stays_unfinished(
    public_client: TestClient,
    log: pytest.CaptureFixture[str],
) -> None:
    answer = public_client.get("/cut")

    assert answer.content == b"the beginning"
    assert "fault" in log.readouterr().err


def test_a_library_s_traceback_is_written_without_its_message(log: pytest.CaptureFixture[str]) -> None:
    try:
        int("canary")
    except ValueError:
        logging.getLogger("some.library").exception("It failed")

    line = json.loads(log.readouterr().err)
    assert line["event"] == "It failed"
    assert line["trace"][0] == "builtins.ValueError"
    assert not any("invalid literal" in text for text in line["trace"])


@pytest.mark.abuse("D5")
def test_a_line_of_the_log_is_one_bounded_line(log: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("readiness").info("agent", agent="a\r\n\x1b[31m" + "x" * 1_000_000)

    written = log.readouterr().err
    assert written.count("\n") == 1
    assert len(written) < 3_000
    assert "\x1b" not in written


@pytest.mark.abuse("D5")
def test_the_memory_of_written_faults_is_bounded(log: pytest.CaptureFixture[str]) -> None:
    faults = FaultLog(shows_messages=True)
    faults.written = dict.fromkeys(map(str, range(1_000)), 0.0)

    faults.record(RuntimeError("the words of development"))

    assert len(faults.written) == 1
    assert "the words of development" in log.readouterr().err


def test_a_busy_answer_of_a_library_gets_a_retry_after_too() -> None:
    plain, told = refusal_of(HTTPException(503, "canary")), refusal_of(HTTPException(429, "canary", {"retry-after": "9"}))

    assert plain is not None
    assert told is not None
    assert (plain.headers, told.headers) == ({"Retry-After": "5"}, {"retry-after": "9"})
    assert "canary" not in plain.detail + told.detail


@pytest.mark.parametrize(("status", "code"), [(418, "bad_request"), (502, "internal")])
def test_a_rare_status_still_gets_words(status: int, code: str) -> None:
    refusal = refusal_of(HTTPException(status))

    assert refusal is not None
    assert (refusal.status, refusal.code) == (status, code)


def test_a_lost_connection_is_a_busy_database_and_a_full_disk_is_named() -> None:
    lost = DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    full = Exception("no space")
    full.sqlstate = "53100"  # type: ignore[attr-defined]  # as psycopg's errors carry it

    codes = [refusal.code for refusal in map(refusal_of, (lost, DBAPIError("INSERT", {}, full))) if refusal]

    assert codes == ["unavailable", "storage_full"]


@pytest.mark.parametrize(
    ("came_from", "is_offered"),
    [
        (f"{BASE_URL}/page?draft=1", True),
        (f"{BASE_URL}/one?draft=1", False),
        ("https://evil.example/page?draft=1", False),
        ("", False),
    ],
)
def test_a_refused_form_offers_the_way_back_to_its_own_page_only(client: TestClient, came_from: str, is_offered: bool) -> None:  # noqa: FBT001 - a case of the table
    answer = client.post("/nothing/here", headers={**OWN, "Referer": came_from})

    assert answer.status_code == 404
    assert ("?draft=1'" in answer.text) is is_offered
    assert "evil.example" not in answer.text
