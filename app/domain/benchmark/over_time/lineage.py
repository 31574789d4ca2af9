"""Which item of a later version stands for which of an earlier one: for comparing scores, and for carrying answers over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from app.domain.questionnaire.diff import WORDS, Change, counted_options, diff, is_redefined_by_author
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass, Item
from app.domain.scoring.normalise import Series

# Words, rules of asking, and what is compared elsewhere; every other field decides what an answer is worth.
_WORTH_NOTHING = frozenset(
    {
        *("code", "item_version", "lineage", *WORDS, "unit", "clauses", "focus_area", "details", "fields"),
        *("core", "scored", "node", "na_allowed", "evidence", "show_if", "require_if", "crosswalk"),
        *("minimum", "maximum", "max_length", "levels", "options", "goalposts"),
    }
)

Fits = Callable[[Item, Item, Change | None, bool], bool]
"""Whether a later item may stand for an earlier one: both, the change between them, and whether the author says so."""


def comparable_pairs(before: Questionnaire, after: Questionnaire, series: Series) -> dict[str, str]:
    """Return the earlier code by the later one, for items scored in both whose scores mean the same.

    Those are items that `diff` calls comparable, unless the author declares them redefined; and items whose lineage says
    `comparable_with` the earlier version (under another code: `replaces` as well), if each answer is worth the same. In the
    evidence-supported series the rule of evidence must be the same too, for it decides what an answer counts. On a scale
    relative to those who take part nothing is comparable: the others moved as well.
    """
    found = _pairs(before, after, _is_comparable)
    scored = {
        new: old
        for new, old in found.items()
        if _has_fixed_score(after, after.items[new]) and _has_fixed_score(before, before.items[old])
    }
    if series is Series.SELF:
        return scored
    return {new: old for new, old in scored.items() if _evidence_rule(after.items[new]) == _evidence_rule(before.items[old])}


def carried_pairs(before: Questionnaire, after: Questionnaire) -> dict[str, str]:
    """Return the earlier code by the later one, for items whose earlier answers may be read as answers to the later one.

    Points, weights and goalposts may have changed: the answers are scored anew. Redefined items are left out, unless their
    lineage says that answers mean the same.
    """
    return _pairs(before, after, _is_carried)


def _pairs(before: Questionnaire, after: Questionnaire, fits: Fits) -> dict[str, str]:
    changes = {change.item: change for change in diff(before, after).changes}
    found: dict[str, str] = {}
    for code, new in after.items.items():
        is_declared = before.version in new.lineage.comparable_with
        old = _earlier(before, new, is_declared=is_declared)
        counts_alike = old is None or counted_options(before.fields_of(old)) == counted_options(after.fields_of(new))
        if old is not None and fits(old, new, changes.get(code), is_declared and counts_alike):
            found[code] = old.code
    return _without_doubles(found)


def _earlier(before: Questionnaire, new: Item, *, is_declared: bool) -> Item | None:
    if new.code in before.items:
        return before.items[new.code]
    return before.items.get(new.lineage.replaces) if is_declared and new.lineage.replaces is not None else None


def _without_doubles(found: Mapping[str, str]) -> dict[str, str]:
    """Leave out what was split in two: an earlier item stands for itself, or for one other."""
    often = Counter(found.values())
    return {new: old for new, old in found.items() if new == old or (often[old] == 1)}


def _is_comparable(old: Item, new: Item, change: Change | None, is_declared: bool) -> bool:  # noqa: FBT001 - a Fits
    if is_declared:
        return _worth(old) == _worth(new)
    return (change is None or change.is_comparable) and not is_redefined_by_author(old, new)


def _has_fixed_score(questionnaire: Questionnaire, item: Item) -> bool:
    return item.scored and questionnaire.normalisation_of(item) is None


def _is_carried(old: Item, new: Item, change: Change | None, is_declared: bool) -> bool:  # noqa: FBT001 - a Fits
    if old.type != new.type:
        return False
    is_redefined = change is not None and change.change is ChangeClass.REDEFINED
    return is_declared or not (is_redefined or is_redefined_by_author(old, new))


def _worth(item: Item) -> dict[str, object]:
    """Return everything that decides how many points an answer has, but for the rule of evidence."""
    content = item.model_dump(mode="json")
    choices = content.get("levels") or content.get("options") or []
    posts = content.get("goalposts") or {}
    return {
        **{name: value for name, value in content.items() if name not in _WORTH_NOTHING},
        "goalposts": [posts.get(name) for name in ("lo", "hi", "scale")],
        "choices": {
            choice.get("code", choice.get("level")): [choice.get(name) for name in ("points", "weight", "is_scored")]
            for choice in choices
        },
    }


def _evidence_rule(item: Item) -> tuple[int | None, float | None]:
    return item.evidence.required_from, item.evidence.cap
