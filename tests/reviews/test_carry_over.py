"""The next cycle's review is prefilled from what the economy signed last: over items that mean the same, once confirmed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.questionnaire.translate import translated
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.reviews import prefill
from app.reviews import service as reviews
from app.reviews.prefill import Offer
from tests.scenarios import CODE, COMPLETE, SMALL, Scene

NEXT = SMALL.replace('version: "2026.1"', 'version: "2027.1"').replace("Is there a law?", "Is there a law in force?")


@pytest.fixture
def following(scene: Scene) -> UUID:
    """Start the review of 2027 after the one of 2026 was signed; the question on the law reads differently now."""
    scene.ready().submitted()
    return start_next(scene)


def start_next(scene: Scene, economy: str = "NZL", source: str = NEXT, cycle: str = "2027") -> UUID:
    version = scene.publish(source).version
    with scene.database.write() as session:
        if cycle not in {entry.code for entry in economies.list_cycles(session, CODE)}:
            economies.open_cycle(session, COMMAND_LINE, CODE, cycle)
        return reviews.start_review(session, scene.person(Role.COORDINATOR, economy), CODE, version, cycle)


def offered(scene: Scene, review: UUID, economy: str = "NZL") -> dict[str, Offer]:
    person = scene.person(Role.CONTRIBUTOR, economy)
    with scene.database.read() as session:
        return prefill.offers(session, person, reviews.open_review(session, person, review))


def take_over(scene: Scene, review: UUID, *items: str) -> None:
    found = offered(scene, review)
    with scene.database.write() as session:
        prefill.take_over(session, scene.person(Role.CONTRIBUTOR), review, [found[item].key for item in items])


def test_everything_that_was_signed_and_means_the_same_is_offered(scene: Scene, following: UUID) -> None:
    found = offered(scene, following)

    assert set(found) == set(COMPLETE) - {"A3"}, "A3 is asked once A2 is answered with yes"
    assert {offer.source.cycle.code for offer in found.values()} == {"2026"}
    assert all(offer.source.is_signed for offer in found.values())
    assert found["A1"].answer == Answer(AnswerState.ANSWERED, 4, evidence_url="https://example.org/strategy")
    assert scene.opened(following).answers == {}, "nothing counts before it is confirmed"


def test_a_reader_of_another_language_is_offered_the_same(scene: Scene) -> None:
    """Also where only the newer version is translated: what means the same does not hang on who reads it."""
    scene.ready().submitted()
    review = start_next(scene, source=NEXT.replace("in force?", "in force today?"))
    person = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        opened = reviews.open_review(session, person, review)
        shown = replace(opened, questionnaire=translated(opened.questionnaire, lambda _place, text: f"{text} (es)", "es"))
        found = prefill.offers(session, person, shown)

    assert set(found) == set(COMPLETE) - {"A3"}
    assert set(offered(scene, review)) == set(found)


def test_a_confirmed_answer_is_this_reviews_own(scene: Scene, following: UUID) -> None:
    take_over(scene, following, "A1", "A2")

    saved = scene.opened(following).saved
    assert {code: answer.answer.value for code, answer in saved.items()} == {"A1": 4, "A2": "yes"}
    assert {answer.saved_by for answer in saved.values()} == {"NZL contributor"}
    assert "A1" not in offered(scene, following)


def test_a_redefined_question_is_asked_anew(scene: Scene) -> None:
    scene.ready().submitted()
    redefined = NEXT.replace("      - code: A2\n", "      - code: A2\n        lineage: {change: redefined}\n")
    assert redefined != NEXT

    found = offered(scene, start_next(scene, source=redefined))

    assert "A2" not in found
    assert "A1" in found


def test_what_was_not_known_or_not_said_is_asked_anew(scene: Scene) -> None:
    given = {**COMPLETE, "A2": RawAnswer("not_available"), "B1": RawAnswer("declined")}
    scene.ready().submitted(given={code: raw for code, raw in given.items() if code != "A3"})

    found = offered(scene, start_next(scene))

    assert {"A2", "B1"}.isdisjoint(found)


def test_a_draft_of_the_cycle_before_is_not_offered(scene: Scene) -> None:
    scene.ready()
    scene.fill(scene.start())

    assert offered(scene, start_next(scene)) == {}


def test_the_signed_revision_is_offered_while_the_next_one_is_written(scene: Scene, following: UUID) -> None:
    (earlier,) = (entry.id for entry in _reviews(scene) if entry.cycle.code == "2026")
    scene.reopen(earlier)
    scene.save(scene.person(Role.CONTRIBUTOR), earlier, "A1", "1", seen=1)

    assert offered(scene, following)["A1"].answer.value == 4


def test_the_nearest_cycle_before_counts_and_no_later_one(scene: Scene, following: UUID) -> None:
    take_over(scene, following, *offered(scene, following))
    scene.save(scene.person(Role.CONTRIBUTOR), following, "A1", "5", seen=1)
    scene.hand_over(following)
    scene.sign(following)

    after = start_next(scene, source=NEXT.replace("2027.1", "2028.1"), cycle="2028")

    assert offered(scene, after)["A1"].answer.value == 5


def test_another_economys_answers_are_never_offered(scene: Scene, following: UUID) -> None:
    theirs = _started_by_another(scene)

    assert offered(scene, following)
    assert offered(scene, theirs, "CHL") == {}


def _started_by_another(scene: Scene) -> UUID:
    with scene.database.write() as session:
        return reviews.start_review(session, scene.person(Role.COORDINATOR, "CHL"), CODE, "2027.1", "2027")


def _reviews(scene: Scene) -> list[reviews.ReviewEntry]:
    with scene.database.read() as session:
        return reviews.list_reviews(session, scene.person(Role.CONTRIBUTOR))
