"""The database itself refuses to change a published version; and a version can be retired, with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.questionnaires.tables import GUARD

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retirement",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_retirement_version_id_questionnaire_version")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_retirement")),
    )
    for statement in GUARD.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in GUARD.dropping(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("retirement")
