"""Each person decides which mails come; the link in a mail ends them without signing in, but never by being looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.accounts import service
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.choices import Choices, Kind, UnsubscribeUnusable
from app.audit import service as audit
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Actor, Role
from tests.accounts.conftest import Browser, People
from tests.databases import only_sqlite

Browse = Callable[..., Browser]
NOON = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.CONTRIBUTOR, "NZL", email="ana@example.org", name="Ana")


def own(database: Database, actor: Actor) -> Choices:
    with database.read() as session:
        return mail_choices.read_own(session, actor)


def link(database: Database, actor: Actor, kind: Kind = Kind.WEEKLY_DIGEST) -> str:
    assert actor.user_id is not None
    with database.write() as session:
        return mail_choices.unsubscribe_path(session, actor.user_id, kind)


def readers(database: Database, kind: Kind) -> list[str]:
    with database.read() as session:
        return [reader.name for reader in mail_choices.list_readers(session, kind)]


def test_whoever_chose_nothing_gets_the_digest_and_no_reminders(database: Database, ana: Actor) -> None:
    assert own(database, ana) == Choices(frozenset({Kind.WEEKLY_DIGEST}), "en")
    assert readers(database, Kind.WEEKLY_DIGEST) == ["Ana"]
    assert readers(database, Kind.DUE_REMINDERS) == []


def test_a_choice_counts_from_then_on_and_is_recorded(database: Database, ana: Actor) -> None:
    with database.write() as session:
        mail_choices.change(session, ana, ["due_reminders", "nonsense"], "es")

    assert own(database, ana) == Choices(frozenset({Kind.DUE_REMINDERS}), "es")
    assert readers(database, Kind.WEEKLY_DIGEST) == []
    with database.read() as session:
        (reader,) = mail_choices.list_readers(session, Kind.DUE_REMINDERS)
        event = audit.list_events(session, COMMAND_LINE)[0]
    assert (reader.language, reader.time_zone, reader.actor) == ("es", "Pacific/Auckland", ana)
    assert (event.action, event.detail) == ("accounts.mails_chosen", {"kinds": "due_reminders"})


def test_nobody_writes_to_a_disabled_account(database: Database, ana: Actor) -> None:
    assert ana.user_id is not None
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, ana.user_id)

    assert readers(database, Kind.WEEKLY_DIGEST) == []


def test_the_link_ends_mails_of_its_kind_only_and_again_without_harm(database: Database, ana: Actor) -> None:
    with database.write() as session:
        mail_choices.change(session, ana, list(Kind), "es")
    token = link(database, ana).removeprefix("/unsubscribe/")

    for _ in range(2):
        with database.write() as session:
            assert mail_choices.unsubscribe(session, token) is Kind.WEEKLY_DIGEST

    assert own(database, ana) == Choices(frozenset({Kind.DUE_REMINDERS}), "es")
    with database.read() as session:
        actions = [event.action for event in audit.list_events(session, COMMAND_LINE)]
    assert actions.count("accounts.unsubscribed") == 1


def test_links_of_older_mails_go_on_working_for_ninety_days(database: Database, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = link(database, ana).removeprefix("/unsubscribe/")
        link(database, ana)
        clock.shift(timedelta(days=90) - timedelta(seconds=1))
        with database.read() as session:
            assert mail_choices.kind_of_link(session, first) is Kind.WEEKLY_DIGEST
        clock.shift(timedelta(seconds=1))
        with pytest.raises(UnsubscribeUnusable), database.write() as session:
            mail_choices.unsubscribe(session, first)
        with database.write() as session:
            mail_choices.clear_old(session)
            assert session.connection().execute(text("SELECT count(*) FROM unsubscribe_link")).scalar() == 0


def test_a_stolen_database_ends_nobodys_mails(database: Database, ana: Actor) -> None:
    token = link(database, ana).removeprefix("/unsubscribe/")

    with database.read() as session:
        stored = str(session.connection().execute(text("SELECT * FROM unsubscribe_link")).all())

    assert token not in stored


@only_sqlite
def test_looking_at_the_link_ends_nothing_and_pressing_the_button_does(database: Database, browse: Browse, ana: Actor) -> None:
    path, stranger = link(database, ana), browse()

    looked = stranger.get(path)
    after_looking = own(database, ana)
    pressed = stranger.post(path)

    assert "Do you want to end the weekly digest?" in looked.text
    assert "ana@example.org" not in looked.text
    assert Kind.WEEKLY_DIGEST in after_looking.wanted
    assert pressed.status_code == 200
    assert "You get the weekly digest no more." in pressed.text
    assert own(database, ana).wanted == frozenset()


@only_sqlite
def test_a_link_that_is_made_up_says_where_to_choose(browse: Browse) -> None:
    answer = browse().get("/unsubscribe/" + "x" * 43)

    assert answer.status_code == 404
    assert "My account" in answer.text


@only_sqlite
def test_another_site_cannot_end_mails(database: Database, browse: Browse, ana: Actor) -> None:
    answer = browse().post(link(database, ana), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert Kind.WEEKLY_DIGEST in own(database, ana).wanted


@only_sqlite
def test_the_choice_is_made_on_the_account_page(database: Database, browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")
    assert 'href="/account/mail"' in browser.get("/account").text

    saved = browser.submit("/account/mail", mails="due_reminders", language="nonsense")
    page = browser.get("/account/mail").text

    assert saved.status_code == 303
    assert own(database, ana) == Choices(frozenset({Kind.DUE_REMINDERS}), "en")
    assert "Pacific/Auckland" in page
    assert page.count(" checked") == 1
