"""Files that a stranger may send: each is refused in words that say what to do, and none is opened further than that needs."""

from __future__ import annotations

import io
import json
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter

from app.domain.answers import Answer, AnswerState
from app.kit.errors import Invalid
from app.kit.ids import new_id
from app.offline import cells
from app.offline.comparison import Outcome
from app.offline.container import LARGEST_FILE, check_container
from app.offline.layout import Column
from app.offline.reading import read_workbook
from tests.offline.books import Book, compared, filled, repacked, with_part, written
from tests.scenarios import document

SMALL = document()
BLANK = written(SMALL, {})
SHEET = "xl/worksheets/sheet2.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal_of(raw: bytes) -> str:
    """Return the code with which a file is refused."""
    with pytest.raises(Invalid) as refused:
        read_workbook(raw)
    (problem,) = refused.value.problems
    assert problem.field == "file"
    return problem.code


def in_sheet(old: bytes, new: bytes) -> bytes:
    """Change the XML of a section's sheet."""
    return repacked(BLANK, lambda name, content: content.replace(old, new, 1) if name == SHEET else content)


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_no_file_at_all_is_asked_for() -> None:
    assert refusal_of(b"") == "file_missing"


def test_what_is_larger_than_any_workbook_is_not_looked_into() -> None:
    assert refusal_of(b"PK\x03\x04" + b"x" * LARGEST_FILE) == "file_too_large"


@pytest.mark.parametrize("raw", [b"MZ\x90\x00 a program", b"\x7fELF\x02", b"#!/bin/sh\nrm -rf /"], ids=["exe", "elf", "script"])
def test_a_program_by_another_name_is_called_one(raw: bytes) -> None:
    assert refusal_of(raw) == "file_is_a_program"


@pytest.mark.abuse("I13")
def test_the_old_format_and_passwords_are_named_with_the_way_out() -> None:
    """I13: an encrypted XLSX is an OLE file, as an .xls is."""
    assert refusal_of(OLE + b"\x00" * 4096) == "file_locked_or_old"


@pytest.mark.parametrize(
    "raw",
    [b"code,answer\nA1,3\n", b"%PDF-1.7", b"<html>", b"PK\x03\x04 broken", b"PK"],
    ids=["csv", "pdf", "html", "zip", "short"],
)
def test_any_other_file_is_no_workbook(raw: bytes) -> None:
    assert refusal_of(raw) == "file_unreadable"


