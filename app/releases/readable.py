"""A release as clients read it: flat rows with everything that makes them honest, and the codes that exist."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

from sqlmodel import Session

from app.benchmarks.refresh import EVERYBODY
from app.domain.questionnaire.document import Questionnaire
from app.domain.release import status
from app.domain.release.breaks import broken_nodes
from app.domain.release.content import CellRow, PairRow, ScoreRow
from app.domain.release.making import has_ranges
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.economies.service import Group
from app.questionnaires import service as questionnaires
from app.releases import service
from app.releases.formats.columns import Row, Value
from app.releases.service import LICENCE, LICENCE_URL, PublishedRelease, ReleaseEntry

_YEAR = re.compile(r"[0-9]{4}(?![0-9])")
_NAMES = {kind: tuple(each.name for each in fields(kind)) for kind in (ScoreRow, CellRow, PairRow)}


@dataclass(frozen=True)
class Rows:
    """The rows of one table in the order of their codes, and where those of an economy, a node or a group stand."""

    rows: Sequence[Row]
    places: Mapping[str, Mapping[str, Sequence[int]]]

    def with_any(self, column: str, codes: Iterable[str]) -> list[int]:
        """Return the places of the rows that have one of these codes in a column."""
        found = self.places[column]
        return sorted({place for code in codes for place in found.get(code, ())})


@dataclass(frozen=True)
class ReadableRelease:
    """One release, with what its rows are read by. `breaks`: by version, the nodes whose series is broken in this cycle.

    `cycles`: all of the questionnaire, so that a cycle without rows here is no typing error."""

    release: PublishedRelease
    groups: Mapping[str, Group]
    cycles: tuple[str, ...]
    breaks: Mapping[str, frozenset[str]]
    built: dict[str, bytes] = field(default_factory=dict, compare=False)
    """Files that were made of it, as long as it is kept itself."""

    @property
    def entry(self) -> ReleaseEntry:
        """Return what is said of the whole release."""
        return self.release.entry

    @property
    def path(self) -> str:
        """Return the address of this very release, never that of `latest`."""
        return f"/api/v1/releases/{self.entry.questionnaire}/{self.entry.number}"

    @property
    def licence_url(self) -> str | None:
        """Return where the text of the licence stands; the words of a licence may say more than its name."""
        if self.entry.licence_url is not None:
            return self.entry.licence_url
        return LICENCE_URL if self.entry.licence.startswith(LICENCE) else None

    @property
    def year(self) -> int | None:
        """Return the year of its cycle; None where its code begins with none."""
        return year_of(self.entry.cycle)

    @cached_property
    def scores(self) -> Rows:
        """The scores that are still shown."""
        return _placed([self._score(row) for row in self.release.content.scores], "economy", "node")

    @cached_property
    def cells(self) -> Rows:
        """The distributions of groups."""
        return _placed([self._cell(row) for row in self.release.content.cells], "group", "node")

    @cached_property
    def pairs(self) -> Rows:
        """Who scores higher than whom."""
        return _placed([self._pair(row) for row in self.release.content.pairs], "economy", "other", "node")

    @cached_property
    def nodes(self) -> frozenset[str]:
        """The codes of every node of its versions."""
        return frozenset(code for document in self.release.documents.values() for code in document.nodes)

    @cached_property
    def levels(self) -> frozenset[str]:
        """The kinds of these nodes."""
        return frozenset(node.tier for document in self.release.documents.values() for node in document.nodes.values())

    @cached_property
    def group_titles(self) -> dict[str, str]:
        """Every group, and "everybody" where the release has figures of it."""
        whole = {row.group: str(EVERYBODY) for row in self.release.content.cells if row.group not in self.release.groups}
        return {**self.release.groups, **whole}

    def members(self, group: str) -> tuple[str, ...]:
        """Return the economies of a group; "everybody" is all that there are."""
        return self.groups[group].economies if group in self.groups else tuple(self.release.economies)

    def is_broken(self, version: str, node: str) -> bool:
        """Tell whether a node's series is broken in this cycle."""
        return node in self.breaks.get(version, ())

    def _common(self, version: str, series: str, node: str) -> dict[str, str | int | None]:
        entry, found = self.entry, self.release.documents[version].nodes[node]
        return {
            "release": str(entry.number),
            "questionnaire": entry.questionnaire,
            "version": version,
            "cycle": entry.cycle,
            "year": self.year,
            "series": series,
            "node": node,
            "node_title": found.title,
            "level": found.tier,
            "unit": unit_of(self.release.documents[version]),
            "notice": entry.notice or None,
        }

    def _score(self, row: ScoreRow) -> Row:
        is_break, is_own = self.is_broken(row.version, row.node), self.entry.is_own
        ranges = has_ranges(self.release.documents[row.version])
        return {
            **self._common(row.version, row.series, row.node),
            "economy_name": self.release.economies[row.economy].short_name,
            **_fields(row),
            **_codes(status.status_of_score(row, is_break=is_break, is_own=is_own)),
            "footnotes": status.notes_on_score(row, is_break=is_break, is_own=is_own, has_ranges=ranges),
        }

    def _cell(self, row: CellRow) -> Row:
        is_break, is_own = self.is_broken(row.version, row.node), self.entry.is_own
        return {
            **self._common(row.version, row.series, row.node),
            "group_title": self.group_titles[row.group],
            **_fields(row),
            **_codes(status.status_of_cell(row, is_break=is_break, is_own=is_own)),
            "footnotes": status.notes_on_cell(row, is_break=is_break, is_own=is_own),
        }

    def _pair(self, row: PairRow) -> Row:
        return {
            **self._common(row.version, Series.SELF.value, row.node),
            "economy_name": self.release.economies[row.economy].short_name,
            "other_name": self.release.economies[row.other].short_name,
            **_fields(row),
            **_codes(status.status_of_pair(row)),
            "footnotes": (status.SERIES_NOTES[Series.SELF],),
        }


