"""What a part said and says, value by value: each text that differs, at its place within the part."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.drafting.conditions import number_text
from app.domain.drafting.difference import is_same
from app.domain.drafting.document import Part
from app.domain.questionnaire.aloud import read_aloud, read_condition
from app.kit.say import mark

CONDITIONS = frozenset({"show_if", "require_if"})
_KEYS = ("code", "level", "framework", "item")
_YES, _NO = mark("yes"), mark("no")
_NO_TYPES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Wording:
    """One value that differs. `path`: the fields and codes that lead to it, such as levels, 3, text; empty texts where there is
    none. Conditions are sentences, and yes and no are words, that an edge can translate."""

    path: tuple[str, ...]
    before: str
    after: str


def wordings(before: Part | None, after: Part | None, types: Mapping[str, str] = _NO_TYPES) -> tuple[Wording, ...]:
    """Return every value that differs between two contents of a part; None is a part that is not there. `types` are those of the
    items that conditions speak of."""
    return tuple(_differing((), before or {}, after or {}, types))


def _differing(path: tuple[str, ...], before: object, after: object, types: Mapping[str, str]) -> Iterator[Wording]:
    if is_same(before, after):
        return
    if path and path[-1] in CONDITIONS:
        yield Wording(path, _condition(before, types), _condition(after, types))
        return
    old, new = _inner(before), _inner(after)
    if old is None or new is None:
        yield Wording(path, _text(before), _text(after))
        return
    yield from _within(path, old, new, types)


def _within(
    path: tuple[str, ...], old: Mapping[str, object], new: Mapping[str, object], types: Mapping[str, str]
) -> Iterator[Wording]:
    common = [name for name in old if name in new]
    if path and common != [name for name in new if name in old]:
        yield Wording(path, ", ".join(old), ", ".join(new))
    for name in (*new, *(name for name in old if name not in new)):
        yield from _differing((*path, name), old.get(name), new.get(name), types)


def _inner(value: object) -> Mapping[str, object] | None:
    """Return what a value is made of, by names or codes; None where it is one value."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(name): inner for name, inner in value.items()}
    rows = list(value) if isinstance(value, list | tuple) else []
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        return None
    named = {_name(row, place): _unnamed(row) for place, row in enumerate(rows, start=1)}
    return named if len(named) == len(rows) else None


def _name(row: Mapping[str, object], place: int) -> str:
    return next((str(row[key]) for key in _KEYS if key in row), str(place))


def _unnamed(row: Mapping[str, object]) -> dict[str, object]:
    """Leave out what the row is called by; alone it says nothing."""
    key = next((key for key in _KEYS if key in row), "")
    return {name: value for name, value in row.items() if name != key} or dict(row)


def _condition(value: object, types: Mapping[str, str]) -> str:
    condition = None if value is None else read_condition(value)
    return _text(value) if condition is None else read_aloud(condition, types)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _YES if value else _NO
        case str():
            return value
        case int() | float():
            return number_text(value)
        case list() | tuple() if not any(isinstance(each, Mapping | Sequence) and not isinstance(each, str) for each in value):
            return ", ".join(_text(each) for each in value)
        case _:
            return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
