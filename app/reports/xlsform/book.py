"""The workbook of an XLSForm: the sheets survey, choices and settings, with a column for each language that there is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from xlsxwriter import Workbook

from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import SOURCE, Language
from app.infra.language import localized, speaking
from app.kit.keyed import Keyed
from app.reports.xlsform.choices import choices_of
from app.reports.xlsform.names import Names, safe
from app.reports.xlsform.rows import CHOICES, SURVEY, TEXTS, Row, texted, used
from app.reports.xlsform.survey import Survey

_LONGEST_CELL = 32_767


def xlsform(document: Questionnaire, languages: Sequence[Language]) -> bytes:
    """Return the form in the document's own language and in those of `languages` that it is translated into."""
    return _made(Keyed(document.content_hash, document), tuple(languages))


@lru_cache(maxsize=20)
def _made(held: Keyed[Questionnaire], languages: tuple[Language, ...]) -> bytes:
    """Write three sheets. Texts are written as texts: what an author wrote is never a formula or a link."""
    document = held.value
    spoken = _spoken(document, languages)
    names = Names(document)
    asked: dict[str, list[Row]] = {}
    offered: dict[str, list[Row]] = {}
    for head, (language, shown) in spoken.items():
        with speaking(language):
            asked[head], offered[head] = list(Survey(shown, names).rows()), list(choices_of(shown, names))
    survey = _merged(asked)
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{document.title} {document.version}", "comments": held.key})
    _sheet(book, "survey", _columns(SURVEY, tuple(spoken)), survey)
    _sheet(book, "choices", _columns(CHOICES, tuple(spoken)), used(_merged(offered), survey))
    settings = {"form_title": texted(document.title), "form_id": safe(document.code), "version": document.version}
    settings |= {"default_language": next(iter(spoken))} if len(spoken) > 1 else {}
    _sheet(book, "settings", tuple(settings), [settings])
    book.close()
    return file.getvalue()


def _spoken(document: Questionnaire, languages: tuple[Language, ...]) -> dict[str, tuple[Language, Questionnaire]]:
    """Return the languages by their names in column heads, such as "English (en)", the document's own first."""
    own = next((language for language in languages if language.code == document.language), SOURCE)
    found = {_head(own, document.language): (own, document)}
    for language in languages:
        shown = localized(document, language)
        if shown.language == language.code != document.language:
            found[_head(language, language.code)] = (language, shown)
    return found


def _head(language: Language, code: str) -> str:
    name = language.name if language.code == code else code
    return f"{name[:1].upper()}{name[1:]} ({code})"


def _merged(rows: dict[str, list[Row]]) -> list[Row]:
    """Join the rows of all languages: texts of people in a column each, everything else once."""
    if len(rows) == 1:
        return next(iter(rows.values()))
    joined = []
    for each in zip(*rows.values(), strict=True):
        row = {column: text for column, text in each[0].items() if column not in TEXTS}
        for name, said in zip(rows, each, strict=True):
            row |= {f"{column}::{name}": text for column, text in said.items() if column in TEXTS}
        joined.append(row)
    return joined


def _columns(columns: Sequence[str], languages: Sequence[str]) -> tuple[str, ...]:
    if len(languages) == 1:
        return tuple(columns)
    return tuple(
        name for column in columns for name in ([f"{column}::{each}" for each in languages] if column in TEXTS else [column])
    )


def _sheet(book: Workbook, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True})
    for number, column in enumerate(columns):
        sheet.set_column(number, number, 48 if column.startswith("label") else 18)
        sheet.write_string(0, number, column, head)
    for line, row in enumerate(rows, start=1):
        for number, column in enumerate(columns):
            if column in row:
                sheet.write_string(line, number, row[column][:_LONGEST_CELL])
    sheet.freeze_panes(1, 2)
