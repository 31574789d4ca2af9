"""The published JSON Schema: complete, described, and true of the real files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from app.domain.questionnaire.schema import json_schema
from app.infra.yaml import read_yaml
from tests import builders as make

Schema = dict[str, object]


@pytest.fixture(scope="module")
def schema() -> Schema:
    found: Schema = json.loads(json_schema())
    return found


def _mapping(value: object) -> Schema:
    assert isinstance(value, dict)
    return value


def _properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    definitions = _mapping(schema["$defs"])
    for name, definition in [("Questionnaire", schema), *definitions.items()]:
        for field, field_schema in _mapping(_mapping(definition).get("properties", {})).items():
            yield f"{name}.{field}", _mapping(field_schema)


def test_every_field_is_described(schema: Schema) -> None:
    definitions = _mapping(schema["$defs"])

    def is_described(field: Schema) -> bool:
        reference = str(field.get("$ref", "")).rpartition("/")[2]
        return bool(field.get("description")) or (reference in definitions and "description" in _mapping(definitions[reference]))

    fields = dict(_properties(schema))

    assert len(fields) > 100
    assert [name for name, field in fields.items() if not is_described(field)] == []


def test_every_part_says_what_it_is_and_knows_no_other_field(schema: Schema) -> None:
    parts = [(name, _mapping(part)) for name, part in _mapping(schema["$defs"]).items() if "properties" in _mapping(part)]

    assert [name for name, part in parts if not part.get("description")] == []
    assert [name for name, part in parts if part.get("additionalProperties") is not False] == []


def test_it_is_a_schema_of_the_draft_that_it_names(schema: Schema) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "path",
    [make.READINESS_FILE, make.BIPA_FOLDER / "questionnaire.yaml", *sorted(make.QUESTIONNAIRES.glob("*.yaml"))],
    ids=lambda path: path.parent.name + "-" + path.stem,
)
def test_an_editor_finds_no_fault_in_a_good_file(schema: Schema, path: Path) -> None:
    content = read_yaml(path.read_bytes()).content

    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(content)] == []


def test_an_editor_marks_a_misspelt_field(schema: Schema) -> None:
    raw = (make.QUESTIONNAIRES / "conditions.yaml").read_bytes().replace(b"core:", b"kore:")

    assert list(jsonschema.Draft202012Validator(schema).iter_errors(read_yaml(raw).content))
