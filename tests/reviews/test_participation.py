"""Administrators see who takes part in a cycle, and how far a review is only where its coordinator shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts import invitations
from app.accounts import service as people
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.kit.ids import new_id
from app.questionnaires import retiring
from app.reviews import participation, showing
from app.reviews.participation import Counts, HowFar, Participant, Stage
from tests.scenarios import APEC, CODE, COMPLETE, CYCLE, SMALL, VERSION, Scene, answers_csv, statements


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


def seen(scene: Scene) -> dict[str, Participant]:
    with scene.database.read() as session:
        found = participation.get_participation(session, COMMAND_LINE, CODE, CYCLE)
    return {each.economy: each for each in found.participants}


def counts(scene: Scene) -> Counts:
    with scene.database.read() as session:
        ((_, found),) = participation.list_counts(session, COMMAND_LINE)
    return found


def show(scene: Scene, review: UUID, economy: str = "NZL", *, is_shown: bool = True, actor: Actor | None = None) -> None:
    with scene.database.write() as session:
        by = actor or scene.person(Role.COORDINATOR, economy)
        showing.choose(session, by, review, is_shown=is_shown)


def invite(scene: Scene, economy: str, email: str = "lima@example.org", actor: Actor = COMMAND_LINE) -> UUID:
    with scene.database.write() as session:
        return participation.invite_coordinator(session, actor, CODE, CYCLE, economy, email=email, name="A Name").id


def started_in(scene: Scene, states: Sequence[str]) -> dict[str, UUID]:
    """Begin, answer, hand over, sign and reopen a review each."""
    found = {}
    for economy, state in zip(APEC, states, strict=False):
        found[economy] = scene.start(economy)
        if state != "begun":
            scene.fill(found[economy], economy)
        if state in {"waiting", "submitted", "reopened"}:
            scene.hand_over(found[economy], economy)
        if state in {"submitted", "reopened"}:
            scene.sign(found[economy], economy)
        if state == "reopened":
            scene.reopen(found[economy], economy)
    return found


def test_those_who_may_take_part_stand_in_apecs_own_order(ready: Scene) -> None:
    assert tuple(seen(ready)) == APEC


def test_the_order_never_follows_how_far_they_are(ready: Scene) -> None:
    for economy, review in started_in(ready, ["begun", "submitted", "answered"]).items():
        show(ready, review, economy)

    assert tuple(seen(ready)) == APEC


@pytest.mark.parametrize("state", ["begun", "answered", "waiting", "submitted", "reopened"])
def test_what_is_not_shown_looks_as_if_it_had_never_begun(ready: Scene, state: str) -> None:
    ready.person(Role.COORDINATOR, APEC[0])
    before, counted = seen(ready), counts(ready)

    started_in(ready, [state])

    assert seen(ready)[APEC[0]].how_far is None
    assert {code: each.how_far for code, each in seen(ready).items()} == {code: each.how_far for code, each in before.items()}
    assert counts(ready) == counted


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("begun", HowFar(Stage.BEGUN, 0, 3)),
        ("answered", HowFar(Stage.BEGUN, 3, 3)),
        ("waiting", HowFar(Stage.BEGUN, 3, 3)),
        ("submitted", HowFar(Stage.SUBMITTED, 3, 3)),
        ("reopened", HowFar(Stage.BEGUN, 3, 3)),
    ],
)
def test_what_is_shown_is_begun_or_submitted_and_how_many_core_questions(ready: Scene, state: str, expected: HowFar) -> None:
    for economy, review in started_in(ready, [state]).items():
        show(ready, review, economy)

    assert seen(ready)[APEC[0]].how_far == expected
    assert counts(ready).shown == 1


def test_how_many_are_asked_tells_no_answer(scene: Scene) -> None:
    """A2 "yes" brings a core question up; its being asked would tell the answer."""
    asked_after = SMALL.replace("text: What does the law cover?", "text: What does the law cover?\n        core: true")
    scene.publish(asked_after)
    scene.open_cycle()
    totals = set()
    for economy, law in (("NZL", "yes"), ("CHL", "no")):
        review = scene.start(economy)
        scene.fill(review, economy, {"A2": RawAnswer(value=law, reason="", comment="None")})
        show(scene, review, economy)
        totals.add(seen(scene)[economy].how_far)

    assert totals == {HowFar(Stage.BEGUN, 1, 3)}


def test_what_was_shown_can_be_taken_back(ready: Scene) -> None:
    review = ready.submitted()
    show(ready, review)
    shown = seen(ready)["NZL"].how_far
    show(ready, review, is_shown=False)

    assert shown is not None
    assert seen(ready)["NZL"].how_far is None
    show(ready, review)
    assert seen(ready)["NZL"].how_far == shown


def test_a_choice_is_kept_with_who_and_when_and_recorded_once(ready: Scene) -> None:
    review = ready.start()
    for is_shown in (False, True, True, False):
        show(ready, review, is_shown=is_shown)

    with ready.database.read() as session:
        found = showing.get_showing(session, ready.person(Role.CONTRIBUTOR), review)
    assert (found.is_shown, found.chosen_by) == (False, "NZL coordinator")
    assert found.chosen_at is not None
    assert ready.rows("SELECT number, economy, is_shown FROM progress_showing ORDER BY number") == [
        (1, "NZL", True),
        (2, "NZL", False),
    ]
    assert ready.rows("SELECT action, economy FROM audit_event WHERE action LIKE 'reviews.progress%' ORDER BY sequence") == [
        ("reviews.progress_shown", "NZL"),
        ("reviews.progress_hidden", "NZL"),
    ]


def test_the_choice_can_be_made_when_the_cycle_is_closed(ready: Scene) -> None:
    review = ready.start()
    show(ready, review)
    ready.close_cycle()

    show(ready, review, is_shown=False)

    assert seen(ready)["NZL"].how_far is None


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.APPROVER])
def test_only_the_coordinator_chooses(ready: Scene, role: Role) -> None:
    review = ready.start()

    with pytest.raises(Forbidden):
        show(ready, review, actor=ready.person(role))


def test_a_foreign_review_looks_like_none(ready: Scene) -> None:
    review = ready.start()
    show(ready, review)
    strangers = [ready.person(Role.COORDINATOR, "CHL"), ready.person(Role.ADMINISTRATOR), ready.person(Role.SECRETARIAT)]

    for stranger in strangers:
        with pytest.raises(NotFound):
            show(ready, review, is_shown=False, actor=stranger)
        with ready.database.read() as session:
            assert showing.get_showing(session, stranger, review) == showing.Showing()
    assert seen(ready)["NZL"].how_far is not None


def test_one_economys_choice_shows_no_other(ready: Scene) -> None:
    reviews = started_in(ready, ["submitted", "submitted"])
    show(ready, reviews[APEC[0]], APEC[0])

    assert [code for code, each in seen(ready).items() if each.how_far] == [APEC[0]]


def test_a_choice_in_one_cycle_shows_nothing_of_another(ready: Scene) -> None:
    show(ready, ready.start())
    ready.open_cycle("2027")
    ready.start(cycle="2027")

    with ready.database.read() as session:
        later = participation.get_participation(session, COMMAND_LINE, CODE, "2027")
        by_cycle = {cycle.code: found.shown for cycle, found in participation.list_counts(session, COMMAND_LINE)}

    assert [each.how_far for each in later.participants] == [None] * 21
    assert by_cycle == {CYCLE: 1, "2027": 0}


def test_a_coordinator_and_an_invitation_are_told_apart(ready: Scene) -> None:
    ready.person(Role.COORDINATOR, "NZL")
    ready.person(Role.CONTRIBUTOR, "CHL")
    invite(ready, "PER")

    found = seen(ready)
    waiting = found["PER"].invited[0]
    assert found["NZL"].coordinators == ("NZL coordinator",)
    assert (found["CHL"].coordinators, found["CHL"].invited) == ((), ())
    assert waiting.expires_at - waiting.invited_at == timedelta(days=7)
    assert counts(ready) == Counts(21, 1, 1, 0)


def test_a_disabled_coordinator_is_none(ready: Scene) -> None:
    actor, administrator = ready.person(Role.COORDINATOR), ready.person(Role.ADMINISTRATOR)
    assert actor.user_id is not None
    with ready.database.write() as session:
        people.disable_user(session, administrator, actor.user_id)

    assert seen(ready)["NZL"].coordinators == ()


def test_other_invitations_are_not_shown_here(ready: Scene) -> None:
    with ready.database.write() as session:
        for role, economy in ((Role.CONTRIBUTOR, "PER"), (Role.COORDINATOR, "FRA"), (Role.ANALYST, None)):
            invitations.invite(
                session, COMMAND_LINE, email=f"{role.value}@example.org", name="A", role=role.value, economy=economy
            )

    assert [each for each in seen(ready).values() if each.invited] == []


def test_a_coordinator_is_invited_only_where_the_economy_may_take_part(ready: Scene) -> None:
    with pytest.raises(NotFound):
        invite(ready, "FRA")
    with pytest.raises(Invalid):
        invite(ready, "PER", email="nobody")

    assert ready.count("invitation") == 0


def test_an_invitation_is_withdrawn_from_its_cycle(ready: Scene) -> None:
    invitation = invite(ready, "PER")
    with ready.database.write() as session:
        participation.withdraw(session, COMMAND_LINE, CODE, CYCLE, invitation)

    assert seen(ready)["PER"].invited == ()
    with pytest.raises(NotFound), ready.database.write() as session:
        participation.withdraw(session, COMMAND_LINE, CODE, CYCLE, invitation)


def test_an_invitation_of_no_coordinator_is_not_withdrawn_here(ready: Scene) -> None:
    with ready.database.write() as session:
        other = invitations.invite(session, COMMAND_LINE, email="a@example.org", name="A", role="contributor", economy="PER")

    with pytest.raises(NotFound), ready.database.write() as session:
        participation.withdraw(session, COMMAND_LINE, CODE, CYCLE, other.id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_sees_who_takes_part(ready: Scene, role: Role) -> None:
    actor, invitation = ready.person(role), invite(ready, "PER")

    with ready.database.write() as session:
        with pytest.raises(Forbidden):
            participation.get_participation(session, actor, CODE, CYCLE)
        with pytest.raises(Forbidden):
            participation.list_counts(session, actor)
        with pytest.raises(Forbidden):
            participation.withdraw(session, actor, CODE, CYCLE, invitation)
    with pytest.raises(Forbidden):
        invite(ready, "CHL", "santiago@example.org", actor)


def test_a_cycle_of_published_figures_has_no_participants(ready: Scene) -> None:
    from app.economies import service as economies  # noqa: PLC0415 - for this one fact

    with ready.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, CODE, "2024", holds_own_answers=False)

    with pytest.raises(Conflict, match="Nobody answers in this cycle"), ready.database.read() as session:
        participation.get_participation(session, COMMAND_LINE, CODE, "2024")
    with ready.database.read() as session:
        by_cycle = {cycle.code: found for cycle, found in participation.list_counts(session, COMMAND_LINE)}
    assert by_cycle["2024"] == Counts()


def test_the_newest_version_in_use_says_who_may_take_part(ready: Scene) -> None:
    opened = SMALL.replace('"2026.1"', '"2027.1"').replace("groups: [APEC]", "groups: [APEC]\n  opt_in: [FRA]")
    ready.publish(opened)
    with_newest = tuple(seen(ready))
    with ready.database.write() as session:
        retiring.retire(session, COMMAND_LINE, CODE, "2027.1", "A slip.")

    assert with_newest == (*APEC, "FRA")
    assert tuple(seen(ready)) == APEC
    with ready.database.write() as session:
        retiring.retire(session, COMMAND_LINE, CODE, VERSION, "Old.")
    assert tuple(seen(ready)) == (*APEC, "FRA")


def test_the_pages_take_as_many_statements_for_all_economies_as_for_one(ready: Scene) -> None:
    def costs() -> tuple[int, int]:
        with ready.database.read() as session, statements(ready.database) as sent:
            participation.get_participation(session, COMMAND_LINE, CODE, CYCLE)
        with ready.database.read() as session, statements(ready.database) as listed:
            participation.list_counts(session, COMMAND_LINE)
        return len(sent), len(listed)

    costs()
    for_none = costs()
    reviews = ready.import_(answers_csv(APEC[:15]), submit=False).reviews
    for economy, review in reviews.items():
        show(ready, review, economy)
    for number, economy in enumerate(APEC[15:]):
        invite(ready, economy, f"person-of-{number}@example.org")

    assert sum(each.how_far is not None for each in seen(ready).values()) == 15
    assert costs() == for_none
    assert max(for_none) <= 14


def test_the_list_of_cycles_takes_as_many_statements_for_five_questionnaires_as_for_one(ready: Scene) -> None:
    """Also where this process never read any of them."""

    def publish() -> None:
        code = f"q-{new_id().hex}"
        ready.publish(SMALL.replace(f"code: {CODE}", f"code: {code}", 1))
        with ready.database.write() as session:
            economies.open_cycle(session, COMMAND_LINE, code, CYCLE)

    def cost() -> int:
        with ready.database.read() as session, statements(ready.database) as sent:
            listed = participation.list_counts(session, COMMAND_LINE)
        assert {counts.participants for _cycle, counts in listed} == {len(APEC)}
        return len(sent)

    publish()
    for_one = cost()
    for _ in range(5):
        publish()

    for_six = cost()

    assert (for_one, for_six) == (11, 11)


def test_what_is_shown_names_no_answer(ready: Scene) -> None:
    review = ready.start()
    ready.fill(review, given=COMPLETE)
    show(ready, review)

    assert "Ministries meet" not in repr(seen(ready)["NZL"])
