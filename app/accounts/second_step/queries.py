"""Every statement on the tables of the second step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from app.accounts.second_step.tables import (
    Authenticator,
    FactorFailure,
    FactorReset,
    HalfSignedIn,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
)
from app.accounts.tables import User, UserSession

# --- people, as far as the second step needs them


def lock_user(session: Session, user_id: UUID) -> User | None:
    """Find a person and hold the row until the end of the transaction, so that guesses take turns."""
    return session.exec(select(User).where(User.id == user_id).with_for_update()).first()


def delete_other_sessions(session: Session, user_id: UUID, kept: UUID | None) -> None:
    """End a person's sessions but for one."""
    statement = delete(UserSession).where(col(UserSession.user_id) == user_id)
    session.exec(statement if kept is None else statement.where(col(UserSession.id) != kept))


def set_sessions_second_factor(session: Session, user_id: UUID, *, has_it: bool) -> None:
    """Note for a person's sessions whether a second step stands behind them."""
    session.exec(update(UserSession).where(col(UserSession.user_id) == user_id).values(has_second_factor=has_it))


# --- whether there is a second step


def has_factor(session: Session, user_id: UUID) -> bool:
    """Tell whether a person has a confirmed app or a passkey."""
    app = select(Authenticator.user_id).where(Authenticator.user_id == user_id, col(Authenticator.confirmed_at).is_not(None))
    passkey = select(Passkey.user_id).where(Passkey.user_id == user_id)
    return session.exec(select(or_(app.exists(), passkey.exists()))).one()


# --- the authenticator app


def find_authenticator(session: Session, user_id: UUID) -> Authenticator | None:
    """Find a person's app, confirmed or not."""
    return session.get(Authenticator, user_id)


def delete_authenticator(session: Session, user_id: UUID) -> bool:
    """Forget a person's app; False when there was none."""
    return session.exec(delete(Authenticator).where(col(Authenticator.user_id) == user_id)).rowcount == 1


def claim_step(session: Session, user_id: UUID, step: int) -> bool:
    """Use up a step of the clock and all before it; False when it is used already."""
    statement = update(Authenticator).where(col(Authenticator.user_id) == user_id, col(Authenticator.last_step) < step)
    return session.exec(statement.values(last_step=step)).rowcount == 1


# --- passkeys


def list_passkeys(session: Session, user_id: UUID) -> list[Passkey]:
    """List a person's passkeys, the oldest first."""
    return list(session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.created_at))))


def find_passkey_of(session: Session, user_id: UUID, credential_id: str) -> Passkey | None:
    """Find one of a person's passkeys by what the browser calls it, and hold its row."""
    statement = select(Passkey).where(Passkey.user_id == user_id, Passkey.credential_id == credential_id)
    return session.exec(statement.with_for_update()).first()


def is_new_credential(session: Session, credential_id: str) -> bool:
    """Tell whether nobody has this passkey yet."""
    return session.exec(select(Passkey.id).where(Passkey.credential_id == credential_id)).first() is None


def delete_passkey(session: Session, user_id: UUID, passkey_id: UUID) -> bool:
    """Forget one of a person's passkeys; False when there is none such."""
    done = session.exec(delete(Passkey).where(col(Passkey.id) == passkey_id, col(Passkey.user_id) == user_id))
    return done.rowcount == 1


def delete_passkeys(session: Session, user_id: UUID) -> None:
    """Forget all passkeys of a person."""
    session.exec(delete(Passkey).where(col(Passkey.user_id) == user_id))


def replace_challenge(session: Session, challenge: PasskeyChallenge, now: datetime) -> None:
    """Store a challenge; an earlier one of the same state, and all that are over, go."""
    session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now))
    session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.bound_to) == challenge.bound_to))
    session.add(challenge)


def take_challenge(session: Session, bound_to: UUID, purpose: str, now: datetime) -> PasskeyChallenge | None:
    """Find the challenge of a state and delete it: whatever comes of it, it serves once."""
    statement = select(PasskeyChallenge).where(
        PasskeyChallenge.bound_to == bound_to, PasskeyChallenge.purpose == purpose, PasskeyChallenge.expires_at > now
    )
    found = session.exec(statement).first()
    if found is None:
        return None
    session.expunge(found)
    is_first = session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.id) == found.id)).rowcount == 1
    return found if is_first else None


def delete_challenges(session: Session, user_id: UUID) -> None:
    """Forget what a person's passkeys were asked to sign."""
    session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.user_id) == user_id))


# --- recovery codes


def find_unused_code(session: Session, user_id: UUID, number: int) -> RecoveryCode | None:
    """Find the unused recovery code of a number."""
    statement = select(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.number == number, col(RecoveryCode.used_at).is_(None)
    )
    return session.exec(statement).first()


def claim_code(session: Session, code_id: UUID, now: datetime) -> bool:
    """Use a recovery code up; False when somebody was faster, or the codes were renewed."""
    statement = update(RecoveryCode).where(col(RecoveryCode.id) == code_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(statement.values(used_at=now)).rowcount == 1


def count_unused_codes(session: Session, user_id: UUID) -> int:
    """Count the recovery codes that are left."""
    statement = select(func.count()).select_from(RecoveryCode)
    return session.exec(statement.where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))).one()


def delete_codes(session: Session, user_id: UUID) -> None:
    """Forget a person's recovery codes."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


# --- guesses


def count_factor_failures(session: Session, user_id: UUID, since: datetime) -> int:
    """Count a person's recent wrong codes."""
    statement = select(func.count()).select_from(FactorFailure)
    return session.exec(statement.where(FactorFailure.user_id == user_id, FactorFailure.at > since)).one()


def delete_factor_failures_before(session: Session, moment: datetime) -> None:
    """Forget old wrong codes."""
    session.exec(delete(FactorFailure).where(col(FactorFailure.at) <= moment))


def delete_factor_failures(session: Session, user_id: UUID) -> None:
    """Forget a person's wrong codes: the right one came."""
    session.exec(delete(FactorFailure).where(col(FactorFailure.user_id) == user_id))


# --- half signed in


def find_half(session: Session, token_hash: str, now: datetime) -> tuple[HalfSignedIn, User] | None:
    """Find a half-signed-in state that still counts: the account works, and its password is the one that was typed."""
    statement = (
        select(HalfSignedIn, User)
        .join(User, col(User.id) == HalfSignedIn.user_id)
        .where(HalfSignedIn.token_hash == token_hash, HalfSignedIn.expires_at > now, col(User.is_disabled).is_(False))
        .where((col(User.password_changed_at).is_(None)) | (col(User.password_changed_at) <= col(HalfSignedIn.created_at)))
    )
    return session.exec(statement).first()


def take_half(session: Session, half_id: UUID) -> bool:
    """Use a half-signed-in state up; False when somebody was faster."""
    return session.exec(delete(HalfSignedIn).where(col(HalfSignedIn.id) == half_id)).rowcount == 1


def delete_ended_halves(session: Session, now: datetime) -> None:
    """Forget the states that are over."""
    session.exec(delete(HalfSignedIn).where(col(HalfSignedIn.expires_at) <= now))


def delete_halves_of(session: Session, user_id: UUID) -> None:
    """Forget a person's half-signed-in states."""
    session.exec(delete(HalfSignedIn).where(col(HalfSignedIn.user_id) == user_id))


# --- resets


def find_reset(session: Session, user_id: UUID) -> FactorReset | None:
    """Find when an administrator last took a person's second step away."""
    return session.get(FactorReset, user_id)
