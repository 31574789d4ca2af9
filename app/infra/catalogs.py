"""Translations: one gettext file a language (PO), read once, with the interface and every questionnaire in it."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import structlog
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, PoFileParser

from app.infra.overlay import Overlaid, Overlay, Texts

SOURCE_LANGUAGE = "en"
_log = structlog.get_logger("readiness")
REVIEWED = re.compile(r"^#[ \t]*Reviewed by:[ \t]*\S.*$", re.MULTILINE)
"""The comment at the top of a file that names the native expert who has read it."""

_LINE = re.compile(r'(#.*|([a-z_]+(\[\d+\])?[ \t]*)?".*")?')
"""A line of a PO file: nothing, a comment, or a text in quotes, which may follow a keyword such as msgstr."""


@dataclass(frozen=True)
class Language:
    """A language that the interface can speak: its BCP 47 code, its own name for itself, and its words."""

    code: str
    name: str
    is_reviewed: bool
    translations: gettext.NullTranslations

    def has_reviewed(self, context: str, text: str) -> bool:
        """Tell whether somebody who knows the language has read what it says for a text of a questionnaire."""
        if isinstance(self.translations, Overlaid):
            return self.translations.has_reviewed(context, text, by_default=self.is_reviewed)
        return self.is_reviewed


class Catalogs:
    """The languages of a folder. A new file makes a new language; a file is read when its language is first asked for.

    `overlay` holds what was translated since, and lies over the files."""

    def __init__(self, folder: Path, overlay: Overlay | None = None) -> None:
        self.folder = folder
        self.overlay = overlay or Overlay()
        self._read: dict[str, Language] = {}
        self._texts: dict[str, dict[tuple[str, str], str]] = {}
        self._laid: dict[str, tuple[Texts, Language]] = {}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The languages that there are, the source language first."""
        found = sorted(path.stem for path in self.folder.glob("*.po") if _locale(path.stem) is not None)
        return (SOURCE_LANGUAGE, *(code for code in found if code != SOURCE_LANGUAGE))

    def names(self) -> dict[str, str]:
        """Return each language's own name by its code."""
        return {code: name_of(code) for code in self.codes}

    def get(self, code: str) -> Language:
        """Return a language with what lies over its file; the source language where there is no such file."""
        shipped = self.shipped(code)
        texts = self.overlay.texts_of(shipped.code)
        if not texts:
            return shipped
        laid = self._laid.get(shipped.code)
        if laid is None or laid[0] is not texts:
            laid = (texts, replace(shipped, translations=Overlaid(shipped.translations, texts)))
            self._laid[shipped.code] = laid
        return laid[1]

    def shipped(self, code: str) -> Language:
        """Return a language as its file has it; the source language where there is no such file."""
        if code not in self._read:
            self._read[code] = self._load(code) if code in self.codes and code != SOURCE_LANGUAGE else SOURCE
        return self._read[code]

    def texts(self, code: str) -> Mapping[tuple[str, str], str]:
        """Return what a language's file holds of questionnaires, by context and source; nothing where there is no such file."""
        if code not in self._texts:
            try:
                catalog = read_catalog(self.folder / f"{code}.po") if code in self.codes[1:] else Catalog()
            except (OSError, ValueError):  # as `shipped` has said
                catalog = Catalog()
            self._texts[code] = texts_in(catalog)
        return self._texts[code]

    def _load(self, code: str) -> Language:
        try:
            catalog = read_catalog(self.folder / f"{code}.po")
        except (OSError, ValueError) as error:  # a page in English is better than none
            _log.error("language_unreadable", language=code, error=str(error))
            return SOURCE
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        return Language(code, name_of(code), is_reviewed(catalog), gettext.GNUTranslations(compiled))


SOURCE = Language(SOURCE_LANGUAGE, "English", is_reviewed=True, translations=gettext.NullTranslations())


class Damaged(ValueError):
    """A PO file that cannot be read; `line` is where, or 0 where that is not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def read_catalog(path: Path) -> Catalog:
    """Read a PO file in UTF-8. What a translator marked as doubtful (fuzzy) is not used.

    Raises OSError where there is no such file, and Damaged, which names the line where it can, where the file is damaged.
    """
    return parse_catalog(path.read_bytes(), path.stem)


def parse_catalog(raw: bytes, language: str) -> Catalog:
    """Read the content of a PO file, as `read_catalog` does."""
    return parse_entries(raw, language)[0]


def parse_entries(raw: bytes, language: str) -> tuple[Catalog, list[Message]]:
    """Read the content of a PO file, with all its entries: a text that stands in it twice is one message of the catalogue."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fault = f"line {line} is not in UTF-8"
        raise Damaged(fault, line) from error
    for number, written in enumerate(text.split("\n"), start=1):
        if not _LINE.fullmatch(written.strip()):
            fault = f"line {number} cannot be read as PO"
            raise Damaged(fault, number)
    try:
        catalog = _Catalog(locale=language.replace("-", "_"))
        PoFileParser(catalog, abort_invalid=True).parse(io.StringIO(text))
    except PoFileError as error:
        fault = f"line {error.lineno + 1} cannot be read as PO"
        raise Damaged(fault, error.lineno + 1) from error
    except (ValueError, IndexError) as error:  # such as a number of plural forms that is no number
        fault = "it cannot be read as PO"
        raise Damaged(fault) from error
    catalog.charset = "utf-8"  # whatever its header says
    return catalog, catalog.entries


class _Catalog(Catalog):
    """A catalogue that remembers every entry as it was read."""

    def __init__(self, locale: str) -> None:
        super().__init__(locale=locale)
        self.entries: list[Message] = []

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002 - babel's name
        if message.id:
            self.entries.append(message)
        super().__setitem__(id, message)


def texts_in(catalog: Catalog) -> dict[tuple[str, str], str]:
    """Return the translations of questionnaires by context and source, without those that are doubtful."""
    return {
        (message.context, message.id): message.string
        for message in catalog
        if message.context and isinstance(message.id, str) and isinstance(message.string, str) and not message.fuzzy
    }


def is_reviewed(catalog: Catalog) -> bool:
    """Tell whether a native expert has read the translation."""
    return REVIEWED.search(catalog.header_comment) is not None


def name_of(code: str) -> str:
    """Return a language's own name, such as español."""
    locale = _locale(code)
    name = locale.get_display_name(locale) if locale is not None else None
    return name or code


def canonical(code: str) -> str | None:
    """Return a language code as BCP 47 writes it, such as ko, zh-Hant or pt-BR; None for what is no language."""
    locale = _locale(code)
    if locale is None:
        return None
    return "-".join(part for part in (locale.language, locale.script, locale.territory, locale.variant) if part)


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
