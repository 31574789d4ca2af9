"""Data: which numbers a question means, in which format, how long they may be kept, and what is refused."""

from __future__ import annotations

import csv
import re
from datetime import timedelta

import pytest
from pysdmx.errors import Invalid
from pysdmx.io.xml.doc_validation import validate_doc

from app.releases.sdmx.components import ATTRIBUTE_IDS, DIMENSION_IDS
from tests.releases.sdmx.conftest import Published

HEAD = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSION_IDS, "OBS_VALUE", *ATTRIBUTE_IDS]
DATA = "/sdmx/3.0/data/dataflow/READINESS/small"
OLD = "/sdmx/2.1/data/small"


def columns(lines: list[str], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[HEAD.index(name)] for name in names) for row in csv.reader(lines)]


def test_a_row_says_what_it_is_of_and_a_missing_number_is_empty(published: Published) -> None:
    lines = published.data()

    rows = columns(lines, "STRUCTURE", "STRUCTURE_ID", "ACTION")
    assert set(rows) == {("dataflow", "READINESS:small(2026.2.0)", "I")}
    missing = {status for value, status in columns(lines, "OBS_VALUE", "OBS_STATUS") if value == ""}
    assert missing == {"O", "Q"}
    assert not {status for value, status in columns(lines, "OBS_VALUE", "OBS_STATUS") if value} & {"O", "Q", "L", "M"}


def test_what_is_suppressed_says_so_and_tells_nothing(published: Published) -> None:
    rows = list(csv.reader(published.data(**{"c[OBS_STATUS]": "Q"})))

    assert {row[HEAD.index("REASON")] for row in rows} == {"too_few", "differencing", "withdrawn", "one_economy"}
    assert {row[HEAD.index("CONF_STATUS")] for row in rows} == {"N", "D"}
    for name in ("OBS_VALUE", "LOWER_BOUND", "UPPER_BOUND", "FLOOR", "CEILING", "COVERAGE", "LEVEL"):
        assert {row[HEAD.index(name)] for row in rows} == {""}


@pytest.mark.parametrize(
    ("key", "parameters", "column", "wanted"),
    [
        ("A.NZL.*.self", {}, "REF_AREA", {"NZL"}),
        ("A.NZL", {}, "REF_AREA", {"NZL"}),
        ("A.NZL.A.self,A.PER.B.self", {}, "REF_AREA", {"NZL", "PER"}),
        ("*", {"c[REF_AREA]": "NZL,PER"}, "REF_AREA", {"NZL", "PER"}),
        ("*.*.*.*.median", {"c[REF_AREA]": "APEC"}, "STATISTIC", {"median"}),
        ("*", {"c[STATISTIC]": "ne:score", "c[REF_AREA]": "APEC"}, "REF_AREA", {"APEC"}),
        ("*", {"c[SERIES]": "sw:evi"}, "SERIES", {"evidence_supported"}),
        ("*", {"c[OBS_VALUE]": "ge:99.9"}, "OBS_VALUE", {"99.9", "100.0"}),
        ("*", {"c[TIME_PERIOD]": "ge:2026+le:2026", "c[GRADE]": "A"}, "GRADE", {"A"}),
        ("*", {"c[TIME_PERIOD]": "eq:2026", "c[REVISION]": "1"}, "TIME_PERIOD", {"2026"}),
    ],
)
def test_keys_and_filters_select(
    published: Published, key: str, parameters: dict[str, str], column: str, wanted: set[str]
) -> None:
    assert {value for (value,) in columns(published.data(key, **parameters), column)} == wanted


@pytest.mark.parametrize(
    ("parameters", "is_inside"),
    [
        ("startPeriod=2026", True),
        ("startPeriod=2026-01-01&endPeriod=2026-12-31", True),
        ("endPeriod=2026-Q4", True),
        ("startPeriod=2026-A1&endPeriod=2026-S2", True),
        ("startPeriod=2026-02", False),
        ("endPeriod=2026-M11", False),
        ("startPeriod=2026-W02", False),
        ("endPeriod=2025", False),
    ],
)
def test_a_period_holds_what_lies_whole_inside_it(published: Published, parameters: str, *, is_inside: bool) -> None:
    assert published.client.get(f"{OLD}?{parameters}").status_code == (200 if is_inside else 404)


