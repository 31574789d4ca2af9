"""A code of the second step, typed by a person: of the authenticator app, or a recovery code. One field takes both."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from app.accounts import authenticator, factor_queries, guesses, recovery, sign_in
from app.accounts.guesses import WrongCode
from app.accounts.identity import Identity
from app.accounts.sign_in import Browser
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.infra.sealing import Seal


class Way(StrEnum):
    """With what the second step was taken."""

    APP = "app"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


def check_code(database: Database, user_id: UUID, code: str, *, passwords: Passwords, seal: Seal) -> Way:
    """Use a code up and tell of which kind it was; raises WrongCode, or TooManyRequests after five wrong ones."""
    typed = recovery.normal(code)
    with database.write() as session:
        guesses.count_guess(session, user_id)
        is_right = authenticator.use_code(session, user_id, typed, seal)
        if is_right:
            guesses.forgive(session, user_id)
    if is_right:
        return Way.APP
    if not recovery.looks_like_code(typed) or not recovery.use_code(database, user_id, typed, passwords):
        guesses.tell_of_many(database, user_id)
        raise WrongCode
    with database.write() as session:
        guesses.forgive(session, user_id)
    return Way.RECOVERY_CODE


def confirm_person(
    database: Database, identity: Identity, password: str, code: str, *, passwords: Passwords, browser: Browser, seal: Seal
) -> None:
    """Ask for the password again, and for a code of who has an app, before something that cannot be undone."""
    sign_in.confirm_password(database, identity, password, passwords=passwords, browser=browser)
    with database.read() as session:
        asks = asks_for_code(session, identity.user_id)
    if asks:
        check_code(database, identity.user_id, code, passwords=passwords, seal=seal)


def asks_for_code(session: Session, user_id: UUID) -> bool:
    """Tell whether `confirm_person` wants a code: of who has an app; a passkey already stands behind the session."""
    app = factor_queries.find_authenticator(session, user_id)
    return app is not None and app.confirmed_at is not None
