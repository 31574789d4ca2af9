"""A second step of signing in: authenticator apps, passkeys, recovery codes; and single sign-on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _person(table: str, *, is_key: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user")),
        sa.PrimaryKeyConstraint("user_id" if is_key else "id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.add_column("session", sa.Column("has_second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "authenticator",
        *_person("authenticator", is_key=True),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_person("passkey"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(length=1_400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("last_used_at", _TIME, nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_person("passkey_challenge"),
        sa.Column("bound_to", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.CheckConstraint("purpose IN ('add', 'sign_in')", name=op.f("ck_passkey_challenge_purpose")),
    )
    op.create_index(op.f("ix_passkey_challenge_user_id"), "passkey_challenge", ["user_id"])
    op.create_index(op.f("ix_passkey_challenge_bound_to"), "passkey_challenge", ["bound_to"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_person("recovery_code"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_recovery_code_user_id_number")),
    )
    op.create_table(
        "factor_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_person("factor_failure"),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_factor_failure_user_id_at", "factor_failure", ["user_id", "at"])
    op.create_table(
        "half_signed_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_person("half_signed_in"),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.UniqueConstraint("token_hash", name=op.f("uq_half_signed_in_token_hash")),
    )
    op.create_index(op.f("ix_half_signed_in_user_id"), "half_signed_in", ["user_id"])
    op.create_index(op.f("ix_half_signed_in_expires_at"), "half_signed_in", ["expires_at"])
    op.create_table(
        "factor_reset",
        *_person("factor_reset", is_key=True),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("seen_at", _TIME, nullable=True),
    )
    op.create_table(
        "linked_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_person("linked_identity"),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_linked_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_linked_identity_user_id"), "linked_identity", ["user_id"])


def downgrade() -> None:
    for table in (
        "linked_identity",
        "factor_reset",
        "half_signed_in",
        "factor_failure",
        "recovery_code",
        "passkey_challenge",
        "passkey",
        "authenticator",
    ):
        op.drop_table(table)
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_column("has_second_factor")
