"""Administrators' pages of groups."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from tests.benchmarks.test_cells import share
from tests.databases import only_sqlite
from tests.scenarios import APEC, BASE_URL, Client, Scene

pytestmark = only_sqlite

GROUPS = "/admin/groups"


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> Callable[[Role], Client]:
    """Open the program as somebody."""
    app = create_app(settings, database)
    return lambda role: Client(app).sign_in(scene.email(scene.person(role)))


@pytest.fixture
def admin(scene: Scene, as_: Callable[[Role], Client]) -> Client:
    scene.ready()
    return as_(Role.ADMINISTRATOR)


def send(client: Client, path: str, economies: tuple[str, ...], **fields: str) -> tuple[int, str]:
    """Send a form with ticked boxes."""
    answer = client.post(path, data={"csrf_token": client.token(), "economies": list(economies), **fields})
    return answer.status_code, answer.text if answer.status_code != 303 else answer.headers["location"].removeprefix(BASE_URL)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="economies"\s+value="([A-Z]{3})"\s+checked', page)


def test_groups_are_listed_with_their_state(admin: Client) -> None:
    page = admin.get(GROUPS).text

    assert "APEC member economies" in page
    assert "Can be changed" in page
    assert "Fixed" not in page


def test_a_group_is_made_and_shown_in_apecs_own_order(admin: Client) -> None:
    made = send(admin, f"{GROUPS}/new", ("PER", "NZL"), group="PACIFIC", title="Pacific", kind="peers", peers_of="APEC")

    page = admin.get(f"{GROUPS}/PACIFIC").text

    assert made == (303, f"{GROUPS}/PACIFIC")
    assert ticked(page) == ["NZL", "PER"]
    assert re.findall(r'name="economies"\s+value="([A-Z]{3})"', page) == list(APEC)
    assert "Added: New Zealand; Peru" in page


def test_what_is_wrong_is_named_and_the_ticks_are_kept(admin: Client) -> None:
    status, page = send(admin, f"{GROUPS}/new", ("PER", "NZL"), group="", title="", kind="", peers_of="")

    assert status == 422
    assert re.findall(r'<a href="#(\w+)">', page)[:3] == ["group", "kind", "title"]
    assert set(ticked(page)) == {"PER", "NZL"}


def test_a_code_that_is_taken_is_named(admin: Client) -> None:
    status, page = send(admin, f"{GROUPS}/new", ("PER",), group="APEC", title="Pacific", kind="members", peers_of="")

    assert status == 422
    assert "The group APEC exists already. Choose another code." in page


def test_members_that_a_cycle_counts_on_change_with_a_reason(admin: Client) -> None:
    refused = send(admin, f"{GROUPS}/APEC-HIGH", APEC[:6], title="High income")
    changed = send(admin, f"{GROUPS}/APEC-HIGH", APEC[:6], title="High income", reason="The list of 2027.")

    assert refused[0] == 422
    assert "A cycle counts on these members" in refused[1]
    assert changed == (303, f"{GROUPS}/APEC-HIGH")
    assert "The list of 2027." in admin.get(f"{GROUPS}/APEC-HIGH").text


def test_fixed_members_have_no_boxes_and_are_refused_all_the_same(scene: Scene, admin: Client) -> None:
    share(scene, scene.submitted_many(APEC[:18]), Audience.PUBLIC)

    page = admin.get(f"{GROUPS}/APEC").text
    refused = send(admin, f"{GROUPS}/APEC", APEC[:6], title="APEC", reason="Please.")
    titled = send(admin, f"{GROUPS}/APEC", (), title="APEC economies")

    assert "Its members are fixed" in page
    assert 'name="economies"' not in page
    assert refused[0] == 409
    assert "The members of APEC member economies are fixed: figures of Cycle 2026 were shown." in refused[1]
    assert titled[0] == 303
    assert scene.rows("SELECT count(*) FROM group_member WHERE group_code = 'APEC'") == [(21,)]


def test_an_unknown_group_is_not_found(admin: Client) -> None:
    assert admin.get(f"{GROUPS}/NOWHERE").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_reach_the_pages(scene: Scene, as_: Callable[[Role], Client], role: Role) -> None:
    somebody, count = as_(role), scene.count("group_member")

    assert {somebody.get(path).status_code for path in (GROUPS, f"{GROUPS}/new", f"{GROUPS}/APEC")} == {403}
    assert send(somebody, f"{GROUPS}/APEC", ("NZL",), title="Mine")[0] == 403
    assert send(somebody, f"{GROUPS}/new", ("NZL",), group="MINE", title="Mine", kind="members", peers_of="")[0] == 403
    assert scene.count("group_member") == count
