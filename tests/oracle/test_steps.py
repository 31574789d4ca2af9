"""The whole way of one composite index, step by step, from raw data to ranks: every table comes out as COINr's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.benchmark.diagnosis import influence
from app.domain.benchmark.diagnosis.imputation import Middle, impute
from app.domain.questionnaire.normalisation import Normalisation, Relative, Treatment
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.relative import relative
from app.domain.scoring.treatment import treat
from tests.oracle.tables import table
from tests.oracle.trees import Dataset

pytestmark = pytest.mark.oracle

ASEM = Dataset("asem")
Floats = NDArray[np.float64]


def _step(name: str) -> Floats:
    return ASEM.read(f"steps/{name}.csv", ASEM.codes(1))


def _agree(ours: Floats, theirs: Floats) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, equal_nan=True)


def _denominated(raw: Floats) -> Floats:
    """Divide the items that the oracle's list says so by the size of the economy."""
    listed, collected = table("asem/iMeta.csv"), table("asem/raw_iData.csv")
    by = dict(zip(listed.texts["iCode"], listed.texts["Denominator"], strict=True))
    rows = [collected.texts["uCode"].index(code) for code in ASEM.economies]
    sizes = [np.ones(len(raw)) if by[code] == "NA" else collected.column(by[code])[rows] for code in ASEM.codes(1)]
    return raw / np.column_stack(sizes)


def test_the_raw_data_lead_to_the_denominated_ones() -> None:
    _agree(_denominated(_step("Raw")), _step("Denominated"))


def test_gaps_are_filled_with_the_means_of_economies_of_the_same_group() -> None:
    filled = impute(_step("Denominated"), Middle.MEAN, groups=ASEM.groups())

    _agree(filled, _step("Imputed"))
    _agree(filled, _step("Screened"))


def test_outliers_are_pulled_in() -> None:
    treated = [treat(column, Treatment()).values for column in _step("Screened").T]

    _agree(np.column_stack(treated), _step("Treated"))


def test_items_are_normalised() -> None:
    turned = _step("Treated") * ASEM.directions

    _agree(relative(turned, Normalisation(method=Relative.MIN_MAX), 100), _step("Normalised"))


def test_items_are_aggregated_and_nodes_are_ranked() -> None:
    items, plan = _step("Normalised"), ASEM.plan
    codes = [node.code for node in plan.nodes]

    nodes = aggregate(plan, items, np.ones(items.shape, dtype=np.bool_)).scores

    _agree(nodes, ASEM.read("steps/Aggregated.csv", codes))
    _agree(influence.ranks(nodes), ASEM.read("steps/Ranks.csv", codes))


def test_the_table_of_results_holds_the_same_figures() -> None:
    results = table("asem/steps/results_table_full_round10.csv")
    columns = [name for name in results.columns if name != "Rank"]
    aggregated = table("asem/steps/Aggregated.csv")
    rows = [aggregated.rows.index(code) for code in results.rows]

    np.testing.assert_allclose(aggregated.select(columns)[rows], results.select(columns), atol=0.5000001e-10, rtol=0)
    _agree(influence.ranks(results.select(["Index"]))[:, 0], results.column("Rank"))
