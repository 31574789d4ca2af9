"""Two indices written as questionnaires: every normalisation, treatment and aggregation against an independent program.

The figures are COINr 1.1.14's (data/README.md). An index is a document here: its indicators are number items, its dimensions
and pillars are nodes, and the economies' figures are answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from app.domain.answers import Answer
from app.domain.questionnaire.document import Aggregation, CoverageRule, Questionnaire, Scheme
from app.domain.questionnaire.items import Goalposts, NumberItem
from app.domain.questionnaire.normalisation import Normalisation, Relative, Treatment
from app.domain.scoring.sheet import score_all
from app.domain.scoring.tables import Floats
from app.domain.scoring.treatment import treat
from tests import builders as make
from tests.oracle.tables import Table, table

pytestmark = pytest.mark.oracle

CLOSE = 1e-9
SETS = ("syn21/y2024", "syn21/y2025", "asem")
TREATMENT = {"asem": Treatment()}  # the published chain treats this index before it is normalised; the synthetic one is not
MIN_MAX_1_100 = Normalisation(method=Relative.MIN_MAX, low=1, high=100)


@dataclass(frozen=True, slots=True)
class Index:
    """The figures of economies and what is known of each indicator and group."""

    economies: tuple[str, ...]
    indicators: tuple[str, ...]
    figures: Floats
    meta: dict[str, dict[str, str]]

    def answers(self) -> list[dict[str, Answer]]:
        return [
            {code: make.answer(float(value)) for code, value in zip(self.indicators, row, strict=True) if np.isfinite(value)}
            for row in self.figures
        ]

    def document(self, scheme: Scheme, goalposts: dict[str, Goalposts] | None = None) -> Questionnaire:
        """Write the index as a questionnaire. Indicators without goalposts take the scheme's normalisation."""
        items = [self._item(code, goalposts) for code in self.indicators]
        groups = [code for code, about in self.meta.items() if about["Level"] not in {"1", "NA", "nan"}]
        nodes = [
            make.node(code, parent if (parent := self.meta[code]["Parent"]) in groups else None, weight=self.weight(code))
            for code in groups
        ]
        return make.questionnaire(make.section("ALL", *items), nodes=nodes, scheme=scheme)

    def weight(self, code: str) -> float:
        return float(self.meta[code]["Weight"])

    def _item(self, code: str, goalposts: dict[str, Goalposts] | None) -> NumberItem:
        about = self.meta[code]
        return make.number(
            code,
            node=about["Parent"],
            weight=self.weight(code),
            goalposts=None if goalposts is None else goalposts[code],
            better="lower" if goalposts is None and float(about["Direction"]) < 0 else "higher",
        )


def meta_of(name: str) -> dict[str, dict[str, str]]:
    found = table(name)
    numbers = {column: [f"{value:.17g}" for value in found.column(column)] for column in found.columns}
    columns = {**found.texts, **numbers}
    return {columns["iCode"][row]: {name: column[row] for name, column in columns.items()} for row in range(len(found.rows))}


def index_of(name: str) -> Index:
    if name == "asem":
        meta = meta_of("asem/iMeta_with_goalposts.csv")
        data, economies = table("asem/steps/Screened.csv"), table("asem/steps/Screened.csv").rows
    else:
        meta = meta_of("syn21/iMeta.csv")
        everything = table("syn21/iData.csv")
        year = everything.column("Time") == float(name[-4:])
        data = Table(tuple(np.array(everything.rows)[year]), everything.columns, everything.values[year], {})
        economies = data.rows
    indicators = tuple(code for code, about in meta.items() if about["Level"] == "1" and code in data.columns)
    return Index(economies, indicators, data.select(indicators), meta)


INDICES = {name: index_of(name) for name in SETS}


def goalposts_of(index: Index) -> dict[str, Goalposts]:
    found = {}
    for code in index.indicators:
        lower, upper = (float(index.meta[code][end]) for end in ("goalpost_lower", "goalpost_upper"))
        lo, hi = (lower, upper) if float(index.meta[code]["Direction"]) > 0 else (upper, lower)
        found[code] = Goalposts(lo=lo, hi=hi)
    return found


def scored(document: Questionnaire, index: Index, codes: tuple[str, ...]) -> Floats:
    """Score the index; return items or nodes (columns) of all economies, NaN where there is no score."""
    sheets = score_all(document, index.answers())
    return np.array(
        [[sheet.items[code].score if code in sheet.items else sheet.nodes[code].score for code in codes] for sheet in sheets],
        dtype=np.float64,
    )


def assert_equal(found: Floats, expected: Floats) -> None:
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.nanmax(np.abs(found - expected)) < CLOSE


