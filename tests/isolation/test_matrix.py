"""Every route, called by everybody, about what is New Zealand's: docs/permissions says what each is answered.

Unsafe methods come with a form token that is valid, and with as little else as the address takes. On PostgreSQL only reading
is tried, and by those who differ: who may do what is decided above the database, and the services' tests run on both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from app.web.csrf import SAFE_METHODS
from tests.databases import only_postgresql
from tests.isolation.callers import Caller, Callers
from tests.isolation.places import NOBODYS, address, parameters
from tests.isolation.resetting import Resetting
from tests.isolation.stated import NEVER, STATES, Stated, answered, rules, stated
from tests.isolation.world import begin, go_on
from tests.routes import routes

IDS = (
    *("review_id", "thread_id", "evidence_id", "upload_id", "peer_id", "reviewer_id", "report_id"),
    *("user_id", "invitation_id", "key_id", "session_id"),
)
"""Parameters that are ids of what belongs to somebody."""
OURS_TOO = ("contributor", "coordinator", "approver", "own_reads", "own_writes")
"""They know that it is there, and are told when a colleague has to do it."""
REFUSED = ("no", "unknown", "sign in")
_OF_ONE_ANSWER = ("x-request-id", "date")


@pytest.fixture(scope="module")
def reset(callers: Callers) -> Iterator[Resetting]:
    found = Resetting(callers.world.database)
    yield found
    found.close()


def tried_states(route: Stated) -> tuple[str, ...]:
    """Name the states of a review in which a route is tried: all, where it reads one."""
    return tuple(STATES) if "{review_id}" in route.path and route.method == "GET" else ("",)


@pytest.mark.abuse("T6")
def test_every_route_has_a_rule_and_every_rule_has_routes(callers: Callers) -> None:
    served = [(method, path) for method, path, _, _ in routes(callers.app)]
    written = [(each.method, each.path) for each in stated()]

    assert sorted(set(served) - set(written)) == [], "state a rule for these in docs/permissions/routes.csv"
    assert sorted(set(written) - set(served)) == [], "these are in docs/permissions/routes.csv and served no more"
    assert len(written) == len(set(written))
    assert {each.rule for each in stated()} == set(rules())
    assert {state for each in stated() for state in each.exists} <= {*STATES, NEVER}


@pytest.mark.abuse("T5")
@pytest.mark.timeout(240)
def test_everybody_is_answered_what_the_rule_says_and_a_refusal_changes_nothing(callers: Callers, reset: Resetting) -> None:
    different, changed, failed, cells = [], [], [], 0
    for route in stated():
        for state in tried_states(route):
            path = address(route.path, callers.world, STATES.get(state, ""))
            for caller in callers.found.values():
                answer = caller.ask(route.method, path)
                found, cells = answered(answer), cells + 1
                where = f"{route.method} {route.path} {state} as {caller.name}: {answer.status_code}"
                if found != route.expected(caller.name, state):
                    different.append(f"{where}, not {route.expected(caller.name, state)}")
                if answer.status_code >= 500:
                    failed.append(where)
                if (
                    found in REFUSED
                    and route.rule != "ends-session"
                    and reset.has_changed()
                    and reset.digest_of() != reset.digest
                ):
                    changed.append(where)
                reset.restore()

    assert different == []
    assert failed == []
    assert changed == []
    assert cells > 8_000


def _has_changed(reset: Resetting) -> bool:
    return reset.has_changed() and reset.digest_of() != reset.digest


@pytest.mark.abuse("T1")
@pytest.mark.timeout(240)
def test_what_is_anothers_looks_like_what_there_is_not(callers: Callers, reset: Resetting) -> None:
    """Every address with an id, and every method: status, length and headers are those of an id that nobody has."""
    told, tried = [], 0
    for route in stated():
        mine = {name: NOBODYS for name in parameters(route.path) if name in IDS}
        if not mine:
            continue
        paths = address(route.path, callers.world), address(route.path, callers.world, instead=mine)
        methods = (route.method, "HEAD") if route.method == "GET" else (route.method,)
        for caller in callers.found.values():
            said = rules()[route.rule][caller.name]
            if said != "unknown" and not (said == "no" and caller.name not in OURS_TOO):
                continue
            for method in methods:
                there, nowhere = (_seen(caller, method, path, reset) for path in paths)
                tried += 1
                if there != nowhere:
                    told.append(f"{method} {route.path} as {caller.name}: {there} {nowhere}")

    assert told == []
    assert tried > 1_000


def _seen(caller: Caller, method: str, path: str, reset: Resetting) -> tuple[int, int, Mapping[str, str]]:
    answer = caller.ask(method, path)
    reset.restore()
    headers = {name: value for name, value in answer.headers.items() if name not in _OF_ONE_ANSWER}
    return answer.status_code, len(answer.content), {name: value.replace(path, "") for name, value in headers.items()}


@only_postgresql
@pytest.mark.timeout(240)
def test_reading_is_answered_alike_on_postgresql(database: Database, settings: Settings) -> None:
    world = go_on(begin(database, settings))
    callers = Callers(world, create_app(settings, database)).open()
    different = []
    for route in stated():
        if route.method not in SAFE_METHODS:
            continue
        for name in ("coordinator", "other", "reviewer_elsewhere"):
            answer = callers.found[name].ask(route.method, address(route.path, world))
            if answered(answer) != route.expected(name, _home(route)):
                different.append(f"{route.method} {route.path} as {name}: {answer.status_code}")
    callers.close()

    assert different == []


def _home(route: Stated) -> str:
    """Return the state of the review that an address names when nothing else is asked for."""
    return next(iter(sorted(route.exists & {"signed", "open"})), "open")
