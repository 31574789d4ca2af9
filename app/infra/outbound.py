"""The only way out: requests to addresses that the whole world may reach, and to nothing of ours or of our neighbours.

A name is resolved here, every address it has is judged, and the connection goes to exactly the judged address, so that a
name which answers differently a moment later leads nowhere. There is no proxy, no cookie and no memory between requests.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
Allowed = frozenset[tuple[str, int]]

PORTS = frozenset({80, 443})
MOST_REDIRECTS = 5
MOST_BYTES = 64 * 1024
SECONDS = 10.0
AGENT = "ReadinessLinkCheck/1 (checks that evidence is still there; reads no content)"

_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Special, though `ipaddress` calls some of it global: relays, anycast, what leads nowhere, and a cloud's own service.
_SPECIAL_4 = tuple(
    map(
        ipaddress.IPv4Network,
        ("168.63.129.16/32", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24"),
    )
)
_SPECIAL_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2620:4f:8000::/48", "3fff::/20")))
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_EVER = frozenset({301, 308})
_GET_INSTEAD = 400  # many servers refuse HEAD in one way or another, so only a good answer to it counts
_SocketOption: TypeAlias = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class RefusedAddress(Exception):
    """The address is not one that the whole world may reach, so no request was made."""


class Unreachable(Exception):
    """No answer came: no such name, nobody there, no safe connection, or too late."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a web address answered in the end."""

    status: int
    url: str
    has_moved_for_good: bool
    """Whether every step from the first address to the last was said to be permanent."""


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the whole world; an IPv4 address inside an IPv6 one is judged as itself."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        is_special = address not in _UNICAST or any(address in network for network in _SPECIAL_6)
    else:
        is_special = any(address in network for network in _SPECIAL_4)
    return not is_special and address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def literal(host: str) -> Address | None:
    """Read a host that is an address, also in the short and odd forms that programs accept (127.1, 0x7f000001); else None."""
    text = host.strip("[]")
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text)) if text[:1].isdigit() else None
    except OSError:
        return None


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine for every address of a name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(host) from error
    return [str(entry[4][0]) for entry in found]


def fetch(url: str, *, resolver: Resolver = resolve, allowed: Allowed = frozenset(), seconds: float = SECONDS) -> Answered:
    """Ask whether something is at a web address: HEAD, and GET where that does not answer well; little is read.

    `allowed` names addresses with their ports that are let through although they are ours: for tests, and for nothing else.
    Raises RefusedAddress or Unreachable.
    """
    deadline, asked = time.monotonic() + seconds, _in_ascii(url)
    found = _follow("HEAD", asked, resolver, allowed, deadline)
    return _follow("GET", asked, resolver, allowed, deadline) if found.status >= _GET_INSTEAD else found


def _in_ascii(url: str) -> str:
    """Return an address as it is asked: a name in its form for machines (IDNA), other letters as percent-escapes of UTF-8."""
    if url.isascii():
        return url
    try:
        return str(httpx.URL(url))
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedAddress(url) from error


def _follow(method: str, url: str, resolver: Resolver, allowed: Allowed, deadline: float) -> Answered:
    is_permanent, here = True, url
    for _ in range(MOST_REDIRECTS + 1):
        status, location = _ask(method, here, resolver, allowed, deadline)
        if status not in _REDIRECTS or not location:
            return Answered(status, here, is_permanent and here != url)
        is_permanent = is_permanent and status in _FOR_EVER
        here = _joined(here, location)
    raise Unreachable(url)


def _joined(here: str, location: str) -> str:
    try:
        there = _in_ascii(urljoin(here, location).partition("#")[0])
        parts = urlsplit(there)
        is_plain = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None and parts.password is None
    except ValueError as error:
        raise RefusedAddress(location) from error
    if not is_plain or not there.isascii() or not there.isprintable() or " " in there:
        raise RefusedAddress(there)
    return there


def _ask(method: str, url: str, resolver: Resolver, allowed: Allowed, deadline: float) -> tuple[int, str]:
    backend = PublicBackend(resolver, allowed, deadline)
    headers: dict[str | bytes, str | bytes] = {
        "Host": urlsplit(url).netloc,
        "User-Agent": AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend, http2=False, retries=0) as pool,
            pool.stream(method, url, headers=headers) as answer,
        ):
            read = 0
            for chunk in answer.iter_stream():
                read += len(chunk)
                if read > MOST_BYTES:
                    break
            location = next((value for name, value in answer.headers if name.lower() == b"location"), b"")
            return answer.status, location.decode(errors="surrogateescape")
    except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError, ValueError) as error:
        raise RefusedAddress(url) from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise Unreachable(url) from error


@dataclass
class PublicBackend(httpcore.NetworkBackend):
    """Opens connections to judged addresses only, and lets none outlive the deadline."""

    resolver: Resolver
    allowed: Allowed
    deadline: float
    inner: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, judge, and connect to the very address that was judged."""
        del timeout, local_address, socket_options
        own = literal(host)
        judged = [self._judged(text, port) for text in ([str(own)] if own else self.resolver(host, port))]
        if not judged:
            raise Unreachable(host)
        return TimedStream(self.inner.connect_tcp(judged[0], port, timeout=self._left()), self.deadline)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[_SocketOption] | None = None
    ) -> httpcore.NetworkStream:
        """Never: a socket of this machine is no web address."""
        del timeout, socket_options
        raise RefusedAddress(path)

    def _judged(self, text: str, port: int) -> str:
        """Return an address as text; one that is not public makes the whole name unfit."""
        address = literal(text)
        if address is None:
            raise RefusedAddress(text)
        if (str(address), port) not in self.allowed and (port not in PORTS or not is_public(address)):
            raise RefusedAddress(text)
        return str(address)

    def _left(self) -> float:
        return max(0.01, self.deadline - time.monotonic())


class TimedStream(httpcore.NetworkStream):
    """A connection whose every step must be over by one moment, so that a trickle cannot hold us."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self.inner = inner
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        del timeout
        return self.inner.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        del timeout
        self.inner.write(buffer, self._left())

    def close(self) -> None:
        """Hang up."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on in a safe connection, with the name of the address and not the number we connected to."""
        del timeout
        return TimedStream(self.inner.start_tls(ssl_context, server_hostname, self._left()), self.deadline)

    def get_extra_info(self, info: str) -> object:
        """Say what httpcore asks about the connection."""
        return self.inner.get_extra_info(info)

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for; None where it stands for itself."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
