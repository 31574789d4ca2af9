"""Mail leaves through a real SMTP server, and whatever goes wrong on the way is named without a word of the server's own."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.bench.ports import free_port
from app.infra.mail import ConsoleSender, Letter, MailNotSent, NoSender, Security, Trouble, compose, read_address
from app.kit.ids import new_id
from tests.mail_servers import FROM, HOST, PASSWORD, USER, Box, Post, smtp_server

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)

# aiosmtpd says at its own start that a login without TLS can be read: that is what the test is about
open_login = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


def letter(
    recipient: str = "ana@example.org", subject: str = "A word", body: str = "Words.\n", unsubscribe_url: str = ""
) -> Letter:
    return Letter(new_id(), recipient, subject, body, NOON, unsubscribe_url)


def refused(post: Post, sent: Letter, timeout: float = 5.0) -> MailNotSent:
    with pytest.raises(MailNotSent) as caught:
        post.sender(timeout=timeout).send(sent)
    return caught.value


def test_a_mail_arrives_whole_as_plain_text() -> None:
    sent = letter(subject="Señal: 検討 🙂", body="Ñandú, 検討.\n.\nhttps://example.org/" + "x" * 120 + "\n")

    with smtp_server() as post:
        post.sender().send(sent)

    (message,) = post.box.messages
    assert post.box.recipients == ["ana@example.org"]
    assert message["Subject"] == sent.subject
    assert message.get_content().replace("\r\n", "\n") == sent.body
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


def test_a_mail_says_where_it_comes_from_and_that_a_machine_wrote_it() -> None:
    sent = letter()

    with smtp_server() as post:
        post.sender().send(sent)
        post.sender().send(sent)

    first, second = post.box.messages
    assert str(first["From"]) == "Readiness <readiness@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime == NOON
    assert first["Message-ID"] == second["Message-ID"] == f"<{sent.id}@example.org>"  # sent twice, it is one mail
    assert "List-Unsubscribe" not in first


def test_only_a_mail_that_can_be_ended_says_how() -> None:
    link = "https://readiness.example.org/unsubscribe/" + "t" * 43

    with smtp_server() as post:
        post.sender().send(letter(unsubscribe_url=link))

    assert post.box.messages[0]["List-Unsubscribe"] == f"<{link}>"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_connection_is_encrypted_and_the_server_proved(security: Security, tmp_path: Path) -> None:
    with smtp_server(security=security, folder=tmp_path) as post:
        post.sender(security).send(letter())
        with pytest.raises(MailNotSent) as stranger:
            Post(post.box, post.port).sender(security).send(letter())  # the system does not know this certificate

    assert len(post.box.messages) == 1
    assert stranger.value.trouble is Trouble.NOT_SECURE


def test_a_server_that_cannot_encrypt_gets_neither_password_nor_mail() -> None:
    with smtp_server() as post, pytest.raises(MailNotSent) as caught:
        post.sender("starttls", user=USER, password=PASSWORD).send(letter())

    assert caught.value.trouble is Trouble.NOT_SECURE
    assert post.box.messages == []


def test_the_service_signs_in_at_the_server(tmp_path: Path) -> None:
    with smtp_server(security="starttls", folder=tmp_path, wants_login=True) as post:
        post.sender("starttls", user=USER, password=PASSWORD).send(letter())
        with pytest.raises(MailNotSent) as caught:
            post.sender("starttls", user=USER, password="wrong").send(letter())

    assert len(post.box.messages) == 1
    assert (caught.value.trouble, caught.value.reply, caught.value.is_final) == (Trouble.LOGIN_REFUSED, 535, False)


@open_login
def test_a_login_works_on_an_open_connection_too() -> None:
    with smtp_server(wants_login=True) as post:
        post.sender(user=USER, password=PASSWORD).send(letter())

    assert len(post.box.messages) == 1


@pytest.mark.parametrize(("reply", "is_final"), [("550 No ana@example.org here", True), ("451 Come back later", False)])
def test_a_refused_recipient_is_final_only_if_the_server_says_so(reply: str, *, is_final: bool) -> None:
    with smtp_server(Box(refusals={"ana@example.org": reply})) as post:
        trouble = refused(post, letter())

    assert (trouble.trouble, trouble.reply, trouble.is_final) == (Trouble.RECIPIENT_REFUSED, int(reply[:3]), is_final)
    assert "ana" not in str(trouble)
    assert not trouble.concerns_all


def test_a_refused_message_is_named() -> None:
    with smtp_server(Box(data_reply="554 Looks like spam")) as post:
        trouble = refused(post, letter())

    assert (trouble.trouble, trouble.reply, trouble.is_final) == (Trouble.MESSAGE_REFUSED, 554, True)


def test_a_server_that_hangs_is_left_after_a_while() -> None:
    with smtp_server(Box(hangs=True)) as post:
        trouble = refused(post, letter(), timeout=0.3)

    assert (trouble.trouble, trouble.is_final, trouble.concerns_all) == (Trouble.UNREACHABLE, False, True)


def test_a_server_that_is_away_is_no_reason_to_give_up() -> None:
    trouble = refused(Post(Box(), free_port()), letter())

    assert (trouble.trouble, trouble.is_final) == (Trouble.UNREACHABLE, False)


def test_a_mail_that_was_taken_is_not_sent_again_because_the_farewell_was_rude() -> None:
    """A server that hangs up without a word after the message has the message."""
    taken = threading.Event()
    listening = socket.create_server((HOST, 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines, suppress(OSError):
            lines.write(b"220 here\r\n")
            while line := lines.readline():
                if line.upper().startswith(b"DATA"):
                    lines.write(b"354 go\r\n")
                    while lines.readline() != b".\r\n":
                        pass
                    lines.write(b"250 taken\r\n")
                    taken.set()
                    return
                lines.write(b"250 ok\r\n")

    thread = threading.Thread(target=serve)
    thread.start()

    Post(Box(), listening.getsockname()[1]).sender().send(letter())

    thread.join()
    listening.close()
    assert taken.is_set()


@pytest.mark.parametrize(
    "recipient",
    [
        "ana@example.org\r\nBcc: eve@example.org",
        "a,eve@example.org",
        "ana@example.org, eve@example.org",
        "<ana@example.org",
        "ana",
    ],
)
def test_no_address_smuggles_in_another(recipient: str) -> None:
    with smtp_server() as post:
        trouble = refused(post, letter(recipient))

    assert (trouble.trouble, trouble.is_final) == (Trouble.BAD_ADDRESS, True)
    assert post.box.messages == []


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: eve@example.org", "Hello\nX-Evil: 1"])
def test_no_subject_smuggles_in_a_header(subject: str) -> None:
    with pytest.raises(MailNotSent):
        compose(letter(subject=subject), FROM)


@pytest.mark.parametrize("text", ["Readiness <readiness@example.org>", "readiness@example.org", '"R, Ltd." <r@example.org>'])
def test_an_address_is_read_with_and_without_a_name(text: str) -> None:
    assert read_address(text).addr_spec in {"readiness@example.org", "r@example.org"}


@pytest.mark.parametrize("text", ["", "x", "x@", "@x", "a@b, c@d", "a <b", "a\n<b@c.org>", "é@example.org"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        read_address(text)


def test_a_newcomer_reads_the_mail_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    link = "http://127.0.0.1:8000/invitations/" + "t" * 43

    ConsoleSender().send(letter(body=f"Open this link:\n\n{link}\n\x1b[2J"))

    printed = capsys.readouterr().err
    assert f"\n{link}\n" in printed
    assert "To: ana@example.org" in printed
    assert "\x1b" not in printed


def test_a_public_server_without_a_mail_server_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MailNotSent) as caught:
        NoSender().send(letter())

    assert caught.value.trouble is Trouble.NO_SERVER
    assert capsys.readouterr().err == ""
