"""How sure scores are, at both edges: the same numbers, for the economy's own people."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest

from app.kit.actor import Role
from tests.api.conftest import Browse, Filled
from tests.scenarios import NOTICE, SMALL, Client, answers_csv, bearer, problem

SIGNED = "NZL"
RELATIVE = SMALL.replace("goalposts: {lo: 0, hi: 1000}", "normalisation: {method: min_max}").replace("2026.1", "2027.1")


@pytest.fixture
def own(filled: Filled, browse: Browse) -> Client:
    return browse(filled, filled.actor(Role.CONTRIBUTOR, SIGNED))


def address(filled: Filled) -> str:
    return f"/api/v1/reviews/{filled.reviews[SIGNED]}/revisions/1/certainty"


def page(filled: Filled, client: Client) -> str:
    answer = client.get(f"/reviews/{filled.reviews[SIGNED]}/revisions/1/results/certainty")
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ")


def test_every_node_has_its_score_and_its_range(filled: Filled, own: Client) -> None:
    rows = own.get(address(filled)).json()["data"]

    results = own.get(address(filled).replace("certainty", "results")).json()["data"]
    assert [row["node"] for row in rows] == ["ALL", "A", "B"]
    scores = {row["node"]: row["score"] for row in results if row["series"] == "self"}
    assert {row["node"]: row["score"] for row in rows} == scores
    assert [row["reason"] for row in rows] == [None, None, "insufficient_coverage"]
    assert [rows[2][name] for name in ("q05", "q95", "scored", "band_from", "in_band")] == [None, None, None, None, []]
    for row in rows[:2]:
        assert row["q05"] <= row["q25"] <= row["q50"] <= row["q75"] <= row["q95"]
        assert sum(row["in_band"]) == pytest.approx(1)
        assert row["bands"] == ["starting", "leading"]
        assert (row["replicates"], row["method_version"], row["notice"]) == (10_000, "1.0", NOTICE)
        assert 0 <= int(row["seed"]) < 2**64
        assert row["release"] in own.get(f"/reviews/{filled.reviews[SIGNED]}/revisions/1").text


def test_csv_has_the_same_rows(filled: Filled, own: Client) -> None:
    rows = own.get(address(filled)).json()["data"]

    by_ending = own.get(f"{address(filled)}.csv")
    by_header = own.get(address(filled), headers={"Accept": "text/csv"})

    assert by_ending.text == by_header.text
    table = list(csv.DictReader(io.StringIO(by_ending.text)))
    assert list(table[0]) == list(rows[0])
    assert [float(cells["q05"]) for cells in table[:2]] == [row["q05"] for row in rows[:2]]
    assert table[2]["q05"] == ""
    assert table[0]["bands"] == "starting;leading"


def test_a_known_answer_is_not_sent_again(filled: Filled, own: Client) -> None:
    tag = own.get(address(filled)).headers["etag"]

    assert own.get(address(filled), headers={"If-None-Match": tag}).status_code == 304


def test_only_the_economys_own_people_see_it(filled: Filled, browse: Browse, own: Client) -> None:
    stranger = browse(filled, filled.actor(Role.COORDINATOR, "AUS"))
    key = bearer(filled.scene.key(filled.actor(Role.ANALYST)))

    for answer in (stranger.get(address(filled)), browse(filled).get(address(filled), headers=key)):
        assert answer.status_code == 404
        assert problem(answer)["code"] == "not_found"
    shown = f"/reviews/{filled.reviews[SIGNED]}/revisions/1/results/certainty"
    assert stranger.get(shown).status_code == 404
    assert browse(filled).get(address(filled)).status_code == 401
    assert own.get(f"{address(filled)}?page=2").status_code == 422
    assert own.get(address(filled).replace("/1/", "/2/")).status_code == 404


def test_the_page_shows_the_numbers_of_the_api(filled: Filled, own: Client) -> None:
    rows = own.get(address(filled)).json()["data"]

    text = page(filled, own)

    for row in rows[:2]:
        assert f"{row['q05']:.1f} to {row['q95']:.1f}" in text
        assert f"{row['q25']:.1f} to {row['q75']:.1f}" in text
    assert "Too few of its questions are answered" in text
    assert "computed all scores 10,000 times again" in text
    assert "not the margin of error of a survey" in text
    assert NOTICE in text


def test_the_page_says_what_would_narrow_the_ranges(filled: Filled, own: Client) -> None:
    text = page(filled, own)

    assert "2 questions have no answer." in text
    assert "B3 Which share of services uses it?" in text
    assert "Give evidence." in text
    assert f'href="/reviews/{filled.reviews[SIGNED]}"' in text


def test_a_closed_cycle_leads_to_the_gaps(fresh: Filled, browse: Browse) -> None:
    fresh.scene.close_cycle()

    text = page(fresh, browse(fresh, fresh.actor(Role.COORDINATOR, SIGNED)))

    assert "This cycle is closed" in text
    assert "/revisions/1/results#gaps" in text


def test_the_results_lead_there(filled: Filled, own: Client) -> None:
    results = f"/reviews/{filled.reviews[SIGNED]}/revisions/1/results"

    assert f'href="{results}/certainty"' in own.get(results).text


def test_relative_scales_are_refused_in_words(fresh: Filled, browse: Browse) -> None:
    fresh.scene.publish(RELATIVE)
    fresh.scene.open_cycle("2027")
    review = fresh.scene.import_(answers_csv([SIGNED]), version="2027.1", cycle="2027").reviews[SIGNED]
    client = browse(fresh, fresh.actor(Role.CONTRIBUTOR, SIGNED))

    refused = client.get(f"/api/v1/reviews/{review}/revisions/1/certainty")
    shown = client.get(f"/reviews/{review}/revisions/1/results/certainty")

    assert refused.status_code == shown.status_code == 409
    assert problem(refused)["code"] == "relative_scales"
    assert "These scores have no range" in shown.text
    assert "fixed scales" in unescape(shown.text)
    assert "results/certainty" not in client.get(f"/reviews/{review}/revisions/1/results").text


def test_a_closed_gate_is_named_and_closes_the_bands_above(fresh: Filled, browse: Browse) -> None:
    gated = "{code: A, title: Rules, parent: ALL, gates: [{item: A2, band: leading, minimum: 50}]}"
    fresh.scene.publish(SMALL.replace("2026.1", "2027.1").replace("{code: A, title: Rules, parent: ALL}", gated))
    fresh.scene.open_cycle("2027")
    review = fresh.scene.import_(answers_csv([SIGNED], [5]), version="2027.1", cycle="2027").reviews[SIGNED]
    client = browse(fresh, fresh.actor(Role.CONTRIBUTOR, SIGNED))

    rows = {row["node"]: row for row in client.get(f"/api/v1/reviews/{review}/revisions/1/certainty").json()["data"]}
    text = client.get(f"/reviews/{review}/revisions/1/results/certainty").text

    assert [rows["A"][name] for name in ("band", "band_from", "band_to")] == ["starting"] * 3
    assert (rows["A"]["bands"], rows["A"]["in_band"]) == (["starting"], [1])
    assert "Its band is held back by A2." in text
    assert ">closed<" in text.replace(" ", "").replace("\n", "")
    assert "Critical questions are not varied" in text
