"""Named fields that go with an answer, beside its value and in its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("answer", "answer_revision")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("details", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "details")
