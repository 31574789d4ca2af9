"""Conditions as lines that a committee can read and write, such as `A1 equals yes`; what is nested deeper is written as data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from app.domain.drafting.conditions import NUMERIC, RELATIONS, number_of

_VALUE = {"equals": "value", "in": "values", "includes": "option", "at_least": "value"}
_LINE = re.compile(rf"(not +)?(\S+) +({'|'.join(RELATIONS)})(?: +(.+))?")
_JOINTS = {"all of:": "all", "any of:": "any"}
_COMMAS = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)')


def condition_text(condition: object, types: Mapping[str, str]) -> str | None:
    """Return a condition as lines; None where it cannot be written so. `types`: those of the items, by their codes."""
    if isinstance(condition, Mapping) and len(condition) == 1:
        ((word, inner),) = condition.items()
        if f"{word} of:" in _JOINTS and isinstance(inner, list):
            lines = [_line(part, types) for part in inner]
            return None if None in lines or not lines else "\n".join([f"{word} of:", *(line for line in lines if line)])
    return _line(condition, types)


def read_condition(text: str, types: Mapping[str, str]) -> object:
    """Read lines as a condition; raise ValueError, with what is wrong, where they are none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    joint = _JOINTS.get(" ".join(lines[0].lower().split())) if lines else None
    parts = [_read_line(line, types) for line in lines[1 if joint else 0 :]]
    if not parts or (len(parts) > 1 and joint is None):
        raise ValueError(text)
    return {joint: parts} if joint else parts[0]


def _line(part: object, types: Mapping[str, str]) -> str | None:
    if not isinstance(part, Mapping) or len(part) != 1:
        return None
    if "not" in part:
        inner = _line(part["not"], types)
        return None if inner is None or inner.startswith("not ") else f"not {inner}"
    ((relation, arguments),) = part.items()
    if relation == "answered" and isinstance(arguments, str):
        return f"{arguments} answered"
    if relation not in _VALUE or not isinstance(arguments, Mapping) or set(arguments) != {"item", _VALUE[relation]}:
        return None
    item, value = arguments["item"], arguments[_VALUE[relation]]
    values = value if relation == "in" and isinstance(value, list) else [value]
    said = ", ".join(_said(each, types.get(str(item), "")) for each in values)
    return f"{item} {relation} {said}"


def _read_line(line: str, types: Mapping[str, str]) -> object:
    found = _LINE.fullmatch(line)
    if found is None or (found[3] == "answered") is not (found[4] is None):
        raise ValueError(line)
    item, relation, said = found[2], found[3], found[4] or ""
    if relation == "answered":
        part: dict[str, object] = {"answered": item}
    else:
        kind = "number" if relation == "at_least" else types.get(item, "")
        value = [_read(token, kind) for token in _split(said)] if relation == "in" else _read(said, kind)
        part = {relation: {"item": item, _VALUE[relation]: value}}
    return {"not": part} if found[1] else part


def _said(value: object, item_type: str) -> str:
    """Write a value as it is typed, in quotation marks where it would be read as something else."""
    plain = value if isinstance(value, str) else repr(value)
    is_plain = "," not in plain and '"' not in plain and plain == " ".join(plain.split()) and bool(plain)
    if is_plain and _is_same(_read(plain, item_type), value):
        return plain
    return json.dumps(value, ensure_ascii=False)


def _read(token: str, item_type: str) -> object:
    if token.startswith('"'):
        read: object = json.loads(token)
        return read
    number = number_of(token)
    return number if item_type in NUMERIC or (not item_type and not isinstance(number, str)) else token


def _split(said: str) -> list[str]:
    return [found[1].strip() for found in _COMMAS.finditer(said) if found[1].strip()]


def _is_same(one: object, other: object) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)
