"""Sending mail: to an SMTP server, to the terminal of a newcomer, or into a list."""

from __future__ import annotations

import smtplib
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from app.kit.text import has_forbidden_characters, is_one_line

Security = Literal["none", "starttls", "tls"]
DEFAULT_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}
TIMEOUT_SECONDS = 10.0
_FIRST_PERMANENT = 500  # RFC 5321, 4.2.1: 5yz is a refusal for good


class Trouble(StrEnum):
    """Why a mail did not leave, in words of ours: what a server says may quote an address or a secret."""

    UNREACHABLE = "unreachable"
    NOT_SECURE = "not_secure"
    LOGIN_REFUSED = "login_refused"
    SENDER_REFUSED = "sender_refused"
    RECIPIENT_REFUSED = "recipient_refused"
    MESSAGE_REFUSED = "message_refused"
    BAD_ADDRESS = "bad_address"
    NO_SERVER = "no_server"


class MailNotSent(Exception):
    """A mail did not leave. `reply` is the server's number, or None; `is_final` where trying again would not help."""

    def __init__(self, trouble: Trouble, reply: int | None = None, *, is_final: bool = False) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.reply = reply
        self.is_final = is_final

    @property
    def concerns_all(self) -> bool:
        """Whether every other mail would fare the same at this moment."""
        return self.trouble in {Trouble.UNREACHABLE, Trouble.NOT_SECURE, Trouble.LOGIN_REFUSED}


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person; `unsubscribe_url` is empty for mail that nobody can do without."""

    id: UUID
    recipient: str
    subject: str
    body: str
    at: datetime
    unsubscribe_url: str = ""


class Sender(Protocol):
    """Whatever takes a mail away; it returns when the mail has left, or raises MailNotSent."""

    def send(self, letter: Letter) -> None:
        """Send one mail."""


@dataclass(frozen=True, slots=True)
class ConsoleSender:
    """Prints the whole mail, so that a newcomer can follow its link without a mail server."""

    def send(self, letter: Letter) -> None:
        """Write to standard error, as the log does."""
        headers = [f"To: {letter.recipient}", f"Subject: {letter.subject}"]
        if letter.unsubscribe_url:
            headers.append(f"List-Unsubscribe: <{letter.unsubscribe_url}>")
        rule = "-" * 72
        sys.stderr.write("\n".join(["", rule, *map(_printable, headers), "", _printable(letter.body), rule, ""]))
        sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class NoSender:
    """Refuses every mail: a public server without a mail server must not write links into its log."""

    def send(self, letter: Letter) -> None:  # noqa: ARG002 - the protocol hands it over
        """Say that there is no mail server."""
        raise MailNotSent(Trouble.NO_SERVER)


@dataclass(frozen=True, slots=True)
class MemorySender:
    """Keeps what was sent."""

    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        """Keep one mail."""
        self.letters.append(letter)


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """Hands each mail to an SMTP server, in a connection of its own."""

    host: str
    port: int
    security: Security
    sender: Address
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT_SECONDS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def send(self, letter: Letter) -> None:
        """Connect, send, and translate whatever goes wrong."""
        message = compose(letter, self.sender)
        try:
            self._hand_over(message, letter.recipient)
        except ssl.SSLError as error:
            raise MailNotSent(Trouble.NOT_SECURE) from error
        except smtplib.SMTPException as error:
            raise _translated(error) from error
        except OSError as error:  # refused, timed out, no such host, or cut off in the middle
            raise MailNotSent(Trouble.UNREACHABLE) from error

    def _hand_over(self, message: EmailMessage, recipient: str) -> None:
        smtp = self._connected()
        try:
            smtp.send_message(message, self.sender.addr_spec, [recipient])
            with suppress(OSError):  # the mail has left: a server that is rude at the end must not get it twice
                smtp.quit()
        finally:
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self.context)
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                smtp.starttls(context=self.context)
            if self.user:
                smtp.login(self.user, self.password)
        except OSError:  # smtplib's own errors are of this kind too
            smtp.close()
            raise
        return smtp


def read_address(text: str) -> Address:
    """Read `name@example.org` or `Name <name@example.org>`; raises ValueError for anything else."""
    name, opening, rest = text.rpartition("<")
    spec = rest.removesuffix(">") if opening else text
    if has_forbidden_characters(text) or not is_one_line(text) or (opening and not rest.endswith(">")):
        raise ValueError("not a mail address")
    try:
        address = Address(name.strip().strip('"'), addr_spec=spec.strip())
    except (MessageError, ValueError, IndexError) as error:  # its parser stumbles over what is no address in many ways
        raise ValueError("not a mail address") from error
    if not address.domain or address.addr_spec != spec.strip() or not spec.isascii():
        raise ValueError("not a mail address")
    return address


def compose(letter: Letter, sender: Address) -> EmailMessage:
    """Return the message: plain text, never answered by machines, with one id however often it is sent."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = read_address(letter.recipient)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.at)
        message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        if letter.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
    except ValueError as error:  # a line end in a header, or an address that is none
        raise MailNotSent(Trouble.BAD_ADDRESS, is_final=True) from error
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    return message


def _translated(error: smtplib.SMTPException) -> MailNotSent:
    match error:
        case smtplib.SMTPRecipientsRefused():
            reply = next(iter(error.recipients.values()))[0]
            return MailNotSent(Trouble.RECIPIENT_REFUSED, reply, is_final=reply >= _FIRST_PERMANENT)
        case smtplib.SMTPSenderRefused():
            return MailNotSent(Trouble.SENDER_REFUSED, error.smtp_code)
        case smtplib.SMTPDataError():
            return MailNotSent(Trouble.MESSAGE_REFUSED, error.smtp_code, is_final=error.smtp_code >= _FIRST_PERMANENT)
        case smtplib.SMTPAuthenticationError():
            return MailNotSent(Trouble.LOGIN_REFUSED, error.smtp_code)
        case smtplib.SMTPServerDisconnected() | smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return MailNotSent(Trouble.UNREACHABLE)
        case smtplib.SMTPNotSupportedError():
            return MailNotSent(Trouble.NOT_SECURE)  # the server offers no STARTTLS or no login
        case smtplib.SMTPResponseException():
            return MailNotSent(Trouble.UNREACHABLE, error.smtp_code)
        case _:
            return MailNotSent(Trouble.UNREACHABLE)


def _printable(text: str) -> str:
    """Leave out what would move a terminal's cursor."""
    return "".join(character for character in text if character.isprintable() or character == "\n")
