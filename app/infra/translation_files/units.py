"""What a translator's file holds, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.kit.say import say

LARGEST_FILE, MOST_TEXTS = 5_000_000, 20_000


@dataclass(frozen=True, slots=True)
class Unit:
    """One string: its key, the source and the translation. `is_doubtful`: a translator has not confirmed it.

    `context` and `field` say where it stands; a file that was read says neither. `previous` is an earlier source, of which the
    text is the translation; `line` is where it stands in a file that was read."""

    key: str
    source: str
    text: str
    context: str = ""
    field: str = ""
    previous: str = ""
    is_doubtful: bool = False
    is_reviewed: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class TranslationFile:
    """A file: of which questionnaire and version ('' where it does not say), from and into which language, and since when.

    `others` are further questionnaires of which it has texts, as the files of the project do."""

    questionnaire: str
    version: str
    source_language: str
    language: str
    exported_at: datetime | None
    units: tuple[Unit, ...]
    others: tuple[str, ...] = ()
    skipped: int = 0
    """Entries that no text of a questionnaire can be: without a context, or with forms of a number."""


class FileFault(ValueError):
    """A file that cannot be read: a code, the line (0 where it is not known), and what to do."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.message = message


def check_size(raw: bytes) -> None:
    """Refuse what no translation of a questionnaire can be."""
    if len(raw) > LARGEST_FILE:
        words = say("The file has more than {most} MB. Check that it is the right one.", most=LARGEST_FILE // 1_000_000)
        raise FileFault("file_too_large", 0, words)


def check_number(texts: int, line: int = 0) -> None:
    """Refuse more texts than any questionnaire has: reading them would keep others waiting."""
    if texts > MOST_TEXTS:
        words = say("The file has more than {most} texts. Save each questionnaire as a file of its own.", most=MOST_TEXTS)
        raise FileFault("file_too_large", line, words)


def read_time(text: str) -> datetime | None:
    """Read when a file was exported; None where that does not say it."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
