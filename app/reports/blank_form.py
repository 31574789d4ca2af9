"""The blank form of a questionnaire version as a PDF, to print and to fill in by hand; tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import Lock

import typst

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
    YesNoItem,
)
from app.domain.questionnaire.records import RecordField
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import localized, note_on, speaking
from app.kit.keyed import Keyed
from app.questionnaires.conditions import condition_words
from app.reports.rich_text import blocks

_TEMPLATE = Path(__file__).parent / "typst" / "blank_form.typ"
_ONE_AT_A_TIME = Lock()  # many who ask at once wait for the first, instead of setting the same pages
_RECORDS_PRINTED = 3  # of an answer that may have more; the form says so


def blank_form(document: Questionnaire, language: Language) -> bytes:
    """Return the PDF; one version in one language is set once a process, because it never changes."""
    with _ONE_AT_A_TIME:
        return _set(Keyed(document.content_hash, document), language)


@lru_cache(maxsize=20)
def _set(document: Keyed[Questionnaire], language: Language) -> bytes:
    """Set a form. What authors wrote goes in as data, never as markup."""
    with speaking(language):
        content = json.dumps(_content(document.value, language), ensure_ascii=False)
    return typst.compile(
        str(_TEMPLATE), root=str(_TEMPLATE.parent), format="pdf", pdf_standards=["ua-1"], sys_inputs={"form": content}
    )


def _content(document: Questionnaire, language: Language) -> dict[str, object]:
    shown = localized(document, language)
    return {
        "language": language.code.split("-")[0],
        "title": shown.title,
        "version": _("Version {version}").format(version=shown.version),
        "summary": _prose(shown.summary),
        "instructions": _prose(shown.instructions),
        "notice": note_on(document),
        "words": _words(shown),
        "sections": [_section(shown, section) for section in shown.sections],
        "imprint": " ".join(filter(None, (shown.citation, shown.owner, shown.licence))),
        "fingerprint": f"{_('Fingerprint (SHA-256)')}: {document.content_hash}",
    }


def _words(document: Questionnaire) -> dict[str, str]:
    return {
        "participant": _(document.terminology.participant).capitalize(),
        "filled_in_by": _("Filled in by"),
        "date": _("Date"),
        "instructions": _("How to answer"),
        "contents": _("Contents"),
        "core": _("Core question"),
        "example": _("Example."),
        "evidence": _("Evidence"),
        "comment": _("Comment"),
        "cannot": _("Or, if you cannot answer:"),
        "page": _("Page"),
        "superseded": _("Superseded"),
    }


def _section(document: Questionnaire, section: Section) -> dict[str, object]:
    return {
        "title": f"{section.code} {section.title}",
        "introduction": _prose(section.introduction),
        "items": [_item(document, item) for item in section.items],
    }


def _item(document: Questionnaire, item: Item) -> dict[str, object]:
    is_answered = not isinstance(item, ReferenceItem)
    reasons = [
        _("This does not apply to our economy") if item.na_allowed else "",
        _("We do not have this information"),
        _("We prefer not to answer"),
    ]
    return {
        "code": item.code,
        "text": item.text,
        "is_core": item.core,
        "shown_if": _("Asked only if {condition}.").format(condition=condition_words(item.show_if)) if item.show_if else "",
        "why": item.why or "",
        "guidance": _prose(item.guidance),
        "example": item.example or "",
        "hint": _how(item),
        "options": _options(item),
        "records": _records(document, item),
        "lines": 6 if item.type == "text" else 0,
        "unit": item.unit if isinstance(item, NumberItem) else "%" if isinstance(item, PercentItem) else "",
        "is_figure": isinstance(item, NumberItem | PercentItem),
        "evidence": item.evidence.guidance or "",
        "reasons": [words for words in reasons if words] if is_answered else [],
        "is_answered": is_answered,
    }


def _how(item: Item) -> str:
    if isinstance(item, MaturityItem | ChoiceItem | YesNoItem):
        return _("Mark one.")
    return _("Select all that apply.") if isinstance(item, ChecklistItem) else ""


def _options(item: Item) -> list[dict[str, str]]:
    match item:
        case MaturityItem():
            return [
                {"label": _("Level {level}").format(level=level.level), "text": level.text, "hint": ""} for level in item.levels
            ]
        case YesNoItem():
            words = (_("Yes"), _("Partly"), _("No")) if item.partly_allowed else (_("Yes"), _("No"))
            return [{"label": "", "text": word, "hint": ""} for word in words]
        case ChoiceItem():
            return [{"label": "", "text": option.text, "hint": option.hint or ""} for option in item.options]
        case ChecklistItem():
            ticks = [
                {"label": "", "text": option.text, "hint": " ".join(filter(None, (option.hint, option.superseded)))}
                for option in item.options
            ]
            return [*ticks, {"label": "", "text": _(item.none_text), "hint": ""}]
        case _:
            return []


def _records(document: Questionnaire, item: Item) -> list[dict[str, object]]:
    """Return the groups of named fields that are printed: as many as there may be, up to a few."""
    fields = document.fields_of(item)
    details = document.details_of(item)
    maximum = item.maximum if isinstance(item, RecordsItem) else details.maximum if details else 0
    label = item.record_label if isinstance(item, RecordsItem) else details.title if details else ""
    printed: list[dict[str, object]] = [
        {"title": label if maximum == 1 else f"{label} {number}", "fields": [_field(field) for field in fields]}
        for number in range(1, min(maximum, _RECORDS_PRINTED) + 1)
    ]
    if maximum > _RECORDS_PRINTED:
        printed.append({"title": _("Up to {maximum}; copy this page for more.").format(maximum=maximum), "fields": []})
    return printed


def _field(field: RecordField) -> dict[str, object]:
    return {"label": field.label, "hint": field.hint or "", "options": [option.text for option in field.options]}


def _prose(markdown: str | None) -> Sequence[dict[str, object]]:
    return [asdict(block) for block in blocks(markdown)]
