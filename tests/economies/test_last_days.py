"""When a cycle ends: after its last day everywhere on earth, or when it is closed; and how both are undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from app.economies import cycles, last_day, service
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problems
from tests.scenarios import CODE, CYCLE, Scene

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
LAST = date(2027, 6, 30)
OVER = datetime(2027, 7, 1, 12, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as stopped:
        yield stopped


@pytest.fixture
def dated(scene: Scene, clock: time_machine.Traveller) -> Scene:
    """Open a cycle whose last day is 30 June."""
    with scene.database.write() as session:
        service.open_cycle(session, COMMAND_LINE, CODE, CYCLE, closes_on=LAST.isoformat())
    return scene


def is_open(scene: Scene) -> bool:
    with scene.database.read() as session:
        return service.get_cycle(session, CODE, CYCLE).is_open


def move(scene: Scene, closes_on: str, reason: str = "More time.", actor: Actor = COMMAND_LINE) -> service.CycleEntry:
    with scene.database.write() as session:
        return cycles.change_closing_day(session, actor, CODE, CYCLE, closes_on=closes_on, reason=reason)


def reopen(scene: Scene, closes_on: str = "", reason: str = "A mistake.", actor: Actor = COMMAND_LINE) -> service.CycleEntry:
    with scene.database.write() as session:
        return cycles.reopen(session, actor, CODE, CYCLE, closes_on=closes_on, reason=reason)


def history(scene: Scene) -> list[cycles.CycleChanged]:
    with scene.database.read() as session:
        return cycles.history(session, COMMAND_LINE, CODE, CYCLE)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Honolulu", "America/Lima", "UTC", "Asia/Tokyo", "Pacific/Kiritimati"])
def test_a_last_day_is_over_only_when_it_is_over_there(zone: str) -> None:
    last_moment = datetime(2027, 6, 30, 23, 59, 59, tzinfo=ZoneInfo(zone))

    assert not last_day.is_over(LAST, last_moment)


def test_a_last_day_is_over_when_it_is_over_everywhere() -> None:
    assert last_day.end_of(LAST) == OVER
    assert last_day.is_over(LAST, OVER)
    assert not last_day.is_over(LAST, OVER - A_MOMENT)
    assert not last_day.is_over(None, OVER + timedelta(days=36_500))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("30 June 2027", "not_a_date"),
        ("2027-06-31", "not_a_date"),
        ("20270630", "not_a_date"),
        ("2027-W26-3", "not_a_date"),
        ("2027-06-30T00:00", "not_a_date"),
        ("٢٠٢٧-٠٦-٣٠", "not_a_date"),
        ("2027-05-30", "out_of_range"),
        ("3027-06-30", "out_of_range"),
        ("9999-12-31", "out_of_range"),
        ("0001-01-01", "out_of_range"),
    ],
)
def test_a_closing_day_that_cannot_be_is_named(text: str, code: str) -> None:
    problems = Problems()

    last_day.read_closing_day(problems, text, NOON)

    with pytest.raises(Invalid) as refused:
        problems.raise_if_any()
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("closes_on", code)]


def test_yesterday_can_be_the_last_day_while_it_is_not_over_everywhere() -> None:
    problems = Problems()

    day = last_day.read_closing_day(problems, "2027-05-31", NOON - A_MOMENT)

    problems.raise_if_any()
    assert day == date(2027, 5, 31)


def test_a_cycle_closes_by_itself_after_its_last_day(dated: Scene, clock: time_machine.Traveller) -> None:
    clock.move_to(OVER - A_MOMENT)
    before = is_open(dated)
    clock.move_to(OVER)

    assert (before, is_open(dated)) == (True, False)
    with pytest.raises(Conflict, match="closed already"):
        dated.close_cycle()


def test_a_later_day_opens_it_again_and_the_history_says_why(dated: Scene, clock: time_machine.Traveller) -> None:
    clock.move_to(OVER)

    entry = move(dated, "2027-07-31", "  Two economies asked for time. ")

    assert (entry.is_open, entry.closes_on) == (True, date(2027, 7, 31))
    newest, first = history(dated)
    assert (newest.kind, newest.before, newest.closes_on) == ("closing_day", LAST, date(2027, 7, 31))
    assert (newest.reason, newest.by, newest.at) == ("Two economies asked for time.", COMMAND_LINE.name, OVER)
    assert (first.kind, first.before, first.closes_on, first.reason) == ("opened", None, LAST, "")


def test_a_day_can_be_taken_away(dated: Scene, clock: time_machine.Traveller) -> None:
    move(dated, "")
    clock.move_to(OVER + timedelta(days=999))

    assert is_open(dated)


@pytest.mark.parametrize(
    ("closes_on", "reason", "field"),
    [("2027-06-30", "Why not.", "closes_on"), ("2027-07-31", " ", "reason"), ("2027-07-31", "x" * 1_001, "reason")],
)
def test_a_change_of_the_day_says_why_and_changes_something(dated: Scene, closes_on: str, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        move(dated, closes_on, reason)

    assert [problem.field for problem in refused.value.problems] == [field]
    assert len(history(dated)) == 1


def test_a_closed_cycle_is_opened_again_as_it_was(dated: Scene) -> None:
    with dated.database.write() as session:
        service.close_cycle(session, COMMAND_LINE, CODE, CYCLE, reason="Wrong button.")
    with pytest.raises(Conflict, match="Open it again first"):
        move(dated, "2027-07-31")

    entry = reopen(dated, LAST.isoformat())

    assert (entry.is_open, entry.closes_on) == (True, LAST)
    assert [(change.kind, change.reason) for change in history(dated)] == [
        ("reopened", "A mistake."),
        ("closed", "Wrong button."),
        ("opened", ""),
    ]


def test_a_cycle_whose_day_has_passed_is_opened_again_without_one(dated: Scene, clock: time_machine.Traveller) -> None:
    clock.move_to(OVER)

    assert reopen(dated).closes_on is None
    with pytest.raises(Conflict, match="is open already"):
        reopen(dated)


def test_opening_again_needs_a_reason_and_a_day_to_come(dated: Scene, clock: time_machine.Traveller) -> None:
    clock.move_to(OVER)

    with pytest.raises(Invalid) as refused:
        reopen(dated, LAST.isoformat(), "")

    assert {problem.field for problem in refused.value.problems} == {"closes_on", "reason"}
    assert not is_open(dated)


def test_every_change_is_recorded(dated: Scene) -> None:
    move(dated, "2027-07-31")
    dated.close_cycle()
    reopen(dated)

    assert dated.rows("SELECT action, detail FROM audit_event ORDER BY sequence") == [
        ("economies.cycle_opened", '{"closes_on":"2027-06-30"}'),
        ("economies.cycle_closing_day", '{"closes_on":"2027-07-31"}'),
        ("economies.cycle_closed", '{"closes_on":"2027-07-31"}'),
        ("economies.cycle_reopened", '{"closes_on":""}'),
    ]


def test_a_sooner_day_is_moved_only_where_it_is_meant(dated: Scene) -> None:
    def moved(closes_on: str, *, may_be_sooner: bool) -> date | None:
        with dated.database.write() as session:
            sent = {"closes_on": closes_on, "reason": "Agreed."}
            return cycles.change_closing_day(session, COMMAND_LINE, CODE, CYCLE, **sent, may_be_sooner=may_be_sooner).closes_on

    with pytest.raises(Invalid) as refused:
        moved("2027-06-29", may_be_sooner=False)

    assert [(one.field, one.code) for one in refused.value.problems] == [("sooner", "not_confirmed")]
    assert moved("2027-07-01", may_be_sooner=False) == date(2027, 7, 1)
    assert moved("2027-06-29", may_be_sooner=True) == date(2027, 6, 29)
    assert moved("", may_be_sooner=False) is None
    with pytest.raises(Invalid):
        moved("2027-12-31", may_be_sooner=False)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_changes_when_a_cycle_ends(dated: Scene, role: Role) -> None:
    actor = dated.person(role)

    with pytest.raises(Forbidden):
        move(dated, "2027-07-31", actor=actor)
    with pytest.raises(Forbidden):
        reopen(dated, actor=actor)
    with pytest.raises(Forbidden), dated.database.read() as session:
        cycles.history(session, actor, CODE, CYCLE)

    assert is_open(dated)


def test_what_is_unknown_does_not_end(scene: Scene) -> None:
    with pytest.raises(NotFound):
        move(scene, "2027-07-31")
    with pytest.raises(NotFound):
        reopen(scene)
