"""The nth statement of every act fails, n = 1, 2, ... until the act is done: each time all of it is stored, or nothing.

The API and the page of signing in are then asked the same, for what they say must not repeat the statement.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import partial

import pytest
from fastapi import FastAPI
from obstore.store import MemoryStore
from sqlalchemy.exc import OperationalError

from app.config import Settings
from app.infra.db import Database
from app.infra.objects import ObjectStore, StoreAway
from app.kit.actor import Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.fault.acts import ACTS, Place, add_evidence
from tests.fault.nth import SECRET, Countdown, FailingObjects, digest, nth_statement_fails, numbers
from tests.scenarios import PASSWORD, Client, Scene


@pytest.fixture
def place(database: Database) -> Place:
    return Place(Scene(database), ObjectStore(MemoryStore()))


@pytest.mark.abuse("P7")
@pytest.mark.parametrize("name", ACTS)
def test_an_act_whose_nth_statement_fails_changes_nothing_and_the_next_try_works(place: Place, name: str) -> None:
    act, database = ACTS[name](place), place.scene.database
    before, failures = digest(database), 0

    for number in numbers():
        try:
            with nth_statement_fails(database, number):
                act()
        except OperationalError:
            failures += 1
        else:
            break
        assert digest(database) == before, f"after statement {number}"

    assert failures > 3
    assert digest(database) != before


@pytest.mark.abuse("P7")
@only_sqlite
@pytest.mark.parametrize("error", [partial(OSError, errno.ENOSPC, os.strerror(errno.ENOSPC)), partial(StoreAway, "away")])
def test_a_file_whose_nth_write_fails_leaves_no_row_and_the_next_try_works(place: Place, error: Callable[[], Exception]) -> None:
    store = FailingObjects(ObjectStore(MemoryStore()), error)
    act = add_evidence(Place(place.scene, store))
    before, failures = digest(place.scene.database), 0

    for number in numbers():
        store.countdown = Countdown(number)
        try:
            act()
        except (OSError, StoreAway):
            failures += 1
            assert digest(place.scene.database) == before, f"after call {number}"
        else:
            break

    assert failures > 1
    assert place.scene.count("evidence") == 1


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    return create_app(settings, database)


@pytest.mark.abuse("P7")
@only_sqlite
def test_a_save_whose_nth_statement_fails_is_answered_as_busy_and_no_more_is_said(app: FastAPI, place: Place) -> None:
    scene = place.scene.ready()
    review, actor = scene.start(), scene.person(Role.CONTRIBUTOR)
    client = Client(app).sign_in(scene.email(actor))
    saved, refusals, has_failed = 0, 0, True

    for number in numbers():
        if not has_failed:
            break
        with nth_statement_fails(scene.database, number) as countdown:
            sent = {"state": "answered", "value": 1 + saved, "seen": saved}
            answer = client.put(f"/api/v1/reviews/{review}/answers/A1", json=sent)
        has_failed = countdown.has_failed
        assert SECRET not in answer.text
        if answer.status_code == 200:  # what failed was beside the act, such as looking for new translations
            saved += 1
        else:
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), number
            refusals += 1
        assert scene.count("answer_revision") == saved

    assert refusals > 3
    assert not has_failed


@pytest.mark.abuse("P7")
@only_sqlite
def test_signing_in_whose_nth_statement_fails_opens_no_session_and_the_next_try_works(app: FastAPI, place: Place) -> None:
    scene = place.scene.ready()
    email = scene.email(scene.person(Role.CONTRIBUTOR))
    refusals, has_failed = 0, True

    for number in numbers():
        if not has_failed:
            break
        client = Client(app)
        with nth_statement_fails(scene.database, number) as countdown:
            answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/"})
        has_failed = countdown.has_failed
        assert SECRET not in answer.text
        assert answer.status_code in {303, 503}, number
        assert has_failed or answer.status_code == 303
        if answer.status_code == 503:
            refusals += 1
            assert "session" not in client.cookies

    assert refusals > 2
    assert not has_failed
