"""Read what may be compared: scores that a reader may see, and cells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.benchmarks import queries
from app.benchmarks.queries import Filters
from app.benchmarks.refresh import EVERYBODY, whole_group
from app.benchmarks.tables import Cell, SharedScore
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ReferenceItem
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.economies.tables import Cycle
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.questionnaires import service as questionnaires

__all__ = ["Filters"]


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """One economy's score at one node that the reader may see."""

    questionnaire: str
    version: str
    cycle: str
    series: str
    node: str
    node_title: str
    tier: str
    economy: str
    economy_name: str
    score: float | None
    coverage: float
    band: str | None
    reason: str | None
    revision: int
    audience: str
    notice: str


@dataclass(frozen=True, slots=True)
class CellEntry:
    """One group's distribution at one node; `suppressed` says why figures are missing."""

    questionnaire: str
    version: str
    cycle: str
    series: str
    node: str
    node_title: str
    tier: str
    group: str
    group_title: str
    n: int | None
    mean: float | None
    minimum: float | None
    q1: float | None
    median: float | None
    q3: float | None
    maximum: float | None
    band: str | None
    suppressed: str | None
    as_of: datetime
    notice: str


@dataclass(frozen=True, slots=True)
class BenchmarkEntry:
    """One cycle that has a benchmark."""

    questionnaire: str
    cycle: str
    title: str
    cycle_title: str
    notice: str
    summary: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of a cycle stands on: the newest version answered in it, its groups (everybody first), its economies,
    and the series that it has."""

    questionnaire: Questionnaire
    cycle: economies.CycleEntry
    groups: tuple[tuple[str, str], ...]
    economies: tuple[str, ...]
    economy_names: tuple[str, ...]
    series: tuple[Series, ...]


def list_benchmarks(session: Session) -> list[BenchmarkEntry]:
    """List the cycles with at least one cell, newest first for each questionnaire."""
    entries = []
    for cycle_id, version in queries.list_benchmarked(session).items():
        cycle = economies.get_cycle_by_id(session, cycle_id)
        document = questionnaires.get_version(session, cycle.questionnaire, version)
        entries.append(BenchmarkEntry(document.code, cycle.code, document.title, cycle.title, cycle.notice, document.summary))
    newest_first = sorted(entries, key=lambda entry: entry.cycle, reverse=True)
    return sorted(newest_first, key=lambda entry: entry.questionnaire)


def get_overview(session: Session, questionnaire: str, cycle: str) -> Overview:
    """Return what the page of a cycle stands on; a cycle without a benchmark raises NotFound."""
    entry = economies.get_cycle(session, questionnaire, cycle)
    version = queries.list_benchmarked(session).get(entry.id)
    if version is None:
        raise NotFound("benchmark")
    document = questionnaires.get_version(session, questionnaire, version)
    known = economies.groups(session)
    whole = whole_group(document)
    stored = queries.groups_and_series_of(session, entry.id, version)
    codes = [whole, *sorted({group for group, _ in stored} - {whole})]
    taking_part = economies.participants(session, document.participants.groups, document.participants.opt_in)
    names = economies.names(session)
    return Overview(
        questionnaire=document,
        cycle=entry,
        groups=tuple((code, known[code].title if code in known else EVERYBODY) for code in codes),
        economies=taking_part,
        economy_names=tuple(names[code].short_name for code in taking_part),
        series=tuple(one for one in Series if one.value in {series for _, series in stored}),
    )


def reference_series(questionnaire: Questionnaire) -> list[str]:
    """Return the reference series that a questionnaire's panels show."""
    return [series for item in questionnaire.items.values() if isinstance(item, ReferenceItem) for series in item.series]


def list_scores(
    session: Session, actor: Actor | None, filters: Filters, *, after: tuple[str, ...] | None = None, limit: int = 1000
) -> list[ScoreEntry]:
    """List scores that the reader may see, in the order of their codes."""
    found = queries.list_scores(session, actor, filters, after=after, limit=limit)
    names = economies.short_names(session, {score.economy for score, _ in found})
    documents = _documents(session, {(cycle.questionnaire, score.version) for score, cycle in found})
    return [_score(documents[cycle.questionnaire, score.version], names, score, cycle) for score, cycle in found]


def list_cells(session: Session, filters: Filters, *, after: tuple[str, ...] | None = None, limit: int = 1000) -> list[CellEntry]:
    """List cells in the order of their codes; public."""
    titles = economies.group_titles(session)
    found = queries.list_cells(session, filters, after=after, limit=limit)
    documents = _documents(session, {(cycle.questionnaire, cell.version) for cell, cycle in found})
    return [_cell(documents[cycle.questionnaire, cell.version], titles, cell, cycle) for cell, cycle in found]


def economies_asked(session: Session, codes: Collection[str], group: str | None) -> tuple[str, ...] | None:
    """Return the economies that both filters leave; None when neither is given."""
    if not codes and group is None:
        return None
    known = economies.groups(session)
    # "ALL" stands for everybody where a questionnaire has no one group of members.
    members = known[group].economies if group in known else tuple(economies.names(session))
    return tuple(codes) if group is None else tuple(code for code in members if not codes or code in codes)


def _score(document: Questionnaire, names: dict[str, str], row: SharedScore, cycle: Cycle) -> ScoreEntry:
    node = document.nodes[row.node]
    return ScoreEntry(
        questionnaire=cycle.questionnaire,
        version=row.version,
        cycle=cycle.code,
        series=row.series,
        node=row.node,
        node_title=node.title,
        tier=node.tier,
        economy=row.economy,
        economy_name=names[row.economy],
        score=row.score,
        coverage=row.coverage,
        band=row.band,
        reason=row.reason,
        revision=row.revision,
        audience=row.audience,
        notice=cycle.notice,
    )


def _cell(document: Questionnaire, titles: dict[str, str], row: Cell, cycle: Cycle) -> CellEntry:
    node = document.nodes[row.node]
    return CellEntry(
        questionnaire=cycle.questionnaire,
        version=row.version,
        cycle=cycle.code,
        series=row.series,
        node=row.node,
        node_title=node.title,
        tier=node.tier,
        group=row.group_code,
        group_title=titles.get(row.group_code, EVERYBODY),
        n=row.n,
        mean=row.mean,
        minimum=row.minimum,
        q1=row.q1,
        median=row.median,
        q3=row.q3,
        maximum=row.maximum,
        band=row.band,
        suppressed=row.suppressed,
        as_of=row.refreshed_at,
        notice=cycle.notice,
    )


def _documents(session: Session, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Questionnaire]:
    """Look up each version once, however many rows it has."""
    return {(code, version): questionnaires.get_version(session, code, version) for code, version in wanted}
