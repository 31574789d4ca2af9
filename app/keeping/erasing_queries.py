"""Statements that take a person out of every table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, or_, update
from sqlmodel import Session, SQLModel, col, select

from app.accounts.clients.tables import KeyRequest
from app.accounts.signing_in.tables import PasswordReset
from app.accounts.tables import ApiKey, Invitation, User
from app.audit.tables import AuditEvent
from app.keeping.persons import GONE_WITH_THE_PERSON, KEPT, NAMES, Named
from app.kit import clock
from app.kit.actor import Role
from app.kit.ids import token_hash
from app.mail.tables import Mail


@dataclass(frozen=True, slots=True)
class Found:
    """The person of an address."""

    id: UUID
    name: str
    economy: str | None
    is_last_administrator: bool


def find_person(session: Session, email: str) -> Found | None:
    """Find whoever has an address, and hold the row."""
    user = session.exec(select(User).where(User.email == email).with_for_update()).first()
    if user is None:
        return None
    others = select(User.id).where(User.role == Role.ADMINISTRATOR, col(User.is_disabled).is_(False), User.id != user.id)
    is_last = user.role == Role.ADMINISTRATOR and session.exec(others).first() is None
    return Found(user.id, user.name, user.economy, is_last)


def is_only_one_named(session: Session, name: str) -> bool:
    """Tell whether nobody else has this name: then it means this person wherever it stands."""
    return session.exec(select(func.count()).select_from(User).where(User.name == name)).one() <= 1


def forget_address(session: Session, email: str) -> None:
    """Erase what was sent to an address, or asked for with it, whether there is an account or not."""
    session.exec(delete(Mail).where(col(Mail.recipient) == email))
    session.exec(
        delete(PasswordReset).where(or_(col(PasswordReset.email) == email, col(PasswordReset.email_hash) == token_hash(email)))
    )
    failures = SQLModel.metadata.tables["sign_in_failure"]
    session.execute(delete(failures).where(failures.c.email_hash == token_hash(email)))
    session.exec(
        update(Invitation)
        .where(col(Invitation.email) == email)
        .values(email="", name="", expires_at=func.coalesce(Invitation.accepted_at, clock.now()))
    )
    session.exec(
        update(KeyRequest)
        .where(col(KeyRequest.email) == email)
        .values(email="", name="", institution="", purpose="", token_hash=None, collect_until=None)
    )


def delete_what_is_theirs(session: Session, user_id: UUID) -> None:
    """Delete what serves only the person: ways in, choices, where they were."""
    for name in GONE_WITH_THE_PERSON:
        found = SQLModel.metadata.tables[name]
        session.execute(delete(found).where(found.c.user_id == user_id))
    session.exec(update(Invitation).where(col(Invitation.user_id) == user_id).values(email="", name=""))
    working = (col(ApiKey.user_id) == user_id, col(ApiKey.revoked_at).is_(None))
    session.exec(update(ApiKey).where(*working).values(revoked_at=clock.now()))
    session.exec(update(ApiKey).where(col(ApiKey.user_id) == user_id).values(label=""))


def replace_names(session: Session, user_id: UUID, name: str, pseudonym: str, *, by_name: bool) -> None:
    """Put the pseudonym wherever the name stands; where only the name tells whose it is, only `by_name`."""
    for one in NAMES:
        found = SQLModel.metadata.tables[one.table]
        if one.owner or by_name:
            session.execute(update(found).where(_is_theirs(found, one, user_id, name)).values({one.column: pseudonym}))


def erase_account(session: Session, user_id: UUID, pseudonym: str, address: str) -> None:
    """Leave of the account an id that nobody signs in with."""
    values = {"email": address, "name": pseudonym, "password_hash": None, "is_disabled": True}
    session.exec(update(User).where(col(User.id) == user_id).values(**values))


def count_names(session: Session, user_id: UUID, name: str) -> Iterator[tuple[str, int]]:
    """Say where the name still stands, and in how many rows."""
    for one in (*NAMES, *KEPT):
        found = SQLModel.metadata.tables[one.table]
        count = session.execute(select(func.count()).select_from(found).where(found.c[one.column] == name)).scalar_one()
        if count:
            yield f"{one.table}.{one.column}", count
    named = (AuditEvent.actor_user_id == user_id, AuditEvent.actor_name != "")
    events = session.exec(select(func.count()).select_from(AuditEvent).where(*named)).one()
    if events:
        yield "audit_event.actor_name", events


def _is_theirs(found: Table, one: Named, user_id: UUID, name: str) -> ColumnElement[bool]:
    if one.owner:
        return found.c[one.owner] == user_id
    return found.c[one.column] == name
