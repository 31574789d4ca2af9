"""What a review's pages read of its team, and what a digest would say."""

from __future__ import annotations

from datetime import timedelta

from app.accounts import service as accounts
from app.kit import clock
from app.kit.actor import COMMAND_LINE
from app.teamwork import assignments, news, overview
from app.teamwork.state import TeamState
from tests.databases import only_sqlite
from tests.scenarios import statements
from tests.teamwork.conftest import A1, B1, A, Team, user_id


@only_sqlite
def test_everything_of_a_team_is_one_statement(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A)
    team.start(team.ben, A1, "@Ana?")
    team.come(team.ben, B1)
    team.visit(team.ana)

    with statements(team.scene.database) as sent:
        state = team.state(team.ana)

    assert len(sent) == 1
    assert set(state.holders) == {A}
    assert (state.talks["A1"].open, state.talks["A1"].unread) == (1, 1)
    assert state.talks["A1"].others_last is not None
    assert [each.name for each in state.here] == ["Ben"]
    assert state.visits is not None


def test_the_state_of_every_review_is_that_of_each(team: Team) -> None:
    team.scene.open_cycle("2027")
    later = team.scene.start(cycle="2027")
    team.assign(team.coordinator, team.ana, A)
    team.assign(team.coordinator, team.ben, A, review=later)
    team.start(team.ben, B1)

    with team.scene.database.read() as session:
        found = overview.of_economy(session, team.ana)
        assert found == {review: overview.of_review(session, team.ana, review) for review in (team.review, later)}
        assert overview.of_economy(session, team.stranger) == {}
        assert overview.of_review(session, team.stranger, team.review) == TeamState()


def test_what_is_assigned_is_news_until_it_is_seen(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A, B1)
    before = [holder.is_seen for holder in team.state(team.ana).holders.values()]

    with team.scene.database.write() as session:
        assignments.see(session, team.ben, team.review)
        assignments.see(session, team.ana, team.review)

    assert before == [False, False]
    assert [holder.is_seen for holder in team.state(team.ana).holders.values()] == [True, True]


def test_news_tell_a_person_what_is_new_and_what_is_due(team: Team) -> None:
    today = clock.now().date()
    team.assign(team.coordinator, team.ana, A, due_on=(today + timedelta(days=6)).isoformat())
    team.assign(team.coordinator, team.ana, B1, due_on=(today - timedelta(days=1)).isoformat())
    team.start(team.ben, A1, "I wonder.")
    team.start(team.ben, B1, "@Ana, do you know?")

    found = team.news(team.ana)

    assert [said.place for said in found.mentions] == [B1]
    assert [holder.place for holder in found.assigned] in ([A, B1], [B1, A])
    assert [said.place for said in found.said] == [A1, B1]
    assert [holder.place for holder in found.due_soon] == [A]
    assert [holder.place for holder in found.overdue] == [B1]


def test_news_leave_out_what_is_old_read_settled_or_ones_own(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A)
    team.start(team.ana, A1, "My own question.")

    with team.scene.database.read() as session:
        now = clock.now()
        later = news.of_person(session, team.ana, since=now, now=now)

    assert later.is_empty
    assert team.news(team.ben).is_empty
    assert [said.name for said in team.news(team.ana).said] == []


def test_news_of_an_economy_cost_three_statements_and_never_reach_another(team: Team) -> None:
    team.assign(team.coordinator, team.ana, A)
    team.assign(team.coordinator, team.ben, B1)
    team.start(team.ben, A1, "@Ana?", team.approver)
    with team.scene.database.write() as session:
        accounts.disable_user(session, COMMAND_LINE, user_id(team.ben))
    now = clock.now()

    with team.scene.database.read() as session, statements(team.scene.database) as sent:
        found = news.of_economy(session, "NZL", since=now - timedelta(days=1), now=now)
        assert news.of_economy(session, "CHL", since=now - timedelta(days=1), now=now) == {}

    assert set(found) == {team.ana.user_id, team.approver.user_id}, "who left gets no news"
    assert len(sent) == 6
