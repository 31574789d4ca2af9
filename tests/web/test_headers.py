"""Every answer carries the protective headers, whatever made it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.config import Settings
from app.web.assets import Assets
from app.web.edge import add_edge
from app.web.headers import CONTENT_SECURITY_POLICY
from app.web.templating import Templates
from tests.web.sample import OWN


@pytest.mark.abuse("X6")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/page"),
        ("POST", "/page"),
        ("GET", "/nowhere"),
        ("DELETE", "/page"),
        ("GET", "/errors/fault"),
        ("GET", "/errors/locked"),
        ("GET", "/api/v1/notes/errors/fault"),
        ("GET", "/%ff"),
        ("GET", "/static/x/css/base.css"),
        ("GET", "/static/x/nothing"),
        ("FOO", "/page"),
    ],
)
@pytest.mark.abuse("C9")
def test_every_answer_is_protected(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, headers=OWN)

    headers = answer.headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["permissions-policy"]
    assert headers["cache-control"]
    assert len(headers["x-request-id"]) == 36
    assert "server" not in headers
    assert "strict-transport-security" not in headers


def test_answers_are_not_stored_and_differ_by_who_asks(client: TestClient) -> None:
    answer = client.get("/page")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept-Language, Cookie, Authorization"


def test_what_a_handler_says_an_answer_differs_by_stands_in_the_same_header(client: TestClient) -> None:
    answer = client.get("/by-language")

    assert answer.headers.get_list("vary") == ["Accept-Language, cookie, Authorization"]


def test_a_public_answer_keeps_its_own_caching(client: TestClient) -> None:
    answer = client.get("/cached")

    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "vary" not in answer.headers


def test_a_public_server_demands_https(assets: Assets, templates: Templates) -> None:
    app = FastAPI()
    add_edge(app, Settings(base_url="https://readiness.example", development=False), assets, templates)

    answer = TestClient(app, base_url="https://readiness.example").get("/")

    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_request_ids_are_never_the_client_s(client: TestClient) -> None:
    ids = {client.get("/page", headers={"X-Request-Id": "mine"}).headers["x-request-id"] for _ in range(3)}

    assert len(ids) == 3
    assert "mine" not in ids
