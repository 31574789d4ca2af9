"""Granting: administrators read open requests and decide; the person is told, and collects the key once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import keys, queries
from app.accounts import service as people
from app.accounts.clients import letters
from app.accounts.clients import queries as client_queries
from app.accounts.clients.asking import KeyLinkUnusable
from app.accounts.clients.tables import KeyRequest, State
from app.accounts.identity import Identity, actor_of
from app.accounts.keys import MOST_KEYS, NewKey
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.notices import Desk
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.catalogs import SOURCE
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problems
from app.kit.ids import new_token, token_hash
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters
from app.kit.tiers import OF_KEYS, Tier, tier_of
from app.mail import service as mail

__all__ = [
    "Offer",
    "Request",
    "State",
    "checked_reason",
    "collect",
    "decline",
    "get",
    "grant",
    "list_open",
    "must_administer",
    "read_offer",
]

COLLECT_WITHIN = timedelta(days=14)
LONGEST_REASON = 500
_MOST_LISTED = 200
_REASON = say("Say why, in at most {most} characters. The person reads it.", most=LONGEST_REASON)
_DECIDED = mark("This request was decided in the meantime. Reload the list.")
_TOO_MANY = mark("Too many keys of this account work at the moment. Revoke those that are no longer needed first.")


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a key, as administrators see it."""

    id: UUID
    name: str
    institution: str
    email: str
    purpose: str
    wished_tier: Tier
    asked_at: datetime
    state: State
    decided_at: datetime | None
    reason: str
    tier: Tier
    days: int | None
    collect_until: datetime | None
    has_account: bool = False

    @property
    def can_be_granted(self) -> bool:
        """Whether it waits: for a decision, or to be collected, which a new link may help."""
        return self.state in {State.OPEN, State.GRANTED}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link to collect a key offers; `needs_sign_in` where the address has an account that others must not use."""

    institution: str
    email: str
    tier: Tier
    days: int
    collect_until: datetime
    needs_sign_in: bool


def list_open(session: Session, actor: Actor) -> list[Request]:
    """List the requests that wait for a decision, or to be collected, the oldest first."""
    must_administer(actor)
    return [_read(row) for row in client_queries.list_requests(session, {State.OPEN, State.GRANTED}, _MOST_LISTED)]


def get(session: Session, actor: Actor, request_id: UUID) -> Request:
    """Return one request whose address was confirmed."""
    must_administer(actor)
    row = _get(session, request_id)
    return _read(row, has_account=queries.find_user_by_email(session, row.email) is not None)


def grant(session: Session, actor: Actor, request_id: UUID, *, tier: str, days: int, desk: Desk) -> None:
    """Grant a key, or send a new link for one that was not collected; the link before it works no more."""
    must_administer(actor)
    row = _get_undecided(session, request_id)
    problems = Problems()
    if tier not in OF_KEYS:
        problems.add("tier", "unknown_option", mark("Choose how much the key may ask."))
    if not 1 <= days <= keys.MOST_DAYS:
        problems.add("days", "out_of_range", say("A key lasts between 1 and {most} days.", most=keys.MOST_DAYS))
    problems.raise_if_any()
    now, token = clock.now(), new_token()
    if row.mail_id is not None:
        mail.withdraw(session, [row.mail_id])
    row.state, row.tier, row.days = State.GRANTED, tier, days
    row.decided_at, row.decided_by = now, actor.user_id
    row.token_hash, row.collect_until = token_hash(token), now + COLLECT_WITHIN
    row.mail_id = letters.tell_granted(session, row, f"/keys/collect/{token}", now + COLLECT_WITHIN, desk)
    session.flush()
    _record(session, actor, "accounts.key_granted", row.id, {"tier": tier, "days": days})


def decline(session: Session, actor: Actor, request_id: UUID, *, reason: str, desk: Desk) -> None:
    """Decline a request, or take back a grant that was not collected; the person reads the reason."""
    must_administer(actor)
    row = _get_undecided(session, request_id)
    reason = checked_reason(reason)
    if row.mail_id is not None:
        mail.withdraw(session, [row.mail_id])
    row.state, row.reason, row.token_hash, row.collect_until = State.DECLINED, reason, None, None
    row.decided_at, row.decided_by = clock.now(), actor.user_id
    letters.tell_declined(session, row, desk)
    session.flush()
    _record(session, actor, "accounts.key_declined", row.id)


def read_offer(session: Session, token: str, viewer: Identity | None) -> Offer:
    """Return what a link offers; looking does not use it up, for mail filters look too."""
    row = _get_offered(session, token)
    owner = queries.find_user_by_email(session, row.email)
    return Offer(
        row.institution,
        row.email,
        tier_of(row.tier),
        row.days or keys.DEFAULT_DAYS,
        row.collect_until or row.asked_at,
        needs_sign_in=owner is not None and (viewer is None or viewer.user_id != owner.id),
    )


def collect(session: Session, token: str, viewer: Identity | None) -> NewKey:
    """Make the key and show it, once. Who has no account gets one; who has one must be signed in with it."""
    row = _get_offered(session, token, to_use=True)
    owner = queries.find_user_by_email(session, row.email)
    if owner is None:
        owner = _new_analyst(session, row)
    elif viewer is None or viewer.user_id != owner.id:
        raise Forbidden(mark("This address has an account. Sign in with it, then open the link again."))
    if queries.count_working_keys(session, owner.id, clock.now()) >= MOST_KEYS:
        raise Conflict(_TOO_MANY)
    label = row.institution[:120]
    fresh = keys.issue(session, owner.id, label=label, days=row.days or keys.DEFAULT_DAYS, tier=tier_of(row.tier))
    row.state, row.token_hash, row.key_id = State.COLLECTED, None, fresh.key.id
    if row.mail_id is not None:
        mail.withdraw(session, [row.mail_id])
    session.flush()
    _record(session, actor_of(owner), "accounts.key_collected", row.id, {"key": str(fresh.key.id)})
    return fresh


def checked_reason(reason: str) -> str:
    """Return a reason that somebody will read, or refuse what is none."""
    reason = clean(reason)
    problems = Problems()
    if not reason or len(reason) > LONGEST_REASON or has_forbidden_characters(reason):
        problems.add("reason", "missing" if not reason else "bad_reason", _REASON)
    problems.raise_if_any()
    return reason


def must_administer(actor: Actor) -> None:
    """Refuse everybody but administrators."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden(mark("Only an administrator may do this."))


