"""Which files are taken, and what the others hear: F2, F4, F5, and the list of the issue."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from app.evidence.kinds import TAKEN, kind_of
from app.evidence.packages import MOST_PARTS
from app.evidence.refusals import BadFile
from tests.evidence import files
from tests.evidence.files import GOOD, office, open_document, package


def problem_of(name: str, content: bytes) -> str:
    with pytest.raises(BadFile) as refused:
        kind_of(name, content)
    (problem,) = refused.value.problems
    assert problem.field == "file"
    assert len(problem.message) > 30  # what happened, and what to do
    return problem.code


def liar() -> bytes:
    """A part that unpacks to more than its directory says."""
    honest = bytearray(office("docx", word__a_xml=b"a" * 1_000_000))
    size = (1_000_000).to_bytes(4, "little")
    lied = bytes(honest).replace(size, (100).to_bytes(4, "little"))
    assert lied != bytes(honest)
    return lied


def with_link() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<main/>")
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    return written.getvalue()


def locked() -> bytes:
    """Set the bit that says: encrypted, in both headers of the first part."""
    whole = bytearray(office("xlsx"))
    whole[6] |= 1
    central = whole.find(b"PK\x01\x02")
    whole[central + 8] |= 1
    return bytes(whole)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_file_of_a_kind_on_the_list_is_taken(name: str) -> None:
    kind = kind_of(name, GOOD[name])

    assert kind.label in TAKEN


@pytest.mark.abuse("F2")
@pytest.mark.parametrize(
    "name",
    [
        "a.html",
        "a.svg",
        "a.exe",
        "a.docm",
        "a.xlsm",
        "a.doc",
        "a.xls",
        "a.zip",
        "a.pdf.html",
        "a",
        ".pdf",
        "a.js",
        "a.xml",
        "a.gif",
    ],
)
def test_a_kind_that_is_not_on_the_list_is_refused_whatever_is_inside(name: str) -> None:
    assert problem_of(name, files.PDF) == "file_kind"


@pytest.mark.abuse("F2")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("renamed.pdf", files.EXE),
        ("renamed.png", files.ELF),
        ("renamed.txt", files.EXE),
        ("page.pdf", files.HTML),
        ("page.txt", files.HTML),
        ("page.csv", b"\xef\xbb\xbf  " + files.HTML),
        ("picture.png", files.SVG),
        ("picture.txt", files.SVG),
        ("script.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("letter.txt", b"{\\rtf1 {\\object}}"),
        ("old.docx", files.OLE),
        ("old.pdf", files.OLE),
        ("picture.jpg", files.PNG),
        ("text.pdf", b"%PDE-1.7 words"),
        ("sheet.docx", office("xlsx")),
        ("text.odt", open_document("ods")),
        ("any.docx", package({"a.txt": b"a"})),
        ("both.pdf", files.PDF + package({"a.txt": b"a"})),
        ("both.jpg", files.JPEG[:-2] + package({"a.txt": b"a"}) + b"\xff\xd9"),
        ("both.png", b"%PDF-1.7" + files.PNG),
        ("both.jpeg", files.JPEG[:20] + b"<script>alert(1)</script>" + files.JPEG[20:]),
        ("both.docx", files.PDF + office("docx")),
        ("trailing.docx", office("docx") + b"more"),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(name: str, content: bytes) -> None:
    assert problem_of(name, content) in {"file_mismatch", "file_damaged"}


@pytest.mark.abuse("F2")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("macros.docx", office("docx", word__vbaProject_bin=b"x")),
        ("macros.xlsx", office("xlsx", xl__VBAPROJECT_BIN=b"x")),
        ("old-macros.xlsx", office("xlsx", xl__macrosheets__sheet1_xml=b"x")),
        (
            "renamed.docx",
            office("docx", types=b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
        ),
        ("controls.pptx", office("pptx", ppt__activeX__activeX1_xml=b"x")),
        ("inside.docx", office("docx", word__embeddings__setup_exe=b"MZ")),
        ("macros.ods", open_document("ods", Basic__Standard__Module1_xml=b"x")),
        ("script.odt", open_document("odt", Scripts__python__a_py=b"x")),
    ],
)
def test_a_document_with_macros_or_programs_is_refused(name: str, content: bytes) -> None:
    assert problem_of(name, content) == "file_macros"


@pytest.mark.parametrize(
    "content",
    [
        office("xlsx", xl__a_xml=b"0" * 40_000_000),
        office("xlsx", **{f"xl__a{number}_xml": b"0" * 3_000_000 for number in range(70)}),
        package({"[Content_Types].xml": b"", "xl/workbook.xml": b"", **{f"xl/{k}.xml": b"" for k in range(MOST_PARTS)}}),
    ],
    ids=["one-part", "many-parts", "very-many-parts"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(content: bytes) -> None:
    assert problem_of("bomb.xlsx", content) == "file_bomb"


@pytest.mark.abuse("F2", "F4")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.pdf", files.PDF[:-10]),
        ("cut.png", files.PNG[:-5]),
        ("cut.jpg", files.JPEG[:-1]),
        ("cut.docx", office("docx")[:-30]),
        ("liar.docx", liar()),
        ("link.docx", with_link()),
        (
            "slip.docx",
            office("docx") and package({"[Content_Types].xml": b"", "word/document.xml": b"", "../../etc/passwd": b""}),
        ),
        ("twins.docx", package({"[Content_Types].xml": b"", "word/document.xml": b"", "WORD/document.xml": b""})),
    ],
)
def test_a_damaged_or_deceitful_file_is_refused(name: str, content: bytes) -> None:
    assert problem_of(name, content) == "file_damaged"


def test_a_locked_document_is_refused() -> None:
    manifest = open_document("odt", **{"META-INF__manifest_xml": b"<manifest:encryption-data/>"})

    assert problem_of("locked.xlsx", locked()) == "file_locked"
    assert problem_of("locked.odt", manifest) == "file_locked"


@pytest.mark.abuse("F4")
def test_an_empty_file_is_refused() -> None:
    assert problem_of("empty.pdf", b"") == "file_empty"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!D2",
        '"=HYPERLINK(""http://192.0.2.1"",A1)"',
        " =1",
        "\uff1d1+1",
        "'=1",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_whose_cells_would_run_is_refused(cell: str, delimiter: str) -> None:
    table = f"area{delimiter}change\nBudget{delimiter}{cell}\n"

    assert problem_of("table.csv", table.encode()) == "file_formula"


def test_a_table_of_too_many_cells_is_refused_before_it_is_read() -> None:
    assert problem_of("table.csv", b"1," * 2_000_001) == "file_kind"
