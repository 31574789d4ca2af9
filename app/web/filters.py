"""How templates print values: scores, times and Markdown."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from jinja2.filters import do_mark_safe
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from app.infra.times import day, moment
from app.kit.figures import score

__all__ = ["day", "markdown", "moment", "score", "unbroken"]

_TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"}
_SCHEMES = {"http", "https", "mailto"}

_CODE = re.compile(r"\b[A-Z][A-Z0-9]{0,5}-[0-9]{1,4}\b", re.ASCII)

# Headings stay plain text, because every page has one h1 of its own; remote images would tell who reads what.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image", "html_block", "html_inline"])


def unbroken(text: str) -> Markup:
    """Keep codes such as A4-01 on one line: a browser may break them at the hyphen."""
    # As plain text: put together again, the pieces of a Markup would be escaped.
    return do_mark_safe(_CODE.sub(r'<span class="code">\g<0></span>', str(escape(text))))


@lru_cache(maxsize=2_048)
def markdown(text: str) -> Markup:
    """Render Markdown to the few tags of the allow-list; links lead to http, https and mailto only."""
    html = nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="noopener nofollow",
    )
    return do_mark_safe(html)