@pytest.mark.parametrize(
    ("accept", "path", "wanted"),
    [
        ("", DATA, "application/vnd.sdmx.data+csv;version=2.0.0"),
        ("*/*", OLD, "application/vnd.sdmx.genericdata+xml;version=2.1"),
        ("application/xml", DATA, "application/vnd.sdmx.data+xml;version=3.0.0"),
        ("text/csv", OLD, "application/vnd.sdmx.data+csv;version=2.0.0"),
        ("application/vnd.sdmx.data+csv", OLD, "application/vnd.sdmx.data+csv;version=2.0.0"),
        ("application/vnd.sdmx.data+csv;version=1.0.0", DATA, "application/vnd.sdmx.data+csv;version=1.0.0"),
        ("application/vnd.sdmx.data+csv; version=2.0.0; labels=both", DATA, "application/vnd.sdmx.data+csv;version=2.0.0"),
        (
            "application/vnd.sdmx.data+json, application/vnd.sdmx.data+xml;version=3.0.0;q=0.5",
            DATA,
            "application/vnd.sdmx.data+xml;version=3.0.0",
        ),
        ("text/html, application/xml;q=0.9, */*;q=0.8", OLD, "application/vnd.sdmx.genericdata+xml;version=2.1"),
        (
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
            OLD,
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        ),
    ],
)
def test_accept_chooses_the_format(published: Published, accept: str, path: str, wanted: str) -> None:
    answer = published.client.get(path, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, wanted)
    assert "Accept" in answer.headers["vary"]


def test_every_format_can_be_asked_for_by_name_and_holds_as_many_numbers(published: Published) -> None:
    count = len(published.data())

    for name, mark in (("csv-1.0", "\r\n"), ("ml-2.1", "<Obs "), ("ml-3.0", "<Obs "), ("generic", "<gen:Obs>")):
        text = published.client.get(f"{DATA}?format={name}").text
        assert text.count(mark) - (mark == "\r\n") == count, name


@pytest.mark.parametrize("form", ["ml-2.1", "ml-3.0", "generic"])
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "REF_AREA"])
def test_data_in_xml_are_valid_by_the_standards_own_schemas(published: Published, form: str, at: str) -> None:
    text = published.client.get(f"{DATA}?format={form}&dimensionAtObservation={at}").text

    validate_doc(text)
    assert len(set(re.findall(r'value="([^"]+)"|REF_AREA="([^"]+)"', text))) > 10
    with pytest.raises(Invalid):
        validate_doc(text.replace("<mes:ID>", "<mes:Id>").replace("</mes:ID>", "</mes:Id>"))


def test_details_leave_out_what_is_not_wanted(published: Published) -> None:
    keys = published.client.get(f"{OLD}?detail=serieskeysonly&format=ml-2.1").text
    bare = published.client.get(f"{OLD}?detail=dataonly&format=ml-2.1").text
    without = published.client.get(f"{OLD}?detail=nodata&format=ml-2.1").text

    assert "<Obs" not in keys
    assert keys.count("<Series ") == len(published.data())
    assert "OBS_VALUE" in bare
    assert "OBS_STATUS" not in bare
    assert "OBS_VALUE" not in without
    assert "OBS_STATUS" in without
    some = published.client.get(f"{DATA}?attributes=OBS_STATUS,COVERAGE&measures=none&format=csv").text.splitlines()
    assert some[0].split(",")[-2:] == ["OBS_STATUS", "COVERAGE"]
    assert "OBS_VALUE" not in some[0]


def test_of_each_series_as_many_numbers_come_as_are_wanted(published: Published) -> None:
    assert published.data(firstNObservations="1") == published.data()
    assert published.data(lastNObservations="2") == published.data()


def test_what_changed_since_is_the_release_or_what_was_withdrawn(published: Published) -> None:
    entry = published.entry
    before, after = entry.released_at - timedelta(seconds=1), entry.released_at

    whole = published.data(updatedAfter=before.isoformat())
    gone = published.data(updatedAfter=after.isoformat())

    assert whole == published.data()
    assert {line.split(",")[2] for line in gone} == {"D"}
    assert {line.split(",")[4] for line in gone} == {"AUS"}
    late = (after + timedelta(days=1)).isoformat()
    assert published.client.get(DATA, params={"updatedAfter": late}).status_code == 404


def test_a_withdrawn_economy_is_in_no_release_that_it_left(published: Published) -> None:
    assert not any(",AUS," in line for line in published.data())
    refused = published.client.get(f"{DATA}/+/A.AUS.*.self.score")

    # One that withdrew, one that is private and one that never took part are told apart by nothing.
    never = published.client.get(f"{DATA}/+/A.VNM.*.self.score")
    assert (refused.status_code, refused.text) == (never.status_code, never.text)
    assert refused.status_code == 404


