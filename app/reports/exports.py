"""The formats of others in which a questionnaire version goes out: one name each for pages, API and command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import Catalogs, Language
from app.reports.codebook import codebook, ddi
from app.reports.xlsform import xlsform


@dataclass(frozen=True, slots=True)
class Export:
    """One format: its media type, and how a document is written in it; one that holds every language at once says so."""

    media_type: str
    make: Callable[[Questionnaire, Language, Sequence[Language]], bytes]
    has_every_language: bool = False


EXPORTS = {
    "xlsform.xlsx": Export(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda document, _spoken, languages: xlsform(document, languages),
        has_every_language=True,
    ),
    "codebook.csv": Export("text/csv; charset=utf-8", lambda document, spoken, _languages: codebook(document, spoken)),
    "ddi.xml": Export("application/xml; charset=utf-8", lambda document, spoken, _languages: ddi(document, spoken)),
}


def exported(export: Export, document: Questionnaire, spoken: Language, catalogs: Catalogs) -> bytes:
    """Return a document in a format of others."""
    return export.make(document, spoken, [catalogs.get(code) for code in catalogs.codes])
