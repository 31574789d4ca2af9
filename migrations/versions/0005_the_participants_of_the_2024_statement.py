"""Those who adopted the ASEAN-U.S. statement of 2024: the ten Member States of that day, and the United States."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CODE = "ASEAN-US"
_MEMBERS = ("BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "VNM", "USA")
_GROUP = sa.table("economy_group", *(sa.column(name) for name in ("code", "title", "kind", "peers_of")))
_MEMBER = sa.table("group_member", sa.column("group_code"), sa.column("economy"))


def upgrade() -> None:
    group = {"code": _CODE, "title": "Participants in the ASEAN-U.S. statement on AI (2024)", "kind": "members", "peers_of": None}
    op.bulk_insert(_GROUP, [group])
    op.bulk_insert(_MEMBER, [{"group_code": _CODE, "economy": economy} for economy in _MEMBERS])


def downgrade() -> None:
    op.execute(sa.delete(_MEMBER).where(_MEMBER.c.group_code == _CODE))
    op.execute(sa.delete(_GROUP).where(_GROUP.c.code == _CODE))
