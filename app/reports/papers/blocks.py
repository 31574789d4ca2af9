"""What a paper is made of. Every text is data, in the language of the paper; no renderer reads one as markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.web.charts.drawing import Chart

Look = Literal["plain", "lead", "small", "box"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a part of the paper."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph. `box`: what nobody must miss."""

    text: str
    look: Look = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what they stand for."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption. `widths`: shares of the page; `numeric`: columns of figures; `empty`: said where it has no row.

    `sheet`: the name of its sheet in a workbook; without one it is not in it.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: frozenset[int] = frozenset()
    empty: str = ""
    sheet: str = ""
    exact: tuple[tuple[str | float | None, ...], ...] = ()
    """The rows for a workbook, with numbers unrounded; default: as printed."""
    exact_heads: tuple[str, ...] = ()
    """The heads above them, where they are others than those in print."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart; `alternative` tells in words what it shows."""

    title: str
    alternative: str
    chart: Chart
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a new page."""


Block = Heading | Text | Points | Facts | Table | Picture | NewPage


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page. `over`: who speaks or meets, above the title; `number`: of a meeting's document, at the top right."""

    title: str
    subtitle: str
    over: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    boxes: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `header` and `footer` stand on every page; `author` is who answers for it."""

    language: str
    title: str
    author: str
    header: tuple[str, str]
    footer: str
    cover: Cover
    blocks: tuple[Block, ...]
    contents: str = ""
    """The heading of the list of contents; without one there is none."""
    page_words: str = "Page {page} of {pages}"
    keywords: tuple[str, ...] = field(default=())

    @property
    def speech(self) -> str:
        """Return the language without its region."""
        return self.language.split("-")[0]

    @property
    def region(self) -> str:
        """Return the region of the language, or nothing."""
        region = self.language.partition("-")[2]
        return region if len(region) == 2 else ""  # noqa: PLR2004 - a script is no region
