"""Setting pages: data go in as JSON, never as markup, and come out as a tagged PDF for screen readers (PDF/UA-1)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import typst

from app.infra.language import gettext as _

_FOLDER = Path(__file__).parent / "typst"
_LONG_WORD = re.compile(r"[^\s/-]{70,}")
_PIECE, _NO_WIDTH = 40, "\u200b"
_NO_GLYPH = "could not be displayed with font"


def set_pages(template: str, content: Mapping[str, object]) -> bytes:
    """Set the pages of a template, which reads what it prints from `content`.

    Where no font of this machine has a character, the standard forbids the file. Then it is set without the claim to follow
    the standard, still tagged: such characters are boxes, and a note on the first page says so.
    """
    try:
        return _compiled(template, content, is_strict=True)
    except typst.TypstError as refusal:
        if _NO_GLYPH not in str(refusal):
            raise
    note = _("Some characters cannot be printed here, and stand as boxes. On the page in the service they are whole.")
    return _compiled(template, {**content, "boxes": note}, is_strict=False)


def direction_of(text: str) -> str:
    """Return in which direction a text runs, going by its first letter that has one."""
    strong = next((kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"}), "L")
    return "ltr" if strong == "L" else "rtl"


def breakable(text: str) -> str:
    """Let words break that are longer than a line, such as a name without blanks: they would run off the paper."""
    return _LONG_WORD.sub(lambda word: _NO_WIDTH.join(word[0][at : at + _PIECE] for at in range(0, len(word[0]), _PIECE)), text)


def _compiled(template: str, content: Mapping[str, object], *, is_strict: bool) -> bytes:
    whole = json.dumps({"boxes": "", **content}, ensure_ascii=False)
    return typst.compile(
        str(_FOLDER / template),
        root=str(_FOLDER),
        format="pdf",
        pdf_standards=["ua-1"] if is_strict else [],
        sys_inputs={"content": whole},
    )
