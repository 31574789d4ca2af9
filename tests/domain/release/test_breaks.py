"""A series breaks where too little of what is asked and how it is scored stays the same."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.domain.questionnaire.document import Questionnaire
from app.domain.release.breaks import broken_nodes
from tests.scenarios import document

BEFORE = document()


def changed(change: Callable[[dict[str, object]], None]) -> Questionnaire:
    """Return the next version of the small review, with its scheme changed."""
    content = json.loads(BEFORE.canonical())
    content["version"] = "2026.2"
    for section in content["sections"]:
        for item in section["items"]:
            item["lineage"] = {"change": "editorial", "comparable_with": ["2026.1"]}
    change(content["scheme"])
    return Questionnaire.model_validate(content)


def nodes(scheme: dict[str, object]) -> list[dict[str, object]]:
    found = scheme["nodes"]
    assert isinstance(found, list)
    return found


def test_the_same_version_breaks_nothing() -> None:
    assert broken_nodes(BEFORE, BEFORE) == frozenset()


def test_a_version_with_other_words_only_breaks_nothing() -> None:
    assert broken_nodes(BEFORE, changed(lambda _scheme: None)) == frozenset()


def test_a_new_node_has_nothing_before_it() -> None:
    def rename(scheme: dict[str, object]) -> None:
        for node in nodes(scheme):
            node.update({"code": "NEW"} if node["code"] == "ALL" else {"parent": "NEW"})

    assert broken_nodes(BEFORE, changed(rename)) == {"NEW"}


def test_another_scale_breaks_everything() -> None:
    assert broken_nodes(BEFORE, changed(lambda scheme: scheme.update(scale=10))) == {"ALL", "A", "B"}


def test_another_aggregation_breaks_its_node_and_what_stands_on_it() -> None:
    def combine(scheme: dict[str, object]) -> None:
        next(node for node in nodes(scheme) if node["code"] == "A")["aggregation"] = "geometric"

    assert broken_nodes(BEFORE, changed(combine)) == {"ALL", "A"}


def test_another_weight_of_a_pillar_leaves_the_pillar_and_breaks_the_index() -> None:
    def weigh(scheme: dict[str, object]) -> None:
        next(node for node in nodes(scheme) if node["code"] == "A")["weight"] = 3

    assert broken_nodes(BEFORE, changed(weigh)) == {"ALL"}
