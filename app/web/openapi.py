"""The contract of the JSON edge: FastAPI's document, with every refusal declared as the problem document that is really sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from app.web.problems import MEDIA_TYPE, ProblemDocument, responses

_REFERENCE = {"$ref": "#/components/schemas/ProblemDocument"}
# What the edge refuses of any address before a route is asked: see web/limits.py and web/rates.py.
_BEFORE_ANY_ROUTE = {str(status): response for status, response in responses(400, 414, 429).items()}
_REPLACED = ("HTTPValidationError", "ValidationError")


class Service(FastAPI):
    """An application whose contract speaks of problem documents; FastAPI would announce its own validation errors."""

    def openapi(self) -> dict[str, Any]:
        """Return the contract, made once."""
        if self.openapi_schema is None:
            _speak_of_problems(super().openapi())
        return super().openapi()


def _speak_of_problems(contract: dict[str, Any]) -> None:
    """Leave only `application/problem+json` where a request is refused, and one schema for it."""
    for path in contract.get("paths", {}).values():
        for operation in path.values():
            operation["responses"] = {**_BEFORE_ANY_ROUTE, **operation["responses"]}
    refusals = list(_refusals(contract))
    for refusal in refusals:
        refusal["content"] = {MEDIA_TYPE: {"schema": _REFERENCE}}
    schemas = contract.get("components", {}).get("schemas", {})
    for name in _REPLACED:
        schemas.pop(name, None)
    if refusals:
        schemas.update(_schemas())


def _refusals(contract: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in contract.get("paths", {}).values():
        for operation in path.values():
            for status, response in operation.get("responses", {}).items():
                if status[0] in "45" and "content" in response:
                    yield response


def _schemas() -> dict[str, Any]:
    schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), ProblemDocument.__name__: schema}
