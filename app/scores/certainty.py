"""How sure the scores of signed reviews are: the range in which each lies when uncertain choices are made otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import BLANK, AnswerState
from app.domain.benchmark.robustness.ranges import Range, range_of
from app.domain.benchmark.robustness.scored_answers import CellState, ScoredAnswers, scored_answers
from app.domain.benchmark.robustness.tree import branches
from app.domain.benchmark.robustness.uncertainty import REPLICATES, uncertainty
from app.domain.questionnaire.document import CoverageRule, Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import Plan, plan
from app.domain.scoring.sheet import NodeScore, ScoreSheet
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.kit.keyed import Keyed
from app.kit.say import mark
from app.reviews.sign_off import FrozenReview
from app.scores import service


class RelativeScales(Conflict):
    """Ranges were asked for of scores that depend on who else takes part, or that count children: replicates do neither."""

    code = "relative_scales"
    title = "These scores have no range"

    def __init__(self) -> None:
        super().__init__(
            mark(
                "The scores of this questionnaire are made from the answers of all who take part, or leave parts out that are "
                "too thin. Ranges are computed for fixed scales and all answers only, so none is shown here. Use the scores "
                "without one."
            )
        )


@dataclass(frozen=True, slots=True)
class OpenPoints:
    """What makes ranges wide and could be settled, as codes of items in the order of the form.

    `missing`: asked, and without an answer. `not_counted`: answered, and only reported. `without_evidence`: answers with no
    evidence that could be set lower. `not_applicable`: said not to apply, which nobody has accepted.
    """

    missing: tuple[str, ...]
    not_counted: tuple[str, ...]
    without_evidence: tuple[str, ...]
    not_applicable: tuple[str, ...]

    def among(self, items: Collection[str]) -> OpenPoints:
        """Return those of some items only."""
        lists = (self.missing, self.not_counted, self.without_evidence, self.not_applicable)
        return OpenPoints(*(tuple(code for code in codes if code in items) for codes in lists))


@dataclass(frozen=True, slots=True)
class NodeCertainty:
    """One node's score, which stands whatever its range; without a score there is no range."""

    score: NodeScore
    range: Range | None
    open_points: OpenPoints


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What gives the same figures again."""

    release: str
    seed: int | None
    replicates: int
    method_version: str
    numpy_version: str


@dataclass(frozen=True, slots=True)
class Certainty:
    """A signed review, and how sure each of its scores is; nodes in the order of the scheme."""

    review: FrozenReview
    nodes: Mapping[str, NodeCertainty]
    open_points: OpenPoints
    made_with: MadeWith


def get_certainty(session: Session, actor: Actor, review_id: UUID, revision: int) -> Certainty:
    """Return how sure the results of a revision of the actor's economy are; others raise NotFound.

    The seed is made from the fingerprint of the answers, so everybody gets the same figures; nobody else's answers enter.
    About 10 ms for the 34 scored items of the readiness review, 60 ms for 200. Raises RelativeScales.
    """
    results = service.get_results(session, actor, review_id, revision)
    return list_certainties([results.review], [results.sheets[Series.SELF]], release=results.review.entry.answers_hash)[0]


def find_certainty(results: service.Results) -> Certainty | None:
    """Return how sure some results are; None where that cannot be computed from an economy's own answers.

    What was signed never changes, so a process computes it once for each method.
    """
    questionnaire = results.review.questionnaire
    if questionnaire.is_relative or questionnaire.scheme.coverage is CoverageRule.CHILDREN or not questionnaire.nodes:
        return None
    return _certainty_of(Keyed(f"{results.review.entry.id} {results.sheets[Series.SELF].method_version}", results))


@lru_cache(maxsize=64)
def _certainty_of(held: Keyed[service.Results]) -> Certainty:
    review, sheet = held.value.review, held.value.sheets[Series.SELF]
    return list_certainties([review], [sheet], release=review.entry.answers_hash)[0]


def list_certainties(
    reviews: Sequence[FrozenReview], sheets: Sequence[ScoreSheet], *, release: str, replicates: int = REPLICATES
) -> list[Certainty]:
    """Compute how sure the scores of signed reviews of one version are, at least one; `sheets` are their scores as answered.

    Raises RelativeScales, Conflict where nothing is scored, and Invalid for fewer replicates than one.
    """
    questionnaire = reviews[0].questionnaire
    scheme, answers = laid_out(questionnaire, reviews)
    found = uncertainty(scheme, answers, questionnaire.scheme.bands, release=release, replicates=replicates)
    beneath = {branch.code: {scheme.items[column] for column in branch.donors[0]} for branch in branches(scheme)}
    made_with = MadeWith(release, found.seed, found.replicates, found.method_version, found.numpy_version)
    certainties = []
    for row, (review, sheet) in enumerate(zip(reviews, sheets, strict=True)):
        points = _open_points(answers, row, review)
        nodes = {
            code: NodeCertainty(
                sheet.nodes[code], range_of(found, row, node, questionnaire.scheme.bands, sheet), points.among(beneath[code])
            )
            for code, node in questionnaire.nodes.items()
        }
        certainties.append(Certainty(review, nodes, points, made_with))
    return certainties


def laid_out(questionnaire: Questionnaire, reviews: Sequence[FrozenReview]) -> tuple[Plan, ScoredAnswers]:
    """Lay out the answers of signed reviews for replicating. Raises RelativeScales, and Conflict where nothing is scored."""
    if questionnaire.is_relative or questionnaire.scheme.coverage is CoverageRule.CHILDREN:
        raise RelativeScales
    if not questionnaire.nodes:
        raise Conflict("Nothing in this questionnaire is scored, so there is no range to compute.")
    return plan(questionnaire), scored_answers(questionnaire, {review.economy: review.answers for review in reviews})


def _open_points(answers: ScoredAnswers, row: int, review: FrozenReview) -> OpenPoints:
    def where(chosen: Sequence[bool]) -> tuple[str, ...]:
        return tuple(code for code, is_chosen in zip(answers.items, chosen, strict=True) if is_chosen)

    states = answers.states[row]
    could_fall = where(((states == CellState.OBSERVED) & (answers.lower[0, row] < answers.scores[0, row])).tolist())
    unknown = where((states == CellState.MISSING).tolist())
    given = {code for code in unknown if review.answers.get(code, BLANK).state is AnswerState.ANSWERED}
    return OpenPoints(
        missing=tuple(code for code in unknown if code not in given),
        not_counted=tuple(code for code in unknown if code in given),
        without_evidence=tuple(code for code in could_fall if not review.answers[code].has_evidence),
        not_applicable=where((states == CellState.UNACCEPTED).tolist()),
    )
