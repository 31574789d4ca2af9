"""A mail is never lost: it is tried again after longer and longer waits, and by whichever worker is there."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text

from app.audit import service as audit
from app.cli.bench.ports import free_port
from app.config import Settings
from app.economies import tables as _economies  # noqa: F401 - a mail's economy refers to this table
from app.infra.db import Database
from app.infra.mail import Letter, MailNotSent, MemorySender, Trouble
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.mail import service
from app.mail.delivery import HOLD, KEEPS, WAITS, clear_old, deliver_due
from app.mail.service import State
from tests.databases import only_postgresql, only_sqlite
from tests.mail_servers import Box, Post, smtp_server

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
LINK = "https://readiness.example.org/password-reset/" + "canary" * 7


class Crash(BaseException):
    """The process ends here."""


class CrashingSender(MemorySender):
    """Sends, and then the machine loses its power."""

    def send(self, letter: Letter) -> None:
        super().send(letter)
        raise Crash


class ChoosySender(MemorySender):
    """Has one recipient's mail fail for good, as a server does that does not know an address."""

    def send(self, letter: Letter) -> None:
        if letter.recipient == "nobody@example.org":
            raise MailNotSent(Trouble.RECIPIENT_REFUSED, 550, is_final=True)
        super().send(letter)


def queue(database: Database, to: str = "ana@example.org", body: str = "Words.", useful_until: datetime | None = None) -> UUID:
    with database.write() as session:
        return service.queue(session, to=to, subject="A word", body=body, kind="invitation", useful_until=useful_until)


def status(database: Database, mail_id: UUID) -> service.Status:
    with database.read() as session:
        return service.statuses(session, [mail_id])[mail_id]


def everything(database: Database) -> str:
    """Return all that is stored about mails."""
    with database.read() as session:
        return str([tuple(row) for row in session.connection().execute(text("SELECT * FROM mail"))])


def test_a_mail_of_a_transaction_that_fails_is_never_sent(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        service.queue(session, to="ana@example.org", subject="A word", body="Words.", kind="invitation")
        raise ZeroDivisionError

    box = MemorySender()
    assert deliver_due(database, box) == 0
    assert box.letters == []


def test_what_is_queued_leaves_in_its_order_and_once(database: Database) -> None:
    first, second = queue(database, "first@example.org"), queue(database, "second@example.org")
    box = MemorySender()

    sent = deliver_due(database, box), deliver_due(database, box)

    assert sent == (2, 0)
    assert [letter.recipient for letter in box.letters] == ["first@example.org", "second@example.org"]
    assert status(database, first) == status(database, second) == service.Status(State.SENT, 1, "")


def test_what_a_mail_said_is_forgotten_once_it_has_left(database: Database) -> None:
    """A12: a stolen copy of the database holds no link that works."""
    queue(database, body=f"Open this link: {LINK}")
    box = MemorySender()

    deliver_due(database, box)

    assert LINK in box.letters[0].body
    assert "canary" not in everything(database)


@only_sqlite
def test_the_file_forgets_it_too(database: Database, settings: Settings) -> None:
    for _ in range(5):
        queue(database, body=f"Open this link: {LINK}")
    deliver_due(database, MemorySender())
    with database.writer.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]  # it is open

    stored = b"".join(path.read_bytes() for path in settings.data_dir.glob("readiness.db*"))

    assert b"ana@example.org" in stored
    assert b"canary" not in stored


def test_a_server_that_comes_back_gets_the_mail(database: Database) -> None:
    port = free_port()
    sender = Post(Box(), port).sender()
    with time_machine.travel(NOON, tick=False) as clock:
        waiting = queue(database)
        while_away = deliver_due(database, sender)
        before = status(database, waiting)
        with smtp_server(port=port) as post:
            clock.shift(WAITS[0] - timedelta(seconds=1))
            too_early = deliver_due(database, sender)
            clock.shift(timedelta(seconds=1))
            in_time = deliver_due(database, sender)

    assert (while_away, too_early, in_time) == (0, 0, 1)
    assert before == service.Status(State.QUEUED, 1, "unreachable")
    assert status(database, waiting) == service.Status(State.SENT, 2, "")
    assert post.box.recipients == ["ana@example.org"]


def test_the_waits_grow_and_after_the_last_try_the_mail_has_failed(database: Database) -> None:
    sender = Post(Box(), free_port()).sender()
    with time_machine.travel(NOON, tick=False) as clock:
        lost = queue(database)
        for number, wait in enumerate(WAITS, start=1):
            deliver_due(database, sender)
            assert status(database, lost) == service.Status(State.QUEUED, number, "unreachable")
            clock.shift(wait)
        deliver_due(database, sender)
        clock.shift(timedelta(days=1))
        deliver_due(database, sender)

    assert status(database, lost) == service.Status(State.FAILED, len(WAITS) + 1, "unreachable")


def test_one_address_that_is_refused_keeps_no_other_from_its_mail(database: Database) -> None:
    lost, fine = queue(database, "nobody@example.org"), queue(database)
    box = ChoosySender()

    deliver_due(database, box)

    assert status(database, lost) == service.Status(State.FAILED, 1, "recipient_refused 550")
    assert status(database, fine).state is State.SENT


def test_a_server_that_is_away_is_asked_once_a_round(database: Database) -> None:
    for _ in range(3):
        queue(database)

    deliver_due(database, Post(Box(), free_port()).sender())

    with database.read() as session:
        assert [trouble.attempts for trouble in service.list_in_trouble(session, COMMAND_LINE)] == [1]


