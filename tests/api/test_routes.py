"""What holds for every route: who may call it, what it may change, and what the contract says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from sqlmodel import SQLModel

from app.accounts.deps import stated_policies
from app.kit.actor import ECONOMY_ROLES, Role
from app.web.csrf import SAFE_METHODS
from app.web.forms import checked_form
from tests.api.conftest import Browse, Filled
from tests.databases import only_sqlite
from tests.routes import routes
from tests.scenarios import PROJECT, Client, statements

SIGNED = "NZL"  # its review is submitted, so every page of results has something to show
CHANGING = ("INSERT", "UPDATE", "DELETE")
SAME_BY_ACCEPT = (".csv", ".json", ".parquet")


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def test_the_program_has_all_its_rooms(filled: Filled) -> None:
    paths = [path for _, path, _, _ in routes(filled.app)]

    assert len(paths) > 70
    assert {path.split("/")[3] for path in paths if path.startswith("/api/v1/")} >= {
        "me",
        "economies",
        "groups",
        "cycles",
        "references",
        "questionnaires",
        "reviews",
        "benchmarks",
        "drafts",
        "audit",
        "releases",
    }


@pytest.mark.abuse("T6")
def test_every_route_states_exactly_one_policy(filled: Filled) -> None:
    """T6: an unlisted route fails here."""
    guilty = {
        f"{method} {path}": sorted(stated_policies(route.dependant))
        for method, path, _, route in routes(filled.app)
        if len(stated_policies(route.dependant)) != 1
    }

    assert guilty == {}


def test_no_route_is_stated_twice(filled: Filled) -> None:
    found = [(method, path) for method, path, _, _ in routes(filled.app)]

    assert len(found) == len(set(found))


def test_every_page_that_changes_something_checks_its_form(filled: Filled) -> None:
    """C4, for all of them."""
    changing = [
        (path, route)
        for method, path, _, route in routes(filled.app)
        if method not in SAFE_METHODS and not path.startswith("/api/")
    ]

    assert len(changing) > 15
    assert [path for path, route in changing if checked_form not in calls(route.dependant)] == []


def test_pages_stand_outside_the_contract_and_the_api_inside(filled: Filled) -> None:
    documented = {(method.upper(), path) for path, methods in filled.app.openapi()["paths"].items() for method in methods}
    api = {
        (method, path)
        for method, path, _, _ in routes(filled.app)
        if path.startswith("/api/v1")
        and not path.endswith(SAME_BY_ACCEPT)
        and path != "/api/v1/docs"  # that is a page about the API
    }

    assert documented == api


def test_the_committed_contract_is_that_of_the_routes(filled: Filled) -> None:
    committed = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))

    assert committed == filled.app.openapi(), "run `make openapi`, read what changed, and commit it"


def test_the_contract_describes_every_parameter_and_every_field(filled: Filled) -> None:
    """A field whose schema is another one may leave the words to it."""
    contract = filled.app.openapi()
    schemas = contract["components"]["schemas"]
    parameters = {
        f"{path} {parameter['name']}": parameter.get("description")
        for path, operations in contract["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
    }
    fields = {
        f"{name}.{field}": schema.get("description") or schemas[schema["$ref"].rpartition("/")[2]].get("description")
        if "$ref" in schema
        else schema.get("description")
        for name, model in schemas.items()
        for field, schema in model.get("properties", {}).items()
    }

    assert len(parameters) > 20
    assert len(fields) > 200
    undescribed = sorted(name for name, words in (parameters | fields).items() if not words)
    assert [name for name in undescribed if not name.startswith(("ProblemField.", "ProblemDocument."))] == []  # RFC 9457 does


def test_the_contract_describes_every_operation(filled: Filled) -> None:
    for path, operations in filled.app.openapi()["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path}"
            assert operation.get("description"), f"{method} {path}"
            refused = {status for status in operation["responses"] if status[0] == "4"}
            assert {"422"} <= refused, f"{method} {path}"
            for status in refused:
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


UNKNOWN = (
    "rest",
    "key_id",
    "session_id",
    "user_id",
    "invitation_id",
    "request_id",
    "item_code",
    "kind",
    "factor_id",
    "thread_id",
    "evidence_id",
    "upload_id",
    "peer_id",
    "draft_id",
    "report_id",
    "address",
)


def _code(path: str) -> str:
    """Return the code of what a path is about."""
    if path.startswith("/admin") and "translations" not in path:
        return "NZL"
    return "A" if "sections" in path else "A1" if "/items/" in path else "small"


def address(path: str, filled: Filled) -> str:
    """Fill the template of a path with what exists."""
    known = {
        "review_id": str(filled.reviews[SIGNED]),
        "revision": "1",
        "node": "A",
        "reference": "NZL-SMALL-2026-R1-00000000",
        "code": _code(path),
        "version": "2026.1",
        "questionnaire": "small",
        "cycle": "2026",
        "token": "x" * 43,
        "name": "ddi.xml",
        "economy": "NZL",
        "group": "APEC",
        "language": "es",
        "ending": "po",
        "codelist": "economies",
        "number": "2026.1.0" if "/releases" in path else "latest" if "{number}/report" in path or "economies" in path else "0",
    }
    return path.format_map({name: known.get(name, "0") for name in [*known, *UNKNOWN]})


# That somebody was here is noted after the page has left, by its own people and seldom: docs/decisions/0030.
NOTES = ("INSERT INTO presence", "INSERT INTO visit")
# Who reads it is recorded, and nothing else is written: docs/decisions/0017, tests/benchmarks/test_method.py.
RECORDED = "/admin/method/small/2026"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.abuse("T19")
def test_reading_changes_nothing(filled: Filled, browse: Browse, role: Role) -> None:
    """C6 and T19: every address that can be read, read by every role."""
    actor = filled.actor(role, SIGNED) if role in ECONOMY_ROLES else filled.actor(role)
    reader = browse(filled, actor)
    wanted = sorted({address(path, filled) for method, path, _, _ in routes(filled.app) if method == "GET"})
    if role is Role.ADMINISTRATOR:
        wanted.remove(RECORDED)

    with statements(filled.scene.database) as sent:
        found = {path: reader.get(path).status_code for path in wanted}

    assert {path: status for path, status in found.items() if status >= 500} == {}
    assert sum(status == 200 for status in found.values()) > 20
    assert [each for each in sent if each.startswith(CHANGING) and not each.startswith(NOTES)] == []


@only_sqlite
def test_a_get_never_signs_out(fresh: Filled, browse: Browse) -> None:
    reader = browse(fresh, fresh.actor(Role.ANALYST))

    assert reader.get("/sign-out").status_code in {404, 405}
    assert reader.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/.git/config", "/.env", "/api", "/api/v2/economies"])
def test_nothing_else_is_served(client: Client, path: str) -> None:
    """H5."""
    assert client.get(path).status_code == 404


def test_who_may_call_what_is_told_the_same_way_everywhere(filled: Filled, client: Client) -> None:
    """Anonymous: 401 at the API, the sign-in page elsewhere; never 403, which would tell that there is something."""
    for method, path, _, route in routes(filled.app):
        if method != "GET" or stated_policies(route.dependant) & {"anyone", "anyone; signed-in people are recognised"}:
            continue
        answer = client.get(address(path, filled))
        if path.startswith("/api/"):
            assert answer.status_code in {200, 401}, path
        else:
            assert (answer.status_code, answer.headers["location"][:9]) == (303, "/sign-in?"), path


def test_no_table_is_what_a_route_takes_or_gives(filled: Filled) -> None:
    """A table class validates nothing, so it is never a request or a response."""
    tables = {mapper.class_.__name__ for mapper in SQLModel._sa_registry.mappers}
    shown = {
        name
        for _, _, _, route in routes(filled.app)
        for model in (route.response_model, *(field.field_info.annotation for field in route.dependant.body_params))
        for name in (getattr(model, "__name__", ""),)
    }

    assert "Review" in tables
    assert shown & tables == set()
