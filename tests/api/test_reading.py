"""Reading: JSON and CSV, pages that lose nothing, tags that spare bytes, and rows that say what they are."""

from __future__ import annotations

import csv
import io

import pytest

from app.kit.actor import Role
from tests.api.conftest import PEERS, PRIVATE, PUBLIC, Browse, Filled
from tests.scenarios import APEC, NOTICE, Client, bearer, problem

API = "/api/v1"
LISTS = [
    f"{API}/economies",
    f"{API}/groups",
    f"{API}/cycles",
    f"{API}/references?economy=AUS",
    f"{API}/questionnaires",
    f"{API}/questionnaires/small/versions/2026.1/items",
    f"{API}/benchmarks/scores",
    f"{API}/benchmarks/cells",
]
VERSION = f"{API}/questionnaires/small/versions/2026.1"
PUBLIC_ADDRESSES = [*LISTS, VERSION]
DEMONSTRATION = (f"{API}/cycles", f"{API}/benchmarks/scores", f"{API}/benchmarks/cells")


def with_ending(address: str) -> str:
    path, _, query = address.partition("?")
    return f"{path}.csv?{query}"


def walk(client: Client, address: str, limit: int, headers: dict[str, str] | None = None) -> list[dict[str, object]]:
    """Follow `next` to the end."""
    rows: list[dict[str, object]] = []
    cursor: str | None = None
    while True:
        wanted: dict[str, str | int] = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = client.get(address, params=wanted, headers=headers or {})
        assert answer.status_code == 200, answer.text
        rows += answer.json()["data"]
        cursor = answer.json()["next"]
        if cursor is None:
            return rows
        assert len(answer.json()["data"]) == limit
        assert f"cursor={cursor}" in answer.headers["link"].replace("%3D", "=")


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_json_and_csv_with_the_same_rows(client: Client, address: str) -> None:
    rows = client.get(address).json()["data"]

    by_header = client.get(address, headers={"Accept": "text/csv"})
    by_ending = client.get(with_ending(address))

    assert by_header.headers["content-type"] == by_ending.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_header.text == by_ending.text
    table = list(csv.DictReader(io.StringIO(by_header.text)))
    assert len(table) == len(rows) > 0
    assert list(table[0]) == list(rows[0])
    for row, cells in zip(rows, table, strict=True):
        for column, value in row.items():
            if isinstance(value, float):
                assert float(cells[column]) == value
            elif value is None:
                assert cells[column] == ""


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/csv", "text/html"])
def test_json_is_what_one_gets_without_asking_for_csv(client: Client, accept: str) -> None:
    answer = client.get(f"{API}/economies", headers={"Accept": accept})

    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_an_answer_that_is_known_is_not_sent_again(client: Client, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"]

    again = client.get(address, headers={"If-None-Match": tag})
    other = client.get(address, headers={"If-None-Match": '"another"'})

    assert tag.startswith('"')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.content) == (200, first.content)
    assert first.headers["cache-control"].startswith("public")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.abuse("T13")
def test_a_cache_keeps_json_csv_and_readers_apart(client: Client, address: str) -> None:
    """T13."""
    json_answer, csv_answer = client.get(address), client.get(address, headers={"Accept": "text/csv"})

    assert json_answer.headers["etag"] != csv_answer.headers["etag"]
    for answer in (json_answer, csv_answer, client.get(address, headers={"If-None-Match": json_answer.headers["etag"]})):
        assert {name.strip() for name in answer.headers["vary"].split(",")} >= {"Accept", "Authorization", "Cookie"}


@pytest.mark.abuse("T13")
def test_what_a_person_sees_is_cached_for_nobody_else(filled: Filled, browse: Browse) -> None:
    address = f"{API}/benchmarks/scores"
    signed_in = browse(filled, filled.actor(Role.CONTRIBUTOR)).get(address)
    key = filled.scene.key(filled.actor(Role.ANALYST))
    with_key = browse(filled).get(address, headers=bearer(key))

    assert {answer.headers["cache-control"] for answer in (signed_in, with_key)} == {"private, no-cache"}


@pytest.mark.parametrize("limit", [1, 7, 1000])
@pytest.mark.parametrize("path", ["benchmarks/scores", "benchmarks/cells"])
def test_a_walk_meets_every_row_exactly_once(client: Client, path: str, limit: int) -> None:
    if limit == 1:
        path = f"{path}?node=A&series=self"  # one row a page is slow; a part will do
    rows = walk(client, f"{API}/{path}", limit)

    keys = [tuple(str(row.get(part)) for part in ("series", "node", "economy", "group")) for row in rows]
    expected = {"benchmarks/scores": 9 * 3 * 2, "benchmarks/cells": 6 * len({row.get("group") for row in rows})}
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    if limit > 1:
        assert len(keys) == expected[path]
    else:
        assert len(keys) > 1


