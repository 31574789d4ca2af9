"""The page and the document of priorities, and of where scores stand: the same figures, and words for what does not fit."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from app.kit.actor import Role
from tests.api.conftest import Browse, Filled
from tests.scenarios import Client, bearer, problem

API = "/api/v1"


@pytest.fixture
def own(filled: Filled, browse: Browse) -> Client:
    return browse(filled, filled.actor(Role.CONTRIBUTOR, "CHL"))


@pytest.fixture
def base(filled: Filled) -> str:
    return f"/reviews/{filled.reviews['CHL']}/revisions/1"


def page(base: str, **asked: str) -> str:
    return f"{base}/results/priorities?{urlencode({key.replace('__', '.'): value for key, value in asked.items()})}"


def test_the_document_orders_the_gaps(own: Client, base: str) -> None:
    """A1 has 75 and A2 has 0 of A; B1 has 50 of B. In points of ALL, A1 and A2 weigh a quarter each, and B1 a half."""
    found = own.get(f"{API}{base}/priorities", params={"node": "ALL", "target": "75"}).json()

    assert [(gap["item"], gap["weight"], gap["gap"], gap["gain"]) for gap in found["gaps"]] == [
        ("A2", 0.25, 75, 18.75),
        ("B1", 0.5, 25, 12.5),
        ("A1", 0.25, 0, 0),
    ]
    assert (found["node"], found["target"], found["unanswered"]) == ("ALL", 75, ["B2", "B3"])


def test_urgency_and_effort_change_the_order(own: Client, base: str) -> None:
    asked = {"target": "75", "urgency": "B1:3", "effort": "A2:2"}

    found = own.get(f"{API}{base}/priorities", params=asked).json()

    assert [(gap["item"], gap["priority"]) for gap in found["gaps"]] == [("B1", 37.5), ("A2", 9.375), ("A1", 0)]


def test_a_key_reads_the_document_too(filled: Filled, browse: Browse, base: str) -> None:
    headers = bearer(filled.scene.key(filled.actor(Role.CONTRIBUTOR, "CHL")))

    for address in (f"{API}{base}/priorities", f"{API}{base}/peers"):
        assert browse(filled).get(address, headers=headers).status_code == 200
        assert browse(filled).get(address).status_code == 401


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"target": "many"}, "query.target", "bad_target"),
        ({"target": "101"}, "query.target", "bad_target"),
        ({"target": "-1"}, "query.target", "bad_target"),
        ({"target": "nan"}, "query.target", "bad_target"),
        ({"node": "Z"}, "query.node", "unknown_code"),
        ({"urgency": "Z:1"}, "query.urgency", "unknown_code"),
        ({"urgency": "A1:4"}, "query.urgency.A1", "bad_factor"),
        ({"effort": "A1"}, "query.effort.A1", "bad_factor"),
        ({"wish": "1"}, "query.wish", "extra_forbidden"),
    ],
)
def test_what_does_not_fit_is_named(own: Client, base: str, asked: dict[str, str], field: str, code: str) -> None:
    found = problem(own.get(f"{API}{base}/priorities", params=asked))

    assert found["status"] == 422
    problems = found["problems"]
    assert isinstance(problems, list)
    assert [(each["field"], each["code"]) for each in problems] == [(field, code)]


def test_the_page_shows_what_the_document_says(own: Client, base: str) -> None:
    text = own.get(page(base, target="75", urgency__B1="3", effort__A2="2")).text

    assert text.index("B1 Who pays?") < text.index("A2 Is there a law?")
    for figure in ("37.50", "9.38", "18.75", "12.50"):
        assert figure in text
    assert "A1 How far is the strategy?" not in text  # it reached the target
    assert "1 answered question has reached the target." in text
    assert "B3 Which share of services uses it?" in text
    assert '<option value="3" selected>3 high</option>' in text


def test_a_band_is_a_target_and_a_number_is_preferred_to_it(own: Client, base: str) -> None:
    assert "Gaps to 50.0" in own.get(page(base, band="leading")).text
    assert "Gaps to 60.0" in own.get(page(base, band="leading", target="60")).text
    assert "Gaps to 100.0" in own.get(page(base)).text
    assert "It is evaluated." in own.get(page(base)).text


@pytest.mark.parametrize("asked", [{"target": "many"}, {"node": "Z"}, {"urgency__A1": "9"}, {"effort__Z": "1"}])
def test_the_page_says_what_does_not_fit_and_shows_the_rest(own: Client, base: str, asked: dict[str, str]) -> None:
    answer = own.get(page(base, **asked))

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "A2 Is there a law?" in answer.text


def test_where_nothing_is_left_to_raise_the_page_says_so(own: Client, base: str) -> None:
    assert "Every answered question has reached this target." in own.get(page(base, target="0")).text


@pytest.mark.parametrize("place", ["results/priorities", "peers"])
def test_nobody_else_sees_these_pages(filled: Filled, browse: Browse, base: str, place: str) -> None:
    stranger = browse(filled, filled.actor(Role.APPROVER, "PER"))

    assert stranger.get(f"{base}/{place}").status_code == 404
    assert stranger.get(f"{API}{base}/{place.rsplit('/', maxsplit=1)[-1]}").status_code == 404


def test_the_page_and_the_document_say_where_a_score_stands(own: Client, base: str) -> None:
    """Fourteen share A: three at levels 1 to 4 each, two at 5. Chile is at level 4."""
    rows = own.get(f"{API}{base}/peers").json()["data"]

    (row,) = (row for row in rows if (row["node"], row["group"]) == ("A", "APEC"))
    assert (row["score"], row["median"], row["n"]) == (37.5, 25, 14)
    assert row["share_below"] == pytest.approx(100 * (9 + 1.5) / 14)
    text = own.get(f"{base}/peers").text
    assert "Between the middle and the upper quarter of the 14 economies that share it" in text
    assert "results/priorities?node=A&amp;target=25.0" not in text, "above the middle it is no target"
    assert "Beside APEC member economies, out of 100" in text


def test_the_peers_page_names_no_group_of_others(own: Client, base: str) -> None:
    assert own.get(f"{base}/peers?group=APEC-HIGH").status_code == 200
    assert own.get(f"{base}/peers?group=APEC-MIDDLE").status_code == 404
