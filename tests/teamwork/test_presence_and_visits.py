"""Who is here now, and what has changed since one was here last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.kit import clock
from app.kit.errors import NotFound
from app.teamwork import presence, visits
from app.teamwork.state import Here, Place
from tests.databases import only_sqlite
from tests.scenarios import statements
from tests.teamwork.conftest import A1, A2, B1, A, Team, user_id

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def at(**later: int) -> time_machine.travel:
    return time_machine.travel(NOON + timedelta(**later), tick=False)


def test_the_others_are_seen_for_ninety_seconds(team: Team) -> None:
    with at():
        team.come(team.ben, A1)
        team.come(team.ana, B1)
    with at(seconds=89):
        (ben,) = team.state(team.ana).here
        me = team.state(team.ana).me
    with at(seconds=91):
        gone = team.state(team.ana).here

    assert (ben.name, ben.place) == ("Ben", A1)
    assert me is not None
    assert me.place == B1
    assert gone == ()


def test_one_row_says_where_a_person_is_and_nothing_is_recorded(team: Team) -> None:
    before = team.scene.count("audit_event")
    for place in (A, A1, A2, A1):
        team.come(team.ana, place)

    assert team.scene.rows("SELECT section, item FROM presence") == [("A", "A1")]
    assert team.scene.count("audit_event") == before


@pytest.mark.parametrize(
    ("was", "is_", "seconds", "due"),
    [
        (A1, A1, 29, False),
        (A1, A1, 30, True),
        (A1, A2, 4, False),
        (A1, A2, 5, True),
        (A, A1, 0, True),
        (A1, A, 20, False),
        (A1, Place("B"), 4, False),
        (A1, Place("B"), 5, True),
    ],
)
def test_a_sign_is_written_seldom(team: Team, was: Place, is_: Place, seconds: int, *, due: bool) -> None:
    me = Here(user_id(team.ana), "Ana", was, NOON)

    assert presence.is_due(me, is_, NOON + timedelta(seconds=seconds)) is due
    assert presence.is_due(None, is_, NOON)


@only_sqlite
def test_a_sign_is_one_statement(team: Team) -> None:
    with statements(team.scene.database) as sent:
        team.come(team.ana, A1)
        team.come(team.ana, A2)

    assert len(sent) == 2


def test_looking_tells_of_the_own_review_only(team: Team) -> None:
    team.come(team.ben, A1)

    with team.scene.database.read() as session:
        others, me = presence.look(session, team.ana, team.review)
        assert [each.name for each in others] == ["Ben"]
        assert me is None
        with pytest.raises(NotFound):
            presence.look(session, team.stranger, team.review)


def test_a_stranger_leaves_no_trace_in_another_economys_review(team: Team) -> None:
    team.come(team.stranger, A1)

    assert team.scene.count("presence") == 0
    assert team.state(team.ana).here == ()


def test_a_visit_begins_after_half_an_hour_without_one(team: Team) -> None:
    seen = []
    for minutes in (0, 10, 35, 70, 80, 200):
        with at(minutes=minutes):
            seen.append(visits.since(team.state(team.ana), clock.now()))
            team.visit(team.ana)
            seen.append(visits.since(team.state(team.ana), clock.now()))

    minute = [None if moment is None else int((moment - NOON).total_seconds()) // 60 for moment in seen]
    # Pages are opened at 0, 10 and 35; the visit of 70 begins 35 minutes after, that of 200 long after 80.
    assert minute == [None, None, None, None, None, None, 35, 35, 35, 35, 80, 80]


def test_working_on_one_page_for_long_is_one_visit(team: Team) -> None:
    with at():
        team.visit(team.ana)
    with at(minutes=50):
        team.come(team.ana, A1)
    with at(minutes=60):
        team.visit(team.ana)
        assert visits.since(team.state(team.ana), clock.now()) is None


def test_opening_many_pages_writes_a_visit_every_few_minutes(team: Team) -> None:
    with at():
        team.visit(team.ana)
    with at(minutes=4):
        assert not visits.is_due(team.state(team.ana), clock.now())
    with at(minutes=5):
        assert visits.is_due(team.state(team.ana), clock.now())
