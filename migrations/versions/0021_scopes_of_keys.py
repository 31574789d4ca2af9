"""What a key may do beside reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("scopes", sa.String(length=200), server_default="read", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.drop_column("scopes")
