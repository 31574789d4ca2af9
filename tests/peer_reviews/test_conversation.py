"""Question and reply, proposal and agreement: everything is kept, and both sides must say yes."""

from __future__ import annotations

import pytest

from app.domain.answers import AnswerState
from app.domain.reading import RawAnswer
from app.kit.actor import Role
from app.kit.errors import Conflict, Forbidden, Invalid
from app.peer_reviews import conversation
from app.peer_reviews.opened import PeerReviewState
from app.peer_reviews.positions import Side
from tests.peer_reviews.conftest import OURS, PeerScene


def test_the_whole_conversation_from_the_invitation_to_the_end(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.agree(peer_review, "A2", "B1")
    peers.propose(peer_review, "A1", "2")
    peers.propose(peer_review, "B2", "100", "The census counts fewer.")
    peers.propose(peer_review, "B3", "60")
    peers.ask(peer_review, "A3")
    peers.reply(peer_review, "A3")
    peers.hand_over(peer_review)
    peers.accept_proposal(peer_review, "A1")
    peers.counter(peer_review, "B2", "200")
    peers.agree(peer_review, "B2")
    peers.keep(peer_review, "B3")

    found = peers.seen_by_economy(peer_review)
    counts = found.counts()
    peers.close(peer_review)

    agreed = {code: thread.agreed.answer.value for code, thread in found.threads.items() if thread.agreed}
    assert agreed == {"A1": 2, "A2": "yes", "B1": "all", "B2": 200.0}
    assert (counts.total, counts.agreed, counts.under_discussion, counts.not_discussed) == (7, 4, 2, 1)
    assert [remark.words for remark in found.threads["A3"].remarks] == ["On what is this based?", "On the decree of May."]
    assert [position.answer.value for position in found.threads["B2"].positions] == [250.0, 100.0, 200.0]
    assert peers.seen_by_economy(peer_review).state is PeerReviewState.CLOSED


def test_keeping_the_own_answer_is_agreed_only_when_the_reviewer_says_yes_in_turn(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)

    peers.keep(peer_review, "A1")
    before = peers.seen_by_economy(peer_review).threads["A1"].agreed
    peers.agree(peer_review, "A1")
    after = peers.seen_by_economy(peer_review).threads["A1"].agreed

    assert before is None
    assert after is not None
    assert (after.side, after.answer.value) == (Side.REVIEWER, 4)


def test_a_later_proposal_opens_an_agreed_question_again_and_nothing_is_lost(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.agree(peer_review, "A1")
    peers.propose(peer_review, "A1", "3")

    thread = peers.seen_by_reviewer(peer_review).threads["A1"]

    assert thread.agreed is None
    assert len(thread.agreements) == 1
    assert [position.answer.value for position in thread.positions] == [4, 3]


def test_a_reviewer_who_comes_back_to_the_signed_answer_agrees_with_it(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "3")

    peers.agree(peer_review, "A1")

    thread = peers.seen_by_reviewer(peer_review).threads["A1"]
    assert thread.agreed is not None
    assert thread.agreed.answer.value == 4
    assert [position.answer.value for position in thread.positions] == [4, 3, 4]


def test_the_economy_reads_questions_at_once_and_proposals_once_they_are_handed_over(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.ask(peer_review, "A1")
    peers.propose(peer_review, "A1", "2")
    peers.agree(peer_review, "A2")

    before = peers.seen_by_economy(peer_review)
    peers.hand_over(peer_review)
    after = peers.seen_by_economy(peer_review)

    assert len(before.threads["A1"].remarks) == 1
    assert len(before.threads["A1"].positions) == 1
    assert before.threads["A2"].agreements == ()
    assert len(after.threads["A1"].positions) == 2
    assert after.threads["A2"].agreed is not None


def test_each_side_sees_what_waits_for_it(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.ask(peer_review, "A3")
    peers.agree(peer_review, "B1")
    peers.hand_over(peer_review)

    first = peers.seen_by_economy(peer_review).waiting_for(Side.ECONOMY)
    peers.counter(peer_review, "A1", "3")
    peers.reply(peer_review, "A3")
    second = peers.seen_by_economy(peer_review)

    assert first == ("A1", "A3")
    assert second.waiting_for(Side.ECONOMY) == ()
    assert second.waiting_for(Side.REVIEWER) == ("A1", "A3")


@pytest.mark.parametrize(
    ("item", "raw", "words", "fields"),
    [
        ("A1", RawAnswer(value="9"), "So.", ["value"]),
        ("A1", RawAnswer(value=""), "So.", ["value"]),
        ("A1", RawAnswer(value="2"), "", ["words"]),
        ("A1", RawAnswer(value="4"), "The same.", ["value"]),
        ("A1", RawAnswer("declined"), "So.", ["value"]),
        ("A1", RawAnswer("not_applicable", reason="It is small."), "So.", ["state"]),
        ("A3", RawAnswer(value=("none", "safety")), "So.", ["value"]),
        ("B2", RawAnswer(value="5000"), "x" * 2_001, ["value", "words"]),
        ("B2", RawAnswer("not_applicable"), "So.", ["reason"]),
    ],
)
def test_a_proposal_is_read_by_the_rules_of_any_answer_and_needs_a_reason(
    peers: PeerScene, item: str, raw: RawAnswer, words: str, fields: list[str]
) -> None:
    """The same rubric: what officials cannot answer, a reviewer cannot propose."""
    peer_review = peers.opened()

    with pytest.raises(Invalid) as refused:
        peers.propose(peer_review, item, raw, words)

    assert [problem.field for problem in refused.value.problems] == fields
    assert peers.scene.count("peer_proposal") == 0


def test_a_reviewer_may_propose_that_a_question_does_not_apply_where_it_allows_that(peers: PeerScene) -> None:
    peer_review = peers.opened()

    peers.propose(peer_review, "B2", RawAnswer("not_applicable", reason="Nobody works on it."))

    assert peers.seen_by_reviewer(peer_review).threads["B2"].latest.answer.state is AnswerState.NOT_APPLICABLE


def test_a_proposal_carries_no_comment_and_no_evidence(peers: PeerScene) -> None:
    peer_review = peers.opened()

    peers.propose(peer_review, "A1", RawAnswer(value="2", comment="Aside.", evidence_url="https://example.org/x"))

    answer = peers.seen_by_reviewer(peer_review).threads["A1"].latest.answer
    assert (answer.comment, answer.evidence_url) == ("", "")


def test_what_was_decided_on_an_older_page_is_refused_and_nothing_changes(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.propose(peer_review, "A1", "3")
    peers.hand_over(peer_review)

    with pytest.raises(Conflict, match="since you opened the page"), peers.scene.database.write() as session:
        conversation.agree(session, peers.coordinator, peer_review, "A1", seen=1, review_id=peers.review)

    assert peers.scene.count("peer_agreement") == 0


def test_nobody_agrees_with_their_own_proposal(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    peers.counter(peer_review, "A1", "3")

    peers.accept_proposal(peer_review, "A1")

    agreed = peers.seen_by_economy(peer_review).threads["A1"].agreed
    assert agreed is not None
    assert agreed.answer.value == 2, "back from the own proposal to what the reviewer holds, never a yes to oneself"


def test_a_blank_answer_cannot_be_agreed_to(peers: PeerScene) -> None:
    peers.scene.reopen(peers.review)
    peers.scene.save(peers.scene.person(Role.CONTRIBUTOR), peers.review, "B3", RawAnswer("blank"), seen=1)
    peers.scene.hand_over(peers.review)
    peers.scene.sign(peers.review)
    peer_review = peers.opened()

    with pytest.raises(Conflict):
        peers.agree(peer_review, "B3")


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.APPROVER])
def test_for_the_economy_the_coordinator_decides_and_all_may_reply(peers: PeerScene, role: Role) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    colleague = peers.scene.person(role, OURS)

    with pytest.raises(Forbidden):
        peers.accept_proposal(peer_review, "A1", colleague)
    peers.reply(peer_review, "A1", actor=colleague)

    thread = peers.seen_by_economy(peer_review).threads["A1"]
    assert thread.agreed is None
    assert [remark.author for remark in thread.remarks] == [colleague.name]


def test_every_act_is_recorded_without_a_word_of_what_was_said(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2", "A secret reason.")
    peers.ask(peer_review, "A1", "A secret question.")
    peers.hand_over(peer_review)
    peers.accept_proposal(peer_review, "A1")
    peers.close(peer_review)

    rows = peers.scene.rows(
        "SELECT action, economy, detail FROM audit_event WHERE action LIKE 'peer_reviews.%' ORDER BY sequence"
    )

    assert [str(row[0]).removeprefix("peer_reviews.") for row in rows] == [
        *("invited", "accepted", "proposed", "asked", "handed_over", "agreed", "closing_asked", "closed")
    ]
    assert {row[1] for row in rows} == {OURS}
    assert "secret" not in str(rows)
