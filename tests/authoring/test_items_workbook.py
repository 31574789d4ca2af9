"""The items of a questionnaire as a workbook: out, edited in another program, and in again, with nothing lost."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from app.authoring.shapes import ITEM_MODELS, Control, Shape, shapes_of
from app.authoring.workbook import published_workbook
from app.authoring.workbook.conditions import condition_text, read_condition
from app.authoring.workbook.layout import HIDDEN_SHEET, all_sheets
from app.authoring.workbook.origin import fingerprint, origin_of
from app.authoring.workbook.putting_together import Together, rows_of
from app.authoring.workbook.reading import ItemsFile, is_workbook, read_items_workbook
from app.authoring.workbook.taking_apart import taken_apart
from app.authoring.workbook.values import is_exactly
from app.authoring.workbook.writing import items_workbook
from app.domain.drafting.document import DraftDocument, Kind, code_of, read_draft
from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import SOURCE, Catalogs
from app.infra.yaml import read_yaml
from app.kit.errors import Invalid, NotReady
from tests import builders as make
from tests.authoring.test_replacing import FILES
from tests.domain.documents import trees, wordy_documents
from tests.scenarios import document

SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
Edit = Callable[[Workbook], None]


def _plain(questionnaire: Questionnaire) -> DraftDocument:
    return read_draft(questionnaire.model_dump(mode="json", by_alias=True, exclude_defaults=True))


def _written(draft: DraftDocument, revision: int | None = 3) -> bytes:
    return items_workbook(draft, origin_of(draft, "small", "2026.1", revision), SOURCE)


def _edited(edit: Edit, draft: DraftDocument | None = None) -> bytes:
    """Open the workbook in another program, change it, and save it."""
    book = openpyxl.load_workbook(io.BytesIO(_written(draft or _plain(document()))))
    edit(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _read(edit: Edit) -> DraftDocument:
    return read_items_workbook(_edited(edit)).document


def _column(book: Workbook, sheet: str, name: str) -> int:
    return next(cell.column for cell in book[sheet][1] if cell.value == name)


def _row(book: Workbook, sheet: str, code: str, name: str = "code") -> int:
    column = _column(book, sheet, name)
    return next(row for row in range(1, book[sheet].max_row + 1) if book[sheet].cell(row, column).value == code)


def _type(sheet: str, code: str, name: str, value: object, by: str = "code") -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet].cell(_row(book, sheet, code, by), _column(book, sheet, name)).value = value  # type: ignore[assignment]  # any value that a person may type

    return edit


def _refusals(edit: Edit) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        _read(edit)
    return [(problem.code, str(problem.message)) for problem in refusal.value.problems]


def _items(draft: DraftDocument) -> dict[str, list[str]]:
    return {code_of(page.part): [code_of(item) for item in page.items] for page in draft.pages}


@pytest.mark.parametrize("path", FILES, ids=[path.parent.name + "-" + path.stem for path in FILES])
def test_every_questionnaire_of_ours_comes_back_exactly(path: Path) -> None:
    draft = read_draft(read_yaml(path.read_bytes()).content)

    again = read_items_workbook(_written(draft)).document

    assert again == draft
    assert is_exactly(again.content(), draft.content())
    assert [str(address) for address in again.addresses()] == [str(address) for address in draft.addresses()]


@SLOW
@given(trees() | wordy_documents())
def test_any_document_comes_back_exactly(questionnaire: Questionnaire) -> None:
    draft = _plain(questionnaire)

    again = read_items_workbook(_written(draft)).document

    assert is_exactly(again.content(), draft.content())
    assert Questionnaire.model_validate_json(again.text()).content_hash == questionnaire.content_hash


TEXTS = partial(st.text, alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _values(shape: Shape) -> st.SearchStrategy[object]:
    """Draw what fits a field, and now and then what does not: a draft may have faults."""
    match shape.control:
        case Control.GROUP:
            fitting: st.SearchStrategy[object] = _parts(shape.parts)
        case Control.ROWS:
            fitting = st.lists(_parts(shape.parts), max_size=3)
        case Control.LIST:
            fitting = st.lists(TEXTS(max_size=6), max_size=3)
        case Control.FLAG:
            fitting = st.booleans()
        case Control.NUMBER:
            fitting = st.integers(-5, 5) | st.floats(-5, 5)
        case _:
            fitting = TEXTS(max_size=20) | st.sampled_from(
                ["=1+1", "json: x", "# note", "2.0", "yes", "a\nb", "a\r\nb", "_x0041_", " "]
            )
    return st.one_of(fitting, fitting, fitting, JSON)


def _parts(shapes: tuple[Shape, ...]) -> st.SearchStrategy[dict[str, object]]:
    known = st.fixed_dictionaries({}, optional={shape.name: _values(shape) for shape in shapes})
    return st.one_of(
        known,
        known,
        st.builds(lambda one, other: {**other, **one}, known, st.dictionaries(TEXTS(max_size=5), JSON, max_size=1)),
    )


@st.composite
def odd_drafts(draw: st.DrawFn) -> DraftDocument:
    """Draw a draft with faults of every kind: only the codes of its parts are as they must be."""
    codes = iter(draw(st.lists(TEXTS(min_size=1, max_size=4).filter(str.strip), min_size=8, max_size=8, unique_by=str.casefold)))

    def coded(shapes: tuple[Shape, ...]) -> dict[str, object]:
        return {**draw(_parts(shapes)), "code": next(codes)}

    content = {
        **draw(_parts(shapes_of(Kind.ABOUT))),
        **draw(_parts(shapes_of(Kind.CLAUSES))),
        **draw(_parts(shapes_of(Kind.DETAILS))),
        "scheme": {**draw(_parts(shapes_of(Kind.SCHEME))), "nodes": [coded(shapes_of(Kind.NODE)) for _ in range(2)]},
        "sections": [
            {**coded(shapes_of(Kind.SECTION)), "items": [coded(_item_shapes(draw)) for _ in range(draw(st.integers(0, 2)))]}
            for _ in range(2)
        ],
    }
    return read_draft(content)


def _item_shapes(draw: st.DrawFn) -> tuple[Shape, ...]:
    return shapes_of(Kind.ITEM, draw(st.sampled_from(sorted(ITEM_MODELS))))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(odd_drafts())
def test_any_draft_comes_back_exactly_from_its_cells(draft: DraftDocument) -> None:
    together = Together(dict(rows_of(taken_apart(draft))))

    assert is_exactly(together.document().content(), draft.content())
    assert together.problems == []


@settings(
    max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(odd_drafts())
def test_any_draft_comes_back_exactly_from_its_file(draft: DraftDocument) -> None:
    again = read_items_workbook(_written(draft)).document

    assert is_exactly(again.content(), draft.content())


@pytest.mark.parametrize(
    "value",
    [2, 2.0, 0.1 + 0.2, 1e22, -0.0, 2**53 + 1, True, "2", "2.0", "heavy", "2/3", "", None, [], {}, ["a"], 1e-7],
    ids=repr,
)
def test_a_number_of_any_kind_comes_back_as_it_was(value: object) -> None:
    draft = read_draft({"code": "x", "sections": [{"code": "S", "items": [{"code": "A", "type": "text", "weight": value}]}]})

    again = read_items_workbook(_written(draft)).document

    assert is_exactly(again.content(), draft.content())


def test_every_field_of_the_format_is_a_column_or_a_sheet() -> None:
    names = {f"{sheet.name}.{column.name}" for sheet in all_sheets() for column in sheet.columns} | {
        each.name for each in all_sheets()
    }

    for kind, sheet in ((Kind.NODE, "scores"), (Kind.SECTION, "sections"), (Kind.ABOUT, "about"), (Kind.SCHEME, "scheme")):
        assert {f"{sheet}.{shape.name}" for shape in shapes_of(kind)} <= names
    for item_type in ITEM_MODELS:
        assert {f"items.{shape.name}" for shape in shapes_of(Kind.ITEM, item_type)} <= names
    assert {"items.levels", "items.options", "items.fields.options", "scores.gates", "details.fields", "scheme.bands"} <= names


def test_sheets_stand_in_their_order_and_explain_themselves() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_written(_plain(document()))))

    assert book.sheetnames[:4] == ["Read me", "about", "clauses", "details"]
    assert book.sheetnames[-1] == HIDDEN_SHEET
    assert book[HIDDEN_SHEET].sheet_state == "veryHidden"
    assert "upload it into the draft" in str(book["Read me"]["A3"].value)
    items = book["items"]
    assert [cell.value for cell in items[1]][:4] == ["of section", "order", "code", "type"]
    assert items.cell(2, _column(book, "items", "weight")).value == "Weight beside the other children of its node."
    assert [items.cell(row, 3).value for row in (3, 4)] == ["A1", "A2"]


@pytest.mark.abuse("O1")
def test_what_an_author_wrote_is_never_a_formula_or_a_link() -> None:
    odd = {
        "code": "A",
        "type": "text",
        "text": '=HYPERLINK("https://evil.example")',
        "why": "+1",
        "guidance": "https://example.org",
    }
    raw = _written(read_draft({"sections": [{"code": "S", "items": [odd]}]}))

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets.lower()


def test_a_committee_edits_adds_moves_and_takes_out() -> None:
    def edit(book: Workbook) -> None:
        items = book["items"]
        _type("items", "A1", "text", "How far is the national strategy?")(book)
        _type("items", "A4", "order", 0.5)(book)
        _type("items", "B3", "of section", "A")(book)
        items.delete_rows(_row(book, "items", "A3"))
        for row in reversed(range(3, book["items.options"].max_row + 1)):
            if book["items.options"].cell(row, 1).value == "A3":
                book["items.options"].delete_rows(row)
        new = items.max_row + 1
        for name, value in {
            "of section": "B",
            "code": "B9",
            "type": "yes_no",
            "text": "Is there a plan?",
            "core": "yes",
            "weight": 2,
        }.items():
            items.cell(new, _column(book, "items", name)).value = str(value)
        items.cell(new, _column(book, "items", "show_if")).value = "any of:\nA1 at_least 3\nnot A2 equals yes"

    draft = _read(edit)

    assert _items(draft)["A"][:2] == ["A4", "A1"]
    assert "A3" not in _items(draft)["A"]
    assert "B3" in _items(draft)["A"]
    assert _items(draft)["B"][-1] == "B9"
    found = draft.pages[1].items[-1]
    assert found["core"] is True
    assert found["weight"] == 2
    assert found["show_if"] == {
        "any": [{"at_least": {"item": "A1", "value": 3}}, {"not": {"equals": {"item": "A2", "value": "yes"}}}]
    }


def test_notes_rows_and_sheets_of_their_own_are_not_read() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["items"]
        sheet.cell(1, sheet.max_column + 1).value = "# our remarks"
        sheet.cell(3, sheet.max_column).value = "Ask the ministry"
        sheet.cell(sheet.max_row + 1, 1).value = "# from here on: ideas"
        book.create_sheet("Minutes")["A1"].value = "=1+1"

    assert _read(edit) == _plain(document())


def test_rows_that_were_sorted_keep_their_order_in_the_form() -> None:
    def edit(book: Workbook) -> None:
        items = book["items"]
        rows = [[cell.value for cell in row] for row in items.iter_rows(min_row=3)]
        for number, row in enumerate(reversed(rows), start=3):
            for column, value in enumerate(row, start=1):
                items.cell(number, column).value = value

    assert _read(edit) == _plain(document())


@pytest.mark.parametrize(
    ("edit", "code", "place"),
    [
        (_type("items", "A1", "text", "=1+1"), "cell_formula", "Sheet items, row 3, column F"),
        (_type("items", "A1", "of section", "Z"), "unknown_section", "Sheet items, row 3, column A"),
        (_type("items", "A1", "order", "first"), "not_a_number", "Sheet items, row 3, column B"),
        (_type("items", "A2", "code", "a1"), "code_twice", "Sheet items, row 4, column C"),
        (_type("items", "A2", "code", None), "code_missing", "Sheet items, row 4"),
        (_type("items", "A2", "show_if", "if A1 is yes"), "bad_condition", "Sheet items, row 4, column"),
        (_type("items", "A2", "weight", "json: {"), "bad_data", "Sheet items, row 4, column"),
        (_type("items.levels", "A1", "of item", "A9", by="of item"), "unknown_owner", "Sheet items.levels, row 3, column A"),
        (lambda book: book.remove(book["items.levels"]), "sheet_missing", "Sheet items.levels: "),
        (lambda book: book["items"].delete_cols(6), "column_missing", "Sheet items, row 1: The column text"),
        (lambda book: book["about"].delete_cols(2), "column_missing", "Sheet about, row 1: The column value"),
        (_type("items", "code", "why", "remarks"), "unknown_column", "Sheet items, row 1, column"),
        (_type("items", "code", "why", "text"), "column_twice", "Sheet items, row 1, column"),
        (_type("about", "title", "field", "tilte", by="field"), "unknown_column", "Sheet about, row"),
        (_type("items", "A1", "evidence.cap", 3), "", ""),
    ],
)
def test_what_cannot_be_taken_is_named_by_sheet_row_and_column(edit: Edit, code: str, place: str) -> None:
    if not code:
        assert _read(edit) != _plain(document())
        return
    found = _refusals(edit)

    assert code in [each for each, _words in found], found
    assert any(words.startswith(place) for _code, words in found), found
    assert all(words.rstrip().endswith((".", "of:")) for _code, words in found), found


def test_a_list_that_stands_there_twice_is_a_contradiction() -> None:
    def edit(book: Workbook) -> None:
        book["items"].cell(1, book["items"].max_column + 1).value = "levels"
        book["items"].cell(3, book["items"].max_column).value = "json: []"

    assert [code for code, _words in _refusals(edit)] == ["cell_contradiction"]


def test_every_problem_is_named_at_once_and_no_more_than_people_read() -> None:
    def edit(book: Workbook) -> None:
        for row in range(3, 103):
            book["items.options"].cell(row, 1).value = "NONE"

    assert len(_refusals(edit)) == 50


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_missing"),
        (b"no workbook", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "file_locked_or_old"),
        (b"PK\x03\x04cut off", "file_unreadable"),
        (b"x" * 5_000_001, "file_too_large"),
    ],
    ids=["empty", "text", "old", "cut", "large"],
)
def test_what_is_no_workbook_is_refused_in_words_about_questionnaires(raw: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_items_workbook(raw)

    (problem,) = refusal.value.problems
    assert problem.code == code
    assert "review" not in problem.message


def test_a_workbook_of_somebody_else_or_without_its_hidden_sheet_is_refused() -> None:
    def other_release(book: Workbook) -> None:
        book[HIDDEN_SHEET]["B2"].value = "99"

    assert [code for code, _ in _refusals(lambda book: book.remove(book[HIDDEN_SHEET]))] == ["not_our_workbook"]
    assert [code for code, _ in _refusals(other_release)] == ["workbook_of_another_release"]


def test_a_workbook_says_what_it_was_made_from() -> None:
    draft = _plain(document())

    read: ItemsFile = read_items_workbook(_written(draft, revision=7))
    published = read_items_workbook(published_workbook(document(), SOURCE))

    assert (read.origin.questionnaire, read.origin.version, read.origin.revision) == ("small", "2026.1", 7)
    assert read.origin.content == fingerprint(draft) == published.origin.content
    assert published.origin.revision is None
    assert published.document == draft


def test_what_no_cell_holds_is_said_before_anything_is_written() -> None:
    long = read_draft({"sections": [{"code": "S", "items": [{"code": "A", "type": "text", "why": "x" * 40_000}]}]})

    with pytest.raises(NotReady):
        _written(long)


def test_a_workbook_is_known_by_its_beginning_or_its_name() -> None:
    assert is_workbook(b"PK\x03\x04", "draft")
    assert is_workbook(b"", "Items.XLSX")
    assert not is_workbook(b"format: 1", "draft.yaml")


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        ({"equals": {"item": "A", "value": "yes"}}, "A equals yes"),
        ({"equals": {"item": "N", "value": 3}}, "N equals 3"),
        ({"equals": {"item": "A", "value": "a, b"}}, 'A equals "a, b"'),
        ({"in": {"item": "A", "values": ["x", "y z"]}}, "A in x, y z"),
        ({"at_least": {"item": "N", "value": 2.0}}, "N at_least 2.0"),
        ({"not": {"answered": "A"}}, "not A answered"),
        ({"all": [{"answered": "A"}, {"includes": {"item": "C", "option": "o"}}]}, "all of:\nA answered\nC includes o"),
        ({"any": [{"answered": "A"}]}, "any of:\nA answered"),
    ],
    ids=range(8),
)
def test_conditions_are_lines_that_people_read(condition: Mapping[str, object], lines: str) -> None:
    types = {"A": "choice", "C": "checklist", "N": "number"}

    assert condition_text(condition, types) == lines
    assert read_condition(lines, types) == condition


def test_what_is_nested_deeper_is_data() -> None:
    nested = {"all": [{"any": [{"answered": "A"}]}]}
    draft = read_draft({"sections": [{"code": "S", "items": [{"code": "A", "type": "text", "show_if": nested}]}]})

    assert condition_text(nested, {}) is None
    assert taken_apart(draft)["items"][0]["show_if"] == 'json: {"all": [{"any": [{"answered": "A"}]}]}'


def test_the_same_content_is_the_same_file_at_any_time() -> None:
    first = _written(_plain(document()))
    with zipfile.ZipFile(io.BytesIO(first)) as files:
        about = files.read("docProps/core.xml").decode()
        moments = {info.date_time for info in files.infolist()}

    assert re.findall(r"<dcterms:(?:created|modified)[^>]*>([^<]*)<", about) == ["2000-01-01T00:00:00Z"] * 2
    assert moments == {(1980, 1, 1, 0, 0, 0)}
    assert _written(_plain(document())) == first


def test_the_file_of_a_version_is_made_once_in_each_language() -> None:
    spanish = Catalogs(make.PROJECT / "translations").get("es")
    first = published_workbook(document(), spanish)

    assert published_workbook(document(), spanish) is first
    assert published_workbook(document(), SOURCE) != first
