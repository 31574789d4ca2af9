"""Bad input: a clear error in the user's words, nothing half-written, no 500, and no trace of other economies."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import get_args

import pytest
from annotated_types import Ge, Le
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from httpx2 import Response
from pydantic import BaseModel

from app.kit.actor import Role
from tests.api.conftest import DRAFT, Browse, Filled
from tests.scenarios import SMALL, Client, problem

TABLES = ("answer", "answer_revision", "audit_event", "questionnaire_version", "cycle", "consent", "review", "submission")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def at(filled_on: Callable[[str], Filled], backend: str) -> Filled:
    """Return the filled program on each database; every test here leaves it as it was."""
    return filled_on(backend)


@pytest.fixture
def form(at: Filled, browse: Browse) -> Client:
    return browse(at, at.actor(Role.COORDINATOR))


@pytest.fixture
def administrator(at: Filled, browse: Browse) -> Client:
    return browse(at, at.actor(Role.ADMINISTRATOR))


@pytest.fixture(autouse=True)
def nothing_is_written(at: Filled, form: Client, administrator: Client) -> Iterator[None]:
    """See to it after every test of this module: what was refused left every table as it was."""
    before = {table: at.scene.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
    yield
    assert {table: at.scene.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES} == before


def put(form: Client, at: Filled, body: bytes | str, item: str = "B2", **headers: str) -> Response:
    content = body if isinstance(body, bytes) else body.encode()
    return form.put(f"/api/v1/reviews/{at.reviews[DRAFT]}/answers/{item}", content=content, headers={**JSON, **headers})


def answered(value: str, rest: str = "") -> str:
    return f'{{"state": "answered", "value": {value}, "seen": 0{rest}}}'


@pytest.mark.abuse("J2", "J3", "J4", "J5", "J6")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (answered("1001"), 422),
        (answered("-0.001"), 422),
        (answered("NaN"), 400),
        (answered("Infinity"), 400),
        (answered("-Infinity"), 400),
        (answered("1e400"), 400),
        (answered('"1e400"'), 422),
        (answered('"NaN"'), 422),
        (answered("9" * 5_000), 400),
        (answered(str(2**63)), 400),
        (answered(str(2**63 - 1)), 422),
        (answered("true"), 422),
        (answered("[1]"), 422),
        (answered('{"a": 1}'), 422),
        (answered("null"), 422),
        (answered('"\\ud800"'), 400),
        (answered('"\\u0000"'), 400),
        (answered('"\x00"'), 400),
        (answered('"a\\u202eb"'), 422),
        (answered("1", ', "comment": "\\ud83d"'), 400),
        (answered("1", ', "comment": 7'), 422),
        (answered("1", ', "economy": "NZL"'), 422),
        (answered("1", ', "version": 7'), 422),
        (answered("1", ', "saved_by": "Ana"'), 422),
        (answered("1", ', "seen": 0'), 400),
        ('{"state": "answered", "value": 1}', 422),
        ('{"state": "answered", "value": 1, "seen": -1}', 422),
        ('{"state": "answered", "value": 1, "seen": 2147483648}', 422),
        ('{"state": "answered", "value": 1, "seen": 0.5}', 422),
        ('{"state": "answered", "value": 1, "seen": "0"}', 422),
        ('{"state": "answered", "value": 1, "seen": false}', 422),
        ('{"state": "done", "value": 1, "seen": 0}', 422),
        ('{"state": ["answered"], "value": 1, "seen": 0}', 422),
        ("[]", 422),
        ("7", 422),
        ('"text"', 422),
        ("null", 422),
        ("", 422),
        ("{", 400),
        ("[" * 100_000, 400),
        ('{"a":' * 100_000, 400),
    ],
)
@pytest.mark.abuse("T15", "T21")
def test_a_body_that_is_wrong_is_refused_without_being_quoted(at: Filled, form: Client, body: str, status: int) -> None:
    """J2 to J6, J17, T15, T21: on both databases alike."""
    answer = put(form, at, body)

    found = problem(answer)
    assert answer.status_code == status, found
    assert found["detail"]
    text = json.dumps(found)
    assert not any(echo in text for echo in ("999999", "9223372036854775808", "[[[", "NZL"))


@pytest.mark.abuse("J9", "J10")
@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b'{"state": "declined", "seen": 0}', {"Content-Type": "text/plain"}, 415),
        (b"state=declined&seen=0", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b'{"state": "declined", "seen": 0}', {"Content-Type": "application/json; charset=latin-1"}, 415),
        (b'{"state": "declined", "seen": 0, "comment": "caf\xe9"}', {}, 400),
        (b"\xff\xfe{\x00}\x00", {}, 400),
        (b'{"state": "declined", "seen": 0}', {"Content-Encoding": "gzip"}, 415),
    ],
)
def test_a_body_of_another_kind_is_refused(at: Filled, form: Client, raw: bytes, headers: dict[str, str], status: int) -> None:
    """J8 to J10, C5."""
    assert put(form, at, raw, **headers).status_code == status


@pytest.mark.abuse("J1")
def test_ten_megabytes_are_refused_everywhere(at: Filled, form: Client, administrator: Client) -> None:
    """J1: also where the length is not announced."""
    much = b"x" * 10_000_000

    def trickle() -> Iterator[bytes]:
        for _ in range(10):
            yield much[:1_000_000]

    path = f"/api/v1/reviews/{at.reviews[DRAFT]}/answers/A4"
    answers = [
        put(form, at, b'"' + much + b'"', "A4"),
        form.put(path, content=trickle(), headers=JSON),
        form.post(f"/reviews/{at.reviews[DRAFT]}/sections/A", data={"A4.value": much.decode()}),
        administrator.post("/admin/questionnaires", data={"document": much.decode()}),
        form.post("/sign-in", data={"email": much.decode()}),
    ]

    assert {answer.status_code for answer in answers} == {413}


@pytest.mark.abuse("J7")
@pytest.mark.parametrize(
    "path",
    [
        "reviews/{number}",
        "reviews/{number}/revisions/1/results",
        "reviews/{review}/revisions/{number}/results",
        "questionnaires/{number}/versions/{number}",
        "questionnaires/small/versions/{number}/items",
    ],
)
@pytest.mark.parametrize("number", [str(2**31), str(2**63), "9" * 5_000, "-1", "0", "1e3", "None", "x" * 300, "%F0%9F%98%80"])
def test_a_number_or_name_that_is_none_finds_nothing(at: Filled, form: Client, path: str, number: str) -> None:
    """J7."""
    filled_in = path.format(number=number, review=at.reviews[DRAFT])

    answer = form.get(f"/api/v1/{filled_in}")

    assert answer.status_code in {404, 414}
    assert problem(answer)["detail"]


@pytest.mark.abuse("J7")
@pytest.mark.parametrize("place", ["revisions/{number}", "revisions/{number}/results", "revisions/{number}/results/ALL"])
@pytest.mark.parametrize("number", [str(2**31), "999999999999999999999", "9" * 5_000, "0", "-1", "1e3"])
def test_a_page_of_a_revision_that_cannot_be_is_not_found(at: Filled, form: Client, place: str, number: str) -> None:
    """J7, on pages."""
    answer = form.get(f"/reviews/{at.reviews[DRAFT]}/{place.format(number=number)}")

    assert answer.status_code in {404, 414}


@pytest.mark.abuse("J7")
def test_every_whole_number_in_an_address_has_bounds_that_both_databases_hold(at: Filled) -> None:
    found = {
        f"{context.path_format} {name}": bounds
        for context in iter_route_contexts(at.app.routes)
        if isinstance(context.route, APIRoute)
        for name, bounds in whole_numbers(context.route.dependant)
    }

    assert len(found) >= 6
    assert {name: bounds for name, bounds in found.items() if not (-(2**31) <= bounds[0] <= bounds[1] < 2**31)} == {}


def whole_numbers(dependant: Dependant) -> Iterator[tuple[str, tuple[float, float]]]:
    """Give each whole number of a route's path and query, also inside a model, with its bounds."""
    for parameter in (*dependant.path_params, *dependant.query_params):
        kind = parameter.field_info.annotation
        fields = kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
        for name, field in (fields or {parameter.name: parameter.field_info}).items():
            if int in (field.annotation, *get_args(field.annotation)):
                lowest = max((float(str(rule.ge)) for rule in field.metadata if isinstance(rule, Ge)), default=-math.inf)
                highest = min((float(str(rule.le)) for rule in field.metadata if isinstance(rule, Le)), default=math.inf)
                yield name, (lowest, highest)
    for inner in dependant.dependencies:
        yield from whole_numbers(inner)


