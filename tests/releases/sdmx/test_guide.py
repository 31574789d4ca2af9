"""Every Python example of the analysts' guide runs as it is printed, against a server with the demonstration's release."""

from __future__ import annotations

import re
import runpy
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sdmx
from pysdmx.io.xml.doc_validation import validate_doc
from sdmx.source import sources

from app.cli import demo
from app.config import Settings
from app.infra.db import open_database
from app.main import connect_rooms
from tests.databases import SQLITE, Run
from tests.releases.serving import serving
from tests.scenarios import PROJECT

GUIDE = (PROJECT / "docs" / "guide-for-analysts.md").read_text(encoding="utf-8")
PRINTED = "http://127.0.0.1:8000"
ADDRESSES = {
    *re.findall(rf"{PRINTED}(/[^\s`\")]+)", GUIDE),
    *re.findall(r'paste0\(base, "([^"]+)"', GUIDE),
} - {"/sdmx/2.1"}
EXAMPLES = re.findall(r"## ([^\n]+)\n(?:(?!\n## ).)*?```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def address(run: Run) -> Iterator[str]:
    """Serve the review of the demonstration, with its release."""
    folder = Path(tempfile.mkdtemp(prefix="guide-", dir=run.folder))
    settings = Settings(data_dir=folder, password_memory_kib=8, password_rounds=1)
    connect_rooms()
    with run.fresh(SQLITE, folder) as url:
        database = open_database(url, pool_size=5)
        review = demo._publish(database, PROJECT / "questionnaires" / demo.REVIEW / "2026.1.yaml")
        demo._load_reviews(database, review, "2026", is_open=False)
        with serving(settings, database) as served:
            yield served
        database.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clean_client() -> Iterator[None]:
    yield
    sources.pop("READINESS", None)
    sdmx.Client.cache.clear()


def shown(title: str, address: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Run the example under a heading; return the lines that it prints."""
    source = dict(EXAMPLES)[title]
    assert PRINTED in source
    file = folder / "example.py"
    file.write_text(source.replace(PRINTED, address), encoding="utf-8")
    runpy.run_path(str(file), run_name="__main__")
    return [line for line in capsys.readouterr().out.splitlines() if "[info" not in line]


def test_every_python_example_is_run_here() -> None:
    assert [title for title, _ in EXAMPLES] == ["The first figure", "Python: JSON", "SDMX"]
    assert GUIDE.count("```python") == len(EXAMPLES)


def test_the_first_figure_is_there_with_its_citation(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown("The first figure", address, tmp_path, capsys)

    cell = httpx.get(f"{address}/api/v1/releases/apec-ai-review/latest/cells?node=B1&series=self&group=APEC").json()["data"][0]
    assert lines[0].startswith(f"APEC member economies Public sector capacity median {cell['median']} of {cell['n']} economies")
    assert "release 2026.1.0" in lines[1]


def test_all_pages_are_read_and_the_same_is_not_sent_twice(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown("Python: JSON", address, tmp_path, capsys)

    wanted = {"series": "self", "level": "pillar", "per_page": "1000"}
    rows = httpx.get(f"{address}/api/v1/releases/apec-ai-review/latest/scores", params=wanted).json()["data"]
    assert len(rows) > 2 * 20  # so there are several pages
    assert len(lines) == len(rows) + 1
    assert all("coverage" in line for line in lines[:-1])
    assert lines[-1] == "304"


@pytest.mark.usefixtures("clean_client")
def test_the_sdmx_client_prints_the_same_scores(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown("SDMX", address, tmp_path, capsys)

    rows = httpx.get(f"{address}/api/v1/releases/apec-ai-review/latest/scores?series=self&node=B1").json()["data"]
    assert lines[0].startswith("apec-ai-review 2026.1.0 ")
    assert "'B1'" in lines[1]
    printed = {line.split()[1]: line for line in lines[3:]}
    assert set(printed) == {row["economy"] for row in rows}
    for row in rows:
        _, _, score, coverage, status = printed[row["economy"]].split()
        assert (float(coverage), status) == (row["coverage"], row["obs_status"])
        assert score == "NaN" if row["score"] is None else abs(float(score) - row["score"]) < 1e-6


@pytest.mark.parametrize("address_of", sorted(ADDRESSES))
def test_every_address_of_the_guide_answers(address: str, address_of: str) -> None:
    answer = httpx.get(f"{address}{address_of}", follow_redirects=True)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "path",
    ["dataflow/all/all/latest?references=all", "data/apec-ai-review?", "data/apec-ai-review?dimensionAtObservation=REF_AREA"],
)
@pytest.mark.parametrize("form", ["ml-2.1", "ml-3.0"])
def test_the_real_review_is_valid_by_the_standards_own_schemas(address: str, path: str, form: str) -> None:
    answer = httpx.get(f"{address}/sdmx/2.1/{path}&format={form}")

    assert answer.status_code == 200
    validate_doc(answer.text)
    if path.startswith("data/"):
        assert answer.headers["link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
