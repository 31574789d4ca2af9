"""Scores of a cycle's reviews under a later version of their questionnaire; printed with a label, never stored."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.domain.benchmark.over_time.backcast import backcast_all
from app.domain.questionnaire.document import version_order
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.kit.errors import Conflict
from app.questionnaires import service as questionnaires
from app.reviews import sign_off
from app.scores.service import STORED_SERIES, ScoreLine


@dataclass(frozen=True, slots=True)
class BackcastLine:
    """One node of one economy, and the share of its weight, 0 to 1, whose answers could be carried over."""

    line: ScoreLine
    carried: float


@dataclass(frozen=True, slots=True)
class BackcastRun:
    """A run of its own: which version was answered, under which one it is scored, and the scores."""

    answered_version: str
    answered_hash: str
    scored_version: str
    scored_hash: str
    lines: tuple[BackcastLine, ...]


def backcast_cycle(session: Session, questionnaire: str, version: str, cycle: str, series: Series, *, under: str) -> BackcastRun:
    """Score every review of a cycle as if a later version had been answered. For the command line.

    As `score_cycle` does, it takes the last submission of each review, or its answers so far.
    """
    if series not in STORED_SERIES:
        raise Conflict(
            "A back-cast takes answers as they were given, never the reviewed ones. Choose self or evidence_supported."
        )
    entry = economies.get_cycle(session, questionnaire, cycle)
    answered = questionnaires.get_version(session, questionnaire, version)
    later = questionnaires.get_version(session, questionnaire, under)
    if version_order(under) <= version_order(version):
        raise Conflict(f"A back-cast scores answers under a later version than {version}. Name a later one, or leave it out.")
    frozen = {review.entry.review_id: review.answers for review in sign_off.latest_of_cycle(session, entry.id)}
    reviews = [review for review in sign_off.open_of_cycle(session, entry.id) if review.questionnaire.version == version]
    found = backcast_all(answered, [frozen.get(review.id, review.answers) for review in reviews], later, series)
    return BackcastRun(
        answered_version=answered.version,
        answered_hash=answered.content_hash,
        scored_version=later.version,
        scored_hash=later.content_hash,
        lines=tuple(
            BackcastLine(
                ScoreLine(review.economy, node.code, node.score, node.coverage, node.reason.value if node.reason else ""),
                each.carried[node.code],
            )
            for review, each in zip(reviews, found, strict=True)
            for node in each.sheet.nodes.values()
        ),
    )
