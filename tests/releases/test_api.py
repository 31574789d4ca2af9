"""What analysts pull of a release: filters, pages, formats, caching, and what never shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from uuid import UUID

import pyarrow.parquet
import pytest
from httpx2 import Response

from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.kit import clock
from app.kit.actor import Role
from app.main import create_app
from app.releases import queries
from app.releases.tables import ReleaseWithdrawal
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, Client, Scene, bearer, problem, statements

BASE = "/api/v1/releases/small/2026.1.0"
PUBLIC, PEERS, ABSENT = APEC[:14], APEC[14:19], APEC[19:]


def withdraw(scene: Scene, economy: str, nodes: Sequence[str] = ("A", "ALL", "B"), number: str = "2026.1.0") -> None:
    """Take an economy's scores out of a release, as a withdrawn consent does."""
    with scene.database.write() as session:
        release = next(row for row, cycle in queries.list_releases(session, CODE) if number.startswith(cycle.code))
        gone = [(series, node) for series in ("self", "evidence_supported") for node in nodes]
        queries.add_withdrawals(
            session,
            [
                ReleaseWithdrawal(
                    release_id=release.id,
                    version="2026.1",
                    series=series,
                    node=node,
                    economy=economy,
                    withdrawn_at=clock.now(),
                )
                for series, node in gone
            ],
        )


def rows(client: Client, path: str, **query: str | int) -> list[dict[str, object]]:
    answer = client.get(f"{BASE}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["data"]
    return found


def test_releases_are_listed_with_what_is_said_of_them(client: Client, released: Scene) -> None:
    released.release()

    found = client.get("/api/v1/releases", params={"questionnaire": CODE}).json()

    assert [(row["release"], row["replaced_by"]) for row in found["data"]] == [("2026.2.0", None), ("2026.1.0", "2026.2.0")]
    assert found["meta"]["total"] == 2
    assert found["data"][0]["address"] == "/api/v1/releases/small/2026.2.0"


def test_a_release_says_everything_that_a_citation_and_a_check_need(reader: Client) -> None:
    answer = reader.get(BASE)

    said = answer.json()
    assert said["release"] == "2026.1.0"
    assert said["year"] == 2026
    assert (said["withdrawals"], said["replaced_by"]) == ([], None)
    assert len(said["checksum"]) == len(said["versions"][0]["content_hash"]) == 64
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in answer.headers["link"]
    assert f'<{BASE}>; rel="cite-as"' in answer.headers["link"]
    assert {reader.get(path).status_code for path in said["links"].values() if path.startswith("/api")} == {200}


def test_a_score_carries_what_makes_it_honest(reader: Client) -> None:
    (row,) = rows(reader, "scores", economy="AUS", node="A", series="self")

    assert row["economy_name"] == "Australia"
    assert (row["level"], row["unit"], row["year"]) == ("pillar", "points, 0 to 100", 2026)
    assert (row["obs_status"], row["conf_status"]) == ("V", "F")
    assert {"coverage", "lower", "upper", "floor", "ceiling", "band_from", "band_to", "grade", "evidence_share", "reason"} < set(
        row
    )
    assert row["footnotes"]
    assert row["notice"] == "Demonstration data, not any economy's own"
    assert [name for name in row if "rank" in name] == []


def test_filters_leave_what_meets_all_of_them(reader: Client) -> None:
    assert {row["economy"] for row in rows(reader, "scores", economy="AUS,CAN")} == {"AUS", "CAN"}
    assert {row["node"] for row in rows(reader, "scores", node="A")} == {"A"}
    assert {row["series"] for row in rows(reader, "scores", series="self")} == {"self"}
    assert {row["level"] for row in rows(reader, "scores", level="pillar")} == {"pillar"}
    assert {row["group"] for row in rows(reader, "cells", group="APEC")} == {"APEC"}
    assert len(rows(reader, "scores", economy="AUS,CAN", node="A", series="self", version="2026.1", cycle="2026")) == 2


def test_a_group_leaves_the_scores_of_its_economies(reader: Client) -> None:
    asean = rows(reader, "scores", group="ASEAN", series="self", node="A")

    assert {row["economy"] for row in asean} == {"BRN", "IDN", "MYS"}
    assert [row["economy"] for row in rows(reader, "scores", group="ASEAN", economy="MYS,AUS", series="self", node="A")] == [
        "MYS"
    ]


@pytest.mark.parametrize(
    ("year", "count"), [("2026", 6), ("2024:2026", 6), ("2026:", 6), (":2026", 6), ("2027:", 0), (":2025", 0), ("2020:2025", 0)]
)
def test_years_are_a_year_or_a_range(reader: Client, year: str, count: int) -> None:
    assert len(rows(reader, "scores", economy="AUS", year=year)) == count


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ({"econmy": "AUS"}, "query.econmy", "There is no such field."),
        ({"economy": "AUS,QQQ"}, "query.economy", "There is no QQQ. Choose from: AGO, ALB, "),
        ({"node": "Z"}, "query.node", "There is no Z. Choose from: A, ALL, B."),
        ({"level": "floor"}, "query.level", "Choose from: index, pillar."),
        ({"series": "rumour"}, "query.series", "Choose from: evidence_supported, reviewed, self."),
        ({"group": "NOBODY"}, "query.group", "There is no NOBODY."),
        ({"version": "2025.1"}, "query.version", "Choose from: 2026.1."),
        ({"cycle": "2031"}, "query.cycle", "Choose from: 2026."),
        ({"fields": "score,rank"}, "query.fields", "There is no rank."),
        ({"year": "26"}, "query.year", "Send a year"),
        ({"year": "2024-2026"}, "query.year", "Send a year"),
        ({"year": ":"}, "query.year", "Send a year"),
        ({"page": "0"}, "query.page", "at least 1"),
        ({"per_page": "1001"}, "query.per_page", "at most 1000"),
        ({"format": "xlsx"}, "query.format", "Choose from: csv, json, parquet"),
    ],
)
def test_a_typing_error_is_refused_with_what_exists(reader: Client, query: dict[str, str], field: str, says: str) -> None:
    answer = reader.get(f"{BASE}/scores", params=query)

    refused = problem(answer)
    assert (answer.status_code, refused["code"]) == (400, "bad_query")
    assert isinstance(refused["problems"], list)
    (named,) = refused["problems"]
    assert named["field"] == field
    assert says in named["message"]


