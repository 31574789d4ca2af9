"""What stands beside the cells of a workbook: when a question is asked, what its levels mean, and help."""

from __future__ import annotations

from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem, NumberItem, PercentItem, RecordsItem
from app.domain.questionnaire.records import RecordField
from app.infra.language import gettext as _
from app.offline.layout import LONGEST_LABEL
from app.questionnaires.conditions import condition_words
from app.reports.rich_text import as_plain_text


def question_text(section: Section, item: Item, *, is_asked: bool) -> str:
    """Return the question, whether sign-off needs it, and when it is asked."""
    conditions = [_when(condition_words(each), is_asked=is_asked) for each in (section.show_if, item.show_if) if each is not None]
    core = [_("Core question: sign-off needs it.")] if item.core else []
    return "\n".join([item.text, *core, *conditions])


def _when(condition: str, *, is_asked: bool) -> str:
    if is_asked:
        return _("Asked only if {condition}.").format(condition=condition)
    return _("Not asked at present: asked only if {condition}.").format(condition=condition)


def choices_text(item: Item) -> str:
    """Return what the levels or options say in full, or what kind of number is asked for."""
    match item:
        case MaturityItem():
            return "\n".join(f"{level.level} - {level.text}" for level in reversed(item.levels))
        case ChoiceItem():
            return "\n".join(" ".join(filter(None, (f"\u2022 {option.text}", option.hint))) for option in item.options)
        case ChecklistItem():
            return _("Choose Yes for all that apply; if none does, Yes in the last row.")
        case RecordsItem():
            return _("Fill in the rows below, as many as you need.")
        case NumberItem():
            return _limits(item)
        case PercentItem():
            return _("A percentage from 0 to 100: 35 means 35 %.")
        case _:
            return ""


def help_text(item: Item) -> str:
    """Return guidance, an example, and what counts as evidence."""
    na_guidance = as_plain_text(item.na_guidance) if item.na_allowed else ""
    parts = [
        as_plain_text(item.why),
        as_plain_text(item.guidance),
        _("Example: {example}").format(example=as_plain_text(item.example)) if item.example else "",
        _("Evidence: {guidance}").format(guidance=as_plain_text(item.evidence.guidance)) if item.evidence.guidance else "",
        _("Does not apply: {guidance}").format(guidance=na_guidance) if na_guidance else "",
    ]
    return "\n".join(part for part in parts if part)


def group_title(document: Questionnaire, item: Item) -> str:
    """Return what one group of named fields of an answer is called."""
    if isinstance(item, RecordsItem):
        return item.record_label
    details = document.details_of(item)
    return details.title if details else ""


def field_hint(field: RecordField) -> str:
    """Return help with a named field, and in which form it is written."""
    forms = {
        "date": _("Year, month and day, such as 2026-03-31."),
        "year": _("A year in four digits."),
        "url": _("A whole web address, beginning with https://."),
    }
    needed = _("Needed before sign-off.") if field.required else ""
    is_long = any(len(option.text) > LONGEST_LABEL for option in field.options)  # the list itself shows what is short
    options = "\n".join(f"\u2022 {option.text}" for option in field.options) if is_long else ""
    return "\n".join(part for part in (field.hint or "", forms.get(field.type, ""), needed, options) if part)


def _limits(item: NumberItem) -> str:
    least, most = (None if limit is None else f"{limit:.15g}" for limit in (item.minimum, item.maximum))
    if least is not None and most is not None:
        return _("A number ({unit}), from {least} to {most}.").format(unit=item.unit, least=least, most=most)
    if least is not None:
        return _("A number ({unit}), at least {least}.").format(unit=item.unit, least=least)
    if most is not None:
        return _("A number ({unit}), at most {most}.").format(unit=item.unit, most=most)
    return _("A number ({unit}).").format(unit=item.unit)