def open_release(session: Session, questionnaire: str, number: str) -> ReadableRelease:
    """Read one release by its number, or `latest`; others raise NotFound."""
    release = service.get_release(session, questionnaire, number)
    cycles = tuple(cycle.code for cycle in economies.list_cycles(session, questionnaire))
    return ReadableRelease(release, economies.groups(session), cycles, _breaks(session, release))


def year_of(cycle: str) -> int | None:
    """Return the year that a cycle's code begins with."""
    found = _YEAR.match(cycle)
    return int(found[0]) if found else None


def unit_of(document: Questionnaire) -> str:
    """Return the unit of a questionnaire's scores."""
    return f"points, 0 to {document.scheme.scale:g}"


def _breaks(session: Session, release: PublishedRelease) -> dict[str, frozenset[str]]:
    """Compare each version with the newest one of the release of the cycle before; the first cycle breaks with nothing."""
    entries = service.list_releases(session, release.entry.questionnaire)
    earlier = [entry for entry in entries if entry.cycle < release.entry.cycle]
    if not earlier:
        return {}
    before = questionnaires.get_by_hash(session, dict(earlier[0].versions)[earlier[0].version])
    return {version: broken_nodes(before, document) for version, document in release.documents.items()}


def _placed(rows: Sequence[Row], *columns: str) -> Rows:
    places: dict[str, dict[str, list[int]]] = {column: defaultdict(list) for column in columns}
    for place, row in enumerate(rows):
        for column in columns:
            places[column][str(row[column])].append(place)
    return Rows(rows, places)


def _codes(found: status.Status) -> dict[str, str]:
    return {"obs_status": found.obs.value, "conf_status": found.conf.value}


def _fields(row: ScoreRow | CellRow | PairRow) -> dict[str, Value]:
    return {name: getattr(row, name) for name in _NAMES[type(row)]}
