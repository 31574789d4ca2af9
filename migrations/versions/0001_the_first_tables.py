"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.audit.tables import GUARD

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("economy", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_economy"), ["economy"], unique=False)

    op.create_table(
        "cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("holds_own_answers", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("questionnaire", "code", name=op.f("uq_cycle_questionnaire_code")),
    )
    op.create_table(
        "economy",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("abbreviation", sa.String(length=8), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("formal_name", sa.String(length=120), nullable=False),
        sa.Column("list_name", sa.String(length=120), nullable=False),
        sa.Column("apec_order", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_economy")),
    )
    op.create_table(
        "economy_group",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("peers_of", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind in ('members', 'peers')", name=op.f("ck_economy_group_kind")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_economy_group")),
    )
    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=4000), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_questionnaire_version_code_version")),
    )
    with op.batch_alter_table("questionnaire_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questionnaire_version_content_hash"), ["content_hash"], unique=False)

    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_address_hash_at", ["address_hash", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_failure_at"), ["at"], unique=False)
        batch_op.create_index("ix_sign_in_failure_email_hash_at", ["email_hash", "at"], unique=False)

    op.create_table(
        "benchmark_cell",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("group_code", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("mean", sa.Float(), nullable=True),
        sa.Column("minimum", sa.Float(), nullable=True),
        sa.Column("q1", sa.Float(), nullable=True),
        sa.Column("median", sa.Float(), nullable=True),
        sa.Column("q3", sa.Float(), nullable=True),
        sa.Column("maximum", sa.Float(), nullable=True),
        sa.Column("band", sa.String(length=64), nullable=True),
        sa.Column("suppressed", sa.String(length=24), nullable=True),
        sa.Column("contributors", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_benchmark_cell_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("cycle_id", "version", "series", "node", "group_code", name=op.f("pk_benchmark_cell")),
    )
    op.create_table(
        "benchmark_shown",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("group_code", sa.String(length=64), nullable=False),
        sa.Column("contributors", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_benchmark_shown_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_shown")),
    )
    with op.batch_alter_table("benchmark_shown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_benchmark_shown_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "group_member",
        sa.Column("group_code", sa.String(length=64), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_group_member_economy_economy")),
        sa.ForeignKeyConstraint(["group_code"], ["economy_group.code"], name=op.f("fk_group_member_group_code_economy_group")),
        sa.PrimaryKeyConstraint("group_code", "economy", name=op.f("pk_group_member")),
    )
    op.create_table(
        "reference_figure",
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("scale", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.String(length=2000), nullable=False),
        sa.Column("licence", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_reference_figure_economy_economy")),
        sa.PrimaryKeyConstraint("economy", "series", "period", name=op.f("pk_reference_figure")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('draft', 'in_sign_off', 'submitted', 'reopened', 'closed')", name=op.f("ck_review_state")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_review_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_review_economy_economy")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_review_version_id_questionnaire_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("cycle_id", "economy", name=op.f("uq_review_cycle_id_economy")),
    )
    op.create_table(
        "shared_score",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("economy", sa.String(length=3), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("band", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.CheckConstraint("audience in ('private', 'peers', 'public')", name=op.f("ck_shared_score_audience")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_shared_score_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_shared_score_economy_economy")),
        sa.PrimaryKeyConstraint("cycle_id", "series", "node", "economy", name=op.f("pk_shared_score")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("economy", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role IN ('contributor', 'coordinator', 'approver')) = (economy IS NOT NULL)",
            name=op.f("ck_user_economy_goes_with_role"),
        ),
        sa.CheckConstraint(
            "role IN ('contributor', 'coordinator', 'approver', 'administrator', 'secretariat', 'analyst')",
            name=op.f("ck_user_role"),
        ),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_user_economy_economy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_economy"), ["economy"], unique=False)

    op.create_table(
        "answer",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state in ('answered', 'not_applicable', 'not_available', 'declined', 'blank')", name=op.f("ck_answer_state")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_answer_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "item", name=op.f("pk_answer")),
    )
    op.create_table(
        "answer_revision",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('answered', 'not_applicable', 'not_available', 'declined', 'blank')", name=op.f("ck_answer_revision_state")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_answer_revision_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_answer_revision_user_id_user")),
        sa.PrimaryKeyConstraint("review_id", "item", "version", name=op.f("pk_answer_revision")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_key_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_key_secret_hash")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_user_id"), ["user_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("audience in ('private', 'peers', 'public')", name=op.f("ck_consent_audience")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_consent_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_review_id"), ["review_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("economy", sa.String(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(role IN ('contributor', 'coordinator', 'approver')) = (economy IS NOT NULL)",
            name=op.f("ck_invitation_economy_goes_with_role"),
        ),
        sa.CheckConstraint(
            "role IN ('contributor', 'coordinator', 'approver', 'administrator', 'secretariat', 'analyst')",
            name=op.f("ck_invitation_role"),
        ),
        sa.ForeignKeyConstraint(["economy"], ["economy.code"], name=op.f("fk_invitation_economy_economy")),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], name=op.f("fk_invitation_invited_by_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_invitation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_economy"), ["economy"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("answers_hash", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_submission_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_submission_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("review_id", "revision", name=op.f("uq_submission_review_id_revision")),
    )
    op.create_table(
        "score_sheet",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("method_version", sa.String(length=16), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_score_sheet_submission_id_submission")),
        sa.PrimaryKeyConstraint("submission_id", "series", name=op.f("pk_score_sheet")),
    )

    for statement in GUARD.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("score_sheet")
    op.drop_table("submission")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_session_expires_at"))

    op.drop_table("session")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_economy"))

    op.drop_table("invitation")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_review_id"))

    op.drop_table("consent")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_user_id"))

    op.drop_table("api_key")
    op.drop_table("answer_revision")
    op.drop_table("answer")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_economy"))

    op.drop_table("user")
    op.drop_table("shared_score")
    op.drop_table("review")
    op.drop_table("reference_figure")
    op.drop_table("group_member")
    with op.batch_alter_table("benchmark_shown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_benchmark_shown_cycle_id"))

    op.drop_table("benchmark_shown")
    op.drop_table("benchmark_cell")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failure_email_hash_at")
        batch_op.drop_index(batch_op.f("ix_sign_in_failure_at"))
        batch_op.drop_index("ix_sign_in_failure_address_hash_at")

    op.drop_table("sign_in_failure")
    with op.batch_alter_table("questionnaire_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questionnaire_version_content_hash"))

    op.drop_table("questionnaire_version")
    op.drop_table("economy_group")
    op.drop_table("economy")
    op.drop_table("cycle")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_economy"))

    op.drop_table("audit_event")
