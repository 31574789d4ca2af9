"""The digest and the reminders say what is new and what is left, to whom it concerns, and never what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.choices import Kind
from app.domain.reading import RawAnswer
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.mail import Letter, MemorySender
from app.kit.actor import Actor, Role
from app.mail.delivery import deliver_due
from app.reviews.digest import send_digests, send_reminders
from tests.mail_servers import Box, smtp_server
from tests.scenarios import statements
from tests.teamwork.conftest import A1, A2, B1, A, B, Team, team_on

BASE_URL = "https://readiness.example.org"
CATALOGS = Catalogs(Path("nowhere"))
FRIDAY = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
MONDAY = datetime(2027, 1, 3, 18, 0, tzinfo=UTC)
"""Seven in the morning of 4 January in Wellington; in Santiago it is Sunday."""
NOTE, SAID = "Ask the minister's office.", "I heard that the budget was cut."
SPANISH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Due today"
msgstr "Vence hoy"

msgid "due {day}"
msgstr "vence el {day}"

msgctxt "small B1"
msgid "Who pays?"
msgstr "¿Quién paga?"
"""

Travel = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Travel]:
    """Stop the clock on the Friday before."""
    with time_machine.travel(FRIDAY, tick=False) as stopped:
        yield stopped


@pytest.fixture
def team(database: Database, clock: Travel) -> Team:
    """Return a team whose review was begun two weeks ago, so that nothing is new."""
    clock.move_to(FRIDAY - timedelta(days=14))
    team = team_on(database)
    clock.move_to(FRIDAY)
    return team


Send = Callable[..., int]


def delivered(database: Database) -> dict[str, Letter]:
    box = MemorySender()
    deliver_due(database, box)
    assert len({letter.recipient for letter in box.letters}) == len(box.letters), "one mail to each"
    return {letter.recipient: letter for letter in box.letters}


def sent(team: Team, send: Send = send_digests, catalogs: Catalogs = CATALOGS) -> dict[str, str]:
    """Run a round, and return what each person read, by name."""
    send(team.scene.database, catalogs, BASE_URL)
    letters = delivered(team.scene.database)
    return {who.name: letters[mail].body for who in team.scene.people.values() if (mail := team.scene.email(who)) in letters}


def choose(team: Team, actor: Actor, *kinds: Kind, language: str = "en") -> None:
    with team.scene.database.write() as session:
        mail_choices.change(session, actor, kinds, language)


def test_a_digest_says_what_is_new_and_what_is_left_and_where_to_look(team: Team, clock: Travel) -> None:
    team.assign(team.coordinator, team.ana, A2, note=NOTE)
    team.assign(team.coordinator, team.ana, A1, due_on="2027-01-02")
    team.assign(team.coordinator, team.ana, B, due_on="2027-01-11")
    team.start(team.ben, A1, SAID, team.ana)
    team.start(team.ben, B1, SAID)
    with team.scene.database.write() as session:
        session.connection().exec_driver_sql("UPDATE assignment SET seen_at = assigned_at WHERE note = ''")
    clock.move_to(MONDAY)

    letter = sent(team)["Ana"]

    here = f"{BASE_URL}/reviews/{team.review}"
    assert letter.startswith(
        "Dear Ana,\n\n"
        "this is new since 28 Dec 2026, 07:00 UTC+13, and this is left:\n\n"
        "You are mentioned\n"
        "- A1 How far is the strategy? (Ben, 1 Jan 2027, 13:00 UTC+13)\n"
        f"  {here}/items/A1/discussion\n\n"
        "Overdue\n"
        "- A1 How far is the strategy? (was due 2 Jan 2027)\n"
        f"  {here}/sections/A#A1\n\n"
        "Due within seven days\n"
        "- B Means (whole section) (due 11 Jan 2027)\n"
        f"  {here}/sections/B\n\n"
        "Assigned to you\n"
        "- A2 Is there a law? (from NZL coordinator, with a note)\n"
        f"  {here}/sections/A#A2\n\n"
        "Discussed, on what is yours\n"
        "- B1 Who pays? (Ben, 1 Jan 2027, 13:00 UTC+13)\n"
        f"  {here}/items/B1/discussion\n\n"
    )
    assert "minister" not in letter
    assert "budget was cut" not in letter


def test_a_question_that_is_answered_or_locked_presses_nobody(team: Team, clock: Travel) -> None:
    team.assign(team.coordinator, team.ana, A1, due_on="2027-01-02")
    team.assign(team.coordinator, team.ben, B1, due_on="2027-01-02")
    team.scene.save(team.ana, team.review, "A1", RawAnswer(value="1"))
    clock.move_to(MONDAY)

    first = sent(team)
    team.scene.close_cycle()
    clock.shift(timedelta(days=7))
    second = sent(team)

    assert "Ana" not in first
    assert "was due 2 Jan 2027" in first["Ben"]
    assert second == {}


