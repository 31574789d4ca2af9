"""What must not happen on any night: answers that are errors, and saves that were acknowledged and are not stored."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

from sqlmodel import select

from app.cli.bench.load.people import Night
from app.cli.bench.load.world import World
from app.infra.db import open_database
from app.reviews.tables import AnswerRevision

_MOST_KINDS = 10


def tell(errors: Sequence[str]) -> None:
    """Name the errors, which no row can."""
    for words, times in Counter(errors).most_common(_MOST_KINDS):
        sys.stderr.write(f"{times} x {words}\n")


def lost(world: World, *nights: Night) -> int:
    """Count the acknowledged saves that are not stored as they were sent."""
    database = open_database(world.url, pool_size=2)
    columns = (AnswerRevision.review_id, AnswerRevision.item, AnswerRevision.version, AnswerRevision.comment)
    with database.read() as session:
        stored = {(review, item, version): comment for review, item, version, comment in session.exec(select(*columns))}
    database.dispose()
    return sum(stored.get(place) != words for night in nights for place, words in night.acknowledged.items())
