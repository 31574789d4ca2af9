"""Each side of a peer review hears by mail that the other has done its part: that, and a link, and nothing of what was said."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine

from app.accounts.invitations import PAUSE
from app.accounts.mailing.letters import Place
from app.accounts.mailing.notices import Desk
from app.accounts.pages.mail_words import kind_words
from app.infra.catalogs import Catalogs
from app.infra.mail import Letter, MemorySender
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import TooManyRequests
from app.mail.delivery import deliver_due
from app.peer_reviews import closing, conflicts, inviting, letters, reviewing, service
from app.peer_reviews.inviting import Wanted
from tests.peer_reviews.conftest import OURS, THEIRS, PeerScene

BASE_URL = "https://readiness.example.org"
DESK = Desk(BASE_URL, Catalogs(Path("nowhere")))
PLACE = Place(BASE_URL, "New Zealand")
KINDS = (
    *(letters.ASKED, letters.DECLINED, letters.HANDED_OVER),
    *(letters.CLOSING, letters.OPENED_AGAIN, letters.CLOSED),
    *(letters.CONFLICT, letters.GOING_ON),
)


def delivered(peers: PeerScene) -> dict[str, Letter]:
    box = MemorySender()
    deliver_due(peers.scene.database, box)
    return {letter.recipient: letter for letter in box.letters}


def of(peers: PeerScene, found: dict[str, Letter], actor: Actor) -> str:
    assert list(found) == [peers.scene.email(actor)]
    return found[peers.scene.email(actor)].body


def ask(peers: PeerScene) -> inviting.NewPeerReview:
    wanted = Wanted("expert", name="Dr Ines Paz", email="ines@example.net", sections=("A",))
    with peers.scene.database.write() as session:
        return inviting.invite(session, peers.coordinator, peers.review, wanted, place=PLACE, desk=DESK)


def test_an_expert_gets_the_link_by_mail(peers: PeerScene) -> None:
    fresh = ask(peers)

    found = delivered(peers)

    assert list(found) == ["ines@example.net"]
    body = found["ines@example.net"].body
    assert "asks you for a second opinion on the AI readiness review of New Zealand." in body
    assert f"\n{BASE_URL}{fresh.path}\n" in body


def test_a_new_link_takes_the_place_of_the_old_mail_and_not_twice_a_minute(peers: PeerScene) -> None:
    with time_machine.travel(clock.now() - PAUSE):
        old = ask(peers)
    with peers.scene.database.write() as session:
        new = inviting.renew_link(session, peers.coordinator, peers.review, old.id, place=PLACE)

    with pytest.raises(TooManyRequests), peers.scene.database.write() as session:
        inviting.renew_link(session, peers.coordinator, peers.review, old.id, place=PLACE)

    body = delivered(peers)["ines@example.net"].body
    assert new in body
    assert old.path not in body


def test_the_coordinators_of_an_economy_that_is_asked_get_word_without_whose_review_it_is(peers: PeerScene) -> None:
    peer, _approver = peers.peer, peers.scene.person(Role.APPROVER, THEIRS)
    wanted = Wanted("economy", economy=THEIRS, sections=("A",), note="On our new law.")
    with peers.scene.database.write() as session:
        inviting.invite(session, peers.coordinator, peers.review, wanted, desk=DESK)

    body = of(peers, delivered(peers), peer)

    assert f"{BASE_URL}/peer-reviews\n" in body
    assert "new law" not in body
    assert OURS not in body


def test_the_coordinator_hears_that_the_reviewer_declined(peers: PeerScene) -> None:
    peer_review = peers.ask_economy("A")

    with peers.scene.database.write() as session:
        reviewing.decline(session, peers.peer, peer_review, "We have no time.", desk=DESK)

    body = of(peers, delivered(peers), peers.coordinator)
    assert f"{BASE_URL}/reviews/{peers.review}/peer-reviews/{peer_review}\n" in body
    assert "no time" not in body


def test_each_side_hears_when_the_other_is_done_until_it_is_closed(peers: PeerScene) -> None:
    peer_review = peers.opened("A")
    peers.ask(peer_review, "A1", "On what is this based?")

    with peers.scene.database.write() as session:
        reviewing.hand_over(session, peers.peer, peer_review, desk=DESK)
    handed_over = of(peers, delivered(peers), peers.coordinator)
    with peers.scene.database.write() as session:
        closing.ask_to_close(session, peers.coordinator, peers.review, peer_review, desk=DESK)
    waits = of(peers, delivered(peers), peers.approver)
    with peers.scene.database.write() as session:
        closing.take_back(session, peers.approver, peers.review, peer_review, desk=DESK)
    sent_back = delivered(peers)
    with peers.scene.database.write() as session:
        closing.ask_to_close(session, peers.coordinator, peers.review, peer_review)
        read = closing.fingerprint(service.open_for_economy(session, peers.approver, peers.review, peer_review))
        closing.close(session, peers.approver, peers.review, peer_review, read=read, desk=DESK)
    closed = delivered(peers)

    ours, theirs = f"{BASE_URL}/reviews/{peers.review}/peer-reviews/{peer_review}\n", f"{BASE_URL}/peer-reviews/{peer_review}\n"
    assert "handed over to you" in handed_over
    assert "close the peer review, or choose to go on talking" in waits
    assert all(ours in body for body in (handed_over, waits))
    assert not any("based" in body for body in (handed_over, waits))
    for found, of_reviewer in ((sent_back, "goes on talking"), (closed, "is closed")):
        assert set(found) == {peers.scene.email(peers.coordinator), peers.scene.email(peers.peer)}
        assert ours in found[peers.scene.email(peers.coordinator)].body
        assert theirs in found[peers.scene.email(peers.peer)].body
        assert of_reviewer in found[peers.scene.email(peers.peer)].body


def test_mails_to_the_economy_name_the_reviewer_and_the_review_and_those_to_others_never_whose_it_is(peers: PeerScene) -> None:
    peer_review, expert_s = peers.ask_economy("A"), peers.ask_expert("A")
    expert = peers.expert(expert_s)
    for asked, actor in ((peer_review, peers.peer), (expert_s, expert)):
        with peers.scene.database.write() as session:
            reviewing.accept(session, actor, asked, conflict="some", words="I once worked there.", desk=DESK)
    box = MemorySender()
    deliver_due(peers.scene.database, box)
    declared = [letter.body for letter in box.letters]
    (reviewer,) = peers.seen_by_economy(peer_review).reviewers

    with peers.scene.database.write() as session:
        conflicts.go_on(session, peers.coordinator, peers.review, peer_review, reviewer.id, desk=DESK)

    going_on = of(peers, delivered(peers), peers.peer)
    review = "A small review, Cycle 2026, revision 1"
    assert sorted(body.partition(" accepts")[0].rpartition("\n")[2] for body in declared) == ["Dr Ines Paz", "Peru"]
    assert all(f"a second opinion on {review}" in body and "worked there" not in body for body in declared)
    assert review in going_on
    assert "New Zealand" not in going_on
    assert f"{BASE_URL}/peer-reviews/{peer_review}\n" in going_on


def test_a_reviewer_who_waits_for_a_decision_gets_no_mail_about_what_they_may_not_see(peers: PeerScene) -> None:
    peer_review, waiting = peers.opened("A"), peers.scene.person(Role.CONTRIBUTOR, THEIRS)
    peers.accept(peer_review, waiting, "some", "I once worked there.")
    peers.agree(peer_review, "A1")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)

    with peers.scene.database.write() as session:
        closing.take_back(session, peers.coordinator, peers.review, peer_review, desk=DESK)
    opened_again = delivered(peers)
    peers.ask_to_close(peer_review)
    with peers.scene.database.write() as session:
        closing.close(session, peers.approver, peers.review, peer_review, read=peers.read(peer_review), desk=DESK)
    closed = delivered(peers)

    assert all(peers.scene.email(peers.peer) in found for found in (opened_again, closed))
    assert not any(peers.scene.email(waiting) in found for found in (opened_again, closed))


@pytest.mark.parametrize("kind", KINDS)
def test_administrators_read_what_each_mail_is(kind: str) -> None:
    assert kind_words(kind).startswith("Word that")
