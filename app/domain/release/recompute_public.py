"""Compute again what follows from the public figures of a release alone, and say how much does not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from app.domain.benchmark.distribution import distribution
from app.domain.questionnaire.document import CoverageRule, Node, Questionnaire
from app.domain.release.content import CellRow, ReleaseContent, ScoreRow
from app.domain.release.grade import grade_of
from app.domain.release.recompute import Difference, Figure, Outcome, agree
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.bands import band_of
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.plan import Plan, PlannedNode, plan
from app.domain.scoring.tables import TOLERANCE

_WITHOUT_VALUE = frozenset({Reason.NOTHING_ANSWERED, Reason.NOT_COUNTED})
_DISTRIBUTION = ("n", "mean", "minimum", "q1", "median", "q3", "maximum", "band")

FROM_ANSWERS = "they are computed of answers, which are not public"
CHILDREN_MISSING = "not all parts of the score are public, or one is below its coverage"
WITHDRAWN = "scores were withdrawn after the release, and the rest has another checksum"
GATED = "critical items, whose scores are not public, may hold the band back"
NOT_ALL_PUBLIC = "not every contributor is public, or the figures stand from an earlier day"


def recompute_public(
    published: ReleaseContent,
    documents: Mapping[str, Questionnaire],
    *,
    checksum: str | None,
    groups: Mapping[str, Collection[str]] | None = None,
) -> Outcome:
    """Compute what follows from public figures: scores from their parts, bands, figures of groups that are public altogether.

    `checksum`: the published one; None where scores were withdrawn since. `groups`: the members of groups by code; the group of
    all who take part needs no list.
    """
    agreed, differences, missing = 0, list[Difference](), Counter[str]()
    whole = _Check("checksum", reason=WITHDRAWN) if checksum is None else _Check("checksum", checksum, published.checksum)
    checks = (
        whole,
        *_check_scores(published, documents),
        *_check_cells(published, documents, groups or {}),
        *(_Check(f"pair {row.version} {row.node} {row.economy} {row.other}", reason=FROM_ANSWERS) for row in published.pairs),
    )
    for check in checks:
        if check.reason:
            missing[check.reason] += 1
        elif agree(check.published, check.computed, TOLERANCE):
            agreed += 1
        else:
            differences.append(Difference(check.name, check.published, check.computed))
    return Outcome(agreed, tuple(differences), dict(missing))


@dataclass(frozen=True, slots=True)
class _Check:
    """One number that was computed again, or the reason why it was not."""

    name: str
    published: Figure = None
    computed: Figure = None
    reason: str = ""


def _check_scores(published: ReleaseContent, documents: Mapping[str, Questionnaire]) -> Iterator[_Check]:
    rows = {(row.version, row.series, row.economy, row.node): row for row in published.scores}
    for version, questionnaire in documents.items():
        scheme = plan(questionnaire)
        children = {node.code: _children(scheme, node) for node in scheme.nodes}
        for row in published.scores:
            if row.version != version:
                continue
            name = f"{row.version} {row.series} {row.node} {row.economy}"
            inside = children[row.node]
            given = [rows.get((version, row.series, row.economy, child)) for child in inside or ()]
            yield from _check_score(name, row, scheme, _planned(scheme, row.node), given if inside else [None])
            yield from _check_bands(name, row, questionnaire, questionnaire.nodes[row.node])
            yield from (_Check(name, reason=FROM_ANSWERS) for figure in _of_answers(row) if figure is not None)


def _of_answers(row: ScoreRow) -> tuple[float | None, ...]:
    return row.lower, row.upper, row.floor, row.ceiling, row.evidence_share


def _children(scheme: Plan, node: PlannedNode) -> list[str] | None:
    """Return the nodes that a node is made of; None where items are among its parts."""
    places = [place - len(scheme.items) for place in node.children.tolist()]
    return None if any(place < 0 for place in places) else [scheme.nodes[place].code for place in places]


def _planned(scheme: Plan, code: str) -> PlannedNode:
    return next(node for node in scheme.nodes if node.code == code)


def _check_score(name: str, row: ScoreRow, scheme: Plan, node: PlannedNode, given: Sequence[ScoreRow | None]) -> Iterator[_Check]:
    known = [child for child in given if child is not None and _has_known_value(child, scheme.rule)]
    if not known or len(known) < len(given):
        yield from (_Check(name, reason=CHILDREN_MISSING) for _ in ("score", "coverage"))
        return
    names = tuple(child.node for child in known)
    alone = PlannedNode(node.code, np.arange(len(names)), node.weights, node.aggregation, node.rounding, node.minimum_coverage)
    scores = np.array([[np.nan if child.score is None else child.score for child in known]])
    applies = np.array([[child.reason != Reason.NOT_APPLICABLE for child in known]])
    found = aggregate(Plan(names, (alone,), scheme.scale, scheme.rule), scores, applies)
    coverage = _coverage(known, node, applies[0].tolist()) if scheme.rule is CoverageRule.WEIGHT else float(found.coverage[0, 0])
    value = float(found.scores[0, 0])
    is_enough = coverage + TOLERANCE >= node.minimum_coverage and applies.any()
    yield _Check(f"score {name}", row.score, value if is_enough and math.isfinite(value) else None)
    yield _Check(f"coverage {name}", row.coverage, coverage)


def _has_known_value(child: ScoreRow, rule: CoverageRule) -> bool:
    """Tell whether it is known what a part gives to the score above: below its coverage it gives a value that is not told."""
    is_dropped = rule is CoverageRule.CHILDREN and child.reason == Reason.INSUFFICIENT_COVERAGE
    return child.score is not None or is_dropped or child.reason in {*_WITHOUT_VALUE, Reason.NOT_APPLICABLE}


def _coverage(known: Sequence[ScoreRow], node: PlannedNode, applies: Sequence[bool]) -> float:
    weights = [weight if inside else 0.0 for weight, inside in zip(node.weights.tolist(), applies, strict=True)]
    whole = sum(weights)
    return sum(weight * child.coverage for weight, child in zip(weights, known, strict=True)) / whole if whole else 0.0


def _check_bands(name: str, row: ScoreRow, questionnaire: Questionnaire, node: Node) -> Iterator[_Check]:
    if row.score is not None and questionnaire.scheme.bands:
        band = band_of(questionnaire.scheme.bands, row.score)
        yield _Check(name, reason=GATED) if node.gates else _Check(f"band {name}", row.band, band.code if band else None)
    if row.evidence_share is not None:
        yield _Check(f"grade {name}", row.grade, grade_of(row.evidence_share))


def _check_cells(
    published: ReleaseContent, documents: Mapping[str, Questionnaire], groups: Mapping[str, Collection[str]]
) -> Iterator[_Check]:
    given: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in published.scores:
        if row.score is not None:
            given.setdefault((row.version, row.series, row.node), {})[row.economy] = row.score
    for cell in published.cells:
        questionnaire = documents.get(cell.version)
        if cell.suppressed is not None or questionnaire is None:
            continue
        of_node = given.get((cell.version, cell.series, cell.node), {})
        members = of_node if cell.group == _whole(questionnaire) else groups.get(cell.group, ())
        yield from _check_cell(cell, questionnaire, [score for economy, score in of_node.items() if economy in members])


def _whole(questionnaire: Questionnaire) -> str:
    """Return the code of the group of all who take part."""
    codes = questionnaire.participants.groups
    return codes[0] if len(codes) == 1 else "ALL"


def _check_cell(cell: CellRow, questionnaire: Questionnaire, scores: Sequence[float]) -> Iterator[_Check]:
    published = {name: value for name, value in asdict(cell).items() if name in _DISTRIBUTION and value is not None}
    # Older figures may stand for as many contributors, others than those that are public today.
    if cell.n != len(scores) or not scores or not agree(cell.mean, distribution(scores).mean, TOLERANCE):
        yield from (_Check(cell.node, reason=NOT_ALL_PUBLIC) for _ in published)
        return
    found = distribution(scores)
    band = band_of(questionnaire.scheme.bands, found.median)
    computed = asdict(found) | {"band": band.code if band else None}
    name = f"cell {cell.version} {cell.series} {cell.node} {cell.group}"
    yield from (_Check(f"{name} {figure}", value, computed[figure]) for figure, value in published.items())
