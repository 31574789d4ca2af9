"""Doors over one database: what one process decided holds in the next, and a copy of the database opens nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event
from sqlalchemy.engine import URL

from app.accounts import keys, service
from app.accounts.signing_in import sign_in
from app.config import Settings
from app.infra.db import Database, open_database
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.ids import token_hash
from app.main import create_app
from tests.scenarios import PASSWORD, Client, Scene, bearer, statements

OTHER_PASSWORD = "walnut harbour violin"
ME = "/api/v1/me"


class Processes:
    """Two applications that share nothing but their database."""

    def __init__(self, first: Database, second: Database, settings: Settings) -> None:
        self.scene = Scene(first)
        self.apps = (create_app(settings, first), create_app(settings, second))

    def browser(self, process: int, cookies: Client | None = None) -> Client:
        client = Client(self.apps[process])
        if cookies is not None:
            client.cookies.update(dict(cookies.cookies))
        return client


@pytest.fixture
def processes(database: Database, fresh_url: URL, database_settings: Settings) -> Iterator[Processes]:
    second = open_database(fresh_url, pool_size=2)
    yield Processes(database, second, database_settings)
    second.dispose()


@pytest.fixture
def ana(processes: Processes) -> Actor:
    processes.scene.person(Role.COORDINATOR, name="Second")  # the last coordinator could not leave
    return processes.scene.person(Role.COORDINATOR, name="Ana")


@pytest.mark.abuse("A10")
@pytest.mark.parametrize("act", ["sign out", "password", "role", "disable"])
def test_a_session_that_ended_in_one_process_is_dead_in_the_other(processes: Processes, ana: Actor, act: str) -> None:
    scene = processes.scene
    here = processes.browser(0).sign_in(scene.email(ana))
    there = processes.browser(1, here)
    before = there.get(ME).status_code
    assert ana.user_id is not None

    if act == "sign out":
        here.submit("/sign-out")
    else:
        with scene.database.write() as session:
            if act == "password":
                service.set_password(session, COMMAND_LINE, ana.user_id, OTHER_PASSWORD, passwords=scene.passwords)
            elif act == "role":
                service.change_role(session, COMMAND_LINE, ana.user_id, role=Role.CONTRIBUTOR, economy="NZL")
            else:
                service.disable_user(session, COMMAND_LINE, ana.user_id)

    assert (before, there.get(ME).status_code) == (200, 401)


@pytest.mark.abuse("A2")
def test_failures_are_counted_over_all_processes_and_outlast_them(
    processes: Processes, ana: Actor, fresh_url: URL, database_settings: Settings
) -> None:
    email = processes.scene.email(ana)
    for number in range(sign_in.MOST_PER_ACCOUNT):
        answer = processes.browser(number % 2).post("/sign-in", data={"email": email, "password": "wrong", "next": "/"})
        assert answer.status_code == 422

    restarted = open_database(fresh_url, pool_size=2)
    right = Client(create_app(database_settings, restarted)).post(
        "/sign-in", data={"email": email, "password": PASSWORD, "next": "/"}
    )
    restarted.dispose()

    assert right.status_code == 429
    assert right.headers["retry-after"] == "300"


@pytest.mark.abuse("A1")
def test_known_and_unknown_addresses_cost_the_same_statements(processes: Processes, ana: Actor) -> None:
    sent = []
    processes.browser(0).post("/sign-in", data={"email": "first@example.org", "password": "wrong", "next": "/"})
    for email in (processes.scene.email(ana), "nobody@example.org"):
        with statements(processes.scene.database) as found:
            processes.browser(0).post("/sign-in", data={"email": email, "password": "wrong", "next": "/"})
        sent.append(found)

    assert sent[0] == sent[1] != []


@pytest.mark.abuse("K4")
def test_a_key_of_one_economy_finds_nothing_of_another(processes: Processes, ana: Actor) -> None:
    scene = processes.scene.ready()
    review = scene.start("CHL")
    program = Client(processes.apps[0]).with_key(scene.key(ana))

    foreign, none = program.get(f"/api/v1/reviews/{review}"), program.get(f"/api/v1/reviews/{ana.user_id}")

    assert (foreign.status_code, none.status_code) == (404, 404)
    assert foreign.json()["detail"] == none.json()["detail"]


@pytest.mark.abuse("K6")
def test_a_key_is_looked_up_by_its_hash_alone(database: Database) -> None:
    """Whoever shares a prefix with a key shares nothing of its hash, so no time tells how much was right."""
    scene = Scene(database)
    secret = scene.key(scene.person(Role.ANALYST))
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, _statement: str, parameters: object, *_rest: object) -> None:
        asked.append(str(parameters))

    event.listen(database.reader, "before_cursor_execute", listen)
    with database.read() as session:
        assert keys.find_identity(session, secret) is not None

    assert token_hash(secret) in "".join(asked)
    assert [part for part in (secret, secret[:12], secret[13:56]) if part in "".join(asked)] == []


@pytest.mark.abuse("K7")
@pytest.mark.timeout(60)
def test_no_request_is_lost_while_a_program_replaces_its_key(processes: Processes, ana: Actor) -> None:
    """Four threads go on asking two processes, with the old key and, as soon as it is there, the new one in turn."""
    secrets = [processes.scene.key(ana)]
    is_made = threading.Event()

    def ask(number: int) -> list[int]:
        program = Client(processes.apps[number % 2]).with_key(secrets[0])
        before = [program.get(ME).status_code for _ in range(3)]
        meanwhile: list[int] = []
        while not is_made.is_set():
            meanwhile.append(program.get(ME).status_code)
        return before + meanwhile + [program.get(ME, headers=bearer(secret)).status_code for secret in secrets * 3]

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask, number) for number in range(4)]
        try:
            made = Client(processes.apps[0]).with_key(secrets[0]).post("/api/v1/me/rotation", json={"overlap_days": 1})
            secrets.append(made.json()["secret"])
        finally:
            is_made.set()
        statuses = [status for each in asking for status in each.result()]

    assert made.status_code == 201
    assert len(statuses) >= 4 * 9
    assert set(statuses) == {200}


@pytest.mark.abuse("K3")
def test_the_log_names_no_key_wherever_it_is_sent(processes: Processes, ana: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    key = processes.scene.key(ana)
    program = processes.browser(0)
    program.get(ME, params={"key": key})
    program.get(ME, headers={"Cookie": f"key={key}"})
    program.get(ME, headers=bearer(key))

    written = capsys.readouterr()

    assert key[13:56] not in written.out + written.err


@pytest.mark.abuse("C4")
def test_a_form_that_was_open_when_its_session_ended_is_not_saved(processes: Processes, ana: Actor) -> None:
    """Neither with the cookie of the session that ended, nor in a new session of the same person."""
    scene = processes.scene
    browser = processes.browser(0).sign_in(scene.email(ana))
    stale = processes.browser(1, browser)
    form = {"csrf_token": browser.token(), "label": "dashboard", "days": "30"}
    browser.submit("/sign-out")

    ended = stale.post("/account/keys", data=form)
    renewed = browser.sign_in(scene.email(ana)).post("/account/keys", data=form)

    assert ended.status_code == 401
    assert "/sign-in" in ended.text
    assert renewed.status_code == 403
    assert scene.count("api_key") == 0
