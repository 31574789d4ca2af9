"""Every change of an answer stays readable, and an earlier one can be put back without losing the newest."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.reading import RawAnswer
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, NotFound
from app.reviews import history
from app.reviews.answering import AnswerChanged
from app.reviews.history import History
from tests.scenarios import Scene


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def ana(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.CONTRIBUTOR, name="Ana")


@pytest.fixture
def ben(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.CONTRIBUTOR, name="Ben")


def past(scene: Scene, actor: Actor, review: UUID, item: str = "A1") -> History:
    with scene.database.read() as session:
        return history.history_of(session, actor, review, item)


def put_back(scene: Scene, actor: Actor, review: UUID, version: int, seen: int) -> None:
    with scene.database.write() as session:
        history.restore(session, actor, review, "A1", version, seen=seen)


def test_each_change_is_there_with_who_made_it(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", RawAnswer(value="3", comment="Adopted in May."))
    scene.save(ben, review, "A1", "4", seen=1)

    versions = past(scene, ana, review).versions

    assert [(each.version, each.answer.value, each.saved_by) for each in versions] == [(2, 4, "Ben"), (1, 3, "Ana")]
    assert versions[1].answer.comment == "Adopted in May."


def test_an_earlier_answer_comes_back_as_the_newest(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", RawAnswer(value="3", comment="Adopted in May."))
    scene.save(ben, review, "A1", "4", seen=1)

    put_back(scene, ana, review, version=1, seen=2)

    versions = past(scene, ana, review).versions
    assert [(each.version, each.answer.value, each.saved_by) for each in versions] == [
        (3, 3, "Ana"),
        (2, 4, "Ben"),
        (1, 3, "Ana"),
    ]
    assert scene.opened(review).saved["A1"].answer == versions[2].answer


def test_nothing_is_put_back_over_an_answer_that_was_not_seen(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")
    scene.save(ana, review, "A1", "4", seen=1)
    scene.save(ben, review, "A1", "5", seen=2)

    with pytest.raises(AnswerChanged):
        put_back(scene, ana, review, version=1, seen=2)

    assert scene.opened(review).saved["A1"].answer.value == 5


@pytest.mark.parametrize("version", [0, 2, 2**31 - 1])
def test_a_version_that_never_was_cannot_come_back(scene: Scene, review: UUID, ana: Actor, version: int) -> None:
    scene.save(ana, review, "A1", "3")

    with pytest.raises(Conflict, match="no such version"):
        put_back(scene, ana, review, version=version, seen=1)


def test_a_locked_review_keeps_its_answers(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.fill(review)
    scene.save(ana, review, "A1", "5", seen=1)
    scene.hand_over(review)

    assert not past(scene, ana, review).may_restore
    with pytest.raises(Conflict, match="locked"):
        put_back(scene, ana, review, version=1, seen=2)


def test_others_and_unknown_questions_look_alike(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A1", "3")
    stranger = scene.person(Role.COORDINATOR, "CHL")

    for actor, item in ((stranger, "A1"), (ana, "Z9"), (ana, "B4")):
        with pytest.raises(NotFound):
            past(scene, actor, review, item)
    with pytest.raises(NotFound):
        put_back(scene, stranger, review, version=1, seen=1)
