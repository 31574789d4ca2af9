"""What can be chosen in an XLSForm: a list for each question, and those that many share."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem
from app.domain.reading import NONE
from app.infra.language import gettext as _
from app.reports.xlsform.names import Names
from app.reports.xlsform.rows import Row, choice

_LISTS = {"yes_no": ("yes", "no"), "yes_partly_no": ("yes", "partly", "no"), "levels": ("1", "2", "3", "4", "5")}


def choices_of(document: Questionnaire, names: Names) -> Iterator[Row]:
    """Yield every list of choices, in its language: those that many questions share, then each question's own."""
    words = {"yes": _("Yes"), "partly": _("Partly"), "no": _("No")}
    for name, codes in _LISTS.items():
        yield from (choice(name, code, words.get(code) or _("Level {level}").format(level=code)) for code in codes)
    states = {"not_available": _("We do not have this information"), "declined": _("We prefer not to answer")}
    applies = {"not_applicable": _("This does not apply to our economy"), **states}
    for name, labels in (("reasons", states), ("reasons_na", applies)):
        yield from (choice(name, code, label) for code, label in labels.items())
    scored = (document.items[code] for code in document.scored_items)
    yield from (choice("questions", item.code, f"{item.code} {item.text}") for item in scored)
    for item in document.items.values():
        yield from _of_item(document, item, names)


def _of_item(document: Questionnaire, item: Item, names: Names) -> Iterator[Row]:
    listed = f"{names.item(item.code)}_options"
    if isinstance(item, MaturityItem):
        yield from (choice(listed, str(level.level), f"{level.level}. {level.text}") for level in item.levels)
    elif isinstance(item, ChoiceItem):
        yield from (choice(listed, option.code, _hinted(option.text, option.hint)) for option in item.options)
    elif isinstance(item, ChecklistItem):
        for tick in item.options:
            yield choice(listed, tick.code, _hinted(tick.text, tick.superseded, tick.hint))
        yield choice(listed, NONE, _(item.none_text))
    for field in document.fields_of(item):
        own = f"{names.field(item.code, field.code)}_options"
        yield from (choice(own, option.code, option.text) for option in field.options)


def _hinted(*words: str | None) -> str:
    return " ".join(filter(None, words))
