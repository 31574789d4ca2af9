"""Every economy has its time zone; its coordinator and administrators change it, and its officials read times in it."""

from __future__ import annotations

import pytest

from app.audit import service as audit
from app.config import Settings
from app.economies import service as economies
from app.economies import time_zones
from app.infra.db import Database
from app.infra.zones import zone_names
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.kit.errors import Invalid, NotFound
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import Client, Scene


def zone_of(database: Database, code: str) -> str:
    with database.read() as session:
        return time_zones.get_for(session, COMMAND_LINE, code)[1]


def test_every_economy_has_a_zone_that_exists_from_the_start(database: Database) -> None:
    with database.read() as session:
        codes = [economy.code for economy in economies.list_economies(session)]
    zones = {code: zone_of(database, code) for code in codes}

    assert len(zones) == 127
    assert {code: zone for code, zone in zones.items() if zone not in zone_names()} == {}
    assert (zones["PER"], zones["RUS"], zones["USA"]) == ("America/Lima", "Europe/Moscow", "America/New_York")


@pytest.mark.parametrize("actor", [Actor(None, "Cora", Role.COORDINATOR, "RUS"), COMMAND_LINE])
def test_its_coordinator_and_administrators_move_an_economy_to_another_zone(database: Database, actor: Actor) -> None:
    with database.write() as session:
        time_zones.change(session, actor, "RUS", "Asia/Vladivostok")

    assert zone_of(database, "RUS") == "Asia/Vladivostok"
    with database.read() as session:
        event = audit.list_events(session, COMMAND_LINE)[0]
    assert (event.action, event.economy) == ("economies.time_zone_changed", "RUS")
    assert event.detail == {"before": "Europe/Moscow", "after": "Asia/Vladivostok"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_for_everybody_else_there_is_no_such_economy(database: Database, role: Role) -> None:
    stranger = Actor(None, "Eve", role, "PER" if role in ECONOMY_ROLES else None)

    for code in ("NZL", "XXX"):
        with pytest.raises(NotFound), database.write() as session:
            time_zones.change(session, stranger, code, "Asia/Tokyo")


@pytest.mark.parametrize("zone", ["", "UTC+7", "Mars/Olympus", "../../etc/passwd", "Etc/GMT+5"])
def test_a_zone_is_one_of_the_list(database: Database, zone: str) -> None:
    with pytest.raises(Invalid) as caught, database.write() as session:
        time_zones.change(session, COMMAND_LINE, "NZL", zone)

    assert [problem.code for problem in caught.value.problems] == ["unknown_time_zone"]
    assert zone_of(database, "NZL") == "Pacific/Auckland"


@only_sqlite
def test_officials_read_times_in_their_economys_zone_and_others_in_utc(database: Database, settings: Settings) -> None:
    scene = Scene(database)
    app = create_app(settings, database)
    official = Client(app).sign_in(scene.email(scene.person(Role.COORDINATOR, "IDN")))
    outsider = Client(app).sign_in(scene.email(scene.person(Role.SECRETARIAT)))

    before = official.get("/account").text
    official.submit("/economies/IDN/time-zone", time_zone="Asia/Jayapura")
    after = official.get("/account").text

    assert "UTC+7<" in before
    assert "UTC+9<" in after
    assert " UTC<" in outsider.get("/account").text


@only_sqlite
def test_the_page_names_the_zone_and_keeps_strangers_out(database: Database, settings: Settings) -> None:
    scene = Scene(database)
    app = create_app(settings, database)
    coordinator = Client(app).sign_in(scene.email(scene.person(Role.COORDINATOR, "IDN")))
    contributor = Client(app).sign_in(scene.email(scene.person(Role.CONTRIBUTOR, "IDN")))

    page = coordinator.get("/economies/IDN/time-zone").text
    refused = coordinator.submit("/economies/IDN/time-zone", time_zone="Mars/Olympus")

    assert 'href="/economies/IDN/time-zone"' in coordinator.get("/team").text
    assert '<option value="Asia/Jakarta" selected>' in page
    assert refused.status_code == 422
    assert 'href="#time_zone"' in refused.text
    assert coordinator.get("/economies/NZL/time-zone").status_code == 404
    assert contributor.get("/economies/IDN/time-zone").status_code == 403
