"""Facts: how an earlier room causes something in a later one without knowing it, in the same transaction.

A room announces what happened; `app.main.connect_rooms` says which later rooms follow. Followers run in the order in
which they were connected, inside the transaction of the one who announced: either all of it happens, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from app.infra.scope import widened

F = TypeVar("F")

_followers: dict[type[object], list[Callable[[Session, object], None]]] = {}


def follow(fact: type[F], follower: Callable[[Session, F], None]) -> None:
    """Let a function run whenever this kind of fact is announced; connecting it twice changes nothing."""
    followers = _followers.setdefault(fact, [])
    if follower not in followers:
        followers.append(follower)  # type: ignore[arg-type]  # announce only hands a follower the kind it follows


def announce(session: Session, fact: object) -> None:
    """Tell every follower of this kind of fact; what the service then computes takes the rows of all economies."""
    followers = _followers.get(type(fact), [])
    if followers:
        with widened(session, because="scores and benchmarks are made of what all economies have signed"):
            for follower in followers:
                follower(session, fact)
