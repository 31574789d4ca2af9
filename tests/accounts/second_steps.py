"""A person at the door: signs in on one database, by the services alone, with whatever the second step is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlmodel import SQLModel

from app.accounts import sessions
from app.accounts.identity import HalfWay, Identity, SignedIn
from app.accounts.second_step import authenticator, codes, recovery, steps
from app.accounts.second_step.codes import Way
from app.accounts.second_step.steps import Arrival, Half
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import sign_in
from app.accounts.signing_in.sign_in import Browser
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.infra.sealing import Seal
from app.kit import clock
from tests.accounts.conftest import PASSWORD

LIFETIME = Lifetime(idle=timedelta(minutes=45), absolute=timedelta(hours=12))
BROWSER = Browser("192.0.2.1", "Tests/1")
STEP = timedelta(seconds=30)


@dataclass
class Door:
    """Signs people in on one database."""

    database: Database
    passwords: Passwords
    seal: Seal

    def arrive(self, email: str) -> SignedIn | HalfWay:
        return sign_in.sign_in(
            self.database, email, PASSWORD, passwords=self.passwords, browser=BROWSER, lifetime=LIFETIME, back="/team"
        )

    def sign_in(self, email: str) -> SignedIn:
        """Sign in somebody without a second step."""
        entered = self.arrive(email)
        assert isinstance(entered, SignedIn)
        return entered

    def half(self, email: str) -> tuple[str, Half]:
        """Take the first step of somebody with a second."""
        entered = self.arrive(email)
        assert isinstance(entered, HalfWay)
        return entered.token, steps.get(self.database, entered.token)

    def identity(self, token: str) -> Identity | None:
        with self.database.read() as session:
            return sessions.find_identity(session, token, LIFETIME)

    def who(self, token: str) -> Identity:
        found = self.identity(token)
        assert found is not None
        return found

    def set_up_app(self, identity: Identity) -> pyotp.TOTP:
        """Set an authenticator app up, as a person does, and return it."""
        with self.database.write() as session:
            authenticator.start(session, identity, self.seal)
        with self.database.read() as session:
            app = pyotp.TOTP(authenticator.get_setting_up(session, identity, self.seal).secret)
        authenticator.confirm(self.database, identity, code_of(app), self.seal)
        return app

    def check(self, half: Half, code: str) -> Way:
        return codes.check_code(self.database, half.user_id, code, passwords=self.passwords, seal=self.seal)

    def finish(self, token: str) -> SignedIn:
        with self.database.write() as session:
            return steps.finish(session, token, Arrival("Tests/1", LIFETIME), way="app")

    def recovery_codes(self, identity: Identity) -> tuple[str, ...]:
        return recovery.renew(self.database, identity, self.passwords)


def code_of(app: pyotp.TOTP, drift: int = 0) -> str:
    """Return the code that the app shows now, or some steps away."""
    return app.at(clock.now(), counter_offset=drift)


def dump(database: Database) -> list[str]:
    """Return every row of every table."""
    with database.read() as session:
        return [
            f"{table.name} {tuple(row)}"
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(table.select()).all()
        ]
