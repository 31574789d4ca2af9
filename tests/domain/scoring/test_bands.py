"""Critical items hold a node's band back."""

from __future__ import annotations

import pytest

from app.domain.answers import Answer
from app.domain.questionnaire.document import Gate
from app.domain.scoring.bands import gated_band
from tests import builders as make

NODE = make.node("P").model_copy(
    update={"gates": (Gate(item="LAW", band="advanced", minimum=50), Gate(item="BUDGET", band="forming", minimum=10))}
)


@pytest.mark.parametrize(
    ("score", "items", "band", "held_back_by"),
    [
        (72, {"LAW": 50, "BUDGET": 10}, "advanced", ()),
        (72, {"LAW": 50 - 1e-10, "BUDGET": 10}, "advanced", ()),
        (72, {"LAW": 49.9, "BUDGET": 10}, "established", ("LAW",)),
        (95, {"LAW": 49.9, "BUDGET": 10}, "established", ("LAW",)),
        (95, {"LAW": 0, "BUDGET": 0}, "starting", ("LAW", "BUDGET")),
        (59, {"LAW": 0, "BUDGET": 10}, "established", ()),
        (59, {"LAW": 0, "BUDGET": 9}, "starting", ("BUDGET",)),
        (10, {"LAW": 0, "BUDGET": 0}, "starting", ()),
        (72, {"LAW": None, "BUDGET": 10}, "established", ("LAW",)),
        (72, {"BUDGET": 10}, "advanced", ()),
    ],
)
def test_a_gate_closes_its_band_and_all_above(
    score: float, items: dict[str, float | None], band: str, held_back_by: tuple[str, ...]
) -> None:
    reached = gated_band(make.BANDS, NODE, score, items)

    assert reached.band is not None
    assert (reached.band.code, reached.held_back_by) == (band, held_back_by)


def test_without_a_score_there_is_no_band_and_nothing_holds_it_back() -> None:
    reached = gated_band(make.BANDS, NODE, None, {"LAW": 0})

    assert (reached.band, reached.held_back_by) == (None, ())


@pytest.mark.parametrize(
    ("law", "band"), [(make.answer(20.0), "established"), (make.NOT_AVAILABLE, "established"), (make.NOT_APPLICABLE, "leading")]
)
def test_what_is_not_known_holds_back_and_what_does_not_apply_does_not(law: Answer, band: str) -> None:
    found = make.node_score(make.small("gates"), make.answers(LAW=law, MEANS=100.0), "P")

    assert found.band == band
