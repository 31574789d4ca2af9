"""What docs/permissions says: a rule for every route, and for every rule what each caller is answered."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from httpx2 import Response

from tests.isolation.callers import CALLERS
from tests.isolation.world import OPEN, SHOWN, SIGNED, TAKEN_BACK
from tests.scenarios import PROJECT

FOLDER = PROJECT / "docs" / "permissions"
STATES = {"open": OPEN, "signed": SIGNED, "shown": SHOWN, "taken-back": TAKEN_BACK}
NEVER = "never"
_WORDS = {401: "sign in", 403: "no", 404: "unknown"}


@dataclass(frozen=True, slots=True)
class Stated:
    """One route: its rule, and where what it is about exists: in all states (empty), in some, or nowhere in the tests' world."""

    method: str
    path: str
    rule: str
    exists: frozenset[str]

    def expected(self, caller: str, state: str) -> str:
        """Return what a caller is answered: `yes`, `no` (403), `unknown` (404) or `sign in`."""
        said = rules()[self.rule][caller]
        is_there = not self.exists or state in self.exists
        return said if is_there or said != "yes" else "unknown"


def answered(answer: Response) -> str:
    """Name what somebody was answered, in the words of the table; `yes` is whatever is not a refusal of the person."""
    if answer.headers.get("location", "").startswith("/sign-in"):
        return "sign in"
    return _WORDS.get(answer.status_code, "yes")


def stated() -> list[Stated]:
    """Read the rule of every route."""
    return [
        Stated(row["method"], row["path"], row["rule"], frozenset(row["exists"].split())) for row in _rows(FOLDER / "routes.csv")
    ]


def rules() -> Mapping[str, Mapping[str, str]]:
    """Read what every rule says to every caller."""
    if not _RULES:
        _RULES.update({row["rule"]: {caller: row[caller] for caller in CALLERS} for row in _rows(FOLDER / "rules.csv")})
    return _RULES


_RULES: dict[str, dict[str, str]] = {}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
