"""What is stored of a review, row by row: two looks that are equal have lost nothing and changed nothing."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel

from app.infra.db import Database

Rows = Mapping[str, list[tuple[object, ...]]]
_OF_A_REVIEW = ("answer", "answer_revision", "submission")


def rows_of(database: Database, review: UUID) -> Rows:
    """Return the review, its answers with their history, what was signed, and every score, as the tables hold them."""
    tables = SQLModel.metadata.tables
    found: dict[str, list[tuple[object, ...]]] = {}
    with database.read() as session:
        for name in _OF_A_REVIEW:
            statement = select(tables[name]).where(tables[name].c.review_id == review)
            found[name] = sorted((tuple(row) for row in session.execute(statement)), key=repr)
        own = select(tables["review"]).where(tables["review"].c.id == review)
        found["review"] = [tuple(row) for row in session.execute(own)]
        signed, sheets = tables["submission"], tables["score_sheet"]
        statement = select(sheets).join(signed, signed.c.id == sheets.c.submission_id).where(signed.c.review_id == review)
        found["score_sheet"] = sorted((tuple(row) for row in session.execute(statement)), key=repr)
    return found
