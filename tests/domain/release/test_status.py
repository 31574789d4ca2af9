"""Every number of a release has its codes, and every absent one its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.benchmark.disclosure import Suppression
from app.domain.release.content import CellRow, PairRow, ScoreRow
from app.domain.release.status import (
    BREAK_NOTE,
    COVERAGE_NOTE,
    EXTREMES_NOTE,
    NO_RANGE,
    NO_RANGE_OF_PUBLISHED,
    NO_RANGE_OF_SCALES,
    NO_RANGE_OF_SERIES,
    PUBLISHED_CELL_NOTE,
    PUBLISHED_NOTE,
    ConfStatus,
    ObsStatus,
    Status,
    notes_on_cell,
    notes_on_score,
    status_of_cell,
    status_of_extremes,
    status_of_pair,
    status_of_score,
)
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series

SCORE = ScoreRow(
    version="2026.1",
    series="self",
    node="A",
    economy="NZL",
    revision=1,
    score=50.0,
    coverage=1.0,
    reason=None,
    band="middle",
    band_from="middle",
    band_to="middle",
    lower=40.0,
    upper=60.0,
    floor=50.0,
    ceiling=50.0,
    evidence_share=0.9,
    grade="A",
)
CELL = CellRow("2026.1", "self", "A", "APEC", 9, 50.0, 0.0, 25.0, 50.0, 75.0, 100.0, "middle", None)


@pytest.mark.parametrize(
    ("series", "grade", "expected"),
    [
        ("self", "A", ObsStatus.UNVALIDATED),
        ("self", None, ObsStatus.UNVALIDATED),
        ("evidence_supported", "A", ObsStatus.UNVALIDATED),
        ("evidence_supported", "B", ObsStatus.UNVALIDATED),
        ("evidence_supported", None, ObsStatus.UNVALIDATED),
        ("reviewed", None, ObsStatus.NORMAL),
    ],
)
def test_a_score_is_verified_only_where_it_rests_on_evidence_or_a_review(
    series: str, grade: str | None, expected: ObsStatus
) -> None:
    assert status_of_score(replace(SCORE, series=series, grade=grade)) == Status(expected, ConfStatus.FREE)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_code_of_missing_values_and_words(reason: Reason) -> None:
    row = replace(SCORE, score=None, reason=reason.value)

    assert status_of_score(row).obs in {ObsStatus.NOT_COLLECTED, ObsStatus.CANNOT_EXIST, ObsStatus.MISSING}
    assert [note.startswith("No score: ") for note in notes_on_score(row)] == [True]


def test_what_does_not_apply_cannot_exist_and_what_nobody_answered_was_not_collected() -> None:
    absent = replace(SCORE, score=None)

    assert status_of_score(replace(absent, reason="not_applicable")).obs == "M"
    assert status_of_score(replace(absent, reason="nothing_answered")).obs == "L"
    assert status_of_score(replace(absent, reason="insufficient_coverage")).obs == "O"
    assert status_of_score(absent).obs == "O"


@pytest.mark.parametrize("suppressed", list(Suppression))
def test_suppressed_figures_are_confidential_and_have_words(suppressed: Suppression) -> None:
    row = replace(CELL, mean=None, suppressed=suppressed.value)

    is_primary = suppressed in {Suppression.TOO_FEW, Suppression.BELOW_TWO_THIRDS}
    assert status_of_cell(row) == Status(ObsStatus.SUPPRESSED, ConfStatus("N" if is_primary else "D"))
    assert [note.startswith("No figures") for note in notes_on_cell(row)] == [True]


@pytest.mark.parametrize("series", list(Series))
def test_figures_that_are_shown_are_free(series: Series) -> None:
    expected = "A" if series is Series.REVIEWED else "V"

    assert status_of_cell(replace(CELL, series=series.value)) == Status(ObsStatus(expected), ConfStatus.FREE)


def test_figures_that_do_not_exist_are_missing() -> None:
    assert status_of_cell(replace(CELL, mean=None)) == Status(ObsStatus.MISSING, ConfStatus.FREE)


def test_a_break_outranks_every_other_code_but_keeps_what_is_confidential() -> None:
    suppressed = replace(CELL, mean=None, suppressed="too_few")

    assert status_of_score(replace(SCORE, score=None, reason="blank"), is_break=True).obs == "B"
    assert status_of_cell(suppressed, is_break=True) == Status(ObsStatus.BREAK, ConfStatus.NOT_PUBLISHED)
    assert notes_on_score(SCORE, is_break=True)[0] == notes_on_cell(CELL, is_break=True)[0] == BREAK_NOTE


@pytest.mark.parametrize(("coverage", "is_noted"), [(0.94, True), (0.95, False), (1.0, False)])
def test_low_coverage_is_said_in_words(coverage: float, *, is_noted: bool) -> None:
    assert (COVERAGE_NOTE in notes_on_score(replace(SCORE, coverage=coverage))) is is_noted


def test_a_probability_is_unvalidated() -> None:
    assert status_of_pair(PairRow("2026.1", "A", "NZL", "PER", 0.97)) == Status(ObsStatus.UNVALIDATED, ConfStatus.FREE)


@pytest.mark.parametrize("series", list(Series))
def test_a_figure_of_another_institution_is_never_called_self_reported(series: Series) -> None:
    row, cell = replace(SCORE, series=series.value, lower=None, upper=None, grade=None), replace(CELL, series=series.value)

    assert notes_on_score(row, is_own=False) == (PUBLISHED_NOTE, NO_RANGE_OF_PUBLISHED)
    assert notes_on_cell(cell, is_own=False) == (PUBLISHED_CELL_NOTE,)
    assert {status_of_score(row, is_own=False), status_of_cell(cell, is_own=False)} == {Status(ObsStatus.NORMAL, ConfStatus.FREE)}


@pytest.mark.parametrize(
    ("series", "has_ranges", "note"),
    [
        ("evidence_supported", True, NO_RANGE_OF_SERIES),
        ("reviewed", True, NO_RANGE_OF_SERIES),
        ("self", False, NO_RANGE_OF_SCALES),
        ("self", True, NO_RANGE),
    ],
)
def test_a_score_without_a_range_says_why(series: str, note: str, *, has_ranges: bool) -> None:
    row = replace(SCORE, series=series, lower=None, upper=None)

    assert notes_on_score(row, has_ranges=has_ranges)[-1] == note
    assert not [each for each in notes_on_score(replace(row, score=None, reason="blank")) if "range" in each]
    assert not [each for each in notes_on_score(SCORE) if "range" in each]


def test_the_ends_of_a_small_group_say_why_they_are_not_shown() -> None:
    small = replace(CELL, n=7, minimum=None, maximum=None)

    assert EXTREMES_NOTE in notes_on_cell(small)
    assert EXTREMES_NOTE not in (*notes_on_cell(CELL), *notes_on_cell(replace(small, mean=None, suppressed="too_few")))
    assert status_of_extremes() == Status(ObsStatus.SUPPRESSED, ConfStatus.NOT_PUBLISHED)
