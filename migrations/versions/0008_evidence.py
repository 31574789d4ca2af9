"""Evidence: pieces with versions, contents stored once an economy, checks of links; and what is attached to answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _economy(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f(f"fk_{table}_economy_economy"))


def _user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user"))


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("created_at"),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        _moment("hidden_at", nullable=True),
        _moment("removed_at", nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=False, server_default=""),
        sa.CheckConstraint("kind in ('file', 'link')", name=op.f("ck_evidence_kind")),
        _economy("evidence"),
        _user("evidence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_economy"), "evidence", ["economy"])
    op.create_table(
        "evidence_version",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("retrieved_on", sa.Date(), nullable=False),
        _moment("added_at"),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_version_evidence_id_evidence")),
        _economy("evidence_version"),
        _user("evidence_version"),
        sa.PrimaryKeyConstraint("evidence_id", "version", name=op.f("pk_evidence_version")),
    )
    op.create_index(op.f("ix_evidence_version_sha256"), "evidence_version", ["sha256"])
    op.create_table(
        "stored_file",
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        _moment("stored_at"),
        _economy("stored_file"),
        sa.PrimaryKeyConstraint("economy", "sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "link_check",
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        _moment("failed_since", nullable=True),
        _moment("checked_at", nullable=True),
        _moment("due_at"),
        sa.CheckConstraint(
            "state in ('new', 'ok', 'moved', 'unreachable', 'dead', 'not_public')", name=op.f("ck_link_check_state")
        ),
        _economy("link_check"),
        sa.PrimaryKeyConstraint("economy", "url_hash", name=op.f("pk_link_check")),
    )
    op.create_index(op.f("ix_link_check_due_at"), "link_check", ["due_at"])
    op.create_table(
        "answer_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        _moment("added_at"),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        _moment("removed_at", nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_answer_evidence_review_id_review")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_answer_evidence_evidence_id_evidence")),
        _economy("answer_evidence"),
        _user("answer_evidence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_evidence")),
    )
    op.create_index(op.f("ix_answer_evidence_evidence_id"), "answer_evidence", ["evidence_id"])
    op.create_index(op.f("ix_answer_evidence_review_id"), "answer_evidence", ["review_id"])


def downgrade() -> None:
    for table in ("answer_evidence", "link_check", "stored_file", "evidence_version", "evidence"):
        op.drop_table(table)
