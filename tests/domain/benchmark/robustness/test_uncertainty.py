"""Laws of the uncertainty engine: what it promises of its figures, whoever takes part and in whatever order."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.cli.bench import made_up
from app.domain.benchmark.robustness.draws import FULL, SeededDraws, Shared, StoredDraws, seed_of
from app.domain.benchmark.robustness.means import shifted_geometric
from app.domain.benchmark.robustness.replicates import replicate
from app.domain.benchmark.robustness.scored_answers import CellState, ScoredAnswers, SurveyEstimates, with_survey
from app.domain.benchmark.robustness.uncertainty import QUANTILES, Uncertainty, analysed, nominal_scores, shown_bands, uncertainty
from app.domain.questionnaire.document import Aggregation, Rounding
from app.domain.scoring.plan import Plan, PlannedNode
from app.domain.scoring.tables import Floats
from tests import builders as make

REPLICATES = 200
SCHEME = made_up.scheme(20, 5, 2, 1)


@pytest.fixture(scope="module")
def answers() -> ScoredAnswers:
    return made_up.answers(SCHEME, 7)


@pytest.fixture(scope="module")
def found(answers: ScoredAnswers) -> Uncertainty:
    return _analyse(answers)


def _analyse(answers: ScoredAnswers, scheme: Plan = SCHEME, release: str = "2026.1") -> Uncertainty:
    return uncertainty(scheme, answers, make.BANDS, release=release, replicates=REPLICATES)


def _rows(answers: ScoredAnswers, rows: list[int]) -> ScoredAnswers:
    return replace(
        answers,
        economies=tuple(answers.economies[row] for row in rows),
        states=answers.states[rows],
        scores=answers.scores[:, rows],
        lower=answers.lower[:, rows],
        doubt=answers.doubt[rows],
    )


def _columns(answers: ScoredAnswers, columns: list[int]) -> ScoredAnswers:
    return replace(
        answers,
        items=tuple(answers.items[column] for column in columns),
        states=answers.states[:, columns],
        scores=answers.scores[:, :, columns],
        lower=answers.lower[:, :, columns],
        doubt=answers.doubt[:, columns],
    )


def _observed(scores: Floats, doubt: float = 0.0) -> ScoredAnswers:
    """Take scores as answers, the same under all goalposts; NaN is a missing answer."""
    states = np.where(np.isnan(scores), np.int8(CellState.MISSING), np.int8(CellState.OBSERVED))
    names = tuple(f"E{row}" for row in range(len(scores)))
    items = tuple(f"I{column}" for column in range(scores.shape[1]))
    layers = np.stack([scores] * 3)
    return ScoredAnswers(names, items, states, layers, np.maximum(layers - 25, 0), np.full(scores.shape, doubt))


def _one_node(items: int, aggregation: Aggregation = Aggregation.WEIGHTED) -> Plan:
    node = PlannedNode("A", np.arange(items), np.ones(items), aggregation, None, 0.0)
    return Plan(tuple(f"I{column}" for column in range(items)), (node,), 100.0)


def _only(scheme: Plan, answers: ScoredAnswers, draws: StoredDraws | SeededDraws) -> Floats:
    """Return the replicates of the last node."""
    return list(replicate(scheme, answers, draws))[-1].scores


def _decisions(count: int, **others: Any) -> Shared:  # noqa: ANN401 - one of three kinds of arrays
    nothing = np.zeros(count, dtype=np.bool_)
    return replace(Shared(nothing, np.zeros(count, dtype=np.intp), nothing), **others)


# Reproducibility


def test_the_seed_is_the_beginning_of_the_hash_of_release_and_method() -> None:
    assert seed_of("2026.1", "1.0") == 0xA2CBD4287A3440F3


def test_the_same_release_gives_the_same_bits_and_another_gives_others(answers: ScoredAnswers, found: Uncertainty) -> None:
    again, other = _analyse(answers), _analyse(answers, release="2027.1")

    assert np.array_equal(again.quantiles, found.quantiles, equal_nan=True)
    assert not np.array_equal(other.quantiles, found.quantiles, equal_nan=True)
    assert (found.seed, found.numpy_version) == (seed_of("2026.1", "1.0"), np.__version__)


def test_nobody_else_changes_a_bit_of_an_economys_figures(answers: ScoredAnswers, found: Uncertainty) -> None:
    alone = _analyse(_rows(answers, [3]))

    assert np.array_equal(alone.quantiles[:, 0], found.quantiles[:, 3], equal_nan=True)
    assert np.array_equal(alone.in_band[0], found.in_band[3], equal_nan=True)


def test_the_order_of_economies_changes_no_bit(answers: ScoredAnswers, found: Uncertainty) -> None:
    order = [4, 0, 6, 2, 1, 5, 3]

    turned = _analyse(_rows(answers, order))

    assert np.array_equal(turned.quantiles, found.quantiles[:, order], equal_nan=True)
    assert np.array_equal(turned.higher, found.higher[:, order][:, :, order], equal_nan=True)
    assert np.array_equal(turned.rank_quantiles, found.rank_quantiles[:, order], equal_nan=True)


def test_the_order_of_items_and_children_changes_no_bit(answers: ScoredAnswers, found: Uncertainty) -> None:
    order = list(reversed(range(len(SCHEME.items))))
    columns = {old: new for new, old in enumerate(order)} | {column: column for column in range(20, 28)}
    nodes = tuple(
        replace(node, children=np.array([columns[int(child)] for child in node.children])[::-1], weights=node.weights[::-1])
        for node in SCHEME.nodes
    )

    turned = _analyse(_columns(answers, order), Plan(tuple(SCHEME.items[column] for column in order), nodes, 100.0))

    assert np.array_equal(turned.quantiles, found.quantiles, equal_nan=True)


def test_weights_times_a_constant_change_nothing(answers: ScoredAnswers, found: Uncertainty) -> None:
    nodes = tuple(replace(node, weights=node.weights * 7) for node in SCHEME.nodes)

    scaled = _analyse(answers, replace(SCHEME, nodes=nodes))

    assert scaled.quantiles == pytest.approx(found.quantiles, abs=1e-9)


# Figures


def test_the_headline_is_the_nominal_score(answers: ScoredAnswers, found: Uncertainty) -> None:
    assert np.array_equal(found.nominal, nominal_scores(SCHEME, answers))


def test_quantiles_rise_and_stay_on_the_scale(found: Uncertainty) -> None:
    assert (np.diff(found.quantiles, axis=0) >= 0).all()
    assert found.quantiles.min() >= 0
    assert found.quantiles.max() <= 100


def test_quantiles_are_those_of_type_7_of_the_replicates(answers: ScoredAnswers, found: Uncertainty) -> None:
    for node in replicate(SCHEME, answers, SeededDraws(seed_of("2026.1", "1.0"), REPLICATES)):
        column = found.nodes.index(node.code)
        assert found.quantiles[:, :, column] == pytest.approx(np.quantile(node.scores, QUANTILES, axis=1), abs=1e-9)


def test_the_probabilities_of_all_bands_make_one(found: Uncertainty) -> None:
    assert found.in_band.sum(axis=2) == pytest.approx(np.ones((7, 8)), abs=1e-12)


def test_of_two_economies_at_most_one_is_higher(found: Uncertainty) -> None:
    both = found.higher + np.swapaxes(found.higher, 1, 2)

    assert (both <= 1).all()
    assert (np.diagonal(found.higher, axis1=1, axis2=2) == 0).all()


def test_ranks_lie_between_first_and_last(found: Uncertainty) -> None:
    assert found.rank_quantiles.min() >= 1
    assert found.rank_quantiles.max() <= 7


def test_an_economy_without_any_answer_has_no_figures() -> None:
    scores = np.array([[80.0, 40.0], [np.nan, np.nan]])

    found = _analyse(_observed(scores), _one_node(2))

    assert found.scored.tolist() == [[1.0], [0.0]]
    assert np.isnan(found.quantiles[:, 1]).all()
    assert np.isnan(found.in_band[1]).all()
    assert np.isnan(found.higher[0, 0, 1])


def test_without_anything_in_doubt_only_weights_move_a_score() -> None:
    found = _analyse(_observed(np.array([[80.0, 80.0, 80.0]])), _one_node(3))

    assert found.quantiles[:, 0, 0] == pytest.approx([80.0] * 5, abs=1e-9)


# Factors, one by one


def test_an_answer_falls_where_its_draw_is_below_its_doubt() -> None:
    draws = StoredDraws(_decisions(3), {"doubts E0 A": np.array([[0.0, FULL / 8 - 1, FULL / 8]])})

    scores = _only(_one_node(1), _observed(np.array([[75.0]]), doubt=1 / 8), draws)

    assert scores.tolist() == [[50.0, 50.0, 75.0]]


def test_as_many_answers_fall_as_their_doubt_says() -> None:
    scores = _only(_one_node(1), _observed(np.array([[75.0]]), doubt=0.15), SeededDraws(1, 40_000))

    assert (scores == 50.0).mean() == pytest.approx(0.15, abs=0.01)


def test_a_missing_answer_is_another_one_nearby_or_lies_below_their_mean() -> None:
    uniform = np.array([[0.0, 0.2499, 0.25, 0.4999, 0.5, 0.75, 0.999999]])

    draws = StoredDraws(_decisions(7), {"missing E0 A": uniform})
    scores = _only(_one_node(3), _observed(np.array([[80.0, 20.0, np.nan]])), draws)

    filled = 3 * scores[0] - 100
    assert filled == pytest.approx([80, 80, 20, 20, 0, 25, 50], abs=1e-3)


def test_where_a_node_has_no_answer_the_nearest_one_above_lends_them() -> None:
    nodes = [("A", [0]), ("B", [1, 2]), ("ALL", [3, 4])]
    scheme = Plan(
        ("I0", "I1", "I2"),
        tuple(PlannedNode(code, np.array(below), np.ones(len(below)), Aggregation.WEIGHTED, None, 0.0) for code, below in nodes),
        100.0,
    )
    draws = StoredDraws(_decisions(2), {"missing E0 A": np.array([[0.0, 0.25]])})

    found = {node.code: node.scores for node in replicate(scheme, _observed(np.array([[np.nan, 60.0, 20.0]])), draws)}

    assert found["A"].tolist() == [[60.0, 20.0]]


def test_not_applicable_leaves_or_counts_as_nothing_until_it_is_accepted() -> None:
    scores = np.array([[80.0, np.nan]])
    given = replace(_observed(scores), states=np.array([[CellState.OBSERVED, CellState.UNACCEPTED]], dtype=np.int8))
    draws = StoredDraws(_decisions(2, is_nothing=np.array([False, True])), {})

    assert _only(_one_node(2), given, draws).tolist() == [[80.0, 40.0]]


def test_accepted_not_applicable_equals_an_item_that_is_not_there() -> None:
    given = _observed(np.array([[80.0, 30.0, np.nan]]))
    left_out = replace(given, states=np.array([[0, 0, CellState.LEFT_OUT]], dtype=np.int8))
    weights = np.array([[1.25, 0.75], [0.75, 1.25], [1.0, 1.0]])

    with_it = _only(_one_node(3), left_out, StoredDraws(_decisions(2), {"weights A": weights}))
    without = _only(_one_node(2), _columns(given, [0, 1]), StoredDraws(_decisions(2), {"weights A": weights[:2]}))

    assert np.array_equal(with_it, without)


def test_goalposts_move_what_is_numeric_in_all_economies_together() -> None:
    scores = np.array([[50.0], [20.0]])
    given = replace(_observed(scores), scores=np.stack([scores, scores + 5, scores - 5]))
    draws = StoredDraws(_decisions(3, goalposts=np.array([0, 1, 2])), {})

    assert _only(_one_node(1), given, draws).tolist() == [[50.0, 55.0, 45.0], [20.0, 25.0, 15.0]]


def test_a_survey_errs_within_its_standard_error_and_stays_on_the_scale() -> None:
    given = with_survey(_observed(np.array([[np.nan]])), SurveyEstimates(np.array([[90.0]]), np.array([[8.0]])))
    draws = StoredDraws(_decisions(4), {"errors E0 A": np.array([[0.0, 1.0, -1.0, 9.0]])})

    assert _only(_one_node(1), given, draws).tolist() == [[90.0, 98.0, 82.0, 100.0]]
    assert nominal_scores(_one_node(1), given).tolist() == [[90.0]]


@pytest.mark.parametrize("aggregation", [Aggregation.GEOMETRIC, Aggregation.HARMONIC])
def test_one_zero_makes_a_geometric_or_harmonic_mean_zero(aggregation: Aggregation) -> None:
    scores = _only(_one_node(2, aggregation), _observed(np.array([[0.0, 50.0], [50.0, 50.0]])), StoredDraws(_decisions(1), {}))

    assert scores[:, 0] == pytest.approx([0.0, 50.0], abs=1e-9)


def test_a_node_that_counts_in_some_replicates_only_is_described_over_those() -> None:
    nodes = [("A", [0]), ("B", [1]), ("ALL", [2, 3])]
    scheme = Plan(
        ("I0", "I1"),
        tuple(PlannedNode(code, np.array(below), np.ones(len(below)), Aggregation.WEIGHTED, None, 0.0) for code, below in nodes),
        100.0,
    )
    states = np.array([[CellState.UNACCEPTED, CellState.OBSERVED]], dtype=np.int8)
    given = replace(_observed(np.array([[np.nan, 60.0]])), states=states)
    draws = StoredDraws(_decisions(4, is_nothing=np.array([False, True, False, True])), {})

    found = analysed(scheme, given, make.BANDS, draws)

    assert _only(scheme, given, draws).tolist() == [[60.0, 30.0, 60.0, 30.0]]
    assert found.scored.tolist() == [[0.5, 1.0, 1.0]]
    assert found.quantiles[:, 0, 0].tolist() == [0.0] * 5
    assert found.in_band[0, 0].tolist() == [1, 0, 0, 0, 0]
    assert found.rank_quantiles[:, 0, 0].tolist() == [1.0] * 5


def test_a_node_is_rounded_before_it_feeds_the_next_as_its_scheme_says() -> None:
    scheme = _one_node(2)
    rounded = replace(scheme, nodes=(replace(scheme.nodes[0], rounding=Rounding(decimals=0)),))

    assert _only(rounded, _observed(np.array([[50.0, 51.2]])), StoredDraws(_decisions(1), {})).tolist() == [[51.0]]


def test_the_shifted_geometric_mean_does_not_depend_on_the_scale() -> None:
    hundred, ten = shifted_geometric(100.0), shifted_geometric(10.0)

    of_hundred = hundred.back(np.array([np.mean([hundred.forward(np.float64(x)) for x in (0.0, 80.0)])]))
    of_ten = ten.back(np.array([np.mean([ten.forward(np.float64(x)) for x in (0.0, 8.0)])]))

    assert of_ten == pytest.approx(of_hundred / 10, abs=1e-12)


# Golden and worked


def test_e6_enumeration_comes_out_exactly() -> None:
    expected = json.loads((make.PROJECT / "tests/oracle/data/spec_vectors.json").read_text(encoding="utf-8"))["ex6"]
    weighted = [("D1", [0, 1], [3.0, 1.0]), ("D2", [2], [1.0]), ("ALL", [3, 4], [1.0, 1.0])]
    nodes = [
        PlannedNode(code, np.array(below), np.array(weights), Aggregation.WEIGHTED, None, 0.0)
        for code, below, weights in weighted
    ]
    given = replace(_observed(np.array([[80.0, np.nan, 40.0]])), states=np.array([[0, CellState.UNACCEPTED, 0]], dtype=np.int8))
    eight = np.arange(8)
    decisions = Shared(eight // 2 % 2 == 1, np.zeros(8, dtype=np.intp), eight % 2 == 1)
    draws = StoredDraws(decisions, {"weights ALL": np.where(eight < 4, 1.0, np.array([[1.2], [0.8]]))})
    scheme = Plan(("I0", "I1", "I2"), tuple(nodes), 100.0)

    found = analysed(scheme, given, make.BANDS, draws)

    assert _only(scheme, given, draws)[0] == pytest.approx(expected["replicates"], abs=1e-9)
    assert found.nominal[0, 2] == pytest.approx(expected["nominal"], abs=1e-9)
    for place, name in ((0, "q05"), (2, "q50"), (4, "q95")):
        assert found.quantiles[place, 0, 2] == pytest.approx(expected[name], abs=1e-9)
    assert found.in_band[0, 2].tolist() == [0, 0, expected["p_level"]["3"], expected["p_level"]["4"], 0]
    assert shown_bands(3, found.in_band[0, 2].tolist()) == (2, 3)


@pytest.mark.parametrize(
    ("nominal", "probabilities", "shown"),
    [
        (2, [0, 0, 0.8, 0.2, 0], (2, 2)),
        (2, [0, 0.3, 0.6, 0.1, 0], (1, 2)),
        (4, [0, 0, 0, 0.7, 0.3], (3, 4)),
        (0, [0.3, 0.3, 0.4], (0, 2)),
        (1, [0.0, 0.0, 0.0], (0, 2)),
    ],
)
def test_a_band_that_is_not_sure_is_shown_as_a_range(nominal: int, probabilities: list[float], shown: tuple[int, int]) -> None:
    assert shown_bands(nominal, probabilities) == shown
