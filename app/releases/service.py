"""Read releases: which there are, and what each holds of what is still shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from app.domain.benchmark.disclosure import Suppression
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.release.changes import ReleaseChange
from app.domain.release.content import CellRow, ReleaseContent, ScoreRow, read_content
from app.domain.release.holding import Holding, read_holding
from app.domain.release.number import ReleaseNumber, read_number
from app.economies import service as economies
from app.economies.service import EconomyNames, Group
from app.economies.tables import Cycle
from app.kit.clock import as_utc
from app.kit.errors import NotFound
from app.questionnaires import service as questionnaires
from app.releases import queries
from app.releases.tables import Release, ReleaseWithdrawal

LATEST = "latest"
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
_MOST_CACHED = 16
_CHANGES = TypeAdapter(tuple[ReleaseChange, ...])

_cache: dict[UUID, ReleaseContent] = {}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A score that its economy no longer shows, and since when."""

    version: str
    series: str
    node: str
    economy: str
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """One release without its rows. `versions`: the questionnaire's versions in it, with their content hashes.

    `is_own`: economies answered themselves; else it holds figures that another institution published.

    `replaced_by`: the newest release of the same cycle, None for that one itself. `modified_at`: when what readers see of it last
    changed, which only a withdrawal does. `seed` is a text, since it may be larger than what a double holds.
    """

    id: UUID
    questionnaire: str
    title: str
    cycle: str
    cycle_title: str
    notice: str
    number: ReleaseNumber
    released_at: datetime
    modified_at: datetime
    note: str
    changes: tuple[ReleaseChange, ...]
    versions: tuple[tuple[str, str], ...]
    seed: str
    replicates: int
    method_version: str
    numpy_version: str
    checksum: str
    licence: str
    licence_url: str | None
    replaced_by: ReleaseNumber | None
    withdrawals: tuple[Withdrawal, ...]
    is_own: bool = True

    @property
    def version(self) -> str:
        """Return the newest version of the questionnaire that it holds answers to."""
        return max((version for version, _ in self.versions), key=version_order)

    @property
    def citation(self) -> str:
        """Return a sentence to cite it by."""
        day = f"{self.released_at.day} {self.released_at:%B %Y}"
        title, sha = f"{self.title}, {self.cycle_title}", self.checksum[:16]
        return f"{title}, release {self.number} of {day}, SHA-256 {sha}. {self.licence.rstrip('.')}."


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """A release as readers see it: rows without what was withdrawn, questionnaires, names of economies and groups."""

    entry: ReleaseEntry
    content: ReleaseContent
    documents: dict[str, Questionnaire]
    economies: dict[str, EconomyNames]
    groups: dict[str, str]

    @property
    def questionnaire(self) -> Questionnaire:
        """Return the newest version of the questionnaire in it."""
        return self.documents[self.entry.version]


def list_releases(session: Session, questionnaire: str | None = None, cycle: str | None = None) -> list[ReleaseEntry]:
    """List releases, the newest first in each questionnaire."""
    rows = queries.list_releases(session, questionnaire, cycle)
    withdrawn: dict[UUID, list[ReleaseWithdrawal]] = defaultdict(list)
    for each in queries.withdrawals_of(session, [release.id for release, _ in rows]):
        withdrawn[each.release_id].append(each)
    newest: dict[UUID, ReleaseNumber] = {}
    for release, cycle_row in rows:
        newest.setdefault(cycle_row.id, _number(release, cycle_row))
    hashes = {release.id: _versions(release) for release, _ in rows}
    documents = questionnaires.get_all_by_hash(session, {versions[-1][1] for versions in hashes.values()})
    return [
        _entry(release, cycle_row, newest[cycle_row.id], withdrawn[release.id], documents[hashes[release.id][-1][1]])
        for release, cycle_row in rows
    ]


def count_economies(session: Session, entries: Collection[ReleaseEntry]) -> dict[UUID, int]:
    """Count the economies of which each release still shows a score, by the release; for lists, since no content is read."""
    holdings = queries.holdings_of(session, [entry.id for entry in entries])
    return {entry.id: _count_shown(read_holding(holdings[entry.id]), entry.withdrawals) for entry in entries}


def _count_shown(holding: Holding, withdrawals: Sequence[Withdrawal]) -> int:
    gone = {(each.version, each.series, each.node, each.economy) for each in withdrawals}
    return len({held.economy for held in holding.scores if not gone.issuperset(held.keys)})


