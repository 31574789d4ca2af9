"""Peer reviews, and the role of those who are invited to give one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = "role IN ('contributor', 'coordinator', 'approver', 'administrator', 'secretariat', 'analyst')"
_AFTER = "role IN ('contributor', 'coordinator', 'approver', 'administrator', 'secretariat', 'analyst', 'peer_reviewer')"
_STATES = "state in ('invited', 'open', 'in_response', 'closing', 'closed', 'declined', 'withdrawn')"
_SIDES = "side in ('reviewer', 'economy')"


def upgrade() -> None:
    for table in ("user", "invitation"):
        _replace_check(table, _BEFORE, _AFTER)
    op.create_table(
        "peer_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("reviewer_economy", sa.String(length=3), nullable=True),
        sa.Column("reviewer_name", sa.String(length=200), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("shows_evidence", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending_words", sa.Text(), nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_peer_review_state")),
        sa.CheckConstraint(
            "(reviewer_economy is null) = (invitation_id is not null)", name=op.f("ck_peer_review_expert_or_economy")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_peer_review_review_id_review")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_peer_review_submission_id_submission")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_peer_review_economy_economy")),
        sa.ForeignKeyConstraint(["reviewer_economy"], ["economy.code"], name=op.f("fk_peer_review_reviewer_economy_economy")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_peer_review_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], name=op.f("fk_peer_review_invited_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_review")),
    )
    for column in ("review_id", "submission_id", "reviewer_economy", "invitation_id"):
        op.create_index(op.f(f"ix_peer_review_{column}"), "peer_review", [column], unique=False)
    op.create_table(
        "peer_reviewer",
        *_whose("peer_reviewer"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_economy", sa.String(length=3), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("conflict_of_interest", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_peer_reviewer_user_id_user")),
        sa.ForeignKeyConstraint(["reviewer_economy"], ["economy.code"], name=op.f("fk_peer_reviewer_reviewer_economy_economy")),
        sa.UniqueConstraint("peer_review_id", "user_id", name=op.f("uq_peer_reviewer_peer_review_id_user_id")),
    )
    op.create_index(op.f("ix_peer_reviewer_user_id"), "peer_reviewer", ["user_id"], unique=False)
    op.create_table("peer_remark", *_whose("peer_remark"), *_said("peer_remark"))
    op.create_index(op.f("ix_peer_remark_peer_review_id_item"), "peer_remark", ["peer_review_id", "item"], unique=False)
    for table in ("peer_proposal", "peer_agreement"):
        op.create_table(
            table,
            *_whose(table),
            *_said(table),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("answer", sa.Text(), nullable=False),
            sa.UniqueConstraint("peer_review_id", "item", "number", name=op.f(f"uq_{table}_peer_review_id_item_number")),
        )


def downgrade() -> None:
    for table in ("peer_agreement", "peer_proposal", "peer_remark", "peer_reviewer", "peer_review"):
        op.drop_table(table)
    # There is no such role before: those who had it keep their account, which waits for an administrator.
    op.execute("UPDATE \"user\" SET role = 'analyst', is_disabled = true WHERE role = 'peer_reviewer'")
    op.execute("UPDATE invitation SET role = 'analyst', expires_at = created_at WHERE role = 'peer_reviewer'")
    for table in ("user", "invitation"):
        _replace_check(table, _AFTER, _BEFORE)


def _whose(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("peer_review_id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["peer_review_id"], ["peer_review.id"], name=op.f(f"fk_{table}_peer_review_id_peer_review")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f(f"fk_{table}_economy_economy")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _said(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_SIDES, name=op.f(f"ck_{table}_side")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user")),
    )


def _replace_check(table: str, before: str, after: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(table, before, after)
        return
    op.drop_constraint(op.f(f"ck_{table}_role"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_role"), table, after)


def _rebuild(table: str, before: str, after: str) -> None:
    """Make a table anew under another check. Alembic's batch mode would drop rows that others refer to, and foreign keys cannot
    be switched off inside a transaction; deferred, they are content once the rows are back under the same name."""
    connection = op.get_bind()
    kept = connection.exec_driver_sql(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
    ).all()
    (old,) = [sql for kind, sql in kept if kind == "table"]
    if before not in old:
        message = f"the table {table} has another check of roles than this migration knows"
        raise RuntimeError(message)
    for statement in (
        "PRAGMA defer_foreign_keys = ON",
        f'CREATE TEMPORARY TABLE kept_rows AS SELECT * FROM "{table}"',  # noqa: S608 - the names of our own tables
        f'DROP TABLE "{table}"',
        old.replace(before, after),
        f'INSERT INTO "{table}" SELECT * FROM kept_rows',  # noqa: S608 - the names of our own tables
        "DROP TABLE kept_rows",
        *(sql for kind, sql in kept if kind != "table"),
    ):
        connection.exec_driver_sql(statement)
