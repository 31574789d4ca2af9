"""What an XLSForm asks, in one language: a group for each section, and every question with what goes with it."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import Item, NumberItem, PercentItem, RecordsItem, ReferenceItem
from app.domain.questionnaire.records import RecordField
from app.infra.language import gettext as _
from app.infra.language import note_on
from app.reports.rich_text import as_plain_text
from app.reports.xlsform.conditions import both, expression
from app.reports.xlsform.kinds import field_kind, kind_of
from app.reports.xlsform.names import DETAILS, INTRODUCTION, REASON, RECORDS, STATE, Names
from app.reports.xlsform.rows import Row, end, row


class Survey:
    """The sheet of questions of one document."""

    def __init__(self, document: Questionnaire, names: Names) -> None:
        self.document = document
        self.names = names

    def rows(self) -> Iterator[Row]:
        """Yield every row, section by section."""
        about = "\n\n".join(filter(None, (note_on(self.document), as_plain_text(self.document.summary))))
        yield row("note", "about", about, as_plain_text(self.document.instructions))
        for section in self.document.sections:
            yield from self._section(section)

    def _section(self, section: Section) -> Iterator[Row]:
        relevant = "" if section.show_if is None else expression(section.show_if, self.document, self.names)
        title = f"{section.code} {section.title}"
        yield row("begin_group", self.names.section(section.code), title, relevant=relevant, code=section.code)
        if section.introduction:
            yield row("note", self.names.section(section.code, INTRODUCTION), as_plain_text(section.introduction))
        for item in section.items:
            yield from self._item(item)
        yield end("group")

    def _item(self, item: Item) -> Iterator[Row]:
        name = self.names.item(item.code)
        relevant = "" if item.show_if is None else expression(item.show_if, self.document, self.names)
        label, hint = f"{item.code} {item.text}", self._hint(item)
        guidance = "\n\n".join(filter(None, (item.why, _example(item), as_plain_text(item.evidence.guidance))))
        if isinstance(item, RecordsItem):
            yield from self._records(item, label, "\n".join(filter(None, (hint, guidance))), relevant)
            return
        kind, constraint, message = kind_of(item, f"{name}_options")
        needs_state = not isinstance(item, ReferenceItem) and (item.core or item.require_if is not None)
        yield row(
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
        yield row(f"select_one {listed}", state, label, hint, relevant=relevant, appearance="minimal", code=item.code)
        if item.na_allowed:
            given = both(relevant, f"${{{state}}} = 'not_applicable'")
            name, words = self.names.item(item.code, REASON), _("Reason")
            yield row("text", name, f"{item.code} {words}", relevant=given, required="yes", code=item.code)

    def _records(self, item: RecordsItem, label: str, hint: str, relevant: str) -> Iterator[Row]:
        most = _("At most {number}.").format(number=item.maximum)
        group, repeat = self.names.item(item.code, DETAILS), self.names.item(item.code, RECORDS)
        yield row("begin_group", group, f"{item.code} {item.record_label}", relevant=relevant, code=item.code)
        yield row("note", self.names.item(item.code), f"{label} ({most})", hint)
        yield row("begin_repeat", repeat, item.record_label, code=item.code)
        yield from (self._field(item, field) for field in item.fields)
        yield end("repeat")
        yield end("group")

    def _details(self, item: Item, fields: tuple[RecordField, ...]) -> Iterator[Row]:
        details = self.document.details_of(item)
        title, most = (details.title, details.maximum) if details else ("", 1)
        relevant = f"${{{self.names.item(item.code)}}} != ''"
        label = f"{item.code} {title}"
        yield row("begin_group", self.names.item(item.code, DETAILS), label, relevant=relevant, code=item.code)
        if most > 1:
            yield row("begin_repeat", self.names.item(item.code, RECORDS), title, code=item.code)
        yield from (self._field(item, field) for field in fields)
        if most > 1:
            yield end("repeat")
        yield end("group")

    def _field(self, item: Item, field: RecordField) -> Row:
        name = self.names.field(item.code, field.code)
        kind, constraint, message = field_kind(field, name)
        return row(
            kind,
            name,
            field.label,
            field.hint or "",
            constraint=constraint,
            constraint_message=message,
            required="yes" if field.required else "",
            code=f"{item.code} {field.code}",
        )


def _example(item: Item) -> str:
    return f"{_('Example.')} {item.example}" if item.example else ""
