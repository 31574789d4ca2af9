"""Distributions of groups, rebuilt at once, that show no economy which did not choose to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

import pytest
from sqlalchemy import event

from app.benchmarks import consents, contributors, service
from app.benchmarks.queries import Filters
from app.benchmarks.refresh import refresh
from app.benchmarks.service import CellEntry
from app.domain.benchmark.consent import Audience
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import NotFound
from app.reviews.tables import Submission
from tests.scenarios import APEC, CODE, CYCLE, NOTICE, Scene, answers_csv, statements

HIGH = ("AUS", "BRN", "CAN", "CHL", "HKG", "JPN", "KOR", "NZL", "SGP", "TWN", "USA")
LEAVING = HIGH[:6]
VARIED = [1, 2, 3, 4, 5] * 5


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


def share(scene: Scene, reviews: dict[str, UUID], audience: Audience, economies_: Sequence[str] = ()) -> None:
    """Let many economies choose, then rebuild once, as an import does."""
    with scene.database.write() as session:
        for economy, review in reviews.items():
            if not economies_ or economy in economies_:
                consents.give(session, COMMAND_LINE, review, economy, {"A": audience, "B": audience})
        refresh(session, economies.get_cycle(session, CODE, CYCLE).id)


def cell(scene: Scene, group: str = "APEC", node: str = "A") -> CellEntry:
    with scene.database.read() as session:
        (found,) = service.list_cells(session, Filters(group=group, node=(node,), series="self"))
    return found


def figures(entry: CellEntry) -> tuple[float | None, ...]:
    return (entry.n, entry.mean, entry.minimum, entry.q1, entry.median, entry.q3, entry.maximum)


def test_the_whole_group_is_shown_from_two_thirds_on(ready: Scene) -> None:
    """Fourteen of twenty-one; thirteen are too few."""
    share(ready, ready.submitted_many(APEC[:13]), Audience.PUBLIC)
    thirteen = cell(ready)

    share(ready, ready.submitted_many(APEC[13:14]), Audience.PUBLIC)

    assert (thirteen.suppressed, figures(thirteen)) == ("below_two_thirds", (None,) * 7)
    assert (cell(ready).suppressed, cell(ready).n) == (None, 14)


def test_figures_are_those_of_the_scores_that_are_shared(ready: Scene) -> None:
    """A1 at level 1 to 5 and no law: A scores 0, 12.5, 25, 37.5 or 50."""
    levels = [1, 2, 3, 4, 5] * 4 + [5]
    share(ready, ready.submitted_many(APEC, levels), Audience.PUBLIC)

    found = cell(ready)

    assert found.n == 21
    assert found.mean == pytest.approx(sum((level - 1) * 12.5 for level in levels) / 21)
    assert (found.minimum, found.q1, found.median, found.q3, found.maximum) == (0, 12.5, 25, 37.5, 50)
    assert (found.band, found.group_title, found.tier, found.notice) == ("starting", "APEC member economies", "pillar", NOTICE)


@pytest.mark.abuse("T10")
def test_private_submissions_count_nowhere(ready: Scene) -> None:
    """T10."""
    reviews = ready.submitted_many(APEC, [5] * 7 + [1] * 14)
    share(ready, reviews, Audience.PUBLIC, APEC[7:])

    assert (cell(ready).n, cell(ready).mean) == (14, 0)
    with ready.database.read() as session:
        listed = {entry.economy for entry in service.list_scores(session, ready.person(Role.CONTRIBUTOR, "VNM"), Filters())}
    assert listed == set(APEC[7:])


@pytest.mark.parametrize(("count", "reason"), [(4, "too_few"), (5, None)])
def test_a_group_of_peers_is_shown_from_five_on(ready: Scene, count: int, reason: str | None) -> None:
    share(ready, ready.submitted_many(HIGH[:count]), Audience.PUBLIC)

    found = cell(ready, "APEC-HIGH")

    assert found.suppressed == reason
    assert found.n == (None if reason else count)


@pytest.mark.parametrize(("count", "has_extremes"), [(7, False), (8, True)])
def test_extremes_are_shown_from_eight_on(ready: Scene, count: int, has_extremes: bool) -> None:  # noqa: FBT001 - a claim of the row
    share(ready, ready.submitted_many(HIGH[:count]), Audience.PUBLIC)

    found = cell(ready, "APEC-HIGH")

    assert found.median is not None
    assert (found.minimum is not None, found.maximum is not None) == (has_extremes, has_extremes)


def test_peers_only_economies_count_where_none_can_be_made_out(ready: Scene) -> None:
    share(ready, ready.submitted_many(APEC), Audience.PEERS)

    assert (cell(ready).n, cell(ready).suppressed) == (21, None)
    with ready.database.read() as session:
        assert service.list_scores(session, None, Filters()) == []


def test_one_peers_only_economy_among_public_ones_is_not_to_be_subtracted(ready: Scene) -> None:
    """Its score would be n times the mean less what everybody knows."""
    reviews = ready.submitted_many(APEC)
    share(ready, {**reviews}, Audience.PUBLIC, APEC[1:])
    share(ready, reviews, Audience.PEERS, APEC[:1])

    with ready.database.read() as session:
        found = service.list_cells(session, Filters(series="self", node=("A",)))

    assert {entry.group for entry in found if entry.n == 21} == set()
    assert all(entry.suppressed or entry.n == 20 for entry in found if entry.group == "APEC")


def test_older_figures_stand_while_one_more_would_tell_its_score(ready: Scene) -> None:
    share(ready, ready.submitted_many(APEC[:16]), Audience.PEERS)
    before = figures(cell(ready))

    share(ready, ready.submitted_many(APEC[16:17], [5]), Audience.PEERS)

    assert before[0] == 16
    assert figures(cell(ready)) == before


def test_newer_figures_come_when_five_have_joined(ready: Scene) -> None:
    share(ready, ready.submitted_many(APEC[:16]), Audience.PEERS)
    for economy, level in zip(APEC[16:20], VARIED, strict=False):
        share(ready, ready.submitted_many((economy,), [level]), Audience.PEERS)
        assert cell(ready).n == 16

    share(ready, ready.submitted_many(APEC[20:], [5]), Audience.PEERS)

    assert cell(ready).n == 21


def test_older_figures_stand_when_five_have_joined_who_all_have_the_same(ready: Scene) -> None:
    """How the mean and the quartiles move would tell what the five have; that they are alike is not told either."""
    share(ready, ready.submitted_many(APEC[:16]), Audience.PEERS)
    before = figures(cell(ready))

    share(ready, ready.submitted_many(APEC[16:], [5] * 5), Audience.PEERS)

    assert (before[0], figures(cell(ready))) == (16, before)


@pytest.mark.parametrize("levels", [[3] * 21, [1] * 21, [1] * 20 + [5]])
def test_a_cell_of_scores_that_are_alike_is_not_shown(ready: Scene, levels: list[int]) -> None:
    """Quartiles and extremes would be everybody's own score, or everybody's to the one who alone differs."""
    share(ready, ready.submitted_many(APEC, levels), Audience.PEERS)

    assert (cell(ready).suppressed, figures(cell(ready))) == ("differencing", (None,) * 7)


def test_five_who_left_are_told_by_no_figure_of_those_who_stayed(ready: Scene) -> None:
    """The five had nothing at A: twenty-one less sixteen would be five times nothing."""
    levels = [1 if economy in HIGH[:5] else level for economy, level in zip(APEC, VARIED, strict=False)]
    reviews = ready.submitted_many(APEC, levels)
    share(ready, reviews, Audience.PEERS)
    share(ready, reviews, Audience.PRIVATE, HIGH[:5])

    assert (cell(ready).suppressed, figures(cell(ready))) == ("recent_change", (None,) * 7)


def test_a_public_economy_that_joins_is_counted_at_once(ready: Scene) -> None:
    share(ready, ready.submitted_many(APEC[:16]), Audience.PEERS)

    share(ready, ready.submitted_many(APEC[16:17]), Audience.PUBLIC)

    assert cell(ready).n == 17


def test_a_public_economy_that_withdraws_is_counted_no_longer(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:16], [5] + [1] * 15)
    share(ready, reviews, Audience.PUBLIC)

    ready.consent("AUS", reviews["AUS"], Audience.PRIVATE)

    assert (cell(ready).n, cell(ready).maximum) == (15, 0)


def test_a_peers_only_economy_that_withdraws_takes_the_figures_with_it(ready: Scene) -> None:
    """Its old figures would go on using it; new ones, beside the old, would tell its score."""
    reviews = ready.submitted_many(APEC[:16], [5, *VARIED[1:16]])
    share(ready, reviews, Audience.PEERS)

    ready.consent("AUS", reviews["AUS"], Audience.PRIVATE)

    assert (cell(ready).suppressed, figures(cell(ready))) == ("recent_change", (None,) * 7)


def test_figures_that_were_taken_away_do_not_come_back_by_another_refresh(ready: Scene) -> None:
    """The reader who kept yesterday's mean must not learn the withdrawn score from tomorrow's, whoever causes the refresh."""
    reviews = ready.submitted_many(APEC[:16], [5, *VARIED[1:16]])
    share(ready, reviews, Audience.PEERS)
    ready.consent("AUS", reviews["AUS"], Audience.PRIVATE)

    share(ready, reviews, Audience.PEERS, ("BRN",))
    with ready.database.write() as session:
        refresh(session, economies.get_cycle(session, CODE, CYCLE).id)

    assert (cell(ready).suppressed, figures(cell(ready))) == ("recent_change", (None,) * 7)


def test_figures_come_back_when_the_economy_does(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:16], [5, *VARIED[1:16]])
    share(ready, reviews, Audience.PEERS)
    before = figures(cell(ready))
    ready.consent("AUS", reviews["AUS"], Audience.PRIVATE)

    ready.consent("AUS", reviews["AUS"], Audience.PEERS)

    assert figures(cell(ready)) == before


def test_a_revised_peers_only_review_changes_the_figures_no_sooner_than_a_new_one(ready: Scene) -> None:
    """Another revision is another contributor: the difference would tell how much its score moved."""
    ready.import_(b"economy,item,state,value\nNZL,A1,answered,2\nNZL,A2,answered,no\nNZL,B1,answered,some\n", submit=False)
    review = UUID(str(ready.rows("SELECT id FROM review")[0][0]))
    ready.hand_over(review)
    ready.sign(review)
    share(ready, {**ready.submitted_many(APEC[:11]), **ready.submitted_many(APEC[12:18]), "NZL": review}, Audience.PEERS)
    before = cell(ready)
    ready.reopen(review)
    ready.save(ready.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1)
    ready.hand_over(review)
    ready.sign(review)

    assert before.n == 18
    assert cell(ready).suppressed == "recent_change"


def test_contributors_of_an_earlier_day_keep_the_scores_that_they_had(ready: Scene) -> None:
    review = ready.submitted()
    ready.reopen(review)
    ready.save(ready.person(Role.CONTRIBUTOR), review, "A1", "1", seen=1)
    ready.hand_over(review)
    ready.sign(review)

    with ready.database.read() as session:
        cycle = economies.get_cycle(session, CODE, CYCLE).id
        found = contributors.scores_of(session, cycle, {"NZL:1", "NZL:2", "AUS:1"})

    assert found[Series.SELF]["A"] == pytest.approx({"NZL:1": (75 + 100 + 100 / 3) / 3, "NZL:2": (0 + 100 + 100 / 3) / 3})


def test_what_left_and_came_back_without_one_does_not_tell_that_one(ready: Scene) -> None:
    """All less those but AUS would be AUS: what was shown first counts, not only what was shown last."""
    reviews = ready.submitted_many(APEC, [5, *VARIED[1:21]])
    share(ready, reviews, Audience.PEERS)
    share(ready, reviews, Audience.PRIVATE, LEAVING)
    assert cell(ready).n == 15

    share(ready, reviews, Audience.PEERS, LEAVING[1:])

    assert cell(ready).n == 15


def test_every_set_of_contributors_that_was_shown_is_kept_once(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC)
    share(ready, reviews, Audience.PEERS)
    for audience in (Audience.PRIVATE, Audience.PEERS, Audience.PRIVATE):
        share(ready, reviews, audience, LEAVING)

    kept = ready.rows(
        "SELECT contributors, count(*) FROM benchmark_shown WHERE series = 'self' AND node = 'A' AND group_code = 'APEC'"
        " GROUP BY contributors"
    )

    assert sorted((str(contributors).count(":"), times) for contributors, times in kept) == [(15, 1), (21, 1)]


def test_a_section_that_one_economy_keeps_back_hides_the_figure_above_it(ready: Scene) -> None:
    """AUS shares A only: the sum of A, less twice that of ALL, plus that of B, would be its score."""
    reviews = dict(ready.import_(answers_csv(APEC[:17], [5, *VARIED[1:17]], B2="250")).reviews)
    with ready.database.write() as session:
        consents.give(session, COMMAND_LINE, reviews["AUS"], "AUS", {"A": Audience.PEERS})
    share(ready, reviews, Audience.PEERS, APEC[1:17])

    found = {node: (cell(ready, node=node).suppressed, cell(ready, node=node).n) for node in ("A", "B", "ALL")}

    assert found == {"A": (None, 17), "B": (None, 16), "ALL": ("differencing", None)}


def test_a_node_without_a_score_of_one_economy_hides_the_figure_above_it(ready: Scene) -> None:
    """AUS answers too little of B for a score of B, but enough for one of ALL."""
    reviews = dict(ready.import_(answers_csv(APEC[1:17], VARIED[1:17], B2="250")).reviews)
    reviews |= ready.import_(b"economy,item,state,value\nAUS,A1,answered,5\nAUS,A2,answered,no\nAUS,B1,declined,\n").reviews
    share(ready, reviews, Audience.PEERS)

    found = {node: (cell(ready, node=node).suppressed, cell(ready, node=node).n) for node in ("A", "B", "ALL")}

    assert {entry.score is None for entry in scores_of(ready, "AUS") if entry.node == "B"} == {True}
    assert {entry.score is None for entry in scores_of(ready, "AUS") if entry.node == "ALL"} == {False}
    assert found == {"A": (None, 17), "B": (None, 16), "ALL": ("differencing", None)}


def scores_of(scene: Scene, economy: str) -> list[service.ScoreEntry]:
    with scene.database.read() as session:
        reader = scene.person(Role.CONTRIBUTOR, economy)
        return service.list_scores(session, reader, Filters(series="self", economies=(economy,)))


def public_economies(scene: Scene) -> set[str]:
    with scene.database.read() as session:
        return {entry.economy for entry in service.list_scores(session, None, Filters(series="self", node=("ALL",)))}


def test_who_goes_public_late_waits_while_older_figures_would_tell_the_rest(ready: Scene) -> None:
    """Sixteen were shown together. Fourteen may go public; each of the last two would be told by the other."""
    reviews = ready.submitted_many(APEC[:16], VARIED[:16])
    share(ready, reviews, Audience.PEERS)
    share(ready, reviews, Audience.PUBLIC, APEC[:13])
    thirteen = public_economies(ready)

    share(ready, reviews, Audience.PUBLIC, APEC[13:14])
    fourteen = public_economies(ready)
    share(ready, reviews, Audience.PUBLIC, APEC[14:15])

    assert thirteen == set(APEC[:13])
    assert fourteen == set(APEC[:13])
    assert public_economies(ready) == set(APEC[:13])
    share(ready, reviews, Audience.PUBLIC, APEC[15:16])
    assert public_economies(ready) == set(APEC[:16])


def test_who_waits_is_told_so_and_nobody_else_is(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC[:16], VARIED[:16])
    share(ready, reviews, Audience.PEERS)
    share(ready, reviews, Audience.PUBLIC, APEC[:13])
    share(ready, reviews, Audience.PUBLIC, APEC[13:14])

    def waiting(economy: str) -> frozenset[str]:
        with ready.database.read() as session:
            return consents.list_waiting(session, ready.person(Role.COORDINATOR, economy), reviews[economy])

    assert [economy for economy in APEC[:16] if waiting(economy)] == [APEC[13]]
    assert waiting(APEC[13]) == {"A", "B", "ALL"}


def test_nobody_learns_that_anybody_signed_while_all_is_private(ready: Scene) -> None:
    ready.submitted_many(APEC)

    with ready.database.read() as session:
        assert service.list_cells(session, Filters()) == []
        assert service.list_benchmarks(session) == []


def test_a_private_act_moves_no_date_of_any_cell(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC)
    share(ready, reviews, Audience.PEERS, APEC[:16])
    with ready.database.read() as session:
        before = service.list_cells(session, Filters())

    share(ready, reviews, Audience.PRIVATE, APEC[16:])

    with ready.database.read() as session:
        assert service.list_cells(session, Filters()) == before


def test_a_cell_has_a_new_date_when_its_figures_move(ready: Scene) -> None:
    reviews = ready.submitted_many(APEC, [1] * 20 + [5])
    share(ready, reviews, Audience.PUBLIC, APEC[:20])
    before = cell(ready).as_of

    share(ready, reviews, Audience.PUBLIC, APEC[20:])

    assert cell(ready).as_of > before


def test_a_refresh_reads_the_last_submission_of_each_review_only(ready: Scene) -> None:
    review = ready.submitted()
    ready.reopen(review)
    ready.hand_over(review)
    ready.sign(review)
    loaded: list[int] = []

    def listen(submission: Submission, _context: object) -> None:
        loaded.append(submission.revision)

    event.listen(Submission, "load", listen)
    with ready.database.write() as session:
        refresh(session, economies.get_cycle(session, CODE, CYCLE).id)
    event.remove(Submission, "load", listen)

    assert loaded == [2]


def test_nothing_anywhere_ranks(ready: Scene) -> None:
    names = {field.name for entry in (service.CellEntry, service.ScoreEntry, service.Overview) for field in fields(entry)}

    assert [name for name in names if "rank" in name or "position" in name or "percentile" in name] == []


def test_scores_come_in_the_order_of_codes_never_of_scores(ready: Scene) -> None:
    share(ready, ready.submitted_many(APEC[:5], [5, 1, 4, 2, 3]), Audience.PUBLIC)

    with ready.database.read() as session:
        entries = service.list_scores(session, None, Filters(node=("A",), series="self"))

    assert [entry.economy for entry in entries] == sorted(APEC[:5])


def test_a_submission_refreshes_the_benchmark_in_a_fixed_number_of_statements(ready: Scene) -> None:
    """However many economies are in the cycle already; the rows themselves go in one statement a table.

    Signing reads the review once, to compare it with what was read and to freeze it. Two of them are those of the page before;
    one looks whether a release holds what is shown no more; on PostgreSQL one more waits for whoever changes a group, and
    one tells the database that the figures of all economies are read.
    """
    reviews = {economy: ready.start(economy) for economy in APEC[:2]}
    for economy, review in reviews.items():
        ready.fill(review, economy)
        ready.hand_over(review, economy)
        ready.person(Role.APPROVER, economy)
    with statements(ready.database) as among_few:
        ready.sign(reviews["AUS"], "AUS")
    share(ready, ready.submitted_many(APEC[2:]), Audience.PUBLIC)

    with statements(ready.database) as among_many:
        ready.sign(reviews["BRN"], "BRN")

    assert len(among_many) <= len(among_few) + 1
    assert len(among_many) <= 34


def test_the_overview_of_a_cycle_knows_everybody_first(ready: Scene) -> None:
    with ready.database.read() as session, pytest.raises(NotFound):
        service.get_overview(session, CODE, CYCLE)
    share(ready, ready.submitted_many(APEC[:5]), Audience.PUBLIC)

    with ready.database.read() as session:
        overview = service.get_overview(session, CODE, CYCLE)
        listed = service.list_benchmarks(session)

    assert overview.groups[0] == ("APEC", "APEC member economies")
    assert overview.economies == APEC
    assert [(entry.questionnaire, entry.cycle, entry.notice) for entry in listed] == [(CODE, CYCLE, NOTICE)]