def test_a_zip_without_a_workbook_is_none() -> None:
    assert refusal_of(zipped({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"})) == "file_unreadable"


@pytest.mark.abuse("I13")
@pytest.mark.parametrize(
    "name",
    [
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.bin",
        "xl/macrosheets/sheet1.xml",
        "xl/connections.xml",
        "customUI/customUI14.xml",
    ],
)
def test_macros_embedded_files_and_links_to_others_are_refused(name: str) -> None:
    """I13: also DDE, which needs a link to another file."""
    assert refusal_of(with_part(BLANK, name)) == "file_has_macros_or_links"


def test_a_macro_workbook_is_known_by_its_content_type_too() -> None:
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

    raw = repacked(BLANK, lambda name, old: old.replace(plain, macro) if name == "[Content_Types].xml" else old)

    assert refusal_of(raw) == "file_has_macros_or_links"


@pytest.mark.abuse("I14")
@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl\\evil.xml", "C:evil.xml", "xl/" + "x" * 300])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    """I14."""
    assert refusal_of(with_part(BLANK, name)) == "file_unreadable"


@pytest.mark.abuse("I14")
def test_a_part_that_stands_twice_is_refused() -> None:
    """I14: one reader would take the first, another the second."""
    out = io.BytesIO(BLANK)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<other/>")

    assert refusal_of(out.getvalue()) == "file_unreadable"


@pytest.mark.abuse("I14")
@pytest.mark.parametrize("raw", [BLANK + b"more", b"#" + BLANK, b"PK\x03\x04" + BLANK], ids=["after", "before", "zip-before"])
def test_what_stands_around_the_archive_is_refused(raw: bytes) -> None:
    """I14."""
    assert refusal_of(raw) in {"file_unreadable", "file_is_a_program"}


@pytest.mark.abuse("I14")
def test_an_entry_that_holds_more_than_it_says_is_damaged() -> None:
    """I14: the directory at the end says one size, the entry another."""
    with zipfile.ZipFile(io.BytesIO(BLANK)) as archive:
        size = archive.getinfo(SHEET).file_size
    directory = BLANK.index(b"PK\x01\x02")
    lying = BLANK[:directory] + BLANK[directory:].replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert refusal_of(lying) == "file_damaged"


@pytest.mark.abuse("I12")
def test_a_bomb_is_refused_before_anything_is_unpacked() -> None:
    """I12: 43 MB in a file of 45 kB."""
    bomb = with_part(BLANK, "xl/media/zeros.xml", b"0" * 43_000_000)
    began = time.monotonic()

    assert refusal_of(bomb) == "file_unpacks_too_large"
    assert len(bomb) < 200_000
    assert time.monotonic() - began < 1


@pytest.mark.abuse("I12")
def test_a_bomb_below_the_whole_size_is_known_by_how_far_it_unpacks() -> None:
    assert refusal_of(with_part(BLANK, "xl/media/zeros.xml", b"0" * 18_000_000)) == "file_unpacks_too_large"


@pytest.mark.abuse("I12")
def test_a_workbook_of_thousands_of_parts_is_refused() -> None:
    raw = repacked(BLANK, lambda _name, old: old, {f"xl/media/{number}.txt": b"" for number in range(1_001)})

    assert refusal_of(raw) == "file_unpacks_too_large"


@pytest.mark.abuse("I13")
@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">',
    ],
    ids=["external", "laughs", "dtd"],
)
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_of_a_document_type_are_refused(part: str, doctype: bytes) -> None:
    """I13."""
    head, sign = b"?>", b"?>" + doctype

    assert refusal_of(repacked(BLANK, lambda name, old: old.replace(head, sign, 1) if name == part else old)) == "file_damaged"


@pytest.mark.abuse("I14")
def test_a_sheet_that_lies_about_its_size_is_read_by_its_cells() -> None:
    """I14: A1:XFD1048576 would be seventeen thousand million cells."""
    raw = repacked(
        filled(BLANK, {"A1": "3"}),
        lambda name, old: _with_dimension(old) if name.startswith("xl/worksheets/") else old,
    )
    began = time.monotonic()

    comparison = compared(raw, SMALL, {})

    assert [line.mine for line in comparison.of(Outcome.CHANGE)] == [Answer(AnswerState.ANSWERED, 3)]
    assert time.monotonic() - began < 10


def _with_dimension(sheet: bytes) -> bytes:
    start = sheet.index(b"<dimension")
    end = sheet.index(b"/>", start) + 2
    return sheet[:start] + b'<dimension ref="A1:XFD1048576"/>' + sheet[end:]


def test_a_cell_at_the_far_corner_costs_nothing() -> None:
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>A1</t></is></c></row></sheetData>'

    comparison = compared(in_sheet(b"</sheetData>", far), SMALL, {})

    assert comparison.lines == ()


def test_a_formula_is_named_by_its_cell_and_not_taken() -> None:
    book = Book.open(BLANK)
    book.cell("A4").value = '=HYPERLINK("https://x.example","x")'
    book.cell("B1").value = "=cmd|'/c calc'!A0"
    book.cell("A1").value = "3"

    comparison = compared(book.saved(), SMALL, {})

    found = {line.item: [(problem.place, problem.code) for problem in line.problems] for line in comparison.of(Outcome.PROBLEM)}
    assert found == {"A4": [("A Rules, E10", "cell_formula")], "B1": [("B Means, E3", "cell_formula")]}
    assert [line.item for line in comparison.of(Outcome.CHANGE)] == ["A1"], "the rest is read all the same"


@pytest.mark.abuse("O1")
def test_a_text_that_looks_like_a_formula_stays_a_text_both_ways() -> None:
    """O1: what an official wrote is never run by the program that opens the workbook."""
    sly = Answer(AnswerState.ANSWERED, '=HYPERLINK("https://x.example","x")', comment="+1+cmd|' /C calc'!A0", evidence_url="")
    raw = written(SMALL, {"A4": sly})

    cell, comment = Book.open(raw).cell("A4"), Book.open(raw).cell("A4", Column.COMMENT)

    assert (cell.data_type, cell.hyperlink, comment.data_type) == ("s", None, "s")
    assert [line.mine for line in compared(raw, SMALL, {}).lines] == [sly]


def test_an_error_or_a_time_of_day_in_a_cell_is_named() -> None:
    book = Book.open(BLANK)
    book.cell("B2").value = "#N/A"
    book.cell("B2").data_type = "e"

    (line,) = compared(book.saved(), SMALL, {}).of(Outcome.PROBLEM)

    assert [(problem.place, problem.code) for problem in line.problems] == [("B Means, E4", "cell_unreadable")]


def test_a_workbook_of_somebody_else_s_making_is_not_ours() -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)

    assert refusal_of(out.getvalue()) == "not_our_workbook"


def test_the_workbook_for_consultation_says_that_it_is_not_the_one() -> None:
    from app.infra.catalogs import SOURCE  # noqa: PLC0415 - of this test alone
    from app.reports.workbook import workbook  # noqa: PLC0415 - the same

    assert refusal_of(workbook(SMALL, SOURCE)) == "not_our_workbook"


def test_a_workbook_of_an_older_format_is_refused_with_the_way_out() -> None:
    book = Book.open(BLANK)
    book.book["_readiness"]["B2"].value = "0"

    assert refusal_of(book.saved()) == "workbook_of_another_release"


def test_a_hidden_sheet_that_was_filled_with_nonsense_is_damaged() -> None:
    book = Book.open(BLANK)
    book.book["_readiness"]["B3"].value = "../../etc/passwd"

    assert refusal_of(book.saved()) == "file_damaged"


@pytest.mark.abuse("I12")
def test_a_parser_that_takes_too_long_is_stopped_and_its_place_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.offline.reading._SECONDS", 0.01)
    for _each in range(4):
        assert refusal_of(BLANK) == "file_takes_too_much"
    monkeypatch.undo()

    assert read_workbook(BLANK).rows == {}


def test_one_long_text_in_any_number_of_cells_is_stopped() -> None:
    """A workbook of 20 kB could be 128 MB of answers: a text is packed once, however often it stands."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for row in range(400):
        sheet.write_row(row, 0, ["x" * 32_000] * 10)
    book.close()
    assert len(out.getvalue()) < 200_000

    assert refusal_of(out.getvalue()) == "file_takes_too_much"


def renamed(raw: bytes, title: str) -> bytes:
    """Give the first section's sheet another title, of any length."""
    old, new = b'name="A Rules"', f'name="{title}"'.encode()
    return repacked(raw, lambda name, content: content.replace(old, new) if name == "xl/workbook.xml" else content)


def test_a_sheet_s_title_of_any_length_is_told_as_far_as_excel_allows_one() -> None:
    """It stands in the place of every row and cell: a title of a megabyte would be copied into each of them."""
    raw = renamed(filled(BLANK, {"A1": "3", "A4": "words"}), "y" * 30_000)

    read = read_workbook(raw)

    assert read.items() == {"A1", "A4"}
    assert {entry.place.split(", ")[0] for row in read.rows.values() for entry in row.values()} == {"y" * 31}
    assert len(read.model_dump_json()) < 2_000


def test_titles_count_towards_what_may_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for number in range(20):
        book.add_worksheet(f"{number:031}")
    book.close()
    monkeypatch.setattr(cells, "MOST_CHARACTERS", 20 * 31)
    assert len(cells.filled_cells(out.getvalue())) == 20

    monkeypatch.setattr(cells, "MOST_CHARACTERS", 20 * 31 - 1)
    with pytest.raises(MemoryError):
        cells.filled_cells(out.getvalue())


def test_what_leaves_the_parser_is_bounded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers of hundreds of digits are no texts, and two hundred thousand short cells are long as well."""
    raw = filled(BLANK, {"B2": int("9" * 300)})
    monkeypatch.setattr(cells, "limit", lambda: None)
    whole = len(json.dumps(cells.filled_cells(raw)))

    def output(most: int) -> str:
        monkeypatch.setattr(cells, "MOST_BYTES", most)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        cells.main()
        return capsys.readouterr().out

    assert len(output(whole)) == whole
    with pytest.raises(MemoryError):
        output(whole - 1)


@pytest.mark.parametrize("number", ["1e999", "-1e308", "9" * 400], ids=["infinite", "huge", "digits"])
def test_a_number_that_none_can_be_is_named(number: str) -> None:
    filled_in = filled(BLANK, {"B2": 7})
    raw = repacked(filled_in, lambda _name, old: old.replace(b"<v>7</v></c>", f"<v>{number}</v></c>".encode()))

    comparison = compared(raw, SMALL, {})

    assert [line.problems[0].code for line in comparison.of(Outcome.PROBLEM)] == ["cell_unreadable"]


def test_the_parser_takes_no_more_cells_than_its_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_CELLS", 50)

    taken = sum(len(sheet["cells"]) for sheet in cells.filled_cells(BLANK) if isinstance(sheet["cells"], list))

    assert taken < 50 + 10 * 2


@pytest.mark.abuse("O6")
def test_a_plain_workbook_passes_and_says_nothing_of_who_made_it() -> None:
    with zipfile.ZipFile(io.BytesIO(written(SMALL, {}))) as archive:
        properties = archive.read("docProps/core.xml").decode() + archive.read("docProps/app.xml").decode()

    check_container(BLANK)
    assert "Ana" not in properties
    assert "/" not in properties.partition("<dc:creator>")[2].partition("</dc:creator>")[0]
    assert str(new_id())[:8] not in properties
