"""Recovery codes: ten, shown once, each good for one sign-in.

Codes that people copy by hand are short (a number and sixty random bits), so they are hashed as passwords are: argon2id
makes trying them out dear for whoever steals the database. The number finds the one hash to compare with.
"""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from sqlmodel import Session

from app.accounts.identity import Identity
from app.accounts.second_step import factors
from app.accounts.second_step import queries as factor_queries
from app.accounts.second_step.tables import RecoveryCode
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit import clock
from app.kit.errors import Conflict
from app.kit.ids import new_id

HOW_MANY = 10

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that can be taken for another: no I, L, O, U
_GROUPS, _GROUP = 3, 4
_CODE = re.compile(rf"[0-9][{_LETTERS}]{{{_GROUPS * _GROUP}}}")
_MISREAD = str.maketrans("OIL", "011")


def renew(database: Database, identity: Identity, passwords: Passwords) -> tuple[str, ...]:
    """Make ten new codes, to be shown this once; those before stop working."""
    with database.read() as session:
        _must_have_factor(session, identity.user_id)
    codes = tuple(_new_code(number) for number in range(HOW_MANY))
    with passwords.turn() as turn:  # outside of any transaction
        hashes = [turn.hash(normal(code)) for code in codes]
    now = clock.now()
    with database.write() as session:
        _must_have_factor(session, identity.user_id)
        factor_queries.lock_user(session, identity.user_id)
        factor_queries.delete_codes(session, identity.user_id)
        session.add_all(
            RecoveryCode(id=new_id(), user_id=identity.user_id, number=number, code_hash=code_hash, created_at=now)
            for number, code_hash in enumerate(hashes)
        )
        factors.record(session, identity.actor, "accounts.recovery_codes_renewed", identity.user_id)
    return codes


def normal(text: str) -> str:
    """Return the one spelling of a code, however it was typed."""
    return re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)


def looks_like_code(text: str) -> bool:
    """Tell whether this can be a recovery code."""
    return _CODE.fullmatch(normal(text)) is not None


def use_code(database: Database, user_id: UUID, code: str, passwords: Passwords) -> bool:
    """Check a code and use it up; as long as for a right one is waited for a wrong one."""
    plain = normal(code)
    with passwords.turn() as turn:
        with database.read() as session:
            found = factor_queries.find_unused_code(session, user_id, int(plain[0]))
        is_right = turn.verify(plain, None if found is None else found.code_hash).is_right
    if found is None or not is_right:
        return False
    with database.write() as session:
        return factor_queries.claim_code(session, found.id, clock.now())


def _new_code(number: int) -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join((str(number), *groups))


def _must_have_factor(session: Session, user_id: UUID) -> None:
    if not factor_queries.has_factor(session, user_id):
        raise Conflict("Set up an authenticator app or a passkey first: recovery codes replace it when it is lost.")