def test_a_crash_between_sending_and_noting_it_sends_twice_and_loses_nothing(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        mail_id = queue(database)
        crashing, box = CrashingSender(), MemorySender()
        with pytest.raises(Crash):
            deliver_due(database, crashing)
        held = deliver_due(database, box)
        clock.shift(HOLD)
        after = deliver_due(database, box)

    assert (held, after) == (0, 1)
    assert crashing.letters[0].id == box.letters[0].id == mail_id  # the same Message-ID: the reader sees one mail
    assert status(database, mail_id) == service.Status(State.SENT, 2, "")


def test_no_transaction_is_open_while_the_server_takes_its_time(database: Database) -> None:
    class WritingSender(MemorySender):
        def send(self, letter: Letter) -> None:
            super().send(letter)
            queue(database, "too.late@example.org", useful_until=NOON - timedelta(days=1))  # SQLite has one writer

    queue(database)
    box = WritingSender()

    # The writer's place was free, or this would have waited for ever.
    assert deliver_due(database, box) == 1


@only_postgresql
def test_two_workers_at_once_send_each_mail_once(database: Database) -> None:
    for number in range(40):
        queue(database, f"person{number}@example.org")
    boxes = [MemorySender(), MemorySender()]
    start = threading.Barrier(2)

    def work(box: MemorySender) -> None:
        start.wait()
        deliver_due(database, box)

    threads = [threading.Thread(target=work, args=(box,)) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent = [letter.recipient for box in boxes for letter in box.letters]
    assert len(sent) == len(set(sent)) == 40


def test_a_link_that_died_waiting_is_not_sent_any_more(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        late = queue(database, body=LINK, useful_until=NOON + timedelta(minutes=30))
        clock.shift(timedelta(minutes=30))
        box = MemorySender()
        deliver_due(database, box)

    assert box.letters == []
    assert status(database, late) == service.Status(State.FAILED, 0, "too_late")
    assert "canary" not in everything(database)


def test_a_mail_that_is_withdrawn_never_leaves(database: Database) -> None:
    mail_id = queue(database)
    with database.write() as session:
        service.withdraw(session, [mail_id])
    box = MemorySender()

    assert deliver_due(database, box) == 0
    assert box.letters == []


def test_the_same_round_is_queued_once(database: Database) -> None:
    made = []
    for _ in range(2):
        with database.write() as session:
            words = {"to": "ana@example.org", "subject": "This week", "body": "Words.", "kind": "weekly_digest"}
            made.append(service.queue_once(session, "weekly_digest 2026-W48 ana", **words))

    assert made == [True, False]
    assert deliver_due(database, MemorySender()) == 1


def test_a_month_later_nothing_is_left_of_a_mail(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        queue(database)
        queue(database, "nobody@example.org")
        deliver_due(database, ChoosySender())
        clock.shift(KEEPS)
        clear_old(database)
        kept = everything(database)
        clock.shift(timedelta(seconds=1))
        clear_old(database)

    assert "ana@example.org" in kept
    assert everything(database) == "[]"


def test_an_administrator_sees_what_failed_and_tries_again(database: Database) -> None:
    lost = queue(database, "nobody@example.org")
    deliver_due(database, ChoosySender())
    with database.read() as session:
        (trouble,) = service.list_in_trouble(session, COMMAND_LINE)

    with database.write() as session:
        service.try_again(session, COMMAND_LINE, lost)
    box = MemorySender()
    deliver_due(database, box)

    assert (trouble.recipient, trouble.error, trouble.can_be_tried) == ("nobody@example.org", "recipient_refused 550", True)
    assert [letter.body for letter in box.letters] == ["Words."]
    with database.read() as session:
        assert service.list_in_trouble(session, COMMAND_LINE) == []
        assert [event.action for event in audit.list_events(session, COMMAND_LINE)] == ["mail.tried_again"]


def test_a_dead_link_is_not_tried_again(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        lost = queue(database, "nobody@example.org", useful_until=NOON + timedelta(days=7))
        deliver_due(database, ChoosySender())
        clock.shift(timedelta(days=7))

        with pytest.raises(Conflict), database.write() as session:
            service.try_again(session, COMMAND_LINE, lost)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SECRETARIAT, Role.ANALYST])
def test_nobody_else_sees_or_touches_failed_mails(database: Database, role: Role) -> None:
    actor = Actor(None, "Eve", role, "NZL" if role is Role.COORDINATOR else None)
    lost = queue(database, "nobody@example.org")
    deliver_due(database, ChoosySender())

    with database.write() as session:
        with pytest.raises(Forbidden):
            service.list_in_trouble(session, actor)
        with pytest.raises(Forbidden):
            service.try_again(session, actor, lost)


def test_a_mail_that_has_not_failed_is_not_tried_again(database: Database) -> None:
    mail_id = queue(database)

    with pytest.raises(NotFound), database.write() as session:
        service.try_again(session, COMMAND_LINE, mail_id)


@pytest.mark.parametrize("broken", [{"to": "a@example.org\nBcc: b@example.org"}, {"subject": "A\r\nBcc: b@example.org"}])
def test_no_header_with_a_line_end_is_ever_queued(database: Database, broken: dict[str, str]) -> None:
    words = {"to": "ana@example.org", "subject": "A word", **broken}

    with pytest.raises(ValueError, match="one line"), database.write() as session:
        service.queue(session, to=words["to"], subject=words["subject"], body="", kind="invitation")
