"""Two people's changes of one part put together, field by field; where both changed the same, one of them is preferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.drafting.difference import is_same
from app.domain.drafting.document import Part
from app.domain.drafting.wording import CONDITIONS

_KEYS = ("code", "level", "framework", "item")
"""What tells the rows of a list apart; the first that every row has."""
_NOTHING = object()
"""Stands for a field or row that is not there."""

Side = Literal["theirs", "mine"]


@dataclass(frozen=True, slots=True)
class Merged:
    """A part with the changes of both. Where both changed the same, `part` has mine and `rest` has theirs: they differ in
    nothing else."""

    part: dict[str, object]
    rest: dict[str, object]

    @property
    def is_clashing(self) -> bool:
        """Tell whether both changed the same."""
        return not is_same(self.part, self.rest)


def merged(base: Part, theirs: Part, mine: Part) -> Merged:
    """Put together what two made of the same content."""
    return Merged(_fields(base, theirs, mine, "mine"), _fields(base, theirs, mine, "theirs"))


def _fields(base: Part, theirs: Part, mine: Part, side: Side) -> dict[str, object]:
    """Keep the fields in the order of theirs, with mine behind."""
    put = {name: _value(name, base, theirs, mine, side) for name in dict.fromkeys((*theirs, *mine))}
    return {name: value for name, value in put.items() if value is not _NOTHING}


def _value(name: str, base: Part, theirs: Part, mine: Part, side: Side) -> object:
    was, their, my = (part.get(name, _NOTHING) for part in (base, theirs, mine))
    if _is_alike(was, their) or _is_alike(their, my):
        return my
    if _is_alike(was, my):
        return their
    if name not in CONDITIONS:
        groups = [_group(value) for value in (was, their, my)]
        if groups[1] is not None and groups[2] is not None:
            return _fields(groups[0] or {}, groups[1], groups[2], side)
        lists = [_rows(value) for value in (was, their, my)]
        if lists[1] is not None and lists[2] is not None:
            return _merged_rows(lists[0] or {}, lists[1], lists[2], side)
    return my if side == "mine" else their


def _merged_rows(base: Part, theirs: Part, mine: Part, side: Side) -> list[object]:
    """Put rows together: in the order of whoever changed it, mine where both did."""
    kept = _fields(base, theirs, mine, side)
    common = [key for key in base if key in theirs and key in mine]
    first, second = (theirs, mine) if _order(mine, common) == common else (mine, theirs)
    return [kept[key] for key in dict.fromkeys((*first, *second)) if key in kept]


def _order(rows: Part, common: Sequence[str]) -> list[str]:
    return [key for key in rows if key in common]


def _is_alike(one: object, other: object) -> bool:
    return one is other if _NOTHING in (one, other) else is_same(one, other)


def _group(value: object) -> Part | None:
    return {str(name): inner for name, inner in value.items()} if isinstance(value, Mapping) else None


def _rows(value: object) -> Part | None:
    """Return the rows of a list by what tells them apart; None where nothing does."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
    if not rows or not isinstance(value, list | tuple) or len(rows) != len(value):
        return None
    key = next((key for key in _KEYS if all(key in row for row in rows)), None)
    if key is None:
        return None
    named = {str(row[key]): row for row in rows}
    return named if len(named) == len(rows) else None
