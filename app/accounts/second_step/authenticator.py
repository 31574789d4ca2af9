"""The authenticator app (TOTP, RFC 6238): hand its secret over, confirm it with a code, check codes, each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
import structlog
from sqlmodel import Session

from app.accounts import queries
from app.accounts.identity import Identity
from app.accounts.second_step import factors, guesses
from app.accounts.second_step import queries as factor_queries
from app.accounts.second_step.guesses import WrongFirstCode
from app.accounts.second_step.tables import Authenticator
from app.infra.db import Database
from app.infra.sealing import Seal, SealBroken
from app.kit import clock
from app.kit.errors import Conflict, NotFound

ISSUER = "AI Readiness Reviews"
DIGITS = 6
SETTING_UP_LASTS = timedelta(minutes=15)

_STEP_SECONDS = 30
_DRIFT = (0, -1, 1)  # steps by which a telephone's clock may be off
_SECRET_LETTERS = 32  # of base32: 160 bits, as RFC 4226 wishes
_log = structlog.get_logger("readiness")


@dataclass(frozen=True, slots=True)
class SettingUp:
    """A secret on its way to the app; `address` is what the picture holds."""

    secret: str
    address: str


def start(session: Session, identity: Identity, seal: Seal) -> None:
    """Make a secret; it counts for nothing until a code made with it comes back."""
    known = factor_queries.find_authenticator(session, identity.user_id)
    if known is not None and known.confirmed_at is not None:
        raise Conflict("You have an authenticator app already. Remove it first, then set up the new one.")
    sealed = seal.seal(pyotp.random_base32(_SECRET_LETTERS), _place(identity.user_id))
    session.merge(Authenticator(user_id=identity.user_id, sealed_secret=sealed, created_at=clock.now(), last_step=0))
    factors.record(session, identity.actor, "accounts.second_step_begun", identity.user_id, way="app")


def get_setting_up(session: Session, identity: Identity, seal: Seal) -> SettingUp:
    """Return the secret that waits for its first code, to its owner."""
    waiting = _waiting(session, identity.user_id)
    person = queries.find_user(session, identity.user_id)
    if person is None:
        raise NotFound("account")
    try:
        secret = seal.open(waiting.sealed_secret, _place(identity.user_id))
    except SealBroken as error:
        raise NotFound("authenticator app") from error
    return SettingUp(secret, pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER))


def confirm(database: Database, identity: Identity, code: str, seal: Seal) -> None:
    """Let the app count from now on, once it gave a right code; raises WrongFirstCode."""
    with database.write() as session:
        waiting = _waiting(session, identity.user_id)
        guesses.count_guess(session, identity.user_id)
        is_right = use_code(session, identity.user_id, code, seal, is_confirmed=False)
        if is_right:
            waiting.confirmed_at = clock.now()
            session.flush()
            factors.added(session, identity, "app")
    if not is_right:
        guesses.tell_of_many(database, identity.user_id)
        raise WrongFirstCode


def remove(session: Session, identity: Identity) -> None:
    """Forget the app."""
    if not factor_queries.delete_authenticator(session, identity.user_id):
        raise NotFound("authenticator app")
    factors.removed(session, identity, "app")


def looks_like_code(text: str) -> bool:
    """Tell a code of an app from a recovery code."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def use_code(session: Session, user_id: UUID, code: str, seal: Seal, *, is_confirmed: bool = True) -> bool:
    """Check a code and use up its step of the clock: neither it nor an earlier one works again."""
    app = factor_queries.find_authenticator(session, user_id)
    if app is None or (app.confirmed_at is not None) is not is_confirmed or not looks_like_code(code):
        return False
    step = _step_of(app, code, seal)
    return step is not None and factor_queries.claim_step(session, user_id, step)


def _step_of(app: Authenticator, code: str, seal: Seal) -> int | None:
    try:
        totp = pyotp.TOTP(seal.open(app.sealed_secret, _place(app.user_id)))
    except SealBroken:
        _log.error("authenticator_secret_unreadable")  # the key is another than that under which it was sealed
        return None
    now = int(clock.now().timestamp()) // _STEP_SECONDS
    return next((now + drift for drift in _DRIFT if pyotp.utils.strings_equal(totp.generate_otp(now + drift), code)), None)


def _waiting(session: Session, user_id: UUID) -> Authenticator:
    found = factor_queries.find_authenticator(session, user_id)
    if found is None or found.confirmed_at is not None or clock.now() - found.created_at >= SETTING_UP_LASTS:
        raise NotFound("authenticator app")
    return found


def _place(user_id: UUID) -> str:
    """Name the place that a secret is sealed for: copied to another person's row, it opens nothing."""
    return f"authenticator {user_id}"
