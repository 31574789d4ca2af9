"""Rows of economies, groups, cycles and reference figures."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class Economy(SQLModel, table=True):
    """One economy. `code` is ISO 3166-1 alpha-3, for joining data; people see the names. `time_zone` is a name of IANA's."""

    __tablename__ = "economy"

    code: str = Field(primary_key=True, max_length=3)
    abbreviation: str = Field(max_length=8)
    short_name: str = Field(max_length=80)
    formal_name: str = Field(max_length=120)
    list_name: str = Field(max_length=120)
    apec_order: int | None = None
    time_zone: str = Field(max_length=64)


class EconomyGroup(SQLModel, table=True):
    """A group that is fixed before results are known: those who take part, or peers among the members of another group.

    `members_set_at`: when its members were last chosen; None for the groups that came with the program."""

    __tablename__ = "economy_group"
    __table_args__ = (CheckConstraint("kind in ('members', 'peers')", name="kind"),)

    code: str = Field(primary_key=True, max_length=64)
    title: str = Field(max_length=200)
    kind: str = Field(max_length=10)
    peers_of: str | None = Field(default=None, max_length=64)
    members_set_at: datetime | None = Field(default=None, sa_column=Column(UtcTime, nullable=True))


class GroupChange(SQLModel, table=True):
    """One change of a group, appended: what it was called before, who came in and went out (codes with `;` between), and why."""

    __tablename__ = "group_change"

    group_code: str = Field(primary_key=True, foreign_key="economy_group.code", max_length=64)
    number: int = Field(primary_key=True)
    title_before: str = Field(default="", max_length=200)
    added: str = Field(default="", sa_column=Column(Text, nullable=False))
    removed: str = Field(default="", sa_column=Column(Text, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    changed_by: str = Field(max_length=200)


class GroupMember(SQLModel, table=True):
    """One economy in one group."""

    __tablename__ = "group_member"

    group_code: str = Field(primary_key=True, foreign_key="economy_group.code", max_length=64)
    economy: str = Field(primary_key=True, foreign_key="economy.code", max_length=3)


class Cycle(SQLModel, table=True):
    """One collection round of one questionnaire. `notice` is shown wherever its data are.

    `closes_on` is its last day, to the end of that day anywhere on earth; `is_open` says whether an administrator closed it.
    `holds_own_answers` is False for a published index that is kept here: nobody answered it, so it is nobody's review.
    """

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("questionnaire", "code"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    questionnaire: str = Field(max_length=64)
    code: str = Field(max_length=64)
    title: str = Field(max_length=200)
    notice: str = Field(default="", sa_column=Column(Text, nullable=False))
    holds_own_answers: bool = True
    is_open: bool = True
    opened_on: date
    closes_on: date | None = None


class CycleChange(SQLModel, table=True):
    """One change of a cycle's end, appended: the closing day before and after it, and why."""

    __tablename__ = "cycle_change"
    __table_args__ = (CheckConstraint("kind in ('opened', 'closing_day', 'closed', 'reopened')", name="kind"),)

    cycle_id: UUID = Field(primary_key=True, foreign_key="cycle.id")
    number: int = Field(primary_key=True)
    kind: str = Field(max_length=12)
    closes_on_before: date | None = None
    closes_on: date | None = None
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    changed_by: str = Field(max_length=200)


class ReferenceFigure(SQLModel, table=True):
    """One figure of another institution: dated, sourced, shown beside results and never part of a score."""

    __tablename__ = "reference_figure"

    economy: str = Field(primary_key=True, foreign_key="economy.code", max_length=3)
    series: str = Field(primary_key=True, max_length=64)
    period: str = Field(primary_key=True, max_length=16)
    value: str = Field(max_length=40)
    scale: str = Field(max_length=80)
    source: str = Field(max_length=200)
    source_url: str = Field(max_length=2000)
    licence: str = Field(max_length=80)