def test_a_week_in_which_nothing_happened_is_no_mail_to_anybody(team: Team, clock: Travel) -> None:
    clock.move_to(MONDAY)

    assert sent(team) == {}


def test_the_coordinator_reads_how_far_the_review_is_and_what_nobody_has(team: Team, clock: Travel) -> None:
    team.assign(team.coordinator, team.ben, A)
    team.scene.save(team.ben, team.review, "A1", RawAnswer(value="1"))
    clock.move_to(MONDAY)

    letters = sent(team)

    assert (
        "How far your review is\n- A small review, 2026: 1 of 6 questions dealt with\n  Nobody has: B Means\n"
        in letters[team.coordinator.name]
    )
    assert set(letters) == {team.coordinator.name, "Ben"}


def test_the_approver_reads_what_waits_and_goes_on_to_until_it_is_signed(team: Team, clock: Travel) -> None:
    team.scene.fill(team.review)
    team.scene.hand_over(team.review)
    clock.move_to(MONDAY)

    first = sent(team)
    clock.shift(timedelta(days=7))
    second = sent(team)
    team.scene.sign(team.review)
    clock.shift(timedelta(days=7))
    third = sent(team)

    link = f"Waits for your sign-off\n- A small review, 2026\n  {BASE_URL}/reviews/{team.review}/check\n"
    assert [link in letters[team.approver.name] for letters in (first, second)] == [True, True]
    assert third == {}


def test_news_of_one_economy_never_reach_another(team: Team, clock: Travel) -> None:
    team.scene.start("CHL")
    team.assign(team.coordinator, team.ana, A, due_on="2027-01-05")
    team.start(team.ben, A1, SAID, team.ana)
    clock.move_to(MONDAY + timedelta(hours=16))  # Monday in Santiago too

    letters = sent(team)

    assert str(team.review) not in letters[team.stranger.name]
    assert "Ana" not in letters[team.stranger.name]
    assert str(team.review) in letters["Ana"]


def test_who_ended_the_digest_gets_none_and_only_who_wants_reminders_gets_them(team: Team, clock: Travel) -> None:
    for person in (team.ana, team.ben):
        team.assign(team.coordinator, person, A if person is team.ana else B, due_on="2027-01-04")
    choose(team, team.ana, Kind.DUE_REMINDERS)
    clock.move_to(MONDAY)

    digests, reminders = sent(team), sent(team, send_reminders)

    assert "Ben" in digests
    assert "Ana" not in digests
    assert set(reminders) == {"Ana"}
    assert "Due today\n- A Rules (whole section) (due 4 Jan 2027)" in reminders["Ana"]


@pytest.mark.parametrize(
    ("due_on", "head"),
    [
        ("2027-01-02", None),
        ("2027-01-03", "Was due yesterday"),
        ("2027-01-04", "Due today"),
        ("2027-01-05", "Due tomorrow"),
        ("2027-01-06", None),
    ],
)
def test_a_reminder_goes_by_the_day_that_it_is_in_the_economy(team: Team, clock: Travel, due_on: str, head: str | None) -> None:
    team.assign(team.coordinator, team.ana, B1, due_on=due_on)
    choose(team, team.ana, Kind.DUE_REMINDERS)
    clock.move_to(MONDAY)  # still 3 January in UTC

    letters = sent(team, send_reminders)

    assert set(letters) == ({"Ana"} if head else set())
    assert head is None or f"\n{head}\n- B1 Who pays? (" in letters["Ana"]


def test_there_is_one_reminder_a_day_and_none_once_it_is_done(team: Team, clock: Travel) -> None:
    team.assign(team.coordinator, team.ana, B1, due_on="2027-01-05")
    choose(team, team.ana, Kind.DUE_REMINDERS)
    clock.move_to(MONDAY)

    first, again = sent(team, send_reminders), sent(team, send_reminders)
    clock.shift(timedelta(days=1))
    second = sent(team, send_reminders)
    team.scene.save(team.ana, team.review, "B1", RawAnswer(value="all"))
    clock.shift(timedelta(days=1))
    third = sent(team, send_reminders)

    assert [set(letters) for letters in (first, again, second, third)] == [{"Ana"}, set(), {"Ana"}, set()]


