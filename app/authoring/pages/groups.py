"""The fields of a question in groups that belong together: what every author needs stands open, the rest folded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from app.authoring.pages.part_forms import FieldView
from app.domain.drafting.difference import is_same
from app.domain.drafting.document import Part
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


def groups_of(fields: Sequence[FieldView], opened: Collection[str] = ()) -> list[FieldGroup]:
    """Return the fields of a question in groups: folded but for the first two, problems, and what is opened."""
    by_name = {field.shape.name: field for field in fields}
    groups: list[FieldGroup] = []
    for number, (title, names) in enumerate(_GROUPS):
        kept = tuple(by_name[name] for name in names if name in by_name)
        if kept:
            is_open = number < _OPEN_AT_FIRST or any(field.has_error or field.name in opened for field in kept)
            groups.append(FieldGroup(_(title), kept, is_open=is_open, is_scoring="scored" in names))
    return groups


def way_on(before: Part, typed: Part, more: str, was: str = "") -> str:
    """Return what is behind the address after saving, so that the folds that were worked in stay open; `more` is a list to which
    more rows are added, `was` the code before a new one."""
    names = [name for name in dict.fromkeys((*before, *typed)) if not is_same(before.get(name), typed.get(name))]
    opened = ",".join(dict.fromkeys([*names, *([more] if more else [])]))
    query = urlencode({name: value for name, value in (("opened", opened), ("was", was)) if value}, safe=",")
    rows = typed.get(more)
    anchor = f"#{quote(more)}-{len(rows) if isinstance(rows, list) else 0}" if more else ""
    return f"?{query}{anchor}" if query else ""
