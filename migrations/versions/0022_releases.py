"""Releases of benchmarks, frozen, and what was withdrawn from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.infra.tables import UtcTime
from app.releases.tables import GUARD

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("patch", sa.Integer(), nullable=False),
        sa.Column("released_at", UtcTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("replicates", sa.Integer(), nullable=False),
        sa.Column("method_version", sa.String(length=16), nullable=False),
        sa.Column("numpy_version", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("holds", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_release_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("cycle_id", "minor", "patch", name=op.f("uq_release_cycle_id_minor_patch")),
    )
    op.create_table(
        "release_withdrawal",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("withdrawn_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_release_withdrawal_economy_economy")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_withdrawal_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", "version", "series", "node", "economy", name=op.f("pk_release_withdrawal")),
    )
    op.create_table(
        "release_patch_due",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_release_patch_due_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_release_patch_due")),
    )
    op.create_index(op.f("ix_release_withdrawal_release_id"), "release_withdrawal", ["release_id"])
    for statement in GUARD.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in GUARD.dropping(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("release_patch_due")
    op.drop_table("release_withdrawal")
    op.drop_table("release")
