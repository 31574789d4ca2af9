"""The economies, and the groups that are compared: names as APEC writes them, in APEC's order."""

from __future__ import annotations

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DATA = Path(__file__).resolve().parent.parent / "data"
_ECONOMY = sa.table(
    "economy", *(sa.column(name) for name in ("code", "abbreviation", "short_name", "formal_name", "list_name", "apec_order"))
)
_GROUP = sa.table("economy_group", *(sa.column(name) for name in ("code", "title", "kind", "peers_of")))
_MEMBER = sa.table("group_member", sa.column("group_code"), sa.column("economy"))


def upgrade() -> None:
    economies = [{**row, "apec_order": int(row["apec_order"]) if row["apec_order"] else None} for row in _rows("economies.csv")]
    groups = _rows("groups.csv")
    members = [{"group_code": row["group"], "economy": code} for row in groups for code in row["economies"].split(";")]
    op.bulk_insert(_ECONOMY, economies)
    op.bulk_insert(
        _GROUP,
        [
            {"code": row["group"], "title": row["title"], "kind": row["kind"], "peers_of": row["peers_of"] or None}
            for row in groups
        ],
    )
    op.bulk_insert(_MEMBER, members)


def downgrade() -> None:
    for table in (_MEMBER, _GROUP, _ECONOMY):
        op.execute(sa.delete(table))


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