@pytest.mark.abuse("J6", "J8")
@pytest.mark.parametrize("path", ["%00", "a%00b", "%ff", "%ed%a0%80", "..%2f", "%2e%2e/", "a%0d%0ab", "a%", "a%5cb"])
@pytest.mark.abuse("T20")
def test_an_address_that_reads_two_ways_is_refused(form: Client, path: str) -> None:
    """T20, J6, J8."""
    for start in ("/api/v1/questionnaires/", "/questionnaires/small/"):
        assert form.get(start + path).status_code in {400, 404}


@pytest.mark.parametrize("query", ["limit=1&limit=2", "node=A&node=B", "node=A&no%64e=B", "cursor=a&cursor=a"])
@pytest.mark.abuse("T21")
def test_a_parameter_that_is_sent_twice_is_refused(form: Client, query: str) -> None:
    """T21: a list has commas between."""
    answer = form.get(f"/api/v1/benchmarks/scores?{query}")

    assert answer.status_code == 400
    assert "twice" in str(problem(answer)["detail"])


@pytest.mark.parametrize("value", ["%00", "%ff", "%ed%a0%80", "x" * 9_000])
def test_a_parameter_that_cannot_be_text_is_refused(form: Client, value: str) -> None:
    for name in ("node", "economy", "group", "cycle", "questionnaire", "version", "cursor", "series"):
        assert form.get(f"/api/v1/benchmarks/scores?{name}={value}").status_code in {400, 414, 422}


