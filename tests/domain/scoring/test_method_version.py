"""A score names the method that made it, so a method that makes other scores takes another number."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.reading import RawAnswer, read_answer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, score_all
from tests import builders as make

REVIEW = Path("questionnaires/apec-ai-review/2026.1.yaml")
GOLDEN = {"1.0": "8427fd22757191ba76337b9fc84f33a538880c0b16a140d672d7d35aad0969ac"}


def _answers(review: Questionnaire, turn: int) -> dict[str, Answer]:
    """Answer each question with one of its own values, another one at each turn; every third has evidence."""
    found: dict[str, Answer] = {}
    for position, item in enumerate(review.items.values(), start=turn):
        value: object = {
            "maturity": 1 + position % 5,
            "percent": (7 * position) % 101,
            "number": (0.11 * position) % 1,
        }.get(item.type)
        if item.type == "checklist":
            value = [option.code for option in item.options][: 1 + position % len(item.options)]
        evidence = "https://example.org/evidence" if position % 3 == 0 else ""
        reading = read_answer(item, RawAnswer("", value, evidence_url=evidence))
        if reading.answer is not None:
            found[item.code] = reading.answer
    return found


def test_the_same_method_version_always_makes_the_same_scores() -> None:
    review = make.read_clean(REVIEW.read_bytes())
    answers = [_answers(review, turn) for turn in range(20)]

    lines = [
        f"{series} {code} {_nine_digits(node.score)} {_nine_digits(node.coverage)} {node.band}"
        for series in (Series.SELF, Series.EVIDENCE_SUPPORTED)
        for sheet in score_all(review, answers, series)
        for code, node in sheet.nodes.items()
    ]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert digest == GOLDEN.get(METHOD_VERSION), "scores changed: give METHOD_VERSION the next number, and pin its digest here"


def _nine_digits(value: float | None) -> str:
    return "none" if value is None else f"{value:.9f}"
