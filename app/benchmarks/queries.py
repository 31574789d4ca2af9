"""Every statement on consent, shared scores and cells. Who may see a score is part of the statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, insert, literal, or_, select, tuple_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, SQLModel, col

from app.benchmarks.tables import Cell, Consent, SharedScore, ShownContributors
from app.domain.benchmark.consent import Audience
from app.domain.questionnaire.document import version_order
from app.economies.tables import Cycle
from app.kit.actor import Actor
from app.kit.clock import as_utc

# Core statements: the ORM would send one for every mixture of empty columns.
_ADD_SCORES = insert(SQLModel.metadata.tables["shared_score"])
_ADD_CELLS = insert(SQLModel.metadata.tables["benchmark_cell"])
_ADD_SHOWN = insert(SQLModel.metadata.tables["benchmark_shown"])

Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked for; None, or an empty `node`, means all. No economy at all finds nothing."""

    questionnaire: str | None = None
    version: str | None = None
    cycle: str | None = None
    node: Collection[str] = ()
    series: str | None = None
    group: str | None = None
    economies: Collection[str] | None = None


def add_consents(session: Session, rows: Sequence[Consent]) -> None:
    session.add_all(rows)
    session.flush()


def chosen_by_others(session: Session, reviews: Collection[UUID], name: str) -> set[UUID]:
    """The reviews whose sharing somebody else than `name` has chosen."""
    statement = select(col(Consent.review_id)).where(col(Consent.review_id).in_(reviews), col(Consent.given_by) != name)
    return set(session.scalars(statement.distinct()))


def consents_of(session: Session, reviews: Collection[UUID]) -> dict[UUID, dict[str, Audience]]:
    """The newest choice per section of some reviews."""
    statement = select(Consent).where(col(Consent.review_id).in_(reviews)).order_by(col(Consent.given_at), col(Consent.id))
    found: dict[UUID, dict[str, Audience]] = {review: {} for review in reviews}
    for row in session.scalars(statement):
        found[row.review_id][row.section] = Audience(row.audience)
    return found


def cells_of(session: Session, cycle_id: UUID) -> list[Cell]:
    return list(session.scalars(select(Cell).where(col(Cell.cycle_id) == cycle_id)))


def ever_shown(session: Session, cycle_id: UUID) -> list[ShownContributors]:
    return list(session.scalars(select(ShownContributors).where(col(ShownContributors.cycle_id) == cycle_id)))


def first_shown(session: Session) -> dict[UUID, datetime]:
    """When the first figures of each cycle were shown."""
    statement = select(col(ShownContributors.cycle_id), func.min(col(ShownContributors.shown_at)))
    return {row[0]: as_utc(row[1]) for row in session.execute(statement.group_by(col(ShownContributors.cycle_id)))}