@pytest.mark.parametrize("value", ["\u202e", "🙂", "%25", "a;b", "'\"--", "\\"])
def test_a_parameter_that_is_odd_finds_nothing(form: Client, value: str) -> None:
    for name in ("node", "economy", "group", "cycle", "questionnaire", "version"):
        answer = form.get("/api/v1/benchmarks/scores", params={name: value})
        assert answer.status_code in {200, 422}
        assert answer.json().get("data", []) == []


def test_a_forged_form_token_is_refused(at: Filled, form: Client, administrator: Client) -> None:
    """C4: missing, made up, of another session, of a session that has ended, and sent twice."""
    page = f"/reviews/{at.reviews[DRAFT]}/sections/A"
    mine, theirs = form.token(), administrator.token()
    for token in ([], ["forged"], [theirs], ["A" * 88], [mine, mine], [mine[:-4] + "AAAA"]):
        answer = form.post(page, data={"csrf_token": token, "A1.choice": "5", "A1.seen": "1"})
        assert answer.status_code == 403
        assert "What was typed is on this page, and not saved yet." in answer.text
    assert at.scene.opened(at.reviews[DRAFT], at.actor(Role.CONTRIBUTOR)).saved["A1"].answer.value == 3


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"A1.choice": ["3", "4"], "A1.seen": "1"}, 400),
        ({"Z9.choice": "3", "Z9.seen": "0"}, 422),
        ({"B1.choice": "all", "B1.seen": "0"}, 422),
        ({"A1.choice": "9", "A1.seen": "1"}, 422),
        ({"A2.choice": "~gone", "A2.seen": "1"}, 422),
        ({"A1.choice": "5", "A1.seen": "0"}, 409),
        ({"A1.choice": "5", "A1.seen": "99999999999999999999"}, 409),
        ({"A4.value": "a\x07b", "A4.seen": "0"}, 422),
        ({"A4.value": "a\x00b", "A4.seen": "0"}, 400),
        ({"A4.value": "x" * 4_001, "A4.seen": "0"}, 422),
        ({"<script>": "1"}, 400),
    ],
)
def test_a_form_that_is_wrong_comes_back_in_words(
    at: Filled, form: Client, fields: dict[str, str | list[str]], status: int
) -> None:
    """Unknown fields, wrong values, stale versions, control characters."""
    answer = form.post(f"/reviews/{at.reviews[DRAFT]}/sections/A", data={"csrf_token": form.token(), **fields})

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script>1" not in answer.text


def test_a_control_character_is_named_at_its_own_field_and_the_rest_stays_on_the_page(at: Filled, form: Client) -> None:
    fields = {"A4.value": "what else", "A4.comment": "a\x07b", "A4.seen": "0"}

    answer = form.submit(f"/reviews/{at.reviews[DRAFT]}/sections/A", **fields)

    assert answer.status_code == 422
    assert "Remove the invisible control characters from this text; retyping it helps." in answer.text
    assert 'href="#A4-comment"' in answer.text
    assert "what else" in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/keys", {"label": "a\x07b", "days": "30"}),
        ("/account/password", {"current_password": "x", "new_password": "lantern\x07orchid mosaic"}),
        ("/team", {"email": "ana@example.org", "name": "a\x07b", "role": "contributor"}),
        ("/team", {"email": "a\x07na@example.org", "name": "Ana", "role": "contributor"}),
    ],
)
def test_a_control_character_in_any_other_form_is_refused_on_its_page(form: Client, path: str, fields: dict[str, str]) -> None:
    answer = form.submit(path, **fields)

    assert answer.status_code == 422
    assert "Error:" in answer.text


