"""Answers given elsewhere: offered where the crosswalk says "same", and an answer only once somebody confirms them."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.evidence import service as evidence
from app.evidence.service import Described
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, NotFound
from app.questionnaires import service as questionnaires
from app.reviews import attaching, prefill
from app.reviews import service as reviews
from app.reviews.prefill import Offer
from tests.scenarios import CODE, VERSION, Scene, document

OTHER = """
format: 1
code: other
version: "2024.1"
title: Another review
summary: It asks some of the same.
scheme:
  nodes:
    - {code: N, title: Node}
sections:
  - code: N
    title: Node
    items:
      - {type: yes_no, code: O-1, text: Is there a law?, crosswalk: [{framework: small, code: A2, relation: same}]}
      - {type: percent, code: O-2, text: How many?, crosswalk: [{framework: small, code: B2, relation: overlaps}]}
      - {type: yes_no, code: O-3, text: Is there a budget?, crosswalk: [{framework: small, code: B1, relation: same}]}
      - {type: text, code: O-4, text: Which meetings?, crosswalk: [{framework: small, code: A4, relation: same}]}
"""
GIVEN = {
    "A2": RawAnswer(value="yes", comment="Since March.", evidence_url="https://example.org/law"),
    "A4": RawAnswer("declined"),
    "B1": RawAnswer(value="all"),
    "B2": RawAnswer(value="12"),
}


@pytest.fixture
def target(scene: Scene) -> UUID:
    """Start New Zealand's review of the other questionnaire, after some answers to the small one."""
    source = scene.ready().start()
    scene.fill(source, given=GIVEN)
    return start_other(scene)


def start_other(scene: Scene, economy: str = "NZL") -> UUID:
    other, coordinator = document(OTHER), scene.person(Role.COORDINATOR, economy)
    with scene.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, other)
        if "2026" not in {cycle.code for cycle in economies.list_cycles(session, "other")}:
            economies.open_cycle(session, COMMAND_LINE, "other", "2026")
        return reviews.start_review(session, coordinator, "other", "2024.1", "2026")


def offered(scene: Scene, review: UUID, actor: Actor | None = None) -> dict[str, Offer]:
    person = actor or scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        return prefill.offers(session, person, reviews.open_review(session, person, review))


def take_over(scene: Scene, review: UUID, *items: str, economy: str = "NZL") -> None:
    found = offered(scene, review)
    keys = [found[item].key if item in found else f"{item}:unknown" for item in items]
    confirm(scene, review, *keys, economy=economy)


def confirm(scene: Scene, review: UUID, *keys: str, economy: str = "NZL") -> None:
    with scene.database.write() as session:
        prefill.take_over(session, scene.person(Role.CONTRIBUTOR, economy), review, keys)


def test_an_answer_is_offered_where_the_same_is_asked_and_it_fits(scene: Scene, target: UUID) -> None:
    """O-2 only overlaps, O-3 has other options, O-4 was declined."""
    found = offered(scene, target)

    assert list(found) == ["O-1"]
    assert found["O-1"].source_item == "A2"
    assert found["O-1"].source.questionnaire.code == CODE
    assert found["O-1"].answer == Answer(AnswerState.ANSWERED, "yes", "", "Since March.", "https://example.org/law")


def test_nothing_counts_before_it_is_confirmed(scene: Scene, target: UUID) -> None:
    assert scene.opened(target).answers == {}
    assert scene.opened(target).done == 0


def test_a_confirmed_answer_is_the_reviews_own_with_its_comment_and_evidence(scene: Scene, target: UUID) -> None:
    take_over(scene, target, "O-1")

    saved = scene.opened(target).saved["O-1"]
    assert saved.answer == Answer(AnswerState.ANSWERED, "yes", "", "Since March.", "https://example.org/law")
    assert saved.saved_by == scene.person(Role.CONTRIBUTOR).name
    assert offered(scene, target) == {}


def test_what_is_answered_here_is_not_offered(scene: Scene, target: UUID) -> None:
    scene.save(scene.person(Role.CONTRIBUTOR), target, "O-1", "no")

    assert offered(scene, target) == {}
    with pytest.raises(Conflict, match="can no longer be taken over"):
        take_over(scene, target, "O-1")
    assert scene.opened(target).answers["O-1"].value == "no"


def test_a_cleared_answer_is_offered_again(scene: Scene, target: UUID) -> None:
    person = scene.person(Role.CONTRIBUTOR)
    scene.save(person, target, "O-1", "no")
    scene.save(person, target, "O-1", RawAnswer("blank"), seen=1)

    take_over(scene, target, "O-1")

    assert scene.opened(target).saved["O-1"].version == 3
    assert scene.opened(target).answers["O-1"].value == "yes"


