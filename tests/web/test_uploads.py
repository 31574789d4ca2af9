"""Bodies that hold a file: an own limit for their addresses alone, little memory, and a refusal that is seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.kit.errors import BadRequest, NotSignedIn, TooLarge, Unavailable, UnsupportedMedia
from app.web.beside_file import TextBesideFile
from app.web.uploads import AT_ONCE, OF_ONE_SESSION, Uploads
from tests.coroutines import finish

PATHS = re.compile(r"/things/[0-9]+/file")
LARGEST = 1_000_000
MULTIPART = (b"content-type", b"multipart/form-data; boundary=x")
COOKIE = (b"cookie", b"session=x")


def scope_of(path: str = "/things/1/file", method: str = "POST", headers: list[tuple[bytes, bytes]] | None = None) -> Scope:
    return {"type": "http", "method": method, "path": path, "headers": [MULTIPART, COOKIE] if headers is None else headers}


class Exchange:
    """One request at the layer: how many bytes were taken, and what the application saw."""

    def __init__(self, chunks: Iterator[bytes], *, leaves: bool = False) -> None:
        self.chunks = chunks
        self.leaves = leaves
        self.taken = 0
        self.seen: list[bytes] = []

    async def receive(self) -> Message:
        chunk = next(self.chunks, None)
        if chunk is None:
            return {"type": "http.disconnect"} if self.leaves else {"type": "http.request", "body": b"", "more_body": False}
        self.taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def app(self, scope: Scope, receive: Receive, _send: Send) -> None:
        assert scope["state"]["takes_a_file"] is True
        self.seen.append((await receive())["body"])

    async def send(self, _message: Message) -> None:
        """Nobody answers here."""

    def run(self, uploads: Uploads, scope: Scope) -> None:
        finish(uploads.serve(self.app, scope, self.receive, self.send))


def chunks(size: int, of: int = 100_000) -> Iterator[bytes]:
    yield from (b"x" * of for _ in range(size // of))


@pytest.fixture
def uploads() -> Uploads:
    return Uploads(PATHS, {"x", "y"}.__contains__, LARGEST, "session")


def test_without_a_sessions_cookie_nothing_is_kept_but_the_text_beside_the_file(uploads: Uploads) -> None:
    scope = scope_of(headers=[MULTIPART])
    sent = b'--x\r\nContent-Disposition: form-data; name="file_title"\r\n\r\nThe decree\r\n--x--\r\n'

    with pytest.raises(NotSignedIn):
        Exchange(iter([sent])).run(uploads, scope)

    assert scope["state"]["form"].first("file_title") == "The decree"
    assert uploads.free == AT_ONCE * uploads.limit


@pytest.mark.parametrize("disposition", [b"form-data; name=a", b"form-data; name=a; filename=b"], ids=["text", "file"])
def test_of_more_parts_than_any_form_has_none_is_kept_and_the_rest_is_not_even_read(disposition: bytes) -> None:
    """Twenty megabytes of tiny parts would keep the event loop busy for seconds."""
    part = b"--x\r\nContent-Disposition: " + disposition + b"\r\n\r\n\r\n"
    beside = TextBesideFile("multipart/form-data; boundary=x")

    for _ in range(3):
        beside.take(part * 1_000)

    assert beside.parts == 101
    assert beside.form().names() == ()


@pytest.mark.parametrize(
    ("scope", "is_taken"),
    [
        (scope_of(), True),
        (scope_of("/things/1/file/"), False),
        (scope_of("/things/1"), False),
        (scope_of("/things/1/file", "PUT"), False),
        (scope_of("/x/things/1/file"), False),
        (scope_of(headers=[MULTIPART]), True),
        (scope_of(headers=[MULTIPART, (b"cookie", b"other=x")]), True),
        (scope_of(headers=[(b"content-type", b"application/json")]), False),
        (scope_of(headers=[MULTIPART, (b"cookie", b"other=x; session=x")]), True),
    ],
)
def test_only_the_addresses_that_take_a_file_have_the_larger_limit(uploads: Uploads, scope: Scope, is_taken: bool) -> None:  # noqa: FBT001 - a case
    assert uploads.are_taken_at(scope) is is_taken


def test_a_file_within_the_limit_arrives_whole_and_its_memory_is_given_back(uploads: Uploads) -> None:
    exchange = Exchange(chunks(LARGEST))
    free = uploads.free

    exchange.run(uploads, scope_of())

    assert exchange.seen == [b"x" * LARGEST]
    assert uploads.free == free


@pytest.mark.abuse("F3")
@pytest.mark.parametrize("announced", ["200000000", "1"])
def test_two_hundred_megabytes_are_read_to_the_end_and_refused_with_the_cap(uploads: Uploads, announced: str) -> None:
    """A browser shows an answer only when it has sent everything; nothing of it is kept meanwhile."""
    exchange = Exchange(chunks(200_000_000, 1_000_000))
    free = uploads.free

    with pytest.raises(TooLarge) as refused:
        exchange.run(uploads, scope_of(headers=[MULTIPART, COOKIE, (b"content-length", announced.encode())]))

    assert exchange.taken == 200_000_000
    assert exchange.seen == []
    assert "1 MB" in refused.value.detail
    assert uploads.free == free


def test_an_endless_body_is_cut_off(uploads: Uploads) -> None:
    def endless() -> Iterator[bytes]:
        chunk = b"x" * 10_000_000
        while True:
            yield chunk

    exchange = Exchange(endless())

    with pytest.raises(TooLarge):
        exchange.run(uploads, scope_of())
    assert exchange.taken < 1_100_000_000


@pytest.mark.abuse("F3")
def test_only_a_few_files_are_in_memory_at_once(uploads: Uploads) -> None:
    uploads.free = AT_ONCE * 100_000
    exchange = Exchange(chunks(LARGEST))

    with pytest.raises(Unavailable):
        exchange.run(uploads, scope_of())
    assert uploads.free == AT_ONCE * 100_000


@pytest.mark.abuse("F4", "J16")
def test_a_client_that_leaves_in_the_middle_has_changed_nothing(uploads: Uploads) -> None:
    """J16."""
    exchange = Exchange(chunks(500_000), leaves=True)
    free = uploads.free

    exchange.run(uploads, scope_of())

    assert exchange.seen == []
    assert uploads.free == free


def test_what_is_no_form_with_a_file_is_refused(uploads: Uploads) -> None:
    with pytest.raises(UnsupportedMedia):
        Exchange(chunks(0)).run(uploads, scope_of(headers=[(b"content-type", b"text/plain"), COOKIE]))
    for length in (b"-1", b"1e3", "\u00b2".encode("latin-1")):
        with pytest.raises(BadRequest):
            Exchange(chunks(0)).run(uploads, scope_of(headers=[MULTIPART, COOKIE, (b"content-length", length)]))


def test_of_who_is_not_signed_in_nothing_is_kept(uploads: Uploads) -> None:
    """Any cookie can be made up; an endless body with one is read no further than a file may be large."""
    least_free: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            least_free.append(uploads.free)
            yield b"x" * 100_000

    exchange = Exchange(endless())

    with pytest.raises(NotSignedIn):
        exchange.run(uploads, scope_of(headers=[MULTIPART, (b"cookie", b"session=made-up")]))

    assert set(least_free) == {AT_ONCE * uploads.limit}
    assert exchange.taken <= uploads.limit + 100_000
    assert not uploads.arriving


@pytest.mark.abuse("F3")
def test_one_session_sends_two_files_at_a_time_and_others_are_not_kept_waiting(uploads: Uploads) -> None:
    seen: list[str] = []
    other = scope_of(headers=[MULTIPART, (b"cookie", b"session=y")])

    def served(then: Callable[[], Coroutine[None, None, None]], scope: Scope) -> Coroutine[None, None, None]:
        async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
            seen.append("served")
            await then()

        exchange = Exchange(chunks(200_000))
        return uploads.serve(app, scope, exchange.receive, exchange.send)

    async def nothing_more() -> None:
        assert sum(uploads.arriving.values()) == OF_ONE_SESSION + 1

    async def a_third() -> None:
        with pytest.raises(Unavailable, match="Two files of yours"):
            await served(nothing_more, scope_of())
        await served(nothing_more, other)

    finish(served(lambda: served(a_third, scope_of()), scope_of()))

    assert len(seen) == OF_ONE_SESSION + 1
    assert (uploads.free, uploads.arriving) == (AT_ONCE * uploads.limit, {})


@pytest.mark.abuse("J12")
@pytest.mark.parametrize(("pause", "is_let_go"), [(0.1, True), (0.002, False)], ids=["slow", "fast-enough"])
def test_who_sends_too_slowly_is_let_go_and_gives_the_memory_back(
    uploads: Uploads,
    monkeypatch: pytest.MonkeyPatch,
    pause: float,
    is_let_go: bool,  # noqa: FBT001 - a case
) -> None:
    """A thousand bytes at a time: 10 kB a second, or several hundred."""
    monkeypatch.setattr("app.web.uploads._GRACE_SECONDS", 0.3)
    exchange = Exchange(chunks(100_000, 1_000))

    async def drip() -> Message:
        await anyio.sleep(pause)
        return await exchange.receive()

    if is_let_go:
        with pytest.raises(BadRequest, match="took too long"):
            finish(uploads.serve(exchange.app, scope_of(), drip, exchange.send))
    else:
        finish(uploads.serve(exchange.app, scope_of(), drip, exchange.send))

    assert bool(exchange.seen) is not is_let_go
    assert exchange.taken < 20_000 or not is_let_go
    assert (uploads.free, uploads.arriving) == (AT_ONCE * uploads.limit, {})
