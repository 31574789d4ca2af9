"""A retired version starts nothing new, and takes nothing away."""

from __future__ import annotations

import pytest

from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, NotReady
from app.questionnaires import retiring
from app.questionnaires.retiring import Retired
from tests.scenarios import CODE, VERSION, Scene

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
