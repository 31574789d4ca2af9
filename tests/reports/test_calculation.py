"""The workbook of live formulas computes what the engine computes, whatever is answered and however it is changed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from app.domain.answers import Answer, AnswerState, codes_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChecklistItem
from app.domain.questionnaire.records import counts
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import ScoreSheet, score
from app.reports.calculation.book import Calculation, calculation, can_calculate
from app.reports.calculation.columns import Answers, Check, Scores
from app.reports.calculation.places import ANSWERS, CHECK, EVIDENCE, SELF, TICKS, places_of
from tests import builders as make
from tests.builders import read_clean
from tests.reports.spreadsheets import changed, needs_soffice, recalculated, some_answers
from tests.scenarios import PROJECT

EXACT = 1e-9
MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
SMALL = Path(__file__).resolve().parents[1] / "questionnaires"
NAMES = sorted(file.stem for file in SMALL.glob("*.yaml"))
REVIEW = PROJECT / "questionnaires" / "apec-ai-review" / "2026.1.yaml"
STATEMENT = PROJECT / "questionnaires" / "asean-us-ai" / "2024.1.yaml"


def sheets_of(document: Questionnaire, answers: Mapping[str, Answer]) -> dict[Series, ScoreSheet]:
    return {series: score(document, answers, series) for series in (Series.SELF, Series.EVIDENCE_SUPPORTED)}


def book_of(document: Questionnaire, answers: Mapping[str, Answer]) -> bytes:
    return calculation(Calculation(document, answers, sheets_of(document, answers), document.title, [("A", "b")], MADE_AT))


def documents() -> dict[str, Questionnaire]:
    found = {name: make.small(name) for name in NAMES}
    found |= {"review": read_clean(REVIEW.read_bytes()), "statement": read_clean(STATEMENT.read_bytes())}
    return {name: document for name, document in found.items() if can_calculate(document)}


def assert_computes(book: Workbook, document: Questionnaire, sheets: Mapping[Series, ScoreSheet], name: str) -> None:
    places = places_of(document)
    for series, sheet_name in ((Series.SELF, SELF), (Series.EVIDENCE_SUPPORTED, EVIDENCE)):
        for code, node in sheets[series].nodes.items():
            row = book[sheet_name][places.nodes[code]]
            where = f"{name} {series} {code}"
            assert row[Scores.COVERAGE].value == pytest.approx(node.coverage, abs=EXACT), where
            assert (row[Scores.BAND].value or None) == node.band, where
            assert (row[Scores.REASON].value or None) == (node.reason and node.reason.value), where
            if node.score is None:
                assert not row[Scores.SCORE].value, where
            else:
                assert row[Scores.SCORE].value == pytest.approx(node.score, abs=EXACT), where


@needs_soffice
def test_every_score_of_every_questionnaire_is_what_the_engine_computes(tmp_path: Path) -> None:
    found = documents()
    given = {
        f"{name}-{seed}": (document, some_answers(document, seed, missing=(0.0, 0.15, 0.4)[seed]))
        for name, document in found.items()
        for seed in range(3)
    }

    books = recalculated(tmp_path, {name: book_of(document, answers) for name, (document, answers) in given.items()})

    for name, (document, answers) in given.items():
        assert_computes(books[name], document, sheets_of(document, answers), name)
        lines = [row for row in books[name][CHECK].iter_rows(min_row=2, values_only=True) if row[Check.SERIES]]
        assert [row for row in lines if row[Check.AGREES] != "yes"] == [], name
        assert len(lines) >= 2 * len(document.nodes)


Cells = dict[str, str | float | None]


def typed_in(document: Questionnaire, answers: Mapping[str, Answer]) -> tuple[Cells, Cells]:
    """Return what a person types to give these answers: cells of the sheet of answers, and of that of checklists."""
    places = places_of(document)
    cells: Cells = {}
    ticks: Cells = {}
    for code, row in places.answers.items():
        answer = answers[code]
        cells[f"D{row}"] = answer.state.value
        cells[f"E{row}"] = answer.value if isinstance(answer.value, str | int | float) else None
        cells[f"F{row}"] = "yes" if answer.has_evidence else "no"
        cells[f"G{row}"] = "yes" if score_counts(document, code, answer) else "no"
    for code, (first, _last) in places.ticks.items():
        item, answer = document.items[code], answers[code]
        assert isinstance(item, ChecklistItem)
        for row, option in enumerate(item.options, first):
            is_out, is_in = option.code in answer.not_applicable, option.code in codes_of(answer.value)
            ticks[f"E{row}"] = "not_applicable" if is_out else "ticked" if is_in else "not_ticked"
    return cells, ticks


def score_counts(document: Questionnaire, code: str, answer: Answer) -> bool:
    return counts(document.fields_of(document.items[code]), answer.details)


@needs_soffice
def test_answers_that_are_changed_in_the_workbook_change_the_scores_as_the_engine_would(tmp_path: Path) -> None:
    books, wanted = {}, {}
    for name, document in documents().items():
        before, after = some_answers(document, 7), some_answers(document, 8)
        cells, ticks = typed_in(document, after)
        books[name] = changed(changed(book_of(document, before), ANSWERS, cells), TICKS, ticks)
        wanted[name] = (document, after)

    found = recalculated(tmp_path, books)

    for name, (document, after) in wanted.items():
        assert_computes(found[name], document, sheets_of(document, after), name)


@needs_soffice
def test_one_changed_level_moves_the_score_and_the_check_says_so(tmp_path: Path) -> None:
    document = read_clean(REVIEW.read_bytes())
    before = some_answers(document, 1, missing=0.0)
    code = next(code for code, item in document.items.items() if item.type == "maturity" and item.scored)
    level = 1 if before[code].value != 1 else 5
    after = {**before, code: replace(before[code], value=level)}
    row = places_of(document).answers[code]

    found = recalculated(tmp_path, {"changed": changed(book_of(document, before), ANSWERS, {f"E{row}": level})})["changed"]

    assert_computes(found, document, sheets_of(document, after), "changed")
    agreeing = [row[Check.AGREES] for row in found[CHECK].iter_rows(min_row=2, values_only=True) if row[Check.SERIES]]
    last = [row[Check.STORED] for row in found[CHECK].iter_rows(values_only=True) if row[Check.STORED] is not None][-1]
    assert last == agreeing.count("no") != 0


def test_scores_that_depend_on_others_are_listed_without_formulas_and_the_file_says_why() -> None:
    document = make.small("relative_scales")
    answers = some_answers(document, 1, missing=0.0)

    book = load_workbook(io.BytesIO(book_of(document, answers)))

    assert book.sheetnames == ["README", "Check"]
    words = " ".join(str(cell.value) for row in book["README"].iter_rows() for cell in row if cell.value)
    assert "depend on the answers of all who take part" in words
    assert not any(str(cell.value).startswith("=") for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.abuse("O1")
def test_what_people_wrote_is_never_a_formula() -> None:
    document = read_clean(REVIEW.read_bytes())
    code = next(code for code, item in document.items.items() if item.type == "text")
    answers = {**some_answers(document, 1), code: Answer(AnswerState.ANSWERED, '=HYPERLINK("https://example.org","x")')}

    book = load_workbook(io.BytesIO(book_of(document, answers)))

    cell = book[ANSWERS].cell(places_of(document).answers[code], Answers.ANSWER + 1)
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("https://example.org","x")')
