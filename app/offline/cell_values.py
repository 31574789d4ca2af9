"""What a filled cell holds, as a question's own reader takes it: kindly, and without guessing where two things could be meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.domain.answers import AnswerState
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem, NumberItem, PercentItem, YesNoItem
from app.domain.questionnaire.records import RecordField
from app.domain.reading import NONE
from app.kit.say import mark
from app.offline.layout import Column, groups_of, item_of, none_key, option_key, record_key
from app.offline.reading import Entry, ReadWorkbook
from app.offline.vocabulary import Vocabulary, plain
from app.reviews.words import number_words

_CHOOSE_YES = mark("Choose Yes, or leave the cell empty.")
_CHOOSE_SOME = mark("Choose Yes beside at least one option, or beside the last row if none is true.")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell, and what to do."""

    place: str
    code: str
    message: str


@dataclass
class Given:
    """What the rows of one question hold. None and empty mean: nothing is written there."""

    value: object = None
    not_applicable: tuple[str, ...] = ()
    has_value: bool = False
    records: tuple[Mapping[str, object], ...] = ()
    state: str = ""
    reason: str = ""
    comment: str = ""
    evidence_url: str = ""
    problems: list[CellProblem] = field(default_factory=list)


class ItemRows:
    """The rows of one question in a workbook of its own questionnaire version."""

    def __init__(self, vocabulary: Vocabulary, item: Item, workbook: ReadWorkbook) -> None:
        self.words, self.item, self.workbook = vocabulary, item, workbook
        self.given = Given()

    @property
    def document(self) -> Questionnaire:
        """The questionnaire version that the workbook was made from."""
        return self.words.document

    def read(self) -> Given:
        """Read every cell of the question; each that cannot be read is named."""
        given, code = self.given, self.item.code
        self._check_doubles()
        given.state = self.words.state(self._text(code, Column.STATE))
        given.reason, given.comment = self._text(code, Column.REASON), self._text(code, Column.COMMENT)
        given.evidence_url = self._text(code, Column.EVIDENCE)
        if isinstance(self.item, ChecklistItem):
            self._read_ticks(self.item)
        elif self.item.type != "records":
            entry = self._entry(code, Column.ANSWER)
            given.value = None if entry is None else self._value(entry)
            given.has_value = entry is not None
        given.records = self._groups()
        if self.item.type == "records":
            given.has_value = bool(given.records)
        return given

    def place(self, key: str, column: Column) -> str:
        """Name a cell of a row, filled or not; a row of which nothing is filled goes by its question."""
        row = self.workbook.rows.get(key) or self.workbook.rows.get(self.item.code) or self._row_of_ticks()
        if column in row:
            return row[column].place
        sheet, _, reference = next((entry.place for entry in row.values()), "").rpartition(" ")
        number = reference.lstrip("ABCDEFGHIJ")
        return f"{sheet} {chr(ord('A') + column - 1)}{number}" if number else self.item.code

    def _row_of_ticks(self) -> Mapping[int, Entry]:
        """Return a filled row of a checklist, which has none of its own: what says that none is true, else the first tick."""
        rows = self.workbook.rows
        own = (row for key, row in rows.items() if item_of(key) == self.item.code and Column.ANSWER in row)
        return rows.get(none_key(self.item.code)) or next(own, {})

    def _check_doubles(self) -> None:
        words = mark("This row stands in the workbook twice, with different contents. Delete the row that does not count.")
        for key, place in self.workbook.twice.items():
            if key == self.item.code or key.startswith(f"{self.item.code}|"):
                self.given.problems.append(CellProblem(place, "cell_twice", words))

    def _entry(self, key: str, column: Column) -> Entry | None:
        """Return a filled cell. A formula is named and not taken: what it would come to depends on where it is opened."""
        entry = self.workbook.rows.get(key, {}).get(column)
        if entry is None or entry.kind not in {"f", "e"}:
            return entry
        code, words = "cell_formula", mark("The cell holds a formula. Type the value itself.")
        if entry.kind == "e":
            code, words = "cell_unreadable", mark("The cell holds an error, or a time of day. Type the answer itself.")
        self.given.problems.append(CellProblem(entry.place, code, words))
        return None

    def _text(self, key: str, column: Column) -> str:
        entry = self._entry(key, column)
        return "" if entry is None else text_of(entry).strip()

    def _value(self, entry: Entry) -> object:
        said = text_of(entry)
        match self.item:
            case MaturityItem():
                return self.words.level(self.item.code, said)
            case YesNoItem():
                return self.words.yes_no.get(plain(said), said)
            case ChoiceItem():
                return self.words.choice(self.item.code, said)
            case PercentItem():
                return self._number(entry, is_percentage=True)
            case NumberItem():
                return self._number(entry, is_percentage="%" in self.item.unit)
            case _:
                return said

    def _number(self, entry: Entry, *, is_percentage: bool) -> object:
        """Read a number; 0.35 shown as 35 % is 35 where a percentage is asked for."""
        if entry.kind == "p" and not is_percentage:
            words = mark("The cell is shown as a percentage, and the question asks for a number. Type the number without %.")
            self.given.problems.append(CellProblem(entry.place, "cell_percentage", words))
            return None
        if entry.kind == "p" and not isinstance(entry.value, str):
            return float(f"{entry.value * 100:.15g}")
        if entry.kind == "n":
            return entry.value
        said = text_of(entry).strip()
        return said.removesuffix("%").strip() if is_percentage else said

    def _read_ticks(self, item: ChecklistItem) -> None:
        meant = {option.code: self._tick(option_key(item.code, option.code)) for option in item.options}
        is_none = self._tick(none_key(item.code)) == "yes"
        ticked = tuple(code for code, said in meant.items() if said == "yes")
        left_out = tuple(code for code, said in meant.items() if said == AnswerState.NOT_APPLICABLE.value)
        is_all_no = all(said in {"no", AnswerState.NOT_APPLICABLE.value} for said in meant.values())
        self.given.value = (*ticked, NONE) if is_none else ticked or ((NONE,) if is_all_no else ())
        self.given.not_applicable = left_out
        self.given.has_value = bool(self.given.value or left_out)
        if "no" in meant.values() and not self.given.value:
            self.given.problems.append(CellProblem(self.place(item.code, Column.ANSWER), "cell_no_tick", _CHOOSE_SOME))

    def _tick(self, key: str) -> str | None:
        entry = self._entry(key, Column.ANSWER)
        if entry is None:
            return None
        said = self.words.tick(text_of(entry))
        if said is None:
            self.given.problems.append(CellProblem(entry.place, "cell_no_tick", _CHOOSE_YES))
        return said

    def _groups(self) -> tuple[Mapping[str, object], ...]:
        """Read the groups of named fields; those at the end that are empty are left out."""
        fields = self.document.fields_of(self.item)
        groups: list[dict[str, object]] = []
        for number in range(1, groups_of(self.document, self.item) + 1):
            found = {each.code: self._entry(record_key(self.item.code, number, each.code), Column.ANSWER) for each in fields}
            groups.append({each.code: self._field(each, found[each.code]) for each in fields if found[each.code] is not None})
        while groups and not groups[-1]:
            groups.pop()
        return tuple(groups)

    def _field(self, each: RecordField, entry: Entry | None) -> object:
        if entry is None:
            return None
        readers: dict[str, Callable[[str], str]] = {
            "choice": lambda said: self.words.choice(f"{self.item.code}.{each.code}", said),
            "item": self.words.item,
        }
        if each.type == "number":
            return self._number(entry, is_percentage=True)
        return readers.get(each.type, str)(text_of(entry))


def text_of(entry: Entry) -> str:
    """Return what a cell holds as a person would type it."""
    match entry.kind, entry.value:
        case "p", (int() | float()) as share:
            return f"{share * 100:.15g} %"
        case "b", truth:
            return "true" if truth else "false"
        case _, (int() | float()) as number:
            return number_words(number)
        case _, text:
            return str(text)
