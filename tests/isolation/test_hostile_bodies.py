"""Every route that takes a body, sent by whom it is for, with bodies that no page and no client of ours would send.

The forms are those that the pages show, so that all but one field is right; whoever refuses says so without an error of the
program's own, and leaves every row as it was.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping

import pytest
from fastapi.routing import APIRoute
from httpx2 import Cookies, Response

from app.web.csrf import SAFE_METHODS
from tests.isolation.callers import Caller, Callers
from tests.isolation.conftest import After, OpenWorld
from tests.isolation.hostile import FILES, TOKEN, Sent, form_bodies, json_bodies
from tests.isolation.places import address
from tests.isolation.rendered import Rendered, forms_of, pattern
from tests.isolation.resetting import Resetting
from tests.isolation.schemas import at, example
from tests.isolation.stated import STATES, Stated, rules, stated
from tests.routes import routes

pytestmark = pytest.mark.timeout(600)

PEOPLE = ("coordinator", "approver", "administrator", "reviewer", "anonymous")
PROGRAMS = ("own_writes", "administrator_writes")
MOST_FORMS = 2
"""How many forms with other fields are tried of one route, such as the sections of a review."""


KEEPS_WHAT_IS_RIGHT = re.compile(r"/sections/[^/]+$")
"""Forms of many answers: each is stored or refused by itself, so that nobody types the right ones again."""

_NAMED = re.compile(r'form\.(?:first|all|file)\(\s*"([^"]+)"')


def is_page(route: Stated) -> bool:
    return not route.path.startswith("/api/")


@pytest.fixture(scope="module")
def callers(open_world: OpenWorld) -> Callers:
    return open_world(After, (*PEOPLE, "contributor", *PROGRAMS))


@pytest.fixture
def reset(callers: Callers) -> Iterator[Resetting]:
    found = Resetting(callers.world.database)
    yield found
    found.restore()
    found.close()


def forms(callers: Callers) -> dict[str, list[tuple[Caller, Rendered]]]:
    """Read the forms of every page, as everybody sees them, by the route that they are sent to."""
    targets = {route.path: pattern(route.path) for route in stated() if route.method == "POST" and is_page(route)}
    found: dict[str, list[tuple[Caller, Rendered]]] = {path: [] for path in targets}
    for caller in (callers.found[name] for name in PEOPLE):
        for path in _pages(callers):
            answer = caller.ask("GET", path)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            for form in forms_of(path, answer.text):
                target = next((name for name, wanted in targets.items() if wanted.fullmatch(form.action)), None)
                known = found.get(target or "", [])
                if target and len(known) < MOST_FORMS and all(form.fields.keys() != each.fields.keys() for _, each in known):
                    known.append((caller, form))
    return found


def _pages(callers: Callers) -> list[str]:
    read = [route for route in stated() if route.method == "GET" and is_page(route) and route.rule != "ends-session"]
    return sorted(
        {
            address(route.path, callers.world, state)
            for route in read
            for state in (STATES.values() if "{review_id}" in route.path else ("",))
        }
    )


JSON = {"Content-Type": "application/json"}


def unseen(callers: Callers, route: Stated, handler: APIRoute) -> Iterator[tuple[Caller, Rendered]]:
    """Give the form of a route that no page shows just now: with whatever its module reads out of forms."""
    said = rules()[route.rule]
    caller = callers.found[next((name for name in PEOPLE if said[name] == "yes"), "coordinator")]
    names = _NAMED.findall(inspect.getsource(sys.modules[handler.endpoint.__module__]))
    fields = {TOKEN: [caller.token], **{name: ["1"] for name in names if name != "file"}}
    yield (
        caller,
        Rendered(address(route.path, callers.world), fields, "file" if "file" in names and "apply" in route.path else ""),
    )


def send(caller: Caller, method: str, path: str, sent: Sent) -> Response:
    caller.client.cookies = Cookies(caller.cookies)
    return caller.client.request(method, path, content=sent.body, headers=sent.headers)


class Tried:
    """What was sent, and what was wrong with the answers."""

    def __init__(self, reset: Resetting) -> None:
        self.reset, self.sent = reset, 0
        self.wrong: list[str] = []

    def send(self, caller: Caller, method: str, path: str, sent: Sent) -> None:
        """Send it, note what is wrong, and put everything back."""
        answer = send(caller, method, path, sent)
        self.sent += 1
        where = f"{method} {path} as {caller.name}, {sent.label}: {answer.status_code}"
        if answer.status_code >= 500:
            self.wrong.append(where)
        if self.reset.has_changed():
            refused = answer.status_code >= 400 and not KEEPS_WHAT_IS_RIGHT.search(path)
            if refused and self.reset.digest_of() != self.reset.digest:
                self.wrong.append(f"{where}, and rows have changed")
            self.reset.restore()


def pages(callers: Callers) -> Iterator[tuple[Caller, Rendered]]:
    """Give every form of every page that changes something, and who sends it."""
    shown = forms(callers)
    handlers = {(method, path): handler for method, path, _, handler in routes(callers.app)}
    for route in stated():
        if is_page(route) and route.method == "POST":
            yield from shown[route.path] or unseen(callers, route, handlers["POST", route.path])


@pytest.mark.abuse("J2", "J3", "J5", "J6", "J7", "J9", "J14")
def test_no_form_makes_the_program_fail_and_a_refused_one_changes_nothing(callers: Callers, reset: Resetting) -> None:
    found, everything = list(pages(callers)), Tried(reset)
    reset.restore()  # some pages note who read them

    for caller, form in found:
        for sent in form_bodies(form):
            everything.send(caller, "POST", form.action, sent)

    assert everything.wrong == []
    assert everything.sent > 2_000


@pytest.mark.abuse("J2", "J3", "J4", "J5", "J6", "J7", "J9")
def test_no_document_makes_the_program_fail_and_a_refused_one_changes_nothing(callers: Callers, reset: Resetting) -> None:
    contract, everything = callers.app.openapi(), Tried(reset)

    for route in stated():
        if is_page(route) or route.method in SAFE_METHODS:
            continue
        said = rules()[route.rule]
        caller = callers.found[next(name for name in (*reversed(PROGRAMS), *PEOPLE) if said[name] == "yes")]
        path = address(route.path, callers.world)
        tag = _tag(caller, path)
        for sent in _documents(contract, route):
            everything.send(caller, route.method, path, Sent(sent.label, sent.body, {**sent.headers, "If-Match": tag}))
        for wrong in ("", '"', "*", 'W/"x"', "x" * 1_000, '"1", "2"', f'"{2**63}"', f'"{"9" * 5_000}"'):
            everything.send(caller, route.method, path, Sent(f"If-Match {wrong[:9]}", b"{}", {"If-Match": wrong, **JSON}))

    assert everything.wrong == []
    assert everything.sent > 500


def _documents(contract: Mapping[str, object], route: Stated) -> Iterator[Sent]:
    operation = at(contract, "paths", route.path, route.method.lower())
    for kind, said in at(operation, "requestBody", "content").items():
        if kind == "application/json":
            body = example(at(contract, "components", "schemas"), at(said, "schema"))
            yield from json_bodies(body if isinstance(body, dict) else {})
        else:
            yield from (Sent(label, raw, {"Content-Type": kind}) for label, raw in FILES.items())


def _tag(caller: Caller, path: str) -> str:
    tried = (caller.ask("GET", each).headers.get("etag") for each in (path, path.rpartition("/")[0]))
    return next((tag for tag in tried if tag), "*")
