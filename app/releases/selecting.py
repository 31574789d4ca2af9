"""Which rows of a release meet what a client asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.releases.formats.columns import Row
from app.releases.readable import ReadableRelease, Rows

Wanted = Mapping[str, Collection[str]]
"""By filter, the codes that were asked for; a filter that is not given is left out."""

_EQUAL = ("node", "level", "series", "version", "cycle")


def scores(release: ReadableRelease, wanted: Wanted) -> list[Row]:
    """Return the scores that meet every filter, in the order of their codes."""
    return _select(release.scores, _economies(release, wanted), ("economy", "node"), _EQUAL)


def cells(release: ReadableRelease, wanted: Wanted) -> list[Row]:
    """Return the distributions that meet every filter."""
    return _select(release.cells, wanted, ("group", "node"), (*_EQUAL, "group"))


def pairs(release: ReadableRelease, wanted: Wanted) -> list[Row]:
    """Return the pairs that meet every filter; an economy may stand on either side, `other` then on the opposite one."""
    rows = _select(release.pairs, wanted, ("node",), _EQUAL)
    own, others = wanted.get("economy"), wanted.get("other")
    return [row for row in rows if _has(row, own, others, "economy", "other") or _has(row, own, others, "other", "economy")]


def is_of_years(release: ReadableRelease, years: tuple[int, int] | None) -> bool:
    """Tell whether the release's cycle lies in a range of years."""
    return years is None or (release.year is not None and years[0] <= release.year <= years[1])


def _economies(release: ReadableRelease, wanted: Wanted) -> Wanted:
    """Turn groups into their economies; both filters together leave those in both."""
    if "group" not in wanted:
        return wanted
    members = {economy for group in wanted["group"] for economy in release.members(group)}
    return {**wanted, "economy": members & set(wanted.get("economy", members))}


def _select(table: Rows, wanted: Wanted, indexed: Sequence[str], filters: Sequence[str]) -> list[Row]:
    """Look where the rows stand by the most telling index, then test the other filters on these few."""
    found = [table.with_any(column, wanted[column]) for column in indexed if column in wanted]
    rows = [table.rows[place] for place in min(found, key=len)] if found else list(table.rows)
    tests = [(name, wanted[name]) for name in dict.fromkeys((*filters, *indexed)) if name in wanted]
    return [row for row in rows if all(row[name] in codes for name, codes in tests)] if tests else rows


def _has(row: Row, own: Collection[str] | None, others: Collection[str] | None, one: str, two: str) -> bool:
    return (own is None or row[one] in own) and (others is None or row[two] in others)
