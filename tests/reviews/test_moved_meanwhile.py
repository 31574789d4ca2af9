"""A review is moved while somebody works on it: nothing that was said to one question is stored under another, and nothing
that was typed is lost from sight."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.answers import BLANK
from app.domain.questionnaire.moving import Wishes
from app.domain.reading import RawAnswer
from app.kit.actor import Role
from app.kit.errors import Invalid
from app.reviews import answering
from app.reviews.answering import AnswerChanged, Entry, QuestionChanged, SavedSection
from tests.reviews.test_moving import A2, LATER, changed, history_of, move, propose_undo, undo, values
from tests.scenarios import COMPLETE, SMALL, Scene, document, statements

OLD, NEW = document(SMALL).content_hash, document(LATER).content_hash


@pytest.fixture
def review(scene: Scene) -> UUID:
    """A review of 2026.1 of which A2, which 2026.2 redefines, is still blank."""
    review = scene.ready().start()
    scene.fill(review, given={code: raw for code, raw in COMPLETE.items() if code not in {"A2", "A3"}})
    scene.publish(LATER)
    return review


def send(scene: Scene, review: UUID, seen: str, **entries: Entry) -> SavedSection:
    """Send the form of section A, as a page shows it that was opened when the review answered the version `seen`."""
    with scene.database.write() as session:
        contributor = scene.person(Role.CONTRIBUTOR)
        return answering.save_section(session, contributor, review, "A", entries, questionnaire=seen)


def said(value: str, seen: int = 0) -> Entry:
    return Entry(RawAnswer(value=value), seen)


def test_an_answer_to_a_blank_question_as_it_was_is_not_stored_under_what_it_asks_now(scene: Scene, review: UUID) -> None:
    move(scene, review)

    saved = send(scene, review, OLD, A2=said("yes"))

    assert [each.item for each in saved.outdated] == ["A2"]
    assert saved.outdated[0].now == "A2"
    assert saved.conflicts == ()
    assert "A2" not in values(scene, review)


def test_the_same_holds_for_whoever_names_no_questionnaire(scene: Scene, review: UUID) -> None:
    move(scene, review)

    with pytest.raises(AnswerChanged):
        scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "yes")

    assert "A2" not in values(scene, review)


def test_what_still_means_the_same_is_saved_and_what_is_gone_comes_back_with_what_was_typed(scene: Scene, review: UUID) -> None:
    move(scene, review)

    saved = send(scene, review, OLD, A1=said("5", 1), A4=said("They meet weekly.", 1))

    assert values(scene, review)["A1"] == 5
    assert [(each.item, each.now, each.entry.raw.value) for each in saved.outdated] == [("A4", None, "They meet weekly.")]


def test_nobody_is_bothered_with_questions_that_they_did_not_touch(scene: Scene, review: UUID) -> None:
    move(scene, review)

    saved = send(scene, review, OLD, A1=said("5", 1), A2=Entry(RawAnswer(), 0), A4=Entry(COMPLETE["A4"], 1))

    assert (saved.changed, saved.outdated, saved.conflicts) == (("A1",), (), ())


def test_an_answer_that_was_kept_though_its_question_was_redefined_is_not_changed_by_an_old_page(
    scene: Scene, review: UUID
) -> None:
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "yes")
    move(scene, review, wishes=Wishes(keep=frozenset({"A2"})))

    saved = send(scene, review, OLD, A2=said("no", 1))

    assert [each.item for each in saved.outdated] == ["A2"]
    assert values(scene, review)["A2"] == "yes"


def test_a_page_of_the_newer_version_does_not_answer_the_earlier_question_after_an_undo(scene: Scene, review: UUID) -> None:
    move(scene, review)
    undo(scene, review)

    saved = send(scene, review, NEW, A2=said("yes", 1), A5=said("yes"), A1=said("5", 1))

    assert [(each.item, each.now) for each in saved.outdated] == [("A2", "A2"), ("A5", None)]
    assert "A2" not in values(scene, review)
    assert values(scene, review)["A1"] == 5
    with pytest.raises(AnswerChanged):
        scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "yes", seen=1)


def test_one_answer_on_its_own_is_refused_by_its_name_where_the_question_changed_or_is_gone(scene: Scene, review: UUID) -> None:
    move(scene, review)
    contributor = scene.person(Role.CONTRIBUTOR)

    for item in ("A2", "A4"):
        with pytest.raises(QuestionChanged, match=r"moved to version 2026\.2"), scene.database.write() as session:
            answering.save_answer(session, contributor, review, item, said("yes"), questionnaire=OLD)
    with scene.database.write() as session:
        answering.save_answer(session, contributor, review, "A1", said("5", 1), questionnaire=OLD)

    assert values(scene, review)["A1"] == 5


def test_a_questionnaire_that_the_review_never_answered_is_refused(scene: Scene, review: UUID) -> None:
    with pytest.raises(Invalid):
        send(scene, review, document(changed(version="2026.7")).content_hash, A1=said("5", 1))

    assert values(scene, review)["A1"] == 4


def test_undoing_brings_the_answer_to_the_earlier_question_back_whatever_was_said_to_the_new_one(
    scene: Scene, review: UUID
) -> None:
    contributor = scene.person(Role.CONTRIBUTOR)
    scene.save(contributor, review, "A2", "yes")
    move(scene, review)
    scene.save(contributor, review, "A2", "no", seen=2)

    shown = propose_undo(scene, review).undoing
    undo(scene, review)

    assert (shown.newer, shown.unfit, shown.leaving) == ((), (), ("A2",))
    assert values(scene, review)["A2"] == "yes"
    assert history_of(scene, review, "A2") == [(4, "yes"), (3, "no"), (2, None), (1, "yes")]


def test_undoing_takes_an_answer_to_the_new_question_from_an_earlier_one_that_nobody_answered(scene: Scene, review: UUID) -> None:
    move(scene, review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "no", seen=1)

    undo(scene, review)

    assert scene.opened(review).saved["A2"].answer == BLANK
    assert history_of(scene, review, "A2")[0] == (3, None)


def test_a_section_that_is_gone_still_takes_what_means_the_same_elsewhere(scene: Scene, review: UUID) -> None:
    section, node = "  - code: A\n    title: Rules\n", "{code: A, title: Rules"
    renamed = [(each, each.replace("code: A", "code: C")) for each in (section, node)]
    scene.publish(changed(*renamed, (A2, f"{A2}        lineage: {{change: redefined}}\n"), version="2026.3"))
    move(scene, review, "2026.3")

    saved = send(scene, review, OLD, A1=said("5", 1), A2=said("yes"))

    assert saved.changed == ("A1",)
    assert [(each.item, each.now) for each in saved.outdated] == [("A2", "A2")]


def test_to_say_which_words_were_read_costs_no_statement_unless_the_review_was_moved(scene: Scene, review: UUID) -> None:
    with statements(scene.database) as plain:
        send(scene, review, "", A1=said("5", 1))
    with statements(scene.database) as named:
        send(scene, review, OLD, A1=said("4", 2))

    assert len(named) == len(plain)


def test_one_answer_that_was_asked_anew_by_choice_names_the_move_and_no_colleague(scene: Scene, review: UUID) -> None:
    move(scene, review, wishes=Wishes(ask=frozenset({"A1"})))

    with pytest.raises(AnswerChanged, match="moved to version") as refused, scene.database.write() as session:
        contributor = scene.person(Role.CONTRIBUTOR)
        answering.save_answer(session, contributor, review, "A1", said("5", 1), questionnaire=OLD)

    assert refused.value.extra["asked_anew_in"] == "2026.2"