def test_a_cursor_keeps_the_filters_of_its_address(client: Client) -> None:
    first = client.get(f"{API}/benchmarks/scores", params={"node": "B", "series": "self", "limit": 5})

    second = client.get(first.headers["link"].partition(">")[0].removeprefix("<"))

    assert {row["node"] for row in second.json()["data"]} == {"B"}
    assert len(second.json()["data"]) == 4
    assert second.json()["next"] is None


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "bnVsbA", "W1tdXQ", "'; --", "A" * 512])
@pytest.mark.parametrize("path", ["benchmarks/scores", "benchmarks/cells"])
@pytest.mark.abuse("T2")
def test_a_cursor_that_was_made_up_is_refused(client: Client, path: str, cursor: str) -> None:
    """T2."""
    answer = client.get(f"{API}/{path}", params={"cursor": cursor})

    assert problem(answer)["code"] == "bad_cursor"
    assert answer.status_code == 400


@pytest.mark.abuse("D2")
@pytest.mark.parametrize(("limit", "status"), [(0, 422), (1001, 422), (-1, 422), (10**30, 422), ("x", 422), (1000, 200)])
def test_a_page_has_a_largest_size(client: Client, limit: str, status: int) -> None:
    """D2."""
    assert client.get(f"{API}/benchmarks/scores", params={"limit": limit}).status_code == status


@pytest.mark.abuse("J17")
@pytest.mark.parametrize("address", [*PUBLIC_ADDRESSES])
def test_an_unknown_parameter_is_refused(client: Client, address: str) -> None:
    """J17: a filter with a typing error must not silently mean everything."""
    answer = client.get(address + ("&" if "?" in address else "?") + "colour=red")

    assert answer.status_code == 422
    assert problem(answer)["problems"] == [
        {"field": "query.colour", "code": "extra_forbidden", "message": "There is no such field."}
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        {"economy": "THA"},
        {"economy": "THA", "group": "APEC"},
        {"economy": "AUS", "group": "APEC-MIDDLE"},
        {"series": "reviewed"},
    ],
)
def test_a_filter_that_is_known_and_fits_nothing_gives_an_empty_list(client: Client, wanted: dict[str, str]) -> None:
    answer = client.get(f"{API}/benchmarks/scores", params=wanted)

    assert (answer.status_code, answer.json()) == (200, {"data": [], "next": None})


UNKNOWN = [
    ({"questionnaire": "none"}, "questionnaire", "There is no none. Choose from: small."),
    ({"version": "1999.1"}, "version", "There is no 1999.1. Choose from: 2026.1."),
    ({"questionnaire": "small", "version": "2026.2"}, "version", "There is no 2026.2. Choose from: 2026.1."),
    ({"cycle": "1999"}, "cycle", "There is no 1999. Choose from: 2026."),
    ({"questionnaire": "small", "cycle": "1999"}, "cycle", "There is no 1999. Choose from: 2026."),
    ({"node": "Z"}, "node", "There is no Z. Choose from: A, ALL, B."),
    ({"node": "A,Z,Y", "questionnaire": "small"}, "node", "There is no Z, Y. Choose from: A, ALL, B."),
    ({"node": "' OR 1=1 --"}, "node", "There is no such code. Choose from: A, ALL, B."),
    ({"group": "NONE"}, "group", "There is no NONE. Choose from: APEC"),
]


@pytest.mark.parametrize(("wanted", "name", "says"), UNKNOWN)
@pytest.mark.parametrize("path", ["benchmarks/scores", "benchmarks/cells", "benchmarks/cells.csv"])
def test_a_filter_that_names_nothing_is_refused_and_says_what_exists(
    client: Client, path: str, wanted: dict[str, str], name: str, says: str
) -> None:
    answer = client.get(f"{API}/{path}", params=wanted)

    assert problem(answer)["code"] == "invalid"
    (found,) = answer.json()["problems"]
    assert (answer.status_code, found["field"], found["code"]) == (422, f"query.{name}", "unknown_code")
    assert found["message"].startswith(says)


@pytest.mark.parametrize(
    ("path", "wanted", "name"),
    [
        ("benchmarks/scores", {"economy": "XXX"}, "economy"),
        ("benchmarks/scores", {"economy": "AUS,XXX", "group": "APEC"}, "economy"),
        ("references", {"economy": "XXX"}, "economy"),
        ("references", {"economy": "AUS,aus"}, "economy"),
        ("references", {"economy": "AUS", "series": "GTM"}, "series"),
    ],
)
def test_an_economy_or_a_series_that_does_not_exist_is_refused(
    client: Client, path: str, wanted: dict[str, str], name: str
) -> None:
    answer = client.get(f"{API}/{path}", params=wanted)

    assert problem(answer)["code"] == "invalid"
    (found,) = answer.json()["problems"]
    assert (answer.status_code, found["field"], found["code"]) == (422, f"query.{name}", "unknown_code")
    assert "Choose from: " in found["message"]


def test_filters_are_combined(client: Client) -> None:
    wanted = {"node": "A, B", "series": "self", "economy": "AUS,CAN,MEX", "group": "APEC-HIGH", "questionnaire": "small"}

    rows = client.get(f"{API}/benchmarks/scores", params=wanted).json()["data"]

    assert [(row["node"], row["economy"]) for row in rows] == [("A", "AUS"), ("A", "CAN"), ("B", "AUS"), ("B", "CAN")]


