"""Ranges of all scores of a cycle, who scores higher than whom, and which factor matters most; for those who run the service.

Figures of every economy, whatever it consented to: nothing here may be shown on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Generic, TypeVar

import numpy as np
from sqlmodel import Session

from app.domain.benchmark.robustness.sensitivity import Sensitivity, sensitivity
from app.domain.benchmark.robustness.uncertainty import REPLICATES, uncertainty
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ScoreSheet
from app.economies import service as economies
from app.economies.service import CycleEntry
from app.kit.errors import Conflict, Problems
from app.questionnaires import service as questionnaires
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview
from app.scores import service
from app.scores.certainty import Certainty, laid_out, list_certainties

Line_co = TypeVar("Line_co", covariant=True)
_NOBODY = "No review of this version is signed in this cycle yet, so there is nothing to compute. Name another version or cycle."


@dataclass(frozen=True, slots=True)
class Signed:
    """The last signed reviews of one version in a cycle, in the order of their economies' codes, with their scores."""

    questionnaire: Questionnaire
    cycle: CycleEntry
    reviews: tuple[FrozenReview, ...]
    sheets: tuple[ScoreSheet, ...]


@dataclass(frozen=True, slots=True)
class Run(Generic[Line_co]):
    """The lines of a run, and what gives the same ones again, by name."""

    made_with: Mapping[str, str | int | float]
    lines: tuple[Line_co, ...]


@dataclass(frozen=True, slots=True)
class PairLine:
    """The probability that `economy` scores higher than `other`; None where no replicate has both scores."""

    economy: str
    other: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor's share of the variance of one output, alone and with all that it acts together with; 90 % intervals.

    `output`: an economy's score at the node, or `mean_rank_change`. None for an output that nothing moves.
    """

    output: str
    factor: str
    first: float | None
    first_low: float | None
    first_high: float | None
    total: float | None
    total_low: float | None
    total_high: float | None


def read_signed(session: Session, questionnaire: str, version: str, cycle: str, series: Series) -> Signed:
    """Return the last submissions of a cycle that answer a version. Raises NotFound, and Conflict where there are none."""
    if series is not Series.SELF:
        raise Conflict("Ranges are computed of the answers as given. Choose the series self.")
    entry = economies.get_cycle(session, questionnaire, cycle)
    document = questionnaires.get_version(session, questionnaire, version)
    latest = sign_off.latest_of_cycle(session, entry.id)
    reviews = sorted((each for each in latest if each.questionnaire.version == version), key=lambda each: each.economy)
    if not reviews:
        raise Conflict(_NOBODY)
    sheets = service.sheets(session, [each.entry.id for each in reviews])
    return Signed(document, entry, tuple(reviews), tuple(sheets[each.entry.id][series] for each in reviews))


def ranges(signed: Signed, *, release: str, replicates: int = REPLICATES) -> Run[Certainty]:
    """Compute how sure every score is. An economy's figures do not depend on who else is among the reviews."""
    found = list_certainties(signed.reviews, signed.sheets, release=release, replicates=replicates)
    made_with = found[0].made_with
    return Run(_made_with(signed, release, made_with.seed, made_with.numpy_version) | {"replicates": replicates}, tuple(found))


def pairs(signed: Signed, node: str, *, release: str, replicates: int = REPLICATES) -> Run[PairLine]:
    """Compute for each two economies with a score at a node how probable it is that one scores higher than the other."""
    scored = _with_a_score(signed, node)
    scheme, answers = laid_out(scored.questionnaire, scored.reviews)
    found = uncertainty(scheme, answers, scored.questionnaire.scheme.bands, release=release, replicates=replicates)
    higher = found.higher[found.nodes.index(node)]
    lines = tuple(
        PairLine(found.economies[row], found.economies[column], _number(higher[row, column]))
        for row, column in permutations(range(len(found.economies)), 2)
    )
    made_with = _made_with(signed, release, found.seed, found.numpy_version)
    return Run(made_with | {"node": node, "replicates": replicates}, lines)


def factors(signed: Signed, node: str, *, release: str) -> Run[FactorLine]:
    """Compute the share of each factor in the variance of the scores at a node, over the economies that have one there."""
    scored = _with_a_score(signed, node)
    found = sensitivity(*laid_out(scored.questionnaire, scored.reviews), node, release=release)
    made_with = _made_with(signed, release, found.seed, found.numpy_version) | {
        "node": node,
        "samples": found.samples,
        "resamples": found.resamples,
        "confidence": found.confidence,
        "scipy_version": found.scipy_version,
    }
    lines = (_factor_line(found, row, column) for row in range(len(found.outputs)) for column in range(len(found.factors)))
    return Run(made_with, tuple(lines))


def _made_with(signed: Signed, release: str, seed: int | None, numpy_version: str) -> dict[str, str | int | float]:
    return {
        "questionnaire": signed.questionnaire.code,
        "version": signed.questionnaire.version,
        "content_hash": signed.questionnaire.content_hash,
        "cycle": signed.cycle.code,
        "notice": signed.cycle.notice,
        "series": Series.SELF.value,
        "release": release,
        "seed": str(seed),
        "method_version": METHOD_VERSION,
        "numpy_version": numpy_version,
    }


def _with_a_score(signed: Signed, node: str) -> Signed:
    """Keep the economies that have a score at the node; an unknown node and one without scores are refused."""
    problems = Problems()
    problems.add_unknown("node", [node], list(signed.questionnaire.nodes))
    problems.raise_if_any()
    kept = [each for each in zip(signed.reviews, signed.sheets, strict=True) if each[1].nodes[node].score is not None]
    if not kept:
        raise Conflict(f"Nobody has a score at {node} in this cycle, so there is nothing to compute. Name another node.")
    reviews, sheets = zip(*kept, strict=True)
    return Signed(signed.questionnaire, signed.cycle, reviews, sheets)


def _factor_line(found: Sensitivity, row: int, column: int) -> FactorLine:
    at = (row, column)
    return FactorLine(
        output=found.outputs[row],
        factor=found.factors[column],
        first=_number(found.indices.first[at]),
        first_low=_number(found.low.first[at]),
        first_high=_number(found.high.first[at]),
        total=_number(found.indices.total[at]),
        total_low=_number(found.low.total[at]),
        total_high=_number(found.high.total[at]),
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
