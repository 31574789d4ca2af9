"""The traps of docs/architecture.md, found by Python's own parser; rules/traps.yaml says the same for semgrep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

PROJECT = Path(__file__).resolve().parent.parent.parent
SAMPLES = (PROJECT / "rules" / "samples" / "traps.txt").read_text(encoding="utf-8").splitlines()
IN_TEXT = {
    "safe-in-a-template": ("app", "*.html", re.compile(r"\|\s*safe\b"), "{{ name | safe }}"),
    "inner-html": (
        *("static", "*.js"),
        re.compile(r"\.(innerHTML|outerHTML)\s*\+?=(?!=)|\.insertAdjacentHTML\b|document\.write\b"),
        "node.innerHTML = typed",
    ),
}
STATEMENT = re.compile(r"(?:.*\.)?(?:text|exec_driver_sql)|(?:session|connection)\.execute")
ASKING = re.compile(r"(?:httpx|requests)\.(?:get|post|put|patch|delete|head|request|stream|Client)|urllib\.request\.urlopen")
NAMED = {
    "yaml-load": re.compile(r"yaml\.(?:load|safe_load|unsafe_load)"),
    "naive-time": re.compile(r"(?:.*\.)?(?:datetime\.utcnow|datetime\.today|date\.today)"),
    "pickle": re.compile(r"(?:pickle\.loads?|marshal\.loads)"),
    "shell": re.compile(r"os\.(?:system|popen)"),
}
LOOKED_AT = {
    "app/cli/bench/benchmarks.py request-without-timeout": "asks a server of its own on this machine, with httpx's five seconds",
    "app/infra/db.py statement-from-a-string": "SQLite takes no parameters in a PRAGMA; the words are those of the list above it",
    "app/infra/wall.py statement-from-a-string": "a name takes no parameter; it is one that the wall gave itself",
    "app/infra/whole.py statement-from-a-string": "SQLite takes no parameters in a PRAGMA; the words are ours",
    "app/keeping/restoring.py statement-from-a-string": "names take no parameters; they are those of the database, quoted",
}
"""Files in which a trap was looked at, and why it is none there."""


def traps_in(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, found) for found in _traps(node))


def _traps(call: ast.Call) -> Iterator[str]:
    name, first = ast.unparse(call.func), call.args[0] if call.args else None
    keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    yield from (trap for trap, pattern in NAMED.items() if pattern.fullmatch(name))
    if STATEMENT.fullmatch(name) and _is_put_together(first):
        yield "statement-from-a-string"
    if name == "Markup" and not isinstance(first, ast.Constant):
        yield "markup-of-a-value"
    if re.fullmatch(r"(?:.*\.)?datetime\.now", name) and not (call.args or keywords):
        yield "naive-time"
    if ASKING.fullmatch(name) and "timeout" not in keywords:
        yield "request-without-timeout"
    if name.startswith("subprocess.") and keywords.get("shell") == "True":
        yield "shell"


def _is_put_together(node: ast.expr | None) -> bool:
    """Tell whether a value is poured into a text; a name that is written in capitals is a constant of ours."""
    if isinstance(node, ast.JoinedStr):
        poured = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return any(not (isinstance(value, ast.Name) and value.id.isupper()) for value in poured)
    is_format = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return is_format or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add))


@pytest.mark.parametrize("line", SAMPLES)
def test_a_bad_sample_is_caught_by_its_rule_and_a_good_one_by_none(line: str) -> None:
    source, _, due = line.partition("  # ")

    assert [trap for _, trap in traps_in(source)] == ([] if due == "good" else [due])


@pytest.mark.parametrize("rule", sorted(IN_TEXT))
def test_a_bad_sample_of_a_template_or_script_is_caught(rule: str) -> None:
    *_, pattern, sample = IN_TEXT[rule]

    assert pattern.search(sample)


def test_both_kinds_of_rules_are_the_same() -> None:
    written = {rule["id"] for rule in YAML(typ="safe").load(PROJECT / "rules" / "traps.yaml")["rules"]}

    assert written == {line.partition("  # ")[2] for line in SAMPLES} - {"good"} | set(IN_TEXT)


def test_the_program_steps_into_no_trap() -> None:
    found = [
        (f"{path.relative_to(PROJECT)} {trap}", number)
        for path in sorted((PROJECT / "app").rglob("*.py"))
        for number, trap in traps_in(path.read_text(encoding="utf-8"))
    ]

    assert [(place, number) for place, number in found if place not in LOOKED_AT] == []
    assert LOOKED_AT.keys() <= {place for place, _ in found}


@pytest.mark.parametrize("rule", sorted(IN_TEXT))
def test_templates_and_scripts_step_into_no_trap(rule: str) -> None:
    folder, kind, pattern, _ = IN_TEXT[rule]

    found = [path.name for path in (PROJECT / folder).rglob(kind) if pattern.search(path.read_text(encoding="utf-8"))]

    assert found == []
