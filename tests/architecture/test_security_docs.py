"""docs/asvs.csv names only what exists and gives reasons where a requirement does not apply; docs/security.md counts it right."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

from tests.abuse.test_cases import cases
from tests.scenarios import PROJECT

COLUMNS = ["id", "level", "asks", "applies", "met", "how", "shown_by"]
ALL_OF_LEVEL = {"1": 70, "2": 183}  # what ASVS 5.0.0 has
CHOSEN = 14
SECURITY = PROJECT / "docs" / "security.md"
_CASE = re.compile(r"[A-Z][0-9]+")


@cache
def rows() -> list[dict[str, str]]:
    with (PROJECT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(row: dict[str, str]) -> list[str]:
    return row["shown_by"].split(";") if row["shown_by"] else []


@cache
def functions_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def anchors_in(path: Path) -> frozenset[str]:
    """Give the anchors that a renderer makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)


def exists(name: str) -> bool:
    """Tell whether there is such a case, test, document or section of one."""
    if _CASE.fullmatch(name):
        return cases().get(name) == ""
    file, _, test = name.partition("::")
    file, _, anchor = file.partition("#")
    path = PROJECT / file
    if not path.is_file() or (test and test not in functions_in(path)):
        return False
    return not anchor or anchor in anchors_in(path)


def test_every_requirement_of_levels_one_and_two_stands_there_once() -> None:
    ids = [row["id"] for row in rows()]

    assert sorted({row_id for row_id in ids if ids.count(row_id) > 1}) == []
    assert [row_id for row_id in ids if not re.fullmatch(r"V([1-9]|1[0-7])\.[1-9]\d?\.[1-9]\d?", row_id)] == []
    assert ids == sorted(ids, key=lambda row_id: [int(part) for part in row_id[1:].split(".")])
    assert Counter(row["level"] for row in rows()) == {**ALL_OF_LEVEL, "3": CHOSEN}
    assert [list(row) for row in rows() if list(row) != COLUMNS or None in row.values()] == []


def test_every_requirement_says_whether_it_is_met_and_how() -> None:
    states = {("yes", "yes"), ("yes", "no"), ("yes", "operator"), ("no", "")}

    assert [row["id"] for row in rows() if (row["applies"], row["met"]) not in states] == []
    assert [row["id"] for row in rows() if not row["asks"] or (len(row["how"].split()) < 2 and not row["shown_by"])] == []
    assert [row["id"] for row in rows() if row["applies"] == "no" and (len(row["how"]) < 10 or row["shown_by"])] == []
    assert [row["id"] for row in rows() if row["met"] == "no" and "Suggestion:" not in row["how"]] == []


def test_what_applies_is_shown_by_something_that_exists() -> None:
    assert [row["id"] for row in rows() if row["applies"] == "yes" and not shown(row)] == []
    assert [(row["id"], name) for row in rows() for name in shown(row) if not exists(name)] == []


def test_files_that_the_reasons_name_exist() -> None:
    named = [(row["id"], name) for row in rows() for name in re.findall(r"(?:app|docs|rules)/[\w/.-]+\w\.\w+", row["how"])]

    assert [(row_id, name) for row_id, name in named if not (PROJECT / name).is_file()] == []


def test_the_page_counts_the_requirements_as_the_table_has_them() -> None:
    page = SECURITY.read_text(encoding="utf-8")
    printed = re.findall(r"^\| V(\d+) [^|]*\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    counted = {chapter: Counter[str]() for chapter in range(1, 18)}
    for row in rows():
        counted[int(row["id"][1:].split(".")[0])].update(["all", row["met"] or "out"])

    expected = [[chapter, *(of[key] for key in ("all", "yes", "operator", "no", "out"))] for chapter, of in counted.items()]
    assert [[int(cell) for cell in line] for line in printed] == expected
    total = Counter[str]()
    for of in counted.values():
        total.update(of)
    assert f"| all | {total['all']} | {total['yes']} | {total['operator']} | {total['no']} | {total['out']} |" in page


def test_the_page_lists_what_is_not_met_and_nothing_else() -> None:
    section = SECURITY.read_text(encoding="utf-8").split("## Not met")[1].split("\n## ")[0]

    assert re.findall(r"^\| (V[\d.]+) \|", section, re.MULTILINE) == [row["id"] for row in rows() if row["met"] == "no"]


def test_the_page_counts_the_abuse_cases_as_the_register_has_them() -> None:
    page = SECURITY.read_text(encoding="utf-8")
    printed = {
        letter: (int(many), int(out))
        for letter, many, out in re.findall(r"^\| ([A-Z]) \| [^|]+\| (\d+) \| (\d+) \|", page, re.MULTILINE)
    }

    many = Counter(case[0] for case in cases())
    out = Counter(case[0] for case, reason in cases().items() if reason)
    assert printed == {letter: (number, out[letter]) for letter, number in many.items()}