RELATIVE = {
    "minmax_0_100": (Normalisation(method=Relative.MIN_MAX), 100.0),
    "minmax_1_100": (MIN_MAX_1_100, 100.0),
    "zscore_0_1": (Normalisation(method=Relative.Z_SCORE), 100.0),
    "zscore_100_15": (Normalisation(method=Relative.Z_SCORE, mean=100, standard_deviation=15), 100.0),
    "dist2max": (Normalisation(method=Relative.DISTANCE_TO_MAXIMUM), 1.0),
    "fracmax": (Normalisation(method=Relative.FRACTION_OF_MAXIMUM), 1.0),
    "rank": (Normalisation(method=Relative.RANK), 100.0),
    "borda": (Normalisation(method=Relative.BORDA), 100.0),
    "prank": (Normalisation(method=Relative.PERCENT_RANK), 1.0),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("method", list(RELATIVE))
def test_every_relative_scale(name: str, method: str) -> None:
    normalisation, scale = RELATIVE[method]
    index, expected = INDICES[name], table(f"{name}/normalise/{method}.csv")
    document = index.document(Scheme(normalisation=normalisation, scale=scale, minimum_coverage=0, treatment=TREATMENT.get(name)))
    # The fraction of a largest value of zero is infinite there, and no score here.
    finite = np.where(np.isinf(expected.values), np.nan, expected.values)[
        :, [expected.columns.index(c) for c in index.indicators]
    ]

    assert_equal(scored(document, index, index.indicators), finite)


@pytest.mark.parametrize("name", SETS)
def test_fixed_goalposts(name: str) -> None:
    index, expected = INDICES[name], table(f"{name}/normalise/goalposts_0_100.csv")
    document = index.document(Scheme(minimum_coverage=0), goalposts_of(index))

    assert_equal(scored(document, index, index.indicators), expected.select(index.indicators))


def test_the_distance_to_a_target_is_a_pair_of_goalposts() -> None:
    screened, expected = INDICES["asem"], table("asem/normalise/dist2targ_capped.csv")
    treated = np.column_stack([treat(column, Treatment()).values for column in screened.figures.T])
    index = Index(screened.economies, screened.indicators, treated, screened.meta)
    goalposts = {}
    for position, code in enumerate(index.indicators):
        is_higher_better = float(index.meta[code]["Direction"]) > 0
        worst = np.nanmin(treated[:, position]) if is_higher_better else np.nanmax(treated[:, position])
        goalposts[code] = Goalposts(lo=float(worst), hi=float(index.meta[code]["Target"]))
    document = index.document(Scheme(scale=1, minimum_coverage=0), goalposts)

    assert_equal(scored(document, index, index.indicators), expected.select(index.indicators))


MEANS = {
    "amean": Aggregation.WEIGHTED,
    "gmean": Aggregation.GEOMETRIC,
    "hmean": Aggregation.HARMONIC,
    "a_then_g": Aggregation.ARITHMETIC_THEN_GEOMETRIC,
}
SHARES = {"thresh2_3": 2 / 3, "thresh0.67": 2 / 3, "thresh0.50": 0.5}
AGGREGATED = [
    (name, path.stem)
    for name in SETS
    for path in sorted((make.PROJECT / "tests" / "oracle" / "data" / name / "aggregate").glob("*__*.csv"))
]


@pytest.mark.parametrize(("name", "case"), AGGREGATED)
def test_every_mean_with_and_without_a_share_that_must_be_there(name: str, case: str) -> None:
    normalised, _, rest = case.partition("__")
    mean, _, share = rest.partition("_thresh")
    index, expected = INDICES[name], table(f"{name}/aggregate/{case}.csv")
    needed = SHARES[f"thresh{share}"] if share else 0
    scheme = Scheme(
        aggregation=MEANS[mean],
        normalisation=RELATIVE.get(normalised, (None, 0))[0],
        treatment=TREATMENT.get(name),
        coverage=CoverageRule.CHILDREN if share else CoverageRule.WEIGHT,
        minimum_coverage=needed,
    )
    document = index.document(scheme, goalposts_of(index) if normalised == "goalposts" else None)
    groups = tuple(code for code in expected.columns if code in document.nodes)

    assert len(groups) == len(document.nodes)
    assert_equal(scored(document, index, groups), expected.select(groups))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("most", [1, 2, 3, 5, 10])
def test_every_treatment_of_outliers(name: str, most: int) -> None:
    index, expected = INDICES[name], table(f"{name}/treat/winmax{most}.csv")

    treated = np.column_stack([treat(column, Treatment(most_winsorised=most)).values for column in index.figures.T])

    assert_equal(treated, expected.select(index.indicators))


def test_two_years_on_one_scale() -> None:
    years = [INDICES["syn21/y2024"], INDICES["syn21/y2025"]]
    panel = Index(
        years[0].economies + years[1].economies,
        years[0].indicators,
        np.concatenate([year.figures for year in years]),
        years[0].meta,
    )
    expected = table("syn21/panel/aggregated_global_minmax.csv")
    document = panel.document(Scheme(normalisation=Normalisation(method=Relative.MIN_MAX), minimum_coverage=0))
    codes = tuple(code for code in expected.columns if code in {*document.nodes, *document.items})

    assert expected.texts["uCode"] == panel.economies
    assert_equal(scored(document, panel, codes), expected.select(codes))
