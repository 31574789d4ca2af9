"""Our diagnostics give every figure that COINr gives: screen, statistics, structure, influence and imputation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.benchmark.diagnosis import imputation, influence, screen, structure
from app.domain.benchmark.diagnosis.imputation import Middle
from app.domain.benchmark.diagnosis.screen import Remark, Thresholds
from app.domain.benchmark.diagnosis.structure import Correlation
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.relative import relative
from tests.oracle.tables import DATA, Table, table
from tests.oracle.trees import DATASETS, Dataset

pytestmark = pytest.mark.oracle

TOLERANCE = 1e-9
Floats = NDArray[np.float64]
every_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.folder)


def _agree(ours: Floats, theirs: Floats, tolerance: float = TOLERANCE) -> None:
    """Compare within the tolerance, relative for large raw values; what is missing must be missing on both sides."""
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True)


def _flags(given: Table, name: str, word: str) -> list[bool]:
    return [text == word for text in given.texts[name]]


def _agree_to_three_digits(ours: Floats, theirs: Floats) -> None:
    """Compare with figures of three significant digits, whichever way a five in the fourth was rounded."""
    with np.errstate(divide="ignore"):
        half_a_unit = 0.5 * 10.0 ** (np.floor(np.log10(np.abs(theirs))) - 2)
    assert (np.abs(ours - theirs) <= half_a_unit * (1 + TOLERANCE)).all()


def _pairs(given: Table) -> Iterator[tuple[str, str, float]]:
    return zip(given.texts["Var1"], given.texts["Var2"], given.column("Correlation"), strict=True)


# Screen


@every_dataset
def test_the_screen_of_economies_comes_out(dataset: Dataset) -> None:
    theirs = table(f"{dataset.folder}/screen/data_summary_0.9.csv")
    order = [theirs.rows.index(code) for code in dataset.economies]

    ours = screen.screen_economies(dataset.raw(), threshold=0.9)

    for name, figures in {
        "N_missing": ours.missing,
        "N_zero": ours.zeros,
        "N_miss_or_zero": ours.missing + ours.zeros,
        "Dat_Avail": ours.available,
        "Non_Zero": ours.non_zero,
    }.items():
        _agree(figures.astype(np.float64), theirs.column(name)[order])
    assert ours.is_thin.tolist() == [_flags(theirs, "LowData", "TRUE")[row] for row in order]
    assert (~ours.is_thin).tolist() == [_flags(theirs, "Included", "TRUE")[row] for row in order]


@every_dataset
def test_what_is_there_of_each_node_comes_out(dataset: Dataset) -> None:
    plan = dataset.plan
    codes = [node.code for node in plan.nodes]

    ours = screen.availability(dataset.raw(), influence.feeding_items(plan))

    _agree(ours.by_node, dataset.read("screen/availability_by_group.csv", codes))
    _agree(ours.by_economy, dataset.read("screen/data_summary_0.9.csv", ["Dat_Avail"])[:, 0])


@every_dataset
def test_the_statistics_come_out_to_the_three_digits_that_are_given(dataset: Dataset) -> None:
    theirs = table(f"{dataset.folder}/stats/stats_raw.csv")
    order = [theirs.rows.index(code) for code in dataset.codes(1)]

    ours = screen.statistics(dataset.raw())

    for name, figures in {
        "Min": [one.minimum for one in ours],
        "Max": [one.maximum for one in ours],
        "Mean": [one.mean for one in ours],
        "Median": [one.median for one in ours],
        "Std": [one.sd for one in ours],
        "Skew": [one.skewness for one in ours],
        "Kurt": [one.kurtosis for one in ours],
        "N.Avail": [one.n for one in ours],
        "N.NonZero": [one.non_zero for one in ours],
        "N.Unique": [one.unique for one in ours],
        "N.Same": [one.same for one in ours],
        "Frc.Avail": [one.n / one.of for one in ours],
        "Frc.NonZero": [one.non_zero / one.n for one in ours],
        "Frc.Unique": [one.unique / one.n for one in ours],
        "Frc.Same": [one.same / one.n for one in ours],
    }.items():
        _agree_to_three_digits(np.array(figures, dtype=np.float64), theirs.column(name)[order])


@every_dataset
def test_the_remarks_on_columns_come_out(dataset: Dataset) -> None:
    theirs = table(f"{dataset.folder}/stats/stats_raw.csv")
    order = [theirs.rows.index(code) for code in dataset.codes(1)]

    ours = [screen.remarks(one, Thresholds()) for one in screen.statistics(dataset.raw())]

    for name, word, remark in (
        ("Flag.Avail", "LOW", Remark.LOW_AVAILABILITY),
        ("Flag.NonZero", "LOW", Remark.MANY_ZEROS),
        ("Flag.Unique", "LOW", Remark.FEW_VALUES),
        ("Flag.SkewKurt", "OUT", Remark.OUTLIERS),
    ):
        assert [remark in one for one in ours] == [_flags(theirs, name, word)[row] for row in order], name


# Structure


@every_dataset
@pytest.mark.parametrize("method", Correlation)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_correlations_within_a_level_and_with_the_index_come_out(dataset: Dataset, level: int, method: Correlation) -> None:
    codes = dataset.codes(level)
    # Two economies that tie in our scores differ in the oracle's by a rounding error, which changes ranks: so take its own.
    scores = dataset.items("minmax_0_100") if level == 1 else dataset.read("aggregate/minmax_0_100__amean.csv", codes)
    index = dataset.read("aggregate/minmax_0_100__amean.csv", ["Index"])

    among = structure.correlations(scores, method=method)
    with_index = structure.correlations(index, scores, method=method)

    places = {code: place for place, code in enumerate(codes)}
    for left, right, theirs in _pairs(table(f"{dataset.folder}/corr/{method}_level{level}_level{level}.csv")):
        assert among[places[left], places[right]] == pytest.approx(theirs, abs=TOLERANCE)
    for _, right, theirs in _pairs(table(f"{dataset.folder}/corr/{method}_level{level}_index.csv")):
        assert with_index[0, places[right]] == pytest.approx(theirs, abs=TOLERANCE)


@every_dataset
def test_cronbachs_alpha_comes_out_of_raw_and_of_normalised_data(dataset: Dataset) -> None:
    theirs = table(f"{dataset.folder}/reliability/cronbach_alpha.csv")
    items_of = dict(zip((node.code for node in dataset.plan.nodes), influence.feeding_items(dataset.plan), strict=True))
    tables = {"Raw": dataset.raw(), "N1": dataset.items("minmax_1_100")}

    for row, (group, which) in enumerate(zip(theirs.texts["group"], theirs.texts["dset"], strict=True)):
        values = tables[which][:, items_of[group]]

        assert values.shape[1] == theirs.column("n_ind")[row]
        ours = [structure.cronbach_alpha(values, pairwise=True), structure.cronbach_alpha(values)]
        _agree(np.array(ours), theirs.values[row, 1:])


@every_dataset
def test_principal_components_come_out_but_for_their_sign(dataset: Dataset) -> None:
    scores, plan = dataset.scored("minmax_1_100"), dataset.plan
    files = sorted((DATA / dataset.folder / "pca").glob("*_loadings.csv"))

    assert files
    for path in files:
        theirs = table(f"{dataset.folder}/pca/{path.name}")
        eigen = table(f"{dataset.folder}/pca/{path.name.replace('loadings', 'eigen')}")
        ours = structure.principal_components(scores[:, [influence.column_of(plan, code) for code in theirs.rows]])

        assert ours is not None
        _agree(ours.eigenvalues, eigen.column("eigenvalue"))
        _agree(np.sqrt(ours.eigenvalues), eigen.column("sdev"))
        _agree(ours.shares, eigen.column("share"))
        _agree(ours.centre, theirs.column("center"))
        _agree(ours.scale, theirs.column("scale"))
        loadings = theirs.select([f"PC{place}" for place in range(1, len(theirs.columns) - 1)])
        _agree(ours.loadings, loadings * np.sign((loadings * ours.loadings).sum(axis=0)))
        assert (ours.loadings.sum(axis=0) > -TOLERANCE).all()


@every_dataset
@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_weights_of_the_first_component_come_out_but_for_their_sign(dataset: Dataset, level: int) -> None:
    given = table(f"{dataset.folder}/pca/level{level}_pc1_weights.csv")
    theirs = dict(zip(given.rows, given.column("Weight"), strict=True))
    scores, plan = dataset.scored("minmax_1_100"), dataset.plan
    children = {node.code: [_code(dataset, child) for child in node.children] for node in plan.nodes}

    for parent in dataset.codes(level + 1):
        ours = structure.principal_components(scores[:, [influence.column_of(plan, code) for code in children[parent]]])

        assert ours is not None
        expected = np.array([theirs[code] for code in children[parent]])
        _agree(ours.loadings[:, 0], expected * (-1.0 if expected.sum() < 0 else 1.0))


def _code(dataset: Dataset, column: int) -> str:
    """Return the code of a column of a plan."""
    plan = dataset.plan
    return (*plan.items, *(node.code for node in plan.nodes))[column]


def test_optimised_weights_balance_the_correlations_with_the_index() -> None:
    asem = next(dataset for dataset in DATASETS if dataset.folder == "asem")
    theirs = table("asem/weights/opt_equal_level3_corr.csv")
    listed = table("asem/weights/opt_equal_level3.csv")
    parts = asem.scored("minmax_0_100")[:, -3:-1]

    with_index = structure.correlations(parts, parts @ theirs.column("OptWeight")[:, np.newaxis])[:, 0]

    # COINr prints the shares of the last weights that its search tried, not those of the weights that it returns.
    assert np.abs(with_index / with_index.sum() - 0.5).max() < 0.0013
    assert np.abs(theirs.column("Obtained") - 0.5).max() < 0.0016
    _agree(listed.column("Weight")[[listed.rows.index(code) for code in ("Conn", "Sust")]], theirs.column("OptWeight"))


# Influence


@every_dataset
def test_effective_weights_come_out(dataset: Dataset) -> None:
    theirs = table(f"{dataset.folder}/weights/effective_weights.csv")
    plan = dataset.plan

    ours = influence.effective_weights(plan)

    assert len(theirs.rows) == len(ours)
    _agree(ours[[influence.column_of(plan, code) for code in theirs.rows]], theirs.column("EffWeight"))


@every_dataset
@pytest.mark.parametrize("level", [1, 2, 3])
def test_leaving_one_out_comes_out(dataset: Dataset, level: int) -> None:
    plan, items = dataset.plan, dataset.items("minmax_1_100")
    codes = list(dataset.codes(level))
    is_applicable = np.ones(items.shape, dtype=np.bool_)
    columns = [influence.column_of(plan, code) for code in codes]
    top = len(plan.items) + len(plan.nodes) - 1

    left_out = influence.leave_one_out(plan, items, is_applicable, columns, top)

    scores = np.column_stack([dataset.scored("minmax_1_100")[:, top], left_out])
    ranked = influence.ranks(scores)
    moved = np.nanmean(np.abs(ranked - ranked[:, :1]), axis=0)
    changes = table(f"{dataset.folder}/remove/level{level}_mean_abs_rank_diff.csv")
    _agree(scores, dataset.read(f"remove/level{level}_scores.csv", ["Nominal", *codes]))
    _agree(ranked, dataset.read(f"remove/level{level}_ranks.csv", ["Nominal", *codes]))
    _agree(moved, changes.column("mean_abs_rank_diff")[[changes.rows.index(code) for code in ["Nominal", *codes]]])


@pytest.mark.parametrize("path", sorted(DATA.glob("*/**/ranks/*.csv")), ids=lambda path: str(path.relative_to(DATA)))
def test_ranks_come_out(path: object) -> None:
    relative_path = str(path).removeprefix(f"{DATA}/")
    theirs = table(relative_path)
    scores = table(relative_path.replace("/ranks/", "/aggregate/"))

    ours = influence.ranks(scores.select(theirs.columns)[[scores.rows.index(code) for code in theirs.rows]])

    _agree(ours, theirs.values)


# Imputation


@every_dataset
def test_filling_by_column_and_by_group_comes_out(dataset: Dataset) -> None:
    raw, codes = dataset.raw(), dataset.codes(1)

    for name, middle, groups in (
        ("i_mean", Middle.MEAN, None),
        ("i_median", Middle.MEDIAN, None),
        ("i_mean_grp", Middle.MEAN, dataset.groups()),
        ("i_median_grp", Middle.MEDIAN, dataset.groups()),
    ):
        ours = imputation.impute(raw, middle, groups=groups)

        _agree(ours, dataset.read(f"impute/{name}.csv", codes))


@every_dataset
def test_filling_by_an_economys_own_mean_within_a_node_comes_out(dataset: Dataset) -> None:
    plan = dataset.plan
    turned = dataset.raw() * dataset.directions
    least, most = np.nanmin(turned, axis=0), np.nanmax(turned, axis=0)
    within = [node.children for node in plan.nodes if node.code in dataset.codes(2)]

    filled = imputation.impute_by_own_mean(relative(turned, Normalisation(method=Relative.MIN_MAX), 1), within)

    theirs = dataset.read("impute/i_mean_row_within_level2_minmax.csv", dataset.codes(1))
    _agree((filled * (most - least) + least) * dataset.directions, theirs)


def test_every_table_of_diagnostics_is_compared() -> None:
    folders = {"corr", "impute", "pca", "ranks", "reliability", "remove", "screen", "stats", "weights"}
    names = sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*.csv") if path.parent.name in folders)

    counts = {folder: len(list(files)) for folder, files in groupby(sorted(names, key=_folder), key=_folder)}

    assert counts == {
        "corr": 54,
        "impute": 15,
        "pca": 34 * 2 + 11 * 2 + 9,
        "ranks": 24,
        "reliability": 3,
        "remove": 27,
        "screen": 6,
        "stats": 3,
        "weights": 5,
    }


def _folder(name: str) -> str:
    return name.split("/")[-2]