def get_entry(session: Session, questionnaire: str, number: str = LATEST) -> ReleaseEntry:
    """Return one release without its rows: by its number, or `latest`. Others raise NotFound."""
    wanted = read_number(number)
    if wanted is None and number != LATEST:
        raise NotFound("release")
    for entry in list_releases(session, questionnaire, None if wanted is None else wanted.cycle):
        if wanted in {None, entry.number}:
            return entry
    raise NotFound("release")


def get_release(session: Session, questionnaire: str, number: str = LATEST) -> PublishedRelease:
    """Return one release with what is still shown of it."""
    entry = get_entry(session, questionnaire, number)
    content = _content(session, entry.id)
    gone = {(each.version, each.series, each.node, each.economy) for each in entry.withdrawals}
    members = economies.groups(session)
    shown = replace(
        content,
        cells=tuple(_without_withdrawn(row, entry.withdrawals, members) for row in content.cells),
        scores=tuple(row for row in content.scores if _key(row) not in gone),
        pairs=tuple(
            row
            for row in content.pairs
            if not {(row.version, "self", row.node, row.economy), (row.version, "self", row.node, row.other)} & gone
        ),
    )
    documents = questionnaires.get_all_by_hash(session, {content_hash for _, content_hash in entry.versions})
    return PublishedRelease(
        entry=entry,
        content=shown,
        documents={version: documents[content_hash] for version, content_hash in entry.versions},
        economies=economies.names(session),
        groups={code: group.title for code, group in members.items()},
    )


def _without_withdrawn(row: CellRow, withdrawals: Sequence[Withdrawal], members: Mapping[str, Group]) -> CellRow:
    """Take away the figures of a group in which somebody was counted who took that score back: with the scores of the others, or
    with the figures of the next release, they would tell it to whoever reads the release now."""
    group = members.get(row.group)
    is_told = any(
        (each.version, each.series, each.node) == (row.version, row.series, row.node)
        and (group is None or each.economy in group.economies)
        for each in withdrawals
    )
    if row.suppressed is not None or not is_told:
        return row
    return replace(
        row,
        n=None,
        mean=None,
        minimum=None,
        q1=None,
        median=None,
        q3=None,
        maximum=None,
        band=None,
        suppressed=Suppression.WITHDRAWN.value,
    )


def _key(row: ScoreRow) -> tuple[str, str, str, str]:
    return row.version, row.series, row.node, row.economy


def _content(session: Session, release: UUID) -> ReleaseContent:
    """Read what was frozen; it never changes, so a process parses it once."""
    if release not in _cache:
        while len(_cache) >= _MOST_CACHED:
            _cache.pop(next(iter(_cache)), None)
        _cache[release] = read_content(queries.content_of(session, release))
    return _cache[release]


def _number(row: Release, cycle: Cycle) -> ReleaseNumber:
    return ReleaseNumber(cycle.code, row.minor, row.patch)


def _versions(row: Release) -> tuple[tuple[str, str], ...]:
    return tuple((version, content_hash) for version, content_hash in json.loads(row.versions))


def _entry(
    row: Release, cycle: Cycle, newest: ReleaseNumber, withdrawn: list[ReleaseWithdrawal], document: Questionnaire
) -> ReleaseEntry:
    versions = _versions(row)
    withdrawals = tuple(Withdrawal(w.version, w.series, w.node, w.economy, as_utc(w.withdrawn_at)) for w in withdrawn)
    number, released_at = _number(row, cycle), as_utc(row.released_at)
    # Figures of an index that others published keep its terms; the licence of a questionnaire's text is none for its answers.
    licence = LICENCE if cycle.holds_own_answers else document.licence or LICENCE
    return ReleaseEntry(
        id=row.id,
        questionnaire=cycle.questionnaire,
        title=document.title,
        cycle=cycle.code,
        cycle_title=cycle.title,
        notice=cycle.notice,
        number=number,
        released_at=released_at,
        modified_at=max((released_at, *(each.withdrawn_at for each in withdrawals))),
        note=row.note,
        changes=_CHANGES.validate_json(row.changes),
        versions=versions,
        seed=row.seed,
        replicates=row.replicates,
        method_version=row.method_version,
        numpy_version=row.numpy_version,
        checksum=row.checksum,
        licence=licence,
        licence_url=LICENCE_URL if licence == LICENCE else None,
        replaced_by=None if number == newest else newest,
        withdrawals=withdrawals,
        is_own=cycle.holds_own_answers,
    )
