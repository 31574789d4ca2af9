"""What the whole program answers to a stranger: protected, without news from inside, and nothing that is not meant for all."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient

from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import PROJECT

BASE = "https://readiness.example.org"
DUE = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
JSON = {"Content-Type": "application/json"}
ASKED = [
    ("GET", "/", 200, b"", {}),
    ("HEAD", "/", 200, b"", {}),
    ("GET", "/nowhere", 404, b"", {}),
    ("DELETE", "/", 405, b"", {}),
    ("OPTIONS", "/", 405, b"", {}),
    ("OPTIONS", "/api/v1/economies", 405, b"", {}),
    ("GET", "/api/v1/economies?offset=x", 422, b"", {}),
    ("GET", "/static/nothing", 404, b"", {}),
    ("POST", "/api/v1/me/keys", 413, b"x" * 2_000_000, JSON),
    ("GET", "/%00", 400, b"", {}),
    ("GET", "/", 400, b"", {"Host": "evil.example"}),
    ("GET", "/", 431, b"", {"X-Long": "x" * 40_000}),
    ("POST", "/sign-in", 403, b"", {"Origin": "https://evil.example"}),
]
THIRD_PARTY = re.compile(r"""(?:src|srcset|href|action|data|poster)\s*=\s*["'](?:https?:)?//(?!readiness\.example\.org)""")


@pytest.fixture
def public(database: Database, settings: Settings) -> FastAPI:
    update = {"base_url": BASE, "development": False, "embedded_worker": False}
    return create_app(settings.model_copy(update=update), database)


@pytest.fixture
def stranger(public: FastAPI) -> TestClient:
    return TestClient(public, base_url=BASE, follow_redirects=False, raise_server_exceptions=False)


@pytest.mark.abuse("H4", "H3", "L7")
@only_sqlite
@pytest.mark.parametrize(("method", "path", "status", "body", "headers"), ASKED)
def test_every_answer_of_the_program_is_protected(
    stranger: TestClient, method: str, path: str, status: int, body: bytes, headers: dict[str, str]
) -> None:
    answer = stranger.request(method, path, content=body, headers=headers)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in DUE} == DUE
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    assert answer.headers["x-request-id"]


@pytest.mark.abuse("L5", "H4")
@only_sqlite
def test_a_fault_tells_nothing_from_inside(public: FastAPI, stranger: TestClient) -> None:
    def fail() -> None:
        message = "SELECT secret FROM person WHERE canary"
        raise RuntimeError(message)

    public.add_api_route("/nothing-works", fail)
    public.add_api_route("/api/v1/nothing-works", fail)

    for path in ("/nothing-works", "/api/v1/nothing-works"):
        answer = stranger.get(path)

        assert answer.status_code == 500
        assert {name: answer.headers.get(name) for name in DUE} == DUE
        assert not re.search(r"Traceback|canary|SELECT|RuntimeError|\.py", answer.text)
        assert answer.headers["x-request-id"] in answer.text


@pytest.mark.abuse("L6")
@only_sqlite
@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/api/v1/metrics", "/health", "/debug"])
def test_metrics_are_not_served_where_people_are(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 404


@pytest.mark.abuse("L6")
@only_sqlite
def test_no_metric_names_an_economy_or_an_address(public: FastAPI, stranger: TestClient) -> None:
    for path in ("/economies/NZL", "/nowhere/CANARY", "/invitations/CANARY", "/api/v1/releases/CANARY"):
        stranger.get(path)
    stranger.request("CANARY", "/")

    labels = {
        value
        for family in public.state.meters.registry.collect()
        for sample in family.samples
        for name, value in sample.labels.items()
        if name in {"method", "route", "act", "result"}
    }

    assert "/invitations/{token}" in labels
    assert [label for label in labels if "CANARY" in label or "NZL" in label] == []


@pytest.mark.abuse("H8")
@only_sqlite
@pytest.mark.parametrize("path", ["/", "/sign-in", "/benchmarks", "/forgotten-password", "/api/v1/docs", "/nowhere"])
def test_pages_load_nothing_from_others(stranger: TestClient, path: str) -> None:
    page = stranger.get(path).text
    loaded = re.findall(r"<(?:link|script|img|iframe|form|source|object|embed)\b[^>]*>", page)

    assert loaded
    assert [tag for tag in loaded if THIRD_PARTY.search(tag)] == []


@pytest.mark.abuse("H5")
@only_sqlite
@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/.git/config", "/.env", "/pyproject.toml", "/var/readiness.db"]
)
def test_what_is_not_meant_for_all_is_not_there(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 404


@pytest.mark.abuse("H6")
@only_sqlite
def test_the_routes_are_those_of_the_list(public: FastAPI) -> None:
    """A route that comes or goes is seen by whoever reads the change; renew the list with `python -m tools.routes`."""
    found = {
        f"{method} {context.path_format}"
        for context in iter_route_contexts(public.routes)
        if isinstance(context.route, APIRoute)
        for method in context.methods or ()
    }

    assert sorted(found) == (PROJECT / "docs" / "routes.txt").read_text(encoding="utf-8").splitlines()
