"""Score submissions when they are made, read their sheets, and open any number down to its inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.explain import Explanation, explain
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import ItemScore, ScoreSheet, score_all
from app.economies import service as economies
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound
from app.peer_reviews import service as peer_reviews
from app.peer_reviews.closing import PeerReviewClosed
from app.questionnaires import service as questionnaires
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview, Submitted
from app.scores import queries

STORED_SERIES = (Series.SELF, Series.EVIDENCE_SUPPORTED)
"""The series that every submission has; the reviewed one comes with the first closed peer review that agreed on something."""
NOT_REVIEWED = "No peer review is closed yet, so there is no reviewed series. Choose self or evidence_supported."
_SHEET = TypeAdapter(ScoreSheet)


@dataclass(frozen=True, slots=True)
class Results:
    """The frozen review that results belong to, its sheet in each series, and the answers that peer reviews agreed."""

    review: FrozenReview
    sheets: dict[Series, ScoreSheet]
    agreed: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def questionnaire(self) -> Questionnaire:
        """What was answered."""
        return self.review.questionnaire

    @property
    def answers(self) -> Mapping[str, Answer]:
        """What was signed."""
        return self.review.answers

    def answers_of(self, series: Series) -> Mapping[str, Answer]:
        """Return the answers that a series takes."""
        return self.agreed if series is Series.REVIEWED else self.review.answers


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One node of one economy, for files."""

    economy: str
    node: str
    score: float | None
    coverage: float
    reason: str


def score_submissions(session: Session, submitted: Submitted) -> None:
    """Score new submissions in every series and store the sheets. Follows the fact `Submitted`.

    Where a scheme has scales relative to those who take part, a new submission moves the scores of all: the last submissions
    of the whole cycle are scored anew, and sheets of earlier revisions stay as they were.
    """
    frozen = sign_off.frozen_by_id(session, submitted.submissions)
    moved = {review.questionnaire.content_hash for review in frozen if review.questionnaire.is_relative}
    others = sign_off.latest_of_cycle(session, submitted.cycle_id) if moved else []
    everyone = {review.entry.id: review for review in others if review.questionnaire.content_hash in moved}
    # Nobody has reviewed what was signed this moment, nor any index with relative scales: these take no peer review.
    _store(session, [*(review for review in frozen if review.questionnaire.content_hash not in moved), *everyone.values()], {})


def score_reviewed(session: Session, closed: PeerReviewClosed) -> None:
    """Score what a closed peer review agreed, together with what earlier ones did. Follows the fact `PeerReviewClosed`."""
    store(session, sign_off.frozen_by_id(session, (closed.submission_id,)))


def store(session: Session, frozen: Iterable[FrozenReview]) -> None:
    """Compute and store the sheets of frozen reviews, replacing older computations of the same."""
    reviews = list(frozen)
    _store(session, reviews, peer_reviews.agreed_of(session, [review.entry.id for review in reviews]))


def _store(session: Session, frozen: Iterable[FrozenReview], agreed: Mapping[UUID, Mapping[str, Answer]]) -> None:
    by_version: dict[str, list[FrozenReview]] = {}
    for review in frozen:
        by_version.setdefault(review.questionnaire.content_hash, []).append(review)
    rows = [
        {
            "submission_id": review.entry.id,
            "series": series.value,
            "method_version": sheet.method_version,
            "content_hash": sheet.content_hash,
            "sheet": _SHEET.dump_json(sheet).decode(),
            "computed_at": clock.now(),
        }
        for reviews in by_version.values()
        for series in Series
        for review, sheet in _scored(reviews, series, agreed)
    ]
    if rows:
        queries.put_sheets(session, rows)


def _scored(
    reviews: Sequence[FrozenReview], series: Series, agreed: Mapping[UUID, Mapping[str, Answer]]
) -> Iterable[tuple[FrozenReview, ScoreSheet]]:
    """Score reviews of one version in a series; in the reviewed one, those of which something was agreed."""
    if series is Series.REVIEWED:
        reviews = [review for review in reviews if review.entry.id in agreed]
    if not reviews:
        return ()
    given, document = [review.answers for review in reviews], reviews[0].questionnaire
    found = [agreed[review.entry.id] for review in reviews] if series is Series.REVIEWED else None
    return zip(reviews, score_all(document, given, series, agreed=found), strict=True)


