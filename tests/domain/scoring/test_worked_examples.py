"""The worked examples of the method's specification, as exact as they were computed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from app.domain.answers import Answer
from app.domain.benchmark.distribution import distribution
from app.domain.questionnaire.document import Aggregation, Questionnaire, Scheme
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.bands import band_of
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import score
from tests import builders as make

VECTORS: dict[str, Any] = json.loads(
    (make.PROJECT / "tests" / "oracle" / "data" / "spec_vectors.json").read_text(encoding="utf-8")
)
EXACT = 1e-9

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def example() -> Questionnaire:
    return make.small("worked_example")


def replies(**others: Answer) -> dict[str, Answer]:
    return make.answers(ORDINAL="3", CHECKLIST=make.answer(("b", "c", "f"), left_out=("e",)), NUMBER=12.0) | others


def test_e1_answers_become_a_dimension_without_what_does_not_apply(example: Questionnaire) -> None:
    expected = VECTORS["ex1"]

    sheet = score(example, replies(FOURTH=make.NOT_APPLICABLE))

    assert sheet.items["ORDINAL"].score == pytest.approx(expected["ordinal_3_of_0to4"], abs=EXACT)
    assert sheet.items["CHECKLIST"].score == pytest.approx(expected["checklist_3_of_5_applicable"], abs=EXACT)
    assert sheet.items["NUMBER"].score == pytest.approx(expected["numeric_12_worst40_best5"], abs=EXACT)
    assert [item.weight for item in example.items.values()] == expected["weights"]
    assert sheet.nodes["D"].score == pytest.approx(expected["dimension"], abs=EXACT)
    assert sheet.nodes["D"].coverage == expected["coverage"]
    assert (sheet.nodes["D"].score, sheet.nodes["D"].coverage) == (72.5, 1)


@pytest.mark.parametrize("unknown", [make.NOT_AVAILABLE, make.DECLINED, None])
def test_e2_an_answer_that_is_missing_lowers_coverage_and_opens_a_range(example: Questionnaire, unknown: Answer | None) -> None:
    expected = VECTORS["ex2"]["one_dk"]

    found = make.node_score(example, replies(**({"FOURTH": unknown} if unknown else {})), "D")

    assert found.score == pytest.approx(expected["score"], abs=EXACT)
    assert found.coverage == pytest.approx(expected["coverage"], abs=EXACT)
    assert found.floor == pytest.approx(expected["floor"], abs=EXACT)
    assert found.ceiling == pytest.approx(expected["ceiling"], abs=EXACT)


def test_e2_below_two_thirds_nothing_is_published(example: Questionnaire) -> None:
    expected = VECTORS["ex2"]["two_dk"]

    found = make.node_score(example, replies(CHECKLIST=make.NOT_AVAILABLE, FOURTH=make.NOT_AVAILABLE), "D")

    assert found.score is expected["score"] is None
    assert found.coverage == pytest.approx(expected["coverage"], abs=EXACT)
    assert found.reason is Reason.INSUFFICIENT_COVERAGE


def test_e2_nested_a_dimension_that_is_not_published_still_feeds_its_parent() -> None:
    expected = VECTORS["ex2"]["nested"]
    document = make.questionnaire(
        make.section("D1", *(make.percent(f"I{k}") for k in range(1, 6))),
        make.section("D2", make.percent("J1")),
        nodes=[make.node("P"), make.node("D1", "P"), make.node("D2", "P")],
    )

    sheet = score(
        document, make.answers(I1=100.0, I2=100.0, I3=100.0, I4=make.NOT_AVAILABLE, I5=make.NOT_AVAILABLE, J1=expected["D2"])
    )

    below, parent = sheet.nodes["D1"], sheet.nodes["P"]
    assert below.value == expected["D1_internal"]
    assert below.coverage == pytest.approx(expected["D1_coverage"], abs=EXACT)
    assert (below.score is not None) is expected["D1_published"] is False
    assert parent.score == pytest.approx(expected["parent_declared"], abs=EXACT)
    assert parent.coverage == pytest.approx(expected["parent_leaf_coverage"], abs=EXACT)
    assert parent.floor == pytest.approx(expected["parent_floor"], abs=EXACT)
    assert parent.ceiling == pytest.approx(expected["parent_ceiling"], abs=EXACT)
    assert parent.score is not None
    assert parent.floor is not None
    assert parent.floor <= parent.score, "a rule that dropped D1 would publish 20, below the floor"


def _hierarchy(aggregation: Aggregation = Aggregation.WEIGHTED) -> Questionnaire:
    weights = VECTORS["ex3"]["weights"]
    return make.questionnaire(
        make.section("P1", make.percent("A1"), make.percent("A2")),
        make.section("P2", make.percent("B1", weight=2), make.percent("B2"), make.percent("B3", na_allowed=True)),
        make.section("P3", make.percent("C1")),
        make.section("P4", make.percent("D1")),
        nodes=[
            make.node("ALL", aggregation=aggregation),
            *(make.node(f"P{k}", "ALL", weight=weight) for k, weight in enumerate(weights, start=1)),
        ],
    )


@pytest.mark.parametrize(("third", "name"), [(0.0, "geometric_shifted"), (20.0, "geometric_if_P3_is_20")])
def test_e3_a_shifted_geometric_mean_is_pulled_down_but_not_to_nothing(third: float, name: str) -> None:
    given = make.answers(A1=80.0, A2=40.0, B1=60.0, B2=30.0, B3=make.NOT_APPLICABLE, C1=third, D1=90.0)

    nodes = score(_hierarchy(Aggregation.SHIFTED_GEOMETRIC), given).nodes

    assert nodes["ALL"].score == pytest.approx(VECTORS["ex3"][name], abs=EXACT)


@pytest.mark.parametrize(("third", "name"), [(0.0, "arithmetic"), (20.0, "arithmetic_if_P3_is_20")])
def test_e3_weights_meet_at_every_level(third: float, name: str) -> None:
    expected = VECTORS["ex3"]
    given = make.answers(A1=80.0, A2=40.0, B1=60.0, B2=30.0, B3=make.NOT_APPLICABLE, C1=third, D1=90.0)

    nodes = score(_hierarchy(), given).nodes

    assert nodes["P1"].score == pytest.approx(expected["P1"], abs=EXACT)
    assert nodes["P2"].score == pytest.approx(expected["P2"], abs=EXACT)
    assert nodes["P4"].score == pytest.approx(expected["P4"], abs=EXACT)
    assert nodes["ALL"].score == pytest.approx(expected[name], abs=EXACT)


@pytest.mark.parametrize(
    ("unrounded", "name"), [(59.9999999999, "level_59_9999999999"), (60.0, "level_60"), (59.9, "level_59_9")]
)
def test_e4_a_band_begins_at_its_floor_within_the_tolerance(unrounded: float, name: str) -> None:
    band = band_of(make.BANDS, unrounded)

    assert band is not None
    assert make.BANDS.index(band) + 1 == VECTORS["ex4"][name]


@pytest.mark.parametrize(("law", "name"), [(25.0, "level_72_gate_fail"), (50.0, "level_72_gate_ok")])
def test_e4_a_critical_item_holds_its_pillar_back(law: float, name: str) -> None:
    means = (3 * 72.0 - law) / 2

    pillar = make.node_score(make.small("gates"), make.answers(LAW=law, MEANS=means), "P")

    assert pillar.score == pytest.approx(72, abs=EXACT)
    assert [band.code for band in make.BANDS].index(pillar.band or "") + 1 == VECTORS["ex4"][name]
    assert pillar.held_back_by == (("LAW",) if law < 50 else ())


def test_e5_quartiles_of_seven_are_those_of_type_7() -> None:
    expected = VECTORS["ex5"]

    found = distribution(expected["group"])

    assert (found.n, found.q1, found.median, found.q3) == (expected["n"], expected["p25"], expected["median"], expected["p75"])


def test_e6_the_replicates_without_chance_come_out_of_the_same_engine() -> None:
    expected = VECTORS["ex6"]
    document = make.questionnaire(
        make.section("D1", make.percent("I1", weight=3), make.percent("I2")),
        make.section("D2", make.percent("J1")),
        nodes=[make.node("ALL"), make.node("D1", "ALL"), make.node("D2", "ALL")],
        scheme=Scheme(minimum_coverage=0, aggregation=Aggregation.WEIGHTED),
    )
    scheme = plan(document)

    dropped, zero = np.array([[80.0, np.nan, 40.0]]), np.array([[80.0, 0.0, 40.0]])

    column = [node.code for node in scheme.nodes].index("ALL")
    everything = np.ones((1, 3), dtype=np.bool_)
    assert aggregate(scheme, dropped, everything).scores[0, column] == pytest.approx(expected["nominal"], abs=EXACT)
    assert aggregate(scheme, dropped, everything).scores[0, column] == pytest.approx(expected["replicates"][0], abs=EXACT)
    assert aggregate(scheme, zero, everything).scores[0, column] == pytest.approx(expected["replicates"][1], abs=EXACT)
