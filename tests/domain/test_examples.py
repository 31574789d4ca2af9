"""Examples fit every question of every questionnaire that we have."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.examples import example_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import is_dealt_with
from app.domain.questionnaire.items import Item, NumberItem, ReferenceItem
from app.domain.reading import read_answer
from app.questionnaires.service import check_file
from tests.builders import PROJECT, QUESTIONNAIRES, one_item

FILES = [*sorted(QUESTIONNAIRES.glob("*.yaml")), *sorted((PROJECT / "questionnaires").glob("*/????.?.yaml"))]


def _read(path: Path) -> Questionnaire:
    found = check_file(path.read_bytes()).questionnaire
    assert found is not None
    return found


def _value(document: Questionnaire, item: Item) -> object:
    raw = example_of(document, item, "An example.")
    assert raw is not None
    found = read_answer(item, raw, document).answer
    assert found is not None
    return found.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_an_example_is_a_whole_answer_to_its_question(path: Path) -> None:
    document = _read(path)

    for item in document.items.values():
        raw = example_of(document, item, "An example.")
        if isinstance(item, ReferenceItem):
            assert raw is None
            continue
        assert raw is not None
        reading = read_answer(item, raw, document)
        assert reading.problems == ()
        assert reading.answer is not None
        assert is_dealt_with(document, item, reading.answer), item.code


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"minimum": 0, "maximum": 1000}, 500),
        ({"minimum": 0.0, "maximum": 0.5}, 0.25),
        ({"minimum": 20}, 20),
        ({"maximum": 4}, 4),
        ({}, 10),
    ],
)
def test_a_number_lies_in_the_middle_of_what_can_be_true(limits: dict[str, float], expected: float) -> None:
    item = NumberItem(code="N", type="number", text="How many?", unit="people", scored=False, **limits)

    assert _value(one_item(item), item) == expected
