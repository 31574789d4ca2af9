"""Who sent a review back and why; why a signed revision was begun; and reviewers who wait until a conflict is decided on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What was signed last was begun for the reason that its review still holds, unless it was reopened since.
_KEEP_REASONS = """
UPDATE submission SET reopen_reason = (
    SELECT review.reopen_reason FROM review
    WHERE review.id = submission.review_id AND review.revision = submission.revision
)
WHERE revision > 1 AND EXISTS (
    SELECT 1 FROM review WHERE review.id = submission.review_id AND review.revision = submission.revision
)
"""


def upgrade() -> None:
    op.add_column("review", sa.Column("sent_back_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("review", sa.Column("sent_back_by", sa.String(200), nullable=False, server_default=""))
    op.add_column("review", sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("reopen_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("peer_reviewer", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_KEEP_REASONS)


def downgrade() -> None:
    op.drop_column("peer_reviewer", "waits")
    op.drop_column("submission", "reopen_reason")
    for column in ("sent_back_at", "sent_back_by", "sent_back_reason"):
        op.drop_column("review", column)
