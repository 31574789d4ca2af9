"""What is refused before a handler runs."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.config import Settings
from app.web import limits
from app.web.forms import MOST_FIELDS
from app.web.limits import LONGEST_ADDRESS, LONGEST_HEADERS
from tests.coroutines import finish
from tests.web.sample import OWN, SAVED

JSON = {"Content-Type": "application/json", **OWN}
FORM = {"Content-Type": "application/x-www-form-urlencoded", **OWN}


def exchange(app: FastAPI, method: str, path: bytes, *, query: bytes = b"", parts: list[Message] | None = None) -> list[Message]:
    """Speak ASGI directly: a client library would tidy the request first."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"origin", b"http://127.0.0.1:8000"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    waiting = list(parts or [{"type": "http.request", "body": b"", "more_body": False}])
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    finish(app(scope, receive, send))
    return sent


def status_of(sent: list[Message]) -> int:
    return int(sent[0]["status"])


@pytest.mark.abuse("A5")
def test_a_body_over_the_limit_is_refused_by_its_announced_length(client: TestClient) -> None:
    answer = client.post("/api/v1/notes", content=b"x" * 100_001, headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.abuse("J1")
def test_a_body_without_a_length_is_refused_while_it_streams(app: FastAPI) -> None:
    taken = 0

    def parts() -> Iterator[Message]:
        nonlocal taken
        for _ in range(600):
            taken += 1
            yield {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

    chunks = parts()

    async def receive() -> Message:
        return next(chunks)

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/notes",
        "raw_path": b"/api/v1/notes",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")],
        "state": {},
    }
    finish(app(scope, receive, send))

    assert status_of(sent) == 413
    assert taken == 2


def test_a_page_form_over_the_limit_gets_a_page(client: TestClient) -> None:
    answer = client.post("/page", data={"text": "x" * 100_001}, headers=OWN)

    assert answer.status_code == 413
    assert "<h1>What was sent is too large</h1>" in answer.text


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 5_000])
def test_a_strange_content_length_is_refused(client: TestClient, length: str) -> None:
    answer = client.post("/api/v1/notes", content=b"{}", headers={**JSON, "Content-Length": length})

    assert answer.status_code in {400, 413}


@pytest.mark.abuse("J16")
def test_a_client_that_leaves_in_the_middle_changes_nothing(app: FastAPI, capsys: pytest.CaptureFixture[str]) -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b'{"text": "abc"', "more_body": True},
        {"type": "http.disconnect"},
    ]

    sent = exchange(app, "POST", b"/api/v1/notes", parts=parts)

    assert sent == []
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.abuse("J2", "J3", "J4", "J5", "J6")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not valid JSON"),
        (b'{"text": "a", "text": "b"}', "same key twice"),
        (b'{"number": NaN}', "NaN"),
        (b'{"number": -Infinity}', "NaN"),
        (b'{"share": 1e400}', "too large"),
        (b'{"number": 9223372036854775808}', "64 bits"),
        (b'{"number": -9223372036854775809}', "64 bits"),
        (b'{"number": ' + b"9" * 5_000 + b"}", "64 bits"),
        (b'{"text": "\\ud800"}', "half of a character"),
        (b'{"\\udc00": 1}', "half of a character"),
        (b'{"text": "\\u0000"}', "NUL"),
        (b'{"text": "\x00"}', "not valid JSON"),
        (b'{"text": "\xff"}', "UTF-8"),
        (b'\xef\xbb\xbf{"text": "a"}', "not valid JSON"),
        ('{"text": "a"}'.encode("utf-16"), "UTF-8"),
        (b"[" * 51 + b"]" * 51, "50 levels"),
        (b"[" * 49_000, "50 levels"),
        (b'{"a":' * 51 + b"1" + b"}" * 51, "50 levels"),
    ],
)
def test_json_that_programs_read_differently_is_refused_in_words_that_quote_nothing(
    client: TestClient,
    body: bytes,
    words: str,
) -> None:
    answer = client.post("/api/v1/notes", content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_json"
    assert words in answer.json()["detail"]


def test_json_at_its_limits_is_taken(client: TestClient) -> None:
    body = b"[" * 50 + b'9223372036854775807, "\\ud83d\\ude00 \\\\u0000", -0.0' + b"]" * 50

    answer = client.put("/api/v1/notes/any", content=body, headers=JSON)

    assert answer.status_code == 200
    assert answer.json() == {"kind": "list"}


def test_large_json_is_checked_too(client: TestClient) -> None:
    answer = client.post("/api/v1/notes", content=b'{"text": "' + b"x" * 80_000 + b'", "text": 1}', headers=JSON)

    assert answer.json()["code"] == "bad_json"


@pytest.mark.abuse("J9")
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "json"]
)
@pytest.mark.abuse("C5")
def test_the_api_takes_json_only(client: TestClient, kind: str) -> None:
    answer = client.post("/api/v1/notes", content=b'{"text": "abc"}', headers={"Content-Type": kind, **OWN})

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media"


def test_json_in_another_charset_is_refused(client: TestClient) -> None:
    headers = {"Content-Type": "application/json; charset=utf-16", **OWN}

    assert client.post("/api/v1/notes", content=b'{"text": "abc"}', headers=headers).status_code == 415


