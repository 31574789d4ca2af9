"""The rows of the sheets as a document again; what cannot be read is named by its sheet, row and column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.authoring.shapes import Control
from app.authoring.workbook.layout import ORDER, SECTION, Column, Path, Sheet, sheets
from app.authoring.workbook.values import Cell, UnreadableCell, value_of
from app.domain.drafting.document import DraftDocument, Kind, Page, Part
from app.kit.say import mark, say

MOST_PROBLEMS = 50
_NAME = Column(("name",), Control.LINE)
_WORDS = {
    "bad_data": mark("What stands after json: is no JSON. Correct it, or write a plain text or number."),
    "bad_condition": mark(
        "This is no condition. Write one such as: A1 equals yes. Or several, a line each, below a line that says: "
        "all of: or any of:"
    ),
}


@dataclass(frozen=True, slots=True)
class At:
    """Where something stands: the sheet, and the row and column as spreadsheet programs name them; `column` is '' for a row."""

    sheet: str
    row: int
    column: str = ""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong at one place, and what to do."""

    at: At
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The filled cells of one row, by the names of their columns, each with its place."""

    at: At
    cells: Mapping[str, tuple[Cell, At]]

    def place(self, name: str) -> At:
        """Return where a cell stands; of an empty one, the row."""
        return self.cells[name][1] if name in self.cells else self.at


@dataclass
class Together:
    """Puts a document together; problems gather on the way."""

    rows: Mapping[str, Sequence[ReadRow]]
    types: dict[str, str] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    def document(self) -> DraftDocument:
        """Return the document; where there are problems it is not whole."""
        self.types = {self._name(row, "code"): self._name(row, "type") for row in self.rows["items"]}
        known = sheets()
        about, scheme = self._one(known["about"]), self._one(known["scheme"])
        singles: dict[Kind, Part] = {Kind.ABOUT: about, Kind.SCHEME: scheme}
        for kind in (Kind.CLAUSES, Kind.DETAILS):
            listed = [part for _row, part in self._parts(known[kind.value])]
            spare = {kind.value: about.pop(kind.value)} if kind.value in about else {}
            if listed and spare:
                self._say(At("about", 1), "cell_contradiction", _two_lists(kind.value))
            singles[kind] = {kind.value: listed} if listed else spare
        nodes = tuple(part for _row, part in self._parts(known["scores"]))
        return DraftDocument({kind: singles[kind] for kind in _SINGLES}, nodes, self._pages())

    def _one(self, sheet: Sheet) -> dict[str, object]:
        return next((part for _row, part in self._parts(sheet)), {})

    def _pages(self) -> tuple[Page, ...]:
        sections = [part for _row, part in self._parts(sheets()["sections"])]
        inside: dict[str, list[Part]] = {str(part.get("code")): [] for part in sections}
        for row, part in self._in_order(self._parts(sheets()["items"])):
            home = self._name(row, SECTION)
            if home in inside:
                inside[home].append(part)
                continue
            words = say("There is no section {code}. Write the code of one that stands in the sheet sections.", code=home or "?")
            self._say(row.place(SECTION), "unknown_section", words)
        return tuple(Page(part, tuple(inside[str(part.get("code"))])) for part in sections)

    def _in_order(self, rows: Sequence[tuple[ReadRow, dict[str, object]]]) -> list[tuple[ReadRow, dict[str, object]]]:
        """Return items by their numbers; one without a number follows the row above it."""
        turns: list[float] = []
        for row, _part in rows:
            cell, at = row.cells.get(ORDER, ("", row.at))
            if isinstance(cell, str) and cell.strip():
                self._say(
                    at,
                    "not_a_number",
                    mark("Write a number here, or leave the cell empty: the row then follows the one above it."),
                )
            is_number = not isinstance(cell, str)
            turns.append(float(cell) if is_number else turns[-1] if turns else float("-inf"))
        return [pair for _turn, pair in sorted(zip(turns, rows, strict=True), key=lambda turned: turned[0])]

    def _parts(self, sheet: Sheet) -> list[tuple[ReadRow, dict[str, object]]]:
        """Return the parts of a sheet with their lists; every part whose code must be its own has one."""
        found = [(row, self._part(sheet, row)) for row in self.rows[sheet.name]]
        if sheet.name in {"scores", "sections", "items"}:
            self._check_codes(found)
        for path, inner in sheet.lists:
            self._fill_lists(sheet, found, path, inner)
        return found

    def _fill_lists(self, sheet: Sheet, found: Sequence[tuple[ReadRow, dict[str, object]]], path: Path, inner: Sheet) -> None:
        owned: dict[tuple[str, ...], list[Part]] = defaultdict(list)
        keys: dict[tuple[str, ...], tuple[ReadRow, dict[str, object]]] = {}
        for row, part in found:
            own = (*(self._name(row, name) for name in inner.owners[:-1]), str(part.get("code", ""))) if inner.owners else ()
            keys.setdefault(own, (row, part))
        for row, part in self._parts(inner):
            key = tuple(self._name(row, name) for name in inner.owners)
            if key in keys:
                owned[key].append(part)
                continue
            words = say(
                "{code} is not in the sheet {sheet}. Write the code of a row that is there.",
                code=" ".join(key).strip() or "?",
                sheet=sheet.name,
            )
            self._say(row.place(inner.owners[-1]) if inner.owners else row.at, "unknown_owner", words)
        for key, parts in owned.items():
            row, part = keys[key]
            self._put(row, part, path, parts, inner.name)

    def _put(self, row: ReadRow, part: dict[str, object], path: Path, value: object, name: str) -> None:
        """Put a value where it stands in a part; what stands there as data already is a contradiction."""
        holder: object = part
        for step in path[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or path[-1] in holder:
            words = say("This stands in the workbook twice: here as data, and as {name}. Empty one of the two.", name=name)
            self._say(row.at, "cell_contradiction", words)
            return
        holder[path[-1]] = value

    def _part(self, sheet: Sheet, row: ReadRow) -> dict[str, object]:
        part: dict[str, object] = {}
        for name, (cell, at) in sorted(row.cells.items(), key=lambda each: _turn(sheet, each[0])):
            column = None if name in sheet.owners else sheet.column(name)
            if column is None:
                continue
            try:
                value = value_of(column, cell, self.types)
            except UnreadableCell as unreadable:
                self._say(at, unreadable.code, _WORDS[unreadable.code])
                continue
            if value is not None or (isinstance(cell, str) and cell.strip()):
                self._put(row, part, column.path, value, name)
        return part

    def _check_codes(self, found: Sequence[tuple[ReadRow, dict[str, object]]]) -> None:
        seen: set[str] = set()
        for row, part in found:
            code = part.get("code")
            if not isinstance(code, str) or not code.strip():
                self._say(row.place("code"), "code_missing", mark("Give this row a code, such as B1-10."))
            elif code.casefold() in seen:
                self._say(
                    row.place("code"),
                    "code_twice",
                    say("The code {code} stands in this sheet twice. Give one of them its own code.", code=code),
                )
            else:
                seen.add(code.casefold())

    def _name(self, row: ReadRow, name: str) -> str:
        """Return a code that a row names; '' where it names none."""
        cell, _at = row.cells.get(name, ("", row.at))
        try:
            found = value_of(_NAME, cell, {})
        except UnreadableCell:
            return ""
        return "" if found is None else str(found)

    def _say(self, at: At, code: str, words: str) -> None:
        self.problems.append(CellProblem(at, code, words))


_SINGLES = (Kind.ABOUT, Kind.CLAUSES, Kind.DETAILS, Kind.SCHEME)


def _turn(sheet: Sheet, name: str) -> tuple[int, int]:
    """Read fields in the order of the format, and what it does not know after it."""
    names = [column.name for column in sheet.columns]
    return (names.index(name), 0) if name in names else (len(names), 0)


def _two_lists(name: str) -> str:
    return say("{name} stands in this sheet as data, and in a sheet of its own. Empty one of the two.", name=name)


def rows_of(grid: Mapping[str, Sequence[Mapping[str, Cell]]]) -> Iterator[tuple[str, list[ReadRow]]]:
    """Yield rows that were just laid out as if they had been read."""
    for sheet in sheets().values():
        for each in sheet.walk():
            at = At(each.name, 0)
            yield each.name, [ReadRow(at, {name: (cell, at) for name, cell in row.items()}) for row in grid.get(each.name, ())]
