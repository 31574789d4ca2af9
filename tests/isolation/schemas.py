"""Examples of what the contract of the API says that a body is."""

from __future__ import annotations

from collections.abc import Mapping

_PLAIN: Mapping[str, object] = {"string": "a", "integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}


def at(found: object, *names: str) -> Mapping[str, object]:
    """Return a part of the contract; what is not there is empty."""
    for name in names:
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def example(schemas: Mapping[str, object], schema: Mapping[str, object]) -> object:
    """Return something that a schema describes, as its own examples have it where there are some."""
    several = schema.get("oneOf") or schema.get("anyOf")
    known = schema.get("examples") or schema.get("enum")
    if "$ref" in schema:
        return example(schemas, at(schemas, str(schema["$ref"]).rpartition("/")[2]))
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    if isinstance(several, list):
        return example(schemas, at(several[0]))
    if isinstance(known, list):
        return known[0]
    if "properties" in schema:
        return {name: example(schemas, at(each)) for name, each in at(schema, "properties").items()}
    return _PLAIN.get(str(schema.get("type")))
