"""Names that XLSForm takes: letters, digits and underscores, never a digit first, each one once in a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, count

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ReferenceItem

STATE, REASON, DETAILS, RECORDS, INTRODUCTION = "state", "reason", "details", "records", "introduction"
_RESERVED = frozenset({"meta", "instanceid", "instancename", "about", "data"})
_NOT_SAFE = re.compile(r"[^A-Za-z0-9_]")


class Names:
    """The names of a form, by what they stand for: a section's or an item's code, and what goes with it."""

    def __init__(self, document: Questionnaire) -> None:
        taken = set(_RESERVED)
        self._names: dict[tuple[str, str, str], str] = {}
        for key in _keys(document):
            name = _free("_".join(filter(None, (safe(key[1]), safe(key[2]) if key[2] else ""))), taken)
            taken.add(name.casefold())
            self._names[key] = name

    def section(self, code: str, what: str = "") -> str:
        """Return the name of a section's group, or of what goes with it."""
        return self._names["section", code, what]

    def item(self, code: str, what: str = "") -> str:
        """Return the name of an item's question, or of what goes with it."""
        return self._names["item", code, what]

    def field(self, item: str, code: str) -> str:
        """Return the name of a field of an item's records or details."""
        return self._names["field", item, code]


def safe(code: str) -> str:
    """Return a code as a name: what is no letter, digit or underscore becomes an underscore."""
    name = _NOT_SAFE.sub("_", code)
    return name if name[:1].isalpha() or name.startswith("_") else f"q_{name}"


def _keys(document: Questionnaire) -> Iterator[tuple[str, str, str]]:
    """Yield what needs a name; items first, so that theirs are the plainest."""
    yield from (("item", code, "") for code in document.items)
    for section in document.sections:
        yield "section", section.code, ""
        yield "section", section.code, INTRODUCTION
    for code, item in document.items.items():
        fields = document.fields_of(item)
        extra = [] if isinstance(item, ReferenceItem) else [STATE, REASON]
        for what in chain(extra, [DETAILS, RECORDS] if fields else []):
            yield "item", code, what
        yield from (("field", code, field.code) for field in fields)


def _free(wanted: str, taken: set[str]) -> str:
    candidates = (wanted if number == 1 else f"{wanted}_{number}" for number in count(1))
    return next(name for name in candidates if name.casefold() not in taken)
