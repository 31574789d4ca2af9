"""A version as an XLSForm: whole, accepted by the converter that collectors use, and asking as the review does."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from pyxform.xls2xform import convert

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import MaturityItem, ReferenceItem
from app.infra.catalogs import SOURCE, Catalogs
from app.reports.xlsform import xlsform
from app.reports.xlsform.names import Names, safe
from tests import builders as make

FILES = sorted([*make.PROJECT.glob("questionnaires/*/*.yaml"), *make.QUESTIONNAIRES.glob("*.yaml")])
APEC = make.read_clean(make.READINESS_FILE.read_bytes())
CATALOGS = Catalogs(make.PROJECT / "translations")
LANGUAGES = [CATALOGS.get(code) for code in CATALOGS.codes]
HEAD = 'format: 1\ncode: a-form\nversion: "2026.1"\ntitle: A form\nsummary: For this test.\n'


def rows(form: bytes, sheet: str) -> list[dict[str, str]]:
    head, *lines = openpyxl.load_workbook(io.BytesIO(form))[sheet].iter_rows(values_only=True)
    return [
        {str(name): str(cell) for name, cell in zip(head, line, strict=True) if name is not None and cell is not None}
        for line in lines
    ]


def survey(document: Questionnaire) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in rows(xlsform(document, [SOURCE]), "survey") if "name" in row}


def converted(form: bytes) -> tuple[ET.Element, list[str]]:
    warnings: list[str] = []
    found = convert(io.BytesIO(form), file_type=".xlsx", validate=False, warnings=warnings)
    return ET.fromstring(found.xform), warnings  # noqa: S314 - what our own test has just made


def document(items: str) -> Questionnaire:
    listed = "\n".join(f"      {line}" for line in items.strip("\n").splitlines())
    return make.read_clean((HEAD + f"sections:\n  - code: A\n    title: A\n    items:\n{listed}\n").encode())


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_every_questionnaire_of_ours_is_accepted_by_the_converter_without_a_warning(path: Path) -> None:
    form, warnings = converted(xlsform(make.read_clean(path.read_bytes()), LANGUAGES))

    assert warnings == []
    assert form.tag.endswith("html")


def test_every_item_is_asked_under_a_safe_name_with_its_own_code_beside_it() -> None:
    asked = survey(APEC)
    names = Names(APEC)

    for code, item in APEC.items.items():
        row = asked[names.item(code)]
        assert row["name"].replace("_", "").isalnum()
        assert row["label"].startswith(code)
        assert isinstance(item, ReferenceItem) is (row["type"] == "note") or item.type == "records"
    assert len(asked) == len({name.casefold() for name in asked})


def test_names_are_safe_and_unique_where_codes_are_alike() -> None:
    names = Names(
        document("""
- {code: A-1, type: yes_no, text: One?, scored: false}
- {code: A_1, type: yes_no, text: Two?, scored: false}
- {code: a.1, type: yes_no, text: Three?, scored: false}
- {code: "1", type: yes_no, text: Four?, scored: false}
""")
    )

    assert [names.item(code) for code in ("A-1", "A_1", "a.1", "1")] == ["A_1", "A_1_2", "a_1_3", "q_1"]
    assert safe("2026") == "q_2026"


def test_levels_options_and_languages_are_all_there() -> None:
    form = xlsform(APEC, LANGUAGES)
    choices, asked = rows(form, "choices"), rows(form, "survey")

    level = next(item for item in APEC.items.values() if isinstance(item, MaturityItem))
    listed = [row for row in choices if row["list_name"] == f"{Names(APEC).item(level.code)}_options"]
    assert [row["name"] for row in listed] == ["1", "2", "3", "4", "5"]
    assert listed[0]["label::English (en)"] == f"1. {level.levels[0].text}"
    assert all("label::Español (es)" in row for row in [*choices, *asked] if "label::English (en)" in row)
    (settings,) = rows(form, "settings")
    assert settings == {
        "form_title": APEC.title,
        "form_id": "apec_ai_review",
        "version": "2026.1",
        "default_language": "English (en)",
    }


def test_conditions_are_expressions_that_say_the_same() -> None:
    asked = survey(make.read_clean((make.QUESTIONNAIRES / "conditions.yaml").read_bytes()))
    said = {row["relevant"] for row in asked.values() if "relevant" in row}

    assert said
    every = survey(
        document("""
- {code: Y, type: yes_no, text: Y?, scored: false}
- {code: M, type: maturity, text: M?, scored: false, levels: [{level: 1, text: a}, {level: 2, text: b}, {level: 3, text: c}, {level: 4, text: d}, {level: 5, text: e}]}
- {code: C, type: checklist, text: C?, scored: false, options: [{code: x, text: X}, {code: y, text: Z}]}
- {code: R, type: records, text: R?, record_label: One, fields: [{code: f, type: text, label: F}, {code: g, type: text, label: G}]}
- {code: T1, type: text, text: T?, show_if: {equals: {item: Y, value: "yes"}}}
- {code: T2, type: text, text: T?, show_if: {in: {item: M, values: [2, 3]}}}
- {code: T3, type: text, text: T?, show_if: {all: [{at_least: {item: M, value: 2}}, {not: {includes: {item: C, option: x}}}]}}
- {code: T4, type: text, text: T?, show_if: {any: [{answered: R}, {answered: T1}]}}
""")  # noqa: E501 - an item a line
    )
    assert {name: row["relevant"] for name, row in every.items() if name in {"T1", "T2", "T3", "T4"}} == {
        "T1": "${Y} = 'yes'",
        "T2": "(${M} = 2) or (${M} = 3)",
        "T3": "(${M} >= 2) and (not(selected(${C}, 'x')))",
        "T4": "((join('', ${R_f}) != '') or (join('', ${R_g}) != '')) or (${T1} != '')",
    }


def test_a_core_question_asks_for_an_answer_or_for_the_reason_why_there_is_none() -> None:
    asked = survey(document("- {code: Y, type: yes_no, text: Y?, scored: false, core: true, na_allowed: true}"))

    assert asked["Y"]["required"] == "${Y_state} = ''"
    assert asked["Y_state"]["type"] == "select_one reasons_na"
    assert (asked["Y_reason"]["relevant"], asked["Y_reason"]["required"]) == ("${Y_state} = 'not_applicable'", "yes")


def test_numbers_and_none_are_held_to_what_can_be_true() -> None:
    asked = survey(
        document("""
- {code: P, type: percent, text: P?, scored: false}
- {code: N, type: number, text: N?, scored: false, unit: USD, minimum: 1}
- {code: C, type: checklist, text: C?, scored: false, options: [{code: x, text: X}]}
- {code: T, type: text, text: T?, max_length: 40}
""")
    )

    assert {name: asked[name]["constraint"] for name in "PNCT"} == {
        "P": "(. >= 0) and (. <= 100)",
        "N": ". >= 1",
        "C": "not(selected(., 'none') and count-selected(.) > 1)",
        "T": "string-length(.) <= 40",
    }
    assert asked["N"]["hint"] == "USD"
    assert all("constraint_message" in asked[name] for name in "PNCT")


def test_nothing_that_an_author_wrote_acts_in_a_cell_or_names_another_question() -> None:
    sheet = openpyxl.load_workbook(
        io.BytesIO(xlsform(document("- {code: Y, type: text, text: '=1+1 ${other} http://example.org', why: '=2+2'}"), [SOURCE]))
    )["survey"]

    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    assert any(cell.value == "Y =1+1 $ {other} http://example.org" for cell in cells)
    assert any(cell.value == "=2+2" for cell in cells)
