"""Scales relative to all who take part: each submission moves the scores of the others, in one transaction."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.scoring.normalise import Series
from app.kit.actor import Role
from app.kit.errors import Conflict
from app.scores import service
from tests.scenarios import SMALL, Scene, answers_csv

RELATIVE = SMALL.replace("goalposts: {lo: 0, hi: 1000}", "normalisation: {method: min_max}")


def sign(scene: Scene, economy: str, people: int) -> UUID:
    """Import and submit one economy's figures."""
    return scene.import_(answers_csv([economy], B2=str(people))).reviews[economy]


def score_of(scene: Scene, economy: str, review: UUID, series: Series = Series.SELF) -> float | None:
    with scene.database.read() as session:
        sheets = service.get_results(session, scene.person(Role.CONTRIBUTOR, economy), review, 1).sheets
    return sheets[series].items["B2"].score


@pytest.fixture
def relative(scene: Scene) -> Scene:
    scene.publish(RELATIVE)
    scene.open_cycle()
    return scene


def test_the_first_has_nobody_to_stand_beside(relative: Scene) -> None:
    assert score_of(relative, "NZL", sign(relative, "NZL", 10)) is None


@pytest.mark.parametrize("series", service.STORED_SERIES)
def test_each_submission_moves_the_others(relative: Scene, series: Series) -> None:
    first, second = sign(relative, "NZL", 10), sign(relative, "AUS", 20)
    assert (score_of(relative, "NZL", first, series), score_of(relative, "AUS", second, series)) == (0, 100)

    third = sign(relative, "CAN", 60)

    scores = [score_of(relative, *each, series) for each in (("NZL", first), ("AUS", second), ("CAN", third))]
    assert scores == [0, 20, 100]


def test_no_official_fills_in_or_changes_what_would_tell_of_others(relative: Scene) -> None:
    """A score on such a scale tells of the others' figures, so only published figures are imported."""
    with pytest.raises(Conflict, match="published figures only"):
        relative.start()

    review = sign(relative, "NZL", 10)
    with pytest.raises(Conflict, match="published figures only"):
        relative.reopen(review)
    with pytest.raises(Conflict, match="from published figures"):
        relative.consent("NZL", review, "private")


def test_fixed_goalposts_move_nobody(scene: Scene) -> None:
    scene.ready()
    first = sign(scene, "NZL", 10)
    before = score_of(scene, "NZL", first)

    sign(scene, "AUS", 1000)

    assert score_of(scene, "NZL", first) == before == 1
