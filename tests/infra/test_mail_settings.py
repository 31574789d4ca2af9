"""Half of the settings of mail is refused at the start, in words that name what is missing."""

from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from app.accounts import service
from app.config import Settings
from app.infra.db import Database
from app.infra.mail import ConsoleSender, NoSender, SmtpSender
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Role
from app.main import create_app, open_sender
from tests.databases import only_sqlite
from tests.mail_servers import Box, smtp_server
from tests.scenarios import BASE_URL

WHOLE = {"mail_host": "mail.example.org", "mail_from": "Readiness <readiness@example.org>"}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"mail_from": "readiness@example.org"}, "READINESS_MAIL_HOST is missing"),
        ({"mail_user": "readiness"}, "READINESS_MAIL_HOST is missing"),
        ({"mail_port": 25}, "READINESS_MAIL_HOST is missing"),
        ({"mail_host": "mail.example.org"}, "READINESS_MAIL_FROM is missing"),
        ({**WHOLE, "mail_from": "nobody"}, "READINESS_MAIL_FROM must be an address"),
        ({**WHOLE, "mail_from": "a@b.org\nBcc: c@d.org"}, "READINESS_MAIL_FROM must be an address"),
        ({**WHOLE, "mail_user": "readiness"}, "go together"),
        ({**WHOLE, "mail_password": SecretStr("canary")}, "go together"),
        ({**WHOLE, "mail_user": "r", "mail_password": SecretStr("canary"), "mail_security": "none"}, "readable"),
    ],
)
def test_half_settings_are_refused_with_a_clear_word(given: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word) as caught:
        Settings.model_validate(given)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_usual_port_goes_with_the_kind_of_encryption(security: str, port: int) -> None:
    sender = open_sender(Settings.model_validate({**WHOLE, "mail_security": security}))

    assert isinstance(sender, SmtpSender)
    assert (sender.host, sender.port, sender.security) == ("mail.example.org", port, security)
    assert sender.sender.addr_spec == "readiness@example.org"


def test_the_password_is_never_shown() -> None:
    settings = Settings.model_validate({**WHOLE, "mail_user": "readiness", "mail_password": SecretStr("canary")})

    assert "canary" not in repr(settings) + repr(open_sender(settings))


def test_without_a_server_mail_is_printed_but_never_on_a_public_server() -> None:
    public = Settings(development=False, base_url="https://readiness.example.org")

    assert isinstance(open_sender(Settings()), ConsoleSender)
    assert isinstance(open_sender(public), NoSender)


@only_sqlite
def test_a_running_server_sends_what_people_cause(database: Database, settings: Settings, passwords: Passwords) -> None:
    """From the page of a forgotten password to the box of a real mail server, with the server's own worker."""
    with database.write() as session:
        service.create_user(
            session,
            COMMAND_LINE,
            email="ana@example.org",
            name="Ana",
            role=Role.ANALYST,
            economy=None,
            password="lantern orchid mosaic",
            passwords=passwords,
        )
    box = Box()
    with smtp_server(box) as post:
        sending = settings.model_copy(
            update={"mail_host": "127.0.0.1", "mail_port": post.port, "mail_security": "none", "mail_from": "r@example.org"}
        )
        with TestClient(create_app(sending, database), base_url=BASE_URL, headers={"Origin": BASE_URL}) as client:
            client.post("/forgotten-password", data={"email": "ana@example.org"})
            arrived = box.arrived.wait(timeout=10)

    assert arrived
    assert box.recipients == ["ana@example.org"]
    assert f"{BASE_URL}/password-reset/" in box.messages[0].get_content()


@only_sqlite
def test_jobs_run_only_while_the_server_does_and_can_be_left_to_others(database: Database, settings: Settings) -> None:
    alone = create_app(settings, database)
    helped = create_app(settings.model_copy(update={"embedded_worker": False}), database)

    assert not has_worker()
    with TestClient(alone):
        assert has_worker()
    assert not has_worker()
    with TestClient(helped):
        assert not has_worker()


def has_worker() -> bool:
    return any(thread.name == "jobs" for thread in threading.enumerate())


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(memory_kib=8, rounds=1)
