"""Signing in and changing one's password: the two acts that check a password.

They take the database instead of a session: hashing takes a good part of a second, and on SQLite an open transaction
would keep everybody else from saving for as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from app.accounts import queries, rules, sessions
from app.accounts.identity import HalfWay, Identity, SignedIn
from app.accounts.mailing import letters
from app.accounts.second_step import steps
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import queries as sign_in_queries
from app.accounts.signing_in.tables import SignInFailure
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.db import Database
from app.infra.passwords import Passwords, Verdict
from app.kit import clock
from app.kit.errors import FieldProblem, Invalid, NotSignedIn, Problems, TooManyRequests
from app.kit.ids import token_hash
from app.kit.networks import network_of
from app.kit.say import mark

WINDOW = timedelta(minutes=5)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 10
MOST_IN_ALL = 1_000

_log = structlog.get_logger("readiness")


class SignInRefused(Invalid):
    """Wrong address, wrong password, no password yet or a disabled account: nobody learns which."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        words = mark("The mail address or the password is not right. Check both and try again.")
        super().__init__([FieldProblem("email", self.code, words)])


class WrongPassword(Invalid):
    """The current password, asked again before something that matters."""

    code = "wrong_password"

    def __init__(self) -> None:
        words = mark("This is not your current password. Type it again.")
        super().__init__([FieldProblem("current_password", self.code, words)])


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from: the peer's address, and what the browser calls itself."""

    address: str
    user_agent: str


def sign_in(
    database: Database,
    email: str,
    password: str,
    *,
    passwords: Passwords,
    browser: Browser,
    lifetime: Lifetime,
    back: str = "/",
    earlier_token: str | None = None,
) -> SignedIn | HalfWay:
    """Check a password and begin a session under a new token, or ask for the second step of who has one."""
    email = rules.normal_email(email)
    user, verdict = _checked(database, email, password, passwords, browser, SignInRefused())
    with database.write() as session:
        current = _still_valid(session, user)
        if verdict.new_hash is not None:
            current.password_hash = verdict.new_hash
        arrival = steps.Arrival(browser.user_agent, lifetime, back, earlier_token)
        return steps.enter(session, current, arrival, way="password")


def change_password(
    database: Database,
    identity: Identity,
    *,
    current: str,
    new: str,
    repeated: str,
    passwords: Passwords,
    browser: Browser,
    lifetime: Lifetime,
) -> SignedIn:
    """Replace one's own password: every session ends, and this browser gets a new one."""
    with database.read() as session:
        person = queries.find_user(session, identity.user_id)
    if person is None:
        raise NotSignedIn
    new = rules.normal_password(new)
    problems = Problems()
    rules.check_password(problems, new, email=person.email, name=person.name, field="new_password")
    rules.check_repeated(problems, new, repeated, field="new_password")
    problems.raise_if_any()
    user, _ = _checked(database, person.email, current, passwords, browser, WrongPassword(), asked_again=identity.user_id)
    new_hash = passwords.hash(new)
    with database.write() as session:
        changed = _still_valid(session, user)
        changed.password_hash, changed.password_changed_at = new_hash, clock.now()
        queries.delete_sessions_of(session, changed.id)
        letters.tell_password_changed(session, changed)
        signed_in = sessions.begin(
            session,
            changed,
            user_agent=browser.user_agent,
            lifetime=lifetime,
            has_second_factor=identity.has_second_factor,
        )
        _record(session, signed_in, "accounts.password_changed")
    return signed_in


def confirm_password(database: Database, identity: Identity, password: str, *, passwords: Passwords, browser: Browser) -> None:
    """Ask the password again before something that cannot be undone; raises WrongPassword."""
    with database.read() as session:
        person = queries.find_user(session, identity.user_id)
    if person is None:
        raise NotSignedIn
    _checked(database, person.email, password, passwords, browser, WrongPassword(), asked_again=identity.user_id)


def _checked(
    database: Database,
    email: str,
    password: str,
    passwords: Passwords,
    browser: Browser,
    refusal: Invalid,
    *,
    asked_again: UUID | None = None,
) -> tuple[User, Verdict]:
    """Failures are counted inside the turn, so that tries sent at once cannot slip under the limit together.

    Whoever is signed in and `asked_again` has a count of their own: strangers who guess must not keep them from signing off."""
    password = rules.normal_password(password)
    if len(password) > rules.LONGEST_PASSWORD:
        password = ""  # nobody has it, and it takes as long as any other
    whose = email if asked_again is None else f"asked again: {asked_again}"
    failure = SignInFailure(email_hash=token_hash(whose), address_hash=token_hash(network_of(browser.address)), at=clock.now())
    with passwords.turn() as turn:
        with database.read() as session:
            user = queries.find_user_by_email(session, email)
            _refuse_too_many(session, failure, user, of_strangers=asked_again is None)
        verdict = turn.verify(password, None if user is None or user.is_disabled else user.password_hash)
        if user is None or not verdict.is_right:
            with database.write() as session:
                sign_in_queries.delete_failures_before(session, failure.at - WINDOW)
                session.add(failure)
            _log.warning("sign_in_refused", reason=refusal.code, user="" if user is None else str(user.id))
            raise refusal
    return user, verdict


def _refuse_too_many(session: Session, failure: SignInFailure, user: User | None, *, of_strangers: bool) -> None:
    """What was guessed before a new password was chosen counts no more for the account: the link leads back in."""
    since: datetime = failure.at - WINDOW
    changed_at = None if user is None else user.password_changed_at
    of_account = changed_at if changed_at is not None and since < changed_at <= failure.at else since
    if sign_in_queries.count_failures(session, of_account, email_hash=failure.email_hash) >= MOST_PER_ACCOUNT or (
        of_strangers
        and (
            sign_in_queries.count_failures(session, since, address_hash=failure.address_hash) >= MOST_PER_ADDRESS
            or sign_in_queries.count_failures(session, since) >= MOST_IN_ALL
        )
    ):
        _log.warning("sign_in_refused", reason="too_many", user="")
        message = mark("There were too many wrong tries. Wait five minutes and try again; sessions that are open go on.")
        raise TooManyRequests(message, retry_after=int(WINDOW.total_seconds()))


def _still_valid(session: Session, user: User) -> User:
    """Read the person again: the account may have changed while the password was being checked."""
    current = queries.find_user(session, user.id)
    if current is None or current.is_disabled or current.password_hash != user.password_hash:
        raise SignInRefused
    return current


def _record(session: Session, signed_in: SignedIn, action: str) -> None:
    actor = signed_in.actor
    audit.record(session, actor, action, target_kind="user", target_id=str(actor.user_id), economy=actor.economy)
