"""Every text that the interface says, found in the program itself: calls that mark a text, titles of errors, templates."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

Text = str | tuple[str, str]
"""A text, or the two forms of one that a number decides."""

_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "extensions": "jinja2.ext.i18n"}}
_MARKS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "mark": None,
    "say": None,
    "ngettext": (1, 2),
    "say_number": (1, 2),
    "NotFound": (1,),
}
"""Calls that are there to mark a text."""
_REFUSALS: dict[str, tuple[int, ...] | None] = {
    "Forbidden": (1,),
    "BadRequest": (1,),
    "Conflict": (1,),
    "NotReady": (1,),
    "NotSignedIn": (1,),
    "TooLarge": (1,),
    "TooManyRequests": (1,),
    "Unavailable": (1,),
    "UnsupportedMedia": (1,),
    "Invalid": (2,),
    "Unfit": (3,),
    "FieldProblem": (3,),
    "Problem": (4,),
    "add": (3,),
}
"""Refusals, and which of their arguments is the sentence; the edge says it in the reader's language."""
_NAMES = frozenset({"message", "title", "words", "detail"})
"""Names under which a class or a function keeps a text before it is said."""


@cache
def interface_messages(app_dir: Path) -> tuple[tuple[Text, str], ...]:
    """Return every text of the interface with the file that it stands in, each once, in the order of files.

    Reading the whole program takes seconds, and it does not change while it runs."""
    found: dict[Text, str] = {}
    for text, file in _extracted(app_dir, _MARKS):
        found.setdefault(text, file)
    for text, file in _extracted(app_dir, _REFUSALS):
        if _is_sentence(text):
            found.setdefault(text, file)
    for path in sorted(app_dir.rglob("*.py")):
        for text in _kept(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, str(path.relative_to(app_dir)))
    return tuple(sorted(found.items(), key=lambda each: each[1]))


def _extracted(app_dir: Path, keywords: dict[str, tuple[int, ...] | None]) -> Iterator[tuple[Text, str]]:
    with redirect_stderr(io.StringIO()):  # a warning for each f-string in a call, of which most are names of fields
        found = list(extract_from_dir(app_dir, _METHODS, _OPTIONS, keywords=keywords, strip_comment_tags=True))
    for file, _line, text, _comments, _context in found:
        if isinstance(text, str) and text:
            yield text, file
        elif isinstance(text, tuple) and text[0] and text[1]:
            yield (text[0], text[1]), file


def _kept(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant) or not isinstance(node.value.value, str):
            continue
        if any(isinstance(target, ast.Name) and target.id in _NAMES for target in node.targets) and _is_sentence(
            node.value.value
        ):
            yield node.value.value


def _is_sentence(text: Text) -> bool:
    """Leave out codes and single words in small letters, which names and such arguments can also hold."""
    return isinstance(text, str) and (" " in text or not text.islower())
