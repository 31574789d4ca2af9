"""The second wall between economies: PostgreSQL gives a transaction only the rows of its scope, whatever it asks.

SQLite has no row-level security; there the program puts the wall on each of its connections.
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
works_with_the_version_before = False  # it would say for nobody whose rows it reads, and find none

_SCOPE = "(SELECT current_setting('readiness.scope', true))"
_ALL = f"{_SCOPE} = '*'"
# By their own columns.
_OWN = {
    "review": ("economy",),
    "answer_evidence": ("economy",),
    "review_move": ("economy",),
    "progress_showing": ("economy",),
    "shared_score": ("economy",),
    "evidence": ("economy",),
    "evidence_version": ("economy",),
    "stored_file": ("economy",),
    "link_check": ("economy",),
    "assignment": ("economy",),
    "thread": ("economy",),
    "thread_post": ("economy",),
    "thread_mention": ("economy",),
    "presence": ("economy",),
    "visit": ("economy",),
    "workbook_upload": ("economy",),
    "peer_review": ("economy", "reviewer_economy"),
    "peer_reviewer": ("economy", "reviewer_economy"),
    "peer_remark": ("economy",),
    "peer_proposal": ("economy",),
    "peer_agreement": ("economy",),
    "report": ("economy",),
}
# By the row above them, which stands behind a wall itself.
_CHILDREN = {
    "answer": ("review_id", "review"),
    "answer_revision": ("review_id", "review"),
    "submission": ("review_id", "review"),
    "consent": ("review_id", "review"),
    "score_sheet": ("submission_id", "submission"),
}
# What others may read as well.
_SHOWN = {
    "shared_score": "\"shared_score\".audience IN ('peers', 'public')",
    "report": "\"report\".kind IN ('public', 'paper')",
}


def upgrade() -> None:
    op.create_index(op.f("ix_review_economy"), "review", ["economy"])
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _OWN.items():
        _wall(table, " OR ".join((_ALL, *(_among(f'"{table}"."{column}"') for column in columns))))
    for table, (column, parent) in _CHILDREN.items():
        _wall(table, f'{_ALL} OR EXISTS (SELECT 1 FROM "{parent}" WHERE "{parent}".id = "{table}"."{column}")')  # noqa: S608 - names of our own tables
    inside = f"{_ALL} OR " + _among('"report"."economy"')
    _wall("report_file", f"{_ALL} OR {_of_a_report(inside)}")
    for table, shown in (*_SHOWN.items(), ("report_file", _of_a_report(_SHOWN["report"]))):
        op.execute(f'CREATE POLICY shown ON "{table}" FOR SELECT USING ({shown})')


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in (*_SHOWN, "report_file"):
            op.execute(f'DROP POLICY shown ON "{table}"')
        for table in ("report_file", *_CHILDREN, *_OWN):
            op.execute(f'DROP POLICY wall ON "{table}"')
            op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    op.drop_index(op.f("ix_review_economy"), "review")


def _wall(table: str, inside: str) -> None:
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY wall ON "{table}" USING ({inside}) WITH CHECK ({inside})')


def _among(column: str) -> str:
    return f"{column} = ANY (string_to_array({_SCOPE}, ','))"


def _of_a_report(condition: str) -> str:
    return f'EXISTS (SELECT 1 FROM "report" WHERE "report".id = "report_file"."report_id" AND ({condition}))'  # noqa: S608 - names of our own tables
