"""Who sees what, and until when: T1, T3, T5, T9, T16."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from app.accounts import invitations
from app.accounts.sessions import Lifetime
from app.domain.reading import RawAnswer
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.peer_reviews import closing, conflicts, conversation, inviting, reviewing, service
from app.peer_reviews.inviting import Wanted
from app.peer_reviews.opened import PeerReviewState
from app.reviews import service as reviews
from tests.peer_reviews.conftest import OURS, STRANGERS, THEIRS, PeerScene

Act = Callable[[Session, Actor, PeerScene, UUID], object]
LIFETIME = Lifetime(timedelta(hours=1), timedelta(hours=1))

OF_THE_ECONOMY: dict[str, Act] = {
    "open": lambda session, actor, peers, id_: service.open_for_economy(session, actor, peers.review, id_),
    "renew": lambda session, actor, peers, id_: inviting.renew_link(session, actor, peers.review, id_),
    "withdraw": lambda session, actor, peers, id_: inviting.withdraw(session, actor, peers.review, id_),
    "reply": lambda session, actor, peers, id_: conversation.remark(session, actor, id_, "A1", "So.", review_id=peers.review),
    "accept": lambda session, actor, peers, id_: conversation.agree(session, actor, id_, "A1", seen=1, review_id=peers.review),
    "keep": lambda session, actor, peers, id_: conversation.keep(
        session, actor, id_, "A1", "So.", seen=1, review_id=peers.review
    ),
    "counter": lambda session, actor, peers, id_: conversation.propose(
        session, actor, id_, "A1", RawAnswer(value="3"), "So.", seen=1, review_id=peers.review
    ),
    "ask to close": lambda session, actor, peers, id_: closing.ask_to_close(session, actor, peers.review, id_),
    "take back": lambda session, actor, peers, id_: closing.take_back(session, actor, peers.review, id_),
    "close": lambda session, actor, peers, id_: closing.close(session, actor, peers.review, id_, read=""),
}
OF_THE_REVIEWER: dict[str, Act] = {
    "open": lambda session, actor, _peers, id_: service.open_for_reviewer(session, actor, id_),
    "work": lambda session, actor, _peers, id_: service.open_to_work(session, actor, id_),
    "accept": lambda session, actor, _peers, id_: reviewing.accept(session, actor, id_, conflict="none"),
    "decline": lambda session, actor, _peers, id_: reviewing.decline(session, actor, id_, "No time."),
    "hand over": lambda session, actor, _peers, id_: reviewing.hand_over(session, actor, id_),
    "ask": lambda session, actor, _peers, id_: conversation.remark(session, actor, id_, "A1", "So?"),
    "agree": lambda session, actor, _peers, id_: conversation.agree(session, actor, id_, "A1", seen=0),
    "propose": lambda session, actor, _peers, id_: conversation.propose(
        session, actor, id_, "A1", RawAnswer(value="2"), "So.", seen=0
    ),
}


def refused(peers: PeerScene, act: Act, actor: Actor, peer_review: UUID) -> str:
    with pytest.raises(NotFound) as found, peers.scene.database.write() as session:
        act(session, actor, peers, peer_review)
    return found.value.detail


@pytest.mark.parametrize("act", OF_THE_ECONOMY.values(), ids=OF_THE_ECONOMY)
def test_nobody_outside_the_economy_stands_on_its_side(peers: PeerScene, act: Act) -> None:
    """A stranger, the reviewing economy and an expert learn no more than of an id that was made up."""
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    outsiders = [
        *(peers.scene.person(role, STRANGERS) for role in (Role.CONTRIBUTOR, Role.COORDINATOR, Role.APPROVER)),
        peers.scene.person(Role.APPROVER, THEIRS),
        *(peers.scene.person(role) for role in (Role.PEER_REVIEWER, Role.ADMINISTRATOR, Role.SECRETARIAT, Role.ANALYST)),
    ]

    words = {refused(peers, act, actor, id_) for actor in outsiders for id_ in (peer_review, uuid4())}

    assert len(words) == 1
    assert peers.seen_by_economy(peer_review).state is PeerReviewState.IN_RESPONSE


@pytest.mark.parametrize("act", OF_THE_REVIEWER.values(), ids=OF_THE_REVIEWER)
@pytest.mark.abuse("T9")
def test_nobody_who_is_not_asked_stands_on_the_side_of_the_reviewer(peers: PeerScene, act: Act) -> None:
    """T9: others who review elsewhere, and the economy itself, find nothing."""
    asked, other = peers.ask_expert(), peers.ask_expert("A", email="other@example.net")
    elsewhere = peers.expert(other, "Somebody else")
    peers.accept(other, elsewhere)
    outsiders = [
        elsewhere,
        *(peers.scene.person(role, economy) for role in (Role.COORDINATOR, Role.APPROVER) for economy in (OURS, STRANGERS)),
        *(peers.scene.person(role) for role in (Role.PEER_REVIEWER, Role.ADMINISTRATOR, Role.SECRETARIAT, Role.ANALYST)),
    ]

    words = {refused(peers, act, actor, id_) for actor in outsiders for id_ in (asked, uuid4())}

    assert len(words) == 1


def test_nothing_is_shown_before_the_statement_on_conflicts_of_interest(peers: PeerScene) -> None:
    peer_review = peers.ask_economy()

    seen = peers.seen_by_reviewer(peer_review)

    assert seen.threads == {}
    assert seen.frozen.answers == {}
    with pytest.raises(NotFound), peers.scene.database.read() as session:
        service.open_to_work(session, peers.peer, peer_review)


def test_a_reviewer_sees_the_chosen_sections_and_no_comment_or_evidence_unless_the_economy_says_so(peers: PeerScene) -> None:
    bare, full = peers.opened("A"), peers.opened("A", shows_evidence=True)

    seen = {peer_review: peers.seen_by_reviewer(peer_review) for peer_review in (bare, full)}

    assert all(set(each.frozen.answers) == {"A1", "A2", "A3", "A4"} for each in seen.values())
    assert seen[bare].threads["A1"].signed.evidence_url == ""
    assert seen[bare].frozen.answers["A1"].evidence_url == ""
    assert seen[full].threads["A1"].signed.evidence_url == "https://example.org/strategy"
    for peer_review in (bare, full):
        with pytest.raises(NotFound), peers.scene.database.write() as session:
            conversation.remark(session, peers.peer, peer_review, "B1", "And this?")


def test_a_reviewer_opens_no_review(peers: PeerScene) -> None:
    """Neither drafts nor other revisions: the review itself stays closed to them."""
    peer_review = peers.ask_expert()
    expert = peers.expert(peer_review)
    peers.accept(peer_review, expert)
    peers.scene.reopen(peers.review)
    peers.scene.save(peers.scene.person(Role.CONTRIBUTOR), peers.review, "A1", "1", seen=1)

    for actor in (expert, peers.peer):
        with pytest.raises(NotFound), peers.scene.database.read() as session:
            reviews.open_review(session, actor, peers.review)
    assert peers.seen_by_reviewer(peer_review, expert).threads["A1"].signed.value == 4


@pytest.mark.parametrize("act", ["work", "hand over", "ask", "agree", "propose"])
@pytest.mark.abuse("T9")
def test_access_ends_at_once_when_the_peer_review_is_withdrawn(peers: PeerScene, act: str) -> None:
    """T9: what the reviewer said stays readable to the reviewer, and nothing else."""
    peer_review = peers.opened()
    peers.ask(peer_review, "A1", "Mine.")
    peers.reply(peer_review, "A1", "Theirs.")
    peers.agree(peer_review, "A2")

    peers.withdraw(peer_review, "Thank you.")

    assert refused_or_conflict(peers, OF_THE_REVIEWER[act], peer_review)
    seen = peers.seen_by_reviewer(peer_review)
    assert [remark.words for remark in seen.threads["A1"].remarks] == ["Mine."]
    assert seen.threads["A2"].agreements == ()
    assert all(answer.value is None for answer in seen.frozen.answers.values())
    assert seen.ending_words == "Thank you."


def refused_or_conflict(peers: PeerScene, act: Act, peer_review: UUID) -> bool:
    with pytest.raises((NotFound, Conflict)), peers.scene.database.write() as session:
        act(session, peers.peer, peers, peer_review)
    return True


def test_after_closing_a_reviewer_keeps_the_own_words_and_the_outcome(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2", "Mine.")
    peers.propose(peer_review, "B1", "some", "Mine too.")
    peers.hand_over(peer_review)
    peers.accept_proposal(peer_review, "A1")
    peers.keep(peer_review, "B1", "Theirs.")
    peers.close(peer_review)

    seen = peers.seen_by_reviewer(peer_review)

    assert seen.threads["A1"].agreed is not None
    assert seen.threads["A1"].agreed.answer.value == 2
    words = [position.words for thread in seen.threads.values() for position in thread.positions]
    assert [each for each in words if each] == ["Mine.", "Mine too."]
    assert all(answer.value is None for answer in seen.frozen.answers.values())
    assert not service.has_access(seen, peers.peer)


def test_a_withdrawn_invitation_is_gone_for_those_who_never_accepted(peers: PeerScene) -> None:
    economy, expert = peers.ask_economy(), peers.ask_expert()
    peers.withdraw(economy)
    peers.withdraw(expert)

    with peers.scene.database.read() as session:
        assert service.list_for_reviewer(session, peers.peer) == []
    with pytest.raises(invitations.InvitationUnusable):
        peers.expert(expert)


def test_contributors_of_the_reviewing_economy_join_once_it_has_accepted_each_with_an_own_statement(peers: PeerScene) -> None:
    peer_review = peers.ask_economy()
    colleague = peers.scene.person(Role.CONTRIBUTOR, THEIRS)
    assert refused(peers, OF_THE_REVIEWER["accept"], colleague, peer_review)

    peers.accept(peer_review)
    before = peers.seen_by_reviewer(peer_review, colleague)
    peers.accept(peer_review, colleague)
    after = peers.seen_by_reviewer(peer_review, colleague)

    assert before.threads == {}
    assert after.threads != {}
    stated = {each.name: each.conflict_of_interest for each in peers.seen_by_economy(peer_review).reviewers}
    assert stated == dict.fromkeys((peers.peer.name, colleague.name), str(reviewing.NO_CONFLICT))


def test_whoever_declares_a_conflict_reads_nothing_until_the_coordinator_goes_on(peers: PeerScene) -> None:
    peer_review = peers.ask_economy()
    peers.accept(peer_review, conflict="some", words="I once worked there.")
    waiting = peers.seen_by_reviewer(peer_review)
    (reviewer,) = peers.seen_by_economy(peer_review).reviewers

    with pytest.raises(Forbidden), peers.scene.database.write() as session:
        conflicts.go_on(session, peers.approver, peers.review, peer_review, reviewer.id)
    with pytest.raises(NotFound):
        peers.agree(peer_review, "A1")
    with pytest.raises(NotFound), peers.scene.database.read() as session:
        service.open_to_work(session, peers.peer, peer_review)
    peers.go_on(peer_review)

    assert (waiting.state, waiting.threads, waiting.frozen.answers) == (PeerReviewState.INVITED, {}, {})
    assert (reviewer.conflict_of_interest, reviewer.waits) == ("I once worked there.", True)
    seen = peers.seen_by_reviewer(peer_review)
    assert (seen.state, bool(seen.threads)) == (PeerReviewState.OPEN, True)
    with pytest.raises(Conflict):
        peers.go_on(peer_review)


def test_a_colleague_without_a_conflict_reads_while_the_other_still_waits_and_learns_nothing_of_the_outcome(
    peers: PeerScene,
) -> None:
    peer_review = peers.opened()
    colleague = peers.scene.person(Role.CONTRIBUTOR, THEIRS)
    peers.accept(peer_review, colleague, "some", "I once worked there.")
    during = peers.seen_by_reviewer(peer_review, colleague)
    peers.agree(peer_review, "A1")
    peers.hand_over(peer_review)
    peers.close(peer_review)

    assert peers.seen_by_reviewer(peer_review).threads["A1"].agreed is not None
    assert during.threads == {}
    assert peers.seen_by_reviewer(peer_review, colleague).threads == {}


def test_nothing_is_closed_that_the_approver_did_not_read(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)
    read = peers.read(peer_review)
    with peers.scene.database.write() as session:
        closing.take_back(session, peers.coordinator, peers.review, peer_review)
    peers.accept_proposal(peer_review, "A1")
    peers.ask_to_close(peer_review)

    with pytest.raises(closing.OutcomeChanged) as refused_, peers.scene.database.write() as session:
        closing.close(session, peers.approver, peers.review, peer_review, read=read)

    assert refused_.value.items == ("A1",)
    assert peers.seen_by_economy(peer_review).state is PeerReviewState.CLOSING


@pytest.mark.parametrize(("conflict", "words", "field"), [("", "", "conflict"), ("some", " ", "conflict_words")])
def test_nobody_accepts_without_a_statement(peers: PeerScene, conflict: str, words: str, field: str) -> None:
    peer_review = peers.ask_economy()

    with pytest.raises(Invalid) as found:
        peers.accept(peer_review, conflict=conflict, words=words)

    assert [problem.field for problem in found.value.problems] == [field]
    assert peers.seen_by_economy(peer_review).state is PeerReviewState.INVITED


def test_an_expert_without_an_account_makes_one_by_the_link(peers: PeerScene) -> None:
    peer_review = peers.ask_expert()
    token = peers.links[peer_review].removeprefix("/invitations/")

    signed_in = invitations.accept_invitation(
        peers.scene.database,
        token,
        name="Ines Paz",
        password="lantern orchid mosaic",
        repeated="lantern orchid mosaic",
        passwords=peers.scene.passwords,
        user_agent="",
        lifetime=LIFETIME,
    )
    peers.accept(peer_review, signed_in.actor)

    assert signed_in.actor.role is Role.PEER_REVIEWER
    assert signed_in.actor.economy is None
    assert peers.seen_by_reviewer(peer_review, signed_in.actor).threads != {}


def test_a_link_that_was_used_or_replaced_works_no_more(peers: PeerScene) -> None:
    peer_review = peers.ask_expert()
    old = peers.links[peer_review]
    with peers.scene.database.write() as session:
        peers.links[peer_review] = inviting.renew_link(session, peers.coordinator, peers.review, peer_review)
    new = peers.links[peer_review]
    peers.links[peer_review] = old
    with pytest.raises(invitations.InvitationUnusable):
        peers.expert(peer_review, "Early")
    peers.links[peer_review] = new
    peers.expert(peer_review)

    with pytest.raises(invitations.InvitationUnusable):
        peers.expert(peer_review, "Late")
    with pytest.raises(Conflict), peers.scene.database.write() as session:
        inviting.renew_link(session, peers.coordinator, peers.review, peer_review)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PEER_REVIEWER])
def test_only_a_peer_reviewer_takes_such_a_link_with_an_account(peers: PeerScene, role: Role) -> None:
    peer_review = peers.ask_expert()
    token = peers.links[peer_review].removeprefix("/invitations/")

    with pytest.raises(invitations.InvitationUnusable), peers.scene.database.write() as session:
        invitations.claim(session, peers.scene.person(role, THEIRS), token)


@pytest.mark.abuse("T11")
def test_two_economies_ask_the_same_expert_and_neither_learns_of_the_other(peers: PeerScene) -> None:
    """T11: the link of the first goes on working, and an account that exists is never told of."""
    first = peers.ask_expert(email="same@example.net")
    other = PeerScene(peers.scene, peers.scene.submitted(STRANGERS))
    wanted = Wanted("expert", name="The same", email="same@example.net", sections=("A",))
    with peers.scene.database.write() as session:
        coordinator = peers.scene.person(Role.COORDINATOR, STRANGERS)
        second = inviting.invite(session, coordinator, other.review, wanted)
        other.links[second.id] = second.path
        waiting = invitations.list_open(session, coordinator)

    expert = peers.expert(first)
    other.expert(second.id)

    assert waiting == []
    with peers.scene.database.read() as session:
        assert {each.id for each in service.list_for_reviewer(session, expert)} == {first, second.id}


def test_an_official_of_the_own_economy_is_no_expert_of_it(peers: PeerScene) -> None:
    email = peers.scene.email(peers.scene.person(Role.CONTRIBUTOR, OURS))

    with pytest.raises(Invalid) as found:
        peers.ask_expert(email=email)

    assert [problem.code for problem in found.value.problems] == ["own_official"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
@pytest.mark.abuse("T5", "T18")
def test_only_the_coordinator_asks_for_a_second_opinion(peers: PeerScene, role: Role) -> None:
    """T5, T18: and nobody hands out the role of peer reviewers by the page of a team."""
    actor = peers.scene.person(role, OURS)
    wanted = Wanted("economy", economy=THEIRS, sections=("A",))

    with pytest.raises((Forbidden, NotFound)), peers.scene.database.write() as session:
        inviting.invite(session, actor, peers.review, wanted)
    with pytest.raises(Forbidden), peers.scene.database.write() as session:
        invitations.invite_peer_reviewer(session, actor, email="x@example.net", name="X")


def test_a_coordinator_gives_nobody_the_role_of_peer_reviewers_in_the_team(peers: PeerScene) -> None:
    with pytest.raises(Forbidden), peers.scene.database.write() as session:
        invitations.invite(session, peers.coordinator, email="x@example.net", name="X", role="peer_reviewer", economy=None)


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        (Wanted(""), ["kind", "section"]),
        (Wanted("economy", economy=OURS, sections=("A",)), ["economy"]),
        (Wanted("economy", economy="XXX", sections=("A", "Z")), ["economy", "section"]),
        (Wanted("economy", economy=THEIRS, sections=("A",), due_on="2020-01-01"), ["due_on"]),
        (Wanted("economy", economy=THEIRS, sections=("A",), due_on="soon", note="x" * 2_001), ["note", "due_on"]),
        (Wanted("expert", name="", email="nobody"), ["email", "name", "section"]),
    ],
)
def test_what_is_wrong_with_an_invitation_is_named_and_nobody_is_asked(
    peers: PeerScene, wanted: Wanted, fields: list[str]
) -> None:
    assert peers.peer.economy == THEIRS  # only an economy that has somebody can be asked

    with pytest.raises(Invalid) as found, peers.scene.database.write() as session:
        inviting.invite(session, peers.coordinator, peers.review, wanted)

    assert [problem.field for problem in found.value.problems] == fields
    assert peers.scene.count("peer_review") == 0
    assert peers.scene.count("invitation") == 0


def test_nobody_is_asked_about_answers_that_are_not_signed(peers: PeerScene) -> None:
    review = peers.scene.start(STRANGERS)
    coordinator = peers.scene.person(Role.COORDINATOR, STRANGERS)

    with pytest.raises(Conflict, match="Sign the review off first"), peers.scene.database.write() as session:
        inviting.invite(session, coordinator, review, Wanted("economy", economy=THEIRS, sections=("A",)))


def test_what_is_under_way_on_one_review_is_read_without_the_others(peers: PeerScene) -> None:
    one = peers.opened("A")
    peers.scene.open_cycle("2027")
    other = peers.scene.start(OURS, "2027")

    with peers.scene.database.read() as session:
        found = [service.list_under_way(session, peers.coordinator, review) for review in (None, peers.review, other)]

    assert [[each.id for each in listed] for listed in found] == [[one], [one], []]


def test_what_is_said_of_one_question_in_one_peer_review_stays_with_it(peers: PeerScene) -> None:
    first, second = peers.opened("A"), peers.opened("A")
    peers.ask(first, "A1", "In the first.")
    peers.propose(second, "A1", "2")
    peers.agree(second, "A2")

    with peers.scene.database.read() as session:
        found = {each.id: each.threads for each in service.list_for_reviewer(session, peers.peer)}

    touched = {id_: {code for code, thread in threads.items() if thread.is_touched} for id_, threads in found.items()}
    assert touched == {first: {"A1"}, second: {"A1", "A2"}}
    assert [remark.words for remark in found[first]["A1"].remarks] == ["In the first."]
    assert (len(found[first]["A1"].positions), len(found[second]["A1"].positions)) == (1, 2)