@pytest.mark.abuse("J14")
def test_a_form_with_a_million_fields_is_refused(at: Filled, form: Client) -> None:
    """J14."""
    body = b"&".join(b"a=1" for _ in range(200_000))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert form.post(f"/reviews/{at.reviews[DRAFT]}/sections/A", content=body, headers=headers).status_code == 413


BOMB = 'a: &a ["x","x","x","x","x","x","x","x","x"]\n' + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


BAD_FILES = {
    "an alias bomb": BOMB,
    "a python tag": SMALL.replace("title: A small review", "title: !!python/object/apply:os.system [id]"),
    "an anchor": SMALL.replace("title: A small review", "title: &title A small review").replace("title: Rules", "title: *title"),
    "two documents": SMALL + "---\n" + SMALL,
    "endless nesting": "[" * 500,
    "not a number": SMALL.replace("lo: 0", "lo: .nan"),
    "infinity": SMALL.replace("hi: 1000}", "hi: .inf}"),
    "a huge number": SMALL.replace("hi: 1000}", f"hi: {'9' * 400}}}"),
    "a path as code": SMALL.replace("code: small", "code: ../x"),
    "a number as code": SMALL.replace("code: small", "code: 012"),
    "a code twice": SMALL.replace("- code: A2", "- code: A1"),
    "a key twice": SMALL.replace("- code: A2", "- code: A2\n        code: A5"),
    "a circle": SMALL.replace("item: A2, value", "item: A3, value"),
    "hidden letters": SMALL.replace("A small review", '"A <script>alert(1)</script> \\u202e review"'),
    "a bell": SMALL.replace("A small review", "A <script>alert(1)</script> \x07 review"),
    "a number without end": SMALL.replace("hi: 1000}", f"hi: 0x{'f' * 5_000}}}"),
    "nothing": "",
    "a list": "- a\n- b",
    "words": "just words",
    "a tag directive": "%TAG ! tag:x,2000:\n---\n!a b",
    "a short key twice": "a: 1\na: 2",
    "a list as key": "? [a, b]\n: 1",
}


@pytest.mark.abuse("I1", "I2", "I3", "I8", "I9", "I11")
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_questionnaire_file_that_is_wrong_is_refused_with_its_line(administrator: Client, name: str) -> None:
    """I1 to I11 through the administrators' page."""
    answer = administrator.submit("/admin/questionnaires", document=BAD_FILES[name], act="publish")

    assert answer.status_code in {409, 422}
    assert "Line" in answer.text or "line" in answer.text
    assert "<script>alert" not in answer.text


def test_only_administrators_reach_the_publishing_page(form: Client) -> None:
    assert form.get("/admin/questionnaires").status_code == 403
    assert form.submit("/admin/questionnaires", document=SMALL, act="publish").status_code == 403


def test_a_changed_republication_is_refused_on_the_page(administrator: Client) -> None:
    answer = administrator.submit("/admin/questionnaires", document=SMALL.replace("A small", "A large"), act="publish")

    assert answer.status_code == 422
    assert "A published version never changes" in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/admin/cycles", {"questionnaire": "small", "cycle": "a b"}),
        ("/admin/cycles", {"questionnaire": "small", "cycle": "2026"}),
        ("/admin/cycles", {"questionnaire": "small", "cycle": "2027", "title": "x" * 201}),
        ("/admin/cycles", {"questionnaire": "small", "cycle": "2027", "title": "a\x07b"}),
        ("/admin/economies/NZL", {"short_name": "x" * 81, "formal_name": "a", "list_name": "a", "abbreviation": "a"}),
        ("/admin/economies/NZL", {"short_name": "a\x07b", "formal_name": "a", "list_name": "a", "abbreviation": "a"}),
        ("/admin/economies/NZL", {}),
        ("/admin/economies/" + "X" * 65, {}),
        ("/admin/cycles/small/2099/close", {}),
    ],
)
def test_an_administrators_mistake_is_named(administrator: Client, path: str, fields: dict[str, str]) -> None:
    assert administrator.submit(path, **fields).status_code in {404, 422}


def test_choices_that_do_not_exist_are_refused_on_the_sharing_page(at: Filled, form: Client) -> None:
    path = f"/reviews/{at.reviews[DRAFT]}/sharing"

    for fields in ({"audience.A": "everyone"}, {"audience.Z": "public"}, {"audience.": "public"}):
        assert form.submit(path, **fields).status_code == 422
