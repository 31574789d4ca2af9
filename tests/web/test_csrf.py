"""What another site makes a browser send is refused, and changes nothing."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from app.web.csrf import check_csrf_token, csrf_token
from tests.web.sample import BASE_URL, OWN, SAVED, SECRET

SESSION = {"Cookie": "session=1"}
BEARER = {"Authorization": "Bearer abc"}


def test_a_page_of_this_site_may_send_a_form(client: TestClient) -> None:
    answer = client.post("/page", data={"a": "1"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 303
    assert SAVED == [{"a": ("1",)}]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", **OWN},
        {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": BASE_URL.replace("http:", "https:")},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": BASE_URL + ".evil.example"},
        {**BEARER, "Cookie": "session=1", "Origin": "https://evil.example"},
    ],
)
@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
@pytest.mark.abuse("C1", "C2", "C3", "C7")
def test_what_another_site_sends_changes_nothing(client: TestClient, headers: dict[str, str], kind: str) -> None:
    token = csrf_token(SECRET)
    sent = {"data": {"a": "1", "csrf_token": token}}
    if kind == "multipart":
        sent = {"files": {"a": (None, "1"), "csrf_token": (None, token)}}  # type: ignore[dict-item]  # httpx's way to say multipart

    answer = client.post("/page", headers=headers, **sent)  # type: ignore[arg-type]  # either of the two

    assert answer.status_code == 403
    assert SAVED == []


def test_the_sign_in_of_an_anonymous_visitor_needs_a_proof_too(client: TestClient) -> None:
    answer = client.post("/page", data={"a": "1"})

    assert answer.status_code == 403
    assert "What you typed is still in the page you came from." in answer.text
    assert SAVED == []


def test_a_session_without_headers_may_prove_itself_by_its_token(client: TestClient) -> None:
    answer = client.post("/page", data={"a": "1", "csrf_token": csrf_token(SECRET)}, headers=SESSION)

    assert answer.status_code == 303


@pytest.mark.parametrize(
    "token",
    ["", "x", "\u00e9", csrf_token("another session"), csrf_token(SECRET)[:-4], "A" * 86],
    ids=["none", "short", "no ASCII", "of another session", "cut", "made up"],  # tokens differ in each worker of xdist
)
@pytest.mark.abuse("C4")
def test_a_session_needs_its_own_token_even_with_good_headers(client: TestClient, token: str) -> None:
    answer = client.post("/page", data={"a": "1", "csrf_token": token}, headers={**SESSION, **OWN})

    assert answer.status_code == 403
    assert SAVED == []


def test_a_token_sent_twice_is_refused(client: TestClient) -> None:
    tokens = {"csrf_token": [csrf_token(SECRET), csrf_token(SECRET)]}

    assert client.post("/page", data=tokens, headers={**SESSION, **OWN}).status_code == 403


@pytest.mark.abuse("C8")
def test_an_api_key_without_a_cookie_passes(client: TestClient) -> None:
    headers = {**BEARER, "Sec-Fetch-Site": "cross-site"}

    assert client.post("/api/v1/notes", json={"text": "abc"}, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [SESSION, {**SESSION, **BEARER}])
@pytest.mark.abuse("K11")
def test_a_cookie_under_the_api_needs_a_proving_header(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/notes", json={"text": "abc"}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "cross_site"


def test_reading_needs_no_proof(client: TestClient) -> None:
    assert client.get("/page", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.abuse("C10")
def test_no_origin_is_ever_allowed_to_read(client: TestClient) -> None:
    answer = client.get("/api/v1/notes/errors/conflict", headers={"Origin": "https://evil.example", "Cookie": "session=1"})

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.abuse("C11")
def test_a_token_looks_different_each_time_and_means_the_same() -> None:
    tokens = {csrf_token(SECRET) for _ in range(20)}

    assert len(tokens) == 20
    assert all(check_csrf_token(token, SECRET) for token in tokens)
    assert not any(check_csrf_token(token, "another session") for token in tokens)


def test_accounts_may_supply_the_secret_whatever_the_order_of_parameters(app: FastAPI, client: TestClient) -> None:
    async def found(_request: Request) -> str:
        return "a secret from accounts"

    app.state.csrf_secret = found

    refused = client.post("/page", data={"a": "1"}, headers=OWN)
    taken = client.post("/page", data={"a": "1", "csrf_token": csrf_token("a secret from accounts")}, headers=OWN)

    assert (refused.status_code, taken.status_code) == (403, 303)
