"""Who a request comes from, for layers of the edge that ask before a handler runs: each look-up is one statement."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.accounts import keys, sessions
from app.accounts.deps import lifetime_of
from app.config import Settings
from app.infra.db import Database
from app.kit.tiers import Tier
from app.web.rates import CannotTell, Client, Credential, Recognise


def session_recogniser(database: Database, settings: Settings) -> Callable[[str], bool]:
    """Return what tells, by its token, whether a session is alive: for the edge, before it reads a file."""

    def is_known(token: str) -> bool:
        with database.look_up() as session:
            return sessions.find_identity(session, token, lifetime_of(settings)) is not None

    return is_known


def client_recogniser(database: Database, settings: Settings) -> Recognise:
    """Return what tells whose requests are counted: a person's, whatever keys and sessions they have, for each size of key by
    itself. One statement each time."""

    def find(shown: Credential) -> Client | None:
        with database.look_up() as session:
            if shown.is_key:
                key = keys.find_tier(session, shown.secret)
                return None if key is None else Client(f"person:{key[1]}", key[2], key[0])
            person = sessions.find_identity(session, shown.secret, lifetime_of(settings))
            return None if person is None else Client(f"person:{person.user_id}", Tier.STANDARD)

    async def recognise(shown: Credential) -> Client | None:
        if shown.is_key and not keys.looks_like_key(shown.secret):
            return None
        try:
            return await run_in_threadpool(find, shown)
        except (OperationalError, PoolTimeoutError) as error:
            raise CannotTell from error

    return recognise
