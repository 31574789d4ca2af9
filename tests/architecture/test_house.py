"""The rules of the house that no linter knows."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from app.config import Settings

PROJECT = Path(__file__).resolve().parent.parent.parent
APP = PROJECT / "app"
CODE = sorted(path for folder in ("app", "tests", "tools") for path in (PROJECT / folder).rglob("*.py"))
LONGEST_MODULE = 400
# What people read: the word is economy, since not all members of APEC are countries.
READ_BY_PEOPLE = sorted(
    path
    for folder, kinds in {
        "app": ("py", "html"),
        "questionnaires": ("yaml",),
        "static": ("css", "js", "svg"),
        "data": ("yaml", "json", "csv", "toml"),
    }.items()
    for kind in kinds
    for path in (PROJECT / folder).rglob(f"*.{kind}")
)
COUNTRY = re.compile(r"countr(?:y|ies)", re.IGNORECASE)
# file: the words around the forbidden one that are allowed there, with the reason beside them
COUNTRY_EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "app/accounts/rules.py": ("country data",),  # words that passwords are made of, whatever we call things
    "app/domain/questionnaire/style.py": ('"country":', '"countries":'),  # the rule that finds the word
    "questionnaires/asean-us-ai/2024.1.yaml": (  # the statement's own words, in quotations
        "other digital divides that exist between",
        "Southeast Asian countries and different populations",
    ),
}
FLAGS = re.compile("[\U0001f1e6-\U0001f1ff\U0001f3f3\U0001f3f4\U0001f6a9\U000e0061-\U000e007a]")
VAGUE_MODULES = {"common", "data", "helpers", "info", "manager", "misc", "process", "util", "utils"}
REASONED_TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore\[[a-z0-9, -]+\]\s*#\s*\S+\s+\S+")
REASONED_NOQA = re.compile(r"#\s*noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*\s+-\s+\S+\s+\S+")


def _place(path: Path, line: int | None = None) -> str:
    return f"{path.relative_to(PROJECT)}{f':{line}' if line else ''}"


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _lines_with(pattern: re.Pattern[str], paths: list[Path]) -> Iterator[tuple[Path, int, str]]:
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line):
                yield path, number, line


def test_only_infra_commits() -> None:
    elsewhere = [path for path in APP.rglob("*.py") if APP / "infra" not in path.parents]

    assert [_place(path, number) for path, number, _ in _lines_with(re.compile(r"\.commit\("), elsewhere)] == []


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=_place)
def test_a_module_says_one_thing(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST_MODULE, f"{_place(path)} has {lines} lines: split it by use-case, not into helpers"


def test_a_module_is_named_after_what_it_says() -> None:
    assert [_place(path) for path in APP.rglob("*.py") if path.stem in VAGUE_MODULES] == []


def test_every_silenced_check_has_a_code_and_a_reason() -> None:
    guilty = [
        f"{_place(path, number)}: {comment}"
        for path in CODE
        for number, comment in _comments(path)
        if (re.search(r"type:\s*ignore", comment) and not REASONED_TYPE_IGNORE.search(comment))
        or (re.search(r"\bnoqa\b", comment) and not REASONED_NOQA.search(comment))
    ]

    assert guilty == []


def test_those_who_take_part_are_called_economies() -> None:
    guilty = [
        f"{_place(path, number)}: {line.strip()[:120]}"
        for path, number, line in _lines_with(COUNTRY, READ_BY_PEOPLE)
        if not any(words in line for words in COUNTRY_EXCEPTIONS.get(_place(path), ()))
    ]

    assert guilty == []


def test_there_is_no_flag_anywhere() -> None:
    documents = sorted((PROJECT / "docs").rglob("*.md"))

    assert [_place(path, number) for path, number, _ in _lines_with(FLAGS, [*READ_BY_PEOPLE, *documents])] == []


def test_nothing_is_imported_from_the_tests_or_the_tools() -> None:
    pattern = re.compile(r"^\s*(?:from|import)\s+(?:tests|tools)\b")

    assert [_place(path, number) for path, number, _ in _lines_with(pattern, sorted(APP.rglob("*.py")))] == []


def test_every_setting_is_explained_to_operators() -> None:
    page = PROJECT / "docs" / "operators.md"
    words = page.read_text(encoding="utf-8") if page.exists() else ""

    missing = [name for name in (f"READINESS_{field.upper()}" for field in Settings.model_fields) if name not in words]

    assert missing == [], "explain these in docs/operators.md"


@pytest.mark.parametrize("path", sorted(APP.rglob("templates/**/*.html")), ids=_place)
def test_a_template_translates_its_own_texts_and_never_a_value(path: Path) -> None:
    """`_()` marks a text as safe and fills in what follows a per cent sign: somebody's own words would be markup, or a fault."""
    texts_of = {"_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}
    template = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text(encoding="utf-8"))

    values = [
        call.lineno
        for call in template.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        for text in call.args[: texts_of.get(call.node.name, 0)]
        if not isinstance(text, nodes.Const)
    ]

    assert values == []