@pytest.mark.parametrize("version", ["2026.2.0", "+", "latest", "2026.2.0+"])
def test_answers_are_kept_shortly_and_asked_for_again(published: Published, version: str) -> None:
    first = published.client.get(f"{DATA}/{version}")

    assert "must-revalidate" in first.headers["cache-control"]
    assert "immutable" not in first.headers["cache-control"]
    assert not first.headers["etag"].startswith("W/")
    assert first.headers["last-modified"]
    again = published.client.get(f"{DATA}/{version}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = published.client.get(f"{DATA}/{version}/A.NZL")
    assert other.headers["etag"] != first.headers["etag"]


def test_the_head_of_data_is_what_a_get_would_send(published: Published) -> None:
    got, head = (published.client.request(method, f"{OLD}/A.NZL...score.") for method in ("GET", "HEAD"))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"{OLD}/A.XXX....", 404, "REF_AREA has no code XXX"),
        (f"{OLD}/A.NZL+XXX....", 404, "REF_AREA has no code XXX"),
        (f"{DATA}/+/A.XXX", 404, "REF_AREA has no code XXX"),
        (f"{DATA}?c[SERIES]=Self", 404, "SERIES has no code Self"),
        (f"{OLD}/A.NZL", 400, "with a dot between all six dimensions"),
        (f"{OLD}/A.NZL.....", 400, "with a dot between all six dimensions"),
        (f"{OLD}/A.N%20ZL....", 400, "with a dot between all six dimensions"),
        (f"{DATA}/+/A.NZL+AUS", 400, "keys with commas between"),
        (f"{DATA}/+/A.B.C.D.E.F.2026.H", 400, "keys with commas between"),
        (f"{DATA}?c[ECONOMY]=NZL", 400, "There is no component ECONOMY"),
        (f"{DATA}?c[REF_AREA]=", 400, "names no value"),
        (f"{DATA}?c[REVISION]={','.join('1' * 400)}", 400, "at most 300 values"),
        (f"{DATA}/+/{','.join('A' * 300)}", 400, "at most 200 keys"),
        (f"{DATA}?c[OBS_VALUE]=ge:nan", 400, "no number"),
        (f"{DATA}?economy=NZL", 400, "A parameter is not known here"),
        (f"{OLD}?c[REF_AREA]=NZL", 400, "A parameter is not known here"),
        (f"{OLD}?startPeriod=yesterday", 400, "Write a period"),
        (f"{OLD}?startPeriod=2026-13", 400, "Write a period"),
        (f"{OLD}?startPeriod=9999-12&endPeriod=0000", 400, "Write a period"),
        (f"{OLD}?firstNObservations=0", 400, "a number of observations"),
        (f"{OLD}?updatedAfter=soon", 400, "Write a moment"),
        (f"{OLD}?detail=some", 400, "Choose as detail"),
        (f"{OLD}?dimensionAtObservation=ECONOMY", 400, "dimensionAtObservation"),
        (f"{DATA}?attributes=COLOUR", 400, "Choose as attributes"),
        (f"{DATA}?measures=COLOUR", 400, "Choose as measures"),
        (f"{DATA}?format=xlsx", 406, "csv, csv-1.0, ml-2.1, generic, ml-3.0"),
        (f"{OLD}?includeHistory=true", 501, "no history"),
        (f"{DATA}?asOf=2026-01-01", 501, "Leave it out"),
        (f"{DATA}/*", 501, "one release"),
        ("/sdmx/3.0/data/provisionagreement/a/b", 404, "by dataflow"),
        ("/sdmx/2.1/data/large", 404, "There is no such dataflow"),
        ("/sdmx/2.1/data/a,b,c,d", 400, "agency,id,version"),
        (f"{OLD}/all/OTHER", 404, "one provider"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(published: Published, path: str, status: int, words: str) -> None:
    answer = published.client.get(path)

    assert answer.status_code == status, answer.text
    assert words in answer.text
    validate_doc(answer.text)


def test_a_format_that_is_not_offered_is_refused_with_those_that_are(published: Published) -> None:
    answer = published.client.get(DATA, headers={"Accept": "application/vnd.sdmx.data+json;version=2.0.0"})

    assert answer.status_code == 406
    assert "application/vnd.sdmx.data+csv;version=2.0.0" in answer.json()["errors"][0]["detail"]


def test_other_names_of_the_same_data_lead_to_the_same_numbers(published: Published) -> None:
    wanted = published.data()

    for path in (
        "/sdmx/3.0/data/*/READINESS/small/+/*",
        "/sdmx/3.0/data/dataflow/*/small",
        "/sdmx/3.0/data/datastructure/READINESS/DSD_small/2026.2.0",
        "/sdmx/2.1/data/READINESS,small,2026.2.0/all/READINESS",
        "/sdmx/2.1/data/READINESS,small/",
        "/api/v1/releases/small/latest/scores?format=sdmx-csv",
    ):
        answer = published.client.get(path, params={"format": "csv"} if "?" not in path else None, follow_redirects=True)
        assert answer.text.splitlines()[1:] == wanted, path


def test_an_earlier_release_keeps_its_own_numbers(published: Published) -> None:
    earlier = published.data(version="2026.1.0")

    assert {line.split(",")[1] for line in earlier} == {"READINESS:small(2026.1.0)"}
    assert any(",AUS," in line for line in earlier)