@pytest.mark.parametrize("query", [{"economy": "VNM"}, {"series": "reviewed"}, {"economy": "AUS", "year": "2030"}])
def test_a_known_filter_without_data_is_an_empty_answer(reader: Client, query: dict[str, str]) -> None:
    answer = reader.get(f"{BASE}/scores", params=query)

    assert answer.status_code == 200
    assert answer.json()["data"] == []
    assert (answer.json()["meta"]["total"], answer.json()["meta"]["pages"]) == (0, 0)
    empty = reader.get(f"{BASE}/scores.csv", params=query)
    assert empty.text.startswith("release,questionnaire,version,")
    assert empty.text.count("\r\n") == 1


@pytest.mark.parametrize("path", ["small/2026.9.0", "small/x", "nothing/latest", "small/2026.1.0/codelists/nothing"])
def test_what_is_not_there_is_not_found(reader: Client, path: str) -> None:
    assert problem(reader.get(f"/api/v1/releases/{path}"))["code"] == "not_found"


def linked(answer: Response) -> dict[str, str]:
    """Return the addresses of the header Link by their relation."""
    found = (each.split("; rel=") for each in answer.headers["link"].split(", "))
    return {relation.strip('"'): address.strip("<>") for address, relation in found}


def test_pages_together_are_the_whole(reader: Client) -> None:
    everything = rows(reader, "scores", per_page=1000)
    pages = [reader.get(f"{BASE}/scores?per_page=25")]
    while "next" in linked(pages[-1]):
        pages.append(reader.get(linked(pages[-1])["next"]))

    assert len(everything) == 84
    assert [row for page in pages for row in page.json()["data"]] == everything
    assert {(page.json()["meta"]["pages"], page.json()["meta"]["total"]) for page in pages} == {(4, 84)}
    assert linked(pages[-1])["prev"] == f"{BASE}/scores?per_page=25&page=3"
    assert rows(reader, "scores", page=9) == []


def test_only_the_columns_that_are_asked_for_come_in_the_order_asked(reader: Client) -> None:
    query = {"fields": "score,economy", "economy": "AUS", "node": "A", "series": "self"}

    (row,) = rows(reader, "scores", **query)

    assert list(row) == ["score", "economy"]
    assert reader.get(f"{BASE}/scores.csv", params=query).text.splitlines()[0] == "score,economy"


@pytest.mark.parametrize("table", ["scores", "cells", "pairs", "items", "dictionary", "codelists/economies", "codelists/nodes"])
def test_every_format_has_the_same_values(reader: Client, table: str) -> None:
    found = rows(reader, table, per_page=1000)

    written = reader.get(f"{BASE}/{table}.csv")
    assert written.headers["content-type"] == "text/csv; charset=utf-8"
    assert list(csv.DictReader(io.StringIO(written.text))) == [{name: as_text(row[name]) for name in row} for row in found]
    parquet = pyarrow.parquet.read_table(io.BytesIO(reader.get(f"{BASE}/{table}.parquet").content))
    assert parquet.to_pylist() == found
    assert parquet.schema.metadata[b"release"] == b"2026.1.0"
    assert parquet.schema.metadata[b"licence"] == b"CC BY 4.0"


