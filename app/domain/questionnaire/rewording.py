"""How the words of an item changed from one version to another, text by text, for a person who confirms an earlier answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem, NumberItem

_TEXTS = ("text", "why", "guidance", "example", "none_text", "na_guidance", "record_label")


@dataclass(frozen=True, slots=True)
class Rewording:
    """One text that changed. `part`: a field of the item, or "level" or "option" with `key` for which one.

    `before` is empty for what is new, `after` for what is gone."""

    part: str
    before: str
    after: str
    key: str = ""


def rewordings(before: Item, after: Item) -> tuple[Rewording, ...]:
    """Return every text that a person would read differently, in the order in which the form shows them."""
    return tuple(each for each in _pairs(before, after) if each.before != each.after)


def _pairs(before: Item, after: Item) -> Iterator[Rewording]:
    for part in _TEXTS:
        yield Rewording(part, str(getattr(before, part, None) or ""), str(getattr(after, part, None) or ""))
    if isinstance(before, NumberItem) and isinstance(after, NumberItem):
        yield Rewording("unit", before.unit, after.unit)
    part = "level" if isinstance(after, MaturityItem) else "option"
    old, new = _choices(before), _choices(after)
    for key in [*new, *(key for key in old if key not in new)]:
        yield Rewording(part, old.get(key, ""), new.get(key, ""), key)


def _choices(item: Item) -> dict[str, str]:
    match item:
        case MaturityItem():
            return {str(level.level): level.text for level in item.levels}
        case ChoiceItem() | ChecklistItem():
            return {option.code: option.text for option in item.options}
        case _:
            return {}