def add_shown(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        session.execute(_ADD_SHOWN, [dict(row) for row in rows])


def list_benchmarked(session: Session) -> dict[UUID, str]:
    """Every cycle that has cells, with the newest version in it."""
    rows = session.execute(select(col(Cell.cycle_id), col(Cell.version)).distinct())
    return {row[0]: row[1] for row in sorted(rows, key=lambda row: version_order(row[1]))}


def groups_and_series_of(session: Session, cycle_id: UUID, version: str) -> set[tuple[str, str]]:
    statement = select(col(Cell.group_code), col(Cell.series))
    rows = session.execute(statement.where(col(Cell.cycle_id) == cycle_id, col(Cell.version) == version).distinct())
    return {(row[0], row[1]) for row in rows}


def replace_cells(session: Session, cycle_id: UUID, rows: Sequence[Mapping[str, object]]) -> None:
    session.execute(delete(Cell).where(col(Cell.cycle_id) == cycle_id))
    if rows:
        session.execute(_ADD_CELLS, [dict(row) for row in rows])


def replace_scores(session: Session, cycle_id: UUID, rows: Sequence[Mapping[str, object]]) -> None:
    session.execute(delete(SharedScore).where(col(SharedScore.cycle_id) == cycle_id))
    if rows:
        session.execute(_ADD_SCORES, [dict(row) for row in rows])


def shared_scores_of(
    session: Session, cycle_id: UUID
) -> list[Row[str, str, str, str, str, int, float | None, float, str | None, str | None]]:
    """The scores of a cycle that are shared with peers or everybody, as plain columns, the audience first."""
    one = SharedScore
    named = (col(one.audience), col(one.version), col(one.series), col(one.node), col(one.economy), col(one.revision))
    statement = select(*named, col(one.score), col(one.coverage), col(one.reason), col(one.band))
    is_shared = col(one.audience) != Audience.PRIVATE.value
    return list(session.execute(statement.where(col(one.cycle_id) == cycle_id, is_shared)))


def nodes_shown_to_peers(session: Session, cycle_id: UUID, economy: str) -> set[str]:
    statement = select(col(SharedScore.node)).where(col(SharedScore.cycle_id) == cycle_id, col(SharedScore.economy) == economy)
    return set(session.scalars(statement.where(col(SharedScore.audience) == Audience.PEERS.value).distinct()))


def visible_to(actor: Actor | None) -> ColumnElement[bool]:
    """Scores that a reader may see: public ones; an official's own; and peers', where their economy shares a score there too."""
    public = col(SharedScore.audience) == Audience.PUBLIC.value
    if actor is None or not actor.is_official:
        return public
    own = aliased(SharedScore)
    shares_too = exists().where(
        col(own.cycle_id) == col(SharedScore.cycle_id),
        col(own.series) == col(SharedScore.series),
        col(own.node) == col(SharedScore.node),
        col(own.economy) == actor.economy,
        col(own.audience) != Audience.PRIVATE.value,
        col(own.score).is_not(None),
    )
    peers = and_(col(SharedScore.audience) == Audience.PEERS.value, shares_too)
    return or_(public, col(SharedScore.economy) == actor.economy, peers)


def list_scores(
    session: Session, actor: Actor | None, filters: Filters, *, after: tuple[str, ...] | None, limit: int
) -> list[Row[SharedScore, Cycle]]:
    """A keyset page of scores in the order of the codes; never in the order of the scores."""
    key = (col(Cycle.questionnaire), col(Cycle.code), col(SharedScore.series), col(SharedScore.node), col(SharedScore.economy))
    statement = select(SharedScore, Cycle).join(Cycle, col(Cycle.id) == col(SharedScore.cycle_id)).where(visible_to(actor))
    if filters.version is not None:
        statement = statement.where(col(SharedScore.version) == filters.version)
    if filters.series is not None:
        statement = statement.where(col(SharedScore.series) == filters.series)
    if filters.node:
        statement = statement.where(col(SharedScore.node).in_(filters.node))
    if filters.economies is not None:
        statement = statement.where(col(SharedScore.economy).in_(filters.economies))
    return list(session.execute(_page(statement, filters, key, after, limit)))


def list_cells(session: Session, filters: Filters, *, after: tuple[str, ...] | None, limit: int) -> list[Row[Cell, Cycle]]:
    """A keyset page of cells in the order of the codes."""
    key = (col(Cycle.questionnaire), col(Cycle.code), col(Cell.version), col(Cell.series), col(Cell.node), col(Cell.group_code))
    statement = select(Cell, Cycle).join(Cycle, col(Cycle.id) == col(Cell.cycle_id))
    if filters.version is not None:
        statement = statement.where(col(Cell.version) == filters.version)
    if filters.series is not None:
        statement = statement.where(col(Cell.series) == filters.series)
    if filters.node:
        statement = statement.where(col(Cell.node).in_(filters.node))
    if filters.group is not None:
        statement = statement.where(col(Cell.group_code) == filters.group)
    return list(session.execute(_page(statement, filters, key, after, limit)))


def _page(
    statement: Select[*Ts], filters: Filters, key: Sequence[Mapped[str]], after: tuple[str, ...] | None, limit: int
) -> Select[*Ts]:
    if filters.questionnaire is not None:
        statement = statement.where(col(Cycle.questionnaire) == filters.questionnaire)
    if filters.cycle is not None:
        statement = statement.where(col(Cycle.code) == filters.cycle)
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*(literal(part) for part in after)))
    return statement.order_by(*key).limit(limit)
