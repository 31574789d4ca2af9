"""How past scores would move under a later version: an estimate for its authors, of groups alone, never stored or published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.answers import BLANK, Answer
from app.domain.benchmark.counts import Count, count_of
from app.domain.benchmark.disclosure import SMALLEST_GROUP, GroupCell, NodeCells, suppressions
from app.domain.benchmark.distribution import Distribution, distribution
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ReferenceItem
from app.domain.questionnaire.moving import fits
from app.domain.scoring.sheet import NodeScore, ScoreSheet, score_all
from app.domain.scoring.tables import TOLERANCE

Moves = Mapping[str, tuple[NodeScore, NodeScore]]
"""The score before and after, by contributor."""


class NoFigures(StrEnum):
    """Why nothing is said of a node."""

    NODE_IS_NEW = "node_is_new"
    """Earlier versions have no such node."""
    SCALE_CHANGED = "scale_changed"
    TOO_FEW = "too_few"
    """Fewer economies than the minimum have a score before and after."""
    PROTECTED = "protected"
    """Alone or beside other nodes, the figures would tell what single economies answered: a few move, or stay, or lose their
    score."""


@dataclass(frozen=True, slots=True)
class PastReview:
    """One signed review: the version that it answered, its answers, and the scores that are stored. `cycle`: in which all of its
    round were scored together."""

    economy: str
    cycle: str
    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    scores: ScoreSheet


@dataclass(frozen=True, slots=True)
class NodeMoves:
    """What would become of one node's scores. `changes`: later minus earlier, unrounded and without extremes; None where no score
    moves, and where there is a reason to say nothing. `reviews`: with a score before."""

    code: str
    reviews: Count
    changes: Distribution | None
    reason: NoFigures | None
    other_band: Count | None = None
    no_longer_published: Count | None = None


def kept_answers(pairs: Mapping[str, str], after: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers that moving a review keeps by itself, by their later codes. `pairs`: earlier codes by later ones, where
    both ask the same. The plan of a move says more, and compares the versions once for every review."""
    found = {new: answers[old] for new, old in pairs.items() if answers.get(old, BLANK) != BLANK}
    return {
        new: answer
        for new, answer in found.items()
        if not isinstance(after.items[new], ReferenceItem) and fits(after.items[new], answer, after)
    }


def what_if(after: Questionnaire, reviews: Sequence[PastReview]) -> tuple[NodeMoves, ...]:
    """Say of every node of a later version how the scores of past reviews would move.

    Figures obey the rules of benchmarks: the minimum of economies, and the guards against subtraction and against scores that are
    alike (`disclosure`). They are stricter, for an author decides what moves: neither those that move, nor those that stay, nor
    those that lose their score may be a few, and no extremes are told. Nobody consented to anything here, so nobody counts as
    known. Where no score moves at all, that is said without a figure.
    """
    moves = _moves(after, reviews)
    kept = _protected(after, moves)
    return tuple(_node(after, reviews, code, moves[code], is_protected=code in kept) for code in after.nodes)


def _protected(after: Questionnaire, moves: Mapping[str, Moves]) -> set[str]:
    """Return the nodes of which nothing may be told.

    Whose score stays adds nothing to a sum of changes, so the sums of those that move are guarded as well; and where a few move
    at a node below, the figures of its other parts would tell theirs.
    """
    told = {code: of_node for code, of_node in moves.items() if _is_enough(of_node) and not _is_still(of_node)}
    scale = after.scheme.scale
    everybody = suppressions([_cells(after, code, _changes(of_node)) for code, of_node in told.items()], scale)
    movers = [replace(_cells(after, code, _movers(of_node)), scores={}) for code, of_node in told.items()]
    few = {code for code, of_node in moves.items() if _tells_of_few(of_node)}
    kept = {code for code, _group in (*everybody, *suppressions(movers, scale))}
    return kept | {code for code in told if {code, *_below(after, code)} & few}