def as_text(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def test_columns_of_parquet_have_types_even_without_rows(reader: Client) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(reader.get(f"{BASE}/scores.parquet?series=reviewed").content))

    assert table.num_rows == 0
    assert {str(table.schema.field(name).type) for name in ("score", "lower", "coverage")} == {"double"}
    assert str(table.schema.field("year").type) == "int64"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("application/json;q=0.1, text/*", "text/csv; charset=utf-8"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
def test_accept_chooses_the_format(reader: Client, accept: str, kind: str) -> None:
    assert reader.get(f"{BASE}/scores", headers={"Accept": accept}).headers["content-type"] == kind


@pytest.mark.parametrize("accept", ["image/png", "application/xml", "application/json;q=0"])
def test_what_is_not_offered_is_not_acceptable(reader: Client, accept: str) -> None:
    refused = problem(reader.get(f"{BASE}/scores", headers={"Accept": accept}))

    assert (refused["status"], refused["code"]) == (406, "not_acceptable")
    assert "application/json, text/csv, application/vnd.apache.parquet" in str(refused["detail"])


def test_the_ending_and_the_parameter_outrank_accept(reader: Client) -> None:
    assert reader.get(f"{BASE}/scores.csv", headers={"Accept": "application/json"}).headers["content-type"][:8] == "text/csv"
    accept = {"Accept": "text/csv"}
    assert reader.get(f"{BASE}/scores?format=json", headers=accept).headers["content-type"] == "application/json"
    assert reader.get(f"{BASE}/scores.csv?format=csv").headers["content-type"][:8] == "text/csv"


@pytest.mark.parametrize("format_", ["json", "parquet", "sdmx-csv"])
def test_two_formats_at_once_are_refused(reader: Client, format_: str) -> None:
    refused = reader.get(f"{BASE}/scores.csv?format={format_}")

    assert refused.status_code == 400
    assert "two_formats" in refused.text


@pytest.mark.parametrize("number", ["1_0", "%2B1", "%201", "1.0", "1e9", "%D9%A1"])
def test_only_digits_are_a_number(reader: Client, number: str) -> None:
    assert reader.get(f"{BASE}/scores?page={number}").status_code == 400
    assert reader.get(f"{BASE}/scores?per_page={number}").status_code == 400


def test_an_answer_without_links_has_no_empty_header(reader: Client) -> None:
    assert "link" not in reader.get("/api/v1/releases").headers


def test_the_address_of_what_latest_gave_has_its_ending(reader: Client) -> None:
    address = "/api/v1/releases/small/latest/scores.csv"

    assert reader.get(address).headers["content-location"] == f"{BASE}/scores.csv"


def test_a_release_says_where_it_is_in_sdmx(reader: Client) -> None:
    address = reader.get(BASE).json()["links"]["sdmx"]

    assert reader.get(address).status_code == 200
    assert "2026.1.0" in address


def test_every_absent_number_of_a_row_has_words(reader: Client) -> None:
    for row in rows(reader, "scores", per_page=1000):
        is_said = "No range is computed" in str(row["footnotes"])
        assert is_said is (row["score"] is not None and row["lower"] is None)


def test_latest_answers_as_the_newest_and_says_which_it_is(client: Client, released: Scene) -> None:
    latest = "/api/v1/releases/small/latest/cells"
    first = client.get(latest)
    released.release()
    second = client.get(latest)

    assert (first.json()["meta"]["release"], second.json()["meta"]["release"]) == ("2026.1.0", "2026.2.0")
    assert second.headers["content-location"] == "/api/v1/releases/small/2026.2.0/cells"
    assert "immutable" not in second.headers["cache-control"]


def test_what_holds_own_figures_is_revalidated_and_what_holds_none_is_immutable(reader: Client) -> None:
    own = [
        BASE,
        f"{BASE}/scores",
        f"{BASE}/pairs",
        f"{BASE}/cells",
        f"{BASE}/bundle.zip",
        "/api/v1/releases",
        "/api/v1/scores?questionnaire=small",
    ]
    others = [f"{BASE}/{name}" for name in ("codelists", "codelists/nodes", "items", "dictionary")]

    assert {reader.get(path).headers["cache-control"] for path in own} == {"public, max-age=60, must-revalidate"}
    assert {reader.get(path).headers["cache-control"] for path in others} == {"public, max-age=3600, immutable"}


@pytest.mark.parametrize("path", ["scores", "cells", "scores.csv", "scores.parquet", "codelists", "bundle.zip"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_each_form_of_an_answer_has_its_own_strong_etag(reader: Client, path: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = reader.get(f"{BASE}/{path}", headers=headers)
    tag = first.headers["etag"]

    assert tag.startswith('"')
    same = reader.get(f"{BASE}/{path}", headers={**headers, "If-None-Match": f'"other", {tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    since = reader.get(f"{BASE}/{path}", headers={**headers, "If-Modified-Since": first.headers["last-modified"]})
    assert since.status_code == 304
    head = reader.head(f"{BASE}/{path}", headers=headers)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    packed = first.headers.get("content-encoding") == "gzip"
    assert packed is (encoding == "gzip" and path not in {"scores.parquet", "bundle.zip"})
    assert (reader.get(f"{BASE}/{path}", headers={"Accept-Encoding": "br"}).headers["etag"] == tag) is not packed


def test_a_withdrawn_score_leaves_every_answer_at_once_and_a_tombstone_stays(client: Client, released: Scene) -> None:
    before = client.get(f"{BASE}/scores")
    assert "AUS" in {row["economy"] for row in before.json()["data"]}

    withdraw(released, "AUS")

    after = client.get(f"{BASE}/scores", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["last-modified"] >= before.headers["last-modified"]
    for path in ("scores", "scores.csv", "pairs.csv"):
        assert "AUS" not in client.get(f"{BASE}/{path}").text
    said = client.get(BASE).json()
    assert {each["economy"] for each in said["withdrawals"]} == {"AUS"}
    assert len(said["withdrawals"]) == 6


def test_taking_consent_back_reaches_the_next_answer(client: Client, released: Scene) -> None:
    kept = client.get(f"{BASE}/scores.csv")
    assert "Australia" in kept.text
    review = UUID(str(released.rows("SELECT id FROM review WHERE economy = 'AUS'")[0][0]))

    released.consent("AUS", review, Audience.PRIVATE)

    again = client.get(f"{BASE}/scores.csv", headers={"If-None-Match": kept.headers["etag"]})
    assert again.status_code == 200
    assert "Australia" not in again.text
    assert {each["economy"] for each in client.get(BASE).json()["withdrawals"]} == {"AUS"}


@pytest.mark.parametrize("path", ["scores", "scores.csv", "pairs", "scores.parquet"])
def test_who_left_who_is_private_and_who_never_came_look_alike(client: Client, released: Scene, path: str) -> None:
    withdraw(released, "AUS")
    answers = [client.get(f"{BASE}/{path}", params={"economy": economy}) for economy in ("AUS", PEERS[0], ABSENT[0], "LAO")]

    seen = {(each.status_code, each.headers["etag"], each.content, each.headers["link"]) for each in answers}
    assert len(seen) == 1
    assert answers[0].status_code == 200


def test_an_error_names_every_economy_whether_it_takes_part_or_not(client: Client, released: Scene) -> None:
    before = problem(client.get(f"{BASE}/scores?economy=QQQ"))
    withdraw(released, "AUS")

    assert problem(client.get(f"{BASE}/scores?economy=QQQ")) == before


def test_nothing_of_who_shares_with_peers_only_is_in_any_answer(reader: Client) -> None:
    said = [*("scores", "pairs", "cells"), *(f"{name}.csv" for name in ("scores", "pairs", "cells"))]

    for path in said:
        text = reader.get(f"{BASE}/{path}", params={"per_page": 1000}).text
        assert [economy for economy in (*PEERS, *ABSENT) if f'"{economy}"' in text or f",{economy}," in text] == []


def test_figures_of_groups_leave_with_a_score_that_was_counted_in_them(client: Client, released: Scene) -> None:
    before = client.get(f"{BASE}/cells?group=APEC")
    withdraw(released, "AUS")

    after = client.get(f"{BASE}/cells?group=APEC")
    shown = {cell["node"] for cell in before.json()["data"] if cell["suppressed"] is None}
    assert shown
    assert {cell["suppressed"] for cell in after.json()["data"] if cell["node"] in shown} == {"withdrawn"}
    assert {cell["mean"] for cell in after.json()["data"]} == {None}
    assert after.headers["etag"] != before.headers["etag"]


def test_another_process_shows_a_withdrawal_within_a_second(released: Scene, settings: Settings) -> None:
    """What this process committed is known at once; here another one commits, past its counter."""
    app = create_app(settings, released.database)
    client = Client(app)
    assert "AUS" in client.get(f"{BASE}/scores.csv").text
    _withdraw_elsewhere(released, "AUS")
    app.state.stamp._read_at = float("-inf")  # as if a second had passed

    assert "AUS" not in client.get(f"{BASE}/scores.csv").text


def _withdraw_elsewhere(scene: Scene, economy: str) -> None:
    with scene.database.write() as session:
        release = queries.list_releases(session, CODE)[0][0]
        table = ReleaseWithdrawal.__table__  # type: ignore[attr-defined]  # SQLModel's own
        values = {"release_id": release.id, "version": "2026.1", "economy": economy, "withdrawn_at": clock.now()}
        session.connection().execute(
            table.insert(),
            [
                values | {"series": series, "node": node}
                for series in ("self", "evidence_supported")
                for node in ("A", "ALL", "B")
            ],
        )


def test_reading_a_release_sends_few_statements_and_from_memory_none(client: Client, released: Scene) -> None:
    with statements(released.database) as first:
        client.get(f"{BASE}/scores?economy=AUS")
    with statements(released.database) as others:
        client.get(f"{BASE}/scores?economy=CAN")
        client.get(f"{BASE}/scores?economy=CAN")

    assert len([each for each in first if "count(" not in each]) <= 16, first  # the stamp is read again where this takes long
    assert [each for each in others if "count(" not in each] == []  # the stamp, once a second


def test_scores_over_the_cycles_come_from_the_newest_release_of_each(client: Client, released: Scene) -> None:
    released.release()

    found = client.get("/api/v1/scores", params={"questionnaire": CODE, "year": "2024:2027", "economy": "AUS"}).json()

    assert found["meta"]["releases"] == ["2026.2.0"]
    assert {row["release"] for row in found["data"]} == {"2026.2.0"}
    assert client.get("/api/v1/cells", params={"questionnaire": CODE, "year": "2025"}).json()["data"] == []
    assert problem(client.get("/api/v1/scores", params={"questionnaire": "x"}))["code"] == "bad_query"
    assert problem(client.get("/api/v1/scores"))["code"] == "bad_query"


def test_codelists_explain_every_code_of_the_figures(reader: Client) -> None:
    lists = reader.get(f"{BASE}/codelists").json()["data"]

    codes = {name: {each["code"] for each in found} for name, found in lists.items()}
    for row in [*rows(reader, "scores", per_page=1000), *rows(reader, "cells", per_page=1000)]:
        for column, name in (("node", "nodes"), ("level", "levels"), ("series", "series"), ("obs_status", "obs_status")):
            assert row[column] in codes[name]
        assert row.get("economy", "AUS") in codes["economies"]
        assert row.get("group", "APEC") in codes["groups"]
    peru = next(each for each in lists["economies"] if each["code"] == "PER")
    assert (peru["alpha_2"], peru["name"]) == ("PE", "Peru")
    assert "APEC" in peru["groups"]


def test_the_dictionary_describes_every_column_of_every_table(reader: Client) -> None:
    found = rows(reader, "dictionary", per_page=1000)

    described = {(row["table"], row["column"]) for row in found}
    for table in ("scores", "cells", "items"):
        assert {(table, name) for name in rows(reader, table)[0]} <= described
    assert [row for row in found if not row["meaning"]] == []


@only_sqlite
def test_a_key_or_a_cookie_changes_nothing_of_a_public_answer(client: Client, released: Scene) -> None:
    plain = client.get(f"{BASE}/scores")
    key = bearer(released.key(released.person(Role.ANALYST)))
    keyed = [client.get(f"{BASE}/scores", headers=headers) for headers in (key, {"Cookie": "session=x"})]

    assert [(answer.status_code, answer.content) for answer in keyed] == [(200, plain.content)] * 2


@only_sqlite
@pytest.mark.abuse("K1")
@pytest.mark.parametrize("path", [f"{BASE}/scores", "/sdmx/2.1/dataflow", "/api/v1/economies"])
def test_a_wrong_key_is_refused_where_none_is_needed_also_from_memory(reader: Client, path: str) -> None:
    """Whoever sends a key means it to count: a program whose key ended has to hear of it."""
    wrong = [bearer(secret) for secret in ("rdy_unknown", "rdy_aaaaaaaa_" + "a" * 43 + "f" * 8)]

    first = [reader.get(path, headers=headers).status_code for headers in wrong]
    plain = [reader.get(path).status_code for _ in range(2)]
    again = [reader.get(path, headers=headers).status_code for headers in wrong]

    assert (first, plain, again) == ([401] * 2, [200, 200], [401] * 2)
