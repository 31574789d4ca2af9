"""Profiles, comparisons, change and what-ifs are made of what releases publish, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from app.domain.benchmark.consent import Audience
from app.domain.release.compare import CERTAIN
from app.domain.scoring.normalise import Series
from app.kit.errors import NotFound
from app.releases import beside, changes, comparisons, profiles, service, what_ifs
from app.releases.profiles import Profile
from tests.databases import only_sqlite
from tests.releases.conftest import LATER, PEERS, PUBLIC
from tests.scenarios import APEC, CODE, CYCLE, Scene, statements

pytestmark = only_sqlite  # releases are read on both databases in test_publishing; what follows is made of what was read


def profile(scene: Scene, economy: str, number: str = "", cycle: str = CYCLE) -> Profile:
    with scene.database.read() as session:
        return profiles.get_profile(session, CODE, cycle, economy, number)


def refusal(scene: Scene, economy: str, number: str = "") -> tuple[object, ...]:
    with pytest.raises(NotFound) as caught:
        profile(scene, economy, number)
    return type(caught.value), caught.value.code, caught.value.detail, caught.value.args


def test_a_profile_holds_what_the_release_holds_of_the_economy(released: Scene) -> None:
    found = profile(released, PUBLIC[3])

    with released.database.read() as session:
        content = service.get_release(session, CODE).content
    rows = [row for row in content.scores if row.economy == PUBLIC[3]]
    assert sorted(map(str, rows)) == sorted(str(row) for series in found.series.values() for row in series.values())
    assert {cell.group for cell in found.cells.values()} == {"APEC"}


def test_unknown_private_for_peers_and_withdrawn_look_alike(released: Scene, reviews: dict[str, UUID]) -> None:
    """Whoever asks learns only that nothing is shown."""
    leaver = PUBLIC[2]
    released.consent(leaver, reviews[leaver], Audience.PRIVATE)

    found = {refusal(released, economy) for economy in (leaver, PEERS[0], APEC[20], "XXX", "", "ü")}

    assert len(found) == 1


def test_an_older_release_shows_no_more_of_who_withdrew_than_the_newest(released: Scene, reviews: dict[str, UUID]) -> None:
    leaver = PUBLIC[2]
    released.consent(leaver, reviews[leaver], Audience.PRIVATE)

    assert refusal(released, leaver, f"{CYCLE}.1.0") == refusal(released, "XXX", f"{CYCLE}.1.0")


def test_a_section_taken_back_looks_like_one_that_was_never_shown(scene: Scene, reviews: dict[str, UUID]) -> None:
    """Both are absent: the profile of either has the same nodes."""
    never, taken_back = PUBLIC[4], PUBLIC[5]
    scene.consent(never, reviews[never], Audience.PRIVATE, "B")
    scene.release()
    scene.consent(taken_back, reviews[taken_back], Audience.PRIVATE, "B")

    one, other = profile(scene, never), profile(scene, taken_back)

    assert {code: set(rows) for code, rows in one.series.items()} == {code: set(rows) for code, rows in other.series.items()}
    assert set(one.rows) == {"A"}


def test_compare_says_higher_only_where_the_release_is_nearly_certain(released: Scene) -> None:
    chosen = PUBLIC[:6]
    with released.database.read() as session:
        found = comparisons.get_comparison(session, CODE, CYCLE, chosen, ["APEC"])
        pairs = {
            (pair.node, pair.economy, pair.other): pair.probability for pair in service.get_release(session, CODE).content.pairs
        }

    said = [each for node in found.findings.values() for each in node]
    assert len(said) == 3 * 15
    for each in said:
        known = [pairs.get((each.node, *names), 0) for names in ((each.first, each.second), (each.second, each.first))]
        assert (each.higher is not None) == (max(known) >= CERTAIN)
    assert {each.higher for each in said} > {None}


def test_compare_takes_no_more_than_six_and_never_names_who_is_not_shown(released: Scene) -> None:
    with released.database.read() as session:
        many = comparisons.get_comparison(session, CODE, CYCLE, PUBLIC[:7], [])
        hidden = comparisons.get_comparison(session, CODE, CYCLE, [PUBLIC[0], PEERS[0]], [])
        unknown = comparisons.get_comparison(session, CODE, CYCLE, [PUBLIC[0], "XXX"], [])

    assert [problem.code for problem in many.problems] == ["too_many"]
    assert many.chosen == ()
    assert hidden.problems == unknown.problems
    assert hidden.chosen == unknown.chosen
    assert [names.code for names in hidden.economies] == list(PUBLIC)


def test_a_what_if_with_the_published_weights_is_the_published_score(released: Scene) -> None:
    with released.database.read() as session:
        release, choices = what_ifs.get_choices(session, CODE, CYCLE)
        found = what_ifs.weigh(release, choices[0], {"A": 30.0, "B": 30.0}, what_ifs.listed(release))

    assert [outcome.economy.code for outcome in found.outcomes] == list(PUBLIC)
    for outcome in found.outcomes:
        assert outcome.official is not None
        assert outcome.what_if == pytest.approx(outcome.official.score, abs=1e-9)
        assert not outcome.is_moved


def test_a_what_if_moves_with_the_weights_and_keeps_within_its_parts(released: Scene) -> None:
    with released.database.read() as session:
        release, choices = what_ifs.get_choices(session, CODE, CYCLE)
        found = what_ifs.weigh(release, choices[0], {"A": 100.0, "B": 0.0}, what_ifs.listed(release))

    parts = {row.economy: row.score for row in release.content.scores if row.node == "A" and row.series == Series.SELF}
    assert {each.economy.code: each.what_if for each in found.outcomes} == pytest.approx(parts)


def test_change_is_the_difference_of_two_published_scores(two_cycles: Scene) -> None:
    with two_cycles.database.read() as session:
        found = changes.get_change(session, CODE, LATER)

    assert found is not None
    then = {(row.node, row.economy): row.score for row in found.before.content.scores if row.series == Series.SELF}
    now = {(row.node, row.economy): row.score for row in found.after.content.scores if row.series == Series.SELF}
    assert {economy for _, economy in found.changes} == set(PUBLIC[1:])
    for key, change in found.changes.items():
        assert (change.before, change.after) == (then[key], now[key])


def test_a_groups_change_is_told_only_where_every_member_contributes_to_both(two_cycles: Scene) -> None:
    """Nineteen of twenty-one contribute: who of those for peers only they are must not follow."""
    with two_cycles.database.read() as session:
        found = changes.get_change(session, CODE, LATER)

    assert found is not None
    assert {group.change for groups in found.groups.values() for group in groups} <= {None}


def test_whoever_left_the_earlier_release_has_no_change(two_cycles: Scene, reviews: dict[str, UUID]) -> None:
    leaver = PUBLIC[6]
    two_cycles.consent(leaver, reviews[leaver], Audience.PRIVATE)

    with two_cycles.database.read() as session:
        found = changes.get_change(session, CODE, LATER)

    assert found is not None
    assert leaver not in {economy for _, economy in found.changes}
    assert profile(two_cycles, leaver, cycle=LATER).earlier == ()


def test_without_an_earlier_cycle_there_is_no_change_and_an_unknown_one_is_not_found(released: Scene) -> None:
    with released.database.read() as session:
        assert changes.get_change(session, CODE, CYCLE) is None
        with pytest.raises(NotFound):
            changes.get_change(session, CODE, CYCLE, "1999")


def test_a_profile_tells_what_changed_since_the_cycle_before(two_cycles: Scene) -> None:
    (earlier,) = profile(two_cycles, PUBLIC[1], cycle=LATER).earlier

    assert earlier.entry.cycle == CYCLE
    assert set(earlier.changes) == {"ALL", "A", "B"}


def test_references_stand_beside_everybody_and_tell_nothing_of_who_hides(released: Scene) -> None:
    released.load_references()
    with released.database.read() as session:
        found = beside.get_beside(session, CODE, CYCLE)

    assert found.chosen == "GTMI"
    assert {names.code for names in found.economies} == set(APEC)
    assert set(found.rows) == set(PUBLIC)


def test_the_number_of_statements_does_not_grow_with_economies(two_cycles: Scene) -> None:
    def sent(economies_: Sequence[str]) -> int:
        with statements(two_cycles.database) as found, two_cycles.database.read() as session:
            comparisons.get_comparison(session, CODE, LATER, economies_, ["APEC"])
        return len(found)

    def closer() -> int:
        with statements(two_cycles.database) as found, two_cycles.database.read() as session:
            profiles.get_profile(session, CODE, LATER, PUBLIC[1])
            what_ifs.get_choices(session, CODE, LATER)
            changes.get_change(session, CODE, LATER)
            beside.get_beside(session, CODE, LATER)
        return len(found)

    sent(PUBLIC[1:2])  # a release is read and parsed once
    assert sent(PUBLIC[1:2]) == sent(PUBLIC[1:7])
    assert closer() <= 4 * 18  # four pages over two releases each, for fourteen economies in each


def test_no_row_of_anyone_for_peers_only_reaches_these_pages(two_cycles: Scene) -> None:
    with two_cycles.database.read() as session:
        change = changes.get_change(session, CODE, LATER)
        comparison = comparisons.get_comparison(session, CODE, LATER, PUBLIC[:2], ["APEC"])
        release, choices = what_ifs.get_choices(session, CODE, LATER)
        outcomes = what_ifs.weigh(release, choices[0], {"A": 1.0, "B": 1.0}, what_ifs.listed(release)).outcomes

    hidden = {PUBLIC[0], *PEERS}
    assert hidden.isdisjoint(outcome.economy.code for outcome in outcomes)
    assert change is not None
    assert hidden.isdisjoint(names.code for names in change.economies)
    assert hidden.isdisjoint(names.code for names in comparison.economies)
    assert comparison.cells["APEC", "ALL"].n in {None, 19}
