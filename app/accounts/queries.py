"""Every statement on the tables of accounts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, column, delete, false, func, or_, table, true, update
from sqlmodel import Session, col, select

from app.accounts.tables import ApiKey, Invitation, User, UserSession
from app.kit.actor import Actor, Role

# The room above owns it; codes and where an economy is are all we need to know.
ECONOMY = table("economy", column("code"), column("time_zone", String))

# --- users


def economy_exists(session: Session, code: str) -> bool:
    """Tell whether there is an economy with this code."""
    return session.exec(select(ECONOMY.c.code).where(ECONOMY.c.code == code)).first() is not None


def list_economy_codes(session: Session) -> list[str]:
    return list(session.exec(select(ECONOMY.c.code).order_by(ECONOMY.c.code)))


def find_user_by_email(session: Session, email: str) -> User | None:
    """Find by mail, whoever asks: for signing in, and for keeping addresses unique."""
    return session.exec(select(User).where(User.email == email)).first()


def find_user(session: Session, user_id: UUID) -> User | None:
    """Find by id, whoever asks: for the person's own page and sessions."""
    return session.get(User, user_id)


def find_user_for(session: Session, actor: Actor, user_id: UUID, *, to_change: bool = False) -> User | None:
    """Find a person whom this actor may manage; one who is to be changed is locked until the end of the transaction."""
    statement = select(User).where(User.id == user_id, _may_manage(actor))
    return session.exec(statement.with_for_update() if to_change else statement).first()


def list_economies_with(session: Session, roles: Collection[Role]) -> set[str]:
    """List the economies in which somebody, not disabled, has one of these roles."""
    wanted = (col(User.role).in_([role.value for role in roles]), col(User.is_disabled).is_(False))
    found = session.exec(select(User.economy).where(*wanted).distinct())
    return {economy for economy in found if economy is not None}


def list_users_for(session: Session, actor: Actor) -> list[User]:
    """List the people whom this actor may manage, by economy and name."""
    statement = select(User).where(_may_manage(actor)).order_by(col(User.economy), func.lower(User.name), col(User.id))
    return list(session.exec(statement))


def has_another(session: Session, user: User) -> bool:
    """Tell whether somebody else, not disabled, has this person's role (in this person's economy)."""
    same_economy = col(User.economy).is_(None) if user.economy is None else User.economy == user.economy
    statement = select(User.id).where(User.id != user.id, User.role == user.role, same_economy, col(User.is_disabled).is_(False))
    return session.exec(statement.limit(1)).first() is not None


def _may_manage(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.COORDINATOR and actor.economy is not None:
        return col(User.economy) == actor.economy
    return false()


# --- sessions


# Every request of a signed-in person begins with this one, so it is built once.
_SESSION = (
    select(UserSession, User, ECONOMY.c.time_zone)
    .join(User, col(User.id) == UserSession.user_id)
    .join(ECONOMY, ECONOMY.c.code == col(User.economy), isouter=True)
    .where(col(UserSession.token_hash) == bindparam("token"), col(User.is_disabled).is_(False))
)


def find_session(session: Session, token_hash: str) -> tuple[UserSession, User, str | None] | None:
    """Find a session, its person and the time zone of their economy, unless the account is disabled."""
    found = session.exec(_SESSION, params={"token": token_hash}).first()
    return None if found is None else (found[0], found[1], found[2])


def list_sessions(session: Session, user_id: UUID, now: datetime, idle_since: datetime) -> list[UserSession]:
    """List a person's sessions that still work, the latest used first."""
    statement = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.expires_at > now, UserSession.last_seen_at > idle_since
    )
    return list(session.exec(statement.order_by(col(UserSession.last_seen_at).desc())))


def touch_session(session: Session, session_id: UUID, now: datetime) -> None:
    """Note that a session is in use; the time never goes back."""
    session.exec(
        update(UserSession).where(col(UserSession.id) == session_id, col(UserSession.last_seen_at) < now).values(last_seen_at=now)
    )


def delete_session(session: Session, token_hash: str) -> None:
    session.exec(delete(UserSession).where(col(UserSession.token_hash) == token_hash))


def delete_sessions_of(session: Session, user_id: UUID, *, but: UUID | None = None) -> None:
    """End a person's sessions: all, or all but one."""
    kept = true() if but is None else col(UserSession.id) != but
    session.exec(delete(UserSession).where(col(UserSession.user_id) == user_id, kept))


def delete_session_of(session: Session, user_id: UUID, session_id: UUID) -> bool:
    """End one of a person's own sessions; False when there is none such."""
    ended = session.exec(delete(UserSession).where(col(UserSession.id) == session_id, col(UserSession.user_id) == user_id))
    return ended.rowcount == 1


def delete_ended_sessions(session: Session, now: datetime) -> None:
    session.exec(delete(UserSession).where(col(UserSession.expires_at) <= now))


# --- invitations


def find_open_invitation(session: Session, token_hash: str, now: datetime) -> Invitation | None:
    """Find an invitation that may still be used: one whose sender was disabled may not."""
    statement = (
        select(Invitation)
        .join(User, col(User.id) == Invitation.invited_by, isouter=True)
        .where(
            Invitation.token_hash == token_hash,
            col(Invitation.accepted_at).is_(None),
            Invitation.expires_at > now,
            or_(col(Invitation.invited_by).is_(None), col(User.is_disabled).is_(False)),
        )
    )
    return session.exec(statement).first()


