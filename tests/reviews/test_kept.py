"""What was typed into a section is not lost with the session: it is shown again, to this site's own forms only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import Client, Scene

pytestmark = only_sqlite
TYPED = {"A1.choice": "3", "A1.comment": 'Line one.\nLine two, <b> & "quotes".', "A1.seen": "0"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', re.DOTALL)


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    return create_app(settings, database)


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def client(app: FastAPI, scene: Scene, review: UUID) -> Iterator[Client]:
    assert review is not None
    with Client(app) as client:
        yield client.sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))


def hidden(text: str) -> dict[str, str]:
    main = text[text.index("<main") : text.index("</main>")]
    return {name: unescape(value) for name, value in HIDDEN.findall(main)}


def test_what_was_typed_survives_the_end_of_the_session_and_is_saved_after_signing_in(
    client: Client, scene: Scene, review: UUID
) -> None:
    path = f"/reviews/{review}/sections/A"
    client.cookies.clear()

    ended = client.post(path, data={"csrf_token": "old", **TYPED})
    assert ended.status_code == 401
    assert {name: value for name, value in hidden(ended.text).items() if name != "csrf_token"} == TYPED
    client.sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))
    again = client.post(path, data=hidden(ended.text))
    assert again.status_code == 403
    assert "You are signed in as NZL contributor." in again.text
    saved = client.post(path, data=hidden(again.text))

    assert saved.status_code == 303
    answer = scene.opened(review).saved["A1"].answer
    assert (answer.value, answer.comment) == (3, TYPED["A1.comment"])


def test_nothing_is_stored_before_the_person_confirms(client: Client, scene: Scene, review: UUID) -> None:
    client.cookies.clear()

    client.post(f"/reviews/{review}/sections/A", data=TYPED)

    assert scene.count("answer") == 0


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_form_is_never_shown_again(client: Client, review: UUID, headers: dict[str, str]) -> None:
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/sections/A", data=TYPED, headers=headers)

    assert refused.status_code == 403
    assert "Line one." not in refused.text


def test_a_form_that_proves_nothing_is_not_shown_again(client: Client, review: UUID) -> None:
    del client.headers["Origin"]
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/sections/A", data=TYPED)

    assert refused.status_code == 303
    assert refused.headers["location"] == "/sign-in"


def test_a_form_with_a_password_is_never_kept(client: Client, review: UUID) -> None:
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/submit", data={"current_password": "lantern orchid mosaic", "attests": "yes"})

    assert refused.status_code == 303
