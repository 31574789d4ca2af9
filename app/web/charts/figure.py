"""A figure: what it shows, and where a page puts it, with its files, permanent address and citation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.kit import csv_text
from app.web.charts.drawing import Chart, Words
from app.web.charts.looks import ThemeName, WidthName
from app.web.i18n import gettext as _

_UNSAFE = re.compile(r"[^A-Za-z0-9._]+")
_LONGEST_NAME = 120

FIRST = ("release", "questionnaire", "cycle")
LAST = ("licence", "notice")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the figures are from: it stands in each row of their CSV, so that whoever saved the file knows what it is."""

    release: str
    questionnaire: str
    cycle: str
    licence: str
    notice: str

    def headers(self, headers: Sequence[str]) -> tuple[str, ...]:
        """Put the names of its columns around others."""
        return (*FIRST, *headers, *LAST)

    def row(self, row: Sequence[csv_text.Cell]) -> tuple[csv_text.Cell, ...]:
        """Put itself around a row."""
        return (self.release, self.questionnaire, self.cycle, *row, self.licence, self.notice)


@dataclass(frozen=True, slots=True)
class Content:
    """What a figure shows. `source` and `notes` are written into the picture, as is the `title`.

    `alt` tells what it shows, in full; `how`, how to read it. `rows` are the cells of its table, as `data_table` takes them, with
    a reason for every absent number; `exact` holds the same numbers unrounded, under `exact_headers`, for the CSV,
    which names their `origin` too.
    """

    title: str
    chart: Chart
    alt: str
    how: str
    source: str
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    exact_headers: Sequence[str]
    exact: Sequence[Sequence[csv_text.Cell]]
    origin: Origin
    numeric_columns: Collection[int] = ()
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """Return what is written into the picture."""
        return Words(self.title, self.notes, self.source)

    @property
    def csv(self) -> bytes:
        """Return the numbers as a file."""
        rows = (self.origin.row(row) for row in self.exact)
        return csv_text.csv_text(self.origin.headers(self.exact_headers), rows).encode()

    def file_name(self, of: Sequence[str], ending: str) -> str:
        """Return a name that still tells what a file is when it lies among others; `of`: what it shows, in codes."""
        words = (self.origin.questionnaire, self.origin.release, *of)
        stem = "-".join(found for word in words if (found := _UNSAFE.sub("-", word).strip("-")))
        return f"{stem[:_LONGEST_NAME]}.{ending}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in its place. Its files lie at `address` with an ending, and `query` says what is drawn: permanent where it names
    a release. `name` is unique in its page; `permalink` is the absolute address of the page, with what is looked at.
    """

    content: Content
    name: str
    address: str
    query: Mapping[str, str]
    permalink: str
    is_table_open: bool = False

    def picture(self, theme: ThemeName = "light", width: WidthName = "wide") -> str:
        """Return the address of the picture in one appearance."""
        wanted = {"theme": "" if theme == "light" else theme, "width": "" if width == "wide" else width}
        return self._file("svg", {name: value for name, value in wanted.items() if value})

    @property
    def downloads(self) -> tuple[tuple[str, str], ...]:
        """Return what can be downloaded, each with its address."""
        return (
            (_("Picture (SVG)"), self._file("svg", {})),
            (_("Picture (PNG)"), self._file("png", {})),
            (_("Picture in greys (SVG)"), self._file("svg", {"theme": "print"})),
            (_("Numbers (CSV)"), self._file("csv", {})),
        )

    @property
    def place(self) -> str:
        """Return the permanent address of this figure."""
        return f"{self.permalink}#{self.name}"

    @property
    def citation(self) -> str:
        """Return the sentence to cite this figure by."""
        words = _("{title}. In: {source} {address}")
        return words.format(title=self.content.title, source=self.content.source, address=self.place)

    def _file(self, ending: str, more: Mapping[str, str]) -> str:
        query = {**{name: value for name, value in self.query.items() if value}, **more}
        return f"{self.address}.{ending}" + (f"?{urlencode(query)}" if query else "")
