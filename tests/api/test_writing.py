"""Saving one answer over the API: the contract that static/js/autosave.js relies on."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from app.kit.actor import Actor, Role
from app.web.csrf import SAFE_METHODS
from tests.accounts.second_steps import dump
from tests.api.conftest import DRAFT, Browse, Filled
from tests.databases import only_sqlite
from tests.routes import routes
from tests.scenarios import Client, bearer, problem

pytestmark = only_sqlite

LEVEL = {"state": "answered", "value": 4, "seen": 1}


@pytest.fixture
def ana(fresh: Filled) -> Actor:
    return fresh.actor(Role.CONTRIBUTOR)


@pytest.fixture
def form(fresh: Filled, browse: Browse, ana: Actor) -> Client:
    """Return the browser in which Ana has the form open."""
    return browse(fresh, ana)


def url(fresh: Filled, item: str = "A1", review: UUID | None = None) -> str:
    return f"/api/v1/reviews/{review or fresh.reviews[DRAFT]}/answers/{item}"


def stored(fresh: Filled) -> list[tuple[object, ...]]:
    return fresh.scene.rows("SELECT r.economy, item, version, value FROM answer JOIN review r ON r.id = review_id ORDER BY 1, 2")


def test_a_save_answers_with_what_the_form_shows(fresh: Filled, form: Client) -> None:
    answer = form.put(url(fresh), json=LEVEL)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["version"], body["saved_by"], body["completeness"]) == (2, "THA contributor", {"done": 2, "total": 7})
    assert body["saved_at"].endswith("Z")


@pytest.mark.abuse("R15")
def test_the_same_save_again_is_harmless(fresh: Filled, form: Client) -> None:
    """R15."""
    first = form.put(url(fresh), json=LEVEL)

    again = form.put(url(fresh), json=LEVEL)

    assert (again.status_code, again.json()["version"]) == (200, first.json()["version"])


@pytest.mark.abuse("R1")
def test_a_conflict_answers_409_with_the_value_that_stands(fresh: Filled, form: Client, browse: Browse) -> None:
    """R1."""
    browse(fresh, fresh.actor(Role.COORDINATOR)).put(url(fresh), json={**LEVEL, "value": 5, "comment": "Since May."})

    answer = form.put(url(fresh), json=LEVEL)

    found = problem(answer)
    assert (answer.status_code, found["code"]) == (409, "answer_changed")
    current = found["current"]
    assert isinstance(current, dict)
    assert {key: current[key] for key in ("version", "value", "comment", "saved_by", "state")} == {
        "version": 2,
        "value": 5,
        "comment": "Since May.",
        "saved_by": "THA coordinator",
        "state": "answered",
    }


def test_options_that_do_not_apply_are_saved_and_read_back(fresh: Filled, form: Client) -> None:
    body = {"state": "answered", "value": ["safety"], "not_applicable": ["redress"], "reason": "No courts yet.", "seen": 0}

    answer = form.put(url(fresh, "A3"), json=body)

    assert answer.status_code == 200
    review = form.get(f"/api/v1/reviews/{fresh.reviews[DRAFT]}").json()
    found = {row["item"]: row for row in review["answers"]}
    assert {key: found["A3"][key] for key in ("value", "not_applicable", "reason")} == {
        "value": ["safety"],
        "not_applicable": ["redress"],
        "reason": "No courts yet.",
    }
    assert found["A1"]["not_applicable"] == []


def test_none_of_these_can_be_sent_as_it_is_read_back(fresh: Filled, form: Client) -> None:
    body = {"state": "answered", "value": [], "seen": 0}

    assert form.put(url(fresh, "A3"), json=body).status_code == 200
    rows = form.get(f"/api/v1/reviews/{fresh.reviews[DRAFT]}").json()["answers"]
    assert next(row["value"] for row in rows if row["item"] == "A3") == []


@pytest.mark.parametrize(
    "body",
    [{"value": [{"name": "A"}], "details": [{"name": "B"}]}, {"value": 3, "details": [{"name": "B"}]}],
    ids=["twice", "where there are none"],
)
def test_named_fields_that_could_not_be_kept_are_refused(fresh: Filled, form: Client, body: dict[str, object]) -> None:
    before = stored(fresh)

    refused = form.put(url(fresh), json={"state": "answered", "seen": 1, **body})

    assert refused.status_code == 422
    assert [each["code"] for each in refused.json()["problems"]] == ["unknown_field"]
    assert stored(fresh) == before


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"not_applicable": ["redress"]}, "reason", "reason_missing"),
        ({"not_applicable": ["privacy"], "reason": "x"}, "not_applicable", "option_na_not_allowed"),
        ({"not_applicable": ["redress"], "value": ["redress"], "reason": "x"}, "not_applicable", "ticked_and_na"),
    ],
)
def test_an_option_that_cannot_be_left_out_is_named(
    fresh: Filled, form: Client, given: dict[str, object], field: str, code: str
) -> None:
    answer = form.put(url(fresh, "A3"), json={"state": "answered", "value": ["safety"], "seen": 0} | given)

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["problems"]] == [(field, code)]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"state": "answered", "value": 9, "seen": 1}, "value", "unknown_level"),
        ({"state": "answered", "seen": 1}, "value", "unknown_level"),
        ({"state": "not_applicable", "reason": "x", "seen": 1}, "state", "na_not_allowed"),
        ({"state": "answered", "value": 3, "evidence_url": "javascript:alert(1)", "seen": 1}, "evidence_url", "not_an_address"),
        ({"state": "answered", "value": 3, "comment": "x" * 4_001, "seen": 1}, "comment", "too_long"),
    ],
)
def test_a_wrong_answer_is_named_by_its_field(
    fresh: Filled, form: Client, body: dict[str, object], field: str, code: str
) -> None:
    before = stored(fresh)

    answer = form.put(url(fresh), json=body)

    assert answer.status_code == 422
    problems = answer.json()["problems"]
    assert [(one["field"], one["code"]) for one in problems] == [(field, code)]
    assert problems[0]["message"].endswith(".")
    assert stored(fresh) == before


def test_who_is_signed_out_is_told_so(fresh: Filled, form: Client) -> None:
    """A10: at the very next save."""
    form.cookies.clear()

    assert form.put(url(fresh), json=LEVEL).status_code == 401


def test_a_save_of_another_site_is_refused(fresh: Filled, form: Client) -> None:
    """C1 to C3."""
    before = stored(fresh)
    answers = [
        form.put(url(fresh), json=LEVEL, headers={"Origin": "https://evil.example"}),
        form.put(url(fresh), json=LEVEL, headers={"Origin": "null"}),
        form.put(url(fresh), json=LEVEL, headers={"Sec-Fetch-Site": "cross-site"}),
        form.put(url(fresh), json=LEVEL, headers={"Sec-Fetch-Site": "same-site"}),
    ]
    del form.headers["Origin"]
    answers.append(form.put(url(fresh), json=LEVEL))
    answers.append(form.put(url(fresh), json=LEVEL, headers={"X-CSRF-Token": "forged"}))

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "cross_site")] * len(answers)
    assert stored(fresh) == before


@pytest.mark.abuse("K5")
def test_a_key_reads_and_never_writes(fresh: Filled, browse: Browse, ana: Actor) -> None:
    """K5."""
    before = stored(fresh)
    key = bearer(fresh.scene.key(ana))
    program = browse(fresh)
    del program.headers["Origin"]

    refused = program.put(url(fresh), json=LEVEL, headers=key)

    assert (refused.status_code, problem(refused)["code"]) == (403, "key_only_reads")
    assert stored(fresh) == before
    assert program.get(f"/api/v1/reviews/{fresh.reviews[DRAFT]}", headers=key).json()["state"] == "draft"


@pytest.mark.abuse("K5")
def test_a_key_that_reads_is_refused_by_every_route_that_changes_something(fresh: Filled) -> None:
    """The administrator's own, so that it is the key that is too little; replacing itself is all that it may do."""
    program = Client(fresh.app).with_key(fresh.scene.key(fresh.actor(Role.ADMINISTRATOR)))
    changing = [
        (method, re.sub(r"{[^}]*}", "1", path))
        for method, path, _, _ in routes(fresh.app)
        if path.startswith("/api/v1/") and method not in SAFE_METHODS and path != "/api/v1/me/rotation"
    ]
    assert program.get("/api/v1/me").status_code == 200, "the day of its use is noted once"
    before = dump(fresh.scene.database)

    named = {"If-Match": '"seen"'}
    answers = {f"{method} {path}": program.request(method, path, json={}, headers=named).status_code for method, path in changing}

    assert len(answers) > 20
    assert {path: status for path, status in answers.items() if status not in {403, 415}} == {}, "415: this is no file"
    assert sum(status == 403 for status in answers.values()) > 15
    assert dump(fresh.scene.database) == before


