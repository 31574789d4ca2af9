"""`readiness bench`: names, fields and refusals. No test asserts a time: figures are read, not tested."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import structlog
from sqlalchemy.engine import make_url

from app.cli.bench import BENCHMARKS, authoring, benchmarks, growth, releasing, review, scoring
from app.cli.bench.chart import growth_svg, night_svg, reads_svg
from app.cli.bench.load import deadline, soak, stress
from app.cli.bench.load.losses import lost
from app.cli.bench.load.people import Night
from app.cli.bench.load.world import furnished
from app.cli.bench.prepared import new_database
from app.cli.bench.rows import Row
from tests.cli.conftest import Run
from tests.threads import seeing

TINY = scoring.Sizes((2, 3), 4, 5, 8)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Let a benchmark, which wants silence, silence nobody after it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_scoring_has_a_row_for_every_case() -> None:
    found = {row.name: row for row in scoring.rows(TINY)}

    assert list(found) == [
        "aggregate_2x100",
        "aggregate_3x100",
        "uncertainty_4_51x49",
        "uncertainty_5_21x100",
        "uncertainty_5_21x100_floor",
        "uncertainty_memory_mb",
        "sobol_6x8_s",
    ]
    assert {row.unit for row in found.values()} == {"s", "MB"}
    assert all(row.value >= 0 for row in found.values())
    assert found["uncertainty_5_21x100_floor"].against == found["uncertainty_5_21x100"].value


def test_the_sizes_of_every_day_are_those_that_coinr_was_measured_with() -> None:
    sizes = scoring.Sizes()
    names = {f"aggregate_{economies}x100" for economies in sizes.economies} | {
        f"uncertainty_{sizes.runs}_51x49",
        f"uncertainty_{sizes.replicates}_21x100",
        f"sobol_6x{sizes.samples}_s",
    }

    assert names == set(scoring.COINR)


def test_growth_compares_each_size_with_a_tenth_of_it() -> None:
    found = {row.name: row for row in growth.rows(growth.Sizes((2, 20), 2))}

    assert list(found) == [f"{step}_{economies}x100" for step in growth.STEPS for economies in (2, 20)]
    assert found["aggregate_20x100"].against == found["aggregate_2x100"].value
    assert found["aggregate_2x100"].ratio is None


def test_a_release_has_a_row_for_its_seconds_and_one_for_its_memory() -> None:
    found = {row.name: row for row in releasing.rows(releasing.QUICK)}

    assert {name: row.against for name, row in found.items()} == releasing.LIMITS == {"release_cpu_s": 3.0, "release_mb": 300.0}
    assert found["release_mb"].value < releasing.LIMITS["release_mb"]


def test_what_is_counted_of_a_review_stays_within_its_limits() -> None:
    found = {row.name: row.value for row in review.rows(review.Sizes(1, ("sqlite",)))}

    assert found["save_sql_sqlite"] <= 8
    assert found["section_sql_sqlite"] <= 6
    assert found["review_gzip_kb_sqlite"] < 60
    assert found["save_cpu_ms_sqlite"] > 0


def test_what_is_counted_of_a_large_draft_stays_within_its_limits() -> None:
    found = {row.name: row.value for row in authoring.rows(authoring.QUICK)}

    assert found["node_save_sql_sqlite"] <= authoring.LIMITS["node_save_sql"]
    assert found["editor_kb_sqlite"] < authoring.LIMITS["editor_kb"]


def test_without_wrk_the_rows_of_reads_from_memory_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    found = list(benchmarks._from_memory(make_url("postgresql://nowhere"), tmp_path, benchmarks.Sizes()))

    assert [row.name for row in found] == ["cached_read", "not_modified", "cached_read_2_workers", "not_modified_2_workers"]
    assert {row.unit for row in found} == {"not measured: wrk is not installed"}
    assert {row.ratio for row in found} == {None}


def test_an_uncached_read_of_a_release_is_measured(tmp_path: Path) -> None:
    with new_database("sqlite", tmp_path) as url:
        economies = benchmarks._publish(url)
        row = benchmarks._uncached(url, tmp_path, economies[:2], 1)

    assert (row.name, row.unit, row.against) == ("score_read_cpu_ms", "ms", benchmarks.LIMIT_MS)
    assert row.value > 0


@pytest.mark.timeout(240)
def test_a_short_night_loses_nothing_and_has_every_row() -> None:
    with ThreadPoolExecutor(1) as pool:  # a browser's tests may have left a loop running in this thread
        rows = pool.submit(seeing(deadline.rows), deadline.QUICK).result()
    found = {row.name: row for row in rows}

    assert list(found) == [
        "deadline_saves_sqlite",
        "deadline_errors_sqlite",
        "deadline_lost_saves_sqlite",
        "deadline_save_p50_ms_sqlite",
        "deadline_save_p95_ms_sqlite",
        "deadline_save_p99_ms_sqlite",
        "commit_share_sqlite",
        "memory_idle_mb_sqlite",
        "memory_at_work_mb_sqlite",
        "soak_growth_mb_sqlite",
    ]
    assert found["deadline_saves_sqlite"].value > 0
    assert found["deadline_errors_sqlite"].value == 0
    assert found["deadline_lost_saves_sqlite"].value == 0
    assert 0 < (found["commit_share_sqlite"].ratio or 0) < 1


@pytest.mark.timeout(240)
def test_a_short_soak_loses_nothing_and_tells_how_memory_grew() -> None:
    with ThreadPoolExecutor(1) as pool:
        rows = pool.submit(seeing(soak.rows), soak.QUICK).result()
    found = {row.name: row.value for row in rows}

    assert found["soak_saves_sqlite"] > 0
    assert found["soak_errors_sqlite"] == found["soak_lost_saves_sqlite"] == 0
    assert found["memory_at_work_mb_sqlite"] >= found["memory_idle_mb_sqlite"] > 0
    assert "soak_growth_mb_sqlite" in found


@pytest.mark.timeout(240)
def test_a_short_stress_loses_nothing_and_holds_every_kind_of_day_against_its_limits() -> None:
    with ThreadPoolExecutor(1) as pool:
        rows = pool.submit(seeing(stress.rows), stress.QUICK).result()
    found = {row.name: row.value for row in rows}
    limits = {row.name.removesuffix("_sqlite"): row.against for row in rows if row.against}

    for kind in ("week", "closing_day", "thousand", "export"):
        assert found[f"{kind}_saves_sqlite"] > 0
        assert found[f"{kind}_errors_sqlite"] == found[f"{kind}_lost_saves_sqlite"] == 0
    assert found["export_files_sqlite"] > 0
    assert found["overload_accepted_sqlite"] > 0
    nothing = ("conflicts", "errors", "lost_saves", "ended_servers")
    assert {found[f"overload_{each}_sqlite"] for each in nothing} == {0}
    assert limits | {"week_page_p99_ms": 100, "closing_day_page_p99_ms": 150} == {
        "week_save_p99_ms": 100,
        "week_page_p99_ms": 100,
        "week_cpu_percent": 15,
        "closing_day_save_p99_ms": 75,
        "closing_day_page_p99_ms": 150,
        "thousand_save_p99_ms": 250,
        "export_save_p99_ms": 500,
        "export_most_mb": 600,
        "overload_accepted_p99_ms": 2_000,
        "overload_over_after_s": 5,
    }


def test_economies_with_made_up_codes_join_where_a_group_has_too_few(tmp_path: Path) -> None:
    with furnished("sqlite", tmp_path, members=22, team=1) as world:
        assert len({official.review for official in world.officials}) == 22


def test_a_save_that_is_not_stored_as_it_was_sent_is_counted_as_lost(tmp_path: Path) -> None:
    night = Night()
    with furnished("sqlite", tmp_path, members=1, team=1) as world:
        official = world.officials[0]
        night.acknowledged[official.review, official.items[0], 2] = "never sent"

        assert lost(world, night) == 1


def test_growth_is_drawn_with_a_line_for_every_step() -> None:
    rows = [Row(f"{step}_{size}x100", size / 1_000, "s") for step in growth.STEPS for size in (21, 210)]

    picture = growth_svg(rows).decode()

    assert picture.startswith("<svg")
    assert all(step in picture for step in growth.STEPS)


def test_the_command_prints_rows_and_draws(command: Run, tmp_path: Path) -> None:
    result = command("bench", "growth", "--quick", "--json", "--plot", tmp_path / "growth.svg")

    rows = json.loads(result.stdout)
    assert all(set(row) == {"name", "value", "unit", "against", "ratio"} for row in rows)
    assert (tmp_path / "growth.svg").read_bytes().startswith(b"<svg")


def test_the_command_prints_a_table_that_names_its_sources(command: Run) -> None:
    shown = command("bench", "scoring", "--quick").stdout

    assert "uncertainty_memory_mb" in shown
    assert "COINr" in shown


def test_an_unknown_name_is_refused_with_those_that_exist(command: Run) -> None:
    result = command("bench", "nonsense", code=1)

    assert all(name in result.stderr for name in ("nonsense", *BENCHMARKS))


def test_only_growth_is_drawn(command: Run, tmp_path: Path) -> None:
    assert "growth" in command("bench", "scoring", "--plot", tmp_path / "x.svg", code=1).stderr


def test_reads_are_drawn_in_a_panel_for_each_thing_they_grow_with() -> None:
    sizes = (("api_scores", "economies"), ("page_releases", "releases"), ("page_check", "questions"))
    rows = [Row(f"{read}_{size}_{what}", size / 3, "ms") for read, what in sizes for size in (5, 50)]

    picture = reads_svg(rows).decode()

    assert all(f">{word}<" in picture for pair in sizes for word in pair)


def test_a_night_is_drawn_with_its_percentiles_for_every_database() -> None:
    rows = [
        Row(f"deadline_save_p{each}_ms_{name}", each / 3, "ms")
        for each in (50, 99)
        for name in ("sqlite", "postgresql_2_processes")
    ]
    rows.append(Row("deadline_errors_sqlite", 0, "answers"))

    picture = night_svg(rows).decode()

    assert all(f">{word}<" in picture for word in ("50 %", "99 %", "sqlite", "postgresql 2 processes"))
