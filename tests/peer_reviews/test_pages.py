"""The pages of peer reviews: statuses, redirects, what was typed, and what no page may say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
import pytest
import time_machine

from app.config import Settings
from app.kit.actor import Actor, Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.peer_reviews.conftest import OURS, STRANGERS, THEIRS, PeerScene
from tests.scenarios import PASSWORD, Client

pytestmark = only_sqlite

Browse = Callable[[Actor | None], Client]


@pytest.fixture
def browse(peers: PeerScene, settings: Settings) -> Iterator[Browse]:
    app = create_app(settings, peers.scene.database)
    opened: list[Client] = []

    def browse(actor: Actor | None) -> Client:
        client = Client(app)
        opened.append(client)
        return client if actor is None else client.sign_in(peers.scene.email(actor))

    yield browse
    for client in opened:
        client.close()


def test_an_expert_is_asked_by_a_link_that_is_shown_once(peers: PeerScene, browse: Browse) -> None:
    client = browse(peers.coordinator)
    base = f"/reviews/{peers.review}/peer-reviews"
    fields = {"kind": "expert", "name": "Dr Ines Paz", "email": "ines@example.net", "section": "A", "note": "Thank you."}

    asked = client.submit(f"{base}/new", **fields)
    link = re.search(r"/invitations/([\w-]+)", asked.text)
    again = client.get(base)

    assert asked.status_code == 200
    assert link is not None
    assert "Dr Ines Paz, on revision 1" in again.text
    assert link[1] not in again.text
    assert "ines@example.net" not in again.text
    page = browse(None).get(f"/invitations/{link[1]}")
    assert "You are invited as Peer reviewer" in page.text
    assert f'href="/sign-in?next=/invitations/{link[1]}"' in page.text


def test_a_peer_reviewer_takes_a_link_with_the_account_that_is_there(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.ask_expert()
    link = peers.links[peer_review]
    client = browse(peers.scene.person(Role.PEER_REVIEWER))

    shown = client.get(link)
    taken = client.submit(f"{link}/claim")

    assert "Take the invitation with this account" in shown.text
    assert (taken.status_code, taken.headers["location"]) == (303, "/peer-reviews")
    assert f'href="/peer-reviews/{peer_review}"' in client.get("/peer-reviews").text


def test_only_an_economy_with_somebody_who_can_take_it_up_is_offered(peers: PeerScene, browse: Browse) -> None:
    browser, form = browse(peers.coordinator), f"/reviews/{peers.review}/peer-reviews/new"

    before = browser.get(form).text
    refused = browser.submit(form, kind="economy", economy=THEIRS, section="B")
    assert peers.peer.economy == THEIRS
    after = browser.get(form).text

    assert f'value="{THEIRS}"' not in before
    assert refused.status_code == 422
    assert f'value="{THEIRS}"' in after


def test_another_economy_is_asked_and_finds_the_invitation(peers: PeerScene, browse: Browse) -> None:
    peer = browse(peers.peer)
    asked = browse(peers.coordinator).submit(
        f"/reviews/{peers.review}/peer-reviews/new", kind="economy", economy=THEIRS, section="B"
    )
    page = peer.get("/peer-reviews")
    found = re.search(r'href="/peer-reviews/([0-9a-f-]{36})"', page.text)

    assert asked.status_code == 303
    assert found is not None
    invited = peer.get(f"/peer-reviews/{found[1]}").text
    assert "B Means" in invited
    assert "How many people work on it?" not in invited
    refused = peer.submit(f"/peer-reviews/{found[1]}/accept", conflict="some", conflict_words="")
    assert refused.status_code == 422
    assert 'href="#conflict_words"' in refused.text
    accepted = peer.submit(f"/peer-reviews/{found[1]}/accept", conflict="none")
    assert accepted.status_code == 303
    assert "250" in peer.get(f"/peer-reviews/{found[1]}/sections/B").text


def test_an_invitation_with_problems_names_each_and_keeps_what_was_typed(peers: PeerScene, browse: Browse) -> None:
    answer = browse(peers.coordinator).submit(
        f"/reviews/{peers.review}/peer-reviews/new", kind="expert", name="Ines", email="nobody", note="Remember me."
    )

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert re.findall(r'<a href="#(\w+)">', answer.text)[:2] == ["email", "section"]
    assert "Remember me." in answer.text
    assert 'value="Ines"' in answer.text


def test_a_proposal_with_problems_comes_back_as_it_was_typed(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    client = browse(peers.peer)
    base = f"/peer-reviews/{peer_review}/items"

    none = client.submit(f"{base}/A1/proposals", **{"A1.choice": "2", "words": "", "seen": "0"})
    odd = client.submit(f"{base}/B2/proposals", **{"B2.value": "many", "words": "They told me.", "seen": "0"})
    good = client.submit(f"{base}/A1/proposals", **{"A1.choice": "2", "words": "Not funded.", "seen": "0"})

    assert none.status_code == odd.status_code == 422
    assert 'href="#words"' in none.text
    assert re.search(r'value="2"[^>]* checked', none.text)
    assert 'href="#B2-value"' in odd.text
    assert 'value="many"' in odd.text
    assert "They told me." in odd.text
    assert good.status_code == 303
    assert "Not funded." in client.get(f"{base}/A1").text


def test_one_click_in_the_list_agrees_and_leads_back_to_the_question(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    client = browse(peers.peer)

    answer = client.submit(f"/peer-reviews/{peer_review}/items/A1/agree", seen="0", then="section")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/peer-reviews/{peer_review}/sections/A#A1")
    assert "Agreed on 1 of 4 questions" in client.get(f"/peer-reviews/{peer_review}/sections/A").text


@pytest.mark.parametrize("seen", ["", "7", "x", "9" * 30])
def test_a_decision_without_what_was_seen_is_refused(peers: PeerScene, browse: Browse, seen: str) -> None:
    peer_review = peers.opened()

    answer = browse(peers.peer).submit(f"/peer-reviews/{peer_review}/items/A1/agree", seen=seen)

    assert answer.status_code == 409
    assert peers.scene.count("peer_agreement") == 0


def test_the_economy_reads_replies_and_decides_on_its_page(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2", "Not funded.")
    peers.propose(peer_review, "B3", "60", "Counted again.")
    peers.ask(peer_review, "A3", "Since when?")
    peers.hand_over(peer_review)
    client = browse(peers.coordinator)
    base = f"/reviews/{peers.review}/peer-reviews/{peer_review}"

    waiting = client.get(f"{base}?show=waiting").text
    replied = client.submit(f"{base}/items/A3/remarks", remark="Since May.")
    accepted = client.submit(f"{base}/items/A1/agree", seen="1")
    kept = client.submit(f"{base}/items/B3/keep", keep_words="", seen="1")
    countered = client.submit(f"{base}/items/B3/proposals", **{"B3.value": "80", "words": "In between.", "seen": "1"})

    assert "Waiting for your reply (3)" in waiting
    assert "items/A1" in waiting
    assert "items/B1" not in waiting
    assert [each.status_code for each in (replied, accepted, kept, countered)] == [303, 303, 422, 303]
    assert 'href="#keep_words"' in kept.text
    assert "Agreed on 1 of 7 questions; 2 under discussion, 4 not discussed" in client.get(base).text


@pytest.mark.abuse("A17")
def test_the_approver_closes_with_the_password_and_a_wrong_one_changes_nothing(peers: PeerScene, browse: Browse) -> None:
    """A17."""
    peer_review = peers.opened()
    peers.agree(peer_review, "A1", "A2", "A3")
    peers.hand_over(peer_review)
    base = f"/reviews/{peers.review}/peer-reviews/{peer_review}"
    asked = browse(peers.coordinator).submit(f"{base}/hand-over")
    approver = browse(peers.approver)
    read = approver.read(base)

    wrong = approver.submit(f"{base}/close", read=read, current_password="not mine at all")
    before = peers.scene.count("score_sheet")
    right = approver.submit(f"{base}/close", read=read, current_password=PASSWORD)

    assert asked.status_code == 303
    assert wrong.status_code == 422
    assert 'href="#current_password"' in wrong.text
    assert (right.status_code, before, peers.scene.count("score_sheet")) == (303, 2, 3)
    results = approver.get(f"/reviews/{peers.review}/revisions/1/results").text
    assert "As reviewed" in results
    assert "As reviewed: Too few levels were agreed in a peer review (0 % agreed)" in results
    explained = approver.get(f"/reviews/{peers.review}/revisions/1/results/A?series=reviewed")
    assert explained.status_code == 200
    assert "Level 4: It is funded." in explained.text
    none = approver.get(f"/reviews/{peers.review}/revisions/1/results/B?series=reviewed").text
    assert "Too few levels were agreed in a peer review" in none


def test_an_old_page_closes_nothing_and_names_what_was_said_since(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)
    base = f"/reviews/{peers.review}/peer-reviews/{peer_review}"
    approver = browse(peers.approver)
    old = approver.read(base)
    browse(peers.coordinator).submit(f"{base}/take-back")
    peers.accept_proposal(peer_review, "A1")
    peers.ask_to_close(peer_review)

    refused = approver.submit(f"{base}/close", read=old, current_password=PASSWORD)
    closed = approver.submit(f"{base}/close", read=approver.read(base), current_password=PASSWORD)

    assert (refused.status_code, closed.status_code) == (409, 303)
    assert "The conversation changed since you opened this page" in refused.text
    assert '<a href="#A1">' in refused.text


def test_a_conflict_of_interest_waits_for_the_coordinator_who_goes_on(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.ask_economy("A")
    own, base = f"/peer-reviews/{peer_review}", f"/reviews/{peers.review}/peer-reviews/{peer_review}"
    peer, coordinator = browse(peers.peer), browse(peers.coordinator)

    stated = peer.submit(f"{own}/accept", conflict="some", conflict_words="I once worked there.")
    waiting = peer.get(own).text
    page, reviews = coordinator.get(base).text, coordinator.get("/reviews").text
    go_on = re.search(rf'action="({base}/reviewers/[0-9a-f-]+/go-on)"', page)

    assert stated.status_code == 303
    assert "You have declared a conflict of interest" in waiting
    assert peer.get(f"{own}/sections/A").status_code == 404
    assert "I once worked there." in page
    assert "The reviewer declares a conflict of interest" in reviews
    assert go_on is not None
    assert browse(peers.approver).submit(go_on[1]).status_code == 403
    assert coordinator.submit(go_on[1]).status_code == 303
    assert "Level 4: It is funded." in peer.get(f"{own}/sections/A").text
    assert "The reviewer declares a conflict of interest" not in coordinator.get("/reviews").text


def test_a_statement_on_conflicts_of_interest_is_printed_as_it_was_typed(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.ask_economy("A")
    peers.accept(peer_review, conflict="some", words="I own 50 % of <b>its</b> maker %(name)s.")
    peers.go_on(peer_review)

    page = browse(peers.coordinator).get(f"/reviews/{peers.review}/peer-reviews/{peer_review}")

    assert page.status_code == 200
    assert "I own 50 % of &lt;b&gt;its&lt;/b&gt; maker %(name)s." in page.text


def test_while_the_approver_reads_nobody_is_asked_to_decide_on_a_conflict_of_interest(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    peers.accept(peer_review, peers.scene.person(Role.CONTRIBUTOR, THEIRS), "some", "I once worked there.")
    peers.agree(peer_review, "A1")
    peers.hand_over(peer_review)
    coordinator, base = browse(peers.coordinator), f"/reviews/{peers.review}/peer-reviews/{peer_review}"
    talking = coordinator.get(base).text
    peers.ask_to_close(peer_review)

    closing = [coordinator.get(path).text for path in (base, "/reviews", f"/reviews/{peers.review}")]

    assert "/go-on" in talking
    assert not any("/go-on" in page or "declares a conflict of interest" in page for page in closing)


def test_a_wrong_password_on_an_old_page_closes_nothing_and_names_what_was_said_since(peers: PeerScene, browse: Browse) -> None:
    """Else its answer would be a page that nobody has read, with all that closing needs."""
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)
    base, approver = f"/reviews/{peers.review}/peer-reviews/{peer_review}", browse(peers.approver)
    old = approver.read(base)
    browse(peers.coordinator).submit(f"{base}/take-back")
    gone = approver.submit(f"{base}/close", read=old, current_password="")
    peers.accept_proposal(peer_review, "A1")
    peers.ask_to_close(peer_review)

    refused = approver.submit(f"{base}/close", read=old, current_password="not mine at all")

    assert (gone.status_code, refused.status_code) == (409, 409)
    assert "The conversation changed since you opened this page" in refused.text
    assert '<a href="#A1">' in refused.text


def test_what_a_second_opinion_waits_for_stands_near_the_top_of_my_reviews_and_of_the_review(
    peers: PeerScene, browse: Browse
) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.ask(peer_review, "A2")
    base = f"/reviews/{peers.review}/peer-reviews/{peer_review}"
    contributor, approver = browse(peers.scene.person(Role.CONTRIBUTOR, OURS)), browse(peers.approver)

    early = contributor.get("/reviews").text
    peers.hand_over(peer_review)
    found = [contributor.get(path).text for path in ("/reviews", f"/reviews/{peers.review}")]
    peers.ask_to_close(peer_review)
    closing = [approver.get(path).text for path in ("/reviews", f"/reviews/{peers.review}")]

    assert "1 question waits for your reply." in early, "a proposal waits for the handover"
    for page in found:
        assert "2 questions wait for your reply." in page
        assert f'href="{base}?show=waiting#questions"' in page
        assert page.index("Waiting for you") < page.index('class="task-list')
    for page in closing:
        assert "The outcome is handed over to you." in page
        assert f'href="{base}"' in page
    assert "Waiting for you" not in browse(peers.scene.person(Role.COORDINATOR, STRANGERS)).get("/reviews").text


def test_closing_asks_a_code_of_an_approver_who_has_an_app(peers: PeerScene, browse: Browse) -> None:
    """A13, A17: as signing off does."""
    peer_review = peers.opened()
    peers.agree(peer_review, "A1")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)
    base, ways = f"/reviews/{peers.review}/peer-reviews/{peer_review}", "/account/ways-to-sign-in"
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        approver = browse(peers.approver)
        without = approver.get(base).text
        approver.submit(f"{ways}/authenticator", **{"app.current_password": PASSWORD})
        secret = re.search(r'<code role="group"[^>]*>([A-Z2-7 ]+)</code>', approver.get(f"{ways}/authenticator").text)
        assert secret is not None
        app = pyotp.TOTP(secret[1].replace(" ", ""))
        approver.submit(f"{ways}/authenticator/confirm", one_time_code=app.at(datetime.now(UTC)))
        clock.shift(timedelta(minutes=1))

        shown, read = approver.get(base).text, approver.read(base)
        wrong = approver.submit(f"{base}/close", read=read, current_password=PASSWORD, one_time_code="")
        right = approver.submit(f"{base}/close", read=read, current_password=PASSWORD, one_time_code=app.at(datetime.now(UTC)))

    assert 'name="one_time_code"' not in without
    assert 'name="one_time_code"' in shown
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert 'href="#one_time_code"' in wrong.text


def test_the_coordinator_cannot_close_nor_the_approver_decide(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    base = f"/reviews/{peers.review}/peer-reviews/{peer_review}"

    decided = browse(peers.approver).submit(f"{base}/items/A1/agree", seen="1")
    peers.ask_to_close(peer_review)
    closed = browse(peers.coordinator).submit(f"{base}/close", read="", current_password=PASSWORD)

    assert (decided.status_code, closed.status_code) == (403, 403)


@pytest.mark.abuse("T1")
def test_strangers_find_no_page_of_it_and_no_difference_to_one_that_was_made_up(peers: PeerScene, browse: Browse) -> None:
    """T1."""
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.hand_over(peer_review)
    paths = [
        *(f"/reviews/{peers.review}/peer-reviews{rest}" for rest in ("", "/new")),
        *(f"/reviews/{peers.review}/peer-reviews/{{id}}{rest}" for rest in ("", "/items/A1")),
        *(f"/peer-reviews/{{id}}{rest}" for rest in ("", "/sections/A", "/items/A1")),
    ]
    strangers = [
        *(peers.scene.person(role, STRANGERS) for role in (Role.CONTRIBUTOR, Role.COORDINATOR, Role.APPROVER)),
        peers.scene.person(Role.PEER_REVIEWER),
        peers.scene.person(Role.ADMINISTRATOR),
    ]

    for stranger in strangers:
        client = browse(stranger)
        for path in paths:
            answers = [client.get(path.format(id=id_)) for id_ in (peer_review, uuid4())]
            assert [answer.status_code for answer in answers] == [404, 404], path


@pytest.mark.abuse("T16")
def test_no_page_tells_a_side_the_mail_address_of_the_other(peers: PeerScene, browse: Browse) -> None:
    """T16."""
    peer_review = peers.ask_expert()
    expert = peers.expert(peer_review)
    peers.accept(peer_review, expert)
    peers.propose(peer_review, "A1", "2", actor=expert)
    peers.hand_over(peer_review, expert)
    peers.keep(peer_review, "A1")
    peers.reply(peer_review, "A1", actor=peers.approver)
    economy, reviewer = browse(peers.coordinator), browse(expert)

    base = f"/reviews/{peers.review}/peer-reviews"
    shown = [economy.get(f"{base}{rest}").text for rest in ("", f"/{peer_review}", f"/{peer_review}/items/A1")]
    shown += [
        reviewer.get(f"/peer-reviews{rest}").text
        for rest in ("", f"/{peer_review}", f"/{peer_review}/sections/A", f"/{peer_review}/items/A1")
    ]

    assert all(f"{peers.review}" not in page for page in shown[3:]), "a reviewer learns no id of the review either"
    assert [re.findall(r"[\w.]+@example\.\w+", page) for page in shown] == [[]] * 7
    assert peers.approver.name in shown[-1]


def test_the_page_of_an_older_revision_says_so(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    peers.scene.reopen(peers.review)

    page = browse(peers.coordinator).get(f"/reviews/{peers.review}/peer-reviews/{peer_review}").text

    assert "It stays with revision 1" in page


def test_a_withdrawn_peer_review_leaves_the_reviewer_with_the_own_words(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.opened()
    peers.ask(peer_review, "A1", "Mine alone.")
    client = browse(peers.peer)
    assert client.get(f"/peer-reviews/{peer_review}/items/A1").status_code == 200

    answer = browse(peers.coordinator).submit(
        f"/reviews/{peers.review}/peer-reviews/{peer_review}/withdraw", words="Plans have changed."
    )

    assert answer.status_code == 303
    page = client.get(f"/peer-reviews/{peer_review}").text
    assert "Mine alone." in page
    assert "Plans have changed." in page
    assert "It is funded" not in page
    assert [client.get(f"/peer-reviews/{peer_review}/{rest}").status_code for rest in ("items/A1", "sections/A")] == [404, 404]


def test_declining_needs_a_word_and_shows_it_to_the_economy(peers: PeerScene, browse: Browse) -> None:
    peer_review = peers.ask_economy()
    client = browse(peers.peer)

    silent = client.submit(f"/peer-reviews/{peer_review}/decline", words="")
    said = client.submit(f"/peer-reviews/{peer_review}/decline", words="No time this year.")

    assert (silent.status_code, said.status_code) == (422, 303)
    assert peer_review.hex not in client.get("/peer-reviews").text
    assert "No time this year." in browse(peers.coordinator).get(f"/reviews/{peers.review}/peer-reviews/{peer_review}").text


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.APPROVER])
def test_colleagues_read_the_list_and_are_not_offered_to_ask(peers: PeerScene, browse: Browse, role: Role) -> None:
    peers.ask_economy()
    client = browse(peers.scene.person(role, OURS))

    assert f"/reviews/{peers.review}/peer-reviews/new" not in client.get(f"/reviews/{peers.review}/peer-reviews").text
    assert client.get(f"/reviews/{peers.review}/peer-reviews/new").status_code == 403


def test_the_signed_review_leads_to_its_second_opinions(peers: PeerScene, browse: Browse) -> None:
    page = browse(peers.coordinator).get(f"/reviews/{peers.review}").text

    assert f'href="/reviews/{peers.review}/peer-reviews"' in page
