"""Change since an earlier cycle at both edges: the same numbers, for the economy's own people."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html import unescape
from uuid import UUID

import pytest

from app.kit.actor import Role
from tests.api.conftest import Browse, Filled
from tests.scenarios import NOTICE, SMALL, Client, answers_csv, bearer, problem

SIGNED = "NZL"
NEXT = SMALL.replace('version: "2026.1"', 'version: "2027.1"').replace("hi: 1000}", "hi: 2000}")


@dataclass
class Twice:
    """A review with a past: signed under 2026.1 in 2026, and under 2027.1 in 2027."""

    filled: Filled
    review: UUID
    client: Client

    @property
    def address(self) -> str:
        return f"/api/v1/reviews/{self.review}/revisions/1/change"

    @property
    def page(self) -> str:
        return unescape(self.client.get(f"/reviews/{self.review}/revisions/1/results").text)


@pytest.fixture
def twice(fresh: Filled, browse: Browse) -> Twice:
    """NZL answered level 2, no, and half; now A1 is at level 4, and the whole of services is reached."""
    fresh.scene.publish(NEXT)
    fresh.scene.open_cycle("2027", notice="Preliminary")
    done = fresh.scene.import_(answers_csv([SIGNED], [4], B1="all"), version="2027.1", cycle="2027")
    return Twice(fresh, done.reviews[SIGNED], browse(fresh, fresh.actor(Role.CONTRIBUTOR, SIGNED)))


def test_a_change_comes_with_what_it_rests_on(twice: Twice) -> None:
    rows = twice.client.get(twice.address).json()["data"]

    assert [(row["series"], row["node"]) for row in rows] == [
        (series, node) for series in ("self", "evidence_supported") for node in ("ALL", "A", "B")
    ]
    rules = rows[1]
    assert rules["change"] == rules["after"] - rules["before"] > 0
    assert (rules["items"], rules["share_before"], rules["share_after"], rules["coverage"]) == (2, 1, 1, 1)
    assert (rules["cycle_before"], rules["cycle_after"]) == ("2026", "2027")
    assert (rules["version_before"], rules["version_after"]) == ("2026.1", "2027.1")
    assert rules["hash_before"] != rules["hash_after"]
    assert (rules["reason"], rules["status"]) == (None, None)
    assert {row["notice"] for row in rows} == {f"Preliminary {NOTICE}"}


def test_a_break_is_marked_as_in_sdmx(fresh: Filled, browse: Browse) -> None:
    fresh.scene.publish(NEXT.replace("Which share of services uses it?", "Which share?\n        weight: 2"))
    fresh.scene.open_cycle("2027")
    review = fresh.scene.import_(answers_csv([SIGNED]), version="2027.1", cycle="2027").reviews[SIGNED]
    client = browse(fresh, fresh.actor(Role.CONTRIBUTOR, SIGNED))

    rows = client.get(f"/api/v1/reviews/{review}/revisions/1/change").json()["data"]

    means = next(row for row in rows if row["node"] == "B")
    assert (means["reason"], means["status"]) == ("less_than_60_percent_common", "B")
    assert [means[name] for name in ("before", "after", "change")] == [None, None, None]
    page = client.get(f"/reviews/{review}/revisions/1/results").text
    assert page.count("Less than 60 % of its weight is the same in both reviews") == 1
    assert page.count("Less than 60 % of the weight of one of its parts is the same in both reviews") == 1


def test_csv_has_the_same_rows(twice: Twice) -> None:
    rows = twice.client.get(twice.address).json()["data"]

    by_ending = twice.client.get(f"{twice.address}.csv")
    by_header = twice.client.get(twice.address, headers={"Accept": "text/csv"})

    assert by_ending.text == by_header.text
    table = list(csv.DictReader(io.StringIO(by_ending.text)))
    assert list(table[0]) == list(rows[0])
    assert [float(cells["change"]) for cells in table] == [row["change"] for row in rows]


def test_a_known_answer_is_not_sent_again(twice: Twice) -> None:
    tag = twice.client.get(twice.address).headers["etag"]

    assert twice.client.get(twice.address, headers={"If-None-Match": tag}).status_code == 304


def test_without_an_earlier_review_there_are_no_rows_and_no_words(filled: Filled, browse: Browse) -> None:
    client = browse(filled, filled.actor(Role.CONTRIBUTOR, SIGNED))
    review = filled.reviews[SIGNED]

    assert client.get(f"/api/v1/reviews/{review}/revisions/1/change").json() == {"data": [], "next": None}
    page = client.get(f"/reviews/{review}/revisions/1/results").text
    assert "This is the first signed review of your economy with this questionnaire." in page
    assert "Scores on the same questions" not in page


def test_only_the_economys_own_people_see_it(twice: Twice, browse: Browse) -> None:
    stranger = browse(twice.filled, twice.filled.actor(Role.COORDINATOR, "AUS"))
    key = bearer(twice.filled.scene.key(twice.filled.actor(Role.ANALYST)))

    for answer in (stranger.get(twice.address), browse(twice.filled).get(twice.address, headers=key)):
        assert answer.status_code == 404
        assert problem(answer)["code"] == "not_found"
    assert browse(twice.filled).get(twice.address).status_code == 401
    assert twice.client.get(f"{twice.address}?page=2").status_code == 422


def test_the_page_shows_before_now_and_the_change_with_its_sign(twice: Twice) -> None:
    rows = {row["node"]: row for row in twice.client.get(twice.address).json()["data"][:3]}

    page = twice.page

    assert "Change since Cycle 2026" in page
    assert f"+{rows['A']['change']:.1f}" in page
    assert f"{rows['A']['before']:.1f}" in page
    assert "Preliminary" in page
    assert NOTICE in page
