"""What the codes of a release mean, its items, and the dictionary of its columns: the rows of those tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from babel.core import get_global

from app.domain.benchmark.disclosure import Suppression
from app.domain.questionnaire.document import Questionnaire, Section, version_order
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Goalposts, Item, MaturityItem, NumberItem, QuantityItem
from app.domain.release.status import (
    EXTREMES,
    EXTREMES_NOTE,
    PUBLISHED_NOTE,
    REASON_NOTES,
    SERIES_NOTES,
    SUPPRESSION_NOTES,
    ConfStatus,
    ObsStatus,
)
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.releases.formats.codes import CODELISTS, DICTIONARY, ITEMS
from app.releases.formats.columns import Column, Row, Table
from app.releases.formats.figures import FIGURES
from app.releases.readable import ReadableRelease

TABLES: Mapping[str, Table] = {**FIGURES, **CODELISTS, ITEMS.name: ITEMS, DICTIONARY.name: DICTIONARY}
"""Every table of a release by its name."""

_OBS_MEANINGS = {
    ObsStatus.NORMAL: "Verified: agreed in a peer review; or a figure of another institution, as published.",
    ObsStatus.BREAK: "Break in the series: do not compare with the cycle before.",
    ObsStatus.NOT_COLLECTED: "Missing: the figure may exist, but was not given or not agreed.",
    ObsStatus.CANNOT_EXIST: "Missing: the figure cannot exist.",
    ObsStatus.MISSING: "Missing: what was answered is too little for a figure.",
    ObsStatus.SUPPRESSED: "Not shown, so that nothing can be derived about single economies.",
    ObsStatus.UNVALIDATED: "As the economy reported it; nobody else confirmed it.",
}
_CONF_MEANINGS = {
    ConfStatus.FREE: "Free for publication.",
    ConfStatus.NOT_PUBLISHED: "Not for publication: too few economies contribute.",
    ConfStatus.SECONDARY: "Not for publication: beside other figures it could give single values away.",
}
_GRADES = {
    "A": "At least 0.8 of the answered weight is supported by evidence.",
    "B": "At least 0.5 of the answered weight is supported by evidence.",
    "C": "Less than 0.5 of the answered weight is supported by evidence.",
}


def codelist(release: ReadableRelease, name: str) -> list[Row]:
    """Return the rows of one codelist."""
    return list(_CODELISTS[name](release))


def items(release: ReadableRelease) -> list[Row]:
    """Return every item of every version of a release."""
    return [
        _item(document, section, item)
        for document in _documents(release)
        for section in document.sections
        for item in section.items
    ]


def dictionary() -> list[Row]:
    """Return every column of every table."""
    return [_described(table, column) for table in TABLES.values() for column in table.columns]


def alpha_2(code: str) -> str | None:
    """Return the two letters of ISO 3166-1 for its three; None where there are none."""
    found = get_global("territory_aliases").get(code)
    return str(found[0]) if found else None


def _economies(release: ReadableRelease) -> Iterator[Row]:
    for names in release.release.economies.values():
        groups = tuple(code for code, group in release.groups.items() if names.code in group.economies)
        yield {
            "code": names.code,
            "alpha_2": alpha_2(names.code),
            "abbreviation": names.abbreviation,
            "name": names.short_name,
            "formal_name": names.formal_name,
            "groups": groups,
        }


def _groups(release: ReadableRelease) -> Iterator[Row]:
    for code, title in release.group_titles.items():
        group = release.groups.get(code)
        yield {
            "code": code,
            "title": title,
            "kind": "members" if group is None else group.kind,
            "peers_of": None if group is None else group.peers_of,
            "economies": release.members(code),
        }


def _nodes(release: ReadableRelease) -> Iterator[Row]:
    for document in _documents(release):
        for node in document.nodes.values():
            yield {
                "version": document.version,
                "code": node.code,
                "title": node.title,
                "level": node.tier,
                "parent": node.parent,
                "weight": float(node.weight),
                "scale": float(document.scheme.scale),
                "decimals": document.scheme.decimals,
                "description": node.description,
            }


def _levels(release: ReadableRelease) -> Iterator[Row]:
    titles = {tier.code: tier.title for document in _documents(release) for tier in document.scheme.tiers}
    for code in sorted(release.levels):
        yield {"code": code, "title": titles.get(code)}


def _bands(release: ReadableRelease) -> Iterator[Row]:
    for document in _documents(release):
        for band in document.scheme.bands:
            yield {
                "version": document.version,
                "code": band.code,
                "title": band.title,
                "floor": float(band.floor),
                "description": band.description,
            }


def _series(release: ReadableRelease) -> Iterator[Row]:
    for series in Series:
        yield {"code": series.value, "meaning": SERIES_NOTES[series] if release.entry.is_own else PUBLISHED_NOTE}


def _plain(meanings: Mapping[str, str]) -> Callable[[ReadableRelease], Iterable[Row]]:
    rows: list[Row] = [{"code": str(code), "meaning": meaning} for code, meaning in meanings.items()]
    return lambda _release: rows


_CODELISTS: Mapping[str, Callable[[ReadableRelease], Iterable[Row]]] = {
    "economies": _economies,
    "groups": _groups,
    "nodes": _nodes,
    "levels": _levels,
    "bands": _bands,
    "series": _series,
    "reasons": _plain({reason.value: REASON_NOTES[reason] for reason in Reason}),
    "suppressions": _plain({**{why.value: SUPPRESSION_NOTES[why] for why in Suppression}, EXTREMES: EXTREMES_NOTE}),
    "obs_status": _plain({status.value: _OBS_MEANINGS[status] for status in ObsStatus}),
    "conf_status": _plain({status.value: _CONF_MEANINGS[status] for status in ConfStatus}),
    "grades": _plain(_GRADES),
}


def _documents(release: ReadableRelease) -> list[Questionnaire]:
    return [release.release.documents[version] for version in sorted(release.release.documents, key=version_order)]


def _item(document: Questionnaire, section: Section, item: Item) -> Row:
    posts = item.goalposts if isinstance(item, QuantityItem) else None
    levels = _levels_of(item)
    return {
        "version": document.version,
        "code": item.code,
        "section": section.code,
        "node": document.node_of(section, item),
        "kind": item.type,
        "text": item.text,
        "is_core": item.core,
        "is_scored": item.scored,
        "weight": float(item.weight),
        "levels": tuple(f"{code}: {text}" for code, text, _ in levels),
        "points": tuple(f"{code}: {points:g}" for code, _, points in levels if points is not None),
        "unit": item.unit if isinstance(item, NumberItem) else None,
        **_goalposts(posts),
        "clauses": item.clauses,
        "replaces": item.lineage.replaces,
        "change": item.lineage.change.value,
        "comparable_with": item.lineage.comparable_with,
        "comparability_note": item.lineage.note,
    }


def _goalposts(posts: Goalposts | None) -> Row:
    return {
        "goalpost_low": None if posts is None else float(posts.lo),
        "goalpost_high": None if posts is None else float(posts.hi),
        "goalpost_scale": None if posts is None else posts.scale,
    }


def _levels_of(item: Item) -> list[tuple[str, str, float | None]]:
    """Return the levels or options of an item: code, text, points."""
    if isinstance(item, MaturityItem):
        return [(str(level.level), level.text, level.points) for level in item.levels]
    if isinstance(item, ChoiceItem):
        return [(option.code, option.text, option.points) for option in item.options]
    if isinstance(item, ChecklistItem):
        return [(option.code, option.text, None) for option in item.options]
    return []


def _described(table: Table, column: Column) -> Row:
    return {
        "table": table.name,
        "column": column.name,
        "type": column.kind.value,
        "is_optional": column.is_optional,
        "unit": column.unit or None,
        "meaning": column.meaning,
        "codelist": column.codelist,
        "allowed": column.codes,
        "minimum": None if column.least is None else float(column.least),
        "maximum": None if column.most is None else float(column.most),
    }
