"""Threads of tests: a new thread begins with nothing to read, as every thread of the program does."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from app.infra.scope import current, reading

P = ParamSpec("P")
R = TypeVar("R")


def seeing(work: Callable[P, R]) -> Callable[P, R]:
    """Return work that reads, in a thread of its own, what is read here."""
    scope = current()

    def run(*given: P.args, **named: P.kwargs) -> R:
        with reading(scope):
            return work(*given, **named)

    return run
