"""Guesses at codes: five wrong ones within five minutes, then a pause, whoever guesses and from wherever."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing import letters
from app.accounts.second_step import queries as factor_queries
from app.accounts.second_step.tables import FactorFailure
from app.infra.db import Database
from app.kit import clock
from app.kit.errors import FieldProblem, Invalid, TooManyRequests
from app.kit.ids import new_id
from app.kit.say import mark

WINDOW = timedelta(minutes=5)
MOST = 5


class WrongCode(Invalid):
    """A code that is wrong, too old or used already: nobody learns which."""

    code = "wrong_code"

    def __init__(self, field: str = "one_time_code") -> None:
        words = mark(
            "This code does not work. Wait for the next one in your app, or use a recovery code that you have not used yet."
        )
        super().__init__([FieldProblem(field, self.code, words)])


class WrongFirstCode(Invalid):
    """A code of an app that is being set up is wrong; there are no recovery codes yet."""

    code = "wrong_code"

    def __init__(self) -> None:
        words = mark(
            "This code does not work. Wait for the next one in your app. If that does not work either, check that the telephone "
            "sets its time by itself, and that the app has the secret above."
        )
        super().__init__([FieldProblem("one_time_code", self.code, words)])


def count_guess(session: Session, user_id: UUID) -> None:
    """Count a guess as wrong before it is looked at, so that guesses sent at once cannot slip through together."""
    now = clock.now()
    factor_queries.lock_user(session, user_id)
    factor_queries.delete_factor_failures_before(session, now - WINDOW)
    if factor_queries.count_factor_failures(session, user_id, now - WINDOW) >= MOST:
        message = mark("There were too many wrong codes. Wait five minutes and try again, or use a passkey if you have one.")
        raise TooManyRequests(message, retry_after=int(WINDOW.total_seconds()))
    session.add(FactorFailure(id=new_id(), user_id=user_id, at=now))
    session.flush()


def tell_of_many(database: Database, user_id: UUID) -> None:
    """Write to the person once five guesses were wrong: whoever guesses has come past the first step, or has their session."""
    with database.write() as session:
        user = factor_queries.lock_user(session, user_id)
        is_many = factor_queries.count_factor_failures(session, user_id, clock.now() - WINDOW) >= MOST
        if user is not None and is_many:
            letters.tell_wrong_codes(session, user)


def forgive(session: Session, user_id: UUID) -> None:
    """Forget the wrong guesses of a person who gave the right code."""
    factor_queries.delete_factor_failures(session, user_id)
