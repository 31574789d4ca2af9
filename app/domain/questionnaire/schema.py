"""The published JSON Schema of the format, generated from the models, for completion and checks in editors."""

from __future__ import annotations

import json

from app.domain.questionnaire.document import Questionnaire


def json_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of a questionnaire file as text."""
    schema = Questionnaire.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
