"""The blank form and the workbook: whole, readable by machines, in every language, and without a way for a text to act."""

from __future__ import annotations

import io

import openpyxl
import pytest
from pypdf import PdfReader

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import MaturityItem, ReferenceItem
from app.infra.catalogs import SOURCE
from app.reports.blank_form import blank_form
from app.reports.rich_text import Block, Run, as_plain_text, blocks
from app.reports.workbook import workbook
from tests import builders as make
from tests.databases import only_sqlite
from tests.scenarios import CODE, VERSION, Client

APEC = make.read_clean(make.READINESS_FILE.read_bytes())
STATEMENT = make.read_clean((make.PROJECT / "questionnaires" / "asean-us-ai" / "2024.1.yaml").read_bytes())
BOTH = pytest.mark.parametrize("document", [APEC, STATEMENT], ids=["apec", "asean-us"])
FORM, WORKBOOK = f"/questionnaires/{CODE}/{VERSION}/form.pdf", f"/questionnaires/{CODE}/{VERSION}/questions.xlsx"


def words_of(pdf: bytes) -> str:
    """Return the text of a form, its lines joined and its footers in between."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@BOTH
def test_the_form_asks_every_question_and_says_every_level(document: Questionnaire) -> None:
    printed = words_of(blank_form(document, SOURCE)).replace(" ", "")

    for item in document.items.values():
        assert item.code in printed
        assert _first_words(item.text) in printed, item.code
        if isinstance(item, MaturityItem):
            assert all(_first_words(level.text) in printed for level in item.levels), item.code


def _first_words(text: str) -> str:
    """Return the beginning of a text without blanks: what a line of the form surely holds together."""
    return "".join(text.split()[:4])


def test_the_form_is_tagged_for_screen_readers_and_names_its_language() -> None:
    form = blank_form(APEC, SOURCE)
    reader = PdfReader(io.BytesIO(form))

    assert "/StructTreeRoot" in reader.root_object
    assert str(reader.root_object["/Lang"]) == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "APEC AI readiness and impact review, Version 2026.1"
    assert b"pdfuaid:part" in form


@BOTH
def test_the_workbook_has_every_question_option_and_clause(document: Questionnaire) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(document, SOURCE)))

    questions = [[cell.value for cell in row] for row in book["Questions"].iter_rows(min_row=2)]
    assert [row[1] for row in questions] == list(document.items)
    assert [row[2] for row in questions] == [item.text for item in document.items.values()]
    assert [row[0].value for row in book["Clauses"].iter_rows(min_row=2)] == [clause.code for clause in document.clauses]
    levels = sum(len(item.levels) for item in document.items.values() if isinstance(item, MaturityItem))
    assert book["Options"].max_row > levels


def test_the_workbook_offers_levels_to_choose_from() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(APEC, SOURCE)))

    lists = [each.formula1 for each in book["Questions"].data_validations.dataValidation]
    assert '"Level 1,Level 2,Level 3,Level 4,Level 5"' in lists
    assert len(lists) > len([item for item in APEC.items.values() if isinstance(item, MaturityItem)])


@pytest.mark.abuse("O1")
def test_what_an_author_wrote_is_never_a_formula_or_a_link() -> None:
    sly = make.questionnaire(
        make.section("A", make.yes_no("A-01").model_copy(update={"text": '=HYPERLINK("https://x.example")'}))
    )

    book = openpyxl.load_workbook(io.BytesIO(workbook(sly, SOURCE)))

    cell = book["Questions"]["C2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == ('=HYPERLINK("https://x.example")', "s", None)


@pytest.mark.abuse("S2")
def test_what_an_author_wrote_is_never_read_as_markup_of_the_form() -> None:
    text = '#panic("x") $a$ <b> @ref [*not bold*] \\ "quoted"'
    sly = make.questionnaire(make.section("A", make.yes_no("A-01").model_copy(update={"text": text, "guidance": "#read(1)"})))

    printed = words_of(blank_form(sly, SOURCE))

    assert '#panic("x")' in printed
    assert "#read(1)" in printed


def test_markdown_becomes_paragraphs_and_points() -> None:
    found = blocks("Read **this** first.\n\n- one\n- two *softly*\n  1. deep\n\n3. third\n4. fourth [page](https://x.example)")

    assert found[0] == Block((Run("Read "), Run("this", "strong"), Run(" first.")))
    assert [(block.mark, block.depth) for block in found[1:]] == [("•", 1), ("•", 1), ("1.", 2), ("3.", 1), ("4.", 1)]
    assert as_plain_text("- one\n- two *softly*") == "• one\n• two softly"
    assert blocks(None) == ()


@only_sqlite
def test_the_downloads_are_files_with_a_name_a_language_and_an_etag(reader: Client) -> None:
    form, book = reader.get(FORM), reader.get(WORKBOOK)

    assert form.headers["content-type"] == "application/pdf"
    assert form.content.startswith(b"%PDF-")
    assert f'filename="{CODE}-{VERSION}-en.pdf"' in form.headers["content-disposition"]
    assert book.content.startswith(b"PK")
    assert f'filename="{CODE}-{VERSION}-en.xlsx"' in book.headers["content-disposition"]
    assert reader.get(FORM, headers={"If-None-Match": form.headers["etag"]}).status_code == 304


@only_sqlite
def test_a_language_is_that_of_the_address_or_of_the_reader_and_falls_back_text_by_text(reader: Client) -> None:
    named = words_of(reader.get(f"{FORM}?language=es").content)
    spoken = words_of(reader.get(FORM, headers={"Accept-Language": "es-MX, en;q=0.5"}).content)

    for printed in (named, spoken):
        assert "¿Hasta dónde llega la estrategia?" in printed
        assert "Marque una." in printed
        assert "Is there a law?" in printed  # not translated yet


@only_sqlite
def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(reader: Client) -> None:
    answer = reader.get(f"{FORM}?language=xx")

    assert answer.status_code == 422
    assert "en, es" in answer.text


@only_sqlite
def test_a_version_that_does_not_exist_has_no_form(reader: Client) -> None:
    assert reader.get("/questionnaires/nothing/2026.1/form.pdf").status_code == 404


def test_every_panel_of_others_figures_stands_in_the_form_without_a_place_for_an_answer() -> None:
    panels = [item for item in APEC.items.values() if isinstance(item, ReferenceItem)]

    assert panels
    assert all(panel.code in words_of(blank_form(APEC, SOURCE)) for panel in panels)
