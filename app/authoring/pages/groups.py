"""The fields of a question in groups that belong together: what every author needs stands open, the rest folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.authoring.pages.part_forms import FieldView
from app.kit.say import mark
from app.web.i18n import gettext as _

_GROUPS = (
    (mark("Words"), ("code", "text", "why", "guidance", "example", "unit", "record_label")),
    (
        mark("What can be answered"),
        ("levels", "options", "none_text", "fields", "minimum", "maximum", "max_length", "partly_allowed", "series"),
    ),
    (mark("When it is asked"), ("core", "show_if", "require_if", "na_allowed", "na_guidance")),
    (mark("Evidence and further fields"), ("evidence", "details")),
    (mark("Scoring"), ("scored", "node", "weight", "goalposts", "normalisation", "better", "full_at")),
    (mark("Clauses and other questionnaires"), ("clauses", "focus_area", "crosswalk")),
    (mark("History of the question"), ("item_version", "lineage")),
)
_OPEN_AT_FIRST = 2


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields of a question that belong together, under one heading."""

    title: str
    fields: tuple[FieldView, ...]
    is_open: bool
    is_scoring: bool = False


def groups_of(fields: Sequence[FieldView]) -> list[FieldGroup]:
    """Return the fields of a question in groups; those without values or problems are folded but for the first two."""
    by_name = {field.shape.name: field for field in fields}
    groups: list[FieldGroup] = []
    for number, (title, names) in enumerate(_GROUPS):
        kept = tuple(by_name[name] for name in names if name in by_name)
        if kept:
            is_open = number < _OPEN_AT_FIRST or any(field.has_error for field in kept)
            groups.append(FieldGroup(_(title), kept, is_open=is_open, is_scoring="scored" in names))
    return groups
