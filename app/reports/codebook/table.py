"""The codebook as a table: a row for each item, and one for each option and field below it."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import Language
from app.infra.language import localized, speaking
from app.kit.csv_text import Cell, csv_text
from app.reports.codebook.entries import Entry, entries

COLUMNS = (
    *("row", "section", "section_title", "item", "type", "text", "field", "option", "option_text", "points", "weight"),
    *("scored", "node", "clauses", "unit", "condition", "core", "evidence_from"),
)
"""Heads stay in English whatever the language of the texts: programs read them."""


def codebook(document: Questionnaire, language: Language) -> bytes:
    """Return the table in a language; what an author wrote is never a formula."""
    with speaking(language):
        shown = localized(document, language)
        rows = [[row.get(column) for column in COLUMNS] for entry in entries(shown) for row in _rows(shown, entry)]
    return csv_text(COLUMNS, rows).encode()


def _rows(document: Questionnaire, entry: Entry) -> Iterator[dict[str, Cell]]:
    item = entry.item
    place: dict[str, Cell] = {"section": entry.section.code, "section_title": entry.section.title, "item": item.code}
    yield {
        **place,
        "row": "item",
        "type": item.type,
        "text": item.text,
        "weight": item.weight if item.scored else None,
        "scored": item.scored,
        "node": entry.node,
        "clauses": ";".join(item.clauses),
        "unit": entry.unit,
        "condition": entry.condition,
        "core": item.core,
        "evidence_from": item.evidence.required_from,
    }
    for choice in entry.choices:
        chosen = {"option": choice.code, "option_text": choice.text, "points": choice.points, "weight": choice.weight}
        yield {**place, "row": "option", "type": item.type, **chosen}
    for field in document.fields_of(item):
        yield {**place, "row": "field", "type": field.type, "text": field.label, "field": field.code}
        for option in field.options:
            named = {"field": field.code, "option": option.code, "option_text": option.text}
            yield {**place, "row": "option", "type": field.type, **named}
