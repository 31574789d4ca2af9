"""A questionnaire as a workbook of its items, out and in: for committees that work in spreadsheets."""

from __future__ import annotations

from app.authoring.workbook.origin import origin_of
from app.authoring.workbook.writing import items_workbook
from app.domain.drafting.document import read_draft
from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import Language


def published_workbook(document: Questionnaire, language: Language) -> bytes:
    """Return a version as a workbook of its items."""
    content = read_draft(document.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return items_workbook(content, origin_of(content, document.code, document.version), language)
