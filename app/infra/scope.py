"""For whom rows of economies are read at this moment: for nobody, for named economies, or for the service itself.

The database holds every transaction to it (`app.infra.wall`). Nobody is the default, so what forgets to say for whom it
reads finds nothing. The edge says it for a request once it knows who asks; jobs and the command line read for the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session

_ALL = "*"
SETTING = "readiness.scope"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be read and written. `economies` are codes; the service's own acts are held to none."""

    economies: frozenset[str] = frozenset()
    is_everything: bool = False
    _written: str = field(init=False, repr=False, compare=False)
    """Written once: SQLite asks for it some twenty times in a save."""

    def __post_init__(self) -> None:
        """Refuse what is no code: it is written into what the database is told."""
        if not all(code.isalnum() for code in self.economies):
            message = "An economy's code has letters and figures only."
            raise ValueError(message)
        object.__setattr__(self, "_written", _ALL if self.is_everything else ",".join(sorted(self.economies)))

    def __str__(self) -> str:
        """Return it as the database is told: `*`, or codes with commas between."""
        return self._written

    def __or__(self, other: Scope) -> Scope:
        """Return what lies in either of the two."""
        if self.is_everything:
            return self
        return Scope(self.economies | other.economies, is_everything=other.is_everything)


NOTHING = Scope()
EVERYTHING = Scope(is_everything=True)


@dataclass(slots=True)
class _Reader:
    """Who reads. A request's is one object in all of its threads, so that whoever recognises the person can say it to all."""

    scope: Scope


_reader: ContextVar[_Reader | None] = ContextVar("reader", default=None)


def of_economy(code: str) -> Scope:
    """Return the scope of one economy."""
    return Scope(frozenset({code}))


def current() -> Scope:
    """Return for whom rows are read at this moment."""
    reader = _reader.get()
    return NOTHING if reader is None else reader.scope


@contextmanager
def reading(scope: Scope) -> Iterator[None]:
    """Read within a scope until the block ends: transactions that begin inside are held to it."""
    token = _reader.set(_Reader(scope))
    try:
        yield
    finally:
        _reader.reset(token)


def read_for(scope: Scope) -> None:
    """Say for whom the rest of this request reads, now that somebody was recognised; only inside of `reading`."""
    reader = _reader.get()
    if reader is None:
        message = "No scope was opened here that could be named."
        raise LookupError(message)
    reader.scope = scope


@contextmanager
def as_the_service(*, because: str) -> Iterator[None]:
    """Read the rows of all economies, in transactions that begin inside of the block; say why."""
    _stated(because)
    with reading(EVERYTHING):
        yield


@contextmanager
def widened(session: Session, *, because: str, to: Scope = EVERYTHING) -> Iterator[None]:
    """Read further than the actor may, within a transaction that may be under way already; say why.

    A list of all places that do so stands in tests/architecture/test_scopes.py."""
    _stated(because)
    before = current()
    if before | to == before:
        yield
        return
    with reading(before | to):
        tell(session)
        yield
    tell(session)


def reach(session: Session, economies: Iterable[str]) -> None:
    """Let the rest of this request, the transaction under way too, read further economies: those that the actor was asked for."""
    further = Scope(frozenset(economies))
    if current() | further != current():
        read_for(current() | further)
        tell(session)


def tell(session: Session) -> None:
    """Tell the database the scope of this moment, where a transaction is under way; SQLite asks us by itself."""
    if session.get_bind().dialect.name == "postgresql" and session.in_transaction():
        session.execute(select(func.set_config(SETTING, str(current()), True)))  # noqa: FBT003 - PostgreSQL's own parameter


def _stated(because: str) -> None:
    if not because:
        message = "Reading further than the actor may needs a reason."
        raise ValueError(message)
