"""A piece of evidence is attached to an item once; what was attached again meanwhile ends at the moment at which it began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_END_THE_LATER_ONES = """
UPDATE answer_evidence SET removed_at = added_at, removed_by = added_by
WHERE removed_at IS NULL AND EXISTS (
    SELECT 1 FROM answer_evidence AS earlier
    WHERE earlier.review_id = answer_evidence.review_id
    AND earlier.item = answer_evidence.item
    AND earlier.evidence_id = answer_evidence.evidence_id
    AND earlier.removed_at IS NULL
    AND (
        earlier.added_at < answer_evidence.added_at
        OR (earlier.added_at = answer_evidence.added_at AND earlier.id < answer_evidence.id)
    )
)
"""


def upgrade() -> None:
    op.execute(_END_THE_LATER_ONES)
    op.create_index(
        "uq_answer_evidence_attached",
        "answer_evidence",
        ["review_id", "item", "evidence_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_answer_evidence_attached", "answer_evidence")
