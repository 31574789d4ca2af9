"""After a backup was restored: nobody is signed in, and no key and no link from before works; people sign in again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from app.accounts import after_restoring_queries as queries
from app.kit import clock

WHY = "A backup was restored. Make a new key."


def end_all_ways_in(session: Session) -> Mapping[str, int]:
    """End every session, key, invitation and link for a new password; returns how many of each worked until then.

    Whoever took something from a copy of the database, or was shut out after the backup was made, must not get in by it."""
    now = clock.now()
    return {
        "sessions": queries.delete_all_sessions(session),
        "keys": queries.revoke_all_keys(session, now, WHY),
        "invitations": queries.expire_all_invitations(session, now),
        "resets": queries.end_all_resets(session, now),
        "requests": queries.end_all_collecting(session, now),
    }
