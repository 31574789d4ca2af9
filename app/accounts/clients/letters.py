"""The mails of clients: to whoever asks for a key, and to owners of keys. No mail ever holds a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.accounts.clients.tables import KeyRequest
from app.accounts.keys import Key
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.letters import Place, paragraphs
from app.accounts.mailing.notices import Desk, tell
from app.accounts.mailing.rounds import Words
from app.accounts.tables import ApiKey
from app.infra.language import gettext as _
from app.infra.language import ngettext, speaking
from app.infra.times import moment
from app.infra.zones import UTC_NAME, in_zone
from app.kit.actor import Actor, Role
from app.mail import service as mail

CONFIRM = "key_confirm"
ASKED = "key_asked"
GRANTED = "key_granted"
DECLINED = "key_declined"
REVOKED = "key_revoked"
REPLACED = "key_replaced"
ENDING = "key_ending"
SYSTEM = Actor(user_id=None, name="The service", role=Role.ADMINISTRATOR)
"""Who acts when a job does: nobody who would be left out of a mail."""


def ask_to_confirm(session: Session, asked: KeyRequest, path: str, useful_until: datetime, desk: Desk) -> None:
    """Queue the mail whose link confirms an address."""
    body = paragraphs(
        _("Dear {name},").format(name=asked.name),
        _("Somebody, probably you, asked for a key for programs at the AI Readiness Reviews. Confirm your address by this link:"),
        Place(desk.base_url).link(path),
        _("The link works for two days. An administrator then reads your request."),
        _("If it was not you, do nothing. Without the link the request is forgotten."),
    )
    subject = _("Confirm your request for a key")
    mail.queue(session, to=asked.email, subject=subject, body=body, kind=CONFIRM, useful_until=useful_until)


def tell_administrators(session: Session, actor: Actor, asked: KeyRequest, desk: Desk) -> None:
    """Queue a word to administrators that a request waits."""

    def words() -> Words:
        return Words(
            _("A request for a key waits"),
            _("{institution} asks for a key for programs. Read the request, and grant or decline it:").format(
                institution=asked.institution
            ),
        )

    readers = mail_choices.readers_with_role(session, Role.ADMINISTRATOR)
    tell(session, actor, readers, ASKED, words, f"/admin/clients/requests/{asked.id}", desk)


def tell_granted(session: Session, asked: KeyRequest, path: str, useful_until: datetime, desk: Desk) -> UUID:
    """Queue the mail with the link to collect a key, and return its id."""
    with _speaking(desk, asked.language):
        body = paragraphs(
            _("Dear {name},").format(name=asked.name),
            _("Your request for a key was granted. Open this link to collect it. The key is shown once, on that page only:"),
            Place(desk.base_url).link(path),
            _("The link works once, until {moment}.").format(moment=moment(useful_until)),
            _("Have a safe place for the key at hand before you open it."),
        )
        subject = _("Your key is ready")
        return mail.queue(session, to=asked.email, subject=subject, body=body, kind=GRANTED, useful_until=useful_until)


def tell_declined(session: Session, asked: KeyRequest, desk: Desk) -> None:
    """Queue the mail that says why a request was declined."""
    with _speaking(desk, asked.language):
        body = paragraphs(
            _("Dear {name},").format(name=asked.name),
            _("Your request for a key was declined. The administrator writes:"),
            asked.reason,
            _("Published figures can be read without a key. You may ask again:"),
            Place(desk.base_url).link("/keys/ask"),
        )
        mail.queue(session, to=asked.email, subject=_("Your request for a key"), body=body, kind=DECLINED)


def tell_revoked(session: Session, actor: Actor, row: ApiKey, desk: Desk) -> None:
    """Queue a word to the owner that an administrator revoked a key."""
    reason = row.revoked_reason

    def words() -> Words:
        said = _("An administrator revoked your key {prefix} ({label}). It works no more. The reason:").format(
            prefix=f"rdy_{row.prefix}", label=row.label
        )
        return Words(_("Your key was revoked"), f"{said}\n\n{reason}\n\n" + _("Your keys are listed here:"))

    _tell_owner(session, actor, row, REVOKED, words, desk)


def tell_replaced(session: Session, row: ApiKey, fresh: Key, desk: Desk) -> None:
    """Queue a word to the owner that a key was replaced: a program may have done it."""

    def words() -> Words:
        said = _(
            "Your key {prefix} ({label}) was replaced by {new}. The old one works until {moment}. "
            "If this was neither you nor your program, revoke both at once, here:"
        )
        return Words(
            _("Your key was replaced"),
            said.format(prefix=f"rdy_{row.prefix}", label=row.label, new=f"rdy_{fresh.prefix}", moment=moment(row.expires_at)),
        )

    _tell_owner(session, SYSTEM, row, REPLACED, words, desk)


def tell_ending(session: Session, row: ApiKey, days: int, desk: Desk) -> None:
    """Queue a word to the owner that a key ends soon, and what to do."""

    def words() -> Words:
        said = ngettext(
            "Your key {prefix} ({label}) ends in {days} day, on {moment}. Replace it before then, so that your programs go on. "
            'If you never chose a password, use "Forgotten your password?" on the sign-in page first. Your keys:',
            "Your key {prefix} ({label}) ends in {days} days, on {moment}. Replace it before then, so that your programs go on. "
            'If you never chose a password, use "Forgotten your password?" on the sign-in page first. Your keys:',
            days,
        )
        return Words(
            _("Your key ends soon"),
            said.format(prefix=f"rdy_{row.prefix}", label=row.label, days=days, moment=moment(row.expires_at)),
        )

    _tell_owner(session, SYSTEM, row, ENDING, words, desk)


def _tell_owner(session: Session, actor: Actor, row: ApiKey, kind: str, words: Callable[[], Words], desk: Desk) -> None:
    readers = mail_choices.readers_by_id(session, [row.user_id])
    tell(session, actor, readers, kind, words, f"/account/keys/{row.id}", desk)


@contextmanager
def _speaking(desk: Desk, language: str) -> Iterator[None]:
    with speaking(desk.catalogs.get(language)), in_zone(UTC_NAME):  # nobody knows where the reader is
        yield
