"""A pseudo-language: every text that there is to translate, in brackets. What stands outside of them nobody can translate."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2.ext
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.cli.extraction import interface_messages
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.translate import messages

APP = Path(__file__).resolve().parent.parent / "app"
CODE = "eo"  # a language that Babel knows, and into which nobody has translated the service
OPEN, CLOSE = "⟦", "⟧"
_ONE_TEXT = frozenset({"_", "gettext", "mark", "say", "NotFound"})
_TWO_FORMS = frozenset({"ngettext", "say_number"})
_PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")
_LINE = re.compile(r"^(\s*(?:[-*]|\d+\.)?\s*)(.*\S)", re.MULTILINE)

# Elements that stand inside a line: a sentence goes on after them. All others begin anew.
_INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "small", "span", "strong"})
_SILENT = frozenset({"code", "pre", "script", "style", "textarea"})
_VOID = frozenset({"br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "rect", "source"})
_SPOKEN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")


def bracketed(text: str) -> str:
    """Put a text in brackets, each line of it by itself, behind the mark of a list. What is filled in must speak for itself."""
    opened = _LINE.sub(lambda found: f"{found[1]}{OPEN}{found[2]}{CLOSE}", text)
    return _PLACEHOLDER.sub(lambda found: f"{CLOSE}{found[0]}{OPEN}", opened)


def write_language(folder: Path, documents: Iterable[Questionnaire]) -> None:
    """Write the language's file, with the interface and the questionnaires in it."""
    catalog = Catalog(locale=CODE, charset="utf-8", fuzzy=False)
    for text in dict.fromkeys([*(text for text, _file in interface_messages(APP)), *marked_texts()]):
        catalog.add(text, bracketed(text) if isinstance(text, str) else tuple(map(bracketed, text)))
    for document in documents:
        for message in messages(document):
            catalog.add(message.text, bracketed(message.text), context=message.context)
    with (folder / f"{CODE}.po").open("wb") as file:
        write_po(file, catalog)


def marked_texts() -> dict[str | tuple[str, str], Path]:
    """Return every text that the program marks, with its file, however deep in other calls the mark stands."""
    found: dict[str | tuple[str, str], Path] = {}
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
                if node.func.id in _ONE_TEXT and texts:
                    found.setdefault(texts[0], path)
                elif node.func.id in _TWO_FORMS and len(texts) > 1:
                    found.setdefault((texts[0], texts[1]), path)
    for path in sorted(APP.glob("*/templates/**/*.html")):
        options = {"trimmed": "true", "newstyle_gettext": "true", "extensions": "jinja2.ext.i18n"}
        for _line, _name, text, _comments in jinja2.ext.babel_extract(
            io.BytesIO(path.read_bytes()), ("_", "gettext", "ngettext"), (), options
        ):
            if isinstance(text, str):
                found.setdefault(text, path)
            elif len(forms := [form for form in text or () if form]) > 1:
                found.setdefault((forms[0], forms[1]), path)
    return found


def outside_brackets(text: str, depth: int = 0) -> tuple[str, int]:
    """Return what of a text stands outside of brackets, and how many are open at its end."""
    kept = []
    for character in text:
        if depth == 0:
            kept.append(" " if character in {OPEN, CLOSE} else character)
        if character == OPEN:
            depth += 1
        elif character == CLOSE:
            depth = max(0, depth - 1)
    return "".join(kept), depth


class Speech(HTMLParser):
    """Collects what a page says outside of brackets, block by block. Parts in a language of their own are left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._block, self._depth = "", 0
        self.feed(page)
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _INLINE:
            self._end_block()
        is_silent = self._is_silent() or tag in _SILENT or given.get("lang", CODE) != CODE
        if not is_silent:
            self.found += [outside_brackets(given.get(name) or "")[0] for name in _SPOKEN_ATTRIBUTES]
        if tag not in _VOID:
            self._open.append((tag, is_silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Shapes of pictures say nothing."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self._end_block()
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._is_silent():
            outside, self._depth = outside_brackets(data, self._depth)
            self._block += outside

    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _end_block(self) -> None:
        self.found.append(self._block)
        self._block, self._depth = "", 0  # what was cut short ends with its block


def untranslatable(page: str, allowed: re.Pattern[str]) -> Iterator[str]:
    """Name every piece of a page with a letter outside of brackets that is neither a name nor a code."""
    for block in Speech(page).found:
        left = allowed.sub(" ", " ".join(block.split()))
        if any(character.isalpha() for character in left):
            yield left.strip()
