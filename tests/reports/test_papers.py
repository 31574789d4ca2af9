"""Papers can be read by a screen reader, whatever they hold: PDF/UA-1 structure, real styles in text documents."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from app.reports.economy.lines import NONE
from app.reports.papers.blocks import Cover, Facts, Heading, NewPage, Paper, Picture, Points, Table, Text
from app.reports.papers.pdf import pdf
from app.reports.papers.tables import tables
from app.reports.papers.word import word
from app.web.charts.intervals import Interval, Intervals

AT = datetime(2026, 11, 1, tzinfo=UTC)
LONG = "Commission for the long and very detailed consideration of artificial intelligence in all of its applications"
MARKUP = '#eval("1+1") *bold* $x$ <label> @ref =HYPERLINK("https://example.org")'
ALTERNATIVE = "Capacity pillars, on a scale from 0 to 100. B1 Public sector capacity: 64.2, between 60.1 and 68.0."


def chart() -> Intervals:
    return Intervals((Interval("B1 Public sector capacity", 64.2, 60.1, 68.0, 55.0, 70.0, "64.2"),), 100)


def paper(*blocks: Heading | Text | Points | Facts | Table | Picture | NewPage, language: str = "en") -> Paper:
    return Paper(
        language=language,
        title="Report, New Zealand, 2026",
        author="New Zealand",
        header=("New Zealand. Report", "Release 2026.1.0"),
        footer="Reference",
        cover=Cover("Report", "Review 2026", ("New Zealand",), (("Economy", "New Zealand"),), ("A notice",), ("A foot",)),
        blocks=blocks,
        contents="Contents",
    )


def whole(language: str = "en") -> Paper:
    rows = tuple((f"B{number} {LONG}", f"{number}.0", NONE) for number in range(60))
    return paper(
        Heading("What this is"),
        Text(MARKUP),
        Points(("One", MARKUP)),
        Facts((("Checksum", "a" * 64),)),
        Heading("Scores"),
        Picture("Capacity pillars", ALTERNATIVE, chart(), "How to read it"),
        Heading("Parts", 2),
        Table(
            "A long table",
            ("Score of", "Score", "Band"),
            rows,
            (3, 1, 1),
            frozenset({1}),
            sheet="Long",
            exact=(("B1", 1.25, None),),
        ),
        Table("An empty table", ("Score of",), (), (1,), empty="Nothing is shown."),
        NewPage(),
        Heading("Annex"),
        Text("مرحبا"),
        language=language,
    )


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    return PdfReader(io.BytesIO(pdf(whole())))


def elements(node: object) -> Iterator[DictionaryObject]:
    """Walk the structure of a tagged PDF."""
    if isinstance(node, ArrayObject):
        for each in node:
            yield from elements(each.get_object())
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"].get_object())


def root(reader: PdfReader) -> DictionaryObject:
    found = reader.trailer["/Root"].get_object()
    assert isinstance(found, DictionaryObject)
    return found


def structure(reader: PdfReader) -> list[DictionaryObject]:
    return list(elements(root(reader)["/StructTreeRoot"].get_object()))


def kind(element: DictionaryObject) -> str:
    return str(element["/S"])


def part(parent: DictionaryObject, name: str) -> DictionaryObject:
    found = parent[name].get_object()
    assert isinstance(found, DictionaryObject)
    return found


def test_it_claims_to_be_universally_accessible_and_says_its_title_and_language(reader: PdfReader) -> None:
    catalog, metadata = root(reader), part(root(reader), "/Metadata")

    assert isinstance(metadata, StreamObject)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata.get_data()
    assert str(part(catalog, "/MarkInfo")["/Marked"]) == "True"
    assert str(part(catalog, "/ViewerPreferences")["/DisplayDocTitle"]) == "True"
    assert str(catalog["/Lang"]) == "en"
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Report, New Zealand, 2026", "New Zealand")


def test_every_picture_has_words_that_tell_what_it_shows(reader: PdfReader) -> None:
    figures = [element for element in structure(reader) if kind(element) == "/Figure"]

    assert [str(figure["/Alt"]) for figure in figures] == [ALTERNATIVE]


def test_what_is_drawn_on_a_page_is_tagged_or_named_as_decoration(reader: PdfReader) -> None:
    """Marks that show something stand inside marked content, all of them; what does not is an artifact."""
    for page in reader.pages:
        content = page.get_contents()
        assert content is not None
        depth = 0
        for _operands, operator in content.operations:
            depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(operator, 0)
            assert depth > 0 or operator not in {b"Tj", b"TJ", b"'", b'"', b"Do", b"sh", b"S", b"f", b"B"}, operator


def test_headings_lists_and_tables_are_what_they_look_like(reader: PdfReader) -> None:
    kinds = Counter(kind(element) for element in structure(reader))

    assert kinds["/H1"] == 4  # with the list of contents
    assert kinds["/H2"] == 1
    assert kinds["/Table"] == 1
    assert kinds["/TH"] >= 3
    assert kinds["/TD"] == 180
    assert kinds["/LI"] >= 2
    assert kinds["/TOC"] >= 1
    heads = [element for element in structure(reader) if kind(element) == "/TH"]
    assert all("Column" in str(head.get("/A")) for head in heads)


def test_headings_can_be_reached_by_bookmarks(reader: PdfReader) -> None:
    titles = [str(entry["/Title"]) for entry in reader.outline if not isinstance(entry, list)]

    assert titles == ["What this is", "Scores", "Annex"]


@pytest.mark.abuse("S2")
def test_what_people_wrote_is_printed_and_never_run(reader: PdfReader) -> None:
    printed = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))

    assert '#eval("1+1") *bold* $x$ <label> @ref' in printed
    assert "Nothing is shown." in printed


def test_the_heads_of_a_long_table_stand_on_each_of_its_pages(reader: PdfReader) -> None:
    pages = [page.extract_text() for page in reader.pages]

    assert sum("Score of" in page for page in pages) >= 3


def test_a_paper_in_another_language_says_so() -> None:
    assert str(root(PdfReader(io.BytesIO(pdf(whole("es")))))["/Lang"]) == "es"


def test_a_paper_of_nothing_can_be_set() -> None:
    assert len(PdfReader(io.BytesIO(pdf(paper(Heading("What this is"), Text("Nothing."))))).pages) == 2


def test_a_text_document_has_styles_heads_that_repeat_words_for_pictures_and_a_language() -> None:
    content = word(whole("es"), AT)

    document = Document(io.BytesIO(content))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None and paragraph.text]
    assert styles.count("Heading 1") == 3
    assert {"Title", "Subtitle", "List Bullet", "Caption", "Heading 2", "Body Text"} <= set(styles)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        written, styled = parts.read("word/document.xml").decode(), parts.read("word/styles.xml").decode()
    assert written.count("<w:tblHeader") == 1
    assert f'descr="{ALTERNATIVE}"' in written
    assert 'w:lang w:val="es"' in styled
    assert document.core_properties.title == "Report, New Zealand, 2026"
    assert document.core_properties.language == "es"


def test_a_workbook_of_tables_has_numbers_as_numbers_and_texts_as_texts() -> None:
    book = load_workbook(io.BytesIO(tables(whole(), AT)))

    assert book.sheetnames == ["README", "Long"]
    assert [cell.value for cell in book["Long"][2]] == ["B1", 1.25, None]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.abuse("O3")
def test_sheets_are_named_whatever_authors_call_their_tables() -> None:
    names = ("Impact: parts [1]/*?", "impact parts 1", "'" + LONG, LONG + " again", "README", ":")
    found = tables(paper(*(Table("T", ("A",), (("1",),), (1,), sheet=name) for name in names)), AT)

    sheets = load_workbook(io.BytesIO(found)).sheetnames
    assert len({name.lower() for name in sheets}) == len(sheets) == len(names) + 1
    assert all(len(name) <= 31 for name in sheets)
