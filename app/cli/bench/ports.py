"""Ports of servers that a run starts: one on which nobody listens yet, and the moment when somebody does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_open(port: int, seconds: float, *, is_alive: Callable[[], bool] = lambda: True, pause: float = 0.05) -> None:
    """Return when somebody listens there; raise TimeoutError when it takes too long, or who should listen has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and is_alive():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(pause)
    message = f"Nobody listens on port {port}."
    raise TimeoutError(message)