def _new_analyst(session: Session, row: KeyRequest) -> User:
    """Make the account that owns the key; a password is chosen later, by "Forgotten your password?", if ever."""
    try:
        user = people.add_user(session, email=row.email, name=row.name, role=Role.ANALYST, economy=None, password_hash=None)
    except Invalid as error:  # somebody with this address was faster
        raise KeyLinkUnusable from error
    if row.language != SOURCE.code:
        mail_choices.remember_language(session, user.id, row.language)
    return user


def _get(session: Session, request_id: UUID, *, to_change: bool = False) -> KeyRequest:
    row = client_queries.find_request(session, request_id, to_change=to_change)
    if row is None:
        raise NotFound("request")
    return row


def _get_undecided(session: Session, request_id: UUID) -> KeyRequest:
    row = _get(session, request_id, to_change=True)
    if row.state not in {State.OPEN, State.GRANTED}:
        raise Conflict(_DECIDED)
    return row


def _get_offered(session: Session, token: str, *, to_use: bool = False) -> KeyRequest:
    row = client_queries.find_by_token(session, token_hash(token), to_use=to_use)
    if row is None or row.state != State.GRANTED or row.collect_until is None or clock.now() >= row.collect_until:
        raise KeyLinkUnusable
    owner = queries.find_user_by_email(session, row.email)
    if owner is not None and owner.is_disabled:
        raise KeyLinkUnusable
    return row


def _record(session: Session, actor: Actor, action: str, request_id: UUID, detail: audit.Detail | None = None) -> None:
    audit.record(session, actor, action, target_kind="key_request", target_id=request_id, detail=detail)


def _read(row: KeyRequest, *, has_account: bool = False) -> Request:
    return Request(
        row.id,
        row.name,
        row.institution,
        row.email,
        row.purpose,
        tier_of(row.wished_tier),
        row.asked_at,
        State(row.state),
        row.decided_at,
        row.reason,
        tier_of(row.tier),
        row.days,
        row.collect_until,
        has_account,
    )
