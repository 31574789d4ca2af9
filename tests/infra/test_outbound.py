"""The only way out: S1, and every door that stays closed."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.infra.outbound import MOST_REDIRECTS, Answered, RefusedAddress, Unreachable, fetch, is_public, literal

INSIDE = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "0",
    "0.0.0.0",  # noqa: S104 - an address to refuse, not one to listen at
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "0.1.2.3",
    "100.100.100.200",  # where one cloud answers its own machines
    "168.63.129.16",  # and where another does
    "192.0.0.9",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "198.51.100.1",
    "203.0.113.1",
    "240.0.0.1",
    "[fec0::1]",
    "[ff0e::1]",
    "[100::1]",
    "[200::1]",
    "[4000::1]",
    "[5f00::1]",
    "[2001:1::1]",
    "[2001:20::1]",
    "[2001:1ff::1]",
    "[2620:4f:8000::1]",
    "[3fff::1]",
    "[::ffff:0:8.8.8.8]",
    "[::ffff:168.63.129.16]",
    "[64:ff9b::a83f:8110]",
    "[2002:a83f:8110::1]",
    "[2002:c058:6301::1]",
]


@dataclass
class Site:
    """A web server on this machine, with what it was asked."""

    port: int
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    slow: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)

    def url(self, path: str, host: str = "site.example.org") -> str:
        return f"http://{host}:{self.port}{path}"

    def fetch(self, path: str, **options: float) -> Answered:
        """Ask it through the front door, which lets this one server's address through."""
        allowed = frozenset({("127.0.0.1", self.port)})
        return fetch(self.url(path), resolver=lambda _host, _port: ["127.0.0.1"], allowed=allowed, **options)


@pytest.fixture
def site(socket_enabled: None) -> Iterator[Site]:
    made = Site(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.command, self.path, dict(self.headers)))
            if self.path in made.slow:
                made.slow[self.path](self)
                return
            status, headers, body = made.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that the standard library looks for

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.abuse("S1")
@pytest.mark.parametrize("host", INSIDE)
def test_no_request_leaves_for_an_address_of_ours_however_it_is_written(host: str) -> None:
    """S1; sockets are closed in this test, so a try would fail in another way."""
    with pytest.raises(RefusedAddress):
        fetch(f"http://{host}/")


@pytest.mark.abuse("S1")
@pytest.mark.parametrize("host", INSIDE)
def test_a_name_that_leads_to_such_an_address_is_refused_too(host: str) -> None:
    address = literal(host)
    assert address is not None

    with pytest.raises(RefusedAddress):
        fetch("https://evil.example.org/", resolver=lambda _host, _port: [str(address)])


def test_one_bad_address_of_a_name_spoils_it() -> None:
    with pytest.raises(RefusedAddress):
        fetch("http://evil.example.org/", resolver=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])


@pytest.mark.abuse("S1")
@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34:8080/",
        "http://93.184.216.34:5432/",
        "https://93.184.216.34:22/",
        "file:///etc/passwd",
        "gopher://93.184.216.34/",
        "ftp://93.184.216.34/",
        "javascript:alert(1)",
    ],
)
def test_other_ports_and_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        fetch(url)


@pytest.mark.parametrize(
    "text",
    [
        *("93.184.216.34", "8.8.8.8", "192.0.1.1", "168.63.129.17"),
        *(
            "2606:2800:220:1:248:1893:25c8:1946",
            "2001:200::1",
            "2a00::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ),
    ],
)
def test_what_the_whole_world_reaches_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.abuse("S1")
def test_the_connection_goes_to_the_judged_address_and_the_name_is_asked_once(site: Site) -> None:
    """A name that answers differently the second time (rebinding) is not asked a second time."""
    asked: list[str] = []
    site.answers["/"] = (200, {}, b"")

    def resolver(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    found = fetch(site.url("/"), resolver=resolver, allowed=frozenset({("127.0.0.1", site.port)}))

    assert (found.status, asked) == (200, ["site.example.org"])
    (_method, _path, headers) = site.asked[0]
    assert headers["Host"] == f"site.example.org:{site.port}"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/ปัญญา", "/%E0%B8%9B%E0%B8%B1%E0%B8%8D%E0%B8%8D%E0%B8%B2"),
        ("/a%20b/ä?q=ö&r=%C3%BC", "/a%20b/%C3%A4?q=%C3%B6&r=%C3%BC"),
        ("/é#ü", "/%C3%A9"),
    ],
)
def test_letters_of_every_language_are_asked_as_bytes_of_the_web(site: Site, path: str, asked: str) -> None:
    site.answers[asked] = (200, {}, b"")

    assert site.fetch(path).status == 200
    assert [path for _method, path, _headers in site.asked] == [asked]
    assert not site.fetch(path).has_moved_for_good


