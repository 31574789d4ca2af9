"""Correlations, alpha and components: their laws, and where they are not defined. The figures are compared in tests/oracle."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.benchmark.diagnosis.structure import Correlation, correlations, cronbach_alpha, principal_components
from app.domain.scoring.tables import Floats
from app.kit.errors import Invalid

NAN = float("nan")
RANDOM = np.random.default_rng(7).normal(size=(30, 4))


@pytest.mark.parametrize("method", Correlation)
def test_correlations_are_symmetric_and_one_with_oneself(method: Correlation) -> None:
    found = correlations(RANDOM, method=method)

    assert np.diag(found) == pytest.approx(1)
    assert found == pytest.approx(found.T)
    assert correlations(RANDOM, RANDOM, method=method) == pytest.approx(found)


@pytest.mark.parametrize("method", [Correlation.SPEARMAN, Correlation.KENDALL])
def test_a_stretched_scale_leaves_correlations_of_order_as_they_are(method: Correlation) -> None:
    assert correlations(np.exp(RANDOM), method=method) == pytest.approx(correlations(RANDOM, method=method))


def test_tau_b_allows_for_ties() -> None:
    """The example of Kendall's tau-b by hand: 4 pairs agree, 1 disagrees, 1 ties in x: (4 - 1) / sqrt(5 x 6)."""
    x, y = np.array([[1.0, 2.0, 2.0, 3.0]]).T, np.array([[1.0, 3.0, 2.0, 2.5]]).T

    assert correlations(x, y, method=Correlation.KENDALL)[0, 0] == pytest.approx(3 / np.sqrt(30))


def test_without_spread_or_with_two_economies_there_is_no_correlation() -> None:
    flat = np.column_stack([np.ones(5), np.arange(5.0)])
    few = np.array([[1.0, 2.0], [2.0, 1.0], [NAN, 5.0], [3.0, NAN]])

    assert np.isnan(correlations(flat)[0]).all()
    assert np.isnan(correlations(few)[0, 1])


def test_tables_of_different_economies_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        correlations(RANDOM, RANDOM[:5])

    assert refused.value.problems[0].code == "scoring.shape"


def test_the_same_item_twice_is_wholly_consistent() -> None:
    assert cronbach_alpha(RANDOM[:, [0, 0]]) == pytest.approx(1)
    assert cronbach_alpha(RANDOM[:, [0, 0]], pairwise=True) == pytest.approx(1)


@pytest.mark.parametrize("values", [RANDOM[:, :1], RANDOM[:1], np.ones((5, 3))], ids=["one item", "one economy", "no spread"])
def test_alpha_is_not_defined_everywhere(values: Floats) -> None:
    assert np.isnan(cronbach_alpha(values))
    assert np.isnan(cronbach_alpha(values, pairwise=True))


def test_components_take_the_data_apart() -> None:
    found = principal_components(RANDOM)

    assert found is not None
    assert found.shares.sum() == pytest.approx(1)
    assert found.loadings.T @ found.loadings == pytest.approx(np.eye(4), abs=1e-12)
    rebuilt = found.loadings @ np.diag(found.eigenvalues) @ found.loadings.T
    assert rebuilt == pytest.approx(np.corrcoef(RANDOM, rowvar=False))


def test_the_sign_of_a_component_does_not_depend_on_the_order_of_economies() -> None:
    forward, backward = principal_components(RANDOM), principal_components(RANDOM[::-1])

    assert forward is not None
    assert backward is not None
    assert forward.loadings == pytest.approx(backward.loadings)
    assert (forward.loadings.sum(axis=0) >= 0).all()


def test_two_items_load_on_the_first_component_in_the_same_direction_when_they_go_together() -> None:
    found = principal_components(np.column_stack([RANDOM[:, 0], RANDOM[:, 0] + 0.1 * RANDOM[:, 1]]))

    assert found is not None
    assert found.loadings == pytest.approx(np.sqrt(0.5) * np.array([[1, 1], [1, -1]]))


@pytest.mark.parametrize("values", [RANDOM[:, :1], RANDOM[:2], np.column_stack([RANDOM[:, 0], np.ones(30)])])
def test_components_are_not_defined_everywhere(values: Floats) -> None:
    assert principal_components(values) is None
