"""Saving: what is valid is kept, what is not is named, and every change is kept for ever."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.reading import RawAnswer
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Invalid, NotFound
from app.reviews import sign_off
from app.reviews.answering import AnswerChanged, Entry
from app.reviews.words import answer_words
from tests.databases import only_postgresql
from tests.scenarios import Scene, statements


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def ana(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.CONTRIBUTOR, name="Ana")


def entry(value: object = None, seen: int = 0, *, evidence_url: str = "") -> Entry:
    return Entry(RawAnswer(value=value, evidence_url=evidence_url), seen)


def history(scene: Scene) -> list[tuple[object, ...]]:
    return scene.rows("SELECT item, version, state, value, saved_by FROM answer_revision ORDER BY item, version")


def test_a_section_keeps_what_is_valid_and_names_what_is_not(scene: Scene, review: UUID, ana: Actor) -> None:
    sent = {"A1": entry("3"), "A2": entry("maybe"), "A4": entry("Words.", evidence_url="no address")}

    saved = scene.save_section(ana, review, "A", sent)

    assert saved.changed == ("A1",)
    assert [(problem.item, problem.field, problem.code) for problem in saved.problems] == [
        ("A2", "value", "unknown_option"),
        ("A4", "evidence_url", "not_an_address"),
    ]
    assert saved.conflicts == ()
    assert {code: stored.answer.value for code, stored in scene.opened(review).saved.items()} == {"A1": 3}


def test_an_item_that_was_not_sent_stays_as_it_is(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A1", "3")

    scene.save_section(ana, review, "A", {"A2": entry("no")})

    assert {code: stored.version for code, stored in scene.opened(review).saved.items()} == {"A1": 1, "A2": 1}


@pytest.mark.parametrize(
    ("item", "raw", "stored"),
    [
        ("A1", RawAnswer(value=5), Answer(AnswerState.ANSWERED, 5)),
        ("A2", RawAnswer(value="no", comment="Not  yet\r\n"), Answer(AnswerState.ANSWERED, "no", comment="Not  yet")),
        ("B1", RawAnswer(state="declined"), Answer(AnswerState.DECLINED)),
        ("B1", RawAnswer(state="not_available", value="all"), Answer(AnswerState.NOT_AVAILABLE)),
        ("B2", RawAnswer(value="12.5"), Answer(AnswerState.ANSWERED, 12.5)),
        ("B2", RawAnswer("not_applicable", reason="No one does"), Answer(AnswerState.NOT_APPLICABLE, reason="No one does")),
        ("A4", RawAnswer(value="日本語 Ōkina"), Answer(AnswerState.ANSWERED, "日本語 Ōkina")),
    ],
)
def test_an_answer_reads_back_as_it_was_given(
    scene: Scene, review: UUID, ana: Actor, item: str, raw: RawAnswer, stored: Answer
) -> None:
    scene.save(ana, review, item, raw)

    assert scene.opened(review).answers == {item: stored}


def test_none_of_a_checklist_is_an_answer(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A2", "yes")

    scene.save(ana, review, "A3", RawAnswer(value=("none",)))

    assert scene.opened(review).answers["A3"] == Answer(AnswerState.ANSWERED, ())


def test_every_change_is_appended_to_the_history(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A1", "3")
    scene.save(scene.person(Role.COORDINATOR), review, "A1", "4", seen=1)
    scene.save(ana, review, "A1", RawAnswer("blank"), seen=2)

    assert history(scene) == [
        ("A1", 1, "answered", "3", "Ana"),
        ("A1", 2, "answered", "4", "NZL coordinator"),
        ("A1", 3, "blank", None, "Ana"),
    ]
    assert scene.rows("SELECT version, state FROM answer") == [(3, "blank")]


def test_a_change_is_in_the_audit_by_item_but_not_by_word(scene: Scene, review: UUID, ana: Actor) -> None:
    """L1: the audit says that, never what."""
    scene.save(ana, review, "A4", "a confidential sentence")

    details = [str(row[0]) for row in scene.rows("SELECT detail FROM audit_event WHERE action = 'reviews.answered'")]

    assert details == ['{"items":"A4"}']


@pytest.mark.abuse("R15")
def test_the_same_again_is_harmless(scene: Scene, review: UUID, ana: Actor) -> None:
    """R15: the client never saw the first answer."""
    first = scene.save(ana, review, "A1", "3")

    again = scene.save(ana, review, "A1", "3")

    assert (again.version, again.answer) == (first.version, first.answer) == (1, Answer(AnswerState.ANSWERED, 3))
    assert len(history(scene)) == 1


def test_an_unknown_item_refuses_the_whole_section(scene: Scene, review: UUID, ana: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        scene.save_section(ana, review, "A", {"A1": entry("3"), "B1": entry("all"), "Z9": entry("1")})

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("B1", "unknown_item"),
        ("Z9", "unknown_item"),
    ]
    assert scene.opened(review).saved == {}


@pytest.mark.parametrize("item", ["Z9", "A3", ""])
def test_an_item_that_is_not_asked_cannot_be_answered(scene: Scene, review: UUID, ana: Actor, item: str) -> None:
    """A3 is asked of those with a law only."""
    with pytest.raises(NotFound):
        scene.save(ana, review, item, RawAnswer(value=("privacy",)))


def test_a_reference_panel_takes_no_answer(scene: Scene, review: UUID, ana: Actor) -> None:
    with pytest.raises(Invalid):
        scene.save(ana, review, "B4", "1")
    with pytest.raises(Invalid):
        scene.save_section(ana, review, "B", {"B4": entry("1")})


def test_an_unknown_section_is_not_found(scene: Scene, review: UUID, ana: Actor) -> None:
    with pytest.raises(NotFound):
        scene.save_section(ana, review, "Z", {})


def test_a_wrong_answer_is_named_and_leaves_the_stored_one(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "B2", "12")
    for raw in ("1001", "-1", "NaN", "1e400", "twelve"):
        with pytest.raises(Invalid) as refused:
            scene.save(ana, review, "B2", raw, seen=1)
        assert refused.value.problems[0].field == "value"

    assert scene.opened(review).answers["B2"].value == 12


@pytest.mark.abuse("T3")
def test_nobody_saves_into_a_foreign_review(scene: Scene, review: UUID) -> None:
    """T3: alike for a foreign review and for none."""
    strangers = [scene.person(Role.CONTRIBUTOR, "PER"), scene.person(Role.ADMINISTRATOR), scene.person(Role.SECRETARIAT)]

    words = set()
    for stranger in strangers:
        for wanted in (review, uuid4()):
            with pytest.raises(NotFound) as refused:
                scene.save(stranger, wanted, "A1", "3")
            words.add(str(refused.value))

    assert len(words) == 1
    assert scene.count("answer") == scene.count("answer_revision") == 0


def test_answers_are_locked_while_the_approver_reads_and_after(scene: Scene, review: UUID, ana: Actor) -> None:
    """R6 and L: never after the signature."""
    scene.fill(review)
    scene.hand_over(review)
    with pytest.raises(Conflict, match="waits for the approver"):
        scene.save(ana, review, "A1", "5", seen=1)

    scene.sign(review)
    with pytest.raises(Conflict, match="submitted"):
        scene.save_section(ana, review, "A", {"A1": entry("5", 1)})

    assert scene.opened(review).answers["A1"].value == 4
    assert scene.count("answer_revision") == 7


def test_answers_are_locked_when_the_cycle_is_closed(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.close_cycle()

    with pytest.raises(Conflict, match="closed"):
        scene.save(ana, review, "A1", "5")

    assert not scene.opened(review).is_editable


@only_postgresql
def test_a_save_that_began_before_the_hand_over_learns_of_it(scene: Scene, review: UUID, ana: Actor) -> None:
    """R6: the page reads the review before it saves; what it read must not count after the lock."""
    scene.fill(review)
    with pytest.raises(Conflict, match="waits for the approver"), scene.database.write() as session:
        from app.reviews import answering, service  # noqa: PLC0415 - the two steps of one page, side by side

        service.open_review(session, ana, review)
        with scene.database.write() as other:
            sign_off.ask_for_sign_off(other, scene.person(Role.COORDINATOR), review)
        answering.save_section(session, ana, review, "A", {"A1": entry("5", 1)})

    assert scene.opened(review).answers["A1"].value == 4


def test_saving_one_answer_takes_a_fixed_number_of_statements(scene: Scene, review: UUID, ana: Actor) -> None:
    """Hot path: lock, cycle, answers, delete, insert twice, touch the review, audit; then the answers once more."""
    scene.save(ana, review, "A1", "3")
    with statements(scene.database) as sparse:
        scene.save(ana, review, "A2", "no")
    scene.fill(review, given={"A4": RawAnswer(value="Words"), "B1": RawAnswer(value="all"), "B2": RawAnswer(value="1")})

    with statements(scene.database) as full:
        scene.save(ana, review, "A1", "4", seen=1)

    assert len(full) == len(sparse) <= 13


def test_saving_a_section_takes_no_more_statements_than_one_answer(scene: Scene, review: UUID, ana: Actor) -> None:
    with statements(scene.database) as for_one:
        scene.save_section(ana, review, "A", {"A1": entry("3")})

    with statements(scene.database) as for_three:
        scene.save_section(ana, review, "A", {"A1": entry("4", 1), "A2": entry("yes"), "A4": entry("Words")})

    assert len(for_three) == len(for_one)


NO_COURTS = RawAnswer(value=("privacy",), reason="No courts yet.", not_applicable=("redress",))


def test_options_that_do_not_apply_are_kept_with_their_reason_and_in_the_history(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A2", "yes")

    scene.save(ana, review, "A3", NO_COURTS)
    scene.save(ana, review, "A3", NO_COURTS, seen=1)
    scene.save(ana, review, "A3", RawAnswer(value=("privacy",)), seen=1)

    assert scene.opened(review).answers["A3"] == Answer(AnswerState.ANSWERED, ("privacy",))
    found = scene.rows("SELECT version, value, not_applicable, reason FROM answer_revision WHERE item = 'A3' ORDER BY version")
    assert found == [(1, '["privacy"]', "redress", "No courts yet."), (2, '["privacy"]', "", "")]


def test_who_changes_only_what_does_not_apply_collides_like_with_any_other_change(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A2", "yes")
    scene.save(ana, review, "A3", NO_COURTS)
    ben = scene.person(Role.COORDINATOR, name="Ben")

    with pytest.raises(AnswerChanged) as refused:
        scene.save(ben, review, "A3", RawAnswer(value=("privacy",)))

    current = refused.value.extra["current"]
    assert isinstance(current, dict)
    assert (current["not_applicable"], current["reason"]) == (["redress"], "No courts yet.")
    assert current["value_text"] == "privacy; not applicable: redress"


def test_an_answer_says_in_words_what_does_not_apply(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A2", "yes")
    scene.save(ana, review, "A3", NO_COURTS)

    opened = scene.opened(review)

    words = answer_words(opened.questionnaire.items["A3"], opened.answers["A3"])
    assert words == "Privacy. Does not apply: Redress (No courts yet.)"
