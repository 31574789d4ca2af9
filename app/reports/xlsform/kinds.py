"""How a question is answered in an XLSForm: its type, what an answer must fulfil, and the words where it does not."""

from __future__ import annotations

from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    TextItem,
    YesNoItem,
)
from app.domain.questionnaire.records import EARLIEST_YEAR, LATEST_YEAR, RecordField
from app.domain.reading import NONE
from app.infra.language import gettext as _
from app.reports.xlsform.conditions import both


def kind_of(item: Item, options: str) -> tuple[str, str, str]:
    """Return the type of an item's question, what an answer must fulfil, and the words where it does not."""
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


def field_kind(field: RecordField, name: str) -> tuple[str, str, str]:
    """Return the same of a named field."""
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
