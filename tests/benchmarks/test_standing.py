"""Where an economy's own scores stand: computed of the figures as they are shown, told to its own people only."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.benchmarks import consents, standing
from app.benchmarks.refresh import refresh
from app.benchmarks.standing import Standing
from app.domain.benchmark.consent import Audience
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import NotFound
from tests.scenarios import APEC, CODE, CYCLE, Scene

VARIED = [1, 2, 3, 4, 5] * 5


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


def share(scene: Scene, reviews: dict[str, UUID], audience: Audience = Audience.PEERS) -> None:
    with scene.database.write() as session:
        for economy, review in reviews.items():
            consents.give(session, COMMAND_LINE, review, economy, {"A": audience, "B": audience})
        refresh(session, economies.get_cycle(session, CODE, CYCLE).id)


def stands(scene: Scene, review: UUID, economy: str, revision: int = 1, group: str = "APEC", node: str = "A") -> Standing:
    with scene.database.read() as session:
        found = standing.get_standings(session, scene.person(Role.CONTRIBUTOR, economy), review, revision)
    (entry,) = (entry for entry in found.entries if (entry.group, entry.node.code) == (group, node))
    return entry


def test_a_score_stands_beside_the_middle_half_of_its_group(ready: Scene) -> None:
    """Fifteen economies, three at each of five levels: two thirds of 40, and half of the three at its own level, are below."""
    reviews = ready.submitted_many(APEC[:15], VARIED[:15])
    share(ready, reviews)

    entry = stands(ready, reviews["CHL"], "CHL")

    assert (entry.score, entry.q1, entry.median, entry.q3, entry.n) == (37.5, 12.5, 25, 37.5, 15)
    assert entry.percentile == pytest.approx(100 * (9 + 1.5) / 15)
    assert entry.is_counted


def test_it_is_computed_of_the_figures_as_they_are_shown_not_of_who_shares_today(ready: Scene) -> None:
    """The sixteenth waits until four others join, and has no place in figures that it is not in."""
    reviews = ready.submitted_many(APEC[:15], VARIED[:15])
    share(ready, reviews)
    before = stands(ready, reviews["CHL"], "CHL")
    late = ready.submitted_many(APEC[15:16], [5])
    share(ready, late)

    waiting = stands(ready, late["RUS"], "RUS")

    assert stands(ready, reviews["CHL"], "CHL") == before
    assert (waiting.is_counted, waiting.percentile, waiting.median) == (False, None, 25)


def test_who_shares_nothing_is_not_compared(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:16], VARIED[:16])
    share(ready, {economy: reviews[economy] for economy in APEC[:15]})

    entry = stands(ready, reviews["RUS"], "RUS")

    assert (entry.is_counted, entry.percentile, entry.score) == (False, None, 0)


def test_an_older_revision_is_not_compared(ready: Scene) -> None:
    reviews = ready.submitted_many([economy for economy in APEC[:16] if economy != "NZL"])
    own = ready.submitted()
    share(ready, {**reviews, "NZL": own}, Audience.PUBLIC)
    ready.reopen(own)
    ready.save(ready.person(Role.CONTRIBUTOR), own, "A1", "1", seen=1)
    ready.hand_over(own)
    ready.sign(own)

    assert not stands(ready, own, "NZL", 1).is_counted
    assert stands(ready, own, "NZL", 2).is_counted


def test_where_the_group_is_suppressed_nothing_is_said(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:13], VARIED[:13])
    share(ready, reviews)

    entry = stands(ready, reviews["AUS"], "AUS")

    assert entry.suppressed == "below_two_thirds"
    assert (entry.n, entry.q1, entry.median, entry.q3, entry.percentile, entry.is_counted) == (None,) * 5 + (False,)


@pytest.mark.parametrize(("count", "is_told"), [(5, False), (6, True)])
def test_a_group_of_five_is_shown_but_nobody_is_placed_in_it(ready: Scene, count: int, is_told: bool) -> None:  # noqa: FBT001 - a claim of the row
    high = ("AUS", "BRN", "CAN", "CHL", "HKG", "JPN")[:count]
    reviews = ready.submitted_many(high, VARIED[:count])
    share(ready, reviews)

    entry = stands(ready, reviews["AUS"], "AUS", group="APEC-HIGH")

    assert (entry.suppressed, entry.n, entry.is_counted) == (None, count, True)
    assert (entry.percentile is not None) is is_told


def test_an_economy_is_put_beside_the_groups_that_it_is_in_only(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:15], VARIED[:15])
    share(ready, reviews)

    with ready.database.read() as session:
        found = standing.get_standings(session, ready.person(Role.CONTRIBUTOR, "CHL"), reviews["CHL"], 1)

    assert {entry.group for entry in found.entries} == {"APEC", "APEC-HIGH"}


def test_nobody_else_learns_where_an_economy_stands(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:15], VARIED[:15])
    share(ready, reviews)

    with ready.database.read() as session:
        for stranger in (ready.person(Role.APPROVER, "PER"), ready.person(Role.ADMINISTRATOR), ready.person(Role.ANALYST)):
            for wanted in (reviews["CHL"], uuid4()):
                with pytest.raises(NotFound):
                    standing.get_standings(session, stranger, wanted, 1)


def test_a_series_without_scores_is_not_found(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:1])

    with ready.database.read() as session, pytest.raises(NotFound):
        standing.get_standings(session, ready.person(Role.APPROVER, "AUS"), reviews["AUS"], 1, Series.REVIEWED)
