"""The administrators' pages of releases: what would be released, publishing it, and what was published."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.kit.actor import Role
from app.main import create_app
from app.releases import patching
from tests.databases import only_sqlite
from tests.releases.test_withdrawing import PEERS, PUBLIC, review_of, withdraw
from tests.scenarios import BASE_URL, CODE, CYCLE, PASSWORD, Client, Scene

pytestmark = only_sqlite

PATH = f"/admin/releases/{CODE}/{CYCLE}"


@pytest.fixture
def shared(scene: Scene) -> Scene:
    return scene.ready().shared(public=PUBLIC, peers=PEERS)


@pytest.fixture
def program(shared: Scene, tmp_path: object) -> FastAPI:
    settings = Settings(data_dir=tmp_path, base_url=BASE_URL, password_memory_kib=8, password_rounds=1, embedded_worker=False)
    return create_app(settings, shared.database)


@pytest.fixture
def client(program: FastAPI, shared: Scene) -> Client:
    administrator = shared.person(Role.ADMINISTRATOR)
    return Client(program).sign_in(shared.email(administrator))


def seen(client: Client) -> str:
    found = re.search(r'name="seen"\s+value="([^"]+)"', client.get(PATH).text)
    assert found is not None
    return found[1]


def test_the_page_says_what_the_next_release_would_hold(client: Client) -> None:
    page = client.get(PATH).text

    assert f"Publish release {CYCLE}.1.0" in page
    assert "13: Australia" in page
    assert "Nothing of this cycle is released yet." in page


def test_a_release_is_published_as_it_was_read_with_the_password_again(client: Client, shared: Scene) -> None:
    answer = client.submit(PATH, seen=seen(client), note="For the meeting in May.", current_password=PASSWORD)

    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    page = client.get(PATH).text
    assert "The release is published." in page
    assert f"{PATH}/{CYCLE}.1.0" in page
    assert "For the meeting in May." in page
    assert shared.rows(
        'SELECT name FROM audit_event JOIN "user" ON "user".id = actor_user_id WHERE action = \'releases.published\''
    ) == [("The administrator",)]


def test_a_wrong_password_publishes_nothing_and_keeps_the_note(client: Client, shared: Scene) -> None:
    answer = client.submit(PATH, seen=seen(client), note="A note.", current_password="wrong")

    assert answer.status_code == 422
    assert "A note." in answer.text
    assert shared.count("release") == 0


def test_a_note_that_is_too_long_is_named_before_the_password_is_tried(client: Client) -> None:
    answer = client.submit(PATH, seen=seen(client), note="x" * 5_001, current_password="wrong")

    assert answer.status_code == 422
    assert "Write at most 5000 characters." in answer.text.replace(",", "").replace("\u202f", "")


def test_what_changed_after_it_was_read_is_not_published(client: Client, shared: Scene) -> None:
    before = seen(client)
    withdraw(shared)

    answer = client.submit(PATH, seen=before, note="", current_password=PASSWORD)

    assert answer.status_code == 409
    assert "changed after you opened this page" in answer.text
    assert shared.count("release") == 0


def test_a_release_shows_what_was_withdrawn_from_it_and_the_patch_what_changed(client: Client, shared: Scene) -> None:
    first = shared.release()
    withdraw(shared)
    assert "A patch is under way" in client.get(PATH).text

    (patch,) = patching.patch_due(shared.database)

    old = client.get(f"{PATH}/{first.number}").text
    assert first.checksum[:8] in old
    assert "Withdrawn scores" in old
    new = client.get(f"{PATH}/{patch.number}").text
    assert "no longer shows scores that were in the release before" in new


def in_groups_only(page: str) -> str:
    found = re.search(r"In figures of groups only.*?<dd[^>]*>\s*(.*?)\s*</dd>", page, re.DOTALL)
    assert found is not None
    return found[1]


def test_who_is_in_figures_of_groups_only_is_a_number_and_no_name(client: Client, shared: Scene) -> None:
    page = client.get(PATH).text
    assert in_groups_only(page) == "5"
    assert "Philippines" not in page

    shared.consent(PEERS[0], review_of(shared, PEERS[0]), Audience.PUBLIC)  # four are too few for any figure

    assert in_groups_only(client.get(PATH).text) == "None"


def test_an_unknown_cycle_or_release_is_not_found(client: Client) -> None:
    assert client.get(f"/admin/releases/{CODE}/1999").status_code == 404
    assert client.get(f"{PATH}/{CYCLE}.9.0").status_code == 404


def test_the_list_names_every_cycle(client: Client, shared: Scene) -> None:
    assert "None yet" in client.get("/admin/releases").text
    shared.release()
    assert f"{CYCLE}.1.0" in client.get("/admin/releases").text


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.COORDINATOR, Role.ANALYST])
def test_nobody_else_sees_them(program: FastAPI, shared: Scene, role: Role) -> None:
    client = Client(program).sign_in(shared.email(shared.person(role)))

    assert client.get("/admin/releases").status_code == 403
    assert client.submit(PATH, seen="x", current_password=PASSWORD).status_code == 403
