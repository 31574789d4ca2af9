"""Which economies a reader asks for."""

from __future__ import annotations

from app.benchmarks import service
from app.economies import service as economies
from tests.scenarios import Scene


def test_all_stands_for_every_economy(scene: Scene) -> None:
    with scene.database.read() as session:
        asked = service.economies_asked(session, (), "ALL")

        assert asked == tuple(economies.names(session))


def test_a_group_and_economies_leave_what_both_name(scene: Scene) -> None:
    with scene.database.read() as session:
        assert service.economies_asked(session, ("AUS", "FRA"), "APEC") == ("AUS",)
        assert service.economies_asked(session, ("AUS", "FRA"), None) == ("AUS", "FRA")
        assert service.economies_asked(session, (), None) is None
