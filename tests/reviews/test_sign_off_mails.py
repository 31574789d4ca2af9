"""At sign-off those who wait hear by mail: the approver that it waits, the coordinators that it is signed, or came back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.notices import Desk
from app.accounts.pages.mail_words import kind_words
from app.config import Settings
from app.infra.catalogs import Catalogs
from app.infra.mail import Letter, MemorySender
from app.kit.actor import Role
from app.mail.delivery import deliver_due
from app.main import create_app
from app.reviews import letters, sign_off
from tests.databases import only_sqlite
from tests.scenarios import PASSWORD, Client, Scene

BASE_URL = "https://readiness.example.org"
DESK = Desk(BASE_URL, Catalogs(Path("nowhere")))


@pytest.fixture
def review(scene: Scene) -> UUID:
    """Return a review that can be handed over, of an economy with an approver, beside another economy's."""
    review = scene.ready().start()
    scene.fill(review)
    for economy in ("NZL", "CHL"):
        scene.person(Role.COORDINATOR, economy)
        scene.person(Role.APPROVER, economy)
    return review


def delivered(scene: Scene) -> list[Letter]:
    box = MemorySender()
    deliver_due(scene.database, box)
    return box.letters


def test_the_approver_hears_that_a_review_waits_whatever_mails_they_chose(scene: Scene, review: UUID) -> None:
    approver = scene.person(Role.APPROVER)
    with scene.database.write() as session:
        mail_choices.change(session, approver, [], "en")

    with scene.database.write() as session:
        sign_off.ask_for_sign_off(session, scene.person(Role.COORDINATOR), review, desk=DESK)

    (letter,) = delivered(scene)
    assert letter.recipient == scene.email(approver)
    assert letter.body == (
        "Dear NZL approver,\n\n"
        "NZL coordinator hands this review over to you: A small review, Cycle 2026, revision 1. "
        "Read the answers, then sign it off, or send it back for changes.\n\n"
        f"{BASE_URL}/reviews/{review}/check\n\nAI Readiness Reviews\n"
    )


def test_the_coordinator_hears_that_it_is_signed(scene: Scene, review: UUID) -> None:
    scene.hand_over(review)

    with scene.database.write() as session:
        sign_off.submit(session, scene.person(Role.APPROVER), review, attests=True, read=scene.read(review), desk=DESK)

    (letter,) = delivered(scene)
    assert letter.recipient == scene.email(scene.person(Role.COORDINATOR))
    assert f"{BASE_URL}/reviews/{review}/revisions/1/receipt\n" in letter.body


def test_the_coordinator_hears_that_it_came_back_but_not_what_they_did_themselves(scene: Scene, review: UUID) -> None:
    coordinator = scene.person(Role.COORDINATOR)
    scene.hand_over(review)
    with scene.database.write() as session:
        sign_off.take_back(session, coordinator, review, desk=DESK)
    by_themselves = delivered(scene)
    scene.hand_over(review)

    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.APPROVER), review, "The law is not in force yet.", desk=DESK)

    assert by_themselves == []
    (letter,) = delivered(scene)
    assert letter.subject == "A review was sent back for changes: A small review, Cycle 2026, revision 1"
    assert "NZL approver has sent this review back for changes" in letter.body
    assert "Why, stands on its page." in letter.body
    assert "not in force" not in letter.body


@only_sqlite
def test_the_pages_write_these_mails(scene: Scene, review: UUID, settings: Settings) -> None:
    app = create_app(settings, scene.database)
    with_coordinator = Client(app).sign_in(scene.email(scene.person(Role.COORDINATOR)))
    with_approver = Client(app).sign_in(scene.email(scene.person(Role.APPROVER)))

    asked = with_coordinator.submit(f"/reviews/{review}/ask-for-sign-off")
    sent_back = with_approver.submit(f"/reviews/{review}/take-back", send_back_reason="The law is not in force yet.")
    with_coordinator.submit(f"/reviews/{review}/ask-for-sign-off")
    read = with_approver.read(f"/reviews/{review}/check")
    signed = with_approver.submit(f"/reviews/{review}/submit", attests="yes", current_password=PASSWORD, read=read)

    assert [answer.status_code for answer in (asked, sent_back, signed)] == [303, 303, 303]
    kinds = [row[0] for row in scene.rows("SELECT kind FROM mail ORDER BY created_at, id")]
    assert kinds == [letters.SIGN_OFF_ASKED, letters.SENT_BACK, letters.SIGN_OFF_ASKED, letters.SIGNED_OFF]


@pytest.mark.parametrize("kind", [letters.SIGN_OFF_ASKED, letters.SIGNED_OFF, letters.SENT_BACK])
def test_administrators_read_what_each_mail_is(kind: str) -> None:
    assert kind_words(kind).startswith("Word that")
