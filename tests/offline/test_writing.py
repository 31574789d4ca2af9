"""The workbook as a spreadsheet program sees it: locked but for its answers, with lists to choose from, ready to print."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from app.infra.catalogs import SOURCE
from app.offline.layout import Column, labels_of, sheet_titles, shortened
from app.offline.writing import workbook
from tests import builders as make
from tests.offline.books import DOWNLOAD, Book, open_review, written
from tests.scenarios import document

SMALL = document()


@pytest.fixture(scope="module")
def book() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(SMALL, {})))


def test_only_answer_cells_are_unlocked_and_no_password_is_asked(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        open_cells = {cell.column for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        assert open_cells <= {5, 6, 7, 8, 9}


def test_what_the_program_needs_is_out_of_sight(book: Workbook) -> None:
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("Read me", "visible"),
        ("A Rules", "visible"),
        ("B Means", "visible"),
        ("_lists", "veryHidden"),
        ("_readiness", "veryHidden"),
    ]
    assert book["A Rules"].column_dimensions["A"].hidden


def test_levels_options_and_reasons_can_be_chosen(book: Workbook) -> None:
    lists = {str(each.sqref): str(each.formula1) for each in book["A Rules"].data_validations.dataValidation}
    column, last = lists["E3"].replace("'_lists'!", "").replace("$", "").split(":")
    offered = [cell[0].value for cell in book["_lists"][f"{column}:{last}"]]

    assert offered[0] == "1 - There is none."
    assert offered[4] == "5 - It is evaluated."
    assert {"E4", "F3", "F4"} <= lists.keys()


def test_heads_stay_in_sight_and_paper_is_filled(book: Workbook) -> None:
    sheet = book["A Rules"]

    assert sheet.freeze_panes == "C3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_title_rows == "$2:$2"


def test_a_question_says_when_it_is_asked_and_whether_sign_off_needs_it() -> None:
    blank = Book.open(written(SMALL, {}))
    asked = Book.open(written(SMALL, {"A2": make.answer("yes")}))

    assert "Core question: sign-off needs it." in str(blank.cell("A1", Column.QUESTION).value)
    assert "Not asked at present: asked only if A2 is yes." in str(blank.cell("A3", Column.QUESTION).value)
    assert "Asked only if A2 is yes." in str(asked.cell("A3", Column.QUESTION).value).splitlines()


def test_languages_written_from_the_right_have_their_sheets_so() -> None:
    raw = workbook(open_review(SMALL, {}), replace(DOWNLOAD, is_right_to_left=True), SOURCE)

    assert [sheet.sheet_view.rightToLeft for sheet in openpyxl.load_workbook(io.BytesIO(raw)).worksheets[:3]] == [True] * 3


@pytest.mark.abuse("O3")
def test_no_two_sheets_have_one_title_and_none_is_too_long() -> None:
    titles = sheet_titles([("A", "x" * 40), ("A", "x" * 41), ("B", "a/b:c*[d]?"), ("_readiness", ""), ("History", "")])

    assert len({title.casefold() for title in titles}) == len(titles)
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/") for title in titles)


def test_long_texts_are_cut_between_words_and_stay_apart() -> None:
    assert shortened("one two  three", 10) == "one two\u2026"
    assert shortened("short") == "short"
    long = "word " * 40
    assert len(set(labels_of([("a", f"{long}a"), ("b", f"{long}b")]).values())) == 2
