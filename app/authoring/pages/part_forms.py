"""A part of a draft as the fields of a form, and back; what cannot be read stays as it was typed, for the checker to speak of."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile

from app.authoring.shapes import Control, Shape
from app.domain.drafting.conditions import RELATIONS, Comparison, Rows, condition_of, number_of, number_text, rows_of
from app.domain.drafting.document import Part
from app.infra.yaml import DEEPEST, depth_of
from app.web.forms import Form

SPARE_ROWS = 2
TICKED = "yes"
_NEWLINES = re.compile(r"\r\n?")
_NOT = "not_"
_DEEPEST_CONDITION = DEEPEST - 5  # around it: the whole, its sections, the section, its items, and the item


@dataclass(frozen=True, slots=True)
class Around:
    """What a part may name of the draft around it: choices by the name of the field, and the type of every item."""

    choices: Mapping[str, Mapping[str, str]]
    types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of the form; `rows` and `parts` hold the fields within it."""

    shape: Shape
    name: str
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    parts: tuple[FieldView, ...] = ()
    rows: tuple[tuple[FieldView, ...], ...] = ()
    condition: Rows | None = None

    @property
    def has_error(self) -> bool:
        """Tell whether something is said of it, or of a field within it."""
        return bool(self.error) or any(field.has_error for row in (self.parts, *self.rows) for field in row)

    @property
    def id(self) -> str:
        """The id of its control."""
        return self.name.replace(".", "-")


def views(
    shapes: Sequence[Shape], part: Part, errors: Mapping[str, str], around: Around, prefix: str = ""
) -> tuple[FieldView, ...]:
    """Return the fields of a part, each with its value and, where the checker says something of it, what that is."""
    return tuple(_view(shape, part.get(shape.name), errors, around, prefix + shape.name) for shape in shapes)


def read_part(shapes: Sequence[Shape], form: Form, around: Around, prefix: str = "") -> dict[str, object]:
    """Read a part from the fields of a form; what is empty, or as it is by default, is left out."""
    read = {shape.name: _read(shape, form, around, prefix + shape.name) for shape in shapes}
    return {name: value for name, value in read.items() if value is not None}


def _view(shape: Shape, value: object, errors: Mapping[str, str], around: Around, name: str) -> FieldView:
    field = FieldView(shape, name, error=errors.get(name, ""), choices=_choices(shape, around))
    match shape.control:
        case Control.GROUP:
            inner = value if isinstance(value, Mapping) else {}
            is_there = TICKED if isinstance(value, Mapping) else ""
            return replace(field, value=is_there, parts=views(shape.parts, inner, errors, around, f"{name}."))
        case Control.ROWS:
            return replace(field, rows=tuple(_rows(shape, value, errors, around, name)))
        case Control.CONDITION:
            rows = Rows() if value is None else rows_of(value)
            return replace(field, condition=rows, value="" if rows is not None else _written(value))
        case Control.LIST:
            listed = [number_text(each) for each in value] if isinstance(value, list | tuple) else []
            return replace(field, value=", ".join(listed), values=tuple(listed))
        case Control.FLAG:
            return replace(field, value=TICKED if (shape.is_on_by_default if value is None else value is True) else "")
        case _:
            return replace(field, value="" if value is None else _typed(value))


def _rows(shape: Shape, value: object, errors: Mapping[str, str], around: Around, name: str) -> Iterator[tuple[FieldView, ...]]:
    there = [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list | tuple) else []
    for number, row in enumerate([*there, *({} for _ in range(SPARE_ROWS))]):
        yield views(shape.parts, row, errors, around, f"{name}.{number}.")


def _choices(shape: Shape, around: Around) -> tuple[tuple[str, str], ...]:
    if shape.choices:
        return tuple((word, word) for word in shape.choices)
    return tuple(around.choices.get(shape.name, {}).items())


def _read(shape: Shape, form: Form, around: Around, name: str) -> object:
    match shape.control:
        case Control.GROUP:
            group = read_part(shape.parts, form, around, f"{name}.")
            return group if group or (shape.is_switched and form.first(f"{name}.is_there")) else None
        case Control.ROWS:
            kept = [row for row in _read_rows(shape, form, around, name) if row]
            return kept or None
        case Control.CONDITION:
            return _read_condition(form, around, name)
        case Control.LIST:
            texts = [text.strip() for each in form.all(name) for text in each.split(",")]
            return [text for text in texts if text] or None
        case Control.FLAG:
            is_ticked = form.first(name) == TICKED
            return None if is_ticked is shape.is_on_by_default else is_ticked
        case Control.NUMBER:
            text = form.first(name).strip()
            return number_of(text) if text else None
        case Control.FIXED:
            return number_of(shape.choices[0])
        case _:
            return _NEWLINES.sub("\n", form.first(name)).strip() or None


def _read_rows(shape: Shape, form: Form, around: Around, name: str) -> Iterator[dict[str, object]]:
    """Read rows until there is none; one that is ticked for removal goes, and a tick alone makes no row."""
    first_fields = {part.name for part in shape.parts}
    for number in takewhile(lambda number: _has_row(form, f"{name}.{number}.", first_fields), count()):
        row = read_part(shape.parts, form, around, f"{name}.{number}.")
        if not form.first(f"{name}.{number}.remove") and not _is_blank(shape, row):
            yield row


def _is_blank(shape: Shape, row: Part) -> bool:
    """Tell whether nothing is written in a row; a flag that is not as it is by default says nothing alone."""
    flags = {part.name for part in shape.parts if part.control is Control.FLAG}
    return not set(row) - flags


def _has_row(form: Form, prefix: str, names: set[str]) -> bool:
    return any(field.startswith(prefix) and field.removeprefix(prefix).partition(".")[0] in names for field in form.fields)


def _read_condition(form: Form, around: Around, name: str) -> object:
    """Read data, or rows; a row without a question stays as long as it has a value, for the checker to speak of."""
    written = form.first(f"{name}.data").strip()
    if written:
        return _read_data(written)
    joint = "any" if form.first(f"{name}.joint") == "any" else "all"
    rows = takewhile(lambda number: f"{name}.{number}.item" in form.fields, count())
    found = [_read_comparison(form, f"{name}.{number}.") for number in rows]
    kept = tuple(each for each in found if each.item or each.value)
    return condition_of(Rows("any" if joint == "any" else "all", kept), around.types)


def _read_data(written: str) -> object:
    """Read JSON; what is none, or could not be stored, stays as it was typed."""
    try:
        data: object = json.loads(written, parse_constant=_refuse_constant, parse_float=_finite)
        _data(data).encode()
    except (ValueError, RecursionError):  # the former also for half a character, and for a number of thousands of digits
        return written
    return data if depth_of(data) <= _DEEPEST_CONDITION else written


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def _read_comparison(form: Form, prefix: str) -> Comparison:
    relation = form.first(f"{prefix}relation")
    plain = relation.removeprefix(_NOT)
    return Comparison(
        form.first(f"{prefix}item").strip(),
        plain if plain in RELATIONS else RELATIONS[0],
        form.first(f"{prefix}value").strip(),
        is_negated=relation.startswith(_NOT),
    )


def _typed(value: object) -> str:
    return number_text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else _data(value)


def _written(value: object) -> str:
    """Return a condition as it is typed: a text that is no JSON without the quotes that JSON puts around it."""
    return value if isinstance(value, str) and _read_data(value) == value else _data(value)


def _data(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
