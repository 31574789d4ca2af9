"""Tricks by which somebody outside might be answered after all: a cache, a tag, a method, a field, another way to write it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx2 import Response

from tests.isolation.callers import Callers
from tests.isolation.places import NOBODYS, address
from tests.isolation.resetting import Resetting

OWN = (
    "/reviews/{review_id}",
    "/reviews/{review_id}/sections/{code}",
    "/reviews/{review_id}/review.pdf",
    "/reviews/{review_id}/revisions/{revision}/results",
    "/reviews/{review_id}/revisions/{revision}/report/{report_id}/{name}",
    "/evidence/{evidence_id}/versions/{version}/file",
    "/api/v1/reviews/{review_id}",
    "/api/v1/reviews/{review_id}/revisions/{revision}/results",
)
REVIEW = frozenset(
    (
        *("answers", "completeness", "cycle", "economy", "id", "notice"),
        *("questionnaire", "revision", "state", "updated_at", "version"),
    )
)
ANSWER = frozenset(
    (
        *("comment", "details", "evidence_url", "item", "not_applicable", "reason"),
        *("saved_at", "saved_by", "state", "value", "version"),
    )
)
ME = frozenset({"economy", "key", "limits", "may_write", "name", "role", "scopes", "signed_in_with"})
GUARDED = ("economy_id", "economy", "role", "status", "version", "id", "score", "created_by", "published_at")


@pytest.fixture
def reset(callers: Callers) -> Iterator[Resetting]:
    found = Resetting(callers.world.database)
    yield found
    found.restore()
    found.close()


@pytest.mark.abuse("T13")
@pytest.mark.parametrize("path", OWN)
def test_no_cache_on_the_way_may_keep_what_is_ones_own(callers: Callers, path: str) -> None:
    own = callers.found["coordinator"].ask("GET", address(path, callers.world))
    suffixed = callers.found["coordinator"].ask("GET", f"{address(path, callers.world)}/x.css")

    assert own.status_code == 200
    assert "public" not in own.headers["cache-control"]
    assert own.headers["cache-control"] in {"no-store", "private, no-store", "private, no-cache"}
    assert {"Cookie", "Authorization"} <= {name.strip() for name in own.headers["vary"].split(",")}
    assert suffixed.status_code == 404


@pytest.mark.abuse("T14")
@pytest.mark.parametrize("path", OWN)
def test_a_tag_of_what_is_anothers_tells_nothing(callers: Callers, path: str) -> None:
    wanted = address(path, callers.world)
    tag = callers.found["coordinator"].ask("GET", wanted).headers.get("etag", '"guessed"')

    for name in ("other", "reviewer_elsewhere", "analyst"):
        answers = [
            callers.found[name].client.get(wanted, headers={header: value})
            for header in ("If-None-Match", "If-Match")
            for value in (tag, "*")
        ]
        assert {answer.status_code for answer in answers} <= {403, 404}
        assert all("etag" not in answer.headers for answer in answers)


@pytest.mark.abuse("T15")
@pytest.mark.parametrize("name", GUARDED)
def test_a_field_that_is_nobodys_to_send_changes_nothing(callers: Callers, reset: Resetting, name: str) -> None:
    coordinator, world = callers.found["coordinator"], callers.world
    body = {"state": "answered", "value": 2, "seen": 1, name: "CHL"}

    answer = coordinator.client.put(address("/api/v1/reviews/{review_id}/answers/A1", world), json=body)

    assert answer.status_code == 422
    assert reset.digest_of() == reset.digest


@pytest.mark.abuse("T15")
def test_a_form_takes_no_further_field(callers: Callers, reset: Resetting) -> None:
    """A page ignores what it does not ask for: whose review it is, and who writes, it knows by itself."""
    contributor, world = callers.found["contributor"], callers.world
    further = dict.fromkeys(GUARDED, "CHL") | {"csrf_token": contributor.token}

    contributor.client.post(address("/reviews/{review_id}/showing", world), data=further)
    contributor.client.post(f"/people/{world.ids['user_contributor']}/role", data={**further, "role": "administrator"})

    assert reset.digest_of() == reset.digest


@pytest.mark.abuse("T16")
def test_an_answer_over_the_api_has_these_fields_and_no_others(callers: Callers) -> None:
    """No hash of a password, no address, nothing of reviewers, no place of a file: a field that is added is added here too."""
    client = callers.found["coordinator"].client
    review = client.get(address("/api/v1/reviews/{review_id}", callers.world)).json()
    me = client.get("/api/v1/me").json()

    assert set(review) == REVIEW
    assert set(review["answers"][0]) == ANSWER
    assert set(me) == ME


@pytest.mark.abuse("T19")
@pytest.mark.parametrize("method", ["TRACE", "FOO", "PATCH", "DELETE", "PROPFIND"])
def test_another_method_changes_nothing(callers: Callers, reset: Resetting, method: str) -> None:
    answer = callers.found["coordinator"].client.request(method, address("/reviews/{review_id}", callers.world))

    assert answer.status_code in {400, 405, 501}
    assert reset.digest_of() == reset.digest


@pytest.mark.abuse("T19")
def test_a_method_is_not_what_a_header_or_a_field_says(callers: Callers, reset: Resetting) -> None:
    coordinator, path = callers.found["coordinator"], address("/api/v1/reviews/{review_id}", callers.world)
    override = {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", "X-Method-Override": "DELETE"}

    answers = [
        coordinator.client.get(path, headers=override),
        coordinator.client.get(f"{path}?_method=DELETE"),
        coordinator.client.post("/account/mail?_method=DELETE", data={"_method": "DELETE"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 422, 403]
    assert reset.digest_of() == reset.digest


@pytest.mark.abuse("T20")
@pytest.mark.parametrize(
    "form",
    ["/{path}", "/.{path}", "/x/..{path}", "{path}/", "{path};a=b", "{path}%00", "{path}%2F", "{path}%ff", "{upper}", "{path}/."],
)
@pytest.mark.parametrize("name", ["coordinator", "other", "anonymous"])
def test_another_way_to_write_an_address_opens_nothing(callers: Callers, form: str, name: str) -> None:
    """One address leads to a page; any other way to write it finds nothing, or leads to the same with the same right."""
    path = address("/reviews/{review_id}", callers.world)
    wanted = form.format(path=path, upper=path.replace("/reviews", "/REVIEWS"))

    answer = _raw(callers, name, wanted)

    assert answer.status_code in {400, 404} or answer.status_code == callers.found[name].ask("GET", path).status_code
    if name != "coordinator":
        assert answer.status_code != 200 or answer.content == callers.found[name].ask("GET", "/").content


def _raw(callers: Callers, name: str, path: str) -> Response:
    return callers.found[name].client.get(f"http://127.0.0.1:8000{path}")


@pytest.mark.abuse("T8")
def test_a_report_is_given_to_its_economy_only_and_only_as_long_as_it_is_theirs(callers: Callers, reset: Resetting) -> None:
    """A link holds no right: whoever follows it is looked at anew, and somebody who was disabled is nobody."""
    path, world = address("/reviews/{review_id}/revisions/{revision}/report/{report_id}/{name}", callers.world), callers.world
    before = callers.found["contributor"].ask("GET", path).status_code
    elsewhere = callers.found["other"].ask("GET", path).status_code
    unsigned = callers.found["anonymous"].ask("GET", path).headers["location"][:8]

    callers.found["coordinator"].client.post(
        f"/people/{world.ids['user_contributor']}/disable", data={"csrf_token": callers.found["coordinator"].token}
    )
    after = callers.found["contributor"].ask("GET", path)

    assert (before, elsewhere, unsigned) == (200, 404, "/sign-in")
    assert (after.status_code, after.headers["location"][:8]) == (303, "/sign-in")
    reset.restore()


@pytest.mark.abuse("T4")
def test_evidence_is_chosen_all_together_or_not_at_all(callers: Callers, reset: Resetting) -> None:
    """One foreign id among one's own is no evidence of the economy's: it is neither attached nor told of."""
    world, coordinator = callers.world, callers.found["coordinator"]
    path = address("/reviews/{review_id}/items/{code}/evidence", world)
    answers = [
        coordinator.client.post(path, data={"csrf_token": coordinator.token, "evidence": each, "shown": each})
        for each in (world.ids["chile_evidence"], NOBODYS)
    ]

    assert answers[0].status_code == answers[1].status_code
    assert world.scene.rows(
        "SELECT count(*) FROM answer_evidence WHERE evidence_id = :id", id=_hex(world.ids["chile_evidence"])
    ) == [(1,)]
    reset.restore()


def _hex(id_: str) -> str:
    return id_.replace("-", "")
