"""Workbooks that were brought back and wait for a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workbook_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("has_consent", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("replaced", sa.Integer(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_workbook_upload_economy_economy")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_workbook_upload_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_workbook_upload_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbook_upload")),
    )
    with op.batch_alter_table("workbook_upload") as table:
        table.create_index(op.f("ix_workbook_upload_created_at"), ["created_at"])
        table.create_index(op.f("ix_workbook_upload_review_id"), ["review_id"])


def downgrade() -> None:
    op.drop_table("workbook_upload")
