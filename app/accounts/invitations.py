"""Invitations: a link that works once, for a week, and tells nobody whether an address is known elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries, rules, sessions
from app.accounts import service as people
from app.accounts.identity import SignedIn
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing import letters
from app.accounts.sessions import Lifetime
from app.accounts.tables import Invitation
from app.audit import service as audit
from app.infra.catalogs import SOURCE
from app.infra.db import Database
from app.infra.language import current
from app.infra.passwords import Passwords
from app.infra.zones import UTC_NAME
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problems, ReadinessError, TooManyRequests
from app.kit.ids import new_id, new_token, token_hash
from app.kit.say import mark, say
from app.kit.text import clean
from app.mail import service as mail

LASTS = timedelta(days=7)
PAUSE = timedelta(minutes=1)

_NO_NAME = mark("Enter your name.")
_BAD_NAME = say("Write your name on one line of at most {most} characters.", most=rules.LONGEST_NAME)


class InvitationUnusable(ReadinessError):
    """Unknown, used, expired, or for somebody who has an account: all look alike."""

    status = 404
    code = "invitation_unusable"
    title = "This invitation cannot be used"

    def __init__(self) -> None:
        super().__init__(
            mark(
                "An invitation works once and for seven days. If you have an account already, sign in; "
                "otherwise ask the person who invited you for a new link."
            ),
            extra={"offers_sign_in": True},
        )


class InvitationWithdrawn(ReadinessError):
    """Whoever sent the invitation has taken it back."""

    status = 404
    code = "invitation_withdrawn"
    title = "This invitation was withdrawn"

    def __init__(self) -> None:
        super().__init__(mark("Who invited you has withdrawn it. If you think that this is a mistake, ask them for a new link."))


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A fresh invitation; `path` holds the token and is shown this once."""

    id: UUID
    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that waits to be accepted."""

    id: UUID
    email: str
    name: str
    role: Role
    economy: str | None
    expires_at: datetime
    invited_at: datetime
    mail_id: UUID | None = None
    """The mail with the link; None where none was sent."""
    time_zone: str = UTC_NAME
    """Where its economy is: the mail names the last day there."""


def invite(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    economy: str | None,
    place: letters.Place | None = None,
) -> NewInvitation:
    """Invite a person to a role; an earlier link for the same person and economy stops working.

    With a place to link to, the person gets a mail; without one, the caller hands the link over.
    """
    people.must_manage(actor, role if role in set(Role) else Role.CONTRIBUTOR, economy)
    email, name = rules.normal_email(email), clean(name)
    problems = Problems()
    rules.check_person(problems, email=email, name=name)
    rules.check_role(problems, role=role, economy=economy)
    problems.raise_if_any()
    people.check_economy(session, economy)
    _refuse_known_member(session, actor, email)
    now = clock.now()
    mail.withdraw(session, queries.list_invitation_mails(session, email, economy, now))
    queries.expire_invitations(session, email, economy, now)
    return _add(session, actor, _Invited(email, name, role, economy), place)


def invite_peer_reviewer(
    session: Session, actor: Actor, *, email: str, name: str, place: letters.Place | None = None
) -> NewInvitation:
    """Invite an expert to give a coordinator's economy a second opinion; whose review it is, the room of peer reviews knows.

    Links that others sent to the same person go on working: nobody learns whom another economy asked.
    """
    if not (actor.is_official and actor.role is Role.COORDINATOR):
        raise Forbidden("Only the coordinator of an economy can ask for a second opinion.")
    email, name = rules.normal_email(email), clean(name)
    problems = Problems()
    rules.check_person(problems, email=email, name=name)
    problems.raise_if_any()
    known = queries.find_user_by_email(session, email)
    if known is not None and known.economy == actor.economy:
        problems.add("email", "own_official", "This person answers for your economy. Ask somebody from outside.")
        problems.raise_if_any()
    return _add(session, actor, _Invited(email, name, Role.PEER_REVIEWER.value, None), place)


def send_again(
    session: Session, actor: Actor, invitation_id: UUID, place: Callable[[str | None], letters.Place]
) -> NewInvitation:
    """Invite the same person once more: a new link, a new mail; the old link dies."""
    before = queries.find_open_invitation_for(session, actor, invitation_id, clock.now())
    if before is None:
        raise NotFound("invitation")
    if before.role == Role.PEER_REVIEWER:
        raise Conflict("The coordinator who asked for this second opinion renews its link, on the page of the peer review.")
    require_pause(before.created_at)
    return invite(
        session,
        actor,
        email=before.email,
        name=before.name,
        role=before.role,
        economy=before.economy,
        place=place(before.economy),
    )


def find_to_withdraw(session: Session, actor: Actor, invitation_id: UUID) -> OpenInvitation:
    """Return an invitation that this actor may withdraw."""
    return _read(_get_to_withdraw(session, actor, invitation_id))


def withdraw(session: Session, actor: Actor, invitation_id: UUID) -> None:
    """Take back an invitation that nobody has used, and its mail if that has not left; the link says so from now on."""
    invitation = _get_to_withdraw(session, actor, invitation_id)
    if not queries.withdraw_invitation(session, invitation_id, clock.now()):
        raise Conflict("This invitation was used a moment ago, so it was not withdrawn. Reload the list of people.")
    mail.withdraw(session, queries.list_mails_of(session, invitation_id))
    _record(session, actor, "accounts.invitation_withdrawn", invitation)


def require_pause(sent_at: datetime) -> None:
    """Refuse another link within a minute of the last: a second press of the button would only kill the first link."""
    waits = sent_at + PAUSE - clock.now()
    if waits > timedelta():
        seconds = max(math.ceil(waits.total_seconds()), 1)
        raise TooManyRequests("A link was made less than a minute ago. Wait a minute, then try again.", retry_after=seconds)


def withdraw_peer_reviewer(session: Session, invitation_id: UUID) -> None:
    """End the link of a peer reviewer that nobody has used, and a mail with it that has not left.

    The room that calls this has checked whose it is.
    """
    mail.withdraw(session, queries.list_mails_of(session, invitation_id))
    queries.expire_invitation(session, invitation_id, clock.now())


def claim(session: Session, actor: Actor, token: str) -> None:
    """Take an invitation of a peer reviewer with the account that one has already; whoever holds the link was given it."""
    invitation = _get(session, token)
    if not is_for(actor, _read(invitation)) or not queries.claim_invitation(session, invitation, clock.now()):
        raise InvitationUnusable
    invitation.user_id = actor.user_id
    if invitation.mail_id is not None:
        mail.withdraw(session, [invitation.mail_id])
    _record(session, actor, "accounts.invitation_accepted", invitation)


def is_for(actor: Actor | None, invitation: OpenInvitation) -> bool:
    """Tell whether somebody who is signed in can take an invitation with their own account: peer reviewers can be asked often."""
    return actor is not None and actor.role is Role.PEER_REVIEWER and invitation.role is Role.PEER_REVIEWER


def list_open(session: Session, actor: Actor) -> list[OpenInvitation]:
    """List the invitations that wait: an economy's for its coordinator, all for administrators."""
    if actor.role not in {Role.ADMINISTRATOR, Role.COORDINATOR}:
        raise Forbidden("Only a coordinator or an administrator sees the invitations.")
    return [_read(invitation) for invitation in queries.list_open_invitations_for(session, actor, clock.now())]


