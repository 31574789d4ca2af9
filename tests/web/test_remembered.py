"""What is kept of public answers, when it is sent again, and when it no longer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.config import Settings
from app.web.remembered import Remembered
from tests.coroutines import finish

PUBLIC = {"Cache-Control": "public, max-age=60", "ETag": '"one"', "Last-Modified": "Sun, 29 Nov 2026 01:00:00 GMT"}
HOST = (b"host", b"127.0.0.1:8000")


class Stamp:
    """A stamp that tests turn."""

    def __init__(self) -> None:
        self.value: object = 1
        self.is_due = False
        self.reads = 0

    def refresh(self) -> None:
        self.reads += 1
        self.is_due = False


@dataclass
class Inner:
    """The rest of the program: counts how often it is asked, and what it was told."""

    headers: Mapping[str, str] = field(default_factory=lambda: dict(PUBLIC))
    body: bytes = b"body"
    status: int = 200
    asked: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        await Response(self.body, self.status, {**self.headers, "X-Request-ID": str(len(self.asked))})(scope, receive, send)


@dataclass
class Count:
    """A request that was counted."""

    refused: object | None = None
    settled: list[int] = field(default_factory=list)

    def finish(self, status: int) -> Sequence[tuple[bytes, bytes]]:
        self.settled.append(status)
        return [(b"ratelimit", b"mine")]


@dataclass
class Edge:
    """The layer over it, asked without a server."""

    inner: Inner = field(default_factory=Inner)
    stamp: Stamp = field(default_factory=Stamp)
    count: Count = field(default_factory=Count)
    most_bytes: int = 1_000_000

    def __post_init__(self) -> None:
        self.layer = Remembered(self.inner, Settings(), self.stamp, ("/api/v1/releases",), self.counts, self.most_bytes)

    async def counts(self, _scope: Scope) -> Count:
        return self.count

    def get(
        self, path: str = "/api/v1/releases", *headers: tuple[bytes, bytes], method: str = "GET", query: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [*([] if any(name == b"host" for name, _ in headers) else [HOST]), *headers],
            "state": {},
        }
        finish(self.layer(scope, receive, send))
        start, *parts = sent
        named = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], named, b"".join(part.get("body", b"") for part in parts)


def test_the_second_answer_comes_from_memory_with_an_id_of_its_own() -> None:
    edge = Edge()

    first, second = edge.get(), edge.get()

    assert len(edge.inner.asked) == 1
    assert (first[0], first[2]) == (second[0], second[2]) == (200, b"body")
    assert first[1]["x-request-id"] == "1"
    assert len(second[1].pop("x-request-id")) == 36
    assert second[1] == {**{name: value for name, value in first[1].items() if name != "x-request-id"}, "ratelimit": "mine"}


@pytest.mark.parametrize(
    "headers",
    [
        {**PUBLIC, "Cache-Control": "no-store"},
        {**PUBLIC, "Cache-Control": "private, no-cache"},
        {**PUBLIC, "Cache-Control": "public, max-age=0, must-revalidate"},
        {**PUBLIC, "Set-Cookie": "session=secret"},
        {"Cache-Control": "public"},
    ],
)
def test_what_is_somebodys_own_is_never_kept(headers: dict[str, str]) -> None:
    edge = Edge(Inner(headers))

    edge.get()
    edge.get()

    assert len(edge.inner.asked) == 2
    assert edge.layer.kept == {}


@pytest.mark.parametrize("status", [307, 400, 404, 406, 429, 500])
def test_only_whole_answers_are_kept(status: int) -> None:
    edge = Edge(Inner(status=status))

    assert [edge.get()[0], edge.get()[0]] == [status, status]
    assert len(edge.inner.asked) == 2


def test_another_address_another_question_another_form_are_others() -> None:
    edge = Edge()
    edge.get()

    edge.get("/api/v1/releases/x")
    edge.get(query=b"page=2")
    edge.get("/api/v1/releases", (b"accept", b"text/csv"))
    edge.get("/api/v1/releases", (b"accept-encoding", b"gzip"))
    assert len(edge.inner.asked) == 5
    edge.get("/api/v1/releases", (b"accept-encoding", b"br"))  # takes no gzip, as the first
    assert len(edge.inner.asked) == 5


def test_another_stamp_makes_everything_that_is_kept_worthless() -> None:
    edge = Edge()
    edge.get()
    edge.stamp.value, edge.inner.body = 2, b"without the score"

    assert edge.get()[2] == b"without the score"


def test_a_stamp_that_is_due_is_read_before_anything_is_sent() -> None:
    edge = Edge()
    edge.get()
    edge.stamp.is_due = True

    edge.get()

    assert (edge.stamp.reads, len(edge.inner.asked)) == (1, 1)


def test_an_answer_that_was_begun_under_an_older_stamp_is_not_sent_again() -> None:
    edge = Edge()

    async def turn(scope: Scope, receive: Receive, send: Send) -> None:
        await edge.inner(scope, receive, send)
        edge.stamp.value = 2  # a withdrawal is committed while the answer is made

    edge.layer.app = turn
    edge.get()
    edge.get()

    assert len(edge.inner.asked) == 2


@pytest.mark.parametrize(
    "condition",
    [
        (b"if-none-match", b'"one"'),
        (b"if-none-match", b'"zero", W/"one"'),
        (b"if-none-match", b"*"),
        (b"if-modified-since", b"Sun, 29 Nov 2026 01:00:00 GMT"),
    ],
)
def test_who_has_it_already_gets_304_also_the_first_time(condition: tuple[bytes, bytes]) -> None:
    edge = Edge()

    first, second = edge.get("/api/v1/releases", condition), edge.get("/api/v1/releases", condition)

    assert (first[0], first[2], second[0], second[2]) == (304, b"", 304, b"")
    assert len(edge.inner.asked) == 1
    assert "content-length" not in second[1]
    assert second[1]["etag"] == '"one"'
    assert edge.get()[2] == b"body"


@pytest.mark.parametrize(
    "condition",
    [(b"if-none-match", b'"two"'), (b"if-modified-since", b"Sat, 28 Nov 2026 01:00:00 GMT"), (b"if-modified-since", b"x")],
)
def test_who_has_another_gets_the_whole(condition: tuple[bytes, bytes]) -> None:
    edge = Edge()

    assert [edge.get("/api/v1/releases", condition)[0] for _ in range(2)] == [200, 200]


def test_head_is_answered_without_a_body_and_is_never_what_is_kept() -> None:
    edge = Edge()

    edge.get(method="HEAD")
    assert edge.layer.kept == {}
    edge.get()
    status, headers, body = edge.get(method="HEAD")

    assert (status, headers["content-length"], body) == (200, "4", b"")
    assert len(edge.inner.asked) == 2


@pytest.mark.parametrize(
    ("path", "header", "method"),
    [
        ("/api/v1/me", (b"accept", b"*/*"), "GET"),
        ("/api/v1/releases", (b"host", b"evil.example"), "GET"),
        ("/api/v1/releases", (b"range", b"bytes=0-1"), "GET"),
        ("/api/v1/releases", (b"content-length", b"2"), "GET"),
        ("/api/v1/releases", (b"accept", b"*/*"), "POST"),
    ],
)
def test_everything_else_is_passed_on(path: str, header: tuple[bytes, bytes], method: str) -> None:
    edge = Edge()
    edge.get()

    edge.get(path, header, method=method)
    edge.get(path, header, method=method)

    assert len(edge.inner.asked) >= 2
    assert edge.inner.asked[-1]["method"] == method


def test_two_hosts_are_none() -> None:
    edge = Edge()
    edge.get()
    edge.get("/api/v1/releases", HOST, HOST)

    assert len(edge.inner.asked) == 2


def test_every_answer_from_memory_is_counted_and_says_so() -> None:
    edge = Edge(Inner({**PUBLIC, "RateLimit": "of somebody else", "RateLimit-Policy": "theirs"}))

    assert edge.get()[1]["ratelimit"] == "of somebody else"
    kept = edge.get("/api/v1/releases", (b"if-none-match", b'"one"'))[1]
    assert kept["ratelimit"] == "mine"
    assert "ratelimit-policy" not in kept
    assert edge.count.settled == [304]


def test_what_the_limits_refuse_goes_the_whole_way() -> None:
    edge = Edge()
    edge.get()
    edge.count.refused = "too many"

    edge.get()

    assert (len(edge.inner.asked), edge.count.settled) == (2, [])


def test_memory_is_bounded_and_what_was_not_asked_for_longest_goes_first() -> None:
    edge = Edge(Inner(body=b"x" * 10_000), most_bytes=100_000)
    for number in range(20):
        edge.get(query=str(number).encode())
        edge.get(query=b"0")

    assert edge.layer.bytes <= 100_000
    assert edge.layer.bytes == sum(kept.size for kept in edge.layer.kept.values())
    assert [key[1] for key in edge.layer.kept][-1] == b"0"
    assert sum(scope["query_string"] == b"0" for scope in edge.inner.asked) == 1


def test_what_is_too_large_is_sent_and_not_kept() -> None:
    edge = Edge(Inner(body=b"x" * 10_000_000), most_bytes=64_000_000)

    assert len(edge.get()[2]) == 10_000_000
    assert edge.layer.kept == {}
