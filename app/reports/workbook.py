"""The whole questionnaire as a workbook (XLSX), to consult ministries with: every question in a row, with room for a proposal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import (
    MATURITY_LEVELS,
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    QuantityItem,
    ReferenceItem,
    YesNoItem,
)
from app.domain.questionnaire.trace import trace
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import localized, note_on, speaking
from app.kit.keyed import Keyed
from app.questionnaires.conditions import condition_words
from app.reports.rich_text import as_plain_text

_WIDE, _MIDDLE, _NARROW = 60, 32, 12
_LONGEST_LIST = 255  # characters of a drop-down that is written into its cell
_LONGEST_CELL = 32_767
Row = Sequence[str]


def workbook(document: Questionnaire, language: Language) -> bytes:
    """Return the workbook; one version in one language is made once a process, because it never changes."""
    return _made(Keyed(document.content_hash, document), language)


@lru_cache(maxsize=20)
def _made(document: Keyed[Questionnaire], language: Language) -> bytes:
    """Write four sheets. Texts are written as texts: what an author wrote is never a formula or a link."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    with speaking(language):
        shown, formats = localized(document.value, language), _Formats(book)
        book.set_properties({"title": f"{shown.title} {shown.version}", "comments": document.key})
        _read_me(book.add_worksheet(_("Read me")), formats, shown)
        _questions(book.add_worksheet(_("Questions")), formats, shown)
        _table(book.add_worksheet(_("Options")), formats, _option_heads(), _option_rows(shown))
        _table(book.add_worksheet(_("Clauses")), formats, _clause_heads(), _clause_rows(shown))
    book.close()
    return file.getvalue()


