"""Recalculating workbooks in a real spreadsheet program, and answers of every kind to calculate with."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from app.domain.answers import Answer, AnswerState, Record, Scalar, Value
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    YesNoItem,
)
from app.domain.scoring.normalise import goalposts_of

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed, so nothing can recalculate")
_SECONDS = 240


def recalculated(folder: Path, books: Mapping[str, bytes]) -> dict[str, Workbook]:
    """Open workbooks in LibreOffice, without a window and with a profile of their own, and read what it computed."""
    given, done = folder / "given", folder / "done"
    given.mkdir(exist_ok=True)
    for name, content in books.items():
        (given / f"{name}.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(given / f"{name}.xlsx") for name in books]
    command = [str(SOFFICE), profile, "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", str(done), *files]
    subprocess.run(command, check=True, timeout=_SECONDS, capture_output=True)
    return {name: load_workbook(done / f"{name}.xlsx", data_only=True) for name in books}


def changed(content: bytes, sheet: str, cells: Mapping[str, str | float | None]) -> bytes:
    """Return a workbook with some cells changed, as a person would."""
    book = load_workbook(io.BytesIO(content))
    for cell, value in cells.items():
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def some_answers(questionnaire: Questionnaire, seed: int, *, missing: float = 0.15) -> dict[str, Answer]:
    """Answer every question somehow: all states, and options that do not apply."""
    chance = random.Random(seed)
    return {
        code: _answer(questionnaire, item, chance, missing)
        for code, item in questionnaire.items.items()
        if not isinstance(item, ReferenceItem)
    }


def _answer(questionnaire: Questionnaire, item: Item, chance: random.Random, missing: float) -> Answer:
    drawn = chance.random()
    if item.na_allowed and drawn < missing:
        return Answer(AnswerState.NOT_APPLICABLE, reason="It does not.")
    if drawn < missing:
        return Answer(chance.choice([AnswerState.NOT_AVAILABLE, AnswerState.DECLINED, AnswerState.BLANK]))
    left_out: tuple[str, ...] = ()
    if isinstance(item, ChecklistItem):
        left_out = tuple(option.code for option in item.options if option.na_allowed and chance.random() < 0.4)
    return Answer(
        AnswerState.ANSWERED,
        _value(item, chance, left_out),
        evidence_url="https://example.org/e" if chance.random() < 0.5 else "",
        not_applicable=left_out,
        details=_details(questionnaire, item, chance),
    )


def _value(item: Item, chance: random.Random, left_out: tuple[str, ...]) -> Value:
    match item:
        case MaturityItem():
            return chance.randint(1, 5)
        case YesNoItem():
            return chance.choice(["yes", "partly", "no"] if item.partly_allowed else ["yes", "no"])
        case ChoiceItem():
            return chance.choice(item.options).code
        case ChecklistItem():
            return tuple(option.code for option in item.options if option.code not in left_out and chance.random() < 0.5)
        case PercentItem():
            return round(chance.uniform(0, 100), 2)
        case NumberItem():
            low, high = sorted((goalposts_of(item).lo, goalposts_of(item).hi)) if item.goalposts else (0.0, 10.0)
            return round(chance.uniform(low - 0.1 * (high - low), high + 0.1 * (high - low)), 4)
        case RecordsItem():
            return (Record((("a", "b"),)),)
        case _:
            return "Words."


def _details(questionnaire: Questionnaire, item: Item, chance: random.Random) -> tuple[Record, ...]:
    fields = () if isinstance(item, RecordsItem) else questionnaire.fields_of(item)
    values: list[tuple[str, Scalar]] = [(field.code, chance.choice(field.options).code) for field in fields if field.options]
    return (Record(tuple(values)),) if values else ()
