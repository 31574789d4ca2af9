"""No question makes the service fail: addresses and parameters of every shape are answered or refused."""

from __future__ import annotations

from urllib.parse import quote

import defusedxml.ElementTree
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.releases.sdmx.conftest import Published

pytestmark = pytest.mark.fuzz

CODES = ("A", "NZL", "AUS", "APEC", "self", "score", "median", "2026_1", "2026", "*", "", "all", "XXX", "A+B", "a,b")
parts = st.one_of(st.sampled_from(CODES), st.text(max_size=8))
keys = st.lists(parts, max_size=9).map(".".join)
versions = st.one_of(
    st.sampled_from(("+", "~", "*", "latest", "2026.1.0", "2026.1+.0", "2026.*.0", "1", "0~")), st.text(max_size=8)
)
names = st.sampled_from(
    (
        *("startPeriod", "endPeriod", "updatedAfter", "firstNObservations", "lastNObservations", "detail", "references"),
        *("dimensionAtObservation", "attributes", "measures", "format", "includeHistory", "c[REF_AREA]", "c[TIME_PERIOD]"),
        *("c[OBS_VALUE]", "c[OBS_STATUS]", "c[REVISION]", "c[", "limit", "sort", "x"),
    )
)
values = st.one_of(
    st.sampled_from(
        (
            *(
                "2026",
                "2026-01",
                "2026-Q9",
                "2026-W60",
                "9999-12",
                "0000",
                "-1",
                "0",
                "1",
                "1e999",
                "nan",
                "2026-01-01T00:00:00+25:00",
            ),
            *("ge:2020+le:2030", "ne:A,ne:B", "co:", "gt:", "full", "all", "none", "csv", "ml-3.0", "json", "generic", "true"),
        )
    ),
    st.text(max_size=12),
)
parameters = st.dictionaries(names, values, max_size=4)
calm = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ask(published: Published, path: str, sent: dict[str, str]) -> None:
    answer = published.client.get(path, params=sent)

    assert answer.status_code < 500 or answer.status_code == 501, (path, sent, answer.text)
    if answer.status_code >= 400 and answer.headers["content-type"] == "application/xml":
        assert defusedxml.ElementTree.fromstring(answer.content).tag.endswith("}Error")


@calm
@given(key=keys, version=versions, sent=parameters)
def test_data_of_the_new_form(published: Published, key: str, version: str, sent: dict[str, str]) -> None:
    ask(published, f"/sdmx/3.0/data/dataflow/READINESS/small/{quote(version, safe='')}/{quote(key, safe='')}", sent)


@calm
@given(flow=parts, key=keys, sent=parameters)
def test_data_of_the_old_form(published: Published, flow: str, key: str, sent: dict[str, str]) -> None:
    ask(published, f"/sdmx/2.1/data/small/{quote(key, safe='')}/all", sent)
    ask(published, f"/sdmx/2.1/data/{quote(flow, safe='')}/{quote(key, safe='')}", sent)


@calm
@given(
    kind=st.one_of(st.sampled_from(("dataflow", "codelist", "datastructure", "*", "process")), parts),
    rest=st.lists(parts, max_size=5),
    version=versions,
    sent=parameters,
)
def test_structures(published: Published, kind: str, rest: list[str], version: str, sent: dict[str, str]) -> None:
    path = "/".join(quote(part, safe="") for part in (kind, *rest))
    ask(published, f"/sdmx/3.0/structure/{path}", sent)
    ask(published, f"/sdmx/2.1/{path}", sent)
    ask(published, f"/sdmx/3.0/structure/dataflow/READINESS/small/{quote(version, safe='')}", sent)


@calm
@given(
    accept=st.one_of(
        st.text(alphabet=st.characters(codec="ascii", exclude_categories=["C"]), max_size=40),
        st.sampled_from(("*/*;q=x", "application/vnd.sdmx.data+csv;version=9")),
    )
)
def test_any_accept(published: Published, accept: str) -> None:
    for path in ("/sdmx/3.0/data/dataflow/READINESS/small", "/sdmx/2.1/dataflow"):
        assert published.client.get(path, headers={"Accept": accept}).status_code in {200, 406}
