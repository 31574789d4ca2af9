"""The sheet of one section: a row for each question, and rows below it for its options and named fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

from xlsxwriter.worksheet import Worksheet

from app.domain.answers import BLANK, Answer, AnswerState, Scalar, codes_of, records_of
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import (
    MATURITY_LEVELS,
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    YesNoItem,
)
from app.domain.questionnaire.records import RecordField
from app.infra.language import gettext as _
from app.offline import help_texts
from app.offline.layout import (
    YES_NO,
    Column,
    groups_of,
    labels_of,
    level_label,
    none_key,
    option_key,
    record_key,
    shortened,
    state_words,
    states_of,
)
from app.offline.looks import WIDTHS, Formats, height_of
from app.reports.rich_text import as_plain_text
from app.reviews.saved import SavedAnswer

_PLAIN_WIDTH = 160
_LONGEST_ITEM = 80

Kind = Literal["text", "number", "date"]
RangeOf = Callable[[Sequence[str]], str]


class SectionSheet:
    """Writes one section; `asked` are the questions that are asked at present."""

    def __init__(
        self,
        sheet: Worksheet,
        formats: Formats,
        range_of: RangeOf,
        document: Questionnaire,
        saved: Mapping[str, SavedAnswer],
        asked: Collection[str],
    ) -> None:
        self.sheet, self.formats, self.range_of = sheet, formats, range_of
        self.document, self.saved, self.asked = document, saved, asked
        self.row = 0

    def write(self, section: Section) -> None:
        """Write the title, the heads, and every question that takes an answer."""
        self._head(section)
        for item in section.items:
            if isinstance(item, ReferenceItem):
                continue
            stored = self.saved[item.code].answer if item.code in self.saved else BLANK
            self._question(section, item, stored)
            if isinstance(item, ChecklistItem):
                self._options(item, stored)
            self._records(item, stored)
        self.sheet.freeze_panes(2, Column.CODE)
        self.sheet.repeat_rows(1)

    def _head(self, section: Section) -> None:
        for column, width in WIDTHS.items():
            self.sheet.set_column(column - 1, column - 1, width, None, {"hidden": True} if column is Column.KEY else {})
        self.sheet.set_row(0, 28)
        self.sheet.write_string(0, Column.CODE - 1, f"{section.code} {section.title}", self.formats.title)
        for column, text in _heads().items():
            self.sheet.write_string(1, column - 1, text, self.formats.head)
        self.row = 2
        introduction = as_plain_text(section.introduction)
        if introduction:
            self.sheet.merge_range(2, Column.CODE - 1, 2, Column.EVIDENCE - 1, introduction, self.formats.prose)
            self.sheet.set_row(2, height_of(introduction, _PLAIN_WIDTH))
            self.row = 3

    def _question(self, section: Section, item: Item, stored: Answer) -> None:
        asks_parts = isinstance(item, ChecklistItem | RecordsItem)
        self._say(Column.KEY, item.code)
        self._say(Column.CODE, item.code, self.formats.code)
        text = help_texts.question_text(section, item, is_asked=item.code in self.asked)
        self._say(Column.QUESTION, text, self.formats.question if item.code in self.asked else self.formats.quiet)
        self._say(Column.CHOICES, help_texts.choices_text(item))
        self._say(Column.HELP, help_texts.help_text(item))
        if asks_parts:
            self._say(Column.ANSWER, "", self.formats.closed)
        else:
            self._answer(item, stored)
        self._offer([state_words(state) for state in states_of(item)], Column.STATE)
        has_reason = stored.state not in {AnswerState.ANSWERED, AnswerState.BLANK}
        self._enter(Column.STATE, state_words(stored.state) if has_reason else None)
        self._enter(Column.REASON, stored.reason)
        self._enter(Column.COMMENT, stored.comment)
        self._enter(Column.EVIDENCE, stored.evidence_url)
        self.row += 1

    def _answer(self, item: Item, stored: Answer) -> None:
        value = stored.value if isinstance(stored.value, int | float | str) else None
        match item:
            case MaturityItem():
                labels = {level.level: level_label(level.level, level.text) for level in item.levels}
                self._offer(list(labels.values()), Column.ANSWER)
                self._enter(Column.ANSWER, labels.get(value) if isinstance(value, int) else None)
            case YesNoItem():
                words = {code: _(word) for code, word in YES_NO.items() if code != "partly" or item.partly_allowed}
                self._offer(list(words.values()), Column.ANSWER)
                self._enter(Column.ANSWER, words.get(str(value)))
            case ChoiceItem():
                named = labels_of((option.code, option.text) for option in item.options)
                self._offer(list(named.values()), Column.ANSWER)
                self._enter(Column.ANSWER, named.get(str(value)))
            case NumberItem() | PercentItem():
                self._enter(Column.ANSWER, value, "number")
            case _:
                self._enter(Column.ANSWER, value)

    def _options(self, item: ChecklistItem, stored: Answer) -> None:
        ticked, yes = codes_of(stored.value), _(YES_NO["yes"])
        is_answered = stored.state is AnswerState.ANSWERED
        for option in item.options:
            said = yes if option.code in ticked else None
            if option.code in stored.not_applicable:
                said = state_words(AnswerState.NOT_APPLICABLE)
            words = " ".join(filter(None, (option.text, option.superseded)))
            choices = [yes, state_words(AnswerState.NOT_APPLICABLE)] if option.na_allowed else [yes]
            self._part(option_key(item.code, option.code), words, option.hint or "", choices, said)
        is_none = is_answered and not ticked
        self._part(none_key(item.code), _(item.none_text), "", [yes], yes if is_none else None)

    def _records(self, item: Item, stored: Answer) -> None:
        groups = records_of(stored.value) if isinstance(item, RecordsItem) else stored.details
        maximum = groups_of(self.document, item)
        title = help_texts.group_title(self.document, item)
        for number in range(1, maximum + 1):
            for field in self.document.fields_of(item):
                words = f"{title}: {field.label}" if maximum == 1 else f"{title} {number}: {field.label}"
                value = groups[number - 1].get(field.code) if number <= len(groups) else None
                labels = self._field_labels(field)
                said = labels.get(str(value)) if labels and value is not None else value
                key = record_key(item.code, number, field.code)
                self._part(key, words, help_texts.field_hint(field), list(labels.values()), said, kind=_kind(field))

    def _field_labels(self, field: RecordField) -> dict[str, str]:
        """Return the choices of a field by the values that they stand for; none for a field that is written."""
        match field.type:
            case "choice":
                return labels_of((option.code, option.text) for option in field.options)
            case "level":
                return {str(level): str(level) for level in range(1, MATURITY_LEVELS + 1)}
            case "item":
                items = self.document.items
                return {code: f"{code} {shortened(items[code].text, _LONGEST_ITEM)}" for code in self.document.scored_items}
            case _:
                return {}

    def _part(self, key: str, words: str, hint: str, choices: Sequence[str], said: Scalar | None, *, kind: Kind = "text") -> None:
        """Write a row below a question."""
        self._say(Column.KEY, key)
        for column in (Column.CODE, Column.STATE, Column.REASON, Column.COMMENT, Column.EVIDENCE, Column.HELP):
            self._say(column, "")
        self._say(Column.QUESTION, words, self.formats.part)
        self._say(Column.CHOICES, hint)
        if choices:
            self._offer(choices, Column.ANSWER)
        self._enter(Column.ANSWER, said, kind)
        self.row += 1

    def _say(self, column: Column, text: str, looks: object = None) -> None:
        chosen = looks or self.formats.cell
        if text:
            self.sheet.write_string(self.row, column - 1, text, chosen)
        else:
            self.sheet.write_blank(self.row, column - 1, None, chosen)

    def _enter(self, column: Column, value: Scalar | None, kind: Kind = "text") -> None:
        """Write into a cell that people may change. What is no number or date stays as it is typed: 1-2 is no date there."""
        looks = {"text": self.formats.text_entry, "number": self.formats.entry, "date": self.formats.date_entry}[kind]
        if kind == "date" and isinstance(value, str):
            self.sheet.write_datetime(self.row, column - 1, datetime.fromisoformat(value), looks)
        elif isinstance(value, int | float):
            self.sheet.write_number(self.row, column - 1, value, looks)
        elif value:
            self.sheet.write_string(self.row, column - 1, value, looks)
        else:
            self.sheet.write_blank(self.row, column - 1, None, looks)

    def _offer(self, choices: Sequence[str], column: Column) -> None:
        """Offer a drop-down. What is typed instead is asked about, and judged when the workbook comes back."""
        self.sheet.data_validation(
            self.row,
            column - 1,
            self.row,
            column - 1,
            {
                "validate": "list",
                "source": self.range_of(choices),
                "error_type": "warning",
                "error_title": _("Not in the list")[:32],
                "error_message": _("Choose from the list, or keep what you typed: it is checked when you upload the workbook.")[
                    :255
                ],
            },
        )


def _heads() -> dict[Column, str]:
    return {
        Column.CODE: _("Code"),
        Column.QUESTION: _("Question"),
        Column.CHOICES: _("What to choose from"),
        Column.ANSWER: _("Your answer"),
        Column.STATE: _("If there is no answer: why"),
        Column.REASON: _("Reason, where something does not apply"),
        Column.COMMENT: _("Comment"),
        Column.EVIDENCE: _("Link to evidence"),
        Column.HELP: _("Help"),
    }


def _kind(field: RecordField) -> Kind:
    if field.type == "date":
        return "date"
    return "number" if field.type in {"number", "year", "level"} else "text"