@pytest.mark.abuse("T1", "T3", "T14")
def test_a_foreign_review_is_not_found_whatever_is_asked(fresh: Filled, form: Client) -> None:
    """T1, T3 and T14: byte for byte as for a review that was made up."""
    foreign, made_up = fresh.reviews["NZL"], uuid4()
    tag = {"If-None-Match": "*", "If-Match": "*"}

    def asked(review: UUID) -> list[tuple[int, str, dict[str, object]]]:
        paths = ["", "/revisions/1/results", "/revisions/1/results.csv"]
        answers = [form.get(f"/api/v1/reviews/{review}{path}", headers=tag) for path in paths]
        answers.append(form.put(url(fresh, "A1", review), json=LEVEL))
        answers.append(form.put(url(fresh, "NOTHING", review), json={"state": "answered", "value": 99, "seen": 0}))
        return [(answer.status_code, str(answer.headers.get("cache-control")), problem(answer)) for answer in answers]

    assert asked(foreign) == asked(made_up)
    assert {status for status, _, _ in asked(foreign)} == {404}


def test_pages_of_a_foreign_review_look_like_none(fresh: Filled, form: Client) -> None:
    foreign, made_up = fresh.reviews["NZL"], uuid4()
    paths = ["", "/check", "/sections/A", "/sharing", "/revisions/1", "/revisions/1/results", "/revisions/1/results/A"]

    def asked(review: UUID) -> list[tuple[int, str]]:
        answers = [form.get(f"/reviews/{review}{path}") for path in paths]
        own = [(answer, answer.text.replace(answer.headers["x-request-id"], "")) for answer in answers]
        return [(answer.status_code, text.replace(str(review), "")) for answer, text in own]

    def without_tokens(pages: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """The mask of a form token differs from page to page."""
        return [(status, re.sub(r'value="[A-Za-z0-9_=-]{60,}"', "", page)) for status, page in pages]

    assert without_tokens(asked(foreign)) == without_tokens(asked(made_up))
    assert {status for status, _ in asked(foreign)} == {404}


@pytest.mark.parametrize("item", ["Z9", "A9", "a1", "A1%20", "x" * 64, "x" * 65])
def test_an_unknown_item_is_not_found(fresh: Filled, form: Client, item: str) -> None:
    assert form.put(url(fresh, item), json=LEVEL).status_code == 404


def test_an_answer_of_a_submitted_review_cannot_change(fresh: Filled, browse: Browse) -> None:
    own = browse(fresh, fresh.actor(Role.CONTRIBUTOR, "NZL"))

    answer = own.put(url(fresh, "A1", fresh.reviews["NZL"]), json=LEVEL)

    assert (answer.status_code, problem(answer)["code"]) == (409, "conflict")
    assert "submitted" in str(answer.json()["detail"])


@pytest.mark.abuse("T5")
def test_roles_outside_economies_save_nothing(fresh: Filled, browse: Browse) -> None:
    """T5."""
    before = stored(fresh)
    for role in (Role.ADMINISTRATOR, Role.SECRETARIAT, Role.ANALYST):
        assert browse(fresh, fresh.actor(role)).put(url(fresh), json=LEVEL).status_code == 404

    assert stored(fresh) == before
