"""Cases that are shown by what is written: templates, and the programs that write files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from app.kit.text import clean, has_forbidden_characters
from tests.scenarios import PROJECT

APP = PROJECT / "app"
_LOGIC = re.compile(r"{#.*?#}|{%.*?%}", re.DOTALL)
_PRINTED = re.compile(r"{{.*?}}", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
DIRECTIONS = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
"""The characters that turn the order of what follows, and those that end them."""


def unquoted(template: str) -> list[str]:
    """Name the tags of a template that have a value without quotation marks around it."""
    text = _PRINTED.sub("printed", _LOGIC.sub(" ", template))
    return [tag for tag in _TAG.findall(text) if re.search(r"=(?!\s*\")", _QUOTED.sub('""', tag))]


@pytest.mark.abuse("X3")
def test_every_value_in_every_template_stands_in_quotation_marks() -> None:
    pages = {path: unquoted(path.read_text(encoding="utf-8")) for path in APP.rglob("*.html")}

    assert len(pages) > 100
    assert {str(path.relative_to(APP)): tags for path, tags in pages.items() if tags} == {}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<a href=\"{{ a }}\" data-b='{{ b }}'>", 0),
        ("<a href={{ a }}>", 1),
        ('<input value="a" data-x={{ x|e }} {% if a %}checked{% endif %}>', 1),
        ('<input {% if a == b %}value="{{ a == b }}"{% endif %}>', 0),
    ],
)
def test_a_value_without_them_is_found(template: str, found: int) -> None:
    assert len(unquoted(template)) == found


@pytest.mark.abuse("X7")
@pytest.mark.parametrize("character", DIRECTIONS)
def test_no_text_of_a_form_turns_the_order_of_what_others_read(character: str) -> None:
    """And where a text comes another way, as in a document of the API, whoever reads it refuses the marks that begin it."""
    assert clean(f"Ana{character}fdp.exe") == "Anafdp.exe"
    if character not in "\u202c\u2069":  # these end what another one began
        assert has_forbidden_characters(f"Ana{character}fdp.exe")


def _books() -> Iterator[tuple[str, str]]:
    for path in APP.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "xlsxwriter" not in source:
            continue
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Workbook":
                yield str(path.relative_to(APP)), ast.unparse(call)


@pytest.mark.abuse("O1")
def test_every_writer_of_workbooks_keeps_texts_as_texts() -> None:
    books = list(_books())

    assert len(books) >= 5
    for where, call in books:
        assert "'strings_to_formulas': False" in call, where
        assert "'strings_to_urls': False" in call, where
