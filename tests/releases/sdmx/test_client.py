"""An unchanged client of the standard (sdmx1), pointed at the running server, reads everything, to the last digit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest
import requests
import sdmx
import sdmx.reader.xml.v30  # its names are wrong where it is loaded after a structure-specific message was read
from sdmx.message import DataMessage, StructureMessage
from sdmx.source import add_source, sources

from app.config import Settings
from app.domain.release.content import CellRow, ScoreRow
from app.domain.release.status import hides_extremes, status_of_cell, status_of_extremes, status_of_score
from app.infra.db import Database
from app.releases import service
from app.releases.service import PublishedRelease
from tests.databases import only_sqlite
from tests.releases.rich import rich_release, withdraw
from tests.releases.serving import serving
from tests.scenarios import CODE, Scene

CSV, SPECIFIC, GENERIC, NEW = (
    "application/vnd.sdmx.data+csv;version=2.0.0",
    "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    "application/vnd.sdmx.genericdata+xml;version=2.1",
    "application/vnd.sdmx.data+xml;version=3.0.0",
)
NUMBERS = ("LOWER_BOUND", "UPPER_BOUND", "FLOOR", "CEILING", "COVERAGE", "EVIDENCE_SHARE")
Found = Mapping[tuple[str, ...], tuple[float | None, Mapping[str, object]]]


@dataclass(frozen=True)
class Served:
    """A server with a rich release, and the client."""

    scene: Scene
    url: str
    client: sdmx.Client

    def release(self) -> PublishedRelease:
        with self.scene.database.read() as session:
            return service.get_release(session, CODE)

    def structure(self) -> StructureMessage:
        found = self.client.dataflow(CODE)
        assert isinstance(found, StructureMessage)
        return found

    def data(self, accept: str) -> DataMessage:
        dsd = self.structure().dataflow[CODE].structure
        found = self.client.data(CODE, key={}, dsd=dsd, headers={"Accept": accept})
        assert isinstance(found, DataMessage)
        return found


@pytest.fixture
def served(scene: Scene, settings: Settings, database: Database) -> Iterator[Served]:
    scene.ready().shared().release()
    rich_release(scene, minor=2)
    with serving(settings, database) as url:
        add_source({"id": "READINESS", "url": f"{url}/sdmx/2.1", "name": "A server of the test"})
        yield Served(scene, url, sdmx.Client("READINESS"))
        sdmx.Client.cache.clear()
        del sources["READINESS"]


def read(message: DataMessage) -> Found:
    """Return key, value and attributes of every observation, as the client read them."""
    found = {}
    for each in message.data[0].obs:
        key = {id_: str(part.value) for id_, part in each.key.values.items()}
        attributes = {id_: str(part.value) for id_, part in each.attrib.items() if part.value not in {"", None}}
        value = None if each.value in {"", None} else float(each.value)
        found[tuple(key[id_] for id_ in sorted(key))] = (value, attributes)
    return found


def expected(release: PublishedRelease) -> Found:
    """Say what there has to be, from the rows of the release alone."""
    scores = {_key(release, row, row.economy, "score"): (row.score, _of_score(row)) for row in release.content.scores}
    cells = {
        _key(release, row, row.group, name): (getattr(row, name), _of_cell(row, name))
        for row in release.content.cells
        for name in ("n", "mean", "minimum", "q1", "median", "q3", "maximum")
    }
    return scores | cells


def _key(release: PublishedRelease, row: ScoreRow | CellRow, area: str, statistic: str) -> tuple[str, ...]:
    key = {
        "FREQ": "A",
        "REF_AREA": area,
        "INDICATOR": row.node,
        "SERIES": row.series,
        "STATISTIC": statistic,
        "INSTRUMENT": row.version.replace(".", "_"),
        "TIME_PERIOD": release.entry.cycle,
    }
    return tuple(key[id_] for id_ in sorted(key))


def _of_score(row: ScoreRow) -> dict[str, object]:
    status = status_of_score(row)
    bounds = dict(zip(NUMBERS, (row.lower, row.upper, row.floor, row.ceiling, row.coverage, row.evidence_share), strict=True))
    return {
        "OBS_STATUS": status.obs.value,
        "CONF_STATUS": status.conf.value,
        **bounds,
        "LEVEL": row.band,
        "LEVEL_FROM": row.band_from,
        "LEVEL_TO": row.band_to,
        "GRADE": row.grade,
        "REASON": row.reason,
        "REVISION": str(row.revision),
        "INSTRUMENT_VERSION": row.version,
        "METHOD_VERSION": "1.0",
    }


def _of_cell(row: CellRow, statistic: str) -> dict[str, object]:
    is_hidden = statistic in {"minimum", "maximum"} and hides_extremes(row)
    status = status_of_extremes() if is_hidden else status_of_cell(row)
    return {
        "OBS_STATUS": status.obs.value,
        "CONF_STATUS": status.conf.value,
        "REASON": "one_economy" if is_hidden else row.suppressed,
        "LEVEL": row.band if statistic == "median" else None,
        "UNIT_MEASURE": "economies" if statistic == "n" else "points",
    }


def assert_equal(found: Found, wanted: Found) -> None:
    assert set(found) == set(wanted)
    for key, (value, attributes) in wanted.items():
        assert found[key][0] == value, key  # equal, not close: nothing may be rounded on the way
        for id_, text in attributes.items():
            there = found[key][1].get(id_)
            same = None if there is None else float(str(there)) if id_ in NUMBERS else there
            assert same == text, (key, id_)


def test_the_client_lists_the_dataflow_and_reads_its_structure(served: Served) -> None:
    listed = served.client.dataflow()

    flow = listed.dataflow[CODE]
    assert (flow.id, flow.version, str(flow.name)) == (CODE, "2026.2.0", "A small review")
    notes = {note.id: note for note in flow.annotations}
    assert notes["LICENCE"].url == "https://creativecommons.org/licenses/by/4.0/"
    assert "2026.2.0" in str(notes["CITATION"].text)

    structure = served.structure().dataflow[CODE].structure
    assert [part.id for part in structure.dimensions] == [
        *("FREQ", "REF_AREA", "INDICATOR", "SERIES", "STATISTIC", "INSTRUMENT", "TIME_PERIOD")
    ]
    assert structure.measures[0].id == "OBS_VALUE"
    assert {"OBS_STATUS", "CONF_STATUS", "LOWER_BOUND", "COVERAGE", "METHOD_VERSION"} <= {
        part.id for part in structure.attributes
    }


def test_nodes_have_their_parents(served: Served) -> None:
    codes = served.structure().codelist[f"CL_INDICATOR_{CODE}"]

    parents = {code.id: code.parent.id for code in codes if code.parent is not codes}
    wanted = {node.code: node.parent for node in served.release().questionnaire.scheme.nodes if node.parent}
    assert parents == wanted
    assert wanted


@pytest.mark.parametrize("accept", [GENERIC, SPECIFIC, CSV, NEW])
def test_every_number_and_every_attribute_is_what_the_release_holds(served: Served, accept: str) -> None:
    found = read(served.data(accept))

    wanted = expected(served.release())
    assert_equal(found, wanted)
    assert {status["OBS_STATUS"] for _, status in found.values()} >= {"V", "O", "Q"}
    assert {status["CONF_STATUS"] for _, status in found.values()} == {"F", "N", "D"}
    assert {value is None for value, status in found.values() if status["OBS_STATUS"] in {"O", "Q"}} == {True}


@only_sqlite
def test_values_bounds_and_statuses_are_those_of_the_json(served: Served) -> None:
    found = dict(read(served.data(SPECIFIC)))

    rows = httpx.get(f"{served.url}/api/v1/releases/{CODE}/latest/scores", params={"per_page": 1000}).json()["data"]
    assert len(rows) > 50
    for row in rows:
        key = tuple(sorted_key(row))
        value, attributes = found.pop(key)
        assert value == row["score"]
        json_numbers = [row[name] for name in ("lower", "upper", "floor", "ceiling", "coverage", "evidence_share")]
        assert [float(str(attributes[id_])) if id_ in attributes else None for id_ in NUMBERS] == json_numbers
        assert (attributes["OBS_STATUS"], attributes["CONF_STATUS"]) == (row["obs_status"], row["conf_status"])
    assert {key[5] for key in found} == {*("n", "mean", "minimum", "q1", "median", "q3", "maximum")}


def sorted_key(row: dict[str, str]) -> list[str]:
    version = row["version"].replace(".", "_")
    return ["A", row["node"], version, row["economy"], row["series"], "score", row["cycle"]]


@only_sqlite
def test_the_client_gives_pandas_the_same_numbers(served: Served) -> None:
    message = served.client.data(CODE, key={"STATISTIC": ["score"], "SERIES": ["self"]})

    series = sdmx.to_pandas(message).dropna()
    wanted = [row.score for row in served.release().content.scores if row.series == "self" and row.score is not None]
    assert sorted(series.tolist()) == sorted(wanted)
    assert not any(map(math.isnan, series.tolist()))


@only_sqlite
def test_a_key_of_codes_selects_and_a_wrong_code_is_refused(served: Served) -> None:
    one = served.client.data(CODE, key={"REF_AREA": ["AUS"], "SERIES": ["self"]})

    assert {str(each.key["REF_AREA"].value) for each in one.data[0].obs} == {"AUS"}
    with pytest.raises(requests.HTTPError) as refused:
        served.client.data(CODE, key={"REF_AREA": ["AUX"]})
    answer = refused.value.response
    assert answer is not None
    assert answer.status_code == 404
    assert "REF_AREA has no code AUX" in answer.text


def test_a_withdrawn_score_is_gone_at_once(served: Served) -> None:
    entry = served.release().entry

    withdraw(served.scene, entry, "AUS")

    found = read(served.data(GENERIC))
    assert_equal(found, expected(served.release()))
    assert not any("AUS" in key for key in found)
