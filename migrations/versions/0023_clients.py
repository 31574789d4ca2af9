"""Clients of the API: requests for keys, how keys are used, and keys that replace others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_STATES = "'unconfirmed', 'open', 'granted', 'declined', 'collected'"


def upgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("tier", sa.String(length=20), server_default="standard", nullable=False))
        table.add_column(sa.Column("follows", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("revoked_reason", sa.String(length=500), server_default="", nullable=False))
        table.add_column(sa.Column("days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("warned_days", sa.Integer(), nullable=True))
        table.create_unique_constraint(op.f("uq_api_key_follows"), ["follows"])
        table.create_foreign_key(op.f("fk_api_key_follows_api_key"), "api_key", ["follows"], ["id"])
    _create_requests()
    _create_use()


def downgrade() -> None:
    op.drop_table("key_use")
    op.drop_table("key_request")
    with op.batch_alter_table("api_key") as table:
        table.drop_constraint(op.f("fk_api_key_follows_api_key"), type_="foreignkey")
        table.drop_constraint(op.f("uq_api_key_follows"), type_="unique")
        for name in ("warned_days", "days", "revoked_reason", "follows", "tier"):
            table.drop_column(name)


def _create_requests() -> None:
    op.create_table(
        "key_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("institution", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wished_tier", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("collect_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_key_request_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_key_request_decided_by_user")),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_key_request_key_id_api_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_key_request_token_hash")),
    )
    for columns in (["address_hash", "asked_at"], ["email", "asked_at"], ["asked_at"], ["state"]):
        op.create_index(op.f(f"ix_key_request_{'_'.join(columns)}"), "key_request", columns)


def _create_use() -> None:
    op.create_table(
        "key_use",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_key_use_key_id_api_key")),
        sa.PrimaryKeyConstraint("key_id", "day", "family", name=op.f("pk_key_use")),
    )
    op.create_index(op.f("ix_key_use_day"), "key_use", ["day"])
