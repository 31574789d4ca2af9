"""The rows of an XLSForm in one language: what is asked, and what can be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    TextItem,
    YesNoItem,
)
from app.domain.questionnaire.records import EARLIEST_YEAR, LATEST_YEAR, RecordField
from app.domain.reading import NONE
from app.infra.language import gettext as _
from app.infra.language import note_on
from app.reports.rich_text import as_plain_text
from app.reports.xlsform.conditions import both, expression
from app.reports.xlsform.names import DETAILS, INTRODUCTION, REASON, RECORDS, STATE, Names, safe

TEXTS = ("label", "hint", "guidance_hint", "constraint_message")
"""Columns that people read; each comes in every language."""
SURVEY = ("type", "name", *TEXTS, "relevant", "required", "constraint", "appearance", "code")
CHOICES = ("list_name", "name", "label", "code")
Row = dict[str, str]
_LISTS = {"yes_no": ("yes", "no"), "yes_partly_no": ("yes", "partly", "no"), "levels": ("1", "2", "3", "4", "5")}
_REASONS = ("not_available", "declined")


@dataclass(frozen=True)
class Sheets:
    """The two sheets that hold the form, row by row, in the same order whatever the language."""

    survey: list[Row]
    choices: list[Row]


def sheets(document: Questionnaire) -> Sheets:
    """Return the rows of a questionnaire, in its own language and in the interface's that is spoken."""
    builder = _Builder(document)
    return Sheets(list(builder.survey()), list(builder.choices()))


def texted(text: str) -> str:
    """Return an author's text as a form takes it: `${` would name another question."""
    return text.replace("${", "$ {")


class _Builder:
    def __init__(self, document: Questionnaire) -> None:
        self.document = document
        self.names = Names(document)

    def survey(self) -> Iterator[Row]:
        about = "\n\n".join(filter(None, (note_on(self.document), as_plain_text(self.document.summary))))
        yield _row("note", "about", about, as_plain_text(self.document.instructions))
        for section in self.document.sections:
            yield from self._section(section)

    def choices(self) -> Iterator[Row]:
        words = {"yes": _("Yes"), "partly": _("Partly"), "no": _("No")}
        for name, codes in _LISTS.items():
            yield from (_choice(name, code, words.get(code) or _("Level {level}").format(level=code)) for code in codes)
        states = {"not_available": _("We do not have this information"), "declined": _("We prefer not to answer")}
        applies = {"not_applicable": _("This does not apply to our economy"), **states}
        for name, labels in (("reasons", states), ("reasons_na", applies)):
            yield from (_choice(name, code, label) for code, label in labels.items())
        scored = (self.document.items[code] for code in self.document.scored_items)
        yield from (_choice("questions", item.code, f"{item.code} {item.text}") for item in scored)
        for item in self.document.items.values():
            yield from self._item_choices(item)

    def _item_choices(self, item: Item) -> Iterator[Row]:
        listed = f"{self.names.item(item.code)}_options"
        if isinstance(item, MaturityItem):
            yield from (_choice(listed, str(level.level), f"{level.level}. {level.text}") for level in item.levels)
        elif isinstance(item, ChoiceItem):
            yield from (_choice(listed, option.code, _hinted(option.text, option.hint)) for option in item.options)
        elif isinstance(item, ChecklistItem):
            for tick in item.options:
                yield _choice(listed, tick.code, _hinted(tick.text, tick.superseded, tick.hint))
            yield _choice(listed, NONE, _(item.none_text))
        for field in self.document.fields_of(item):
            own = f"{self.names.field(item.code, field.code)}_options"
            yield from (_choice(own, option.code, option.text) for option in field.options)

    def _section(self, section: Section) -> Iterator[Row]:
        relevant = "" if section.show_if is None else expression(section.show_if, self.document, self.names)
        title = f"{section.code} {section.title}"
        yield _row("begin_group", self.names.section(section.code), title, relevant=relevant, code=section.code)
        if section.introduction:
            yield _row("note", self.names.section(section.code, INTRODUCTION), as_plain_text(section.introduction))
        for item in section.items:
            yield from self._item(item)
        yield _end("group")

    def _item(self, item: Item) -> Iterator[Row]:
        name = self.names.item(item.code)
        relevant = "" if item.show_if is None else expression(item.show_if, self.document, self.names)
        label, hint = f"{item.code} {item.text}", self._hint(item)
        guidance = "\n\n".join(filter(None, (item.why, _example(item), as_plain_text(item.evidence.guidance))))
        if isinstance(item, RecordsItem):
            yield from self._records(item, label, "\n".join(filter(None, (hint, guidance))), relevant)
            return
        kind, constraint, message = self._kind(item)
        needs_state = not isinstance(item, ReferenceItem) and (item.core or item.require_if is not None)
        yield _row(
            kind,
            name,
            label,
            hint,
            guidance_hint=guidance,
            relevant=relevant,
            constraint=constraint,
            constraint_message=message,
            required=self._required(item) if needs_state else "",
            code=item.code,
        )
        if needs_state:
            yield from self._state(item, relevant)
        if fields := self.document.fields_of(item):
            yield from self._details(item, fields)

    def _hint(self, item: Item) -> str:
        unit = item.unit if isinstance(item, NumberItem) else "%" if isinstance(item, PercentItem) else ""
        return "\n".join(filter(None, (unit, as_plain_text(item.guidance))))

    def _kind(self, item: Item) -> tuple[str, str, str]:
        """Return the type of an item's question, what an answer must fulfil, and the words where it does not."""
        options = f"{self.names.item(item.code)}_options"
        match item:
            case MaturityItem() | ChoiceItem():
                return f"select_one {options}", "", ""
            case YesNoItem():
                return f"select_one {'yes_partly_no' if item.partly_allowed else 'yes_no'}", "", ""
            case ChecklistItem():
                alone = f"not(selected(., '{NONE}') and count-selected(.) > 1)"
                words = _("“{none}” stands alone: tick it, or the others.").format(none=_(item.none_text))
                return f"select_multiple {options}", alone, words
            case PercentItem():
                return "decimal", *_between(0, 100)
            case NumberItem():
                return "decimal", *_between(item.minimum, item.maximum)
            case TextItem():
                words = _("At most {number} characters.").format(number=item.max_length)
                return "text", f"string-length(.) <= {item.max_length}", words
            case _:
                return "note", "", ""

    def _required(self, item: Item) -> str:
        """Ask for an answer or for the reason why there is none: nobody has to invent one to go on."""
        without = f"${{{self.names.item(item.code, STATE)}}} = ''"
        if item.core or item.require_if is None:
            return without
        return both(expression(item.require_if, self.document, self.names), without)

    def _state(self, item: Item, relevant: str) -> Iterator[Row]:
        state = self.names.item(item.code, STATE)
        question = _("Or, if you cannot answer:")
        listed = "reasons_na" if item.na_allowed else "reasons"
        label = f"{item.code} {question}"
        hint = as_plain_text(item.na_guidance)
        yield _row(f"select_one {listed}", state, label, hint, relevant=relevant, appearance="minimal", code=item.code)
        if item.na_allowed:
            given = both(relevant, f"${{{state}}} = 'not_applicable'")
            name, words = self.names.item(item.code, REASON), f"{item.code} {_('Reason')}"
            yield _row("text", name, words, relevant=given, required="yes", code=item.code)

    def _records(self, item: RecordsItem, label: str, hint: str, relevant: str) -> Iterator[Row]:
        most = _("At most {number}.").format(number=item.maximum)
        group, repeat = self.names.item(item.code, DETAILS), self.names.item(item.code, RECORDS)
        yield _row("begin_group", group, label, relevant=relevant, code=item.code)
        yield _row("note", self.names.item(item.code), f"{label} ({most})", hint)
        yield _row("begin_repeat", repeat, item.record_label, code=item.code)
        yield from (self._field(item, field) for field in item.fields)
        yield _end("repeat")
        yield _end("group")

    def _details(self, item: Item, fields: tuple[RecordField, ...]) -> Iterator[Row]:
        details = self.document.details_of(item)
        title, most = (details.title, details.maximum) if details else ("", 1)
        relevant = f"${{{self.names.item(item.code)}}} != ''"
        label = f"{item.code} {title}"
        yield _row("begin_group", self.names.item(item.code, DETAILS), label, relevant=relevant, code=item.code)
        if most > 1:
            yield _row("begin_repeat", self.names.item(item.code, RECORDS), title, code=item.code)
        yield from (self._field(item, field) for field in fields)
        if most > 1:
            yield _end("repeat")
        yield _end("group")

    def _field(self, item: Item, field: RecordField) -> Row:
        name = self.names.field(item.code, field.code)
        kind, constraint, message = _field_kind(field, name)
        return _row(
            kind,
            name,
            field.label,
            field.hint or "",
            constraint=constraint,
            constraint_message=message,
            required="yes" if field.required else "",
            code=f"{item.code} {field.code}",
        )