def test_what_was_written_here_beside_the_question_stays(scene: Scene, target: UUID) -> None:
    scene.save(scene.person(Role.CONTRIBUTOR), target, "O-1", RawAnswer("blank", comment="Ask the ministry."))

    take_over(scene, target, "O-1")

    kept = Answer(AnswerState.ANSWERED, "yes", "", "Ask the ministry.", "https://example.org/law")
    assert scene.opened(target).answers["O-1"] == kept


def test_what_is_signed_goes_before_a_newer_draft(scene: Scene) -> None:
    scene.ready().submitted()
    draft = _start_small(scene, "2027")
    scene.save(scene.person(Role.CONTRIBUTOR), draft, "A2", "no")
    target = start_other(scene)

    offer = offered(scene, target)["O-1"]

    assert offer.source.is_signed
    assert offer.answer.value == "yes"


def test_it_works_in_the_other_direction_too(scene: Scene) -> None:
    """The later questionnaire carries the crosswalk; the earlier one was published before it."""
    other = start_other(scene)
    scene.save(scene.person(Role.CONTRIBUTOR), other, "O-1", "no")
    small = scene.ready().start()

    assert {code: offer.source_item for code, offer in offered(scene, small).items()} == {"A2": "O-1"}


def test_other_economies_answers_are_never_offered(scene: Scene, target: UUID) -> None:
    theirs = start_other(scene, "CHL")

    assert offered(scene, theirs, scene.person(Role.CONTRIBUTOR, "CHL")) == {}
    with pytest.raises(NotFound):
        take_over(scene, target, "O-1", economy="CHL")


def test_nothing_is_offered_for_a_review_that_is_locked(scene: Scene, target: UUID) -> None:
    scene.save(scene.person(Role.CONTRIBUTOR), target, "O-2", "50")
    scene.hand_over(target)

    assert offered(scene, target) == {}


def test_an_answer_changes_in_one_review_only(scene: Scene, target: UUID) -> None:
    take_over(scene, target, "O-1")
    (source,) = (entry.id for entry in _reviews(scene) if entry.version == VERSION)

    scene.save(scene.person(Role.CONTRIBUTOR), target, "O-1", "no", seen=1)

    assert scene.opened(source).answers["A2"].value == "yes"


def _start_small(scene: Scene, cycle: str) -> UUID:
    scene.open_cycle(cycle)
    return scene.start(cycle=cycle)


def _reviews(scene: Scene) -> list[reviews.ReviewEntry]:
    person = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        return reviews.list_reviews(session, person)


def test_what_is_attached_to_an_answer_is_offered_and_comes_along(scene: Scene, target: UUID) -> None:
    official = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        (source,) = [entry.id for entry in reviews.list_reviews(session, official) if entry.id != target]
    with scene.database.write() as session:
        attaching.add_link(session, official, source, "A2", Described("The act"), "https://example.org/act")
        hidden = attaching.add_link(session, official, source, "A2", Described("An old act"), "https://example.org/old")
        evidence.hide(session, official, hidden)

    assert [piece.title for piece in offered(scene, target)["O-1"].answer.evidence] == ["The act", "An old act"]
    take_over(scene, target, "O-1")

    answers = scene.opened(target).answers
    assert [piece.title for piece in answers["O-1"].evidence] == ["The act"]
    assert scene.count("evidence") == 2


def test_what_is_attached_here_already_is_not_attached_twice(scene: Scene, target: UUID) -> None:
    official = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        (source,) = [entry.id for entry in reviews.list_reviews(session, official) if entry.id != target]
    with scene.database.write() as session:
        act = attaching.add_link(session, official, source, "A2", Described("The act"), "https://example.org/act")
        attaching.choose(session, official, target, "O-1", shown=[], ticked=[act])

    take_over(scene, target, "O-1")

    assert [piece.id for piece in scene.opened(target).attached["O-1"]] == [str(act)]


def test_what_was_shown_is_what_is_taken_over(scene: Scene, target: UUID) -> None:
    """Somebody changes the answer there between the page and the button."""
    shown = offered(scene, target)["O-1"].key
    (source,) = (entry.id for entry in _reviews(scene) if entry.version == VERSION)
    scene.save(scene.person(Role.CONTRIBUTOR), source, "A2", "no", seen=1)

    with pytest.raises(Conflict, match="changed there"):
        confirm(scene, target, shown)

    assert scene.opened(target).answers == {}
