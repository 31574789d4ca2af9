"""How the workbook is laid out: a sheet for each kind of part and for each list within it, read from the format itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.authoring.shapes import ITEM_MODELS, Control, Shape, shapes_of
from app.domain.drafting.document import Kind

FORMAT = 1
HIDDEN_SHEET, SIGN = "_readiness_items", "readiness items workbook"
OWN = "#"
"""What begins so is the committee's own, or ours for people: rows and columns that are not read."""
OTHER = "other: "
"""Before the name of a field that the format does not know, in quotation marks; a draft may hold one."""
FIELD, VALUE = "field", "value"
SECTION, ORDER = "of section", "order"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One field as a column, or as a row of a sheet that holds one part. `is_spare`: written only where it is needed, for a group
    or a list that cannot be laid out."""

    path: Path
    control: Control | None
    """None: data, which may be anything."""
    help: str = ""
    choices: tuple[str, ...] = ()
    is_spare: bool = False

    @property
    def name(self) -> str:
        """What the column is called: the field as in files, with a dot before what lies within."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of part, or one list within another. `owners`: the columns that say where a row belongs; `lists`: the sheets of
    the lists within, by where they stand in the part."""

    name: str
    shapes: tuple[Shape, ...]
    owners: tuple[str, ...] = ()
    is_form: bool = False
    """Whether it holds one part, a field in a row."""
    lists: tuple[tuple[Path, Sheet], ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return its columns, but for those that say where a row belongs."""
        return tuple(_columns(self.shapes))

    def column(self, name: str) -> Column | None:
        """Return a column by its name; one with a field that the format does not know holds data."""
        if name.startswith(OTHER):
            field = _unquoted(name.removeprefix(OTHER))
            return None if field is None else Column((field,), None, is_spare=True)
        return next((column for column in self.columns if column.name == name), None)

    def walk(self) -> Iterator[Sheet]:
        """Yield it, and every sheet of its lists."""
        yield self
        for _path, sheet in self.lists:
            yield from sheet.walk()


@cache
def sheets() -> dict[str, Sheet]:
    """Return the sheets of the parts by their names, in the order of the workbook."""
    lists = {kind: shapes_of(kind)[0].parts for kind in (Kind.CLAUSES, Kind.DETAILS)}
    return {
        sheet.name: sheet
        for sheet in (
            _sheet("about", (*shapes_of(Kind.ABOUT), *map(_list_as_data, (Kind.CLAUSES, Kind.DETAILS))), is_form=True),
            _sheet("clauses", lists[Kind.CLAUSES], owner="clause"),
            _sheet("details", lists[Kind.DETAILS], owner="detail"),
            _sheet("scheme", shapes_of(Kind.SCHEME), is_form=True),
            _sheet("scores", shapes_of(Kind.NODE), owner="score"),
            _sheet("sections", shapes_of(Kind.SECTION), owner="section"),
            _sheet("items", _any_item(), (SECTION, ORDER), owner="item"),
        )
    }


def all_sheets() -> tuple[Sheet, ...]:
    """Return every sheet that is read, in the order of the workbook."""
    return tuple(each for sheet in sheets().values() for each in sheet.walk())


def _sheet(
    name: str, shapes: tuple[Shape, ...], owners: tuple[str, ...] = (), *, owner: str = "", is_form: bool = False
) -> Sheet:
    inner = () if is_form or not owner else (*(one for one in owners if one not in {SECTION, ORDER}), f"of {owner}")
    found = tuple(
        (path, _sheet(f"{name}.{'.'.join(path)}", shape.parts, inner, owner=_singular(path[-1])))
        for path, shape in _lists(shapes)
    )
    return Sheet(name, shapes, owners, is_form, found)


def _unquoted(text: str) -> str | None:
    try:
        name: object = json.loads(text)
    except ValueError:
        return None
    return name if isinstance(name, str) else None


def _singular(name: str) -> str:
    return name.removesuffix("s")


def _list_as_data(kind: Kind) -> Shape:
    """Where a list of the whole cannot be laid out, such as an empty one, it stands in the first sheet as data."""
    return Shape(kind.value, Control.ROWS)


def _lists(shapes: Sequence[Shape], path: Path = ()) -> Iterator[tuple[Path, Shape]]:
    for shape in shapes:
        if shape.control is Control.ROWS and shape.parts:
            yield (*path, shape.name), shape
        elif shape.control is Control.GROUP:
            yield from _lists(shape.parts, (*path, shape.name))


def _columns(shapes: Sequence[Shape], path: Path = ()) -> Iterator[Column]:
    for shape in shapes:
        here = (*path, shape.name)
        if shape.control is Control.GROUP:
            yield from _columns(shape.parts, here)
        if shape.control in {Control.GROUP, Control.ROWS}:
            yield Column(here, None, shape.help, is_spare=True)
        else:
            yield Column(here, shape.control, shape.help, shape.choices)


def _any_item() -> tuple[Shape, ...]:
    """Return the fields of items of every type, each once; those that hold lists with the fields of all such lists."""
    types = Shape("type", Control.CHOICE, "What kind of item this is.", is_required=True, choices=tuple(ITEM_MODELS))
    code, *rest = _joined([shape for each in ITEM_MODELS for shape in shapes_of(Kind.ITEM, each) if shape.name != "type"])
    return (code, types, *rest)


def _joined(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    found: dict[str, Shape] = {}
    for shape in shapes:
        known = found.setdefault(shape.name, shape)
        if known.parts != shape.parts:
            found[shape.name] = replace(known, parts=_joined([*known.parts, *shape.parts]))
    return tuple(found.values())