def get_open(session: Session, token: str) -> OpenInvitation:
    """Return the invitation behind a link that still works."""
    found = _get(session, token)
    return replace(_read(found), time_zone=queries.time_zone_of(session, found.economy) or UTC_NAME)


def accept_invitation(
    database: Database,
    token: str,
    *,
    name: str,
    password: str,
    repeated: str,
    passwords: Passwords,
    user_agent: str,
    lifetime: Lifetime,
) -> SignedIn:
    """Create the account and sign in; like signing in, it hashes outside of any transaction."""
    with database.read() as session:
        invitation = _get(session, token)
    name, password = clean(name), rules.normal_password(password)
    problems = Problems()
    rules.check_name(problems, name, missing=_NO_NAME, unfit=_BAD_NAME)
    rules.check_password(problems, password, email=invitation.email, name=name)
    rules.check_repeated(problems, password, repeated)
    problems.raise_if_any()
    password_hash = passwords.hash(password)
    with database.write() as session:
        return _accept(session, _get(session, token), name, password_hash, user_agent, lifetime)


def _accept(
    session: Session, invitation: Invitation, name: str, password_hash: str, user_agent: str, lifetime: Lifetime
) -> SignedIn:
    if not queries.claim_invitation(session, invitation, clock.now()):
        raise InvitationUnusable
    try:
        user = people.add_user(
            session,
            email=invitation.email,
            name=name,
            role=invitation.role,
            economy=invitation.economy,
            password_hash=password_hash,
        )
    except Invalid as error:
        raise InvitationUnusable from error
    invitation.user_id = user.id
    if invitation.mail_id is not None:
        mail.withdraw(session, [invitation.mail_id])
    if current().code != SOURCE.code:
        mail_choices.remember_language(session, user.id, current().code)
    signed_in = sessions.begin(session, user, user_agent=user_agent, lifetime=lifetime)
    _record(session, signed_in.actor, "accounts.invitation_accepted", invitation)
    return signed_in


