"""The rooms stand in one order, and only an edge knows the web: the contracts of pyproject.toml, and what they cannot say."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.imports import PROJECT, contracts_hold

APP = PROJECT / "app"
EDGES = {"pages", "api", "deps"}
WEB = ("fastapi", "starlette", "jinja2", "app.web")
DRAWING = "app.web.charts"  # the same charts stand on pages and in papers, which a job writes


def _contracts() -> dict[str, dict[str, Any]]:
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in configuration["tool"]["importlinter"]["contracts"]}


FEATURES = sorted(name.removeprefix("app.") for name in _contracts()["feature"]["containers"])


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_edge(path: Path) -> bool:
    parts = path.relative_to(APP).with_suffix("").parts
    return any(part in EDGES for part in parts[1:])


def test_every_contract_holds(capsys: pytest.CaptureFixture[str]) -> None:
    holds = contracts_hold()

    assert holds, capsys.readouterr().out


def test_every_room_above_the_web_is_a_feature_with_layers_inside() -> None:
    order = [layer.strip("()") for layer in _contracts()["order"]["layers"]]
    above = order[order.index("main") + 1 : order.index("web")]

    assert sorted(room for room in above if (APP / room).is_dir()) == FEATURES


@pytest.mark.parametrize("feature", FEATURES)
def test_only_the_edges_of_a_feature_know_the_web(feature: str) -> None:
    inside = [path for path in (APP / feature).rglob("*.py") if not _is_edge(path)]

    guilty = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in inside
        for name in _imports(path)
        if any(name == web or name.startswith(f"{web}.") for web in (*WEB, *(f"app.{feature}.{edge}" for edge in EDGES)))
        and not name.startswith(f"{DRAWING}.")
    ]

    assert guilty == []


@pytest.mark.parametrize("feature", FEATURES)
def test_no_edge_of_a_feature_builds_sql(feature: str) -> None:
    edges = [path for path in (APP / feature).rglob("*.py") if _is_edge(path)]

    guilty = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in edges
        for name in _imports(path)
        if name in {"sqlalchemy.select", "sqlalchemy.text", "sqlmodel.select", "sqlalchemy.insert", "sqlalchemy.update"}
    ]

    assert guilty == []


def test_no_room_relates_its_tables_to_those_of_another() -> None:
    guilty = [str(path.relative_to(PROJECT)) for path in APP.rglob("*.py") if "sqlmodel.Relationship" in set(_imports(path))]

    assert guilty == []
