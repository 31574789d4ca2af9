"""Every abuse case of docs/abuse-cases.csv is shown by a test that names it, or says there why it does not apply."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

from tests.scenarios import PROJECT

TESTS = PROJECT / "tests"


def cases() -> dict[str, str]:
    """Return why each case does not apply; empty where it does."""
    with (PROJECT / "docs" / "abuse-cases.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["left_out"] for row in csv.DictReader(file)}


def named_in(path: Path) -> Iterator[str]:
    """Give the cases that the marks of one file name: `@pytest.mark.abuse("T6")`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.abuse":
            yield from (str(ast.literal_eval(argument)) for argument in node.args)


def named() -> set[str]:
    return {case for path in TESTS.rglob("test_*.py") for case in named_in(path)}


def test_every_case_has_a_test_or_a_reason() -> None:
    without = {case for case, left_out in cases().items() if not left_out} - named()

    assert sorted(without) == []


def test_tests_name_only_cases_that_are_listed() -> None:
    assert sorted(named() - set(cases())) == []


def test_a_case_that_is_left_out_has_no_test() -> None:
    left_out = {case for case, reason in cases().items() if reason}

    assert sorted(left_out & named()) == []