@dataclass(frozen=True, slots=True)
class _Invited:
    email: str
    name: str
    role: str
    economy: str | None


def _add(session: Session, actor: Actor, invited: _Invited, place: letters.Place | None = None) -> NewInvitation:
    now, token = clock.now(), new_token()
    invitation = Invitation(
        id=new_id(),
        token_hash=token_hash(token),
        email=invited.email,
        name=invited.name,
        role=invited.role,
        economy=invited.economy,
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + LASTS,
    )
    path = f"/invitations/{token}"
    if place is not None:
        invitation.mail_id = letters.invite(session, invitation, actor.name, path, place)
    session.add(invitation)
    session.flush()
    _record(session, actor, "accounts.invited", invitation)
    return NewInvitation(invitation.id, path, invitation.expires_at)


def _refuse_known_member(session: Session, actor: Actor, email: str) -> None:
    """Say so only of people whom the actor can see anyway."""
    known = queries.find_user_by_email(session, email)
    if known is not None and (actor.role is Role.ADMINISTRATOR or known.economy == actor.economy):
        problems = Problems()
        problems.add("email", "already_member", "This person has an account already. Change their role in the list instead.")
        problems.raise_if_any()


def _get(session: Session, token: str) -> Invitation:
    invitation = queries.find_open_invitation(session, token_hash(token), clock.now())
    if invitation is None and queries.is_withdrawn(session, token_hash(token)):
        raise InvitationWithdrawn
    if invitation is None:
        raise InvitationUnusable
    return invitation


def _get_to_withdraw(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    found = queries.find_open_invitation_for(session, actor, invitation_id, clock.now())
    if found is None:
        raise NotFound("invitation")
    if found.role == Role.PEER_REVIEWER:
        raise Conflict("The coordinator who asked for this second opinion withdraws it, on the page of the peer review.")
    return found


def _record(session: Session, actor: Actor, action: str, invitation: Invitation) -> None:
    audit.record(
        session,
        actor,
        action,
        target_kind="invitation",
        target_id=invitation.id,
        economy=invitation.economy,
        detail={"role": invitation.role},
    )


def _read(invitation: Invitation) -> OpenInvitation:
    return OpenInvitation(
        invitation.id,
        invitation.email,
        invitation.name,
        Role(invitation.role),
        invitation.economy,
        invitation.expires_at,
        invitation.created_at,
        invitation.mail_id,
    )
