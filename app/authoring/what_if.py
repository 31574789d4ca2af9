"""How past scores would move under a draft: computed when somebody asks, of groups alone, and never written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.authoring import drafts
from app.authoring.drafts import DraftEntry
from app.domain.benchmark.over_time.what_if import NodeMoves, PastReview, what_if
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.scoring.normalise import Series
from app.kit.actor import Actor
from app.kit.errors import NotReady
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.reviews import touched
from app.scores import service as scores

MOST_REVIEWS = 300
"""A few seconds of one processor with sixty questions; only the last signed are looked at beyond that."""
MOST_DECIMALS = 1
"""Whatever the draft says of its own scores: an author who chose six decimals and the points could read counts from a mean."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An estimate of what a version would do to the scores of past reviews; `is_cut`: older reviews were left out."""

    entry: DraftEntry
    questionnaire: Questionnaire
    nodes: tuple[NodeMoves, ...]
    is_cut: bool


def estimate(session: Session, actor: Actor, draft_id: UUID, most: int = MOST_REVIEWS) -> WhatIf:
    """Score anew what was signed under earlier versions, as far as answers stay as they are. Reads alone; a draft with problems
    raises NotReady."""
    draft = drafts.open_draft(session, actor, draft_id)
    after = draft.inspection.questionnaire
    if after is None or draft.inspection.problems:
        raise NotReady(mark("This draft has problems, so nothing can be scored by it. Correct them first."))
    signed = touched.last_signed(session, after.code, most + 1)
    documents = questionnaires.get_all_by_hash(session, {each.content_hash for each in signed})
    sheets = scores.sheets(session, [each.id for each in signed])
    past = [
        PastReview(each.economy, each.cycle, documents[each.content_hash], each.answers, sheets[each.id][Series.SELF])
        for each in signed[:most]
        if version_order(documents[each.content_hash].version) < version_order(after.version)
    ]
    return WhatIf(draft.entry, after, what_if(after, past), is_cut=len(signed) > most)


def rounded_move(change: float, decimals: int) -> float:
    """Return a change of scores as far as it is told."""
    return round(change, min(decimals, MOST_DECIMALS)) + 0.0  # no minus before a zero
