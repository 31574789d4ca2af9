"""Which migrations a database has been through, and whether the version of the program before each can live with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schema_step",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("breaks", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_step")),
    )


def downgrade() -> None:
    op.drop_table("schema_step")
