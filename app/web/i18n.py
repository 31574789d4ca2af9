"""Translation of the interface: for now every text stays English; catalogues come with a later issue.

Texts are marked with `_()` in templates and here. Jinja's newstyle calls fill `%(name)s`, so a literal percent sign in
a marked text of a template is written `%%`.
"""

from __future__ import annotations

from gettext import NullTranslations

from jinja2 import Environment

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})
_TRANSLATIONS = NullTranslations()


def gettext(text: str) -> str:
    """Return the text in the language of the interface."""
    return _TRANSLATIONS.gettext(text)


def direction(language: str) -> str:
    """Return how a language is written: `rtl` or `ltr`."""
    return "rtl" if language.split("-", 1)[0].lower() in _RIGHT_TO_LEFT else "ltr"


def install(environment: Environment) -> None:
    """Give templates `_()`, `gettext`, `ngettext` and `{% trans %}`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(_TRANSLATIONS, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
