"""What changed between two versions, item by item, and what that does to comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import MATURITY_LEVELS, ChangeClass, Item, MaturityItem
from app.domain.questionnaire.records import RecordField
from app.domain.turns import out_of_turn

WORDS = frozenset({"text", "why", "guidance", "example", "none_text", "na_guidance", "record_label"})
_NOT_COMPARED = frozenset({"item_version", "lineage", "node"})  # the node is that in which it really scores
_PLACE = frozenset({"section", "position"})
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
    """What changed from one version to another. `scheme_changed`: how scores are made; other words alone are none."""

    before: str
    after: str
    changes: tuple[Change, ...]
    scheme_changed: bool


def diff(before: Questionnaire, after: Questionnaire) -> Difference:
    """Compare two versions of a questionnaire, keyed by item code."""
    scheme_changed = _how_scores_are_made(before) != _how_scores_are_made(after)
    return Difference(before.version, after.version, tuple(_changes(before, after)), scheme_changed)


def _how_scores_are_made(document: Questionnaire) -> dict[str, object]:
    """Return a scheme without its words, and without what only says how scores are shown and called."""
    scheme = document.scheme.model_dump(mode="json", exclude={"decimals", "tiers", "bands", "nodes"})
    nodes = {node.code: node.model_dump(mode="json", exclude={"title", "description", "tier"}) for node in document.scheme.nodes}
    return {**scheme, "nodes": nodes}


def is_redefined_by_author(old: Item, new: Item) -> bool:
    """Tell whether the author says what no program sees: other words that ask for something else."""
    return new.lineage != old.lineage and new.lineage.change is ChangeClass.REDEFINED


def _changes(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    moved = _moved(before, after)
    homes = {item.code: section for section in before.sections for item in section.items}
    for section in after.sections:
        for item in section.items:
            old = before.items.get(item.code)
            if old is None:
                yield Change(item.code, ChangeClass.NEW, (), is_comparable=False)
                continue
            content = _content(before, homes[item.code], old, after, section, item)
            fields = tuple(sorted({*content, *moved.get(item.code, ())}))
            if is_redefined_by_author(old, item):
                yield Change(item.code, ChangeClass.REDEFINED, fields or ("lineage",), is_comparable=False)
            elif content:
                yield _classed(old, item, fields, are_points_moved=_points_of(before, old) != _points_of(after, item))
            elif fields:
                yield Change(item.code, ChangeClass.MOVED, fields, is_comparable=True)
    for code in before.items:
        if code not in after.items:
            yield Change(code, ChangeClass.RETIRED, (), is_comparable=False)


def _moved(before: Questionnaire, after: Questionnaire) -> dict[str, tuple[str]]:
    """Name what stands in another section, and the fewest items of a section whose moves explain its new order."""
    old, new = (
        {section.code: [item.code for item in section.items] for section in document.sections} for document in (before, after)
    )
    home = {code: section for section, codes in old.items() for code in codes}
    found: dict[str, tuple[str]] = {}
    for section, codes in new.items():
        found |= dict.fromkeys(out_of_turn(old.get(section, ()), codes), ("position",))
        found |= {code: ("section",) for code in codes if home.get(code, section) != section}
    return found


def _content(
    before: Questionnaire, old_home: Section, old: Item, after: Questionnaire, new_home: Section, new: Item
) -> frozenset[str]:
    """Name what changed of an item, wherever it stands. One that follows its section into another node scores there."""
    is_scored = old.scored and new.scored
    has_other_node = is_scored and before.node_of(old_home, old) != after.node_of(new_home, new)
    return frozenset(
        {*_changed_fields(old, new), *_changed_details(before, old, after, new), *(("node",) if has_other_node else ())}
    )


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


def _classed(old: Item, new: Item, fields: tuple[str, ...], *, are_points_moved: bool) -> Change:
    """Class a change: words are a clarification unless the author calls them editorial, or says that answers
    are worth something else; points rescore; the rest redefines."""
    changed = set(fields) - _PLACE
    if old.type != new.type or not changed <= WORDS | _SCORING | _RULES | {"levels", "options"}:
        return Change(new.code, ChangeClass.REDEFINED, fields, is_comparable=False)
    if _options_changed(old, new):
        return Change(new.code, ChangeClass.REDEFINED, fields, is_comparable=False)
    if changed & _SCORING or are_points_moved:
        return Change(new.code, ChangeClass.RESCORED, fields, is_comparable=False)
    declared = new.lineage.change
    if declared is ChangeClass.RESCORED and new.lineage != old.lineage:
        return Change(new.code, declared, fields, is_comparable=False)
    change = declared if declared is ChangeClass.EDITORIAL else ChangeClass.CLARIFIED
    return Change(new.code, change, fields, is_comparable=True)


def _choices(item: Item) -> list[dict[str, object]]:
    content = item.model_dump(mode="json")
    return list(content.get("levels") or content.get("options") or [])


def _points_of(document: Questionnaire, item: Item) -> dict[object, tuple[object, ...]]:
    """Return what each level or option counts; of levels the share of the scale, for without points they have one by default."""
    if isinstance(item, MaturityItem):
        scale = document.scheme.scale
        shares = {
            level.level: (level.level - 1) / (MATURITY_LEVELS - 1) if level.points is None else level.points / scale
            for level in item.levels
        }
        return {level: (round(share, 12),) for level, share in shares.items()}
    return {part.get("code"): tuple(part.get(key) for key in ("points", "weight", "is_scored")) for part in _choices(item)}


def _options_changed(old: Item, new: Item) -> bool:
    """Tell whether other levels or options stand to choose; their order says nothing."""
    before, after = ({str(part.get("code", part.get("level"))) for part in _choices(item)} for item in (old, new))
    return before != after
