"""Stored draws replayed: the engine against stored scores, and against a plain computation of one replicate at a time.

Draws are stored, not seeds, because the streams of numpy may change with its version.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.answers import Answer
from app.domain.benchmark.robustness.draws import FULL, Shared, StoredDraws
from app.domain.benchmark.robustness.replicates import replicate
from app.domain.benchmark.robustness.scored_answers import CellState, Doubt, ScoredAnswers, scored_answers
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.plan import plan
from tests import builders as make

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden_draws.json").read_text(encoding="utf-8"))
URL = "https://example.org/evidence"

DOCUMENT: Questionnaire = make.questionnaire(
    make.section("A", make.maturity("A1", weight=2), make.checklist("A2", "abcd"), make.yes_no("A3", na_allowed=True)),
    make.section("B", make.number("B1", lo=40, hi=0), make.percent("B2"), make.yes_no("B3")),
    nodes=[make.node("ALL"), make.node("A", "ALL", weight=0.6), make.node("B", "ALL", weight=0.4)],
)
REVIEWS: dict[str, dict[str, Answer]] = {
    "AAA": make.answers(A1=make.answer(4, URL), A2=("a", "c"), A3=make.NOT_APPLICABLE, B1=12.0, B2=make.NOT_AVAILABLE, B3="yes"),
    "BBB": make.answers(
        A1=make.DECLINED, A2=make.NOT_AVAILABLE, A3=make.NOT_AVAILABLE, B1=39.0, B2=make.answer(55.0, URL), B3="no"
    ),
}


@pytest.fixture(scope="module")
def answers() -> ScoredAnswers:
    return scored_answers(DOCUMENT, REVIEWS, doubt=Doubt(), verified={("AAA", "B3")})


def _draws() -> StoredDraws:
    return StoredDraws(
        Shared(
            is_geometric=np.array(GOLDEN["is_geometric"]),
            goalposts=np.array(GOLDEN["goalposts"]),
            is_nothing=np.array(GOLDEN["is_nothing"]),
        ),
        {name: np.array(values) for name, values in GOLDEN["draws"].items()},
    )


def test_the_stored_draws_give_the_stored_scores(answers: ScoredAnswers) -> None:
    for node in replicate(plan(DOCUMENT), answers, _draws()):
        assert node.scores == pytest.approx(np.array(GOLDEN["scores"][node.code]), abs=1e-9), node.code


def test_a_plain_computation_of_every_replicate_gives_the_same(answers: ScoredAnswers) -> None:
    draws = _draws()
    for node in replicate(plan(DOCUMENT), answers, draws):
        for row, economy in enumerate(answers.economies):
            plain = [_plain(answers, draws, economy, run)[node.code] for run in range(draws.replicates)]
            assert node.scores[row] == pytest.approx(plain, abs=1e-9), (node.code, economy)


def _plain(answers: ScoredAnswers, draws: StoredDraws, economy: str, run: int) -> dict[str, float]:
    """Compute one replicate of one economy as its description says, a number at a time."""
    pillars = {code: _pillar(answers, draws, economy, code, run) for code in ("A", "B")}
    factors = draws.weights("ALL", 2)[:, run]
    weights = {"A": 0.6 * factors[0], "B": 0.4 * factors[1]}
    whole = sum(weights.values())
    if draws.shared().is_geometric[run]:
        logs = sum(weights[code] * math.log(1 + 0.99 * pillars[code]) for code in pillars)
        return pillars | {"ALL": (math.exp(logs / whole) - 1) / 0.99}
    return pillars | {"ALL": sum(weights[code] * pillars[code] for code in pillars) / whole}


def _pillar(answers: ScoredAnswers, draws: StoredDraws, economy: str, code: str, run: int) -> float:
    row = answers.economies.index(economy)
    items = [item for item in answers.items if item.startswith(code)]
    factors = draws.weights(code, len(items))[:, run]
    top = bottom = 0.0
    seen = 0
    for place, item in enumerate(items):
        column = answers.items.index(item)
        weight = DOCUMENT.items[item].weight * factors[place]
        state = answers.states[row, column]
        if state == CellState.UNACCEPTED and not draws.shared().is_nothing[run]:
            continue
        worth = 0.0
        if state == CellState.OBSERVED:
            falls = draws.doubts(economy, code, len(items))[place, run] < round(answers.doubt[row, column] * FULL)
            layers = answers.lower if falls else answers.scores
            worth = float(layers[draws.shared().goalposts[run], row, column])
        elif state == CellState.MISSING:
            count = int((answers.states[row, [answers.items.index(each) for each in items]] == CellState.MISSING).sum())
            worth = _filled(answers, economy, code, float(draws.missing(economy, code, count)[seen, run]), draws, run)
            seen += 1
        top, bottom = top + weight * worth, bottom + weight
    return top / bottom


def _filled(answers: ScoredAnswers, economy: str, code: str, drawn: float, draws: StoredDraws, run: int) -> float:
    row, layer = answers.economies.index(economy), draws.shared().goalposts[run]
    for beneath in (code, ""):
        near = [
            (float(answers.scores[layer, row, column]), DOCUMENT.items[item].weight)
            for column, item in enumerate(answers.items)
            if item.startswith(beneath) and answers.states[row, column] == CellState.OBSERVED
        ]
        if near:
            if drawn < 1 / 2:
                return near[int(2 * drawn * len(near))][0]
            return (2 * drawn - 1) * sum(score * weight for score, weight in near) / sum(weight for _, weight in near)
    raise AssertionError
