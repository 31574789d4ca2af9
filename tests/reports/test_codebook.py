"""The codebook of a version: a table that joins with the answers, and XML as archives read it."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree as ET

import pytest

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import MaturityItem, RecordsItem, ReferenceItem
from app.infra.catalogs import SOURCE, Catalogs
from app.reports.codebook import codebook, ddi
from app.reports.codebook.ddi import NAMESPACE
from tests import builders as make

FILES = sorted([*make.PROJECT.glob("questionnaires/*/*.yaml"), *make.QUESTIONNAIRES.glob("*.yaml")])
DOCUMENTS = {f"{path.parent.name}-{path.stem}": make.read_clean(path.read_bytes()) for path in FILES}
EVERY = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
APEC = make.read_clean(make.READINESS_FILE.read_bytes())
SPANISH = Catalogs(make.PROJECT / "translations").get("es")
# The order of children, as the schema of DDI Codebook 2.5 has it, of the elements that are written here.
ORDER = {
    "codeBook": ["docDscr", "stdyDscr", "dataDscr"],
    "docDscr": ["citation"],
    "stdyDscr": ["citation", "stdyInfo", "dataAccs"],
    "citation": ["titlStmt", "prodStmt", "verStmt", "biblCit"],
    "titlStmt": ["titl", "IDNo"],
    "prodStmt": ["producer", "copyright"],
    "verStmt": ["version", "notes"],
    "stdyInfo": ["abstract", "sumDscr", "notes"],
    "sumDscr": ["anlyUnit", "dataKind"],
    "dataAccs": ["useStmt"],
    "useStmt": ["citReq", "conditions"],
    "dataDscr": ["varGrp", "var"],
    "varGrp": ["labl", "txt"],
    "var": ["labl", "qstn", "valrng", "universe", "catgry", "concept", "varFormat", "notes"],
    "qstn": ["preQTxt", "qstnLit", "ivuInstr"],
    "valrng": ["range"],
    "catgry": ["catValu", "labl"],
}


def table(document: Questionnaire) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(codebook(document, SOURCE).decode())))


def parsed(document: Questionnaire) -> ET.Element:
    return ET.fromstring(ddi(document, SOURCE))  # noqa: S314 - what the program has just made


def named(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


@EVERY
def test_the_table_has_every_item_once_in_the_order_of_the_form(document: Questionnaire) -> None:
    rows = [row for row in table(document) if row["row"] == "item"]

    assert [row["item"] for row in rows] == list(document.items)
    assert [row["core"] == "true" for row in rows] == [item.core for item in document.items.values()]
    assert [row["node"] for row in rows] == [
        document.node_of(section, item) or "" for section in document.sections for item in section.items
    ]


def test_levels_have_the_points_that_they_score() -> None:
    item = next(item for item in APEC.items.values() if isinstance(item, MaturityItem) and item.scored)

    levels = [row for row in table(APEC) if row["item"] == item.code and row["row"] == "option" and not row["field"]]

    assert [(row["option"], float(row["points"])) for row in levels] == [
        (str(level), (level - 1) * APEC.scheme.scale / 4) for level in range(1, 6)
    ]
    assert [row["option_text"] for row in levels] == [level.text for level in item.levels]


def test_conditions_are_said_in_words_and_in_the_language_of_the_reader() -> None:
    item = next(code for code in APEC.conditions)

    (english,) = [row["condition"] for row in table(APEC) if row["item"] == item and row["row"] == "item"]
    spanish = list(csv.DictReader(io.StringIO(codebook(APEC, SPANISH).decode())))

    assert " is " in english
    (said,) = [row["condition"] for row in spanish if row["item"] == item and row["row"] == "item"]
    assert said not in {"", english}


def test_no_text_of_an_author_is_a_formula() -> None:
    text = 'format: 1\ncode: a\nversion: "2026.1"\ntitle: A\nsummary: S\nsections:\n  - code: A\n    title: "=1+1"\n    items:\n'
    document = make.read_clean(f"{text}      - {{code: Y, type: text, text: '@SUM(1)'}}\n".encode())

    (row,) = table(document)

    assert (row["section_title"], row["text"]) == ("'=1+1", "'@SUM(1)")
    assert b"@SUM(1)" in ddi(document, SOURCE)


@EVERY
def test_the_xml_keeps_the_order_of_the_standard_in_its_namespace(document: Questionnaire) -> None:
    root = parsed(document)

    assert (root.tag, root.get("version")) == (named("codeBook"), "2.5")
    for element in root.iter():
        children = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
        allowed = ORDER.get(element.tag.removeprefix(f"{{{NAMESPACE}}}"), [])
        assert set(children) <= set(allowed), element.tag
        assert children == sorted(children, key=allowed.index), element.tag


@EVERY
def test_every_answer_is_a_variable_and_every_reference_leads_to_one(document: Questionnaire) -> None:
    root = parsed(document)
    variables = {variable.get("name"): variable for variable in root.iter(named("var"))}
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]

    for code, item in document.items.items():
        assert (code in variables) is not isinstance(item, RecordsItem | ReferenceItem)
        assert all(f"{code}.{field.code}" in variables for field in document.fields_of(item))
        if isinstance(item, MaturityItem):
            labels = [label.text for label in variables[code].iterfind(f"{named('catgry')}/{named('labl')}")]
            assert labels == [level.text for level in item.levels]
    assert len(ids) == len(set(ids))
    grouped = [ref for group in root.iter(named("varGrp")) for ref in group.get("var", "").split()]
    assert sorted(grouped) == sorted(str(variable.get("ID")) for variable in variables.values())