def expire_invitations(session: Session, email: str, economy: str | None, now: datetime) -> None:
    """End the unused invitations of one person by one economy (or by none): a newer link replaces them."""
    same_economy = col(Invitation.economy).is_(None) if economy is None else col(Invitation.economy) == economy
    session.exec(
        update(Invitation)
        .where(col(Invitation.email) == email, same_economy, col(Invitation.accepted_at).is_(None))
        .where(col(Invitation.expires_at) > now)
        .values(expires_at=now)
    )


def list_invitation_mails(session: Session, email: str, economy: str | None, now: datetime) -> list[UUID]:
    """List the mails of the unused invitations of one person by one economy (or by none)."""
    same_economy = col(Invitation.economy).is_(None) if economy is None else col(Invitation.economy) == economy
    statement = select(Invitation.mail_id).where(Invitation.email == email, same_economy, Invitation.expires_at > now)
    found = session.exec(statement.where(col(Invitation.accepted_at).is_(None), col(Invitation.mail_id).is_not(None)))
    return [mail_id for mail_id in found if mail_id is not None]


def list_mails_of(session: Session, invitation_id: UUID) -> list[UUID]:
    """List the mail of one invitation that nobody has used; empty where none was sent."""
    statement = select(Invitation.mail_id).where(Invitation.id == invitation_id, col(Invitation.accepted_at).is_(None))
    return [mail_id for mail_id in session.exec(statement) if mail_id is not None]


def find_open_invitation_for(session: Session, actor: Actor, invitation_id: UUID, now: datetime) -> Invitation | None:
    """Find an unused invitation that this actor may send again."""
    statement = select(Invitation).where(Invitation.id == invitation_id, _invited_for(actor))
    return session.exec(statement.where(col(Invitation.accepted_at).is_(None), Invitation.expires_at > now)).first()


def expire_invitation(session: Session, invitation_id: UUID, now: datetime) -> None:
    session.exec(update(Invitation).where(*_is_open(invitation_id, now)).values(expires_at=now))


def withdraw_invitation(session: Session, invitation_id: UUID, now: datetime) -> bool:
    """End an invitation by hand; False when it was used or ended meanwhile."""
    changed = session.exec(update(Invitation).where(*_is_open(invitation_id, now)).values(expires_at=now, withdrawn_at=now))
    return changed.rowcount == 1


def _is_open(invitation_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(Invitation.id) == invitation_id, col(Invitation.accepted_at).is_(None), col(Invitation.expires_at) > now


def is_withdrawn(session: Session, token_hash: str) -> bool:
    """Tell whether the invitation behind a link was withdrawn by hand, and not merely replaced or used."""
    wanted = (Invitation.token_hash == token_hash, col(Invitation.withdrawn_at).is_not(None))
    return session.exec(select(Invitation.id).where(*wanted)).first() is not None


def time_zone_of(session: Session, economy: str | None) -> str | None:
    """Return the time zone of an economy; None for none."""
    return session.exec(select(ECONOMY.c.time_zone).where(ECONOMY.c.code == economy)).first()


def claim_invitation(session: Session, invitation: Invitation, now: datetime) -> bool:
    """Mark an invitation as used; False when somebody was faster, be it to use it or to withdraw it."""
    claimed = session.exec(update(Invitation).where(*_is_open(invitation.id, now)).values(accepted_at=now))
    return claimed.rowcount == 1


def list_open_invitations_for(session: Session, actor: Actor, now: datetime) -> list[Invitation]:
    """List the unused invitations of this actor's economy, or all of them for an administrator."""
    statement = select(Invitation).where(col(Invitation.accepted_at).is_(None), Invitation.expires_at > now, _invited_for(actor))
    return list(session.exec(statement.order_by(col(Invitation.created_at).desc())))


def _invited_for(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.COORDINATOR and actor.economy is not None:
        return col(Invitation.economy) == actor.economy
    return false()


# --- API keys


def find_key(session: Session, secret_hash: str, now: datetime) -> tuple[ApiKey, User] | None:
    """Find a key that works at this moment, and its owner."""
    statement = (
        select(ApiKey, User)
        .join(User, col(User.id) == ApiKey.user_id)
        .where(
            ApiKey.secret_hash == secret_hash,
            col(ApiKey.revoked_at).is_(None),
            ApiKey.expires_at > now,
            col(User.is_disabled).is_(False),
        )
    )
    return session.exec(statement).first()


def find_key_for(session: Session, actor: Actor, key_id: UUID) -> ApiKey | None:
    """Find one of the actor's own keys that is not revoked."""
    statement = select(ApiKey).where(ApiKey.id == key_id, ApiKey.user_id == actor.user_id, col(ApiKey.revoked_at).is_(None))
    return session.exec(statement.with_for_update()).first()


def list_keys_for(session: Session, actor: Actor) -> list[ApiKey]:
    """List the actor's own keys, the newest first, revoked and expired ones too."""
    return list(session.exec(select(ApiKey).where(ApiKey.user_id == actor.user_id).order_by(col(ApiKey.created_at).desc())))


def touch_key(session: Session, key_id: UUID, today: date) -> None:
    session.exec(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_on=today))


def revoke_keys_of(session: Session, user_id: UUID, now: datetime) -> None:
    """Make all keys of a person stop working."""
    session.exec(update(ApiKey).where(col(ApiKey.user_id) == user_id, col(ApiKey.revoked_at).is_(None)).values(revoked_at=now))


def count_working_keys(session: Session, user_id: UUID, now: datetime) -> int:
    statement = select(func.count()).select_from(ApiKey)
    return session.exec(
        statement.where(ApiKey.user_id == user_id, col(ApiKey.revoked_at).is_(None), ApiKey.expires_at > now)
    ).one()
