"""One browser in the list of those in which a person is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.browsers import browser_words
from app.accounts.sessions import OpenSession
from app.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session, with its browser in words."""

    id: UUID
    browser: str
    created_at: datetime
    last_seen_at: datetime
    is_this_one: bool


def session_row(one: OpenSession) -> SessionRow:
    """Return the row of a session."""
    return SessionRow(one.id, _in_words(one.user_agent), one.created_at, one.last_seen_at, one.is_this_one)


def _in_words(user_agent: str) -> str:
    """Say "Firefox on Windows"; of an unknown browser, what it calls itself."""
    words = browser_words(user_agent)
    if words.browser and words.system:
        return _("{browser} on {system}").format(browser=words.browser, system=words.system)
    return words.browser or user_agent or _("Unknown")
