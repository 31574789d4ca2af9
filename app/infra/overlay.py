"""Translations that lie over the files of the languages: kept in memory by each process, and read again about every minute."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

import structlog
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

FRESH_SECONDS = 60.0
_log = structlog.get_logger("readiness")


@dataclass(frozen=True, slots=True)
class Laid:
    """One translation; an empty one was taken away, and what the file says is shown."""

    text: str
    is_reviewed: bool


Texts = Mapping[tuple[str, str], Laid]
"""The translations of one language by context and source."""
_NONE: Texts = {}


class Overlaid(gettext.NullTranslations):
    """A language's file with what lies over it: only texts of questionnaires, which have a context."""

    def __init__(self, shipped: gettext.NullTranslations, texts: Texts) -> None:
        super().__init__()
        self._fallback = shipped
        self._shipped = shipped
        self._texts = texts

    def pgettext(self, context: str, message: str) -> str:
        """Return what lies over the file, else what the file says, else the source."""
        laid = self._texts.get((context, message))
        return laid.text if laid is not None and laid.text else self._shipped.pgettext(context, message)

    def has_reviewed(self, context: str, message: str, *, by_default: bool) -> bool:
        """Tell whether what is shown for a text was reviewed; a source that is shown as it is needs no review."""
        laid = self._texts.get((context, message))
        if laid is not None and laid.text:
            return laid.is_reviewed
        return by_default or self._shipped.pgettext(context, message) == message


class Overlay:
    """All languages' translations. `stamp` is a cheap question whose answer changes with them; `read` reads them all."""

    def __init__(self, stamp: Callable[[], int] | None = None, read: Callable[[], Mapping[str, Texts]] | None = None) -> None:
        self._ask = stamp
        self._read = read
        self._texts: Mapping[str, Texts] = {}
        self._stamp = -1
        self._due_at = 0.0

    @property
    def is_due(self) -> bool:
        """Tell whether it is time to look again."""
        return self._read is not None and monotonic() >= self._due_at

    def texts_of(self, language: str) -> Texts:
        """Return what lies over a language; the same object until it changes."""
        return self._texts.get(language, _NONE)

    def expire(self) -> None:
        """Look again at the next occasion: this process has just changed something."""
        self._due_at = 0.0

    def expire_after(self, session: Session) -> None:
        """Look again once a session has committed: whoever looked before would take the old texts for the newest."""
        event.listen(session, "after_commit", lambda _session: self.expire(), once=True)

    def refresh(self) -> None:
        """Look whether there is anything new, and read it. While the database is away, what is known stays."""
        if self._ask is None or self._read is None:
            return
        self._due_at = monotonic() + FRESH_SECONDS  # first, so that others do not wait for the same
        try:
            stamp = self._ask()
            if stamp != self._stamp:
                found = self._read()
                self._texts = {language: _kept(self._texts.get(language), texts) for language, texts in found.items()}
                self._stamp = stamp
        except SQLAlchemyError as error:
            _log.warning("translations_not_read", error=type(error).__name__)


def _kept(known: Texts | None, texts: Texts) -> Texts:
    """Return what was known where nothing changed, so that nothing has to be made again of it."""
    return texts if known is None or known != texts else known
