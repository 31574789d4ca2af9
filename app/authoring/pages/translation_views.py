"""One string as the desk shows it: where it stands, its source and translation, who wrote it, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.authoring.labels import field_label
from app.authoring.translating.desk import Sheet
from app.authoring.translating.saving import Saved, Typed, is_own, place_of
from app.domain.translating.strings import State, String
from app.domain.translating.words import Run, changed_words
from app.kit.actor import Actor
from app.kit.say import mark
from app.web.i18n import gettext as _

_PLACES = {
    "field": mark("Field"),
    "group": mark("Group"),
    "option": mark("Option"),
    "serie": mark("Series"),
}
_STATES = {
    State.MISSING: (mark("Missing"), "neutral"),
    State.OUTDATED: (mark("Outdated"), "warning"),
    State.TRANSLATED: (mark("Translated"), "info"),
}
_REVIEWED = (mark("Reviewed"), "success")
_MOST_ROWS, _FEWEST_ROWS, _A_ROW = 14, 2, 46


@dataclass(frozen=True, slots=True)
class Clash:
    """What a colleague saved meanwhile."""

    text: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class StringView:
    """One string. `source` and `was` are runs of words, those that changed marked; `was` is empty where nothing changed."""

    key: str
    part: str
    field: str
    source: tuple[Run, ...]
    was: tuple[Run, ...]
    earlier: str
    text: str
    seen: str
    rows: int
    state: str
    kind: str
    translated_by: str
    translated_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    is_own: bool
    may_review: bool
    place: str
    error: str = ""
    clash: Clash | None = None
    is_reworded: bool = False
    """Its source was reworded while somebody typed."""


def views(
    sheet: Sheet,
    strings: list[String],
    actor: Actor,
    typed: dict[str, Typed],
    saved: Saved | None,
    reworded: Mapping[str, Typed],
) -> list[StringView]:
    """Return what a page shows of some strings; what was refused is shown as it was typed. `reworded`: what was typed for
    another source of the same place."""
    return [
        _reworded(_view(sheet, string, actor, None, None), string, reworded[string.key])
        if string.key in reworded
        else _view(sheet, string, actor, typed.get(string.key), saved)
        for string in strings
    ]


def place_label(field: str) -> str:
    """Return where a text stands in its part, such as "Level 3 · Text"; codes stay as they are."""
    steps: list[str] = []
    for word in field.split():
        label = _word(word)
        if label == word and steps:
            steps[-1] = f"{steps[-1]} {word}"
        else:
            steps.append(label)
    return " · ".join(steps)


def where_of(sheet: Sheet, string: String) -> str:
    """Return where a text stands, such as "B1-04 Level 3 · Text"."""
    return f"{part_of(sheet, string)} {place_label(string.message.field)}"


def part_of(sheet: Sheet, string: String) -> str:
    """Return the code of the part that a text belongs to; of the whole questionnaire, in words."""
    return string.message.context.removeprefix(sheet.subject.code).strip() or _("The questionnaire")


def _view(sheet: Sheet, string: String, actor: Actor, typed: Typed | None, saved: Saved | None) -> StringView:
    error = _(saved.problems.get(string.key, "")) if saved else ""
    clash = _clash(string) if saved and string.key in saved.clashes else None
    is_kept = typed is not None and (error or clash)
    text = typed.text if typed is not None and is_kept else string.shown
    was, source = _compared(string)
    words, kind = _REVIEWED if string.is_reviewed else _STATES[string.state]
    row, own = string.written, is_own(string, actor)
    return StringView(
        string.key,
        part_of(sheet, string),
        place_label(string.message.field),
        source,
        was,
        string.earlier.text if string.earlier else "",
        text,
        string.etag if clash or typed is None or not is_kept else typed.seen,
        max(_FEWEST_ROWS, min(_MOST_ROWS, 1 + max(len(string.message.text), len(text)) // _A_ROW)),
        _(words),
        kind,
        row.translated_by if row and row.text else "",
        row.translated_at if row and row.text and row.translated_by else None,
        row.reviewed_by if row else "",
        row.reviewed_at if row else None,
        own,
        bool(string.text) and not string.is_reviewed and not own,
        place_of(string.message),
        error,
        clash,
    )


def _reworded(view: StringView, string: String, typed: Typed) -> StringView:
    """Return a string with what was typed for its earlier source, and what a colleague wrote for the new one, if any did."""
    clash = _clash(string) if string.text else None
    return replace(view, text=typed.text, clash=clash, may_review=False, is_reworded=True)


def _clash(string: String) -> Clash:
    row = string.written
    return Clash(string.text, row.translated_by if row else "", row.translated_at if row else None)


def _compared(string: String) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    if string.earlier is None:
        return (), (Run(string.message.text),)
    return changed_words(string.earlier.source, string.message.text)


def _word(word: str) -> str:
    return _(_PLACES[word]) if word in _PLACES else field_label(word)
