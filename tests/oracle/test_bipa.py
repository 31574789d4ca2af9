"""The Blavatnik Index of Public Administration 2024, computed from its published metrics by our engine."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire, Rounding
from app.domain.reading import RawAnswer, read_answer
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.sheet import score_all
from tests import builders as make

pytestmark = pytest.mark.oracle

ECONOMIES = 120
PUBLISHED = 6_098
ONE_UNIT = 0.01
ENOUGH = 0.96

Values = Mapping[tuple[str, str], float]


def _rows(name: str) -> list[dict[str, str]]:
    with Path(make.BIPA_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def index() -> Questionnaire:
    return make.read_clean((make.BIPA_FOLDER / "questionnaire.yaml").read_bytes())


@pytest.fixture(scope="module")
def reviews(index: Questionnaire) -> dict[str, dict[str, Answer]]:
    found: dict[str, dict[str, Answer]] = {}
    for row in _rows("answers.csv"):
        reading = read_answer(index.items[row["item"]], RawAnswer(row["state"], row["value"] or None))
        assert reading.answer is not None, (row, reading.problems)
        found.setdefault(row["economy"], {})[row["item"]] = reading.answer
    return found


@pytest.fixture(scope="module")
def published() -> Values:
    return {(row["economy"], row["node"]): float(row["value"]) for row in _rows("published.csv")}


def _computed(index: Questionnaire, reviews: Mapping[str, Mapping[str, Answer]]) -> dict[tuple[str, str], float | None]:
    sheets = zip(reviews, score_all(index, list(reviews.values())), strict=True)
    return {(economy, code): node.score for economy, sheet in sheets for code, node in sheet.nodes.items()}


def _differing(
    index: Questionnaire, reviews: Mapping[str, Mapping[str, Answer]], published: Values
) -> dict[tuple[str, str], str]:
    """Name each published value that comes out otherwise: economy, node, what is published and what we compute."""
    computed = _computed(index, reviews)
    return {place: f"{value} != {computed[place]}" for place, value in published.items() if computed[place] != value}


def test_the_index_is_there_as_published(index: Questionnaire, reviews: dict[str, dict[str, Answer]], published: Values) -> None:
    assert len(reviews) == ECONOMIES
    assert len(index.items) == 82
    assert len(published) == PUBLISHED


def test_every_published_value_comes_out_exactly(
    index: Questionnaire, reviews: dict[str, dict[str, Answer]], published: Values
) -> None:
    assert _differing(index, reviews, published) == {}


def test_at_least_96_in_100_come_out_exactly(
    index: Questionnaire, reviews: dict[str, dict[str, Answer]], published: Values
) -> None:
    differing = _differing(index, reviews, published)

    assert 1 - len(differing) / PUBLISHED >= ENOUGH, differing


def test_no_value_is_further_than_one_unit_of_its_last_digit_away(
    index: Questionnaire, reviews: dict[str, dict[str, Answer]], published: Values
) -> None:
    computed = _computed(index, reviews)

    missing = [place for place in published if computed[place] is None]
    far = {
        place: (value, ours)
        for place, value in published.items()
        if (ours := computed[place]) is not None and abs(ours - value) > ONE_UNIT + 1e-9
    }

    assert (missing, far) == ([], {})


def test_nothing_comes_out_that_is_not_published(
    index: Questionnaire, reviews: dict[str, dict[str, Answer]], published: Values
) -> None:
    extra = {place for place, ours in _computed(index, reviews).items() if ours is not None} - set(published)

    assert extra == set()


def test_what_is_not_published_has_nothing_answered_beneath_it(
    index: Questionnaire, reviews: dict[str, dict[str, Answer]]
) -> None:
    sheets = score_all(index, list(reviews.values()))

    assert {node.reason for sheet in sheets for node in sheet.nodes.values()} == {None, Reason.NOTHING_ANSWERED}


def test_numpys_rounding_too_gives_96_in_100_and_one_unit(
    index: Questionnaire, reviews: dict[str, dict[str, Answer]], published: Values
) -> None:
    by_even = index.model_copy(
        update={"scheme": index.scheme.model_copy(update={"rounding": Rounding(decimals=2, rule="half_even")})}
    )

    computed = _computed(by_even, reviews)

    equal = sum(computed[place] == value for place, value in published.items())
    assert equal / PUBLISHED >= ENOUGH
    assert all(abs((computed[place] or 0) - value) <= ONE_UNIT + 1e-9 for place, value in published.items())


def test_an_economy_alone_comes_out_as_among_all(index: Questionnaire, reviews: dict[str, dict[str, Answer]]) -> None:
    together = _computed(index, reviews)

    for economy in ("AGO", "NZL", "SGP"):
        alone = _computed(index, {economy: reviews[economy]})
        assert alone == {place: ours for place, ours in together.items() if place[0] == economy}
