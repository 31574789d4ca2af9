"""The mails of accounts, in the language of whoever causes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.accounts.tables import Invitation, User
from app.infra.language import gettext as _
from app.infra.times import moment
from app.kit.actor import Role
from app.mail import service as mail

INVITATION = "invitation"
PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a kind of mail
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the same


@dataclass(frozen=True, slots=True)
class Place:
    """What a mail says of where it comes from: the address of the service, and the economy's name ('' for none)."""

    base_url: str
    economy_name: str = ""

    def link(self, path: str) -> str:
        """Return the whole address of a path; never that of the request, which its sender may choose."""
        return self.base_url.rstrip("/") + path


def invite(session: Session, invitation: Invitation, inviter: str, path: str, place: Place) -> UUID:
    """Queue the mail with an invitation's link, and return its id."""
    open_it = _("Open this link and choose a password:")
    if invitation.role == Role.PEER_REVIEWER:
        open_it = _("Open this link. You choose a password there, or sign in with the account that you have as a peer reviewer:")
        words = _("{inviter} asks you for a second opinion on the AI readiness review of {economy}.")
    elif place.economy_name:
        words = _("{inviter} invites you to the AI Readiness Reviews, to work on the review of {economy}.")
    else:
        words = _("{inviter} invites you to the AI Readiness Reviews.")
    body = paragraphs(
        _("Dear {name},").format(name=invitation.name),
        words.format(inviter=inviter, economy=place.economy_name),
        open_it,
        place.link(path),
        _("The link works once, until {moment}.").format(moment=moment(invitation.expires_at)),
        _("If you did not expect this, do nothing: no account is made without you."),
    )
    return mail.queue(
        session,
        to=invitation.email,
        subject=_("Your invitation to the AI Readiness Reviews"),
        body=body,
        kind=INVITATION,
        economy=invitation.economy,
        useful_until=invitation.expires_at,
    )


def send_reset(session: Session, user: User, link: str, useful_until: datetime) -> None:
    """Queue the mail with the link for a new password."""
    body = paragraphs(
        _("Dear {name},").format(name=user.name),
        _("Somebody, probably you, asked for a new password for your account. Open this link to choose one:"),
        link,
        _("The link works once, for 30 minutes."),
        _("If it was not you, do nothing. Your password stays as it is."),
    )
    mail.queue(
        session,
        to=user.email,
        subject=_("A new password for the AI Readiness Reviews"),
        body=body,
        kind=PASSWORD_RESET,
        economy=user.economy,
        useful_until=useful_until,
    )


def tell_password_changed(session: Session, user: User) -> None:
    """Queue a word to the person, who may not be the one that changed it."""
    body = paragraphs(
        _("Dear {name},").format(name=user.name),
        _("The password of your account at the AI Readiness Reviews was changed. You are signed out everywhere else."),
        _("If this was not you, ask for a new password on the sign-in page at once, and tell an administrator."),
    )
    subject = _("Your password was changed")
    mail.queue(session, to=user.email, subject=subject, body=body, kind=PASSWORD_CHANGED, economy=user.economy)


def paragraphs(*said: str) -> str:
    """Set a mail's paragraphs, with who sends it below."""
    return "\n\n".join((*said, _("AI Readiness Reviews"))) + "\n"
