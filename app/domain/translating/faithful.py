"""What a translation must keep of its source: placeholders, points of lists, no markup that was not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from markdown_it import MarkdownIt

from app.domain.questionnaire.translate import longest
from app.kit.text import has_forbidden_characters

_PERCENT = re.compile(r"%\([a-z_]+\)s")
_MARKDOWN = MarkdownIt("commonmark")
_BARE = re.compile(
    r"(?:(?:https?|ftp)://|mailto:|\bwww\.)[^\s<>()\[\]\"'\u00ab\u00bb\u2018-\u201f\u3000-\u303f\uff00-\uff0f\uff1a-\uff1f]+",
    re.IGNORECASE,
)
_ENDS = ".,;:!?*_`"
_BULLET = re.compile(r"^\s*(?:-|\d+\.) ", re.MULTILINE)

PLACEHOLDERS, PERCENT, MARKUP, POINTS = "placeholders", "percent", "markup", "points"
LINKS = "links"
EMPHASIS, TOO_LONG, FORBIDDEN = "emphasis", "too_long", "forbidden_characters"


def lost(source: str, said: str) -> Iterator[str]:
    """Yield a code for each thing that a translation does not keep."""
    try:
        keeps_placeholders = placeholders(said) == placeholders(source)
    except ValueError:  # a brace without its other half
        keeps_placeholders = said.count("{") == source.count("{") and said.count("}") == source.count("}")
    if not keeps_placeholders:
        yield PLACEHOLDERS
    if source.count("%%") != said.count("%%"):
        yield PERCENT
    if "<" in said and "<" not in source:
        yield MARKUP
    if len(_BULLET.findall(source)) != len(_BULLET.findall(said)):
        yield POINTS
    if _may_link(source + said) and addresses(source) != addresses(said):
        yield LINKS


def faults(field: str, source: str, said: str) -> tuple[str, ...]:
    """Return what keeps a text from being the translation of a source; nothing where it can be taken."""
    found = [*lost(source, said)]
    if said.count("**") % 2 and not source.count("**") % 2:
        found.append(EMPHASIS)
    if len(said) > longest(field):
        found.append(TOO_LONG)
    if has_forbidden_characters(said):
        found.append(FORBIDDEN)
    return tuple(found)


def addresses(text: str) -> set[str]:
    """Return where a text leads: the addresses of its links and images, and those that are written out."""
    found = {each.rstrip(_ENDS) for each in _BARE.findall(text)}
    for block in _MARKDOWN.parse(text):
        for token in block.children or ():
            found |= {str(token.attrs[name]) for name in ("href", "src") if name in token.attrs}
    return found


def _may_link(text: str) -> bool:
    return any(sign in text for sign in ("](", "]:", "<", ":", "www."))


def placeholders(text: str) -> set[str]:
    """Return the names that are filled in. Raises ValueError for braces that do not fit."""
    names = {name for _before, name, _format, _conversion in Formatter().parse(text) if name is not None}
    return names | set(_PERCENT.findall(text))
