"""A forgotten password: ask for a link by mail, and choose a new password with it.

Whoever asks learns nothing: the same row is written for every address, and a job finds out later whose it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries, rules
from app.accounts import service as people
from app.accounts.identity import actor_of
from app.accounts.mailing import letters
from app.accounts.signing_in import queries as sign_in_queries
from app.accounts.signing_in.sign_in import Browser
from app.accounts.signing_in.tables import PasswordReset
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.language import current, speaking
from app.infra.passwords import Passwords
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, Problems, ReadinessError, TooManyRequests
from app.kit.ids import new_id, new_token, token_hash
from app.kit.networks import network_of
from app.kit.say import mark

LASTS = timedelta(minutes=30)
DAY = timedelta(days=1)
MOST_MAILS_A_DAY = 5
WINDOW = timedelta(minutes=5)
MOST_PER_ADDRESS = 10
MOST_IN_ALL = 1_000
_MOST_AT_ONCE = 50
_PATH = "/password-reset"
_BY_HAND = "by hand"  # neither the mails of a person nor those of a network are counted with it


class ResetUnusable(ReadinessError):
    """Unknown, used, too old, or the password has changed since: all look alike."""

    status = 404
    code = "reset_unusable"
    title = "This link cannot be used"

    def __init__(self) -> None:
        super().__init__(
            mark(
                "A link for a new password works once, for 30 minutes, and only as long as the password stays the same. "
                'Ask for a new one on the sign-in page, under "Forgotten your password?".'
            ),
            extra={"offers_sign_in": True},
        )


def ask(database: Database, email: str, *, browser: Browser) -> None:
    """Note that somebody wants a new password. Known or not, it takes the same statements and says the same."""
    email = rules.normal_email(email)
    problems = Problems()
    rules.check_email(problems, email)
    problems.raise_if_any()
    wanted = PasswordReset(
        id=new_id(),
        email=email,
        email_hash=token_hash(email),
        address_hash=token_hash(network_of(browser.address)),
        language=current().code,
        asked_at=clock.now(),
    )
    with database.write() as session:
        _refuse_too_many(session, wanted)
        session.add(wanted)


def answer_asked(database: Database, catalogs: Catalogs, base_url: str) -> None:
    """Write the mails to those who asked and have an account; forget the addresses of the others."""
    with database.read() as session:
        if not sign_in_queries.has_unanswered_resets(session):
            return
    with database.write() as session:
        for asked in sign_in_queries.list_unanswered_resets(session, _MOST_AT_ONCE):
            with speaking(catalogs.get(asked.language)):
                _answer(session, asked, letters.Place(base_url))


def hand_out(session: Session, actor: Actor, user_id: UUID) -> str:
    """Make a link that an administrator hands over where mail does not arrive; returns its path, which is shown this once."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator may do this.")
    person = people.get_person(session, actor, user_id)
    if person.is_disabled:
        raise Conflict("This account is disabled, so no link would work. Enable it first.")
    token = new_token()
    link = PasswordReset(
        id=new_id(),
        email="",
        email_hash=token_hash(_BY_HAND),
        address_hash=token_hash(_BY_HAND),
        language=current().code,
        asked_at=clock.now(),
        is_answered=True,
        user_id=user_id,
        token_hash=token_hash(token),
    )
    session.add(link)
    audit.record(session, actor, "accounts.password_link_made", target_kind="user", target_id=user_id, economy=person.economy)
    return f"{_PATH}/{token}"


def check(session: Session, token: str) -> None:
    """Raise ResetUnusable unless the link still works; looking does not use it up, for mail filters look too."""
    _get(session, token)


def reset(database: Database, token: str, *, new: str, repeated: str, passwords: Passwords) -> None:
    """Choose a new password: every session ends, API keys stay, and the person is told. Like signing in, it hashes outside."""
    with database.read() as session:
        _, person = _get(session, token)
    new = rules.normal_password(new)
    problems = Problems()
    rules.check_password(problems, new, email=person.email, name=person.name)
    rules.check_repeated(problems, new, repeated)
    problems.raise_if_any()
    new_hash = passwords.hash(new)
    with database.write() as session:
        link, user = _get(session, token, to_use=True)
        now = clock.now()
        link.used_at = now
        user.password_hash, user.password_changed_at = new_hash, now
        queries.delete_sessions_of(session, user.id)
        letters.tell_password_changed(session, user)
        audit.record(
            session, actor_of(user), "accounts.password_reset", target_kind="user", target_id=user.id, economy=user.economy
        )


def clear_old(session: Session) -> None:
    """Forget requests that count no more."""
    sign_in_queries.delete_resets_before(session, clock.now() - DAY)


def _answer(session: Session, asked: PasswordReset, place: letters.Place) -> None:
    user = queries.find_user_by_email(session, asked.email)
    asked.email, asked.is_answered = "", True
    useful_until = asked.asked_at + LASTS
    if user is None or user.is_disabled or clock.now() >= useful_until:
        return
    # Nobody is refused for what others asked in their name; the mailbox is spared instead.
    if sign_in_queries.count_resets_sent(session, asked.email_hash, asked.asked_at - DAY) >= MOST_MAILS_A_DAY:
        return
    token = new_token()
    asked.user_id, asked.token_hash = user.id, token_hash(token)
    letters.send_reset(session, user, place.link(f"{_PATH}/{token}"), useful_until)
    audit.record(
        session, actor_of(user), "accounts.password_reset_asked", target_kind="user", target_id=user.id, economy=user.economy
    )


def _get(session: Session, token: str, *, to_use: bool = False) -> tuple[PasswordReset, User]:
    asked_after: datetime = clock.now() - LASTS
    found = sign_in_queries.find_open_reset(session, token_hash(token), asked_after, to_use=to_use)
    if found is None:
        raise ResetUnusable
    return found


def _refuse_too_many(session: Session, wanted: PasswordReset) -> None:
    lately = wanted.asked_at - WINDOW
    if (
        sign_in_queries.count_resets(session, lately, address_hash=wanted.address_hash) >= MOST_PER_ADDRESS
        or sign_in_queries.count_resets(session, lately) >= MOST_IN_ALL
    ):
        message = mark("New passwords were asked for too often. Wait five minutes and try again.")
        raise TooManyRequests(message, retry_after=int(WINDOW.total_seconds()))
