"""Which items cover which clause, and how items of one questionnaire meet those of another."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.questionnaire.document import Clause, Questionnaire
from app.domain.questionnaire.items import Item


@dataclass(frozen=True, slots=True)
class Traced:
    """One clause and the items that cover it, in the order of the form."""

    clause: Clause
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Two items that ask about the same thing. `relation`: how the first meets the second."""

    item: Item
    other: Item
    relation: str


_INVERSE = {"same": "same", "overlaps": "overlaps", "narrower": "broader", "broader": "narrower"}


def trace(questionnaire: Questionnaire) -> tuple[Traced, ...]:
    """Return every clause with its items."""
    items = questionnaire.items.values()
    return tuple(Traced(clause, tuple(item for item in items if clause.code in item.clauses)) for clause in questionnaire.clauses)


def without_clause(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the codes of items that no clause asks for, scored or not."""
    return tuple(item.code for item in questionnaire.items.values() if not item.clauses)


def links(questionnaire: Questionnaire, other: Questionnaire) -> tuple[Link, ...]:
    """Return the crosswalk of two questionnaires as either of them states it, seen from the first.

    The later document carries it, because the earlier one was published and never changes; so it is read both ways.
    """
    own = [
        Link(item, other.items[walk.code], walk.relation)
        for item in questionnaire.items.values()
        for walk in item.crosswalk
        if walk.framework == other.code and walk.code in other.items
    ]
    theirs = [
        Link(questionnaire.items[walk.code], item, _INVERSE[walk.relation])
        for item in other.items.values()
        for walk in item.crosswalk
        if walk.framework == questionnaire.code and walk.code in questionnaire.items
    ]
    known = {(link.item.code, link.other.code) for link in own}
    return (*own, *(link for link in theirs if (link.item.code, link.other.code) not in known))


def unmatched(link: Link, questionnaire: Questionnaire, other: Questionnaire) -> str | None:
    """Say why one answer could not serve both items of a link, though it is called the same; None where it can."""
    if link.relation != "same":
        return None
    if link.item.type != link.other.type:
        return "they are of different types"
    if questionnaire.details_of(link.item) != other.details_of(link.other):
        return "other fields go with their answers"
    one, there = (_answers(item) for item in (link.item, link.other))
    return None if one == there else "they have other options, levels, units or limits"


def _answers(item: Item) -> dict[str, object]:
    """Return what an item's answer may be made of, without words."""
    content = item.model_dump(mode="json")
    posts = content.get("goalposts") or {}
    choices = content.get("levels") or content.get("options") or content.get("fields") or []
    return {
        **{name: content.get(name) for name in ("unit", "minimum", "maximum", "partly_allowed", "na_allowed")},
        "goalposts": [posts.get(name) for name in ("lo", "hi", "scale")],
        "choices": [(part.get("code", part.get("level")), part.get("na_allowed")) for part in choices],
    }
