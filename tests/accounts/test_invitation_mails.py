"""An invitation comes by mail; the coordinator sees whether it left, and sends it again when it did not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from gettext import NullTranslations

import pytest
import time_machine

from app.accounts import invitations
from app.accounts.invitations import PAUSE, InvitationUnusable
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.letters import Place
from app.accounts.sessions import Lifetime
from app.infra.catalogs import Language
from app.infra.db import Database
from app.infra.language import speaking
from app.infra.mail import Letter, MailNotSent, MemorySender, NoSender, Sender, Trouble
from app.infra.passwords import Passwords
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import NotFound
from app.mail import service as mail
from app.mail.delivery import deliver_due
from tests.accounts.conftest import BASE_URL, PASSWORD, Browser, People
from tests.databases import only_sqlite

Browse = Callable[..., Browser]
PLACE = Place("https://readiness.example.org/", "New Zealand")


class DeafSender:
    """Knows no address."""

    def send(self, letter: Letter) -> None:  # noqa: ARG002 - the protocol hands it over
        raise MailNotSent(Trouble.RECIPIENT_REFUSED, 550, is_final=True)


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, "NZL", email="ana@example.org", name="Ana")


def invite(database: Database, actor: Actor, email: str = "new@example.org") -> invitations.NewInvitation:
    with database.write() as session:
        return invitations.invite(session, actor, email=email, name="New Person", role="contributor", economy="NZL", place=PLACE)


def delivered(database: Database, sender: MemorySender | None = None) -> list[Letter]:
    box = sender or MemorySender()
    deliver_due(database, box)
    return box.letters


def test_the_link_goes_to_the_invited_person(database: Database, ana: Actor) -> None:
    fresh = invite(database, ana)

    (letter,) = delivered(database)

    assert letter.recipient == "new@example.org"
    assert f"\nhttps://readiness.example.org{fresh.path}\n" in letter.body
    assert "Ana invites you" in letter.body
    assert "review of New Zealand" in letter.body


def test_a_mail_whose_link_is_replaced_does_not_leave(database: Database, ana: Actor) -> None:
    old, new = invite(database, ana), invite(database, ana)

    (letter,) = delivered(database)

    assert new.path in letter.body
    assert old.path not in letter.body


def test_a_mail_that_waits_is_forgotten_when_the_link_was_used(database: Database, ana: Actor, passwords: Passwords) -> None:
    token = invite(database, ana).path.removeprefix("/invitations/")
    lifetime = Lifetime(timedelta(minutes=45), timedelta(hours=12))
    spanish = Language("es", "español", is_reviewed=True, translations=NullTranslations())

    with speaking(spanish):
        accepted = invitations.accept_invitation(
            database,
            token,
            name="Newton",
            password=PASSWORD,
            repeated=PASSWORD,
            passwords=passwords,
            user_agent="",
            lifetime=lifetime,
        )

    assert delivered(database) == []
    with database.read() as session:
        assert mail_choices.read_own(session, accepted.actor).language == "es"  # mails come in the language of that page


def test_sending_again_makes_a_new_link_and_the_old_one_dies(database: Database, ana: Actor) -> None:
    with time_machine.travel(clock.now() - PAUSE):
        old = invite(database, ana)
    delivered(database)

    with database.write() as session:
        new = invitations.send_again(session, ana, old.id, lambda _economy: PLACE)

    (letter,) = delivered(database)
    assert new.path in letter.body
    with database.read() as session:
        assert invitations.get_open(session, new.path.removeprefix("/invitations/")).email == "new@example.org"
        with pytest.raises(InvitationUnusable):
            invitations.get_open(session, old.path.removeprefix("/invitations/"))


def test_another_economys_invitation_looks_missing(database: Database, ana: Actor, people: People) -> None:
    fresh = invite(database, ana)
    eve = people.add(Role.COORDINATOR, "PER")

    with pytest.raises(NotFound), database.write() as session:
        invitations.send_again(session, eve, fresh.id, lambda _economy: PLACE)


@only_sqlite
@pytest.mark.parametrize(
    ("sender", "word", "why"),
    [
        (None, "Waits to be sent", ""),
        (MemorySender(), "Sent", ""),
        (NoSender(), "Waits to be sent", "No mail server is set up."),
        (DeafSender(), "Failed", "does not know this address. Check how it is written. (550)"),
    ],
)
def test_the_coordinator_sees_how_far_the_mail_is(
    database: Database, browse: Browse, ana: Actor, sender: Sender | None, word: str, why: str
) -> None:
    browser = browse("ana@example.org")
    invited = browser.submit("/team", name="New Person", email="new@example.org", role="contributor")
    if sender is not None:
        deliver_due(database, sender)

    page = browser.get("/team").text

    assert f"{BASE_URL}/invitations/" in invited.text  # some mail filters swallow the mail
    assert f"{BASE_URL}/invitations/" not in page
    assert re.search(rf'<strong class="tag[^>]*>{word}</strong>', page)
    assert why in page


@only_sqlite
def test_the_button_sends_again_and_shows_the_new_link_once(database: Database, browse: Browse, ana: Actor) -> None:
    with time_machine.travel(clock.now() - PAUSE):
        fresh = invite(database, ana)
    browser = browse("ana@example.org")

    answer = browser.submit(f"/people/invitations/{fresh.id}/send-again")
    (newest,) = re.findall(r'action="(/people/invitations/[\w-]+/send-again)"', browser.get("/team").text)
    at_once = browser.submit(newest)

    found = re.search(rf"{BASE_URL}(/invitations/[\w-]+)", answer.text)
    assert found is not None
    assert found[1] != fresh.path
    assert browser.get(fresh.path).status_code == 404
    assert browser.get(found[1]).status_code == 200
    assert at_once.status_code == 429, "pressed twice, the button would kill the link that has just left"
    assert "Wait a minute" in at_once.text


@only_sqlite
def test_an_administrator_sees_failed_mails_and_tries_again(
    database: Database, browse: Browse, ana: Actor, people: People
) -> None:
    people.add(Role.ADMINISTRATOR, email="ada@example.org")
    invite(database, ana)
    deliver_due(database, DeafSender())
    browser = browse("ada@example.org")

    page = browser.get("/admin/mail").text
    form = re.search(r'action="(/admin/mail/[\w-]+/try-again)"', page)
    assert form is not None
    again = browser.submit(form[1])

    assert "new@example.org" in page
    assert "Invitation" in page
    assert "(550)" in page
    assert "/invitations/" not in page
    assert (again.status_code, again.headers["location"]) == (303, "/admin/mail")
    assert len(delivered(database)) == 1
    assert "Every mail has left" in browser.get("/admin/mail").text


@only_sqlite
def test_nobody_but_administrators_sees_failed_mails(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")

    assert browser.get("/admin/mail").status_code == 403
    assert browser.submit(f"/admin/mail/{ana.user_id}/try-again").status_code == 403


def test_the_state_of_a_mail_that_was_cleared_away_is_unknown(database: Database, ana: Actor) -> None:
    with database.read() as session:
        assert ana.user_id is not None
        assert mail.statuses(session, [ana.user_id]) == {}


@only_sqlite
def test_a_wrong_invitation_is_withdrawn_in_two_steps_and_its_link_says_so(
    database: Database, browse: Browse, ana: Actor
) -> None:
    fresh = invite(database, ana)
    browser = browse("ana@example.org")

    asked = browser.get(f"/people/invitations/{fresh.id}/withdraw").text
    answer = browser.submit(f"/people/invitations/{fresh.id}/withdraw")
    opened = browser.get(fresh.path)

    assert "new@example.org" in asked
    assert (answer.status_code, answer.headers["location"]) == (303, "/team")
    assert fresh.id.hex not in browser.get("/team").text.replace("-", "")
    assert opened.status_code == 404
    assert "This invitation was withdrawn" in opened.text
    assert delivered(database) == []


def test_another_economys_invitation_cannot_be_withdrawn(database: Database, ana: Actor, people: People) -> None:
    fresh = invite(database, ana)
    eve = people.add(Role.COORDINATOR, "PER")

    with pytest.raises(NotFound), database.write() as session:
        invitations.withdraw(session, eve, fresh.id)


@only_sqlite
def test_the_page_names_whom_the_link_is_for_and_a_used_link_leads_to_signing_in(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")

    invited = browser.submit("/team", name="New Person", email="new@example.org", role="contributor").text
    unusable = browser.get("/invitations/of-nobody").text

    assert "Invitation sent to New Person" in invited
    assert "Invitation link for New Person" in invited
    assert '<a href="/sign-in">Sign in</a>' in unusable
