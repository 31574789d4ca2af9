"""What changed between two versions, item by item, and what that does to comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass, Item
from app.domain.questionnaire.records import RecordField

WORDS = frozenset({"text", "why", "guidance", "example", "none_text", "na_guidance", "record_label"})
_NOT_COMPARED = frozenset({"item_version", "lineage"})
_SCORING = frozenset({"weight", "scored", "goalposts", "normalisation", "better", "full_at", "node", "counts"})
_RULES = frozenset(
    {
        "evidence",
        "core",
        "na_allowed",
        "details",
        "show_if",
        "require_if",
        "clauses",
        "focus_area",
        "crosswalk",
        "minimum",
        "maximum",
        "max_length",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One item's change. `is_comparable`: answers and scores before and after mean the same."""

    item: str
    change: ChangeClass
    fields: tuple[str, ...]
    is_comparable: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one version to another."""

    before: str
    after: str
    changes: tuple[Change, ...]
    scheme_changed: bool


def diff(before: Questionnaire, after: Questionnaire) -> Difference:
    """Compare two versions of a questionnaire, keyed by item code."""
    return Difference(before.version, after.version, tuple(_changes(before, after)), before.scheme != after.scheme)


def _changes(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    home_before = {item.code: section.code for section in before.sections for item in section.items}
    home_after = {item.code: section.code for section in after.sections for item in section.items}
    for code, item in after.items.items():
        old = before.items.get(code)
        if old is None:
            yield Change(code, ChangeClass.NEW, (), is_comparable=False)
        elif fields := tuple(sorted({*_changed_fields(old, item), *_changed_details(before, old, after, item)})):
            yield _classed(code, old, item, fields)
        elif home_before[code] != home_after[code]:
            yield Change(code, ChangeClass.MOVED, ("section",), is_comparable=True)
    for code in before.items:
        if code not in after.items:
            yield Change(code, ChangeClass.RETIRED, (), is_comparable=False)


def _changed_fields(old: Item, new: Item) -> tuple[str, ...]:
    before, after = (item.model_dump(mode="json", by_alias=True) for item in (old, new))
    return tuple(
        sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key) and key not in _NOT_COMPARED)
    )


def _changed_details(before: Questionnaire, old: Item, after: Questionnaire, new: Item) -> tuple[str, ...]:
    """Name what changed in the fields that go with an answer; they are declared beside the items. What decides whether an
    answer counts is a matter of scoring."""
    counted, counting = counted_options(before.fields_of(old)), counted_options(after.fields_of(new))
    if old.type == "records" or new.type == "records" or before.details_of(old) == after.details_of(new):
        return ()
    return ("counts",) if counted != counting else ("details",)


def counted_options(fields: tuple[RecordField, ...]) -> list[tuple[str, str]]:
    """Return the options by which an answer is reported and not scored."""
    return [(field.code, option.code) for field in fields for option in field.options if not option.counts]


def _classed(code: str, old: Item, new: Item, fields: tuple[str, ...]) -> Change:
    """Class a change: words are a clarification unless the author calls them editorial; points rescore; the rest redefines."""
    changed = set(fields)
    if old.type != new.type or not changed <= WORDS | _SCORING | _RULES | {"levels", "options"}:
        return Change(code, ChangeClass.REDEFINED, fields, is_comparable=False)
    if _options_changed(old, new):
        return Change(code, ChangeClass.REDEFINED, fields, is_comparable=False)
    if changed & _SCORING or _points_moved(old, new):
        return Change(code, ChangeClass.RESCORED, fields, is_comparable=False)
    declared = new.lineage.change
    change = declared if declared is ChangeClass.EDITORIAL else ChangeClass.CLARIFIED
    return Change(code, change, fields, is_comparable=True)


def _choices(item: Item) -> list[dict[str, object]]:
    content = item.model_dump(mode="json")
    return list(content.get("levels") or content.get("options") or [])


def _points_moved(old: Item, new: Item) -> bool:
    keys = ("points", "weight", "is_scored")
    return [[part.get(key) for key in keys] for part in _choices(old)] != [
        [part.get(key) for key in keys] for part in _choices(new)
    ]


def _options_changed(old: Item, new: Item) -> bool:
    return [part.get("code", part.get("level")) for part in _choices(old)] != [
        part.get("code", part.get("level")) for part in _choices(new)
    ]
