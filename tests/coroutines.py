"""Runs a coroutine from a plain test."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def finish(coroutine: Coroutine[None, None, T]) -> T:
    """Run to the end in a thread of its own: after a browser test, the worker's own thread has an event loop running."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
