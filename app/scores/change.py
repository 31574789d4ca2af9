"""How an economy's results changed since its review of an earlier cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.domain.benchmark.over_time.change import NodeChange, change
from app.domain.benchmark.over_time.common_core import core_of
from app.domain.scoring.normalise import Series
from app.kit.actor import Actor
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview
from app.scores.service import STORED_SERIES


@dataclass(frozen=True, slots=True)
class ChangeSince:
    """Two signed reviews of one economy, and what changed at every node of the later one, in each series asked for."""

    before: FrozenReview
    after: FrozenReview
    series: Mapping[Series, Mapping[str, NodeChange]]

    @property
    def notices(self) -> tuple[str, ...]:
        """What every reader must know of the data of either cycle; each once."""
        return tuple(dict.fromkeys(filter(None, (self.after.cycle.notice, self.before.cycle.notice))))


def get_change(session: Session, actor: Actor, review_id: UUID, revision: int) -> ChangeSince | None:
    """Return what changed up to a revision of the actor's economy; None without an earlier review, others raise NotFound."""
    return find_change(session, actor, sign_off.get_submission(session, actor, review_id, revision), STORED_SERIES)


def find_change(session: Session, actor: Actor, after: FrozenReview, series: Sequence[Series]) -> ChangeSince | None:
    """Compare a signed review with the last one that the economy signed in the nearest earlier cycle.

    Both are scored now from the signed answers, by one method: stored sheets may come from two.
    """
    before = sign_off.find_earlier(session, actor, after)
    if before is None:
        return None
    return ChangeSince(
        before,
        after,
        {one: change(core_of(before.questionnaire, after.questionnaire, one), before.answers, after.answers) for one in series},
    )
