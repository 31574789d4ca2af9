"""Every act in every state: what is not allowed is refused, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from app.kit.errors import Conflict, NotFound
from app.peer_reviews import closing, inviting, reviewing
from app.peer_reviews.opened import PeerReviewState
from tests.databases import only_sqlite
from tests.peer_reviews.conftest import PeerScene

pytestmark = only_sqlite  # what a state allows is decided in Python

Act = Callable[[PeerScene, UUID], object]
TABLES = ("peer_review", "peer_reviewer", "peer_remark", "peer_proposal", "peer_agreement", "score_sheet", "audit_event")


def decline(peers: PeerScene, peer_review: UUID) -> None:
    with peers.scene.database.write() as session:
        reviewing.decline(session, peers.peer, peer_review, "No time.")


def take_back(peers: PeerScene, peer_review: UUID) -> None:
    with peers.scene.database.write() as session:
        closing.take_back(session, peers.approver, peers.review, peer_review)


def close(peers: PeerScene, peer_review: UUID) -> None:
    with peers.scene.database.write() as session:
        closing.close(session, peers.approver, peers.review, peer_review, read=peers.read(peer_review))


def renew(peers: PeerScene, peer_review: UUID) -> None:
    with peers.scene.database.write() as session:
        inviting.renew_link(session, peers.coordinator, peers.review, peer_review)


ACTS: dict[str, Act] = {
    "accept": lambda peers, id_: peers.accept(id_, peers.peer),
    "decline": decline,
    "renew": renew,
    "ask": lambda peers, id_: peers.ask(id_, "A3"),
    "propose": lambda peers, id_: peers.propose(id_, "A2", "no"),
    "agree": lambda peers, id_: peers.agree(id_, "B1"),
    "hand over": lambda peers, id_: peers.hand_over(id_),
    "reply": lambda peers, id_: peers.reply(id_, "A3"),
    "accept the proposal": lambda peers, id_: peers.accept_proposal(id_, "A1"),
    "keep": lambda peers, id_: peers.keep(id_, "A1"),
    "counter": lambda peers, id_: peers.counter(id_, "A1", "3"),
    "ask to close": lambda peers, id_: peers.ask_to_close(id_),
    "take back": take_back,
    "close": close,
    "withdraw": lambda peers, id_: peers.withdraw(id_),
}
TALK = {"ask", "propose", "agree", "reply"}
ALLOWED = {
    PeerReviewState.INVITED: {"accept", "decline", "withdraw"},
    PeerReviewState.OPEN: {*TALK, "hand over", "withdraw"},
    PeerReviewState.IN_RESPONSE: {*TALK, "accept the proposal", "keep", "counter", "ask to close", "withdraw"},
    PeerReviewState.CLOSING: {"take back", "close", "withdraw"},
    PeerReviewState.CLOSED: set[str](),
    PeerReviewState.DECLINED: set[str](),
    PeerReviewState.WITHDRAWN: set[str](),
}


def brought_to(peers: PeerScene, state: PeerReviewState) -> UUID:
    peer_review = peers.ask_economy()
    if state is PeerReviewState.DECLINED:
        decline(peers, peer_review)
    if state in {PeerReviewState.INVITED, PeerReviewState.DECLINED}:
        return peer_review
    peers.accept(peer_review)
    peers.propose(peer_review, "A1", "2")
    if state is PeerReviewState.OPEN:
        return peer_review
    peers.hand_over(peer_review)
    if state in {PeerReviewState.CLOSING, PeerReviewState.CLOSED}:
        peers.ask_to_close(peer_review)
    if state is PeerReviewState.CLOSED:
        close(peers, peer_review)
    if state is PeerReviewState.WITHDRAWN:
        peers.withdraw(peer_review)
    return peer_review


def contents(peers: PeerScene) -> dict[str, list[tuple[object, ...]]]:
    return {table: peers.scene.rows(f"SELECT * FROM {table}") for table in TABLES}


@pytest.mark.parametrize("state", list(PeerReviewState))
def test_what_a_state_does_not_allow_is_refused_and_nothing_changes(peers: PeerScene, state: PeerReviewState) -> None:
    peer_review = brought_to(peers, state)
    assert {peers.peer, peers.coordinator, peers.approver}  # made now, so that no act makes them
    before = contents(peers)

    for name in ACTS.keys() - ALLOWED[state]:
        with pytest.raises((Conflict, NotFound)):
            ACTS[name](peers, peer_review)

        assert contents(peers) == before, name


@pytest.mark.parametrize(("state", "act"), [(state, act) for state, acts in ALLOWED.items() for act in sorted(acts)])
def test_what_a_state_allows_is_done(peers: PeerScene, state: PeerReviewState, act: str) -> None:
    peer_review = brought_to(peers, state)

    ACTS[act](peers, peer_review)

    assert peers.seen_by_economy(peer_review).id == peer_review


def test_a_peer_review_in_which_nothing_was_said_is_not_handed_over(peers: PeerScene) -> None:
    peer_review = peers.opened()

    with pytest.raises(Conflict, match="Nothing is said yet"):
        peers.hand_over(peer_review)
