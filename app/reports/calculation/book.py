"""The workbook: what was given, what is computed, and a check of every result beside what is stored."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook

from app.domain.answers import Answer
from app.domain.questionnaire.document import CoverageRule, Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import ScoreSheet
from app.infra.language import gettext as _
from app.reports.calculation.columns import Check, ItemScores, Scores
from app.reports.calculation.computed import Scored, end_of, write_item_scores, write_scores
from app.reports.calculation.given import write_answers, write_bands, write_items, write_points, write_ticks
from app.reports.calculation.places import CEILING, CHECK, EVIDENCE, FLOOR, README, SELF, Places, cell, places_of
from app.reports.calculation.writing import MIDDLE, NARROW, WIDE, Formats, begin, put, put_text

CLOSE = "0.000000001"
SHEETS = {Series.SELF: Scored(SELF, ItemScores.SELF), Series.EVIDENCE_SUPPORTED: Scored(EVIDENCE, ItemScores.EVIDENCE)}
ENDS = (Scored(FLOOR, ItemScores.FLOOR), Scored(CEILING, ItemScores.CEILING))


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a workbook is made of. `title` and `about` say whose it is; `questionnaire` may be in the reader's language."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    sheets: Mapping[Series, ScoreSheet]
    title: str
    about: Sequence[tuple[str, str]]
    made_at: datetime


def can_calculate(questionnaire: Questionnaire) -> bool:
    """Tell whether an economy's own answers are all that its scores depend on."""
    return not questionnaire.is_relative and bool(questionnaire.nodes)


