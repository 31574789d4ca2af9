"""Whatever the contract allows, and whatever it forbids, is answered as the contract says: schemathesis over every operation."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.accounts import keys
from app.accounts.scopes import READS, Scope
from app.kit.actor import Role
from tests.api.conftest import DRAFT, Browse, Filled
from tests.databases import only_sqlite
from tests.scenarios import BASE_URL, Client, bearer

pytestmark = [pytest.mark.fuzz, only_sqlite]

Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schemathesis.serializer.alias(
    ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/xliff+xml"], "application/octet-stream"
)
# Enough to meet every parameter with every kind of value; `--hypothesis-profile=long` looks harder.
EXAMPLES = 10
_TOO_LONG = 414


def anonymous(filled: Filled, browse: Browse) -> Client:
    return browse(filled)


def official(filled: Filled, browse: Browse) -> Client:
    return browse(filled, filled.actor(Role.COORDINATOR))


def analyst(filled: Filled, browse: Browse) -> Client:
    client = browse(filled)
    client.headers.update(bearer(filled.scene.key(filled.actor(Role.ANALYST))))
    return client


def author(filled: Filled, browse: Browse) -> Client:
    """A program that edits questionnaires."""
    client = browse(filled)
    del client.headers["Origin"]
    scopes = READS | {Scope.AUTHOR}
    with filled.scene.database.write() as session:
        fresh = keys.create_key(session, filled.actor(Role.ADMINISTRATOR), label="fuzz", scopes=scopes)
    client.headers.update(bearer(fresh.secret))
    return client


def contract(filled: Filled) -> BaseSchema:
    return schemathesis.openapi.from_dict(filled.app.openapi())


def operations(schema: BaseSchema) -> list[Operation]:
    found = list(schema.get_all_operations())
    assert [one for one in found if not isinstance(one, Ok)] == []
    return [one.ok() for one in found if isinstance(one, Ok)]


@pytest.mark.timeout(360)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("reader", [anonymous, official, analyst, author])
def test_every_operation_keeps_the_contract(
    fresh: Filled, browse: Browse, reader: Callable[[Filled, Browse], Client], mode: GenerationMode
) -> None:
    client = reader(fresh, browse)

    tried = [_try(operation, mode, client, fresh) for operation in operations(contract(fresh))]

    assert sum(tried) >= (14 if mode is GenerationMode.POSITIVE else 6)


def _draft(client: Client) -> dict[str, str]:
    """Start a draft for what is tried next, which may discard it; who may not start one finds none."""
    started = client.post("/api/v1/drafts", json={"start": "version", "code": "small", "version": "2026.1"})
    return {"draft_id": started.json()["id"], "address": "item/A1"} if started.status_code == HTTPStatus.CREATED else {}


def _try(operation: Operation, mode: GenerationMode, client: Client, filled: Filled) -> bool:
    """Try one operation; False where nothing can be sent that the contract forbids."""
    known = {"review_id": str(filled.reviews[DRAFT]), "item_code": "B2", "code": "small", "version": "2026.1"}
    known |= {"questionnaire": "small", "cycle": "2026", "group": "APEC", "language": "vi"}
    known |= {"number": "latest", "codelist": "nodes"}
    known |= _draft(client) if "draft_id" in operation.path else {}
    checks = CHECKS + ([negative_data_rejection] if mode is GenerationMode.NEGATIVE and operation.method == "get" else [])

    def call(case: Case, *, finds_something: bool) -> None:
        if finds_something and mode is GenerationMode.POSITIVE:
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        wanted = case.as_transport_kwargs(base_url=BASE_URL)
        wanted["headers"] = {name: value for name, value in dict(wanted["headers"]).items() if name.lower() != "authorization"}
        if isinstance(wanted.get("data"), str | bytes):
            wanted["content"] = wanted.pop("data")
        answer = client.request(**{name: value for name, value in wanted.items() if name != "cookies"})
        # That check does not know that an address may be too long to be looked at.
        fitting = [check for check in checks if check is not negative_data_rejection or answer.status_code != _TOO_LONG]
        case.validate_response(answer, checks=fitting)

    given = hypothesis.given(case=operation.as_strategy(generation_mode=mode), finds_something=strategies.booleans())
    limits = hypothesis.settings(
        max_examples=max(EXAMPLES, hypothesis.settings().max_examples // 20),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        limits(given(call))()
    except Unsatisfiable:
        return False
    return True
