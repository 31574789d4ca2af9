"""A document as the rows of the sheets: what can be laid out in columns and rows is, and the rest stands in one cell as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.authoring.shapes import Control, Shape
from app.authoring.workbook.layout import ORDER, SECTION, Column, Path, Sheet, sheets
from app.authoring.workbook.values import Cell, cell_of, other_name
from app.domain.drafting.document import DraftDocument, Kind, Part, code_of

Row = dict[str, Cell]
_HOME = Column((SECTION,), Control.LINE)


@dataclass
class Grid:
    """The rows of every sheet, by its name. `types`: those of the items, by their codes."""

    types: Mapping[str, str]
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, sheet: Sheet, part: Part, owners: Mapping[str, Cell]) -> None:
        """Lay a part out as a row of its sheet, and the lists within it as rows of theirs."""
        row: Row = dict(owners)
        self.rows.setdefault(sheet.name, []).append(row)
        self._fill(sheet, row, sheet.shapes, part, ())

    def _fill(self, sheet: Sheet, row: Row, shapes: Sequence[Shape], part: Part, path: Path) -> None:
        known = {shape.name: shape for shape in shapes}
        for name, value in part.items():
            here = (*path, name)
            if name not in known:  # only at the top: a group with one is data
                row[other_name(name)] = cell_of(Column((name,), None), value, self.types)
            elif known[name].control is Control.GROUP and isinstance(value, Mapping) and _is_laid_out(known[name], value):
                self._fill(sheet, row, known[name].parts, value, here)
            elif known[name].control is Control.ROWS and self._adds_list(sheet, row, here, value):
                continue
            else:
                column = sheet.column(".".join(here)) or Column(here, None)
                is_first = not sheet.owners and column == sheet.columns[0]
                row[column.name] = cell_of(column, value, self.types, is_first=is_first)

    def _adds_list(self, sheet: Sheet, row: Row, path: Path, value: object) -> bool:
        """Lay a list out in its own sheet, where every row of it can say where it belongs."""
        inner = next((inner for at, inner in sheet.lists if at == path), None)
        if inner is None or not isinstance(value, list) or not value or not all(_is_filled(each) for each in value):
            return False
        owners = self._owners(sheet, row, inner)
        if owners is None:
            return False
        for each in value:
            self.add(inner, each, owners)
        return True

    def _owners(self, sheet: Sheet, row: Row, inner: Sheet) -> Row | None:
        """Return what a list's rows say of where they belong; None where the code of their owner does not tell."""
        if not inner.owners:
            return {}
        code = row.get("code")
        if not isinstance(code, str) or code != code.strip() or code.startswith(("json:", "#")):
            return None
        if sheet.owners and sheet.name != "items" and self.is_double(sheet, row):
            return None
        return {**{name: row[name] for name in inner.owners[:-1]}, inner.owners[-1]: code}

    def is_double(self, sheet: Sheet, row: Row) -> bool:
        """Tell whether another row of the same owner has the same code; only what comes later can."""
        names = (*sheet.owners, "code")
        key = [row.get(name) for name in names]
        return sum([other.get(name) for name in names] == key for other in self.rows[sheet.name]) > 1


def taken_apart(document: DraftDocument) -> dict[str, list[Row]]:
    """Return the rows of every sheet for a document."""
    grid, known = Grid(_types(document)), sheets()
    lists = {kind: document.singles[kind].get(kind.value) for kind in (Kind.CLAUSES, Kind.DETAILS)}
    about: dict[str, object] = dict(document.singles[Kind.ABOUT])
    for kind, content in lists.items():
        if kind.value in document.singles[kind] and not _is_list_of_parts(content):
            about[kind.value] = content
    grid.add(known["about"], about, {})
    for kind, content in lists.items():
        for part in content if isinstance(content, list) and _is_list_of_parts(content) else ():
            grid.add(known[kind.value], part, {})
    grid.add(known["scheme"], document.singles[Kind.SCHEME], {})
    _add_all(grid, known["scores"], document.nodes)
    _add_all(grid, known["sections"], (page.part for page in document.pages))
    items = [(code_of(page.part), item) for page in document.pages for item in page.items]
    for number, (section, item) in enumerate(items, start=1):
        grid.add(known["items"], item, {SECTION: cell_of(_HOME, section, {}, is_first=True), ORDER: number})
    return grid.rows


def _add_all(grid: Grid, sheet: Sheet, parts: Iterable[Part]) -> None:
    for part in parts:
        grid.add(sheet, part, {})


def _types(document: DraftDocument) -> dict[str, str]:
    return {code_of(item): str(item.get("type", "")) for page in document.pages for item in page.items}


def _is_laid_out(shape: Shape, value: Part) -> bool:
    """Tell whether a group can be laid out in columns: it has something in it, and nothing that the format does not know."""
    return bool(value) and set(value) <= {part.name for part in shape.parts}


def _is_filled(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(name, str) for name in value)


def _is_list_of_parts(content: object) -> bool:
    """Tell whether a list has rows that can be told apart by their codes."""
    if not isinstance(content, list) or not content or not all(_is_filled(part) for part in content):
        return False
    codes = Counter(part.get("code") if isinstance(part.get("code"), str) else None for part in content)
    return None not in codes and max(codes.values()) == 1
