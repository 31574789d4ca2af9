"""Asking again who somebody is, signed in as they are, before something that cannot be undone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.accounts.identity import Identity
from app.accounts.second_step import codes
from app.accounts.second_step import queries as factor_queries
from app.accounts.signing_in import sign_in
from app.accounts.signing_in.sign_in import Browser
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.infra.sealing import Seal


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Asks whoever is signed in again who they are; raises WrongPassword, WrongCode, or TooManyRequests."""

    database: Database
    identity: Identity
    passwords: Passwords
    browser: Browser

    def for_password(self, password: str) -> None:
        """Ask for the password alone."""
        sign_in.confirm_password(self.database, self.identity, password, passwords=self.passwords, browser=self.browser)

    def for_password_and_code(self, password: str, code: str, seal: Seal) -> None:
        """Ask for the password, and for a code of who has an app."""
        confirm_person(self.database, self.identity, password, code, passwords=self.passwords, browser=self.browser, seal=seal)


def confirm_person(
    database: Database, identity: Identity, password: str, code: str, *, passwords: Passwords, browser: Browser, seal: Seal
) -> None:
    """Ask for the password again, and for a code of who has an app, before something that cannot be undone."""
    sign_in.confirm_password(database, identity, password, passwords=passwords, browser=browser)
    with database.read() as session:
        asks = asks_for_code(session, identity.user_id)
    if asks:
        codes.check_code(database, identity.user_id, code, passwords=passwords, seal=seal)


def asks_for_code(session: Session, user_id: UUID) -> bool:
    """Tell whether `confirm_person` wants a code: of who has an app; a passkey already stands behind the session."""
    app = factor_queries.find_authenticator(session, user_id)
    return app is not None and app.confirmed_at is not None
