"""Trying a draft: test answers of one's own, that follow the draft and count nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.authoring import drafts, publishing
from app.authoring.drafts import OpenDraft
from app.authoring.preview import trying
from app.authoring.preview.trying import Trial, Tried
from app.domain.drafting.document import Address, Kind
from app.domain.reading import RawAnswer, read_answer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import score
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, NotReady
from app.reviews.answering import Entry
from app.scores.service import get_results
from tests.authoring.conftest import A1, A2, Desk
from tests.builders import QUESTIONNAIRES
from tests.databases import only_sqlite
from tests.scenarios import COMPLETE


def _is_draft(path: Path) -> bool:
    try:
        drafts.read_file(path.read_bytes())
    except Invalid:
        return False
    return True


FAULTY = [path for path in sorted((QUESTIONNAIRES / "faulty").glob("*.yaml")) if _is_draft(path)]


def _open(desk: Desk, by: Actor | None = None) -> Trial:
    with desk.scene.database.read() as session:
        found = trying.open_trial(session, by or desk.ana, desk.draft)
    assert isinstance(found, Trial)
    return found


def _save(desk: Desk, section: str, given: Mapping[str, RawAnswer], by: Actor | None = None) -> Tried:
    entries = {code: Entry(raw, 0) for code, raw in given.items()}
    with desk.scene.database.write() as session:
        return trying.save_section(session, by or desk.ana, desk.draft, section, entries)


def _fill(desk: Desk, by: Actor | None = None) -> None:
    with desk.scene.database.write() as session:
        trying.fill_in(session, by or desk.ana, desk.draft, "An example.")


def _whole(desk: Desk) -> None:
    for section in "AB":
        _save(desk, section, {code: raw for code, raw in COMPLETE.items() if code.startswith(section)})


def test_what_is_answered_is_there_when_the_draft_is_opened_again(desk: Desk) -> None:
    saved = _save(desk, "A", {"A1": COMPLETE["A1"], "A3": COMPLETE["A3"]})

    assert saved.problems == ()
    again = _open(desk)
    assert again.saved.keys() == {"A1", "A3"}
    assert again.saved == saved.trial.saved
    assert again.answers["A1"].value == 4
    assert again.saved["A3"].answer.value == ("privacy",)
    assert again.saved["A1"].saved_by == "Ana"


def test_what_does_not_fit_is_named_and_the_rest_is_kept(desk: Desk) -> None:
    saved = _save(desk, "A", {"A1": RawAnswer(value="9"), "A2": RawAnswer(value="yes")})

    assert [problem.item for problem in saved.problems] == ["A1"]
    assert _open(desk).saved.keys() == {"A2"}


def test_an_answer_that_is_taken_back_is_gone(desk: Desk) -> None:
    _save(desk, "A", {"A1": COMPLETE["A1"], "A2": COMPLETE["A2"]})

    _save(desk, "A", {"A1": RawAnswer()})

    assert _open(desk).saved.keys() == {"A2"}


def test_the_scores_are_those_that_the_engine_gives_for_the_same_answers(desk: Desk) -> None:
    _whole(desk)

    trial = _open(desk)

    document = trial.questionnaire
    answers = {code: read_answer(document.items[code], raw, document).answer for code, raw in COMPLETE.items()}
    given = {code: answer for code, answer in answers.items() if answer is not None}
    assert trial.sheets == {series: score(document, given, series) for series in (Series.SELF, Series.EVIDENCE_SUPPORTED)}
    assert trial.sheets[Series.SELF].nodes["ALL"].score is not None


def test_the_scores_are_those_of_a_submission_of_the_same_answers(desk: Desk) -> None:
    _whole(desk)
    review = desk.scene.submitted()

    tried = _open(desk).sheets

    with desk.scene.database.read() as session:
        signed = get_results(session, desk.scene.person(Role.APPROVER), review, 1).sheets
    assert {series: sheet.nodes for series, sheet in tried.items()} == {series: sheet.nodes for series, sheet in signed.items()}
    assert {series: sheet.items for series, sheet in tried.items()} == {series: sheet.items for series, sheet in signed.items()}


def test_test_answers_are_their_administrator_s_own(desk: Desk) -> None:
    _save(desk, "A", {"A1": COMPLETE["A1"]})
    _save(desk, "A", {"A1": RawAnswer(value="1"), "A2": RawAnswer(value="no")}, by=desk.ben)

    with desk.scene.database.write() as session:
        trying.clear(session, desk.ben, desk.draft)

    assert _open(desk, desk.ben).saved == {}
    assert _open(desk).answers["A1"].value == 4


def test_an_answer_that_no_longer_fits_is_dropped_with_a_word_and_removed_by_the_next_save(desk: Desk) -> None:
    _save(desk, "A", {"A1": COMPLETE["A1"], "A3": COMPLETE["A3"]})
    levels = [{"code": code, "text": code, "weight": 1} for code in ("other", "another")]
    desk.save(Address(Kind.ITEM, "A3"), options=levels)

    changed = _open(desk)
    assert changed.dropped == ("A3",)
    assert changed.saved.keys() == {"A1"}

    _save(desk, "A", {"A2": COMPLETE["A2"]})
    after = _open(desk)
    assert after.dropped == ()
    assert desk.scene.count("preview_answer") == 2


def test_an_answer_to_a_question_that_was_retired_is_dropped(desk: Desk) -> None:
    _save(desk, "A", {"A1": COMPLETE["A1"], "A2": COMPLETE["A2"]})

    desk.retire(A2)

    assert _open(desk).dropped == ("A2",)


def test_an_answer_that_fits_again_is_back(desk: Desk) -> None:
    _save(desk, "A", {"A2": COMPLETE["A2"]})
    desk.retire(A2)

    desk.put_back(1)

    assert _open(desk).answers["A2"].value == "yes"


def test_a_condition_hides_and_shows_by_test_answers(desk: Desk) -> None:
    desk.save(A2, show_if={"at_least": {"item": "A1", "value": 3}})

    _save(desk, "A", {"A1": RawAnswer(value="2"), "A2": RawAnswer(value="yes")})
    assert "A2" not in _open(desk).answers

    _save(desk, "A", {"A1": RawAnswer(value="3")})
    assert _open(desk).answers["A2"].value == "yes"


def test_examples_answer_every_question_the_same_each_time(desk: Desk) -> None:
    _save(desk, "A", {"A1": RawAnswer(value="5", comment="Mine")})

    _fill(desk)
    first = {code: saved.answer for code, saved in _open(desk).saved.items()}
    _fill(desk, desk.ben)

    assert first.keys() == _open(desk).questionnaire.items.keys() - {"B4"}  # the figures of others
    assert first == {code: saved.answer for code, saved in _open(desk, desk.ben).saved.items()}
    assert first["A1"].value == 3
    assert first["A1"].comment == ""
    assert _open(desk).missing == ()


def test_only_administrators_try_drafts(desk: Desk) -> None:
    with desk.scene.database.write() as session:
        for act in (
            lambda: trying.open_trial(session, desk.official, desk.draft),
            lambda: trying.save_section(session, desk.official, desk.draft, "A", {}),
            lambda: trying.fill_in(session, desk.official, desk.draft, ""),
            lambda: trying.clear(session, desk.official, desk.draft),
        ):
            with pytest.raises(Forbidden):
                act()
        with pytest.raises(Forbidden):
            trying.open_trial(session, replace(desk.ana, user_id=None), desk.draft)


def test_an_unknown_draft_and_an_unknown_section_are_not_found(desk: Desk) -> None:
    with desk.scene.database.write() as session:
        with pytest.raises(NotFound):
            trying.open_trial(session, desk.ana, UUID(int=1))
        with pytest.raises(NotFound):
            trying.save_section(session, desk.ana, desk.draft, "Z", {})


def test_what_the_form_asked_before_the_draft_changed_is_left_out(desk: Desk) -> None:
    desk.retire(A2)

    saved = _save(desk, "A", {"A1": COMPLETE["A1"], "A2": COMPLETE["A2"]})

    assert saved.problems == ()
    assert _open(desk).saved.keys() == {"A1"}


def test_a_draft_that_is_no_questionnaire_is_returned_as_it_is_and_takes_no_answers(desk: Desk) -> None:
    desk.save(A1, weight="heavy")

    with desk.scene.database.write() as session:
        assert isinstance(trying.open_trial(session, desk.ana, desk.draft), OpenDraft)
        with pytest.raises(NotReady):
            trying.save_section(session, desk.ana, desk.draft, "A", {})


def test_a_draft_that_is_discarded_keeps_no_test_answers_and_takes_none(desk: Desk) -> None:
    _save(desk, "A", {"A1": COMPLETE["A1"]})
    _save(desk, "A", {"A1": COMPLETE["A1"]}, by=desk.ben)

    desk.discard(desk.ana)

    assert desk.scene.count("preview_answer") == 0
    with pytest.raises(Conflict, match="was discarded"):
        _save(desk, "A", {"A1": COMPLETE["A1"]})
    with pytest.raises(Conflict, match="was discarded"):
        _fill(desk)
    assert _open(desk).saved == {}


def test_a_draft_that_is_published_keeps_no_test_answers(desk: Desk) -> None:
    _save(desk, "A", {"A1": COMPLETE["A1"]})

    revision = desk.open().entry.revision
    with desk.scene.database.write() as session:
        publishing.publish(session, desk.ana, desk.draft, revision, "New words.")

    assert desk.scene.count("preview_answer") == 0


@only_sqlite
@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_every_document_with_faults_is_shown_as_far_as_it_can_be_read(desk: Desk, path: Path) -> None:
    """Whatever the checker finds: it is filled in with examples, asked, and scored where that means anything."""
    with desk.scene.database.write() as session:
        draft = drafts.start_from_file(session, desk.ana, path.read_bytes()).id
        found = trying.open_trial(session, desk.ana, draft)
        if isinstance(found, OpenDraft):
            assert found.inspection.problems
            return
        trying.fill_in(session, desk.ana, draft, "An example.")
        trial = trying.open_trial(session, desk.ana, draft)

    assert isinstance(trial, Trial)
    assert trial.draft.inspection.problems
    assert trial.dropped == ()
    assert not trial.can_be_scored or set(trial.sheets) == {Series.SELF, Series.EVIDENCE_SUPPORTED}