def _field_kind(field: RecordField, name: str) -> tuple[str, str, str]:
    match field.type:
        case "number":
            return "decimal", *_between(field.minimum, field.maximum)
        case "year":
            lowest, highest = field.minimum or EARLIEST_YEAR, field.maximum or LATEST_YEAR
            return "integer", *_between(lowest, highest)
        case "date":
            return "date", "", ""
        case "choice":
            return f"select_one {name}_options", "", ""
        case "item":
            return "select_one questions", "", ""
        case "level":
            return "select_one levels", "", ""
        case "url":
            return "text", "regex(., '^https?://.+')", _("Write the whole web address, with https://.")
        case "text":
            words = _("At most {number} characters.").format(number=field.max_length)
            return "text", f"string-length(.) <= {field.max_length}", words


def _between(lowest: float | None, highest: float | None) -> tuple[str, str]:
    """Return what a number must fulfil, and the words where it does not."""
    least, most = ("" if limit is None else f"{limit:.15g}" for limit in (lowest, highest))
    constraint = both(f". >= {least}" if least else "", f". <= {most}" if most else "") if least or most else ""
    if least and most:
        return constraint, _("A number from {least} to {most}.").format(least=least, most=most)
    if least:
        return constraint, _("A number of at least {least}.").format(least=least)
    return constraint, _("A number of at most {most}.").format(most=most) if most else ""


def _example(item: Item) -> str:
    return f"{_('Example.')} {item.example}" if item.example else ""


def _hinted(*words: str | None) -> str:
    return " ".join(filter(None, words))


def _row(kind: str, name: str, label: str, hint: str = "", **more: str) -> Row:
    row = {"type": kind, "name": name, "label": label, "hint": hint, **more}
    return {column: texted(text) if column in TEXTS else text for column, text in row.items() if text}


def _end(what: str) -> Row:
    return {"type": f"end_{what}"}


def _choice(listed: str, code: str, label: str) -> Row:
    return {"list_name": listed, "name": code, "label": texted(label), "code": code}


def used(choices: Iterable[Row], survey: Iterable[Row]) -> list[Row]:
    """Return the choices of lists that some question uses."""
    lists = {row["type"].split()[1] for row in survey if row["type"].startswith("select_")}
    return [row for row in choices if row["list_name"] in lists]


def form_id(document: Questionnaire) -> str:
    """Return what the form is known by where it is collected."""
    return safe(document.code)
