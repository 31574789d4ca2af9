"""Asking for a key: anyone may, the address is confirmed by a link, and nobody learns whether an address is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from app.accounts import rules
from app.accounts.clients import letters, queries
from app.accounts.clients.tables import KeyRequest, State
from app.accounts.mailing.notices import Desk
from app.accounts.signing_in.sign_in import Browser
from app.audit import service as audit
from app.infra.db import Database
from app.infra.language import current
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Problems, ReadinessError, TooManyRequests
from app.kit.ids import new_id, new_token, token_hash
from app.kit.networks import network_of
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters, is_one_line
from app.kit.tiers import OF_KEYS, Tier

CONFIRM_WITHIN = timedelta(days=2)
WINDOW = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_PER_ADDRESS = 5
MOST_IN_ALL = 200
MOST_MAILS_A_DAY = 3
LONGEST_INSTITUTION = 200
SHORTEST_PURPOSE = 20
LONGEST_PURPOSE = 2_000
ANYONE = Actor(user_id=None, name="Not signed in", role=Role.ANALYST)
"""Who acts before there is an account: only that a request exists is recorded, never whose it is."""

_NO_NAME = mark("Enter your name.")
_BAD_NAME = say("Write your name on one line of at most {most} characters.", most=rules.LONGEST_NAME)
_NO_INSTITUTION = mark("Enter the institution that you work for, or write that you ask for yourself.")
_BAD_INSTITUTION = say("Write the institution on one line of at most {most} characters.", most=LONGEST_INSTITUTION)
_BAD_PURPOSE = say(
    "Say in {least} to {most} characters what you need the figures for.", least=SHORTEST_PURPOSE, most=LONGEST_PURPOSE
)
_CHOOSE = mark("Choose how much your program has to ask.")
_AGREE = mark("Read the terms of use, and tick the box if you agree.")


class KeyLinkUnusable(ReadinessError):
    """Unknown, used, too old or taken back: all look alike."""

    status = 404
    code = "key_link_unusable"
    title = "This link cannot be used"

    def __init__(self) -> None:
        words = mark(
            "A link to confirm a request works for two days, and a link to collect a key works once, for 14 days. "
            "Ask for a key again, or write to whoever granted it for a new link."
        )
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, as it was typed."""

    name: str
    institution: str
    email: str
    purpose: str
    tier: str
    agrees: bool


def ask(database: Database, wish: Wish, *, browser: Browser, desk: Desk) -> None:
    """Note a wish and mail the link that confirms it. Known address or not, it takes the same statements and says the same."""
    asked = _checked(wish, browser)
    token = new_token()
    asked.token_hash = token_hash(token)
    with database.write() as session:
        _refuse_too_many(session, asked)
        # What others asked in somebody's name is no refusal of theirs; the mailbox is spared, and the answer stays the same.
        if queries.count_requests(session, asked.asked_at - DAY, email=asked.email) < MOST_MAILS_A_DAY:
            session.add(asked)
            letters.ask_to_confirm(session, asked, f"/keys/confirm/{token}", asked.asked_at + CONFIRM_WITHIN, desk)


def is_confirmed(session: Session, token: str) -> bool:
    """Tell whether the address behind a link is confirmed already; looking changes nothing, for mail filters look too."""
    return _get(session, token).state == State.OPEN


def confirm(session: Session, token: str, desk: Desk) -> None:
    """Confirm an address; administrators are told that a request waits. Twice changes nothing."""
    asked = _get(session, token, to_use=True)
    if asked.state == State.OPEN:
        return
    asked.state, asked.confirmed_at = State.OPEN, clock.now()
    session.flush()
    letters.tell_administrators(session, ANYONE, asked, desk)
    audit.record(session, ANYONE, "accounts.key_asked", target_kind="key_request", target_id=asked.id)


def clear_old(session: Session) -> None:
    """Forget requests that nobody confirmed, and, three months later, those that led to no key."""
    now = clock.now()
    queries.delete_requests(session, {State.UNCONFIRMED}, now - CONFIRM_WITHIN)
    queries.delete_requests(session, {State.DECLINED, State.GRANTED}, now - timedelta(days=90))


def _get(session: Session, token: str, *, to_use: bool = False) -> KeyRequest:
    found = queries.find_by_token(session, token_hash(token), to_use=to_use)
    if found is None or found.state not in {State.UNCONFIRMED, State.OPEN}:
        raise KeyLinkUnusable
    if found.state == State.UNCONFIRMED and clock.now() >= found.asked_at + CONFIRM_WITHIN:
        raise KeyLinkUnusable
    return found


def _checked(wish: Wish, browser: Browser) -> KeyRequest:
    name, institution, purpose = clean(wish.name), clean(wish.institution), clean(wish.purpose)
    email = rules.normal_email(wish.email)
    problems = Problems()
    rules.check_name(problems, name, missing=_NO_NAME, unfit=_BAD_NAME)
    _check_institution(problems, institution)
    rules.check_email(problems, email)
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE or has_forbidden_characters(purpose):
        problems.add("purpose", "bad_purpose", _BAD_PURPOSE)
    if wish.tier not in OF_KEYS:
        problems.add("tier", "unknown_option", _CHOOSE)
    if not wish.agrees:
        problems.add("terms", "missing", _AGREE)
    problems.raise_if_any()
    return KeyRequest(
        id=new_id(),
        name=name,
        institution=institution,
        email=email,
        purpose=purpose,
        wished_tier=Tier(wish.tier).value,
        language=current().code,
        address_hash=token_hash(network_of(browser.address)),
        asked_at=clock.now(),
        state=State.UNCONFIRMED,
    )


def _check_institution(problems: Problems, institution: str) -> None:
    if not institution:
        problems.add("institution", "missing", _NO_INSTITUTION)
    elif len(institution) > LONGEST_INSTITUTION or not is_one_line(institution) or has_forbidden_characters(institution):
        problems.add("institution", "bad_name", _BAD_INSTITUTION)


def _refuse_too_many(session: Session, asked: KeyRequest) -> None:
    lately = asked.asked_at - WINDOW
    if (
        queries.count_requests(session, lately, address_hash=asked.address_hash) >= MOST_PER_ADDRESS
        or queries.count_requests(session, lately) >= MOST_IN_ALL
    ):
        message = mark("Keys were asked for too often. Wait an hour and try again.")
        raise TooManyRequests(message, retry_after=int(WINDOW.total_seconds()))
