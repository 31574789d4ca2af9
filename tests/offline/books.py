"""Workbooks as people fill them in: opened and saved again by another program than the one that wrote them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import settled
from app.economies.service import CycleEntry
from app.infra.catalogs import SOURCE, Language
from app.kit.ids import new_id
from app.offline.comparison import Comparison, Now, Origin, compare
from app.offline.layout import Column, none_key, option_key, record_key
from app.offline.reading import ReadWorkbook, read_workbook
from app.offline.vocabulary import vocabulary_of
from app.offline.writing import Download, workbook
from app.reviews.saved import SavedAnswer
from app.reviews.service import OpenReview, ReviewState

AT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
DOWNLOAD = Download("New Zealand", "Ana Person", AT, "21 Nov 2026, 14:02 UTC")
Value = str | int | float | bool | datetime | None

__all__ = ["none_key", "option_key", "record_key"]


def open_review(document: Questionnaire, answers: Mapping[str, Answer], review: UUID | None = None) -> OpenReview:
    """Return a review in memory, as the services load one."""
    saved = {code: SavedAnswer(answer, 1, AT, "Ana Person") for code, answer in answers.items()}
    kept = settled(document, answers)
    return OpenReview(
        id=review or new_id(),
        economy="NZL",
        cycle=CycleEntry(new_id(), document.code, "2026", "Cycle 2026", "", is_open=True),
        state=ReviewState.DRAFT,
        revision=1,
        reopen_reason="",
        updated_at=AT,
        questionnaire=document,
        saved=saved,
        answers=kept,
    )


def written(document: Questionnaire, answers: Mapping[str, Answer], language: Language = SOURCE) -> bytes:
    """Return the workbook of a review with these answers."""
    return workbook(open_review(document, answers), DOWNLOAD, language)


@dataclass
class Book:
    """A workbook in the hands of somebody who fills it in."""

    book: Workbook

    @classmethod
    def open(cls, raw: bytes) -> Book:
        return cls(openpyxl.load_workbook(io.BytesIO(raw)))

    def cell(self, key: str, column: Column = Column.ANSWER) -> Cell:
        """Return the cell of a row by its hidden key."""
        for sheet in self.book.worksheets:
            for row in sheet.iter_rows(min_col=1, max_col=1):
                if row[0].value == key:
                    found = sheet.cell(row[0].row, int(column))
                    assert isinstance(found, Cell)
                    return found
        raise KeyError(key)

    def fill(self, cells: Mapping[str | tuple[str, Column], Value]) -> Book:
        """Write into cells: by the key of the row (its answer), or by key and column."""
        for where, value in cells.items():
            key, column = where if isinstance(where, tuple) else (where, Column.ANSWER)
            self.cell(key, column).value = value
        return self

    def saved(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()

    def sheets(self) -> list[Worksheet]:
        return list(self.book.worksheets)


def filled(raw: bytes, cells: Mapping[str | tuple[str, Column], Value]) -> bytes:
    """Fill a workbook in and save it."""
    return Book.open(raw).fill(cells).saved()


def compared(
    raw: bytes, document: Questionnaire, answers: Mapping[str, Answer], languages: Iterable[Language] = (SOURCE,)
) -> Comparison:
    """Read a workbook and compare it with the answers that it was made from."""
    read = read_workbook(raw)
    return compared_read(read, document, answers, languages)


def compared_read(
    read: ReadWorkbook, document: Questionnaire, answers: Mapping[str, Answer], languages: Iterable[Language] = (SOURCE,)
) -> Comparison:
    saved = {code: SavedAnswer(answer, 1, AT, "Ana Person") for code, answer in answers.items()}
    now = Now(document, saved, dict(answers), {code: code for code in document.items})
    return compare(read, vocabulary_of(document, languages), now, Origin.SAME)


def repacked(raw: bytes, change: Callable[[str, bytes], bytes | None], extra: Mapping[str, bytes] | None = None) -> bytes:
    """Return the archive with each part as `change` gives it (None: left out), and further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def with_part(raw: bytes, name: str, content: bytes = b"x") -> bytes:
    """Return the archive with one part more."""
    return repacked(raw, lambda _name, old: old, {name: content})