def test_the_digest_keeps_its_hour_when_the_clocks_change(team: Team, clock: Travel) -> None:
    clock.move_to(datetime(2027, 4, 2, tzinfo=UTC))  # the clocks of Wellington go back on Sunday, 4 April
    team.assign(team.coordinator, team.ana, B1, due_on="2027-04-11")

    clock.move_to(datetime(2027, 4, 4, 18, 59, tzinfo=UTC))
    choose(team, team.coordinator)
    too_early = sent(team)
    clock.shift(timedelta(minutes=1))
    letter = sent(team)["Ana"]

    assert "Ana" in too_early, "the digest of the week before, late, for the review was new then"
    assert "new since 29 Mar 2027, 07:00 UTC+13" in letter
    assert "due 11 Apr 2027)" in letter


def test_each_reads_in_their_own_language(team: Team, clock: Travel, tmp_path: Path) -> None:
    (tmp_path / "es.po").write_text(SPANISH, encoding="utf-8")
    for person, place in ((team.ana, A1), (team.ben, B1)):
        team.assign(team.coordinator, person, place, due_on="2027-01-04")
    choose(team, team.ana, Kind.DUE_REMINDERS)
    choose(team, team.ben, Kind.DUE_REMINDERS, language="es")
    clock.move_to(MONDAY)

    letters = sent(team, send_reminders, Catalogs(tmp_path))

    assert "Due today\n- A1 How far is the strategy? (due 4 Jan 2027)" in letters["Ana"]
    assert "Vence hoy\n- B1 ¿Quién paga? (vence el 4 ene 2027)" in letters["Ben"]


def test_what_is_read_does_not_grow_with_the_number_of_people(team: Team, clock: Travel) -> None:
    counts = []
    for week in range(2):
        people = [team.scene.person(Role.CONTRIBUTOR, name=f"Reader {number}") for number in range(1 + 6 * week)]
        clock.move_to(MONDAY + timedelta(days=7 * week, hours=1))
        team.assign(team.coordinator, people[-1], A)
        for person in people:
            team.start(team.ben, A1, SAID, person)
        clock.shift(timedelta(days=7))
        with statements(team.scene.database) as heard:
            send_digests(team.scene.database, CATALOGS, BASE_URL)
        counts.append(sum(statement.startswith(("SELECT", "WITH")) for statement in heard))
        assert len(delivered(team.scene.database)) == len(people)

    assert counts[0] == counts[1], "each of the two economies is read once"
    assert counts[0] <= 2 + 2 * 9


def test_many_things_are_cut_to_a_mail_that_one_reads(team: Team, clock: Travel) -> None:
    for number in range(12):
        team.start(team.scene.person(Role.CONTRIBUTOR, name=f"Colleague {number:02}"), A1, SAID, team.ana)
    clock.move_to(MONDAY)

    letter = sent(team)["Ana"]

    assert "(Colleague 00, Colleague 01, Colleague 02 and others, 1 Jan 2027, 13:00 UTC+13)" in letter
    assert "Colleague 05" not in letter


def test_who_answers_for_no_economy_gets_no_digest(team: Team, clock: Travel) -> None:
    team.scene.person(Role.SECRETARIAT)
    team.scene.person(Role.PEER_REVIEWER)
    team.scene.person(Role.ADMINISTRATOR)
    team.start(team.ben, A1, SAID, team.ana)
    clock.move_to(MONDAY)

    assert set(sent(team)) == {"Ana"}


def test_a_digest_arrives_at_a_real_mail_server_and_can_be_ended(team: Team, clock: Travel) -> None:
    team.start(team.ben, A1, SAID, team.ana)
    clock.move_to(MONDAY)
    send_digests(team.scene.database, CATALOGS, BASE_URL)

    with smtp_server(Box()) as post:
        deliver_due(team.scene.database, post.sender())

    (message,) = [each for each in post.box.messages if each["To"] == team.scene.email(team.ana)]
    link = message["List-Unsubscribe"].strip("<>")
    text = message.get_content()
    assert link.startswith(f"{BASE_URL}/unsubscribe/")
    assert link in text
    assert f"{BASE_URL}/reviews/{team.review}/items/A1/discussion" in text
    assert message["Subject"] == "Your week in the AI Readiness Reviews"


def test_people_see_nothing_of_reviews_of_an_economy_that_they_left(database: Database, clock: Travel) -> None:
    team = team_on(database)
    team.assign(team.coordinator, team.ana, A, due_on="2027-01-04")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE \"user\" SET economy = 'CHL' WHERE name = 'Ana'")
    clock.move_to(MONDAY + timedelta(days=7))

    assert "Ana" not in sent(team)
