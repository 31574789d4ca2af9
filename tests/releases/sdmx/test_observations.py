"""Rows of a release become observations: every one, each under a key of its own, each number as it was."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.release.content import CellRow, ReleaseContent, ScoreRow
from app.domain.release.number import ReleaseNumber
from app.releases.readable import ReadableRelease, open_release
from app.releases.sdmx import csv_messages
from app.releases.sdmx.codelists import group_id, own_lists
from app.releases.sdmx.components import MEASURE
from app.releases.sdmx.identifiers import Kind, Name, code_id, is_offered
from app.releases.sdmx.observations import Observation, observations_of
from app.releases.sdmx.packing import Packing
from tests.releases.sdmx.conftest import Published
from tests.scenarios import CODE, VERSION

SCORE = ScoreRow(VERSION, "self", "A", "NZL", 1, 50.0, 1.0, None, None, None, None, None, None, None, None, None, None)
CELL = CellRow(VERSION, "self", "A", "APEC", 9, 1.0, 0.5, 0.6, 0.7, 0.8, 0.9, None, None)
FLOW = Name(Kind.DATAFLOW, "READINESS", CODE, "2026.2.0")
numbers = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture(scope="module")
def readable(published: Published) -> ReadableRelease:
    with published.scene.database.read() as session:
        return open_release(session, CODE, "latest")


def holding(readable: ReadableRelease, *rows: ScoreRow | CellRow) -> ReadableRelease:
    """Return the release with these rows only."""
    scores = tuple(row for row in rows if isinstance(row, ScoreRow))
    cells = tuple(row for row in rows if isinstance(row, CellRow))
    return replace(readable, release=replace(readable.release, content=ReleaseContent(scores, cells)))


def one(readable: ReadableRelease, row: ScoreRow) -> Observation:
    (found,) = observations_of(holding(readable, row))
    return found


def test_every_key_is_there_once(readable: ReadableRelease) -> None:
    keys = [each.key for each in observations_of(readable)]

    assert len(keys) == len(set(keys)) > 100


def test_scores_under_two_versions_are_told_apart(readable: ReadableRelease) -> None:
    later = replace(readable.release, documents={**readable.release.documents, "2026.2": readable.release.documents[VERSION]})
    both = holding(replace(readable, release=later), SCORE, replace(SCORE, version="2026.2", score=60.0))

    assert [(each.component("INSTRUMENT"), each.value) for each in observations_of(both)] == [
        ("2026_1", "50.0"),
        ("2026_2", "60.0"),
    ]


@settings(deadline=None)
@given(score=numbers, lower=numbers, coverage=st.floats(0, 1))
def test_a_number_comes_back_from_csv_as_it_was(published: Published, score: float, lower: float, coverage: float) -> None:
    with published.scene.database.read() as session:
        readable = open_release(session, CODE, "latest")
    found = one(readable, replace(SCORE, score=score, lower=lower, coverage=coverage))

    head, row = csv.reader("".join(csv_messages.write_csv_20(FLOW, [found], Packing())).splitlines())
    written = dict(zip(head, row, strict=True))
    assert [float(written[id_]) for id_ in (MEASURE, "LOWER_BOUND", "COVERAGE")] == [score, lower, coverage]


def test_no_score_is_no_value_and_a_reason(readable: ReadableRelease) -> None:
    found = one(readable, replace(SCORE, score=None, coverage=0.3, reason="insufficient_coverage"))

    assert (found.value, found.component("OBS_STATUS"), found.component("REASON")) == ("", "O", "insufficient_coverage")
    assert found.component("COVERAGE") == "0.3"
    assert "FLOOR" not in found.attributes


def test_a_broken_series_says_so(readable: ReadableRelease) -> None:
    broken = replace(readable, breaks={VERSION: frozenset({"A"})})

    found = observations_of(holding(broken, SCORE, CELL))
    assert {each.component("OBS_STATUS") for each in found} == {"B"}


def test_the_ends_of_a_small_group_are_there_without_value_and_say_why(readable: ReadableRelease) -> None:
    small = holding(readable, replace(CELL, n=6, minimum=None, maximum=None))

    found = {each.component("STATISTIC"): each for each in observations_of(small)}
    assert set(found) == {"n", "mean", "minimum", "q1", "median", "q3", "maximum"}
    codes = [
        [found[end].component(id_) for id_ in (MEASURE, "OBS_STATUS", "CONF_STATUS", "REASON")] for end in ("minimum", "maximum")
    ]
    assert codes == [["", "Q", "N", "one_economy"]] * 2
    assert found["mean"].component("OBS_STATUS") == "V"


def test_figures_of_another_institution_are_no_answers_of_economies(readable: ReadableRelease) -> None:
    entry = replace(readable.entry, is_own=False)
    index = replace(holding(readable, SCORE, CELL), release=replace(holding(readable, SCORE, CELL).release, entry=entry))

    assert {each.component("OBS_STATUS") for each in observations_of(index)} == {"A"}


@pytest.mark.parametrize("reason", ["too_few", "below_two_thirds", "differencing", "recent_change"])
def test_of_a_suppressed_group_every_figure_is_there_and_empty(readable: ReadableRelease, reason: str) -> None:
    nothing = replace(CELL, n=None, mean=None, minimum=None, q1=None, median=None, q3=None, maximum=None, suppressed=reason)

    found = observations_of(holding(readable, nothing))
    assert len(found) == 7
    assert {each.value for each in found} == {""}
    assert {each.component("OBS_STATUS") for each in found} == {"Q"}
    assert {each.component("REASON") for each in found} == {reason}


def test_codes_with_dots_and_groups_called_like_economies_have_codes_of_their_own() -> None:
    assert code_id("B1.a") == "B1@a"
    assert group_id("NZL", {"NZL", "AUS"}) == "NZL-group"
    assert group_id("APEC.HIGH", {"NZL"}) == "APEC@HIGH"


def test_every_code_of_an_observation_is_in_its_list(readable: ReadableRelease) -> None:
    lists = {tree.codes.id: {code.id for code in tree.codes.items} for tree in own_lists("READINESS", readable)}

    for each in observations_of(readable):
        assert each.component("REF_AREA") in lists[f"CL_AREA_{CODE}"]
        assert each.component("INDICATOR") in lists[f"CL_INDICATOR_{CODE}"]
        assert each.component("INSTRUMENT") in lists[f"CL_INSTRUMENT_{CODE}"]
        assert each.component("LEVEL") in lists[f"CL_LEVEL_{CODE}"] | {""}


@pytest.mark.parametrize(
    ("questionnaire", "cycle", "wanted"),
    [
        ("apec-ai-review", "2026", True),
        ("bipa", "2024", True),
        ("2026-review", "2026", False),
        ("review.b", "2026", False),
        ("small", "pilot", False),
        ("small", "2026-pilot", False),
    ],
)
def test_only_what_sdmx_can_name_is_offered(questionnaire: str, cycle: str, *, wanted: bool) -> None:
    assert is_offered(questionnaire, ReleaseNumber(cycle, 1, 0)) is wanted
