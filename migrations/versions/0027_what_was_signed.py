"""The database itself refuses to change or remove what was signed, and the time of it."""

from __future__ import annotations

from alembic import op

from app.reviews.tables import GUARD

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in GUARD.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in GUARD.dropping(op.get_bind().dialect.name):
        op.execute(statement)
