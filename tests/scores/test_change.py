"""Change since an earlier cycle: which two reviews are compared, for whom, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from app.domain.benchmark.over_time.change import NoChange
from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.kit.actor import Role
from app.kit.errors import Conflict, NotFound
from app.scores.backcasting import BackcastRun, backcast_cycle
from app.scores.change import ChangeSince, get_change
from app.scores.service import STORED_SERIES
from tests.scenarios import CODE, COMPLETE, SMALL, VERSION, Scene, answers_csv, statements

# B2 counts up to 2000 from now on, and A asks one thing more.
NEXT = (
    SMALL.replace('version: "2026.1"', 'version: "2027.1"')
    .replace("goalposts: {lo: 0, hi: 1000}", "goalposts: {lo: 0, hi: 2000}")
    .replace("      - code: A4\n", "      - {code: A5, type: percent, text: Which share of it is in force?}\n      - code: A4\n")
)


def submit(scene: Scene, cycle: str, given: Mapping[str, RawAnswer] = COMPLETE, economy: str = "NZL") -> UUID:
    review = scene.start(economy, cycle)
    scene.fill(review, economy, given)
    scene.hand_over(review, economy)
    scene.sign(review, economy)
    return review


def change(scene: Scene, review: UUID, revision: int = 1, economy: str = "NZL") -> ChangeSince | None:
    with scene.database.read() as session:
        return get_change(session, scene.person(Role.CONTRIBUTOR, economy), review, revision)


def found(scene: Scene, review: UUID, revision: int = 1, economy: str = "NZL") -> ChangeSince:
    since = change(scene, review, revision, economy)
    assert since is not None
    return since


@pytest.fixture
def two(scene: Scene) -> tuple[Scene, UUID]:
    """Sign two cycles under one version: A1 rises from level 4 to 5, and nothing else moves."""
    scene.publish()
    for cycle in ("2025", "2026"):
        scene.open_cycle(cycle, notice="")
    submit(scene, "2025")
    return scene, submit(scene, "2026", {**COMPLETE, "A1": RawAnswer(value="5", evidence_url="https://example.org/now")})


def test_the_first_review_of_an_economy_has_nothing_before_it(scene: Scene) -> None:
    assert change(scene, scene.ready().submitted()) is None


def test_a_review_is_compared_with_the_one_of_the_cycle_before(two: tuple[Scene, UUID]) -> None:
    scene, review = two

    since = found(scene, review)

    assert (since.before.cycle.code, since.after.cycle.code) == ("2025", "2026")
    assert set(since.series) == set(STORED_SERIES)
    own = since.series[Series.SELF]
    assert own["A"].change == pytest.approx(25 / 3)
    assert (own["B"].change, own["B"].items, own["B"].share_after) == (0, 3, 1)
    assert own["ALL"].change == pytest.approx(25 / 6)


def test_the_nearest_earlier_cycle_counts_with_its_last_revision(two: tuple[Scene, UUID]) -> None:
    scene, review = two
    scene.reopen(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "3", seen=1)
    scene.hand_over(review)
    scene.sign(review)
    scene.open_cycle("2027")
    later = submit(scene, "2027")

    since = found(scene, later)

    assert (since.before.cycle.code, since.before.entry.revision) == ("2026", 2)
    assert since.series[Series.SELF]["A"].change == pytest.approx(25 / 3)
    assert found(scene, review, 1).before.cycle.code == "2025"
    assert found(scene, review, 2).series[Series.SELF]["A"].change == pytest.approx(-25 / 3)


def test_a_draft_or_another_economys_review_is_no_past(scene: Scene) -> None:
    scene.publish()
    for cycle in ("2025", "2026"):
        scene.open_cycle(cycle)
    scene.fill(scene.start(cycle="2025"))
    submit(scene, "2025", economy="PER")

    assert change(scene, submit(scene, "2026")) is None


def test_nobody_else_sees_the_change(two: tuple[Scene, UUID]) -> None:
    scene, review = two
    strangers = (scene.person(Role.APPROVER, "PER"), scene.person(Role.ADMINISTRATOR), scene.person(Role.ANALYST))

    with scene.database.read() as session:
        for stranger in strangers:
            for wanted in (review, uuid4()):
                with pytest.raises(NotFound):
                    get_change(session, stranger, wanted, 1)


def test_notices_of_both_cycles_go_with_it_each_once(scene: Scene) -> None:
    scene.publish()
    for cycle, notice in (("2025", "A rehearsal"), ("2026", "Preliminary"), ("2027", "Preliminary"), ("2028", "")):
        scene.open_cycle(cycle, notice=notice)
    reviews = [submit(scene, cycle) for cycle in ("2025", "2026", "2027", "2028")]

    assert [found(scene, review).notices for review in reviews[1:]] == [
        ("Preliminary", "A rehearsal"),
        ("Preliminary",),
        ("Preliminary",),
    ]


def test_under_a_new_version_only_the_core_is_compared(scene: Scene) -> None:
    scene.ready()
    scene.publish(NEXT)
    scene.open_cycle("2027")
    scene.import_(answers_csv(["NZL"], [3], B3="50", B2="100"))
    done = scene.import_(answers_csv(["NZL"], [4], B3="90", B2="100", A5="100"), version="2027.1", cycle="2027")

    own = found(scene, done.reviews["NZL"]).series[Series.SELF]

    assert (own["A"].before, own["A"].after, own["A"].items) == (25, 37.5, 2)
    assert own["A"].share_before == 1
    assert own["B"].change == pytest.approx(20)
    assert own["A"].share_after == own["B"].share_after == pytest.approx(2 / 3)
    assert own["ALL"].change == pytest.approx((12.5 + 20) / 2)


def test_too_little_in_common_is_a_break(scene: Scene) -> None:
    scene.ready()
    scene.publish(
        NEXT.replace(
            "type: percent\n        text: Which share of services",
            "type: percent\n        weight: 2\n        text: Of which services",
        )
    )
    scene.open_cycle("2027")
    scene.import_(answers_csv(["NZL"], [3]))
    done = scene.import_(answers_csv(["NZL"], [4]), version="2027.1", cycle="2027")

    own = found(scene, done.reviews["NZL"]).series[Series.SELF]

    assert [own[code].reason for code in ("ALL", "A", "B")] == [
        NoChange.LESS_THAN_60_PERCENT_COMMON,
        None,
        NoChange.LESS_THAN_60_PERCENT_COMMON,
    ]


def test_a_change_takes_few_statements(two: tuple[Scene, UUID]) -> None:
    scene, review = two
    change(scene, review)

    with statements(scene.database) as sent:
        change(scene, review)

    assert len(sent) <= 5, sent


def backcast(scene: Scene, under: str = "2027.1", series: Series = Series.SELF) -> BackcastRun:
    with scene.database.read() as session:
        return backcast_cycle(session, CODE, VERSION, "2026", series, under=under)


def test_a_cycle_is_scored_as_if_the_later_version_had_been_answered(scene: Scene) -> None:
    """Signed answers where there are any, else the answers so far; nothing of it is stored."""
    before, after = scene.ready().publish(), scene.publish(NEXT)
    scene.import_(answers_csv(("AUS",), [3], B2="1000", B3="100"))
    scene.import_(answers_csv(("CHL",), [5]), submit=False)

    run = backcast(scene)

    assert (run.answered_version, run.answered_hash) == ("2026.1", before.content_hash)
    assert (run.scored_version, run.scored_hash) == ("2027.1", after.content_hash)
    lines = {(each.line.economy, each.line.node): each for each in run.lines}
    assert list(lines) == [(economy, node) for economy in ("AUS", "CHL") for node in ("ALL", "A", "B")]
    assert lines["AUS", "B"].line.score == pytest.approx((50 + 50 + 100) / 3)
    assert lines["CHL", "A"].line.score == 50
    assert lines["CHL", "A"].line.coverage == pytest.approx(2 / 3)
    assert (lines["CHL", "A"].carried, lines["CHL", "B"].carried, lines["CHL", "ALL"].carried) == (0.75, 1, 0.875)
    assert scene.count("score_sheet") == 2


@pytest.mark.parametrize("under", ["2026.1", "2025.9"])
def test_answers_are_not_cast_under_their_own_or_an_earlier_version(scene: Scene, under: str) -> None:
    scene.ready().publish(SMALL.replace('version: "2026.1"', 'version: "2025.9"'))

    with pytest.raises(Conflict, match="Name a later one"):
        backcast(scene, under)


def test_what_is_unknown_is_not_cast_back(scene: Scene) -> None:
    scene.ready()

    with pytest.raises(NotFound):
        backcast(scene, "2031.1")
    with pytest.raises(Conflict, match="reviewed"):
        backcast(scene, series=Series.REVIEWED)


def test_a_cycle_without_reviews_gives_an_empty_run(scene: Scene) -> None:
    scene.ready().publish(NEXT)

    assert backcast(scene).lines == ()
