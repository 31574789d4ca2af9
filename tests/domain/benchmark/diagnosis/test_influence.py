"""What decides a score: weights down the tree, leaving out, perturbing, ranking."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.benchmark.diagnosis import influence
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.plan import plan
from app.kit.errors import Invalid
from tests import builders as make

NAN = float("nan")
SCORES = np.array([[100.0, 0.0, 50.0], [0.0, 100.0, NAN]])
APPLIES = np.ones(SCORES.shape, dtype=np.bool_)


def _index() -> Questionnaire:
    """ALL is made of A (weight 3; items A1 with weight 2, and A2) and B (weight 1; one item)."""
    nodes = [make.node("ALL"), make.node("A", "ALL", weight=3), make.node("B", "ALL")]
    first = make.section("A", make.percent("A1", weight=2), make.percent("A2"))
    return make.questionnaire(first, make.section("B", make.percent("B1")), nodes=nodes)


SCHEME = plan(_index())
TOP = influence.column_of(SCHEME, "ALL")


def test_effective_weights_are_products_down_the_tree() -> None:
    weights = influence.effective_weights(SCHEME)

    by_code = {code: weights[influence.column_of(SCHEME, code)] for code in ("A1", "A2", "B1", "A", "B", "ALL")}
    assert by_code == pytest.approx({"A1": 1 / 2, "A2": 1 / 4, "B1": 1 / 4, "A": 3 / 4, "B": 1 / 4, "ALL": 1})


def test_each_node_knows_the_items_that_feed_it() -> None:
    fed = dict(zip((node.code for node in SCHEME.nodes), influence.feeding_items(SCHEME), strict=True))

    assert {code: items.tolist() for code, items in fed.items()} == {"A": [0, 1], "B": [2], "ALL": [0, 1, 2]}


def test_every_part_knows_its_top() -> None:
    assert {influence.top_of(SCHEME, influence.column_of(SCHEME, code)) for code in ("A1", "B", "ALL")} == {TOP}


def test_a_part_left_out_leaves_its_weight_to_its_siblings() -> None:
    columns = [influence.column_of(SCHEME, code) for code in ("A1", "B1", "A")]

    found = influence.leave_one_out(SCHEME, SCORES, APPLIES, columns, TOP)

    assert found[0].tolist() == pytest.approx([(3 * 0 + 50) / 4, 200 / 3, 50])
    assert found[1].tolist() == pytest.approx([100, 100 / 3, NAN], nan_ok=True)


def test_the_last_part_cannot_be_left_out() -> None:
    alone = plan(make.one_item(make.percent("A1")))

    assert influence.without(alone, 0) is None
    assert np.isnan(influence.leave_one_out(alone, SCORES[:, :1], APPLIES[:, :1], [0], 1)).all()


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        influence.column_of(SCHEME, "Z")

    assert refused.value.problems[0].code == "unknown_code"


def test_ties_share_the_best_rank() -> None:
    assert influence.ranks(np.array([[50.0], [NAN], [70.0], [70.0], [10.0]]))[:, 0].tolist() == pytest.approx(
        [3, NAN, 1, 1, 4], nan_ok=True
    )


def test_weights_multiplied_alike_move_nothing() -> None:
    found = influence.perturb(SCHEME, SCORES, APPLIES, np.full((3, 5), 1.2))

    assert found.moves == pytest.approx(0, abs=1e-12)


def test_perturbed_weights_stay_near_and_scores_too() -> None:
    factors = influence.draw_factors(SCHEME, 200, 0.25, np.random.default_rng(1))

    found = influence.perturb(SCHEME, SCORES, APPLIES, factors)

    assert factors.shape == (200, 5)
    assert ((factors >= 0.75) & (factors <= 1.25)).all()
    assert (np.diff(found.moves, axis=0) >= 0).all()
    nominal = aggregate(SCHEME, SCORES, APPLIES).scores[:, TOP - len(SCHEME.items)]
    assert np.abs(found.scores[:, :, -1] - nominal).max() < 15


def test_the_same_draws_give_the_same_moves() -> None:
    factors = influence.draw_factors(SCHEME, 20, 0.25, np.random.default_rng(1))

    first, second = (influence.perturb(SCHEME, SCORES, APPLIES, factors).moves for _ in range(2))

    assert (first == second).all()


def test_factors_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        influence.perturb(SCHEME, SCORES, APPLIES, np.ones((2, 3)))

    assert refused.value.problems[0].code == "scoring.shape"
    with pytest.raises(Invalid) as refused:
        influence.draw_factors(SCHEME, 5, 1.5, np.random.default_rng(1))
    assert refused.value.problems[0].code == "out_of_range"
