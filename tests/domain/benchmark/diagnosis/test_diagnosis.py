"""The diagnosis of shared answers: who counts where, what is found, and what no figure may tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest

from app.domain.benchmark.diagnosis.missing import Worth
from app.domain.benchmark.diagnosis.relations import Finding
from app.domain.benchmark.diagnosis.shared import Shared
from app.domain.benchmark.diagnosis.whole import Diagnosis, diagnose, seed_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.tables import Floats
from app.kit.errors import Invalid
from tests import builders as make

NAN = float("nan")
ECONOMIES = 12


def _index() -> Questionnaire:
    """ALL is made of A (three items) and B (two)."""
    nodes = [make.node("ALL"), make.node("A", "ALL"), make.node("B", "ALL")]
    first = make.section("A", make.percent("A1"), make.percent("A2"), make.percent("A3"))
    second = make.section("B", make.percent("B1"), make.percent("B2"))
    return make.questionnaire(first, second, nodes=nodes, bands=make.BANDS)


def _answers() -> Floats:
    """A2 repeats A1, A3 goes the other way; B1 and B2 have nothing to do with them."""
    generator = np.random.default_rng(3)
    first = np.linspace(5, 95, ECONOMIES)
    return np.column_stack([first, first + 1, 100 - first, *generator.uniform(0, 100, (2, ECONOMIES))])


def _shared(scores: Floats, *, withheld: tuple[int, ...] = ()) -> Shared:
    """Let all economies share everything, but for some that keep section B to themselves."""
    every = np.ones(scores.shape, dtype=np.bool_)
    is_shared, is_node_shared = every.copy(), np.ones((len(scores), 3), dtype=np.bool_)
    is_shared[list(withheld), 3:] = False
    document = _index()
    shared = Shared(document, scores, every, is_shared, is_node_shared)
    for place, node in enumerate(shared.plan.nodes):
        is_node_shared[list(withheld), place] = node.code == "A"
    return Shared(document, scores, every, is_shared, is_node_shared)


def test_what_repeats_and_what_contradicts_is_named() -> None:
    found = diagnose(_shared(_answers()))

    pairs = {(pair.left, pair.right): pair for pair in found.pairs}
    assert pairs["A1", "A2"].finding is Finding.REDUNDANT
    assert pairs["A1", "A3"].finding is Finding.REDUNDANT
    assert pairs["A1", "A3"].pearson == pytest.approx(-1)
    assert not pairs["A1", "A2"].may_be_chance
    assert any(pair.finding is Finding.WEAK and (pair.left, pair.right) == ("A3", "A") for pair in found.pairs)
    assert next(node for node in found.dimensions if node.code == "A").against == ("A3",)


def test_a_section_that_is_kept_private_counts_nowhere() -> None:
    scores = _answers()
    scores[:3, 3:] = 0  # what is withheld must not matter
    other = scores.copy()
    other[:3, 3:] = 100

    first, second = (diagnose(_shared(table, withheld=(0, 1, 2))) for table in (scores, other))

    assert repr(first) == repr(second)
    assert [item.asked for item in first.items] == [12, 12, 12, 9, 9]
    assert {node.code: node.shared for node in first.nodes} == {"A": 12, "B": 9, "ALL": 9}


def test_the_order_of_economies_does_not_matter() -> None:
    scores = _answers()
    scores[2, 0] = NAN

    forward, backward = diagnose(_shared(scores)), diagnose(_shared(scores[::-1]))

    assert forward.economies == backward.economies
    for one, other in zip(forward.removals, backward.removals, strict=True):
        assert (one.change, one.places, one.band_changes) == pytest.approx((other.change, other.places, other.band_changes))
    for move, again in zip(forward.moves, backward.moves, strict=True):
        assert move.quantiles == pytest.approx(again.quantiles)


def test_missing_answers_lie_between_nothing_and_everything() -> None:
    scores = _answers()
    scores[::3, 0] = NAN
    scores[1::4, 4] = NAN

    after = {filling.worth: filling.after for filling in diagnose(_shared(scores)).fillings}

    means = [after[worth] for worth in (Worth.NOTHING, Worth.MEAN, Worth.EVERYTHING)]
    assert None not in means
    assert means == sorted(means, key=lambda mean: mean or 0)


def test_where_nothing_is_missing_no_filling_changes_anything() -> None:
    assert {filling.change for filling in diagnose(_shared(_answers())).fillings} == {0.0}


def test_an_item_that_everybody_answers_alike_is_remarked_on() -> None:
    scores = _answers()
    scores[:, 3] = 50.0
    scores[:10, 4] = NAN

    items = {item.code: item for item in diagnose(_shared(scores)).items}

    assert (items["B1"].same, items["B1"].statistics, items["B1"].is_uniform) == (None, None, True), (
        "a mean would be everybody's answer"
    )
    assert (items["B2"].is_sparse, items["B2"].statistics) == (True, None)


@pytest.mark.parametrize("economies", range(1, 5))
def test_fewer_than_five_economies_give_no_figure(economies: int) -> None:
    found = diagnose(_shared(_answers()[:economies]))

    figures: dict[str, Sequence[tuple[object, ...]]] = {
        "items": [(item.available, item.statistics, item.same) for item in found.items],
        "nodes": [(node.available, node.statistics) for node in found.nodes],
        "consistencies": [(one.alpha, one.alpha_pairwise) for one in found.consistencies],
        "dimensions": [(one.above_one, one.first, one.against or None) for one in found.dimensions],
        "removals": [(one.change, one.places, one.band_changes) for one in found.removals],
        "moves": [(move.quantiles,) for move in found.moves],
        "fillings": [(one.before, one.after, one.change, one.band_changes) for one in found.fillings],
    }
    assert {figure for rows in figures.values() for row in rows for figure in row} == {None}
    assert (found.pairs, found.economies.counts) == ((), None)
    assert {one.name for one in fields(Diagnosis)} == {*figures, "pairs", "economies", "seed"}


def test_the_seed_is_the_versions_own() -> None:
    document = _index()

    assert seed_of(document) == seed_of(_index())
    assert seed_of(document) != seed_of(_index().model_copy(update={"version": "2026.2"}))


def test_tables_that_do_not_fit_are_refused() -> None:
    every = np.ones((2, 5), dtype=np.bool_)

    with pytest.raises(Invalid) as refused:
        Shared(_index(), np.zeros((2, 4)), every, every, np.ones((2, 3), dtype=np.bool_))
    assert refused.value.problems[0].code == "scoring.shape"
    with pytest.raises(Invalid) as refused:
        Shared(_index(), np.zeros((2, 5)), every, every, np.ones((2, 2), dtype=np.bool_))
    assert refused.value.problems[0].field == "is_node_shared"