class _Formats:
    def __init__(self, book: Workbook) -> None:
        cell = {"text_wrap": True, "valign": "top", "font_size": 10}
        self.cell: Format = book.add_format(cell)
        self.entry: Format = book.add_format({**cell, "bg_color": "#FFF9E5", "border": 1, "border_color": "#D3DDE0"})
        self.head: Format = book.add_format({**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4A5E"})
        self.title: Format = book.add_format({"bold": True, "font_size": 16})


def _read_me(sheet: Worksheet, formats: _Formats, document: Questionnaire) -> None:
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    version = _("Version {version}").format(version=document.version)
    sheet.write_string(0, 0, f"{document.title}, {version}", formats.title)
    lines = [
        note_on(document),
        as_plain_text(document.summary),
        _(
            "This workbook is for consultation. Write a proposal, an agency and a comment in the yellow columns of the sheet of "
            "questions, and send it back to the team. It cannot be uploaded: answers are given in the review itself."
        ),
        as_plain_text(document.instructions),
        *filter(None, (document.citation, document.owner, document.licence)),
        f"{_('Fingerprint (SHA-256)')}: {document.content_hash}",
    ]
    for row, line in enumerate((line for line in lines if line), start=2):
        sheet.write_string(row, 0, line[:_LONGEST_CELL], formats.cell)


def _questions(sheet: Worksheet, formats: _Formats, document: Questionnaire) -> None:
    heads = [
        (_("Section"), _NARROW + 8),
        (_("Code"), _NARROW),
        (_("Question"), _MIDDLE + 10),
        (_("Kind"), _NARROW + 6),
        (_("Core question"), _NARROW),
        (_("Why it is asked"), _MIDDLE),
        (_("Help"), _WIDE),
        *[(_("Level {level}").format(level=level), _MIDDLE) for level in range(1, MATURITY_LEVELS + 1)],
        (_("What can be chosen or filled in"), _WIDE),
        (_("Example"), _MIDDLE),
        (_("Evidence"), _MIDDLE),
        (_("Scale"), _MIDDLE),
        (_("Clauses"), _NARROW),
        (_("Proposal"), _MIDDLE),
        (_("Agency"), _MIDDLE),
        (_("Comment"), _MIDDLE),
    ]
    entries = len(heads) - 3
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats.head)
    row = 0
    for section in document.sections:
        for item in section.items:
            row += 1
            for column, text in enumerate(_question(document, f"{section.code} {section.title}", item)):
                sheet.write_string(row, column, text[:_LONGEST_CELL], formats.cell)
            for column in range(entries, len(heads)):
                sheet.write_blank(row, column, None, formats.entry)
            _offer_choices(sheet, row, entries, item)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, row, len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _question(document: Questionnaire, section: str, item: Item) -> list[str]:
    levels = [level.text for level in item.levels] if isinstance(item, MaturityItem) else [""] * MATURITY_LEVELS
    return [
        section,
        item.code,
        item.text,
        _kind_words(item),
        _("yes") if item.core else "",
        item.why or "",
        "\n".join(filter(None, (_condition(item), as_plain_text(item.guidance)))),
        *levels,
        _choices(document, item),
        item.example or "",
        as_plain_text(item.evidence.guidance),
        _scale(item),
        ", ".join(item.clauses),
    ]


def _kind_words(item: Item) -> str:
    """Name the kind of a question in the reader's words."""
    return {
        "maturity": _("five levels"),
        "yes_no": _("yes or no"),
        "choice": _("one option"),
        "checklist": _("several options"),
        "percent": _("percentage"),
        "number": _("number"),
        "text": _("words"),
        "records": _("several entries"),
        "reference": _("figures of others"),
    }[item.type]


def _condition(item: Item) -> str:
    return _("Asked only if {condition}.").format(condition=condition_words(item.show_if)) if item.show_if else ""


def _choices(document: Questionnaire, item: Item) -> str:
    """List what an answer can be made of, a line each."""
    match item:
        case YesNoItem():
            lines = [_("Yes"), _("Partly"), _("No")] if item.partly_allowed else [_("Yes"), _("No")]
        case ChoiceItem():
            lines = [f"{option.code}: {option.text}" for option in item.options]
        case ChecklistItem():
            lines = [*[" ".join(filter(None, (option.text, option.superseded))) for option in item.options], _(item.none_text)]
        case NumberItem():
            lines = [item.unit]
        case PercentItem():
            lines = ["%"]
        case _:
            lines = []
    fields = [
        f"{field.label}: {'; '.join(option.text for option in field.options)}".rstrip(": ") for field in document.fields_of(item)
    ]
    return "\n".join([*lines, *fields])


def _scale(item: Item) -> str:
    if not isinstance(item, QuantityItem) or item.goalposts is None:
        return "" if item.scored or isinstance(item, ReferenceItem) else _("Not scored.")
    words = _("Scored between {lo} (nothing) and {hi} (everything).").format(
        lo=f"{item.goalposts.lo:g}", hi=f"{item.goalposts.hi:g}"
    )
    scale = _("On a logarithmic scale.") if item.goalposts.scale == "log" else ""
    return "\n".join(filter(None, (words, scale, item.goalposts.source)))


def _offer_choices(sheet: Worksheet, row: int, column: int, item: Item) -> None:
    """Put a drop-down into the cell of the proposal, where its choices are short enough for one."""
    if isinstance(item, MaturityItem):
        choices = [_("Level {level}").format(level=level.level) for level in item.levels]
    elif isinstance(item, YesNoItem):
        choices = [_("Yes"), _("Partly"), _("No")] if item.partly_allowed else [_("Yes"), _("No")]
    elif isinstance(item, ChoiceItem):
        choices = [option.code for option in item.options]
    else:
        return
    if len(",".join(choices)) <= _LONGEST_LIST:
        sheet.data_validation(row, column, row, column, {"validate": "list", "source": choices, "error_type": "warning"})


def _option_heads() -> list[tuple[str, int]]:
    return [(_("Code"), _NARROW), (_("Option"), 24), (_("Text"), _WIDE), (_("Help"), _WIDE), (_("Points"), _NARROW)]


def _option_rows(document: Questionnaire) -> Iterable[Row]:
    for item in document.items.values():
        if isinstance(item, MaturityItem):
            for level in item.levels:
                yield item.code, str(level.level), level.text, "", _points(level.points)
        elif isinstance(item, ChoiceItem):
            for option in item.options:
                yield (
                    item.code,
                    option.code,
                    option.text,
                    option.hint or "",
                    "" if option.points is None else f"{option.points:g}",
                )
        elif isinstance(item, ChecklistItem):
            for tick in item.options:
                yield item.code, tick.code, tick.text, " ".join(filter(None, (tick.hint, tick.superseded))), ""
        for field in document.fields_of(item):
            for each in field.options:
                yield item.code, f"{field.code} {each.code}", each.text, field.label, ""


def _clause_heads() -> list[tuple[str, int]]:
    return [
        (_("Clause"), _NARROW),
        (_("In plain words"), _WIDE),
        (_("In the words of the text"), _WIDE),
        (_("Questions"), _MIDDLE),
    ]


def _points(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def _clause_rows(document: Questionnaire) -> Iterable[Row]:
    for traced in trace(document):
        quote = f"\u201c{traced.clause.quote}\u201d" if traced.clause.quote else ""
        yield traced.clause.code, traced.clause.text, quote, ", ".join(item.code for item in traced.items)


def _table(sheet: Worksheet, formats: _Formats, heads: list[tuple[str, int]], rows: Iterable[Row]) -> None:
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats.head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            sheet.write_string(last, column, text[:_LONGEST_CELL], formats.cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(heads) - 1)
