"""What the fields, parts and acts of the editor are called on pages; files and problems keep the names of the format."""

from __future__ import annotations

from app.infra.language import gettext as _
from app.kit.say import mark
from app.questionnaires.labels import change_label, difference_label, field_label, part_label, tallied

__all__ = [
    "act_label",
    "change_label",
    "difference_label",
    "field_label",
    "item_types",
    "part_label",
    "relations",
    "tallied",
    "type_label",
]

_TYPES = {
    "maturity": mark("Five levels"),
    "yes_no": mark("Yes or no"),
    "choice": mark("One of several options"),
    "checklist": mark("Any of several options"),
    "percent": mark("A percentage"),
    "number": mark("A number"),
    "text": mark("Words"),
    "records": mark("Groups of named fields"),
    "reference": mark("Figures of others"),
}
_ACTS = {
    "edited": mark("edited"),
    "added": mark("added"),
    "duplicated": mark("duplicated"),
    "moved": mark("moved"),
    "retired": mark("retired"),
    "replaced": mark("replaced from a file"),
    "restored": mark("put back"),
}
_RELATIONS = {
    "equals": mark("is"),
    "in": mark("is one of"),
    "includes": mark("includes"),
    "at_least": mark("is at least"),
    "answered": mark("is answered"),
    "not_equals": mark("is not"),
    "not_in": mark("is none of"),
    "not_includes": mark("does not include"),
    "not_at_least": mark("is below"),
    "not_answered": mark("is not answered"),
}


def type_label(item_type: str) -> str:
    """Return what a type of item is called."""
    return _(_TYPES[item_type]) if item_type in _TYPES else item_type


def item_types() -> dict[str, str]:
    """Return every type of item with what it is called."""
    return {name: _(words) for name, words in _TYPES.items()}


def act_label(act: str) -> str:
    """Return what was done to a part."""
    return _(_ACTS[act]) if act in _ACTS else act


def relations() -> dict[str, str]:
    """Return how two things may be compared, each also turned round."""
    return {name: _(words) for name, words in _RELATIONS.items()}
