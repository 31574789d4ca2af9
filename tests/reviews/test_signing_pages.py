"""The page on which the approver reads and signs: only what was read is signed, and what goes back says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from app.reviews import sign_off
from tests.databases import only_sqlite
from tests.scenarios import COMPLETE, PASSWORD, Client, Scene

pytestmark = only_sqlite

As = Callable[..., Client]
REASON = "The law is not in force yet."


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    """Open the program as somebody of an economy."""
    app = create_app(settings, database)
    return lambda role, economy="NZL": Client(app).sign_in(scene.email(scene.person(role, economy)))


@pytest.fixture
def waiting(scene: Scene) -> UUID:
    review = scene.ready().start()
    scene.fill(review)
    scene.hand_over(review)
    return review


def change(scene: Scene, review: UUID) -> None:
    """Take the review back, change one answer, and hand it over again."""
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.COORDINATOR), review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1)
    scene.hand_over(review)


def test_an_old_page_signs_nothing_names_what_changed_and_shows_it(scene: Scene, as_: As, waiting: UUID) -> None:
    approver, form = as_(Role.APPROVER), {"attests": "yes", "current_password": PASSWORD}
    old = approver.read(f"/reviews/{waiting}/check")
    change(scene, waiting)

    refused = approver.submit(f"/reviews/{waiting}/submit", read=old, **form)

    assert refused.status_code == 409
    assert "The answers changed since you opened this page" in refused.text
    assert '<a href="#A1">' in refused.text
    assert 'id="A1"' in refused.text
    assert "Level 5: " in refused.text
    assert 'value="yes" checked' not in " ".join(refused.text.split())
    assert scene.count("submission") == 0
    new = re.search(r'name="read" value="([^"]+)"', refused.text)
    assert new is not None
    assert approver.submit(f"/reviews/{waiting}/submit", read=new[1], **form).status_code == 303


@pytest.mark.parametrize("password", ["", "not mine at all"])
def test_a_signature_that_is_not_taken_says_what_changed_and_hands_out_no_unread_page(
    scene: Scene, as_: As, waiting: UUID, password: str
) -> None:
    approver = as_(Role.APPROVER)
    old = approver.read(f"/reviews/{waiting}/check")
    change(scene, waiting)

    refused = approver.submit(f"/reviews/{waiting}/submit", read=old, attests="yes", current_password=password)

    assert refused.status_code == 409
    assert "The answers changed since you opened this page" in refused.text
    assert '<a href="#A1">' in refused.text


def test_sending_back_without_a_reason_from_an_old_page_says_what_changed(scene: Scene, as_: As, waiting: UUID) -> None:
    approver = as_(Role.APPROVER)
    page = approver.get(f"/reviews/{waiting}/check").text
    old = approver.read(f"/reviews/{waiting}/check")
    change(scene, waiting)

    refused = approver.submit(f"/reviews/{waiting}/take-back", read=old, send_back_reason=" ")
    sent = approver.submit(f"/reviews/{waiting}/take-back", read=old, send_back_reason=REASON)

    assert page[page.index("/take-back") :].count('name="read"') == 1
    assert refused.status_code == 409
    assert '<a href="#A1">' in refused.text
    assert 'href="#send_back_reason"' in refused.text
    assert sent.status_code == 303


@pytest.mark.abuse("A17")
def test_each_field_of_the_signature_has_its_own_error_and_the_tick_stays_when_the_password_was_wrong(
    scene: Scene, as_: As, waiting: UUID
) -> None:
    approver = as_(Role.APPROVER)
    read = approver.read(f"/reviews/{waiting}/check")

    empty = approver.submit(f"/reviews/{waiting}/submit", read=read)
    wrong = approver.submit(f"/reviews/{waiting}/submit", read=read, attests="yes", current_password="not mine at all")

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert 'href="#attests"' in empty.text
    assert 'href="#current_password"' in empty.text
    assert 'href="#attests"' not in wrong.text
    assert re.search(r'<input[^>]*name="attests"[^>]*checked', wrong.text)
    assert scene.count("submission") == 0
    assert scene.count("sign_in_failure") == 1


@pytest.mark.parametrize("password", ["", "not mine at all", PASSWORD])
def test_whoever_cannot_sign_hears_that_and_not_what_is_wrong_with_a_password(
    scene: Scene, as_: As, waiting: UUID, password: str
) -> None:
    contributor, approver = as_(Role.CONTRIBUTOR), as_(Role.APPROVER)
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.COORDINATOR), waiting)

    answers = [each.submit(f"/reviews/{waiting}/submit", current_password=password) for each in (contributor, approver)]

    assert [answer.status_code for answer in answers] == [403, 409]


def test_once_the_cycle_is_closed_nobody_is_asked_to_sign(scene: Scene, as_: As, waiting: UUID) -> None:
    approver = as_(Role.APPROVER)
    read = approver.read(f"/reviews/{waiting}/check")
    scene.close_cycle()

    page, reviews = approver.get(f"/reviews/{waiting}/check").text, approver.get("/reviews").text
    signed = approver.submit(f"/reviews/{waiting}/submit", read=read, attests="yes", current_password=PASSWORD)

    assert "Read and sign off" not in page + reviews
    assert "/submit" not in page
    assert "This cycle is closed, so its reviews can no longer be signed off or reopened." in page
    assert "Waiting for you" not in reviews
    assert signed.status_code == 409


def test_once_the_cycle_is_closed_nobody_is_asked_to_change_what_was_sent_back(scene: Scene, as_: As, waiting: UUID) -> None:
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.APPROVER), waiting, REASON)
    coordinator = as_(Role.COORDINATOR)
    before = coordinator.get("/reviews").text
    scene.close_cycle()

    after = coordinator.get("/reviews").text

    assert "Waiting for you" in before
    assert "Waiting for you" not in after


def test_sending_back_asks_why_and_the_team_reads_it_until_it_is_handed_over_again(scene: Scene, as_: As, waiting: UUID) -> None:
    approver, coordinator, contributor = as_(Role.APPROVER), as_(Role.COORDINATOR), as_(Role.CONTRIBUTOR)

    refused = approver.submit(f"/reviews/{waiting}/take-back", read=approver.read(f"/reviews/{waiting}/check"))
    sent = approver.submit(f"/reviews/{waiting}/take-back", send_back_reason=REASON)

    assert (refused.status_code, sent.status_code) == (422, 303)
    assert 'href="#send_back_reason"' in refused.text
    for client in (coordinator, contributor):
        for path in ("/reviews", f"/reviews/{waiting}", f"/reviews/{waiting}/check"):
            page = client.get(path).text
            assert "Sent back for changes by NZL approver, " in page, path
            assert REASON in page, path
    scene.hand_over(waiting)
    assert REASON not in coordinator.get(f"/reviews/{waiting}").text


def test_the_coordinator_takes_their_own_handover_back_without_a_reason(as_: As, waiting: UUID) -> None:
    assert as_(Role.COORDINATOR).submit(f"/reviews/{waiting}/take-back").status_code == 303


def test_the_approver_of_a_later_revision_reads_first_why_it_was_reopened_and_what_changed(
    scene: Scene, as_: As, waiting: UUID
) -> None:
    scene.sign(waiting)
    scene.reopen(waiting, reason="A law was passed.")
    scene.save(scene.person(Role.CONTRIBUTOR), waiting, "A1", "5", seen=1)
    scene.hand_over(waiting)
    approver = as_(Role.APPROVER)

    page = approver.get(f"/reviews/{waiting}/check").text
    approver.submit(
        f"/reviews/{waiting}/submit",
        read=approver.read(f"/reviews/{waiting}/check"),
        attests="yes",
        current_password=PASSWORD,
    )

    changes = page[page.index('id="changes"') : page.index('id="contents"')]
    assert "A law was passed." in changes
    assert '<a href="#A1">' in changes
    assert "Level 4: " in changes
    assert "Level 5: " in changes
    assert "#B1" not in changes
    for path in (f"/reviews/{waiting}/revisions/2", f"/reviews/{waiting}/revisions/2/receipt"):
        assert "A law was passed." in approver.get(path).text, path
    assert "Why it was reopened" not in approver.get(f"/reviews/{waiting}/revisions/1/receipt").text


def test_what_waits_for_the_approver_comes_first_with_a_button(as_: As, waiting: UUID) -> None:
    page = as_(Role.APPROVER).get("/reviews").text

    assert page.index("Waiting for you") < page.index('class="task-list')
    assert re.search(rf'<a class="button button--primary" href="/reviews/{waiting}/check">Read and sign off', page)
    assert "Waiting for you" not in as_(Role.COORDINATOR).get("/reviews").text


def test_a_review_that_is_handed_over_or_signed_shows_no_section_in_progress(scene: Scene, as_: As) -> None:
    review = scene.ready().start()
    scene.fill(review, given={code: COMPLETE[code] for code in ("A1", "A2", "B1")})
    coordinator = as_(Role.COORDINATOR)
    before = coordinator.get(f"/reviews/{review}").text
    scene.hand_over(review)
    scene.sign(review)

    after = coordinator.get(f"/reviews/{review}").text

    assert "In progress" in before
    assert "In progress" not in after
    assert "Submitted" in after
