"""Conditions as rows of a form: comparisons joined by one word. What is nested deeper has no rows and is written as data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Joint = Literal["all", "any"]
RELATIONS = ("equals", "in", "includes", "at_least", "answered")
_VALUE = {"equals": "value", "in": "values", "includes": "option", "at_least": "value"}
NUMERIC = frozenset({"maturity", "percent", "number"})
"""Types of items whose answers are numbers; those of others are words."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_DECIMAL = frozenset(".eE")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: an item, how it is compared, whether that is turned round, and the value as it is typed."""

    item: str
    relation: str
    value: str = ""
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A condition as rows that are joined by "and" (all) or "or" (any)."""

    joint: Joint = "all"
    comparisons: tuple[Comparison, ...] = ()


def rows_of(condition: object) -> Rows | None:
    """Return a condition as rows; None where it is nested deeper, or is none."""
    if not isinstance(condition, Mapping) or len(condition) != 1:
        return None
    for joint in ("all", "any"):
        parts = condition.get(joint)
        if isinstance(parts, Sequence) and not isinstance(parts, str):
            found = [_comparison(part) for part in parts]
            kept = tuple(each for each in found if each is not None)
            return Rows("all" if joint == "all" else "any", kept) if kept and len(kept) == len(found) else None
    single = _comparison(condition)
    return None if single is None else Rows("all", (single,))


def condition_of(rows: Rows, types: Mapping[str, str]) -> dict[str, object] | None:
    """Return rows as a condition; None without any. `types` are those of the items: they decide what is a number."""
    parts: list[dict[str, object]] = [_part(each, types.get(each.item, "")) for each in rows.comparisons]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {rows.joint: parts}


def number_of(text: str) -> int | float | str:
    """Return the number that was typed; what is none comes back as it is, for the checker to speak of."""
    if not _NUMBER.fullmatch(text):
        return text
    try:
        number = float(text) if _DECIMAL & set(text) else int(text)
    except ValueError:  # a whole number of thousands of digits
        return text
    return number if math.isfinite(number) else text


def number_text(value: object) -> str:
    """Write a number as it is typed: 2.0 as 2."""
    return f"{value:.15g}" if isinstance(value, float) and float(f"{value:.15g}") == value else str(value)


def _comparison(part: object) -> Comparison | None:
    if not isinstance(part, Mapping) or len(part) != 1:
        return None
    if "not" in part:
        inner = _comparison(part["not"])
        return None if inner is None or inner.is_negated else Comparison(inner.item, inner.relation, inner.value, is_negated=True)
    ((relation, arguments),) = part.items()
    if relation == "answered" and isinstance(arguments, str):
        return Comparison(arguments, "answered")
    if relation not in _VALUE or not isinstance(arguments, Mapping) or set(arguments) != {"item", _VALUE[relation]}:
        return None
    value = arguments[_VALUE[relation]]
    several = isinstance(value, Sequence) and not isinstance(value, str)
    texts = [number_text(each) for each in (value if several else (value,))]
    if relation == "in" and any("," in text for text in texts):
        return None
    return Comparison(str(arguments["item"]), str(relation), ", ".join(texts))


def _part(row: Comparison, item_type: str) -> dict[str, object]:
    part: dict[str, object]
    if row.relation == "answered":
        part = {"answered": row.item}
    else:
        part = {row.relation: {"item": row.item, _VALUE[row.relation]: _value(row, item_type)}}
    return {"not": part} if row.is_negated else part


def _value(row: Comparison, item_type: str) -> object:
    if row.relation == "in":
        return [_typed(text.strip(), item_type) for text in row.value.split(",") if text.strip()]
    return number_of(row.value) if row.relation == "at_least" else _typed(row.value, item_type)


def _typed(text: str, item_type: str) -> object:
    return number_of(text) if item_type in NUMERIC else text