def _moves(after: Questionnaire, reviews: Sequence[PastReview]) -> dict[str, dict[str, tuple[NodeScore, NodeScore]]]:
    found: dict[str, dict[str, tuple[NodeScore, NodeScore]]] = {code: {} for code in after.nodes}
    for review, sheet in _scored(after, reviews):
        if review.questionnaire.scheme.scale != after.scheme.scale:
            continue
        for code, node in sheet.nodes.items():
            was = review.scores.nodes.get(code)
            if was is not None and was.score is not None:
                found[code][f"{review.economy}:{review.cycle}"] = (was, node)
    return found


def _scored(after: Questionnaire, reviews: Sequence[PastReview]) -> Iterator[tuple[PastReview, ScoreSheet]]:
    """Score each round together: on relative scales it matters who takes part."""
    rounds: dict[str, list[PastReview]] = defaultdict(list)
    for review in reviews:
        rounds[review.cycle].append(review)
    versions = {review.questionnaire.content_hash: review.questionnaire for review in reviews}
    pairs = {hash_: carried_pairs(before, after) for hash_, before in versions.items()}
    for members in rounds.values():
        answers = [kept_answers(pairs[review.questionnaire.content_hash], after, review.answers) for review in members]
        yield from zip(members, score_all(after, answers), strict=True)


def _changes(moves: Moves) -> dict[str, float]:
    return {who: now.score - was.score for who, (was, now) in moves.items() if was.score is not None and now.score is not None}


def _is_enough(moves: Moves) -> bool:
    return _economies(_changes(moves)) >= SMALLEST_GROUP


def _is_still(moves: Moves) -> bool:
    return not _movers(moves)


def _movers(moves: Moves) -> dict[str, float]:
    return {who: change for who, change in _changes(moves).items() if abs(change) > TOLERANCE}


def _tells_of_few(moves: Moves) -> bool:
    """Tell whether those that stay, or those that lose their score, are fewer than the minimum."""
    changes, movers = _changes(moves), _movers(moves)
    return any(_count(some, everybody).number is None for some, everybody in ((movers, changes), (changes, moves)))


def _cells(after: Questionnaire, code: str, changes: Mapping[str, float]) -> NodeCells:
    cell = GroupCell("everybody", len(changes), frozenset(changes), is_whole=False)
    return NodeCells(code, [cell], below=_below(after, code), scores=changes)


def _below(after: Questionnaire, code: str) -> frozenset[str]:
    children = {node.code for node in after.scheme.nodes if node.parent == code}
    return frozenset(children).union(*(_below(after, child) for child in children))


def _node(after: Questionnaire, reviews: Sequence[PastReview], code: str, moves: Moves, *, is_protected: bool) -> NodeMoves:
    changes = _changes(moves)
    told = _count(set(moves), moves)
    reason = _reason(after, reviews, code, moves, is_protected=is_protected)
    if reason in {NoFigures.NODE_IS_NEW, NoFigures.SCALE_CHANGED} or _economies(moves) < SMALLEST_GROUP:
        return NodeMoves(code, told, None, reason)
    lost = _count({who for who, (_was, now) in moves.items() if now.score is None}, moves)
    if reason is not None:
        return NodeMoves(code, told, None, reason, None, lost)
    moved = {who for who in changes if moves[who][0].band != moves[who][1].band}
    figures = None if _is_still(moves) else replace(distribution(list(changes.values())), minimum=None, maximum=None)
    return NodeMoves(code, told, figures, None, _count(moved, changes), lost)


def _reason(
    after: Questionnaire, reviews: Sequence[PastReview], code: str, moves: Moves, *, is_protected: bool
) -> NoFigures | None:
    known = [review for review in reviews if code in review.questionnaire.nodes]
    if reviews and not known:
        return NoFigures.NODE_IS_NEW
    if known and all(review.questionnaire.scheme.scale != after.scheme.scale for review in known):
        return NoFigures.SCALE_CHANGED
    if not _is_enough(moves):
        return NoFigures.TOO_FEW
    return NoFigures.PROTECTED if is_protected else None


def _count(some: Collection[str], everybody: Collection[str]) -> Count:
    return count_of(_economies(some), _economies(set(everybody) - set(some)), told=len(some))


def _economies(contributors: Collection[str]) -> int:
    return len({contributor.partition(":")[0] for contributor in contributors})
