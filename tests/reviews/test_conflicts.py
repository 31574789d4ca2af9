"""Two people, one item: the second is told, sees both values, and nothing is lost."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.reading import RawAnswer
from app.kit.actor import Actor, Role
from app.reviews.answering import AnswerChanged, Entry
from tests.scenarios import Scene


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def ana(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.CONTRIBUTOR, name="Ana")


@pytest.fixture
def ben(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.COORDINATOR, name="Ben")


def entry(value: object = None, seen: int = 0, *, replaces: int | None = None, comment: str = "") -> Entry:
    return Entry(RawAnswer(value=value, comment=comment), seen, replaces)


def level(number: int) -> Answer:
    return Answer(AnswerState.ANSWERED, number)


def stored(scene: Scene, review: UUID) -> tuple[Answer, int]:
    saved = scene.opened(review).saved["A1"]
    return saved.answer, saved.version


@pytest.mark.abuse("R1")
def test_the_second_of_two_is_told_and_sees_both(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    """R1."""
    scene.save(ana, review, "A1", RawAnswer(value="3", comment="Adopted in May."))

    saved = scene.save_section(ben, review, "A", {"A1": entry("5"), "A2": entry("no")})

    (conflict,) = saved.conflicts
    assert conflict.theirs.answer == Answer(AnswerState.ANSWERED, 3, comment="Adopted in May.")
    assert (conflict.theirs.saved_by, conflict.theirs.version) == ("Ana", 1)
    assert conflict.mine == level(5)
    assert saved.changed == ("A2",), "the rest is saved all the same"
    assert stored(scene, review) == (conflict.theirs.answer, 1)


def test_the_json_edge_tells_the_stored_value(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", RawAnswer(value="3", comment="Adopted.", evidence_url="https://example.org/law"))

    with pytest.raises(AnswerChanged) as refused:
        scene.save(ben, review, "A1", "5")

    current = refused.value.extra["current"]
    assert isinstance(current, dict)
    assert {key: current[key] for key in ("version", "state", "value", "value_text", "comment", "evidence_url", "saved_by")} == {
        "version": 1,
        "state": "answered",
        "value": 3,
        "value_text": "3",
        "comment": "Adopted.",
        "evidence_url": "https://example.org/law",
        "saved_by": "Ana",
    }
    assert stored(scene, review)[1] == 1


def test_who_chooses_mine_replaces_the_version_that_was_shown(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")

    saved = scene.save_section(ben, review, "A", {"A1": entry("5", seen=0, replaces=1)})

    assert saved.conflicts == ()
    assert stored(scene, review) == (level(5), 2)
    assert scene.rows("SELECT value FROM answer_revision ORDER BY version") == [("3",), ("5",)], "theirs is in the history"


def test_who_chooses_theirs_changes_nothing(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")

    saved = scene.save_section(ben, review, "A", {"A1": entry("3", seen=0)})

    assert saved.conflicts == ()
    assert stored(scene, review) == (level(3), 1)


def test_a_later_change_is_told_again(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    """Ben was shown version 1 and chose his own; meanwhile Ana saved version 2, which he has not seen."""
    scene.save(ana, review, "A1", "3")
    scene.save(ana, review, "A1", "2", seen=1)

    saved = scene.save_section(ben, review, "A", {"A1": entry("5", seen=0, replaces=1)})

    assert [(conflict.theirs.version, conflict.mine) for conflict in saved.conflicts] == [(2, level(5))]
    assert stored(scene, review) == (level(2), 2)


def test_an_untouched_field_is_no_conflict(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    """A form sends every field; what Ben only saw must not fight with what Ana changed meanwhile."""
    scene.save(ana, review, "A1", "3")
    scene.save(ana, review, "A1", "4", seen=1)

    saved = scene.save_section(ben, review, "A", {"A1": entry("3", seen=1), "A2": entry("no")})

    assert (saved.conflicts, saved.changed) == ((), ("A2",))
    assert stored(scene, review) == (level(4), 2)


def test_a_field_left_blank_is_untouched_too(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")

    saved = scene.save_section(ben, review, "A", {"A1": entry("", seen=0), "A2": entry("no")})

    assert (saved.conflicts, saved.changed) == ((), ("A2",))
    assert stored(scene, review) == (level(3), 1)


def test_the_same_value_by_two_people_is_no_conflict(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")

    saved = scene.save_section(ben, review, "A", {"A1": entry("3", seen=0)})

    assert (saved.conflicts, saved.changed) == ((), ())
    assert scene.opened(review).saved["A1"].saved_by == "Ana"


@pytest.mark.abuse("R9")
def test_a_single_answer_is_meant_even_when_it_equals_what_was_seen(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    """R9: who sends one answer means it, so an older value that arrives late is told, not swallowed with a 200."""
    scene.save(ana, review, "A1", "3")
    scene.save(ana, review, "A1", "4", seen=1)

    with pytest.raises(AnswerChanged):
        scene.save(ben, review, "A1", "3", seen=1)
    with pytest.raises(AnswerChanged):
        scene.save(ben, review, "A1", RawAnswer("blank"), seen=0)

    assert stored(scene, review) == (level(4), 2)


@pytest.mark.parametrize("seen", [1, 2, 2**31 - 1])
@pytest.mark.abuse("R9")
def test_a_version_that_never_was_is_a_conflict(scene: Scene, review: UUID, ana: Actor, seen: int) -> None:
    with pytest.raises(AnswerChanged) as refused:
        scene.save(ana, review, "A1", "3", seen=seen)

    current = refused.value.extra["current"]
    assert isinstance(current, dict)
    assert (current["version"], current["state"]) == (0, BLANK.state.value)
    assert not str(refused.value).startswith(" ")
    assert scene.count("answer") == 0


def test_a_cleared_answer_collides_as_any_other(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")
    scene.save(ana, review, "A1", RawAnswer("blank"), seen=1)

    saved = scene.save_section(ben, review, "A", {"A1": entry("5", seen=1)})

    assert [conflict.theirs.answer for conflict in saved.conflicts] == [BLANK]


def test_who_puts_both_together_saves_both_in_one(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A4", "Ministries meet.")
    both = Entry(RawAnswer(value="A council advises."), 0, replaces=1, is_combined=True)

    saved = scene.save_section(ben, review, "A", {"A4": both})

    assert saved.conflicts == ()
    current = scene.opened(review).saved["A4"]
    assert (current.answer.value, current.version) == ("Ministries meet.\n\nA council advises.", 2)


def test_both_are_put_together_with_what_was_shown_and_nothing_newer(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A4", "Ministries meet.")
    scene.save(ana, review, "A4", "Ministries met.", seen=1)
    both = Entry(RawAnswer(value="A council advises."), 0, replaces=1, is_combined=True)

    saved = scene.save_section(ben, review, "A", {"A4": both})

    assert [(conflict.theirs.version, conflict.mine.value) for conflict in saved.conflicts] == [(2, "A council advises.")]
    assert scene.opened(review).saved["A4"].version == 2


def test_putting_both_together_never_drops_what_the_other_wrote(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    """Mine was shortened on the page until theirs held all of it."""
    scene.save(ana, review, "A4", "We have a plan since 2020, with a budget.")
    both = Entry(RawAnswer(value="We have a plan"), 0, replaces=1, is_combined=True)

    saved = scene.save_section(ben, review, "A", {"A4": both})

    assert (saved.conflicts, saved.changed) == ((), ())
    assert scene.opened(review).saved["A4"].answer.value == "We have a plan since 2020, with a budget."


def test_two_values_that_cannot_be_combined_stay_a_conflict(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "3")

    saved = scene.save_section(ben, review, "A", {"A1": Entry(RawAnswer(value="5"), 0, replaces=1, is_combined=True)})

    assert [conflict.mine for conflict in saved.conflicts] == [level(5)]
    assert stored(scene, review) == (level(3), 1)


def test_sending_both_together_twice_is_harmless(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A4", "Ministries meet.")
    both = Entry(RawAnswer(value="A council advises."), 0, replaces=1, is_combined=True)
    scene.save_section(ben, review, "A", {"A4": both})

    again = scene.save_section(ben, review, "A", {"A4": both})

    assert (again.conflicts, again.changed) == ((), ())
    assert scene.opened(review).saved["A4"].version == 2
