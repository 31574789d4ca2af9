"""Handing over sections and items."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from app.accounts import service as accounts
from app.kit import clock
from app.kit.actor import COMMAND_LINE
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.teamwork import assignments
from app.teamwork.assignments import HandOver
from tests.teamwork.conftest import A1, A2, B1, A, B, Team, user_id


def test_a_coordinator_makes_one_person_responsible_for_several_places(team: Team) -> None:
    changed = team.assign(team.coordinator, team.ana, A, B1, due_on="2099-05-31", note="The ministry\nhas the figures.")

    held = team.state(team.ben).holders
    assert changed == 2
    assert {place: holder.name for place, holder in held.items()} == {A: "Ana", B1: "Ana"}
    assert held[A].due_on == date(2099, 5, 31)
    assert held[A].note == "The ministry\nhas the figures."
    assert held[A].assigned_by == team.coordinator.name
    assert held[A].is_here
    assert not held[A].is_seen


def test_an_items_own_assignment_wins_over_its_sections(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A)
    team.assign(team.coordinator, team.ben, A1)

    state = team.state(team.ana)

    assert [getattr(state.holder(place), "name", None) for place in (A1, A2, B1)] == ["Ben", "Ana", None]


def test_who_was_responsible_before_is_kept(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A)
    team.assign(team.coordinator, team.ben, A)
    team.assign(team.coordinator, None, A)

    rows = team.scene.rows("SELECT user_id, ended_at FROM assignment ORDER BY assigned_at")

    assert len(rows) == 2
    assert all(ended is not None for _, ended in rows)
    assert team.state(team.ana).holders == {}


def test_to_hand_over_the_same_again_changes_and_records_nothing(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A, note="Please.")
    before = team.scene.count("audit_event")

    changed = team.assign(team.coordinator, team.ana, A, note="Please.")

    assert changed == 0
    assert (team.scene.count("assignment"), team.scene.count("audit_event")) == (1, before)


def test_a_contributor_takes_what_nobody_has_and_hands_on_what_is_theirs(team: Team) -> None:
    team.assign(team.ana, team.ana, A)
    team.assign(team.ana, team.ben, A1, note="You know the strategy.")

    held = team.state(team.ana).holders

    assert (held[A].name, held[A1].name) == ("Ana", "Ben")
    assert held[A].is_seen, "what one takes oneself is no news"


def test_a_contributor_hands_out_nothing_else(team: Team) -> None:
    team.assign(team.coordinator, team.ben, A)

    for to, place in ((team.ana, A), (team.ben, A), (team.ana, A1), (team.ben, B), (None, A)):
        with pytest.raises(Invalid) as refused:
            team.assign(team.ana, to, place)
        assert [problem.code for problem in refused.value.problems] == ["not_yours"]
    assert [holder.name for holder in team.state(team.ana).holders.values()] == ["Ben"]


@pytest.mark.abuse("T4")
def test_one_place_that_may_not_be_handed_over_keeps_all_where_they_are(team: Team) -> None:
    """T4."""
    team.assign(team.coordinator, team.ben, B)

    with pytest.raises(Invalid):
        team.assign(team.ana, team.ana, A, B)

    assert set(team.state(team.ana).holders) == {B}


def test_an_approver_hands_nothing_over(team: Team) -> None:
    with pytest.raises(Forbidden):
        team.assign(team.approver, team.approver, A)


def test_nothing_is_handed_over_once_a_review_is_submitted(team: Team) -> None:
    team.scene.fill(team.review)
    team.scene.hand_over(team.review)
    team.assign(team.coordinator, team.ana, A)
    team.scene.sign(team.review)

    with pytest.raises(Conflict):
        team.assign(team.coordinator, team.ben, A)

    assert team.state(team.ana).holders[A].name == "Ana"


@pytest.mark.parametrize(
    ("due_on", "note", "field", "code"),
    [
        ("tomorrow", "", "due_on", "not_a_date"),
        ("2020-01-01", "", "due_on", "out_of_range"),
        ("", "x" * 1_001, "note", "too_long"),
        ("", "bell\x07", "note", "control_characters"),
    ],
)
def test_what_is_wrong_with_a_hand_over_is_named(team: Team, due_on: str, note: str, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        team.assign(team.coordinator, team.ana, A, due_on=due_on, note=note)

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


def test_no_place_and_todays_date(team: Team) -> None:
    today = clock.now().date()

    with pytest.raises(Invalid):
        team.assign(team.coordinator, team.ana)

    assert team.assign(team.coordinator, team.ana, A, due_on=(today - timedelta(days=1)).isoformat()) == 1


def test_somebody_who_left_no_longer_counts_and_their_work_is_handed_on_in_bulk(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A, B1)
    with team.scene.database.write() as session:
        accounts.disable_user(session, COMMAND_LINE, user_id(team.ana))

    left = team.state(team.ben).holders
    team.assign(team.ben, team.ben, B1)  # nobody has it any more
    team.assign(team.coordinator, team.ben, A)
    with pytest.raises(NotFound):
        team.assign(team.coordinator, team.ana, B)

    assert {holder.is_here for holder in left.values()} == {False}
    assert {holder.name for holder in team.state(team.ben).holders.values()} == {"Ben"}


@pytest.mark.abuse("T1", "T3", "T12")
def test_another_economys_official_and_nobody_look_alike(team: Team, other_review: UUID) -> None:
    """T1, T3 and T12: a foreign review, a foreign person."""
    refusals = []
    for actor, review, to in (
        (team.stranger, team.review, team.stranger),
        (team.stranger, uuid4(), team.stranger),
        (team.coordinator, other_review, team.ana),
    ):
        with pytest.raises(NotFound) as refused:
            team.assign(actor, to, A, review=review)
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1
    people = []
    for stranger in (user_id(team.stranger), uuid4()):
        with pytest.raises(NotFound) as refused, team.scene.database.write() as session:
            assignments.assign(session, team.coordinator, team.review, [A], HandOver(stranger))
        people.append(str(refused.value))
    assert len(set(people)) == 1
    assert team.state(team.stranger).holders == {}
    assert team.scene.count("assignment") == 0


def test_handing_over_is_recorded_without_the_note(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A, B1, note="A word between us.")

    ((detail, economy),) = team.scene.rows("SELECT detail, economy FROM audit_event WHERE action = 'teamwork.assigned'")

    assert "A B1" in str(detail)
    assert str(team.ana.user_id) in str(detail)
    assert "between us" not in str(detail)
    assert economy == "NZL"
