"""Mail that is to be sent, links for new passwords, each person's choice of mails, and the time zone of every economy."""

from __future__ import annotations

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ZONES = Path(__file__).resolve().parent.parent / "data" / "time_zones.csv"
_ECONOMY = sa.table("economy", sa.column("code"), sa.column("time_zone"))
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_mail()
    _create_password_reset()
    _create_choices()
    op.add_column("invitation", sa.Column("mail_id", sa.Uuid(), nullable=True))
    op.add_column("economy", sa.Column("time_zone", sa.String(64), nullable=False, server_default="UTC"))
    with _ZONES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            op.execute(sa.update(_ECONOMY).where(_ECONOMY.c.code == row["economy"]).values(time_zone=row["time_zone"]))


def downgrade() -> None:
    op.drop_column("economy", "time_zone")
    op.drop_column("invitation", "mail_id")
    for table in ("unsubscribe_link", "mail_round", "mail_choice", "password_reset", "mail"):
        op.drop_table(table)


def _create_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("unsubscribe_url", sa.String(), nullable=False),
        sa.Column("economy", sa.String(3), nullable=True),
        sa.Column("once", sa.String(120), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", _TIME, nullable=False),
        sa.Column("useful_until", _TIME, nullable=True),
        sa.Column("last_error", sa.String(40), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_mail_state")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_mail_economy_economy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("once", name=op.f("uq_mail_once")),
    )
    op.create_index("ix_mail_state_next_attempt_at", "mail", ["state", "next_attempt_at"])
    op.create_index(op.f("ix_mail_created_at"), "mail", ["created_at"])


def _create_password_reset() -> None:
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_hash", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("used_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_password_reset_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    op.create_index("ix_password_reset_email_hash_asked_at", "password_reset", ["email_hash", "asked_at"])
    op.create_index("ix_password_reset_address_hash_asked_at", "password_reset", ["address_hash", "asked_at"])
    op.create_index(op.f("ix_password_reset_asked_at"), "password_reset", ["asked_at"])


def _create_choices() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("weekly_digest", sa.Boolean(), nullable=False),
        sa.Column("due_reminders", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mail_choice_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "mail_round",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mail_round_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_mail_round")),
    )
    op.create_table(
        "unsubscribe_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_unsubscribe_link_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsubscribe_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_unsubscribe_link_token_hash")),
    )
    op.create_index(op.f("ix_unsubscribe_link_user_id"), "unsubscribe_link", ["user_id"])
    op.create_index(op.f("ix_unsubscribe_link_expires_at"), "unsubscribe_link", ["expires_at"])
