"""The strings of one questionnaire in one language: each source with its translation, and with what it was translated from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.questionnaire.translate import Message, once


class State(StrEnum):
    """How far a string is."""

    MISSING = "missing"
    OUTDATED = "outdated"
    """Its place was translated when the source said something else."""
    TRANSLATED = "translated"


@dataclass(frozen=True, slots=True)
class Written:
    """What the desk holds of one string: the text, who wrote it, and who read it (nobody: `reviewed_at` is None)."""

    context: str
    field: str
    source: str
    text: str
    translated_at: datetime
    translated_by: str
    translator: UUID | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What the file of a language holds, which came with the program: translations by context and source."""

    texts: Mapping[tuple[str, str], str]
    is_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier source of the same place, and how it was translated."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class String:
    """One source and its translation ('' where there is none); `written` is the desk's row, whose text is empty where it was
    taken away: then what stands there came with the program, if anything does."""

    message: Message
    text: str
    state: State
    is_reviewed: bool = False
    written: Written | None = None
    earlier: Earlier | None = None

    @property
    def key(self) -> str:
        """Return what names this string on pages and in files."""
        return key_of(self.message.context, self.message.text)

    @property
    def is_shipped(self) -> bool:
        """Tell whether its text came with the program."""
        return bool(self.text) and (self.written is None or not self.written.text)

    @property
    def shown(self) -> str:
        """Return the text with which a translator begins: the translation, else that of the earlier source."""
        return self.text or (self.earlier.text if self.earlier else "")

    @property
    def etag(self) -> str:
        """Return what changes with the text that a translator sees."""
        return etag_of(self.shown)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many strings there are, and how far."""

    total: int
    translated: int
    outdated: int
    reviewed: int

    @property
    def missing(self) -> int:
        """Return how many were never translated."""
        return self.total - self.translated - self.outdated

    def percent(self, number: int) -> int:
        """Return a share of the whole; rounded down, so that 100 means all."""
        return 100 * number // self.total if self.total else 100


def strings_of(
    messages: tuple[Message, ...], rows: Iterable[Written], shipped: Shipped, past: Sequence[tuple[Message, ...]] = ()
) -> tuple[String, ...]:
    """Return every string, in the order of the questionnaire. `messages` are all its places; `past` are those of earlier
    versions, the newest first."""
    held = {(row.context, row.source): row for row in rows}
    latest = {(row.context, row.field): row for row in sorted(held.values(), key=lambda row: row.translated_at) if row.text}
    before = [{(each.context, each.field): each.text for each in reversed(version)} for version in past]
    return tuple(_string(message, held, latest, shipped, before) for message in once(messages))


def progress_of(strings: Iterable[String]) -> Progress:
    """Count them."""
    found = tuple(strings)
    states = [each.state for each in found]
    reviewed = sum(each.is_reviewed for each in found)
    return Progress(len(found), states.count(State.TRANSLATED), states.count(State.OUTDATED), reviewed)


def key_of(context: str, source: str) -> str:
    """Return the name of a string: short, and the same wherever it stands."""
    return hashlib.sha256(f"{context}\x04{source}".encode()).hexdigest()[:20]


def etag_of(text: str) -> str:
    """Return what changes with a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _string(
    message: Message,
    held: Mapping[tuple[str, str], Written],
    latest: Mapping[tuple[str, str], Written],
    shipped: Shipped,
    before: Sequence[Mapping[tuple[str, str], str]],
) -> String:
    row = held.get((message.context, message.text))
    own = row.text if row is not None else ""
    text = own or shipped.texts.get((message.context, message.text), "")
    if text:
        is_reviewed = row.reviewed_at is not None if row is not None and own else shipped.is_reviewed
        return String(message, text, State.TRANSLATED, is_reviewed, row)
    earlier = _earlier(message, latest.get((message.context, message.field)), shipped, before)
    return String(message, "", State.OUTDATED if earlier else State.MISSING, written=row, earlier=earlier)


def _earlier(
    message: Message, row: Written | None, shipped: Shipped, before: Sequence[Mapping[tuple[str, str], str]]
) -> Earlier | None:
    if row is not None:
        return Earlier(row.source, row.text)
    for version in before:
        source = version.get((message.context, message.field), message.text)
        text = shipped.texts.get((message.context, source), "")
        if source != message.text and text:
            return Earlier(source, text)
    return None