@pytest.mark.abuse("J10")
@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
def test_a_compressed_request_is_refused(client: TestClient, coding: str) -> None:
    answer = client.post("/api/v1/notes", content=b"{}", headers={**JSON, "Content-Encoding": coding})

    assert answer.status_code == 415


@pytest.mark.abuse("J6", "J8")
@pytest.mark.parametrize(
    "path",
    [
        b"/%ff",
        b"/%c0%af",
        b"/%00",
        b"/a%0d%0ab",
        b"/%zz",
        b"/%",
        b"/%2e%2e/page",
        b"/./page",
        b"/../page",
        b"/page%2F",
        b"/%5cpage",
        b"/\\page",
        b"/%ed%a0%80",
    ],
)
def test_a_path_that_reads_two_ways_is_refused(app: FastAPI, path: bytes) -> None:
    assert status_of(exchange(app, "GET", path)) == 400


@pytest.mark.parametrize("path", [b"//page", b"/page/", b"/PAGE", b"/page;a=b", b"@evil", b"/page.css"])
def test_a_path_in_another_spelling_is_another_path(app: FastAPI, path: bytes) -> None:
    assert status_of(exchange(app, "GET", path)) == 404


@pytest.mark.parametrize("query", [b"q=%ff", b"q=%00", b"q=%zz"])
def test_a_query_that_is_no_text_is_refused(app: FastAPI, query: bytes) -> None:
    assert status_of(exchange(app, "GET", b"/page", query=query)) == 400


def test_a_query_in_any_script_is_read(client: TestClient) -> None:
    assert "\u0442\u0435\u0441\u0442" in client.get("/page", params={"q": "\u0442\u0435\u0441\u0442"}).text


@pytest.mark.abuse("J13")
def test_a_long_address_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/" + "x" * LONGEST_ADDRESS)

    assert answer.status_code == 414
    assert answer.json()["code"] == "address_too_long"


@pytest.mark.abuse("J13")
def test_long_headers_are_refused(client: TestClient) -> None:
    assert client.get("/page", headers={"X-Long": "x" * LONGEST_HEADERS}).status_code == 431


def test_a_header_sent_twice_is_refused(client: TestClient) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Type", "text/plain"), ("Origin", OWN["Origin"])]

    assert client.post("/api/v1/notes", content=b"{}", headers=headers).status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO", "get"])
def test_an_unknown_method_is_refused_and_the_known_ones_are_named(app: FastAPI, method: str) -> None:
    sent = exchange(app, method, b"/page")

    assert status_of(sent) == 405
    assert b"GET" in dict(sent[0]["headers"])[b"allow"]


def test_a_method_cannot_be_overridden(client: TestClient) -> None:
    answer = client.get("/page?_method=DELETE", headers={"X-HTTP-Method-Override": "DELETE"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:8000@evil.example", "", "127.0.0.1 ", "localhost/x"]
)
def test_an_unlisted_host_gets_nothing(client: TestClient, host: str) -> None:
    answer = client.get("/page", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST"])
def test_a_listed_host_is_served_on_any_port(client: TestClient, host: str) -> None:
    assert client.get("/page", headers={"Host": host}).status_code == 200


@pytest.mark.abuse("J14")
def test_a_form_with_too_many_fields_is_refused(client: TestClient) -> None:
    answer = client.post("/page", content="&".join(["a=1"] * (MOST_FIELDS + 1)), headers=FORM)

    assert answer.status_code == 413
    assert SAVED == []


@pytest.mark.abuse("J14")
@pytest.mark.parametrize(
    "body",
    [
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\na\r\n' for _ in range(1_000))
        + b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="' + b"a" * 990_000 + b'"\r\n\r\na\r\n--x--\r\n',
        b"--x\r\nX-Long: " + b"a" * 990_000,
    ],
    ids=["a thousand files", "a part's long name", "a part's long header"],
)
def test_a_form_in_parts_with_too_many_or_too_long_ones_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/page", content=body, headers={**OWN, "Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code in {400, 413}
    assert SAVED == []


@pytest.mark.parametrize("body", ["a=%00", "a=%ff", "a=%ed%a0%80", "a=\0"])
def test_a_form_that_is_no_text_is_refused(client: TestClient, body: str) -> None:
    assert client.post("/page", content=body, headers=FORM).status_code == 400
    assert SAVED == []


@pytest.mark.abuse("J12")
def test_a_body_that_does_not_come_is_given_up(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_BODY_SECONDS", 0.05)
    begun: list[Message] = [{"type": "http.request", "body": b'{"text": "ab', "more_body": True}]
    sent: list[Message] = []

    async def receive() -> Message:
        if not begun:
            await anyio.sleep_forever()
        return begun.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"90")]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/api/v1/notes", "raw_path": b"/api/v1/notes"}
    finish(
        app({**scope, "query_string": b"", "headers": [*headers, (b"origin", b"http://localhost")], "state": {}}, receive, send)
    )

    assert status_of(sent) == 408
    assert b"too_slow" in sent[1]["body"]


def test_since_when_a_request_waits_is_not_kept_from_the_start_of_the_server(settings: Settings) -> None:
    """Every request's state begins as a copy of what the lifespan left in its own."""
    kept: dict[str, object] = {}

    async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    async def never() -> Message:
        raise AssertionError

    async def ignored(_message: Message) -> None:
        return

    finish(limits.WholeBody(nothing, settings)({"type": "lifespan", "state": kept}, never, ignored))

    assert kept == {}
