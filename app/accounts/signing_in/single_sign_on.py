"""Single sign-on: the issuer says who somebody is, we know which account that is. Accounts still come by invitation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from app.accounts import queries, rules
from app.accounts.identity import HalfWay, Identity, SignedIn, actor_of
from app.accounts.mailing import letters
from app.accounts.second_step import factors, steps
from app.accounts.second_step.steps import Arrival
from app.accounts.signing_in import queries as sign_in_queries
from app.accounts.signing_in.tables import LinkedIdentity
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.db import Database
from app.infra.oidc import Attempt, Issuer, IssuerAway, NotVouchedFor, Vouched
from app.infra.sealing import Seal, SealBroken
from app.kit import clock
from app.kit.errors import NotFound, ReadinessError, Unavailable
from app.kit.ids import new_id, new_token
from app.kit.say import mark

LASTS = timedelta(minutes=10)

_PLACE = "single sign-on"
_LONGEST_ANSWER = 4_000
# What an issuer says of a sign-in that held a second step: RFC 8176, and the values that research and federations agreed on.
_SECOND_STEP_AMR = frozenset({"mfa"})
_SECOND_STEP_ACR = frozenset(
    {
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "phr",
        "phrh",
    }
)
_log = structlog.get_logger("readiness")


class SignOnRefused(ReadinessError):
    """What came back from the issuer does not belong to this browser, is too old, or proves nothing: all look alike."""

    status = 403
    code = "sign_on_refused"
    title = "Single sign-on did not work"

    def __init__(self) -> None:
        super().__init__(
            mark(
                "The answer of the other service could not be accepted, and nobody was signed in. "
                "Start again from the sign-in page."
            )
        )


class NoAccount(ReadinessError):
    """The issuer vouches for somebody who has no account here, or for an address that it has not verified."""

    status = 403
    code = "no_account"
    title = "There is no account for you here yet"

    def __init__(self) -> None:
        super().__init__(
            mark(
                "Accounts are made by invitation. Ask the coordinator of your economy, or the secretariat, to invite the mail "
                "address with which you sign on. If you have an account with another address, sign in with your password."
            )
        )


class IssuerUnavailable(Unavailable):
    """The issuer is down or hangs; everything else works."""

    code = "issuer_unavailable"
    title = "The other service does not answer"

    def __init__(self) -> None:
        super().__init__(
            mark("Single sign-on does not work at this moment. Sign in with your mail address and password, or try again later."),
            retry_after=60,
        )


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and the sealed cookie that it has to bring back."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Link:
    """An issuer that a person is linked with."""

    id: UUID
    issuer: str


def start(issuer: Issuer, seal: Seal, *, return_to: str, back: str) -> Started:
    """Begin a sign-on. Nothing is stored: the browser carries the state, sealed, and the database needs none of it."""
    attempt = Attempt(new_token())
    held = {"secret": attempt.secret, "back": back, "until": int((clock.now() + LASTS).timestamp())}
    try:
        address = issuer.address_for(attempt, return_to)
    except IssuerAway as error:
        raise _away(error) from error
    return Started(address, seal.seal(json.dumps(held), _PLACE))


def finish(
    database: Database,
    issuer: Issuer,
    seal: Seal,
    *,
    cookie: str | None,
    state: str,
    code: str,
    return_to: str,
    arrival: Arrival,
) -> tuple[SignedIn | HalfWay, str]:
    """Take the browser back from the issuer; returns the sign-in, and the page that was asked for before."""
    attempt, back = _opened(seal, cookie)
    if state != attempt.state or not code or len(code) > _LONGEST_ANSWER:
        raise SignOnRefused
    vouched = _redeemed(issuer, attempt, code, return_to)
    arrival = Arrival(arrival.user_agent, arrival.lifetime, back, arrival.earlier_token)
    with database.write() as session:
        user = _known(session, vouched)
        is_proved = bool(_SECOND_STEP_AMR & set(vouched.amr)) or vouched.acr in _SECOND_STEP_ACR
        return steps.enter(session, user, arrival, way="single_sign_on", is_proved=is_proved), back


def list_links(session: Session, identity: Identity) -> list[Link]:
    """List the issuers that one's own account is linked with."""
    return [Link(one.id, one.issuer) for one in sign_in_queries.list_linked(session, identity.user_id)]


def unlink(session: Session, identity: Identity, link_id: UUID) -> None:
    """Forget such a link; the next sign-on with the same verified address makes it again."""
    if not sign_in_queries.delete_linked(session, identity.user_id, link_id):
        raise NotFound("link")
    actor = identity.actor
    audit.record(
        session, actor, "accounts.sign_on_unlinked", target_kind="user", target_id=identity.user_id, economy=actor.economy
    )


def _opened(seal: Seal, cookie: str | None) -> tuple[Attempt, str]:
    if cookie is None:
        raise SignOnRefused
    try:
        held = json.loads(seal.open(cookie, _PLACE))
    except SealBroken as error:
        raise SignOnRefused from error
    if held["until"] <= clock.now().timestamp():
        raise SignOnRefused
    return Attempt(held["secret"]), held["back"]


def _redeemed(issuer: Issuer, attempt: Attempt, code: str, return_to: str) -> Vouched:
    try:
        return issuer.redeem(attempt, code, return_to)
    except IssuerAway as error:
        raise _away(error) from error
    except NotVouchedFor as error:
        _log.warning("sign_on_refused", reason=str(error))
        raise SignOnRefused from error


def _away(error: IssuerAway) -> IssuerUnavailable:
    _log.warning("issuer_unavailable", reason=str(error))
    return IssuerUnavailable()


def _known(session: Session, vouched: Vouched) -> User:
    """Find the account that is linked, or link the one with the address that the issuer has verified."""
    user = sign_in_queries.find_linked_user(session, vouched.issuer, vouched.subject)
    if user is None and vouched.verified_email:
        user = queries.find_user_by_email(session, rules.normal_email(vouched.verified_email))
        if user is not None and not user.is_disabled:
            _link(session, user, vouched)
    if user is None or user.is_disabled:
        raise NoAccount
    return user


def _link(session: Session, user: User, vouched: Vouched) -> None:
    """Link the account, and end what was set up while nobody had proved that the address is the person's."""
    _end_earlier_ways(session, user)
    session.add(
        LinkedIdentity(id=new_id(), user_id=user.id, issuer=vouched.issuer, subject=vouched.subject, created_at=clock.now())
    )
    session.flush()
    actor = actor_of(user)
    audit.record(session, actor, "accounts.sign_on_linked", target_kind="user", target_id=user.id, economy=user.economy)
    letters.tell_sign_on_linked(session, user)


def _end_earlier_ways(session: Session, user: User) -> None:
    """Whoever sent the invitation may have opened it: their password, sessions, second step, codes and keys end here."""
    now = clock.now()
    factors.forget_all(session, user.id)
    queries.revoke_keys_of(session, user.id, now)
    user.password_hash, user.password_changed_at = None, now
    audit.record(
        session, actor_of(user), "accounts.earlier_ways_ended", target_kind="user", target_id=user.id, economy=user.economy
    )
