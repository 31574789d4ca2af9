"""Options of a checklist that do not apply, beside the ticks of an answer and in its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("answer", "answer_revision")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("not_applicable", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "not_applicable")