def test_only_public_scores_are_read_without_a_key(client: Client) -> None:
    rows = walk(client, f"{API}/benchmarks/scores", 100)

    assert {row["economy"] for row in rows} == set(PUBLIC)
    assert {row["audience"] for row in rows} == {"public"}


def test_a_key_sees_what_its_owner_may_see(filled: Filled, client: Client) -> None:
    """A peer sees peers; a private economy sees itself; an analyst and the secretariat see what everybody sees."""
    seen = {}
    for name, actor in {
        "peer": filled.actor(Role.CONTRIBUTOR, PEERS[0]),
        "private": filled.actor(Role.APPROVER, PRIVATE[0]),
        "analyst": filled.actor(Role.ANALYST),
        "secretariat": filled.actor(Role.SECRETARIAT),
        "draft": filled.actor(Role.COORDINATOR),
    }.items():
        rows = walk(client, f"{API}/benchmarks/scores", 100, bearer(filled.scene.key(actor)))
        seen[name] = {str(row["economy"]) for row in rows}

    everybody = set(PUBLIC)
    assert seen == {
        "peer": everybody | set(PEERS),
        "private": everybody | {PRIVATE[0]},
        "analyst": everybody,
        "secretariat": everybody,
        "draft": everybody,
    }


@pytest.mark.parametrize("address", DEMONSTRATION)
def test_every_row_of_a_demonstration_says_so(client: Client, address: str) -> None:
    rows = client.get(address).json()["data"]

    assert rows
    assert {row["notice"] for row in rows} == {NOTICE}
    assert NOTICE.split(",", maxsplit=1)[0] in client.get(address, headers={"Accept": "text/csv"}).text


def test_the_notice_goes_with_a_review_and_its_results_too(filled: Filled, browse: Browse) -> None:
    own = browse(filled, filled.actor(Role.CONTRIBUTOR, "NZL"))
    review = filled.reviews["NZL"]

    listed = own.get(f"{API}/reviews").json()["data"]
    results = own.get(f"{API}/reviews/{review}/revisions/1/results").json()["data"]
    whole = own.get(f"{API}/reviews/{review}").json()

    assert {row["notice"] for row in [*listed, *results, whole]} == {NOTICE}
    assert {row["series"] for row in results} == {"self", "evidence_supported"}


def test_suppressed_cells_say_why_and_nothing_else(client: Client) -> None:
    rows = client.get(f"{API}/benchmarks/cells", params={"node": "A", "series": "self"}).json()["data"]

    figures = ("n", "mean", "minimum", "q1", "median", "q3", "maximum", "band")
    by_group = {row["group"]: row for row in rows}
    assert by_group["APEC"]["n"] == 14
    assert by_group["APEC-HIGH"]["suppressed"] == by_group["APEC-MIDDLE"]["suppressed"] == "differencing"
    assert {row[name] for row in rows if row["suppressed"] for name in figures} == {None}


def test_no_row_anywhere_has_a_rank(filled: Filled) -> None:
    schemas = filled.app.openapi()["components"]["schemas"]

    names = {name for schema in schemas.values() for name in schema.get("properties", {})}
    words = {word for name in names for word in name.lower().split("_")}
    assert len(names) > 50
    assert words & {"rank", "ranking", "ranks", "position", "percentile", "place"} == set()


def test_economies_come_in_apecs_own_order(client: Client) -> None:
    rows = client.get(f"{API}/economies").json()["data"]

    assert [row["code"] for row in rows[:21]] == list(APEC)


def test_a_version_is_tagged_with_its_content_hash(client: Client) -> None:
    (row,) = client.get(f"{API}/questionnaires").json()["data"]

    answer = client.get(VERSION)

    assert answer.headers["etag"] == f'"{row["content_hash"]}"'
    assert "immutable" in answer.headers["cache-control"]
    assert [section["code"] for section in answer.json()["sections"]] == ["A", "B"]


@pytest.mark.parametrize("path", ["questionnaires/none/versions/2026.1", "questionnaires/small/versions/9999.9/items", "nothing"])
def test_what_is_not_there_is_a_problem_document(client: Client, path: str) -> None:
    answer = client.get(f"{API}/{path}")

    assert answer.status_code == 404
    assert set(problem(answer)) == {"type", "title", "status", "detail", "code", "problems"}
    assert path.split("/")[1:2] == [] or path.split("/")[1] not in str(answer.json()).replace("small", "")


def test_a_head_is_a_get_without_its_body(client: Client) -> None:
    answer = client.head(f"{API}/economies")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == client.get(f"{API}/economies").headers["etag"]


@pytest.mark.abuse("T19")
def test_the_wrong_method_is_told_the_right_one(client: Client) -> None:
    """T19."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, f"{API}/economies", json={})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
        assert problem(answer)["code"] == "method_not_allowed"
