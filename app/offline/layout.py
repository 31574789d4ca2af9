"""How a review's workbook is laid out: its columns, the keys of its rows, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.domain.answers import AnswerState
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item, RecordsItem
from app.infra.language import gettext as _
from app.kit.say import mark
from app.reviews.words import STATE_WORDS

FORMAT = 1
MANIFEST_SHEET, LISTS_SHEET = "_readiness", "_lists"
SIGN = "readiness workbook"
LONGEST_LABEL = 100
_BREAK = "|"
_OPTION, _NONE, _RECORD = "option", "none", "record"
_LONGEST_TITLE = 31  # of a sheet, in any spreadsheet program
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")

CLEAR = mark("Clear this answer")
YES_NO = {"yes": mark("Yes"), "partly": mark("Partly"), "no": mark("No")}


class Column(IntEnum):
    """The columns of a section's sheet, counted from 1; the first one is hidden and holds the keys."""

    KEY = 1
    CODE = 2
    QUESTION = 3
    CHOICES = 4
    ANSWER = 5
    STATE = 6
    REASON = 7
    COMMENT = 8
    EVIDENCE = 9
    HELP = 10


ENTRIES = (Column.ANSWER, Column.STATE, Column.REASON, Column.COMMENT, Column.EVIDENCE)


class Manifest(BaseModel):
    """What a workbook says of itself: which review it was made from, and when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    review: UUID
    economy: str = Field(max_length=8)
    questionnaire: str = Field(max_length=64)
    version: str = Field(max_length=16)
    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    revision: int = Field(ge=1, le=2**31 - 1)
    downloaded_at: str = Field(max_length=40)


def option_key(item: str, option: str) -> str:
    """Return the key of the row of one option of a checklist."""
    return _BREAK.join((item, _OPTION, option))


def none_key(item: str) -> str:
    """Return the key of the row that says: none of a checklist's options."""
    return _BREAK.join((item, _NONE))


def record_key(item: str, number: int, field: str) -> str:
    """Return the key of the row of one named field of one group."""
    return _BREAK.join((item, _RECORD, str(number), field))


def item_of(key: str) -> str:
    """Return the code of the question that a row belongs to."""
    return key.partition(_BREAK)[0]


def keys_of(document: Questionnaire) -> frozenset[str]:
    """Return the key of every row that a workbook of this questionnaire has."""
    return frozenset(key for item in document.items.values() for key in _keys(document, item))


def _keys(document: Questionnaire, item: Item) -> Iterable[str]:
    yield item.code
    for option in item.options if item.type == "checklist" else ():
        yield option_key(item.code, option.code)
    if item.type == "checklist":
        yield none_key(item.code)
    for number in range(1, groups_of(document, item) + 1):
        for field in document.fields_of(item):
            yield record_key(item.code, number, field.code)


def groups_of(document: Questionnaire, item: Item) -> int:
    """Return how many groups of named fields an answer may have."""
    details = document.details_of(item)
    return item.maximum if isinstance(item, RecordsItem) else details.maximum if details else 0


def state_words(state: AnswerState) -> str:
    """Say a reason for having no answer; `blank` is the wish to take an answer back."""
    return _(CLEAR) if state is AnswerState.BLANK else _(STATE_WORDS[state])


def states_of(item: Item) -> tuple[AnswerState, ...]:
    """Return what may be said instead of an answer."""
    first = (AnswerState.NOT_APPLICABLE,) if item.na_allowed else ()
    return (*first, AnswerState.NOT_AVAILABLE, AnswerState.DECLINED, AnswerState.BLANK)


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return a text on one line, cut between words where it is long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[longest // 2 :] else cut).rstrip(" ,;:") + "\u2026"


def level_label(level: int, text: str) -> str:
    """Return a level as the drop-down offers it."""
    return f"{level} - {shortened(text)}"


def labels_of(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the label of each option by its code; where short ones would be alike, they stay whole or take the code along."""
    pairs = list(options)
    short = {code: shortened(text) for code, text in pairs}
    often = [label.casefold() for label in short.values()]
    return {code: label if often.count(label.casefold()) == 1 else f"{code} - {label}" for code, label in short.items()}


def sheet_titles(sections: Iterable[tuple[str, str]]) -> list[str]:
    """Return the title of each section's sheet: its code and as much of its name as fits, none twice."""
    titles: list[str] = []
    taken = {MANIFEST_SHEET, LISTS_SHEET, "history"}
    for code, name in sections:
        title = " ".join(_NOT_IN_TITLES.sub(" ", f"{code} {name}").split())[:_LONGEST_TITLE].strip()
        number = 2
        while title.casefold() in taken:
            end = f" {number}"
            title = title[: _LONGEST_TITLE - len(end)].rstrip() + end
            number += 1
        taken.add(title.casefold())
        titles.append(title)
    return titles
