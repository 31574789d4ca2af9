"""A code of the second step, typed by a person: of the authenticator app, or a recovery code. One field takes both."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from app.accounts.second_step import authenticator, guesses, recovery
from app.accounts.second_step.guesses import WrongCode
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
