"""What is kept of a form: words; never what a page added by itself."""

from __future__ import annotations

import re

from app.web.kept import BESIDE_WORDS
from tests.scenarios import PROJECT


def test_only_hidden_fields_and_buttons_count_as_no_words() -> None:
    """A new hidden field is named in `kept`, or its form would be kept though nothing was typed."""
    pages = "".join(path.read_text(encoding="utf-8") for path in PROJECT.glob("app/*/templates/**/*.html"))
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>|<button[^>]*>', pages)
    names = {found[1] for tag in tags if (found := re.search(r'(?<![\w-])name="(?:{{[^}]*}}\.)?([\w.-]+)"', tag))}
    macros = set(re.findall(r"button\([^}]*name='([\w.-]+)'", pages))

    assert names | macros == BESIDE_WORDS | {"csrf_token", "passkey"}
