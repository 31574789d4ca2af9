"""Versions of the program that are not written yet: our migrations, and further ones after them, in a folder apart."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.infra.migrate import MIGRATIONS, newest

_IMPORTS = """
import sqlalchemy as sa
from alembic import op

"""
ADDS = """
def upgrade() -> None:
    op.add_column("answer", sa.Column("later", sa.Text(), nullable=True))
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("later")
    with op.batch_alter_table("answer") as table:
        table.drop_column("later")
"""
BREAKS = """
works_with_the_version_before = False


def upgrade() -> None:
    with op.batch_alter_table("answer") as table:
        table.alter_column("comment", new_column_name="remark")


def downgrade() -> None:
    with op.batch_alter_table("answer") as table:
        table.alter_column("remark", new_column_name="comment")
"""


def later(folder: Path, *bodies: str) -> Path:
    """Write the migrations of a later version: ours, then one with each of these bodies."""
    copy = folder / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    add(copy, *bodies)
    return copy


def add(migrations: Path, *bodies: str) -> None:
    """Put one migration with each of these bodies after the newest."""
    before = newest(folder=migrations)
    first = 9001 + len(list((migrations / "versions").glob("9*.py")))
    for number, body in enumerate(bodies, start=first):
        head = f'revision = "{number}"\ndown_revision = "{before}"\n'
        (migrations / "versions" / f"{number}_later.py").write_text(_IMPORTS + head + body, encoding="utf-8")
        before = str(number)
