"""Groups of named fields on a form: what is shown, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import MATURITY_LEVELS, Item, RecordsItem
from app.domain.questionnaire.records import RecordField
from app.reviews.words import number_words
from app.web import parts
from app.web.forms import Form
from app.web.i18n import gettext as _

_SHORT = 254  # characters: what fits on one line of the form
NAME = re.compile(r"(?P<item>.+)\.record\.(?P<number>[1-9]\d?)\.(?P<field>[^.]+)")


def sent_records(code: str, form: Form) -> tuple[Mapping[str, object], ...]:
    """Read the groups of an item that a form sent, in their order; empty ones in between keep their place."""
    found: dict[int, dict[str, object]] = {}
    for name in form.names():
        parts_ = NAME.fullmatch(name)
        if parts_ and parts_["item"] == code:
            found.setdefault(int(parts_["number"]), {})[parts_["field"]] = form.first(name)
    last = max((number for number, group in found.items() if any(str(value).strip() for value in group.values())), default=0)
    return tuple(found.get(number, {}) for number in range(1, last + 1))


def label_of(document: Questionnaire, item: Item) -> str:
    """Return what the groups of an item are called."""
    if isinstance(item, RecordsItem):
        return item.record_label
    details = document.details_of(item)
    return details.title if details else ""


def shown_records(
    document: Questionnaire, item: Item, filled: Sequence[Mapping[str, object]], messages: Mapping[str, str]
) -> list[parts.Record]:
    """Show the groups that are filled, one that is empty, and as many folded ones as there may be."""
    details = document.details_of(item)
    maximum = item.maximum if isinstance(item, RecordsItem) else details.maximum if details else 0
    fields = document.fields_of(item)
    groups = [*filled, *({} for _each in range(len(filled), maximum))]
    is_optional = not isinstance(item, RecordsItem) and not any(field.required for field in fields)
    unfolded = len(filled) if is_optional else max(len(filled), 1)
    return [
        parts.Record(
            number,
            [_shown(field, group.get(field.code), document, messages.get(f"record.{number}.{field.code}")) for field in fields],
            is_filled=number <= len(filled),
            is_folded=number > unfolded and not any(key.startswith(f"record.{number}.") for key in messages),
        )
        for number, group in enumerate(groups, start=1)
    ]


def _shown(field: RecordField, raw: object, document: Questionnaire, error: str | None) -> parts.RecordField:
    value = number_words(raw) if isinstance(raw, float) else "" if raw is None else str(raw)
    return parts.RecordField(
        code=field.code,
        kind=field.type,
        label=field.label,
        value=value,
        hint=field.hint,
        is_required=field.required,
        is_short=field.max_length <= _SHORT,
        options=_options(field, value, [document.items[code] for code in document.scored_items]),
        error=error,
    )


def _options(field: RecordField, chosen: str, items: Iterable[Item]) -> list[parts.Option]:
    match field.type:
        case "choice":
            pairs = [(option.code, option.text) for option in field.options]
        case "level":
            pairs = [(str(level), _("Level {level}").format(level=level)) for level in range(1, MATURITY_LEVELS + 1)]
        case "item":
            pairs = [(item.code, f"{item.code} {item.text}") for item in items]
        case _:
            return []
    return [parts.Option("", _("Choose")), *(parts.Option(code, text, checked=code == chosen) for code, text in pairs)]
