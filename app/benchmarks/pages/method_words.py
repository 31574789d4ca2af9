"""How a method report puts things: tables and parts, names of items and nodes, figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.domain.questionnaire.document import Questionnaire
from app.web import filters
from app.web.i18n import gettext as _
from app.web.i18n import mark

TOO_FEW = mark("too few")
UNDEFINED = mark("not defined")
_LONGEST_TEXT = 70


@dataclass(frozen=True, slots=True)
class Table:
    """A captioned table; `numeric`: columns of figures, from 0; a cell of None has no value."""

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    numeric: Sequence[int]


@dataclass(frozen=True, slots=True)
class Part:
    """One look at the data: what its figures mean, what to look for, its tables; `nothing` stands where they have no row."""

    code: str
    title: str
    meaning: str
    look_for: str
    tables: Sequence[Table]
    nothing: str = ""


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=_Coded)


@dataclass(frozen=True, slots=True)
class Names:
    """How a questionnaire calls its items and nodes, and how it prints points."""

    document: Questionnaire

    def node(self, code: str) -> tuple[str, str]:
        """Return a node's code and title, for two columns."""
        return code, self.document.nodes[code].title

    def title(self, code: str) -> str:
        """Return the title of a node, or the question of an item, shortened."""
        return self.document.nodes[code].title if code in self.document.nodes else self.text(code)

    def named(self, code: str) -> str:
        """Return code and title in one."""
        return f"{code} {self.title(code)}"

    def text(self, code: str) -> str:
        """Return an item's question, shortened at a word."""
        text = " ".join(self.document.items[code].text.split())
        return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rsplit(" ", 1)[0] + "\u00a0…"

    def points(self, value: float | None, extra_decimals: int = 1) -> str:
        """Print points of the scale; changes need a digit more than scores."""
        return _(TOO_FEW) if value is None else filters.score(value, self.document.scheme.decimals + extra_decimals)

    def in_order(self, rows: Iterable[C]) -> list[C]:
        """Put rows in the order in which the questionnaire lists its nodes."""
        places = {code: place for place, code in enumerate(self.document.nodes)}
        return sorted(rows, key=lambda row: places[row.code])


def number(value: float | None, decimals: int = 2) -> str:
    """Print a plain figure."""
    if value is None:
        return _(TOO_FEW)
    return filters.score(value, decimals) if math.isfinite(value) else _(UNDEFINED)


def percent(value: float | None, decimals: int = 0) -> str:
    """Print a share as a percentage."""
    if value is None:
        return _(TOO_FEW)
    return _("{share} %").format(share=filters.score(100 * value, decimals)).replace(" ", "\u00a0")  # a cell keeps it on one line


def count(value: int | None) -> str:
    """Print a count."""
    return _(TOO_FEW) if value is None else str(value)
