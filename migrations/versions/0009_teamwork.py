"""A team's work on a review: assignments, discussions, presence and visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assigned_by"], ["user.id"], name=op.f("fk_assignment_assigned_by_user")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_assignment_economy_economy")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_assignment_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_assignment_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "uq_assignment_current",
        "assignment",
        ["review_id", "section", "item"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_assignment_economy", "assignment", ["economy"])
    op.create_table(
        "thread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name=op.f("ck_thread_resolved_by_somebody")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_thread_economy_economy")),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_thread_opened_by_user")),
        sa.ForeignKeyConstraint(["resolved_by"], ["user.id"], name=op.f("fk_thread_resolved_by_user")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_thread_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index("ix_thread_review_id_item", "thread", ["review_id", "item"])
    op.create_index("ix_thread_economy", "thread", ["economy"])
    op.create_table(
        "thread_post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["user.id"], name=op.f("fk_thread_post_author_user")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_thread_post_economy_economy")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_post_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_post")),
    )
    op.create_index("ix_thread_post_thread_id", "thread_post", ["thread_id"])
    op.create_table(
        "thread_mention",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_thread_mention_economy_economy")),
        sa.ForeignKeyConstraint(["post_id"], ["thread_post.id"], name=op.f("fk_thread_mention_post_id_thread_post")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_thread_mention_user_id_user")),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_thread_mention")),
    )
    op.create_index("ix_thread_mention_user_id", "thread_mention", ["user_id"])
    op.create_table(
        "presence",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_presence_economy_economy")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_presence_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_user_id_user")),
        sa.PrimaryKeyConstraint("review_id", "user_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "visit",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_visit_economy_economy")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_visit_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_visit_user_id_user")),
        sa.PrimaryKeyConstraint("review_id", "user_id", name=op.f("pk_visit")),
    )


def downgrade() -> None:
    for table in ("visit", "presence", "thread_mention", "thread_post", "thread", "assignment"):
        op.drop_table(table)
