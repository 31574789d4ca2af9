"""Who may start a review, when, and who sees it afterwards."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from app.kit.actor import Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.reviews import service
from app.reviews.service import ReviewState
from tests.scenarios import CODE, CYCLE, VERSION, Scene, statements
from tests.threads import seeing


def test_a_coordinator_starts_the_review_of_the_own_economy(scene: Scene) -> None:
    scene.ready()

    review = scene.start("CHL")

    opened = scene.opened(review, scene.person(Role.CONTRIBUTOR, "CHL"))
    assert (opened.economy, opened.state, opened.revision) == ("CHL", ReviewState.DRAFT, 1)
    assert (opened.done, opened.total) == (0, 6)
    assert opened.missing == ("A1", "A2", "B1")
    assert opened.questionnaire.version == VERSION


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_nobody_else_starts_a_review(scene: Scene, role: Role) -> None:
    scene.ready()

    with pytest.raises(Forbidden), scene.database.write() as session:
        service.start_review(session, scene.person(role), CODE, VERSION, CYCLE)

    assert scene.count("review") == 0


def test_a_review_starts_once_a_cycle(scene: Scene) -> None:
    scene.ready()
    scene.start()

    with pytest.raises(Conflict, match="started already"):
        scene.start()

    assert scene.count("review") == 1


@pytest.mark.abuse("R2")
def test_of_two_who_start_at_once_the_second_is_told(scene: Scene) -> None:
    """R2: the second waits for the first, and then learns that it is done."""
    scene.ready()
    first, second = scene.person(Role.COORDINATOR), scene.person(Role.COORDINATOR, name="Deputy")
    refusals: list[Exception] = []

    def start_too() -> None:
        try:
            with scene.database.write() as session:
                service.start_review(session, second, CODE, VERSION, CYCLE)
        except Conflict as refusal:
            refusals.append(refusal)

    other = threading.Thread(target=seeing(start_too))
    with scene.database.write() as session:
        service.start_review(session, first, CODE, VERSION, CYCLE)
        other.start()
        other.join(0.3)
    other.join(10)

    assert [str(refusal) for refusal in refusals] == ["This review was started already. Open it from the list of reviews."]
    assert scene.count("review") == 1


def test_no_review_starts_in_a_closed_cycle(scene: Scene) -> None:
    scene.ready()
    scene.close_cycle()

    with pytest.raises(Conflict, match="closed"):
        scene.start()


def test_an_economy_that_does_not_take_part_starts_none(scene: Scene) -> None:
    scene.ready()

    with pytest.raises(Conflict, match="not addressed to this economy"):
        scene.start("FRA")


@pytest.mark.parametrize("names", [("nothing", VERSION, CYCLE), (CODE, "2026.2", CYCLE), (CODE, VERSION, "2099")])
def test_what_is_unknown_cannot_be_started(scene: Scene, names: tuple[str, str, str]) -> None:
    scene.ready()

    with pytest.raises(NotFound), scene.database.write() as session:
        service.start_review(session, scene.person(Role.COORDINATOR), *names)


@pytest.mark.abuse("T1")
def test_a_foreign_review_looks_like_none_at_all(scene: Scene) -> None:
    """T1: for officials of another economy, and for everybody outside economies."""
    scene.ready()
    review = scene.start("CHL")
    strangers = [
        scene.person(Role.APPROVER, "PER"),
        *(scene.person(role) for role in (Role.ADMINISTRATOR, Role.SECRETARIAT, Role.ANALYST)),
    ]

    refusals = set()
    for stranger in strangers:
        for wanted in (review, uuid4()):
            with pytest.raises(NotFound) as refused:
                scene.opened(wanted, stranger)
            refusals.add((refused.value.detail, refused.value.code))

    assert len(refusals) == 1


def test_one_lists_the_reviews_of_the_own_economy_newest_cycle_first(scene: Scene) -> None:
    scene.ready()
    scene.open_cycle("2027")
    mine = [scene.start("CHL"), scene.start("CHL", "2027")]
    scene.start("PER")
    scene.fill(mine[0], "CHL")

    with scene.database.read() as session:
        entries = service.list_reviews(session, scene.person(Role.CONTRIBUTOR, "CHL"))
        others = service.list_reviews(session, scene.person(Role.SECRETARIAT))

    assert [(entry.cycle.code, entry.done, entry.total) for entry in entries] == [("2027", 0, 6), ("2026", 7, 7)]
    assert [entry.id for entry in entries] == mine[::-1]
    assert others == []


def test_listing_reviews_takes_as_many_statements_for_nine_as_for_one(scene: Scene) -> None:
    scene.ready()
    scene.start("CHL")
    actor = scene.person(Role.CONTRIBUTOR, "CHL")
    with scene.database.read() as session, statements(scene.database) as for_one:
        service.list_reviews(session, actor)
    for year in range(2027, 2035):
        scene.open_cycle(str(year))
        scene.start("CHL", str(year))

    with scene.database.read() as session, statements(scene.database) as for_nine:
        entries = service.list_reviews(session, actor)

    assert len(entries) == 9
    assert len(for_nine) == len(for_one) <= 3


def test_opening_a_review_takes_four_statements(scene: Scene) -> None:
    """The row, its answers, what is attached to them, its cycle; the document is read once a process."""
    scene.ready()
    review = scene.start()
    scene.fill(review)
    scene.opened(review)

    with scene.database.read() as session, statements(scene.database) as sent:
        service.open_review(session, scene.person(Role.CONTRIBUTOR), review)

    assert len(sent) <= 4
