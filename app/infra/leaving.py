"""The start and the end of a server. The end is in order: it says that it leaves, a proxy sends no more, it answers, and goes."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import time
from collections.abc import Callable
from threading import Event
from types import FrameType

import uvicorn

_TURN_SECONDS = 0.001
"""How long a thread computes while others wait: by Python's own five milliseconds, a save beside a workbook in the making, which
takes a dozen turns, took half a second longer."""


class LeavingServer(uvicorn.Server):
    """A server that, told to end, says so for some seconds before it takes no more requests. Told twice, it does not wait."""

    def __init__(self, config: uvicorn.Config, leaving: Event, notice_seconds: float, warm_up: Callable[[], None]) -> None:
        """Take what to do before the first request, and for how long to say that the server leaves."""
        super().__init__(config)
        self._warm_up = warm_up
        self._leaving = leaving
        self._notice_seconds = notice_seconds
        self._leaves_at = float("inf")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Get ready, and only then listen. What was made until here is left out by the collector of garbage from now on: to look
        through half a million objects again and again takes up to a second each time."""
        self._warm_up()
        sys.setswitchinterval(_TURN_SECONDS)
        gc.collect()
        gc.freeze()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave; or leave, when that was begun before or needs no notice."""
        if self._notice_seconds and not self._leaving.is_set():
            self._leaves_at = time.monotonic() + self._notice_seconds
        elif sig == signal.SIGTERM:
            self.should_exit = True  # and no more: uvicorn would end with the signal again, and an end in order look like a kill
        else:
            super().handle_exit(sig, frame)
        self._leaving.set()

    async def on_tick(self, counter: int) -> bool:
        """Tell, ten times a second, whether it is time to go."""
        self.should_exit = self.should_exit or time.monotonic() >= self._leaves_at
        return await super().on_tick(counter)
