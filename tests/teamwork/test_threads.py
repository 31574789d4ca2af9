"""Discussions of an item."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.kit.actor import Role
from app.kit.errors import Invalid, NotFound
from app.teamwork import rules, threads
from app.teamwork.state import Member
from tests.scenarios import Scene
from tests.teamwork.conftest import A1, A2, B1, Team, user_id


def test_a_discussion_is_read_with_the_newest_last(team: Team) -> None:
    thread = team.start(team.ana, A1, "Is the strategy adopted?\nI only find a draft.")
    team.reply(team.ben, A1, thread, "In May.")
    team.reply(team.approver, A1, thread, "I have seen it.")

    (discussion,) = team.discussions(team.coordinator, A1)

    assert [(post.name, post.text) for post in discussion.posts] == [
        ("Ana", "Is the strategy adopted?\nI only find a draft."),
        ("Ben", "In May."),
        (team.approver.name, "I have seen it."),
    ]
    assert discussion.is_open
    assert team.discussions(team.coordinator, A2) == []


def test_open_discussions_stand_before_resolved_ones(team: Team) -> None:
    first, second = team.start(team.ana, A1, "First"), team.start(team.ben, A1, "Second")
    with team.scene.database.write() as session:
        threads.resolve(session, team.ben, team.review, "A1", first)
        threads.resolve(session, team.ana, team.review, "A1", first)

    shown = team.discussions(team.ana, A1)

    assert [discussion.id for discussion in shown] == [second, first]
    assert shown[1].resolved_by == "Ben"
    assert (team.state(team.ana).talks["A1"].open, team.state(team.ana).talks["A1"].resolved) == (1, 1)


def test_a_reply_opens_a_resolved_discussion_again(team: Team) -> None:
    thread = team.start(team.ana, A1)
    with team.scene.database.write() as session:
        threads.resolve(session, team.ana, team.review, "A1", thread)

    team.reply(team.ben, A1, thread, "Not yet.")

    assert team.discussions(team.ana, A1)[0].is_open


def test_it_is_opened_again_and_that_is_recorded_once(team: Team) -> None:
    thread = team.start(team.ana, A1)
    with team.scene.database.write() as session:
        threads.resolve(session, team.ana, team.review, "A1", thread)
        threads.open_again(session, team.ben, team.review, "A1", thread)
        threads.open_again(session, team.ben, team.review, "A1", thread)

    actions = [
        row[0] for row in team.scene.rows("SELECT action FROM audit_event WHERE action LIKE 'teamwork%' ORDER BY sequence")
    ]
    assert actions == ["teamwork.thread_started", "teamwork.thread_resolved", "teamwork.thread_opened_again"]
    assert team.discussions(team.ana, A1)[0].is_open


def test_whom_a_post_mentions_has_it_unread_until_they_open_the_discussion(team: Team) -> None:
    team.start(team.ana, A1, "Can you look, @Ben?", team.approver, team.ana)

    assert team.discussions(team.ana, A1)[0].posts[0].notified == ("Ben", team.approver.name)
    assert [team.state(who).talks["A1"].unread for who in (team.ana, team.ben, team.approver)] == [0, 1, 1]
    with team.scene.database.write() as session:
        threads.see(session, team.ben, team.review, "A1")
    assert [team.state(who).talks["A1"].unread for who in (team.ben, team.approver)] == [0, 1]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ana Maria, please", {2}),
        ("@Ana, please", {1}),
        ("ask @Ana Maria and @Ana.", {1, 2}),
        ("ana@Ana.example is an address, @Anabel is nobody, @ana neither", set()),
        ("@Zo\u00eb?", {3}),
    ],
)
def test_a_name_counts_when_it_is_exactly_a_members(text: str, called: set[int]) -> None:
    names = {1: "Ana", 2: "Ana Maria", 3: "Zo\u00eb"}
    team = [Member(UUID(int=number), name, Role.CONTRIBUTOR) for number, name in names.items()]

    assert rules.mentioned_in(text, team) == {UUID(int=number) for number in called}


@pytest.mark.parametrize(("text", "code"), [("  \n ", "missing"), ("x" * 5_001, "too_long"), ("a\x1bb", "control_characters")])
def test_what_is_wrong_with_a_post_is_named(team: Team, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        team.start(team.ana, A1, text)

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("text", code)]
    assert (team.scene.count("thread"), team.scene.count("thread_post")) == (0, 0)


@pytest.mark.abuse("T12")
def test_nobody_of_another_economy_is_mentioned(team: Team) -> None:
    """T12: by id a stranger looks like nobody; by name nothing happens."""
    refusals = []
    for stranger in (user_id(team.stranger), uuid4()):
        with pytest.raises(NotFound) as refused, team.scene.database.write() as session:
            threads.start(session, team.ana, team.review, A1, "Look!", [stranger])
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1
    team.start(team.ana, A1, f"@{team.stranger.name}, look!")

    assert team.scene.count("thread_mention") == 0


@pytest.mark.abuse("T1", "T3")
def test_a_thread_is_found_through_its_own_item_of_its_own_review_only(team: Team, other_review: UUID) -> None:
    """T1 and T3."""
    thread = team.start(team.ana, A1)
    for actor, review, item in (
        (team.stranger, team.review, "A1"),
        (team.stranger, other_review, "A1"),
        (team.ana, other_review, "A1"),
        (team.ana, team.review, "B1"),
    ):
        for act in (threads.resolve, threads.open_again):
            with pytest.raises(NotFound), team.scene.database.write() as session:
                act(session, actor, review, item, thread)
        with pytest.raises(NotFound), team.scene.database.write() as session:
            threads.reply(session, actor, review, item, thread, "Mine now.")
    with pytest.raises(NotFound), team.scene.database.write() as session:
        threads.start(session, team.stranger, team.review, A1, "Hello?")
    with team.scene.database.read() as session:
        assert threads.of_item(session, team.stranger, team.review, "A1") == []
    assert team.state(team.stranger).talks == {}


def test_people_outside_economies_see_and_say_nothing(team: Team) -> None:
    team.start(team.ana, A1)
    for role in (Role.ADMINISTRATOR, Role.SECRETARIAT, Role.ANALYST):
        outside = team.scene.person(role)
        assert team.discussions(outside, A1) == []
        assert team.state(outside).talks == {}
        with pytest.raises(NotFound):
            team.start(outside, A1)


def test_discussions_go_on_after_submission_and_are_no_part_of_it(team: Team) -> None:
    team.start(team.ana, B1, "Between us.")
    team.scene.fill(team.review)
    team.scene.hand_over(team.review)
    team.scene.sign(team.review)

    team.start(team.ben, B1, "For next year.")

    ((answers,),) = team.scene.rows("SELECT answers FROM submission")
    assert "Between us" not in str(answers)
    assert len(team.discussions(team.ana, B1)) == 2


def test_what_was_said_is_not_recorded(team: Team) -> None:
    team.start(team.ana, A1, "A word between us.", team.ben)

    assert [row for row in team.scene.rows("SELECT detail FROM audit_event") if "between us" in str(row)] == []


def test_two_of_one_name_are_both_called(team: Team) -> None:
    other: Scene = team.scene
    twins = [other.person(Role.APPROVER, name="Kim"), other.person(Role.CONTRIBUTOR, name="Kim")]

    team.start(team.ana, A1, "@Kim, which of you knows?")

    assert [team.state(each).talks["A1"].unread for each in twins] == [1, 1]
