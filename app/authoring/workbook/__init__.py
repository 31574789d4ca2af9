"""A questionnaire as a workbook of its items, out and in: for committees that work in spreadsheets."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from app.authoring.workbook.origin import origin_of
from app.authoring.workbook.writing import items_workbook
from app.domain.drafting.document import read_draft
from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import Language
from app.kit.keyed import Keyed

_ONE_AT_A_TIME = Lock()  # many who ask at once wait for the first, instead of writing the same file


def published_workbook(document: Questionnaire, language: Language) -> bytes:
    """Return a version as a workbook of its items; it is made once a process, because a version never changes."""
    with _ONE_AT_A_TIME:
        return _made(Keyed(document.content_hash, document), language)


@lru_cache(maxsize=20)
def _made(document: Keyed[Questionnaire], language: Language) -> bytes:
    version = document.value
    content = read_draft(version.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return items_workbook(content, origin_of(content, version.code, version.version), language)
