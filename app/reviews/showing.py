"""Whether administrators see how far a review is: its coordinator decides, and unless somebody did, they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Forbidden
from app.reviews import showing_queries as queries
from app.reviews.service import get_for
from app.reviews.tables import ProgressShowing


@dataclass(frozen=True, slots=True)
class Showing:
    """What was chosen last, by whom and when; without a choice nothing is shown."""

    is_shown: bool = False
    chosen_at: datetime | None = None
    chosen_by: str = ""


def get_showing(session: Session, actor: Actor, review_id: UUID) -> Showing:
    """Return what an economy chose for its own review; of foreign ones nothing is known here."""
    row = queries.find_newest(session, actor.economy or "", review_id) if actor.is_official else None
    return Showing() if row is None else Showing(row.is_shown, row.chosen_at, row.chosen_by)


def choose(session: Session, actor: Actor, review_id: UUID, *, is_shown: bool) -> Showing:
    """Show administrators how far a review is, or do not any more; at any time, also when the cycle is closed."""
    review = get_for(session, actor, review_id, lock=True)
    if actor.role is not Role.COORDINATOR:
        raise Forbidden("Only the coordinator of an economy decides what administrators see. Ask yours.")
    before = queries.find_newest(session, review.economy, review_id)
    if is_shown == (before is not None and before.is_shown):
        return get_showing(session, actor, review_id)
    row = ProgressShowing(
        review_id=review_id,
        number=1 if before is None else before.number + 1,
        economy=review.economy,
        is_shown=is_shown,
        chosen_at=clock.now(),
        chosen_by=actor.name,
    )
    queries.add(session, row)
    act = "reviews.progress_shown" if is_shown else "reviews.progress_hidden"
    audit.record(session, actor, act, target_kind="review", target_id=review_id, economy=review.economy)
    return Showing(row.is_shown, row.chosen_at, row.chosen_by)
