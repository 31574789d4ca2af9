"""Scales relative to all who take part: each submission moves the scores of the others, in one transaction."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.kit.actor import Role
from app.scores import service
from tests.scenarios import COMPLETE, SMALL, Scene

RELATIVE = SMALL.replace("goalposts: {lo: 0, hi: 1000}", "normalisation: {method: min_max}")


def people(count: int) -> dict[str, RawAnswer]:
    return {**COMPLETE, "B2": RawAnswer(value=str(count))}


def score_of(scene: Scene, economy: str, review: UUID, revision: int = 1, series: Series = Series.SELF) -> float | None:
    with scene.database.read() as session:
        sheets = service.get_results(session, scene.person(Role.CONTRIBUTOR, economy), review, revision).sheets
    return sheets[series].items["B2"].score


@pytest.fixture
def relative(scene: Scene) -> Scene:
    scene.publish(RELATIVE)
    scene.open_cycle()
    return scene


def test_the_first_has_nobody_to_stand_beside(relative: Scene) -> None:
    review = relative.submitted("NZL", people(10))

    assert score_of(relative, "NZL", review) is None


@pytest.mark.parametrize("series", service.STORED_SERIES)
def test_each_submission_moves_the_others(relative: Scene, series: Series) -> None:
    first, second = relative.submitted("NZL", people(10)), relative.submitted("AUS", people(20))
    assert (score_of(relative, "NZL", first, series=series), score_of(relative, "AUS", second, series=series)) == (0, 100)

    third = relative.submitted("CAN", people(60))

    scores = [score_of(relative, *each, series=series) for each in (("NZL", first), ("AUS", second), ("CAN", third))]
    assert scores == [0, 20, 100]


def test_an_earlier_revision_keeps_the_scores_of_its_day(relative: Scene) -> None:
    first = relative.submitted("NZL", people(10))
    relative.submitted("AUS", people(20))
    relative.reopen(first)
    relative.save(relative.person(Role.CONTRIBUTOR), first, "B2", "30", seen=1)
    relative.hand_over(first)
    relative.sign(first)

    assert (score_of(relative, "NZL", first), score_of(relative, "NZL", first, 2)) == (0, 100)


def test_fixed_goalposts_move_nobody(scene: Scene) -> None:
    scene.ready()
    first = scene.submitted("NZL", people(10))
    before = score_of(scene, "NZL", first)

    scene.submitted("AUS", people(1000))

    assert score_of(scene, "NZL", first) == before == 1
