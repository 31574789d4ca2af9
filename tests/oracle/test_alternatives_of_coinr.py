"""All 1,400 runs of COINr's uncertainty and sensitivity analyses, on two sets of data, computed by our engine."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.domain.benchmark.robustness.alternatives import Alternative, Indicators, replay
from app.domain.benchmark.robustness.ranking import Ranks, ranks
from app.domain.benchmark.robustness.sensitivity import indices_of_coinr, mean_rank_change
from app.domain.questionnaire.document import Aggregation
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.plan import Plan, PlannedNode
from app.domain.scoring.tables import Floats
from tests import builders as make

pytestmark = pytest.mark.oracle

FOLDER = make.PROJECT / "tests" / "oracle" / "data"
NORMALISATIONS = {
    "n_minmax": Normalisation(method=Relative.MIN_MAX, low=1, high=100),
    "n_zscore": Normalisation(method=Relative.Z_SCORE, mean=10, standard_deviation=2),
}
FORMULAS = {"a_amean": Aggregation.WEIGHTED, "a_gmean": Aggregation.GEOMETRIC}
SAMPLES = 200
FACTORS = ("Winmax", "Normalisation", "Weights", "Aggregation")
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Analysis:
    """One set of data with its folder of results."""

    indicators: Indicators
    folder: Path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float:
    return float("nan") if text in {"", "NA"} else float(text)


def _plan(items: list[str], above: dict[str, str]) -> Plan:
    """Lay out a tree that is given as a parent for each code; nodes stand in the order of `above`, children first."""
    codes = [code for code in dict.fromkeys(above.values()) if code]
    columns = {code: place for place, code in enumerate([*items, *codes])}
    nodes = []
    for code in codes:
        children = [columns[child] for child, parent in above.items() if parent == code]
        nodes.append(PlannedNode(code, np.array(children), np.ones(len(children)), Aggregation.WEIGHTED, None, 0.0))
    return Plan(tuple(items), tuple(nodes), 100.0)


def _weight_sets(path: Path, scheme: Plan) -> dict[str, Floats]:
    found: dict[str, dict[str, float]] = {}
    for row in _rows(path):
        found.setdefault(row["set"], {})[row["iCode"]] = float(row["Weight"])
    codes = [*scheme.items, *(node.code for node in scheme.nodes)]
    return {name: np.array([weights.get(code, 1.0) for code in codes]) for name, weights in found.items()}


def _indicators(rows: list[dict[str, str]], scheme: Plan, meta: list[dict[str, str]], folder: Path) -> Indicators:
    direction = {row["iCode"]: row["Direction"] for row in meta}
    return Indicators(
        economies=tuple(row["uCode"] for row in rows),
        scheme=scheme,
        values=np.array([[_number(row[code]) for code in scheme.items] for row in rows]),
        directions=np.array([float(direction[code]) for code in scheme.items]),
        weights=_weight_sets(folder / "noisy_weights_100_sets.csv", scheme),
    )


@cache
def _analysis(name: str) -> Analysis:
    root = FOLDER / name
    meta = _rows(root / "iMeta.csv")
    if name == "asem":
        folder = root / "sensitivity"
        tiers = ("Indicator", "Pillar", "Sub-index", "Index")
        lineage = _rows(root / "lineage.csv")
        above = {row[low]: row[high] for low, high in pairwise(tiers) for row in lineage}
        scheme = _plan([row["Indicator"] for row in lineage], above)
        return Analysis(_indicators(_rows(root / "steps" / "Screened.csv"), scheme, meta, folder), folder)
    folder = root / "y2025" / "sensitivity"
    tree = sorted((row for row in meta if row["Level"] != "NA" and row["Parent"] != "NA"), key=lambda row: float(row["Level"]))
    scheme = _plan([row["iCode"] for row in tree if row["Type"] == "Indicator"], {row["iCode"]: row["Parent"] for row in tree})
    rows = [row for row in _rows(root / "iData.csv") if row["Time"] == "2025"]
    return Analysis(_indicators(rows, scheme, meta, folder), folder)


@pytest.fixture(params=["asem", "syn21"])
def analysis(request: pytest.FixtureRequest) -> Analysis:
    return _analysis(str(request.param))


def _runs(analysis: Analysis, design: str) -> list[Alternative]:
    return [
        Alternative(int(row["Winmax"]), NORMALISATIONS[row["Normalisation"]], row["Weights"], FORMULAS[row["Aggregation"]])
        for row in _rows(analysis.folder / f"{design}_parameters.csv")
    ]


def _table(analysis: Analysis, name: str) -> Floats:
    """Read what was exported for every run (economies in our order x runs)."""
    rows = {row["uCode"]: row for row in _rows(analysis.folder / name)}
    columns = [column for column in rows[analysis.indicators.economies[0]] if column.startswith("r_")]
    assert columns == [f"r_{run}" for run in range(1, len(columns) + 1)]
    return np.array([[float(rows[economy][column]) for column in columns] for economy in analysis.indicators.economies])


def _column(analysis: Analysis, name: str, column: str) -> Floats:
    rows = {row["uCode"]: row for row in _rows(analysis.folder / name)}
    return np.array([float(rows[economy][column]) for economy in analysis.indicators.economies])


def _nominal_ranks(analysis: Analysis) -> Ranks:
    return _column(analysis, "SA_nominal.csv", "Rank").astype(np.int32)


def _outputs(analysis: Analysis) -> Floats:
    return np.array([float(row["y"]) for row in _rows(analysis.folder / "SA_y_mean_abs_rank_change.csv")])


@pytest.mark.parametrize(("design", "count"), [("UA", 200), ("SA", 1_200)])
def test_every_run_comes_out_with_the_scores_that_were_exported(analysis: Analysis, design: str, count: int) -> None:
    runs = _runs(analysis, design)

    found = replay(analysis.indicators, runs)

    assert len(runs) == count
    assert np.abs(found - _table(analysis, f"{design}_scores.csv")).max() < EXACT


def test_the_ranks_of_every_run_come_out(analysis: Analysis) -> None:
    found = ranks(replay(analysis.indicators, _runs(analysis, "UA")))

    assert np.array_equal(found, _table(analysis, "UA_ranks.csv"))


@pytest.mark.parametrize(("design", "count"), [("UA", 200), ("SA", 2 * SAMPLES)])
def test_quantiles_of_ranks_come_out(analysis: Analysis, design: str, count: int) -> None:
    found = ranks(replay(analysis.indicators, _runs(analysis, design)[:count]))

    for share, column in ((0.05, "Q5"), (0.5, "Median"), (0.95, "Q95")):
        expected = _column(analysis, f"{design}_rankstats_q5_q95.csv", column)
        assert np.abs(np.quantile(found, share, axis=1) - expected).max() < EXACT


def test_the_mean_rank_change_of_every_run_comes_out(analysis: Analysis) -> None:
    found = mean_rank_change(ranks(replay(analysis.indicators, _runs(analysis, "SA"))), _nominal_ranks(analysis))

    assert np.abs(found - _outputs(analysis)).max() < EXACT


def test_indices_come_out_of_the_exported_outputs_to_the_last_digits(analysis: Analysis) -> None:
    expected = {row["Variable"]: row for row in _rows(analysis.folder / "SA_indices_ci.csv")}

    found = indices_of_coinr(_outputs(analysis), SAMPLES)

    for order, name in ((found.first, "Si"), (found.total, "STi")):
        assert order[0] == pytest.approx([float(expected[factor][name]) for factor in FACTORS], abs=1e-12)


def test_a_run_alone_comes_out_as_among_all() -> None:
    analysis = _analysis("asem")
    runs = _runs(analysis, "UA")
    together = replay(analysis.indicators, runs)

    alone = replay(analysis.indicators, runs[7:8])

    assert np.abs(alone[:, 0] - together[:, 7]).max() < 1e-12
