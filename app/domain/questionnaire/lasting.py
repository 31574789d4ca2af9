"""A published code keeps its meaning in every later version: trends, prefilled answers and moved reviews rely on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.fault import Fault
from app.domain.questionnaire.items import Item, Lineage

_NO_LINEAGE = Lineage()


@dataclass(frozen=True, slots=True)
class Known:
    """An item as it was last published, and whether the newest version asks it no more."""

    item: Item
    version: str
    is_retired: bool


def known_items(newest_first: Sequence[Questionnaire]) -> dict[str, Known]:
    """Return every item of several versions by its code, as it was last."""
    found: dict[str, Known] = {}
    for place, document in enumerate(newest_first):
        for code, item in document.items.items():
            found.setdefault(code, Known(item, document.version, is_retired=place > 0))
    return found


def check_codes(document: Questionnaire, newest_first: Sequence[Questionnaire]) -> tuple[Fault, ...]:
    """Name every item whose code was published with another meaning."""
    return tuple(_faults(document, known_items(newest_first)))


def other_type_words(known: Known, now: str) -> str:
    """Say that a code was published with another type."""
    return (
        f"{known.item.code} was published in {known.version} as {known.item.type}, and here it is {now}. A "
        f"published code never gets another meaning: give this question another code, and name {known.item.code} as what it "
        "replaces."
    )


def returning_words(known: Known) -> str:
    """Say that a retired code came back as another question."""
    return (
        f"{known.item.code} was published in {known.version} and is retired since. A published code never gets another meaning: "
        "choose another code. To ask the same again, use the words that it had, or say in its lineage what happened to it."
    )


def _faults(document: Questionnaire, known: dict[str, Known]) -> Iterator[Fault]:
    for i, section in enumerate(document.sections):
        for j, item in enumerate(section.items):
            words = _refusal(item, known.get(item.code))
            if words:
                yield Fault("published_code", ("sections", i, "items", j, "code"), words)


def _refusal(item: Item, known: Known | None) -> str:
    if known is None:
        return ""
    if item.type != known.item.type:
        return other_type_words(known, item.type)
    is_same = item.text == known.item.text or item.lineage != _NO_LINEAGE
    return returning_words(known) if known.is_retired and not is_same else ""