def test_a_name_in_letters_of_every_language_is_asked_in_its_form_for_machines(site: Site) -> None:
    resolved: list[str] = []
    site.answers["/"] = (200, {}, b"")

    def resolver(host: str, _port: int) -> Sequence[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    found = fetch(site.url("/", "例え.jp"), resolver=resolver, allowed=frozenset({("127.0.0.1", site.port)}))

    assert (found.status, resolved) == (200, ["xn--r8jz45g.jp"])
    (_method, _path, headers) = site.asked[0]
    assert headers["Host"] == f"xn--r8jz45g.jp:{site.port}"


@pytest.mark.parametrize(
    "url",
    [
        "https://😀.example.org/",
        "https://a_ñ.example.org/",
        "https://[::ü]/",
        "https://127\u3002\uff10.0.1/",
        f"https://{'ü' * 64}.example.org/",
        "https://example.org/\ud800ü",
    ],
)
def test_a_name_without_a_form_for_machines_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        fetch(url)


def test_a_redirection_to_letters_of_every_language_is_followed(site: Site) -> None:
    site.answers["/old"] = (301, {"Location": "/é".encode().decode("latin-1")}, b"")
    site.answers["/%C3%A9"] = (200, {}, b"")

    assert site.fetch("/old") == Answered(200, site.url("/%C3%A9"), has_moved_for_good=True)


@pytest.mark.abuse("S1")
def test_every_step_of_a_redirection_is_judged(site: Site) -> None:
    for path, to in (
        ("/inside", "http://169.254.169.254/latest/meta-data/"),
        ("/port", "http://127.0.0.1:5432/"),
        ("/file", "file:///etc/passwd"),
        ("/who", "http://user:secret@example.org/"),
        ("/odd", "http://0x7f000001/"),
    ):
        site.answers[path] = (302, {"Location": to}, b"")
        with pytest.raises(RefusedAddress):
            site.fetch(path)


def test_redirections_end(site: Site) -> None:
    site.answers["/round"] = (302, {"Location": "/round"}, b"")

    with pytest.raises(Unreachable):
        site.fetch("/round")
    assert len(site.asked) == MOST_REDIRECTS + 1


def test_a_move_for_good_is_told_from_a_detour(site: Site) -> None:
    site.answers |= {
        "/old": (301, {"Location": "/new"}, b""),
        "/detour": (302, {"Location": "/new"}, b""),
        "/new": (200, {}, b""),
    }

    assert site.fetch("/old") == Answered(200, site.url("/new"), has_moved_for_good=True)
    assert not site.fetch("/detour").has_moved_for_good


def test_a_server_that_refuses_head_is_asked_with_get_and_little_is_read(site: Site) -> None:
    sent = 0

    def refuse_head(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        if handler.command == "HEAD":
            handler.send_response(405)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(10_000):
                handler.wfile.write(b"x" * 10_000)
                sent += 10_000
        except OSError:
            return

    site.slow["/large"] = refuse_head

    assert site.fetch("/large").status == 200
    assert [method for method, _path, _headers in site.asked] == ["HEAD", "GET"]
    assert sent < 50_000_000  # of 100 MB; what the sockets hold is sent, and no more


@pytest.mark.parametrize("part", ["head", "header", "body"])
def test_a_trickle_does_not_hold_us(site: Site, part: str) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        first = {"head": b"", "header": b"HTTP/1.1 200 OK\r\nX: ", "body": b"HTTP/1.1 404 No\r\nContent-Length: 999\r\n\r\n"}[
            part
        ]
        try:
            for byte in (first, *[b"x"] * 100):
                handler.wfile.write(byte)
                time.sleep(0.1)
        except OSError:
            return

    site.slow["/slow"] = trickle
    began = time.monotonic()

    with pytest.raises(Unreachable):
        site.fetch("/slow", seconds=0.6)
    assert time.monotonic() - began < 3


def test_a_request_says_who_we_are_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie comes back, and no proxy of the environment is asked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.answers["/a"] = (302, {"Location": "/b", "Set-Cookie": "a=b"}, b"")
    site.answers["/b"] = (200, {}, b"")

    assert site.fetch("/a").status == 200
    for _method, _path, headers in site.asked:
        assert headers.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert headers["User-Agent"].startswith("ReadinessLinkCheck/")


def test_nobody_there_is_unreachable(site: Site) -> None:
    with pytest.raises(Unreachable):
        fetch(
            "http://gone.example.org:1/",
            resolver=lambda _host, _port: ["127.0.0.1"],
            allowed=frozenset({("127.0.0.1", 1)}),
        )
    assert site.asked == []
