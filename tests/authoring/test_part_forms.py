"""A part as the fields of a form and back: nothing of the format is lost on the way, and nothing that was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.authoring.pages.part_forms import TICKED, Around, FieldView, read_part, views
from app.authoring.shapes import Control, Shape, shapes_of
from app.domain.drafting.conditions import Rows, number_of
from app.domain.drafting.document import DraftDocument, Kind, Part, read_draft
from app.web.forms import Form
from tests.builders import QUESTIONNAIRES, READINESS_FILE
from tests.catalogue.test_our_questionnaires import STATEMENT
from tests.scenarios import SMALL, document

FILES = [READINESS_FILE, *sorted(QUESTIONNAIRES.glob("*.yaml"))]


@pytest.mark.parametrize("source", [SMALL, *(file.read_text(encoding="utf-8") for file in FILES)])
def test_every_part_of_a_questionnaire_comes_back_as_it_was(source: str) -> None:
    _comes_back(_draft(source))


def test_every_part_of_the_second_questionnaire_comes_back_as_it_was() -> None:
    _comes_back(read_draft(STATEMENT.model_dump(mode="json", by_alias=True, exclude_defaults=True)))


def test_every_field_of_the_format_has_a_control_and_most_have_help() -> None:
    shapes = list(_all_shapes(shapes_of(Kind.ITEM, "checklist")))

    assert {"code", "text", "show_if", "lineage", "evidence", "options", "crosswalk"} <= {shape.name for shape in shapes}
    assert [shape.name for shape in shapes if not shape.help and shape.control is not Control.GROUP] == []


def test_what_is_no_number_stays_as_it_was_typed() -> None:
    form = Form({"code": ("A",), "weight": ("a lot",), "text": ("  Is it so?\r\nReally  ",)})

    part = read_part(shapes_of(Kind.ITEM, "text"), form, Around({}, {}))

    assert part["weight"] == "a lot"
    assert part["text"] == "Is it so?\nReally"


def test_a_row_that_is_ticked_for_removal_goes_and_a_blank_one_never_comes() -> None:
    fields = {"options.0.code": ("a",), "options.0.text": ("A",), "options.0.remove": (TICKED,), "options.1.code": ("b",)}
    form = Form({**fields, "options.1.text": ("B",), "options.2.code": ("",), "options.2.text": ("",)})

    part = read_part(shapes_of(Kind.ITEM, "choice"), form, Around({}, {}))

    assert part["options"] == [{"code": "b", "text": "B"}]


def test_a_condition_is_written_in_rows() -> None:
    form = Form(
        {
            "show_if.joint": ("any",),
            "show_if.0.item": ("B1-01",),
            "show_if.0.relation": ("at_least",),
            "show_if.0.value": ("3",),
            "show_if.1.item": ("B1-02",),
            "show_if.1.relation": ("not_equals",),
            "show_if.1.value": ("yes",),
            "show_if.2.item": ("",),
            "show_if.2.relation": ("equals",),
            "show_if.2.value": ("",),
        }
    )

    part = read_part(shapes_of(Kind.ITEM, "text"), form, Around({}, {"B1-01": "maturity", "B1-02": "yes_no"}))

    assert part["show_if"] == {
        "any": [
            {"at_least": {"item": "B1-01", "value": 3}},
            {"not": {"equals": {"item": "B1-02", "value": "yes"}}},
        ]
    }


def test_a_comparison_without_its_question_is_kept_as_it_was_typed() -> None:
    form = Form({"show_if.0.item": ("",), "show_if.0.relation": ("at_least",), "show_if.0.value": ("3",)})

    part = read_part(shapes_of(Kind.ITEM, "text"), form, Around({}, {}))

    assert part["show_if"] == {"at_least": {"item": "", "value": 3}}


@pytest.mark.parametrize(
    "written",
    [
        "NaN",
        "{broken",
        '{"equals": {"item": "B1-01", "value": NaN}}',
        "-Infinity",
        "1e999",
        "9" * 5_000,
        '"\\ud800"',
        "[" * 3_000,
        "[" * 100_000,
    ],
)
def test_data_that_is_none_or_cannot_be_stored_stays_as_it_was_typed(written: str) -> None:
    shapes = shapes_of(Kind.ITEM, "text")

    part = read_part(shapes, Form({"show_if.data": (written,)}), Around({}, {}))

    assert part["show_if"] == written
    shown = next(field for field in views(shapes, part, {}, Around({}, {})) if field.name == "show_if")
    assert shown.value == written


@pytest.mark.parametrize(
    ("typed", "number"),
    [("15", 15), ("-1.5", -1.5), ("+2", 2), (".5", 0.5), ("2.", 2.0), ("1e3", 1000.0), ("007", 7)],
)
def test_a_number_is_read_as_it_is_typed(typed: str, number: float) -> None:
    assert number_of(typed) == number


@pytest.mark.parametrize("typed", ["1_5", "1,5", "1 000", "\u0661", "nan", "inf", "1e999", "0x10", "1e", ".", "", "9" * 5_000])
def test_what_only_a_program_would_read_as_a_number_is_none(typed: str) -> None:
    assert number_of(typed) == typed


def _draft(source: str) -> DraftDocument:
    return read_draft(document(source).model_dump(mode="json", by_alias=True, exclude_defaults=True))


def _comes_back(draft: DraftDocument) -> None:
    items = [item for page in draft.pages for item in page.items]
    around = Around({}, {str(item["code"]): str(item["type"]) for item in items})
    for address in draft.addresses():
        part = draft.find(address)
        assert part is not None
        shapes = shapes_of(address.kind, str(part.get("type", "")))
        sent = {name: tuple(values) for name, values in _sent(views(shapes, part, {}, around)).items()}
        assert read_part(shapes, Form(sent), around) == _plain(part), address


def _plain(part: Part) -> Part:
    """Return a part as a form keeps it: a number without decimals is a whole one."""
    return {name: _plain_value(value) for name, value in part.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain_value(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain_value(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sent(fields: tuple[FieldView, ...]) -> dict[str, list[str]]:
    """Return what a browser sends for fields that nobody touched."""
    sent: dict[str, list[str]] = {}
    for field in fields:
        if field.shape.control is Control.FLAG and not field.value:
            continue
        if field.condition is not None:
            sent |= _sent_condition(field.name, field.condition)
        elif field.shape.control is Control.GROUP:
            sent |= _sent(field.parts) | ({f"{field.name}.is_there": [TICKED]} if field.value and field.shape.is_switched else {})
        elif field.shape.control is Control.ROWS:
            sent |= {name: values for row in field.rows for name, values in _sent(row).items()}
        else:
            name = f"{field.name}.data" if field.shape.control is Control.CONDITION else field.name
            sent[name] = [field.value]
    return sent


def _sent_condition(name: str, rows: Rows) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {f"{name}.joint": [rows.joint]}
    for number, each in enumerate(rows.comparisons):
        relation = f"not_{each.relation}" if each.is_negated else each.relation
        sent |= {
            f"{name}.{number}.item": [each.item],
            f"{name}.{number}.relation": [relation],
            f"{name}.{number}.value": [each.value],
        }
    return sent


def _all_shapes(shapes: tuple[Shape, ...]) -> Iterator[Shape]:
    for shape in shapes:
        yield shape
        yield from _all_shapes(shape.parts)
