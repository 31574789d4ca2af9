"""A retired version starts nothing new, and takes nothing away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pyotp
import pytest
import time_machine

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, NotReady
from app.main import create_app
from app.questionnaires import retiring
from app.questionnaires.retiring import Retired
from tests.databases import only_sqlite
from tests.scenarios import CODE, PASSWORD, VERSION, Client, Scene

PAGE = f"/admin/questionnaires/{CODE}/{VERSION}/retire"
REASON = "Replaced by 2026.2, which asks for dates."


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


def retire(scene: Scene, reason: str = REASON, version: str = VERSION) -> Retired:
    with scene.database.write() as session:
        return retiring.retire(session, COMMAND_LINE, CODE, version, reason)


def test_no_review_starts_with_a_retired_version_and_the_reason_is_said(scene: Scene) -> None:
    retire(scene)

    with pytest.raises(NotReady, match="asks for dates"):
        scene.start()


def test_a_review_that_began_with_it_goes_on_to_its_signature(scene: Scene) -> None:
    review = scene.start()
    retire(scene)

    scene.fill(review)
    scene.hand_over(review)

    assert scene.sign(review).revision == 1


def test_what_is_retired_is_listed_with_who_and_why(scene: Scene) -> None:
    done = retire(scene)

    with scene.database.read() as session:
        assert retiring.retired(session) == {(CODE, VERSION): done}
        assert retiring.retired(session, "another") == {}
    assert (done.reason, done.retired_by) == (REASON, COMMAND_LINE.name)
    assert scene.rows("SELECT action FROM audit_event ORDER BY sequence DESC LIMIT 1") == [("questionnaires.retired",)]


def test_it_is_retired_once_by_an_administrator_with_a_reason(scene: Scene) -> None:
    with pytest.raises(Forbidden), scene.database.write() as session:
        retiring.retire(session, scene.person(Role.COORDINATOR), CODE, VERSION, REASON)
    with pytest.raises(Invalid):
        retire(scene, "  ")
    with pytest.raises(NotFound):
        retire(scene, version="2099.1")
    retire(scene)
    with pytest.raises(Conflict):
        retire(scene)


@pytest.fixture
def admin(scene: Scene, database: Database, settings: Settings) -> Iterator[Client]:
    with Client(create_app(settings, database)) as browser:
        yield browser.sign_in(scene.email(scene.person(Role.ADMINISTRATOR)))


@only_sqlite
def test_the_page_asks_for_the_password_again_and_keeps_the_reason(scene: Scene, admin: Client) -> None:
    refused = [admin.submit(PAGE, reason=REASON, current_password=typed) for typed in ("", "not this one")]
    without = scene.count("retirement")

    done = admin.submit(PAGE, reason=REASON, current_password=PASSWORD)

    for answer in refused:
        assert answer.status_code == 422
        assert 'href="#current_password"' in answer.text
        assert REASON in answer.text
    assert (without, scene.count("retirement")) == (0, 1)
    assert (done.status_code, done.headers["location"]) == (303, f"/questionnaires/{CODE}/{VERSION}")


@only_sqlite
def test_the_page_asks_for_the_code_of_who_has_an_app(scene: Scene, admin: Client) -> None:
    ways, without = "/account/ways-to-sign-in/authenticator", admin.get(PAGE).text
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        admin.submit(ways, **{"app.current_password": PASSWORD})
        secret = re.search(r'<code role="group"[^>]*>([A-Z2-7 ]+)</code>', admin.get(ways).text)
        assert secret is not None
        app = pyotp.TOTP(secret[1].replace(" ", ""))
        admin.submit(f"{ways}/confirm", one_time_code=app.at(datetime.now(UTC)))
        clock.shift(30)
        shown = admin.get(PAGE).text

        wrong = admin.submit(PAGE, reason=REASON, current_password=PASSWORD, one_time_code="")
        right = admin.submit(PAGE, reason=REASON, current_password=PASSWORD, one_time_code=app.at(datetime.now(UTC)))

    assert 'name="one_time_code"' not in without
    assert 'name="one_time_code"' in shown
    assert 'href="#one_time_code"' in wrong.text
    assert (right.status_code, scene.count("retirement")) == (303, 1)


@only_sqlite
def test_a_version_that_is_retired_already_is_said_on_the_page_with_the_reason_that_was_typed(
    scene: Scene, admin: Client
) -> None:
    retire(scene)

    late = admin.submit(PAGE, reason="My own reason.", current_password=PASSWORD)

    assert late.status_code == 409
    assert "This version is retired already." in late.text
    assert "My own reason." in late.text
