"""Answers with which an administrator tries a draft; they count nowhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preview_answer",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_preview_answer_draft_id_draft")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_preview_answer_user_id_user")),
        sa.PrimaryKeyConstraint("draft_id", "user_id", "item", name=op.f("pk_preview_answer")),
    )


def downgrade() -> None:
    op.drop_table("preview_answer")
