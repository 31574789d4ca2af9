"""Collect what a release of a cycle is made from: what is shown today, and the signed answers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.benchmarks import released
from app.benchmarks.released import ShownCycle
from app.domain.benchmark.consent import sections_of_nodes
from app.domain.benchmark.robustness.uncertainty import REPLICATES
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.release.making import Sheets
from app.domain.release.number import ReleaseNumber
from app.domain.release.record import CellRecord, Record, SignedReview
from app.domain.scoring.sheet import METHOD_VERSION
from app.economies import service as economies
from app.kit.ids import sha256
from app.peer_reviews import service as peer_reviews
from app.releases import queries
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview
from app.scores import service as scores

_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Material:
    """What a release is made from. `newest`: the release before it, None for the first; `sheets`: by contributor."""

    cycle_id: UUID
    questionnaire: str
    number: ReleaseNumber
    newest: UUID | None
    shown: ShownCycle
    record: Record
    sheets: Mapping[str, Sheets]

    @property
    def fingerprint(self) -> str:
        """Name what is shown and the number, to tell later whether both are the same."""
        return sha256(repr((str(self.number), self.shown)).encode())[:_LENGTH]

    def sheets_of(self, _: Questionnaire, reviews: Sequence[SignedReview]) -> list[Sheets]:
        """Return the stored sheets of some reviews."""
        return [self.sheets[review.token] for review in reviews]


def collect(
    session: Session, questionnaire: str, cycle: str, *, is_patch: bool = False, replicates: int = REPLICATES
) -> Material:
    """Read what the next release, or the next patch of the newest, is made from."""
    entry = economies.get_cycle(session, questionnaire, cycle)
    newest = queries.newest_of(session, entry.id)
    number = ReleaseNumber(cycle, 1, 0)
    if newest is not None:
        before = ReleaseNumber(cycle, newest.minor, newest.patch)
        number = before.next_patch() if is_patch else before.next_minor()
        replicates = newest.replicates if is_patch else replicates  # ranges of those who stayed are the same to the last digit
    shown = released.shown_of_cycle(session, entry.id)
    reviews, documents, sheets = _signed(session, entry.id, shown)
    record = Record(
        name=f"{questionnaire} {number}",
        method_version=METHOD_VERSION,
        replicates=replicates,
        is_own=entry.holds_own_answers,
        documents=documents,
        reviews=reviews,
        cells=tuple(
            CellRecord(cell.row.version, cell.row.series, cell.row.node, cell.row.group, cell.row.suppressed, cell.contributors)
            for cell in shown.cells
        ),
    )
    return Material(entry.id, questionnaire, number, newest.id if newest else None, shown, record, sheets)


def _signed(
    session: Session, cycle_id: UUID, shown: ShownCycle
) -> tuple[tuple[SignedReview, ...], dict[str, Questionnaire], dict[str, Sheets]]:
    """Return the signed reviews that count in what is shown, the versions that they answer, and their sheets."""
    latest = sign_off.latest_of_cycle(session, cycle_id)
    told = {(row.economy, row.revision) for row in shown.scores} | _contributors(shown)
    current = {_key(review) for review in latest}
    earlier = _earlier(session, cycle_id, told - current)
    counting = [review for review in latest if _key(review) in told or review.questionnaire.is_relative]
    frozen = [*counting, *earlier]
    ids = [review.entry.id for review in frozen]
    agreed, sheets = peer_reviews.agreed_of(session, ids), scores.sheets(session, ids)
    consents = released.consents_of(session, [review.entry.review_id for review in frozen])
    documents = {review.questionnaire.version: review.questionnaire for review in [*latest, *earlier]}
    feeding = {version: sections_of_nodes(document) for version, document in documents.items()}
    public: dict[tuple[str, int], set[str]] = {}
    for row in shown.scores:
        public.setdefault((row.economy, row.revision), set()).add(row.node)
    reviews = [
        SignedReview(
            economy=review.economy,
            revision=review.entry.revision,
            version=review.questionnaire.version,
            answers=review.answers,
            answers_hash=review.entry.answers_hash,
            agreed=agreed.get(review.entry.id),
            consents=released.as_shown(
                consents[review.entry.review_id], feeding[review.questionnaire.version], public.get(_key(review), set())
            ),
            is_latest=_key(review) in current,
        )
        for review in frozen
    ]
    return (
        tuple(sorted(reviews, key=lambda review: (review.economy, review.revision))),
        {version: documents[version] for version in sorted(documents, key=version_order)},
        {review.token: sheets[each.entry.id] for review, each in zip(reviews, frozen, strict=True)},
    )


def _contributors(shown: ShownCycle) -> set[tuple[str, int]]:
    named = (each.split(":") for cell in shown.cells for each in cell.contributors)
    return {(economy, int(revision)) for economy, revision in named}


def _earlier(session: Session, cycle_id: UUID, wanted: set[tuple[str, int]]) -> list[FrozenReview]:
    if not wanted:
        return []
    signed = sign_off.signed_of_cycle(session, cycle_id)
    return sign_off.frozen_by_id(session, tuple(id_ for key, id_ in signed.items() if key in wanted))


def _key(review: FrozenReview) -> tuple[str, int]:
    return review.economy, review.entry.revision
