"""What a key may do beside reading: a small closed list of words, stored plainly with the key."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from app.kit.actor import Role


class Scope(StrEnum):
    """One thing that a key may do. Every key reads; no key ever may do more than its owner."""

    READ = "read"
    AUTHOR = "author"
    """Change drafts of questionnaires and publish them, retire versions, translate, and run cycles and groups."""


READS = frozenset({Scope.READ})
OWNERS: dict[Scope, frozenset[Role]] = {
    Scope.READ: frozenset(Role),
    Scope.AUTHOR: frozenset({Role.ADMINISTRATOR}),
}
"""Whose keys may have a scope."""


def scopes_for(role: Role) -> frozenset[Scope]:
    """Return the scopes that keys of people with this role may have."""
    return frozenset(scope for scope in Scope if role in OWNERS[scope])


def written(scopes: Iterable[Scope]) -> str:
    """Return scopes as they are stored and recorded: words with spaces between, always in the same order."""
    chosen = {*READS, *scopes}
    return " ".join(scope for scope in Scope if scope in chosen)


def stored(text: str) -> frozenset[Scope]:
    """Read stored scopes; a word that a later release gave is none of ours, and allows nothing."""
    return READS | {scope for scope in Scope if scope in text.split()}
