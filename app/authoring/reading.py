"""A part of a draft read back: its conditions as sentences, and how its answers become points; whether it is saved yet or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from app.domain.drafting.document import DraftDocument, Kind, Part, code_of
from app.domain.questionnaire.aloud import read_aloud, read_condition
from app.domain.questionnaire.items import ChecklistItem, Item, NumberItem, PercentItem
from app.domain.scoring.curve import Curve, Given, curve_of, points_of
from app.kit.say import Words, mark, say

_ITEM: TypeAdapter[Item] = TypeAdapter(Item)
_SCALE = 100.0
_LARGEST = 1e15
_SCORING = (
    *("code", "type", "scored", "goalposts", "normalisation", "better", "minimum", "maximum"),
    *("levels", "options", "full_at", "partly_allowed"),
)
_UNWRITTEN = "-"
"""Points do not depend on words, so a question without words yet has them too."""
_UNREADABLE = say("This condition cannot be read yet: something in it is missing or does not fit.")


@dataclass(frozen=True, slots=True)
class Points:
    """How answers become points, from nothing to `scale`. `words` say what cannot be drawn or listed."""

    scale: float
    words: Words | None = None
    curve: Curve | None = None
    given: tuple[Given, ...] = ()
    full_at: int | None = None


def conditions_of(kind: Kind, part: Part, document: DraftDocument) -> dict[str, Words]:
    """Return each condition that a part may have as a sentence, by its field; without one, what then holds."""
    types = {code_of(item): str(item.get("type", "")) for page in document.pages for item in page.items}
    if kind is Kind.SECTION:
        return {
            "show_if": _sentence(part, "show_if", mark("This section is shown when {condition}."), types) or say("Always shown.")
        }
    if kind is not Kind.ITEM:
        return {}
    return {
        "show_if": _sentence(part, "show_if", mark("Shown when {condition}."), types) or _shown(part, document),
        "require_if": _sentence(part, "require_if", mark("Required when {condition}."), types) or _required(part),
    }


def points_read(part: Part, document: DraftDocument) -> Points | None:
    """Say how answers to a question become points; None for what never has any."""
    scheme = document.singles[Kind.SCHEME]
    scale = scheme.get("scale", _SCALE)
    whole = float(scale) if isinstance(scale, int | float) and not isinstance(scale, bool) and 0 < scale < _LARGEST else _SCALE
    item = _readable(part)
    if item is None:
        is_scored_type = part.get("type") not in {"text", "records", "reference"}
        return Points(whole, say("The points can be shown when the problems here are corrected.")) if is_scored_type else None
    if item.type in {"text", "records", "reference"}:
        return None
    if not item.scored:
        return Points(whole, say("Not scored."))
    if isinstance(item, NumberItem | PercentItem):
        return _figure(item, whole, is_relative=item.normalisation is not None or scheme.get("normalisation") is not None)
    full_at = item.full_at if isinstance(item, ChecklistItem) else None
    return Points(whole, given=points_of(item, whole), full_at=full_at)


def _figure(item: NumberItem | PercentItem, scale: float, *, is_relative: bool) -> Points:
    if item.goalposts is None and is_relative:
        words = say(
            "On a scale relative to all who take part: the points of a value are known only when the others have answered."
        )
        return Points(scale, words)
    curve = curve_of(item, scale)
    if curve is None:
        return Points(scale, say("There are no points yet: give it two different goalposts; above zero on a logarithmic scale."))
    return Points(scale, curve=curve)


def _sentence(part: Part, name: str, template: str, types: Mapping[str, str]) -> Words | None:
    value = part.get(name)
    if value is None:
        return None
    condition = read_condition(value)
    return _UNREADABLE if condition is None else Words(template, {"condition": read_aloud(condition, types)})


def _shown(part: Part, document: DraftDocument) -> Words:
    code = part.get("code")
    home = next((page for page in document.pages if any(item.get("code") == code for item in page.items)), None)
    if home is not None and home.part.get("show_if") is not None:
        return say("Shown whenever its section is.")
    return say("Always shown.")


def _required(part: Part) -> Words:
    if part.get("core") is True:
        return say("Always required before sign-off, because it is a core question.")
    return say("Never required before sign-off.")


def _readable(part: Part) -> Item | None:
    """Read what decides about points, whatever else of the question does not fit yet."""
    content = {name: part[name] for name in _SCORING if name in part}
    for name in ("levels", "options"):
        rows = content.get(name)
        if isinstance(rows, list | tuple):
            content[name] = [_worded(row) for row in rows]
    words = {"text": _UNWRITTEN, **({"unit": _UNWRITTEN} if part.get("type") == "number" else {})}
    try:
        return _ITEM.validate_json(json.dumps(content | words), strict=True, by_alias=True, by_name=False)
    except ValidationError:
        return None


def _worded(row: object) -> object:
    return {**row, "text": _UNWRITTEN} if isinstance(row, Mapping) else row
