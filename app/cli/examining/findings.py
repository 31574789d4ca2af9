"""What an examination found: one line each, with what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` is empty where all is well."""

    name: str
    state: State
    says: str
    advice: str = ""


def good(name: str, says: str) -> Finding:
    """Return what is as it should be."""
    return Finding(name, State.OK, says)


def doubtful(name: str, says: str, advice: str) -> Finding:
    """Return what works, and should not stay so."""
    return Finding(name, State.WARN, says, advice)


def bad(name: str, says: str, advice: str) -> Finding:
    """Return what has to be mended."""
    return Finding(name, State.FAIL, says, advice)