def get_results(session: Session, actor: Actor, review_id: UUID, revision: int) -> Results:
    """Return the results of a frozen revision of the actor's economy; others raise NotFound."""
    frozen = sign_off.get_submission(session, actor, review_id, revision)
    stored = sheets(session, [frozen.entry.id])[frozen.entry.id]
    agreed = peer_reviews.agreed_of(session, [frozen.entry.id]) if Series.REVIEWED in stored else {}
    return Results(frozen, stored, agreed.get(frozen.entry.id, {}))


def explain_node(results: Results, node: str, series: Series = Series.SELF) -> Explanation:
    """Open one node of the results down to its children; an unknown node raises NotFound."""
    if node not in results.review.questionnaire.nodes:
        raise NotFound("score")
    return explain(results.review.questionnaire, results.sheets[series], node)


def widest_gaps(results: Results, most: int = 5) -> list[ItemScore]:
    """Return the answered items that are furthest from everything in place, the widest gap first, ties as in the form."""
    questionnaire = results.review.questionnaire
    scale = questionnaire.scheme.scale
    # What is placed beside others has no everything to reach.
    fixed = [
        item
        for item in results.sheets[Series.SELF].items.values()
        if questionnaire.normalisation_of(questionnaire.items[item.code]) is None
    ]
    found = [(item.score, position, item) for position, item in enumerate(fixed) if item.score is not None and item.score < scale]
    return [item for _score, _position, item in sorted(found, key=lambda gap: gap[:2])[:most]]


def sheets(session: Session, submissions: Collection[UUID]) -> dict[UUID, dict[Series, ScoreSheet]]:
    """Return the stored sheets of some submissions, for the rooms that compare them."""
    found: dict[UUID, dict[Series, ScoreSheet]] = {submission: {} for submission in submissions}
    for row in queries.sheets_of(session, submissions):
        found[row.submission_id][Series(row.series)] = _SHEET.validate_json(row.sheet)
    return found


def score_cycle(session: Session, questionnaire: str, version: str, cycle: str, series: Series) -> list[ScoreLine]:
    """Score every review of a cycle anew: its last submission, or its answers so far. For the command line."""
    entry = economies.get_cycle(session, questionnaire, cycle)
    if series is Series.REVIEWED:
        return _reviewed_cycle(session, entry.id, version)
    frozen = {
        review.economy: review.answers
        for review in sign_off.latest_of_cycle(session, entry.id)
        if review.questionnaire.version == version
    }
    reviews = [review for review in sign_off.open_of_cycle(session, entry.id) if review.questionnaire.version == version]
    if not reviews:
        questionnaires.get_version(session, questionnaire, version)  # a version that is not published is no empty list
        return []
    scored = score_all(reviews[0].questionnaire, [frozen.get(review.economy, review.answers) for review in reviews], series)
    return _lines((review.economy, sheet) for review, sheet in zip(reviews, scored, strict=True))


def _reviewed_cycle(session: Session, cycle_id: UUID, version: str) -> list[ScoreLine]:
    """Score the last submissions of which peer reviews agreed something."""
    frozen = [review for review in sign_off.latest_of_cycle(session, cycle_id) if review.questionnaire.version == version]
    scored = [*_scored(frozen, Series.REVIEWED, peer_reviews.agreed_of(session, [review.entry.id for review in frozen]))]
    if not scored:
        raise Conflict(NOT_REVIEWED)
    return _lines((review.economy, sheet) for review, sheet in scored)


def _lines(scored: Iterable[tuple[str, ScoreSheet]]) -> list[ScoreLine]:
    return [
        ScoreLine(economy, node.code, node.score, node.coverage, node.reason.value if node.reason else "")
        for economy, sheet in scored
        for node in sheet.nodes.values()
    ]
