"""What a browser would send of the forms of a draft's pages."""

from __future__ import annotations

import re
from html import unescape

from httpx2 import Response

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def form_of(page: Response) -> dict[str, list[str]]:
    """Return what a browser would send for the part's form, untouched."""
    form = re.search(r'<form method="post"[^>]*data-unsaved>(.*?)</form>', page.text, re.DOTALL)
    assert form is not None
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        name = re.search(r'name="([^"]+)"', tag)
        if name and (('type="checkbox"' not in tag and 'type="radio"' not in tag) or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form[1], re.DOTALL):
        sent.setdefault(name, []).append(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        sent.setdefault(name, []).append(chosen[1] if chosen else "")
    return {name: [unescape(value) for value in values] for name, values in sent.items()}


def hidden_of(page: Response) -> dict[str, list[str]]:
    """Return the hidden fields of the form that carries what was typed."""
    form = page.text[page.text.index("data-typed") :]
    sent: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(form[: form.index("</form>")]):
        sent.setdefault(name, []).append(unescape(value))
    return sent
