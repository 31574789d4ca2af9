"""Closing days of cycles, groups that administrators make, and whether an economy shows how far it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycle", sa.Column("closes_on", sa.Date(), nullable=True))
    op.add_column("economy_group", sa.Column("members_set_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "cycle_change",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("closes_on_before", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind in ('opened', 'closing_day', 'closed', 'reopened')", name=op.f("ck_cycle_change_kind")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_change_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", "number", name=op.f("pk_cycle_change")),
    )
    op.create_table(
        "group_change",
        sa.Column("group_code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_before", sa.String(length=200), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["group_code"], ["economy_group.code"], name=op.f("fk_group_change_group_code_economy_group")),
        sa.PrimaryKeyConstraint("group_code", "number", name=op.f("pk_group_change")),
    )
    op.create_table(
        "progress_showing",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_progress_showing_review_id_review")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_progress_showing_economy_economy")),
        sa.PrimaryKeyConstraint("review_id", "number", name=op.f("pk_progress_showing")),
    )


def downgrade() -> None:
    for table in ("progress_showing", "group_change", "cycle_change"):
        op.drop_table(table)
    op.drop_column("economy_group", "members_set_at")
    op.drop_column("cycle", "closes_on")