def calculation(content: Calculation) -> bytes:
    """Return the workbook. Texts are written as texts: what a person wrote is never a formula or a link."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": content.title, "created": content.made_at.replace(tzinfo=None)})
    book.set_calc_mode("auto")
    formats = Formats(book)
    _write_readme(book, formats, content)
    if can_calculate(content.questionnaire):
        places = places_of(content.questionnaire)
        write_answers(book, formats, content.questionnaire, content.answers, places)
        write_ticks(book, formats, content.questionnaire, content.answers, places)
        write_items(book, formats, content.questionnaire, places)
        write_points(book, formats, content.questionnaire, places)
        write_bands(book, formats, content.questionnaire)
        write_item_scores(book, formats, content.questionnaire, places)
        for scored in (*SHEETS.values(), *(ENDS if _has_ends(content.questionnaire) else ())):
            write_scores(book, formats, content.questionnaire, places, scored)
        _write_check(book, formats, content, places)
    else:
        _write_check(book, formats, content, None)
    book.close()
    return file.getvalue()


def _has_ends(questionnaire: Questionnaire) -> bool:
    return questionnaire.scheme.coverage is not CoverageRule.CHILDREN


def _write_readme(book: Workbook, formats: Formats, content: Calculation) -> None:
    sheet = book.add_worksheet(README)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, content.title, formats.title)
    row = 3
    for label, words in (*content.about, *_how(content.questionnaire)):
        put_text(sheet, row, 0, label, formats.cell)
        put_text(sheet, row, 1, words, formats.cell)
        row += 1


def _how(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    if not can_calculate(questionnaire):
        words = _(
            "Scores of this questionnaire depend on the answers of all who take part, which this file does not hold. So it has "
            "no formulas: the sheet Check lists the scores as they are stored."
        )
        return [(_("What this file does"), words)]
    return [
        (
            _("What this file does"),
            _(
                "Every score is computed here by formulas, from the answers on the sheets Answers and Checklists. The sheet "
                "Check puts each result beside the score that is stored, with the difference."
            ),
        ),
        (
            _("Try another answer"),
            _(
                "Change a yellow cell. The scores follow, and the sheet Check shows how far they move from what was signed. "
                "Nothing in the service changes."
            ),
        ),
        (
            _("What the states mean"),
            _(
                "answered; not_applicable: left out, and its weight goes to the other questions; not_available, declined and "
                "blank: no score, and a lower coverage. A question that is not asked because of another answer is left out."
            ),
        ),
        (
            _("What is not in it"),
            _(
                "The scores as reviewed, which come from peer reviews, and the ranges, which come from many repeated "
                "computations, are not computed here."
            ),
        ),
    ]


def _write_check(book: Workbook, formats: Formats, content: Calculation, places: Places | None) -> None:
    sheet = book.add_worksheet(CHECK)
    heads = [
        (_("Series"), MIDDLE),
        (_("Code"), NARROW),
        (_("Score"), WIDE),
        (_("Stored"), NARROW),
        (_("By formula"), NARROW),
        (_("Difference"), NARROW),
        (_("Stored coverage"), NARROW),
        (_("Coverage by formula"), NARROW),
        (_("Difference"), NARROW),
        (_("Stored band"), NARROW),
        (_("Band by formula"), NARROW),
        (_("Agrees"), NARROW),
    ]
    lines = list(_stored(content))
    begin(sheet, formats, heads, len(lines))
    for row, (name, series, code, score, coverage, band) in enumerate(lines, 2):
        put_text(sheet, row, Check.SERIES, series, formats.cell)
        put_text(sheet, row, Check.NODE, code, formats.cell)
        put_text(sheet, row, Check.TITLE, content.questionnaire.nodes[code].title, formats.cell)
        put(sheet, row, Check.STORED, score, formats.cell)
        put(sheet, row, Check.STORED_COVERAGE, coverage, formats.cell)
        put(sheet, row, Check.STORED_BAND, band, formats.cell)
        if places is not None:
            for column, formula in _compared(name, code, row, places).items():
                put(sheet, row, column, formula, formats.cell)
    if places is not None:
        last = len(lines) + 1
        agrees = f"{CHECK}!$L$2:$L${last}"
        put_text(sheet, last + 2, Check.TITLE, _("Lines that do not agree"), formats.node)
        put(sheet, last + 2, Check.STORED, f'=SUMPRODUCT(({agrees}<>"yes")*1)', formats.node)


def _stored(content: Calculation) -> list[tuple[str, str, str, float | None, float | None, str | None]]:
    """Return a line for each score: the sheet and series, the node, and what is stored."""
    found: list[tuple[str, str, str, float | None, float | None, str | None]] = []
    for series, scored in SHEETS.items():
        if series in content.sheets:
            nodes = content.sheets[series].nodes
            found += [(scored.name, series.value, code, node.score, node.coverage, node.band) for code, node in nodes.items()]
    if Series.SELF in content.sheets and _has_ends(content.questionnaire):
        nodes = content.sheets[Series.SELF].nodes
        found += [(FLOOR, "floor", code, node.floor, None, None) for code, node in nodes.items()]
        found += [(CEILING, "ceiling", code, node.ceiling, None, None) for code, node in nodes.items()]
    return found


def _compared(name: str, code: str, row: int, places: Places) -> dict[Check, str]:
    stored, found, off = (cell(CHECK, column, row) for column in (Check.STORED, Check.FORMULA, Check.DIFFERENCE))
    if name in {FLOOR, CEILING}:
        formula = end_of(name, places, code, "MIN" if name == FLOOR else "MAX")
        both = _difference(stored, found)
        return {Check.FORMULA: formula, Check.DIFFERENCE: both, Check.AGREES: f'=IF({off}<{CLOSE},"yes","no")'}
    place = places.nodes[code]
    covered, computed, thin = (
        cell(CHECK, column, row) for column in (Check.STORED_COVERAGE, Check.FORMULA_COVERAGE, Check.COVERAGE_DIFFERENCE)
    )
    band, by_formula = (cell(CHECK, column, row) for column in (Check.STORED_BAND, Check.FORMULA_BAND))
    agrees = f'=IF(AND({off}<{CLOSE},{thin}<{CLOSE},{band}&""={by_formula}&""),"yes","no")'
    return {
        Check.FORMULA: f"={cell(name, Scores.SCORE, place)}",
        Check.DIFFERENCE: _difference(stored, found),
        Check.FORMULA_COVERAGE: f"={cell(name, Scores.COVERAGE, place)}",
        Check.COVERAGE_DIFFERENCE: _difference(covered, computed),
        Check.FORMULA_BAND: f"={cell(name, Scores.BAND, place)}",
        Check.AGREES: agrees,
    }


def _difference(stored: str, found: str) -> str:
    """Return how far two values lie apart: nothing where both are missing, 1 where one is."""
    return (
        f"=IF(AND(ISNUMBER({stored}),ISNUMBER({found})),ABS({stored}-{found}),IF(OR(ISNUMBER({stored}),ISNUMBER({found})),1,0))"
    )
