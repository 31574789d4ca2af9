"""The mails of accounts, in the language of whoever causes them; of what others may cause, in the language of the reader."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing import queries as mail_queries
from app.accounts.tables import Invitation, User
from app.infra.catalogs import SOURCE
from app.infra.language import gettext as _
from app.infra.language import speaking_to
from app.infra.times import moment
from app.kit import clock
from app.kit.actor import Role
from app.mail import service as mail

INVITATION = "invitation"
PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a kind of mail
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the same
SECOND_STEP_CHANGED = "second_step_changed"
SECOND_STEP_RESET = "second_step_reset"
WRONG_CODES = "wrong_codes"
SIGN_ON_LINKED = "sign_on_linked"

_BETWEEN_WARNINGS = timedelta(hours=1)


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


def tell_second_step_added(session: Session, user: User) -> None:
    """Queue a word to the person that signing in asks for more from now on; not with what, which helps who should not know."""
    words = _("A second step of signing in was added to your account at the AI Readiness Reviews.")
    _tell(session, user, SECOND_STEP_CHANGED, _("A second step was added"), words, _if_not_you())


def tell_second_step_removed(session: Session, user: User) -> None:
    """Queue a word to the person that a way to take the second step is gone."""
    words = _("A second step of signing in was removed from your account at the AI Readiness Reviews.")
    _tell(session, user, SECOND_STEP_CHANGED, _("A second step was removed"), words, _if_not_you())


def tell_second_step_reset(session: Session, user: User) -> None:
    """Queue a word to the person that an administrator took the second step away."""
    with _language_of(session, user):
        _tell(
            session,
            user,
            SECOND_STEP_RESET,
            _("Your second step was removed"),
            _("An administrator has removed the second step of your account. You are signed out everywhere."),
            _("Sign in and set up a second step again. If you did not ask for this, tell an administrator at once."),
        )


def tell_wrong_codes(session: Session, user: User) -> None:
    """Queue a word to the person that somebody guesses at codes, unless there was one within the hour."""
    if mail.was_queued(session, WRONG_CODES, user.email, clock.now() - _BETWEEN_WARNINGS):
        return
    with _language_of(session, user):
        _tell(
            session,
            user,
            WRONG_CODES,
            _("Wrong codes for your account"),
            _("Five wrong codes in a row were given for the second step of your account. It takes no codes for five minutes."),
            _("If it was you, do nothing. If not, somebody may know your password: choose a new one on the sign-in page now."),
        )


def tell_sign_on_linked(session: Session, user: User) -> None:
    """Queue a word to the person whose account single sign-on has taken over, and how to have a password again."""
    _tell(
        session,
        user,
        SIGN_ON_LINKED,
        _("Your account is linked with single sign-on"),
        _("Your account at the AI Readiness Reviews was linked with single sign-on, which has proved that the address is yours."),
        _("What was set up before no longer works: the password, second steps, recovery codes, API keys and open sessions."),
        _('For a password, which is asked before signing a review, use "Forgotten your password?" on the sign-in page.'),
    )


def _tell(session: Session, user: User, kind: str, subject: str, *words: str) -> None:
    body = paragraphs(_("Dear {name},").format(name=user.name), *words)
    mail.queue(session, to=user.email, subject=subject, body=body, kind=kind, economy=user.economy)


def _if_not_you() -> str:
    return _("If this was not you, ask for a new password on the sign-in page at once, and tell an administrator.")


def _language_of(session: Session, user: User) -> AbstractContextManager[None]:
    choice = mail_queries.find_mail_choice(session, user.id)
    return speaking_to(SOURCE.code if choice is None else choice.language)
