"""The language of what is said now, and how the interface and questionnaires say things in it.

An edge chooses the language; whoever makes words for a person says them with `gettext` (as `_`). Texts are marked with `_()` in
templates and in Python, and with `say()` where values come in below the edge. What stands in a module, to be shown later, is
marked with `mark()` and said with `_()` when it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.translate import messages, published, translated
from app.infra.catalogs import SOURCE, Catalogs, Language
from app.kit.keyed import Keyed
from app.kit.say import Marked, Quoted, Words

_current: ContextVar[Language] = ContextVar("language", default=SOURCE)
_others: ContextVar[Catalogs | None] = ContextVar("languages", default=None)


def current() -> Language:
    """Return the language of this answer."""
    return _current.get()


@contextmanager
def speaking(language: Language, others: Catalogs | None = None) -> Iterator[None]:
    """Say what is made in here in a language, whoever asked for it: a document that many readers share.

    `others`: the languages in which `speaking_to` may say something meanwhile to somebody else.
    """
    token, known = _current.set(language), _others.set(others or _others.get())
    try:
        yield
    finally:
        _others.reset(known)
        _current.reset(token)


@contextmanager
def speaking_to(code: str) -> Iterator[None]:
    """Say what is made in here in the language of another reader than the one who asks; in English where it is not at hand."""
    others = _others.get()
    with speaking(SOURCE if others is None else others.get(code)):
        yield


def gettext(text: str) -> str:
    """Return a text of the interface in the language of the answer; in English where it has no translation."""
    if not text:
        return text
    if isinstance(text, Words):
        said = {
            name: gettext(value) if isinstance(value, Marked | Quoted | Words) else value for name, value in text.values.items()
        }
        template = ngettext(text.template, text.plural, text.number) if text.plural else gettext(text.template)
        return template.format_map(said)
    translations = current().translations
    if isinstance(text, Quoted):
        found = translations.pgettext(text.context, text)
        return found if found != text else translations.gettext(text)  # what is there by default is the interface's
    return translations.gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a text that a number asks for."""
    return current().translations.ngettext(singular, plural, number)


def localized(document: Questionnaire, language: Language | None = None) -> Questionnaire:
    """Return a questionnaire as the language has it, text by text; what is not translated stays as it was written.

    One of which nothing is translated is returned as it is, in its own `language`.
    """
    spoken, source = language or current(), published(document)
    return source if spoken.code == source.language else _localized(Keyed(source.content_hash, source), spoken)


@lru_cache(maxsize=40)
def _localized(held: Keyed[Questionnaire], language: Language) -> Questionnaire:
    source = held.value
    shown = translated(source, language.translations.pgettext, language.code)
    return source if shown.model_copy(update={"language": source.language}) == source else shown


def note_on(document: Questionnaire) -> str:
    """Say what a reader must know about the language of a questionnaire's texts; empty where there is nothing to know."""
    if localized(document).language != current().code:
        return gettext("This questionnaire is shown in its own language, because it has no translation into yours yet.")
    source = published(document)
    return "" if _is_reviewed(Keyed(source.content_hash, source), current()) else unreviewed()


@lru_cache(maxsize=40)
def _is_reviewed(held: Keyed[Questionnaire], language: Language) -> bool:
    """Tell whether every text that is translated was read by somebody who knows the language."""
    if held.value.language == language.code:
        return True
    return all(language.has_reviewed(each.context, each.text) for each in messages(held.value))


def unreviewed() -> str:
    """Say of a translation that no native expert has read it yet."""
    return gettext("This translation has not yet been reviewed by a native expert. Where in doubt, the English text holds.")
