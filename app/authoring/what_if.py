"""How past scores would move under a draft: computed when somebody asks, of groups alone, and never written anywhere.

Each look is recorded, for two can be compared: an author could subtract an estimate of fourteen reviews from one of fifteen.
So what is looked at stays as it was at the last look until enough economies signed since (docs/decisions/0041).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.authoring import drafts
from app.authoring.drafts import DraftEntry, OpenDraft
from app.authoring.workbook.origin import fingerprint
from app.domain.benchmark.disclosure import SMALLEST_GROUP
from app.domain.benchmark.over_time.what_if import NodeMoves, PastReview, what_if
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.scoring.normalise import Series
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import NotReady
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.reviews import touched
from app.reviews.touched import Signature
from app.scores import service as scores

MOST_REVIEWS = 300
"""A few seconds of one processor with sixty questions; only the last signed are looked at beyond that."""
MOST_DECIMALS = 1
"""Whatever the draft says of its own scores: an author who chose six decimals and the points could read counts from a mean."""
_LOOKED = "authoring.estimated"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An estimate of what a version would do to the scores of past reviews; `is_cut`: older reviews were left out."""

    entry: DraftEntry
    questionnaire: Questionnaire
    nodes: tuple[NodeMoves, ...]
    is_cut: bool


class _Signing(Protocol):
    @property
    def economy(self) -> str: ...
    @property
    def content_hash(self) -> str: ...


S = TypeVar("S", bound=_Signing)


def look(session: Session, actor: Actor, draft_id: UUID, most: int = MOST_REVIEWS) -> datetime:
    """Record that somebody looks, and return up to when what was signed is looked at. A draft with problems raises NotReady."""
    draft = drafts.open_draft(session, actor, draft_id)
    after = _scorable(draft)
    audit.take_turn(session)
    last = audit.find_last(session, actor, _LOOKED, after.code)
    until = _until(session, after.code, None if last is None else datetime.fromisoformat(str(last.detail["until"])), most)
    detail = {"draft": str(draft_id), "content_hash": fingerprint(draft.document), "until": until.isoformat()}
    audit.record(session, actor, _LOOKED, target_kind="questionnaire", target_id=after.code, detail=detail)
    return until


def estimate(session: Session, actor: Actor, draft_id: UUID, until: datetime, most: int = MOST_REVIEWS) -> WhatIf:
    """Score anew what was signed under earlier versions, as far as answers stay as they are. Reads alone. `until`: as `look`
    says."""
    draft = drafts.open_draft(session, actor, draft_id)
    after = _scorable(draft)
    signed = touched.last_signed(session, after.code, until, most + 1)
    documents = questionnaires.get_all_by_hash(session, {each.content_hash for each in signed})
    earlier = {hash_ for hash_, each in documents.items() if version_order(each.version) < version_order(after.version)}
    found = [each for each in signed[:most] if each.content_hash in earlier]
    counted = _of_enough(found) or found[: SMALLEST_GROUP - 1]  # too few of each: so few that nothing is told of them
    sheets = scores.sheets(session, [each.id for each in counted])
    past = [
        PastReview(each.economy, each.cycle, documents[each.content_hash], each.answers, sheets[each.id][Series.SELF])
        for each in counted
    ]
    return WhatIf(draft.entry, after, what_if(after, past), is_cut=len(signed) > most)


def rounded_move(change: float, decimals: int) -> float:
    """Return a change of scores as far as it is told."""
    return round(change, min(decimals, MOST_DECIMALS)) + 0.0  # no minus before a zero


def _scorable(draft: OpenDraft) -> Questionnaire:
    after = draft.inspection.questionnaire
    if after is None or draft.inspection.problems:
        raise NotReady(mark("This draft has problems, so nothing can be scored by it. Correct them first."))
    return after


def _until(session: Session, questionnaire: str, looked: datetime | None, most: int) -> datetime:
    now = clock.now()
    signed = touched.signatures(session, questionnaire, now, most)
    newest = max((each.at for each in signed), default=now)
    if looked is None or _may_be_compared(touched.signatures(session, questionnaire, looked, most), signed):
        return newest
    return looked


def _may_be_compared(before: Sequence[Signature], now: Sequence[Signature]) -> bool:
    """Tell whether estimates of both may be subtracted: in no version those who differ are a few. Which versions are looked at
    is in the author's hands, by the number of the draft."""
    old, new = _by_version(_of_enough(before)), _by_version(_of_enough(now))
    differ = [{each.economy for each in {*old.get(hash_, ())} ^ {*new.get(hash_, ())}} for hash_ in old.keys() | new.keys()]
    return all(not economies or len(economies) >= SMALLEST_GROUP for economies in differ)


def _of_enough(signed: Iterable[S]) -> list[S]:
    """Leave out what few economies signed under a version."""
    listed = list(signed)
    found = _by_version(listed)
    return [each for each in listed if len({one.economy for one in found[each.content_hash]}) >= SMALLEST_GROUP]


def _by_version(signed: Iterable[S]) -> Mapping[str, list[S]]:
    found: dict[str, list[S]] = defaultdict(list)
    for each in signed:
        found[each.content_hash].append(each)
    return found
