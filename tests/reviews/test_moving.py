"""An open review stays with its version until its coordinator moves it; a move does what was shown, and can be undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.benchmarks import consents
from app.domain.answers import BLANK, Answer
from app.domain.benchmark.consent import Audience
from app.domain.questionnaire.moving import NO_WISHES, Outcome, Wishes
from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import ScoreSheet, score
from app.evidence.service import Described
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.questionnaires import retiring
from app.reviews import attaching, history, prefill, sign_off
from app.reviews import service as reviews
from app.reviews.answering import AnswerChanged
from app.reviews.moving import earlier
from app.reviews.moving import service as moving
from app.reviews.moving.service import PlanChanged, Proposal, UndoProposal
from app.reviews.service import OpenReview
from tests.reviews.test_carry_over import start_next
from tests.scenarios import CODE, COMPLETE, SMALL, Scene
from tests.threads import seeing

A2 = "      - code: A2\n        type: yes_no\n"
A4 = "      - code: A4\n        type: text\n        text: What else should a reader know?\n"
A5 = "      - code: A5\n        type: yes_no\n        text: Is it read?\n"
A5_UNSCORED = A5 + "        scored: false\n"
B3 = "      - code: B3\n        type: percent\n        text: Which share of services uses it?\n"
NEXT = SMALL.replace('version: "2026.1"', 'version: "2026.2"')


def changed(*changes: tuple[str, str], version: str = "2026.2") -> str:
    """Return the file of a later version with some of its text replaced."""
    source = NEXT.replace('"2026.2"', f'"{version}"')
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return source


# One of every change: A1 reworded, A2 redefined, A4 retired, A5 new, B1 rescored, B3 moved to the other section.
LATER = changed(
    ("How far is the strategy?", "How far is the national strategy?"),
    (A2, f"{A2}        lineage: {{change: redefined}}\n"),
    (A4, A5),
    ("points: 50", "points: 40"),
    (B3, ""),
    ("  - code: B\n    title: Means\n", f"{B3}  - code: B\n    title: Means\n"),
)


@pytest.fixture
def review(scene: Scene) -> UUID:
    """A whole review of 2026.1, and after it 2026.2."""
    review = scene.ready().start()
    scene.fill(review)
    scene.publish(LATER)
    return review


def coordinator(scene: Scene, economy: str = "NZL") -> Actor:
    return scene.person(Role.COORDINATOR, economy)


def propose(scene: Scene, review: UUID, version: str = "", wishes: Wishes | None = NO_WISHES) -> Proposal:
    with scene.database.read() as session:
        found = moving.propose(session, moving.open_to_move(session, coordinator(scene), review), version, wishes)
    assert found is not None
    return found


def move(scene: Scene, review: UUID, version: str = "", wishes: Wishes = NO_WISHES) -> None:
    shown = propose(scene, review, version, wishes)
    with scene.database.write() as session:
        moving.move(session, coordinator(scene), review, shown.after.version, wishes, seen=shown.seen)


def propose_undo(scene: Scene, review: UUID) -> UndoProposal:
    with scene.database.read() as session:
        return moving.propose_undo(session, moving.open_to_move(session, coordinator(scene), review))


def undo(scene: Scene, review: UUID) -> None:
    shown = propose_undo(scene, review)
    with scene.database.write() as session:
        moving.undo(session, coordinator(scene), review, seen=shown.seen)


def stored(scene: Scene, review: UUID) -> list[tuple[object, ...]]:
    """Return the rows of the answers, whole."""
    return scene.rows("SELECT * FROM answer WHERE review_id = :review ORDER BY item", review=as_stored(scene, review))


def as_stored(scene: Scene, review: UUID) -> object:
    return review.hex if scene.database.writer.dialect.name == "sqlite" else review


def history_of(scene: Scene, review: UUID, item: str) -> list[tuple[int, object]]:
    with scene.database.read() as session:
        found = history.history_of(session, coordinator(scene), review, item)
    return [(each.version, each.answer.value) for each in found.versions]


def sheet(review: OpenReview) -> ScoreSheet:
    return score(review.questionnaire, review.answers, Series.SELF)


def values(scene: Scene, review: UUID) -> dict[str, object]:
    return {code: saved.answer.value for code, saved in scene.opened(review).saved.items() if saved.answer != BLANK}


@pytest.mark.abuse("R4")
def test_a_review_keeps_its_version_its_answers_and_its_scores_when_a_newer_version_is_published(scene: Scene) -> None:
    review = scene.ready().start()
    scene.fill(review)
    before, rows = scene.opened(review), stored(scene, review)

    scene.publish(LATER)

    after = scene.opened(review)
    assert after.questionnaire.version == "2026.1"
    assert stored(scene, review) == rows
    assert sheet(after) == sheet(before)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A4", "They still meet.", seen=1)
    scene.hand_over(review)
    assert scene.sign(review).revision == 1


def test_the_list_shows_what_becomes_of_every_answer_and_changes_nothing(scene: Scene, review: UUID) -> None:
    rows = stored(scene, review)

    plan = propose(scene, review).plan

    assert {line.old: line.outcome for line in plan.lines} == {
        **dict.fromkeys(("A1", "A3", "B1", "B2", "B3"), Outcome.KEEP),
        "A2": Outcome.ASK,
        "A4": Outcome.DROP,
    }
    assert plan.new_items == ("A5",)
    assert stored(scene, review) == rows
    assert scene.count("review_move") == 0


def test_a_move_keeps_asks_and_takes_what_the_list_said(scene: Scene, review: UUID) -> None:
    before = {str(row[1]): row for row in stored(scene, review)}

    move(scene, review)

    opened = scene.opened(review)
    rows = {str(row[1]): row for row in stored(scene, review)}
    assert opened.questionnaire.version == "2026.2"
    assert {code: rows[code] for code in ("A1", "A3", "B1", "B2", "B3")} == {
        code: before[code] for code in ("A1", "A3", "B1", "B2", "B3")
    }
    assert opened.saved["A2"].answer == BLANK
    assert history_of(scene, review, "A2") == [(2, None), (1, "yes")]
    assert "A4" not in rows
    assert scene.count("audit_event WHERE action = 'reviews.moved'") == 1


def test_a_kept_answer_scores_to_the_last_digit_as_before(scene: Scene) -> None:
    review = scene.ready().start()
    scene.fill(review)
    scene.publish(
        changed(("How far is the strategy?", "How far is the national strategy?"), (A4, A4 + A5 + "        scored: false\n"))
    )
    before = sheet(scene.opened(review))

    move(scene, review)

    after = sheet(scene.opened(review))
    assert after.nodes == before.nodes
    assert {code: after.items[code] for code in before.items} == before.items


def test_the_coordinator_asks_anew_what_could_be_kept_and_keeps_what_fits(scene: Scene, review: UUID) -> None:
    move(scene, review, wishes=Wishes(ask=frozenset({"A1"}), keep=frozenset({"A2", "A4"})))

    assert values(scene, review) == {"A2": "yes", "A3": ("privacy",), "B1": "all", "B2": 250.0, "B3": 100.0}


def test_choices_that_were_made_on_the_list_are_no_other_list(scene: Scene, review: UUID) -> None:
    shown = propose(scene, review)

    with scene.database.write() as session:
        moving.move(session, coordinator(scene), review, "2026.2", Wishes(ask=frozenset({"A1"})), seen=shown.seen)

    assert scene.opened(review).saved["A1"].answer == BLANK
    assert "A1" not in values(scene, review)


def test_nothing_moves_when_an_answer_is_another_than_was_shown(scene: Scene, review: UUID) -> None:
    shown = propose(scene, review)

    scene.save(scene.person(Role.CONTRIBUTOR), review, "B1", "some", seen=1)
    with pytest.raises(PlanChanged), scene.database.write() as session:
        moving.move(session, coordinator(scene), review, "2026.2", NO_WISHES, seen=shown.seen)

    assert scene.opened(review).questionnaire.version == "2026.1"
    assert scene.count("review_move") == 0


def test_undoing_brings_every_answer_back_and_the_review_can_be_moved_again(scene: Scene, review: UUID) -> None:
    before = scene.opened(review)
    answers = {code: saved.answer for code, saved in before.saved.items()}
    kept = {str(row[1]): row for row in stored(scene, review) if row[1] != "A2"}

    for _round in range(3):
        move(scene, review)
        undo(scene, review)

        after = scene.opened(review)
        assert after.questionnaire == before.questionnaire
        assert {code: saved.answer for code, saved in after.saved.items()} == answers
        assert {str(row[1]): row for row in stored(scene, review) if row[1] != "A2"} == kept
        assert sheet(after) == sheet(before)

    assert history_of(scene, review, "A2")[:2] == [(7, "yes"), (6, None)]
    assert scene.count("review_move WHERE undone_at IS NOT NULL") == 3


def test_what_a_colleague_changed_since_stays_and_is_named_first(scene: Scene, review: UUID) -> None:
    contributor = scene.person(Role.CONTRIBUTOR)
    move(scene, review)
    scene.save(contributor, review, "B1", "some", seen=1)
    scene.save(contributor, review, "A2", "no", seen=2)
    scene.save(contributor, review, "A5", "yes")

    shown = propose_undo(scene, review).undoing
    undo(scene, review)

    assert (shown.newer, shown.unfit, shown.leaving) == (("B1",), (), ("A2", "A5"))
    found = values(scene, review)
    assert (found["A2"], found["B1"], found["A4"]) == ("yes", "some", "Ministries meet, monthly.")
    assert "A5" not in found


def test_a_question_that_was_answered_before_an_undo_goes_on_counting_its_versions(scene: Scene, review: UUID) -> None:
    contributor = scene.person(Role.CONTRIBUTOR)
    move(scene, review)
    scene.save(contributor, review, "A5", "yes")
    undo(scene, review)

    move(scene, review)
    scene.save(contributor, review, "A5", "no", seen=2)

    assert history_of(scene, review, "A5") == [(3, "no"), (2, None), (1, "yes")]


def test_nothing_is_undone_when_an_answer_is_saved_after_the_page_was_shown(scene: Scene, review: UUID) -> None:
    move(scene, review)
    shown = propose_undo(scene, review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "B1", "some", seen=1)

    with pytest.raises(PlanChanged), scene.database.write() as session:
        moving.undo(session, coordinator(scene), review, seen=shown.seen)

    assert scene.opened(review).questionnaire.version == "2026.2"


def test_two_moves_are_undone_one_after_the_other(scene: Scene, review: UUID) -> None:
    answers = values(scene, review)
    move(scene, review)
    scene.publish(changed((A2, f"{A2}        lineage: {{change: redefined}}\n"), (A4, ""), version="2026.10"))
    move(scene, review, "2026.10")
    assert scene.opened(review).questionnaire.version == "2026.10"

    undo(scene, review)
    assert scene.opened(review).questionnaire.version == "2026.2"
    undo(scene, review)

    assert scene.opened(review).questionnaire.version == "2026.1"
    assert values(scene, review) == answers
    with pytest.raises(Conflict, match="no move to undo"):
        propose_undo(scene, review)


def test_an_answer_and_its_evidence_follow_the_question_to_another_code(scene: Scene) -> None:
    review = scene.ready().start()
    scene.fill(review)
    lineage = "        lineage: {replaces: A2, change: moved, comparable_with: ['2026.1']}\n"
    moved = changed((A2, A2.replace("A2", "A7") + lineage), ("item: A2", "item: A7"))
    with scene.database.write() as session:
        described = Described("The law", "2025-03-31")
        attaching.add_link(session, scene.person(Role.CONTRIBUTOR), review, "A2", described, "https://example.org/the-law")
    rows = stored(scene, review)
    scene.publish(moved)

    move(scene, review)
    opened = scene.opened(review)
    undo(scene, review)

    assert opened.answers["A7"].value == "yes"
    assert [piece.title for piece in opened.answers["A7"].evidence] == ["The law"]
    assert "A2" not in opened.saved
    assert opened.saved["A7"].saved_by == "NZL contributor"
    assert stored(scene, review) == rows
    assert [piece.title for piece in scene.opened(review).answers["A2"].evidence] == ["The law"]


def test_the_history_is_read_in_the_words_of_the_version_in_which_it_was_said(scene: Scene, review: UUID) -> None:
    scene.publish(
        changed(
            ("{code: all, text: The budget, points: 100}", "{code: most, text: Mostly the budget, points: 100}"),
            version="2026.3",
        )
    )
    move(scene, review, "2026.3")
    scene.save(scene.person(Role.CONTRIBUTOR), review, "B1", "most", seen=2)

    with scene.database.read() as session:
        found = history.history_of(session, coordinator(scene), review, "B1")

    assert [each.answer.value for each in found.versions] == ["most", None, "all"]
    assert [each.version for each in found.documents] == ["2026.3", "2026.3", "2026.1"]
    assert [found.can_be_restored(each) for each in found.versions] == [True, True, False]


def test_only_the_coordinator_of_the_economy_moves_and_undoes(scene: Scene, review: UUID) -> None:
    shown = propose(scene, review)
    refused = {
        scene.person(Role.CONTRIBUTOR): Forbidden,
        scene.person(Role.APPROVER): Forbidden,
        coordinator(scene, "CHL"): NotFound,
        scene.person(Role.ADMINISTRATOR): NotFound,
    }

    for actor, error in refused.items():
        with pytest.raises(error), scene.database.write() as session:
            moving.move(session, actor, review, "2026.2", NO_WISHES, seen=shown.seen)
        with pytest.raises(error), scene.database.write() as session:
            moving.undo(session, actor, review, seen="")
        with scene.database.read() as session:
            assert moving.outlook(session, actor, scene.opened(review)).newer == () or error is NotFound


def test_what_was_handed_over_or_signed_is_never_touched(scene: Scene, review: UUID) -> None:
    shown = propose(scene, review)
    scene.hand_over(review)
    rows = stored(scene, review)
    for _state in ("in sign-off", "submitted"):
        with pytest.raises(Conflict, match="locked"), scene.database.write() as session:
            moving.move(session, coordinator(scene), review, "2026.2", NO_WISHES, seen=shown.seen)
        if _state == "in sign-off":
            scene.sign(review)

    assert stored(scene, review) == rows
    assert scene.opened(review).questionnaire.version == "2026.1"


def test_a_move_is_not_undone_once_it_waits_for_sign_off_and_never_once_it_was_signed(scene: Scene, review: UUID) -> None:
    move(scene, review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "no", seen=2)
    seen = propose_undo(scene, review).seen
    scene.hand_over(review)
    with pytest.raises(Conflict, match="locked"), scene.database.write() as session:
        moving.undo(session, coordinator(scene), review, seen=seen)
    scene.sign(review)
    scene.reopen(review)

    with pytest.raises(Conflict, match="no move to undo"):
        propose_undo(scene, review)


def test_a_closed_cycle_keeps_its_reviews_where_they_are(scene: Scene, review: UUID) -> None:
    shown = propose(scene, review)
    scene.close_cycle()

    with pytest.raises(Conflict, match="cycle is closed"), scene.database.write() as session:
        moving.move(session, coordinator(scene), review, "2026.2", NO_WISHES, seen=shown.seen)


def test_a_retired_version_and_one_for_others_take_nobody(scene: Scene, review: UUID) -> None:
    scene.publish(changed(("groups: [APEC]", "opt_in: [CHL]"), version="2026.3"))
    with scene.database.write() as session:
        retiring.retire(session, COMMAND_LINE, CODE, "2026.2", "It has a fault.")

    with scene.database.read() as session:
        opened = moving.open_to_move(session, coordinator(scene), review)
        assert moving.propose(session, opened) is None
        assert moving.outlook(session, coordinator(scene), opened).newer == ()


def test_a_reopened_review_moves_and_its_signed_revision_stays_as_it_was_signed(scene: Scene, review: UUID) -> None:
    scene.hand_over(review)
    scene.sign(review)
    scene.reopen(review)
    with scene.database.read() as session:
        signed = sign_off.get_submission(session, coordinator(scene), review, 1)

    move(scene, review)

    with scene.database.read() as session:
        after = sign_off.get_submission(session, coordinator(scene), review, 1)
    assert after == signed
    assert after.questionnaire.version == "2026.1"
    assert _offered(scene, start_next(scene, source=changed(version="2027.1"))) == set(COMPLETE) - {"A3"}


def _offered(scene: Scene, review: UUID) -> set[str]:
    person = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        return set(prefill.offers(session, person, reviews.open_review(session, person, review)))


def test_two_coordinators_at_once_move_it_once(scene: Scene, review: UUID) -> None:
    shown = propose(scene, review)

    def go(name: str) -> bool:
        try:
            with scene.database.write() as session:
                moving.move(session, actors[name], review, "2026.2", NO_WISHES, seen=shown.seen)
        except Conflict:
            return False
        return True

    actors = {name: scene.person(Role.COORDINATOR, name=name) for name in ("Ana", "Ben")}
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(seeing(go), actors))

    assert sorted(done) == [False, True]
    assert scene.count("review_move") == 1
    assert history_of(scene, review, "A2") == [(2, None), (1, "yes")]


def test_a_save_at_the_same_moment_is_seen_by_the_move_or_meets_the_new_version(scene: Scene, review: UUID) -> None:
    shown, contributor = propose(scene, review), scene.person(Role.CONTRIBUTOR)

    def save() -> str:
        try:
            scene.save(contributor, review, "A2", "no", seen=1)
        except AnswerChanged:
            return "met the blank answer"
        return "saved"

    def go() -> str:
        try:
            with scene.database.write() as session:
                moving.move(session, coordinator(scene), review, "2026.2", NO_WISHES, seen=shown.seen)
        except PlanChanged:
            return "shown again"
        return "moved"

    coordinator(scene)
    with ThreadPoolExecutor(2) as pool:
        saving, going = pool.submit(seeing(save)), pool.submit(seeing(go))
        results = (saving.result(), going.result())

    assert results in {("saved", "shown again"), ("met the blank answer", "moved")}
    newest: Answer = scene.opened(review).saved["A2"].answer
    assert newest.value == ("no" if results[0] == "saved" else None)


def test_the_answers_as_they_were_are_kept_whole_with_the_move(scene: Scene, review: UUID) -> None:
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A4", RawAnswer(value="Weekly.", comment="Since May."), seen=1)

    move(scene, review)

    ((kept, economy, moved_by),) = scene.rows("SELECT answers, economy, moved_by FROM review_move")
    assert '"comment":"Since May."' in str(kept)
    assert '"version":2' in str(kept)
    assert (economy, moved_by) == ("NZL", "NZL coordinator")


def test_a_signed_section_that_the_newer_version_has_no_more_can_still_be_withdrawn(scene: Scene, review: UUID) -> None:
    scene.hand_over(review)
    scene.sign(review)
    scene.consent("NZL", review, "public", "A")
    scene.reopen(review)
    section, node = "  - code: A\n    title: Rules\n", "{code: A, title: Rules"
    renamed = [(each, each.replace("code: A", "code: C")) for each in (section, node)]
    scene.publish(changed(*renamed, version="2026.3"))
    move(scene, review, "2026.3")

    scene.consent("NZL", review, "private", "A")

    with scene.database.read() as session:
        assert consents.get_consents(session, coordinator(scene), review) == dict.fromkeys(("C", "B", "A"), Audience.PRIVATE)


def test_moving_again_after_an_undo_offers_the_choices_of_then_and_names_what_was_answered_in_between(
    scene: Scene, review: UUID
) -> None:
    contributor = scene.person(Role.CONTRIBUTOR)
    move(scene, review, wishes=Wishes(ask=frozenset({"A1"})))
    scene.save(contributor, review, "A5", "yes")
    scene.save(contributor, review, "A2", "no", seen=2)
    undo(scene, review)

    again = propose(scene, review, wishes=None)
    move(scene, review, wishes=again.wishes)

    assert again.wishes == Wishes(ask=frozenset({"A1"}))
    assert {code: answer.value for code, answer in again.before.said.items()} == {"A2": "no", "A5": "yes"}
    with scene.database.write() as session:
        history.restore(session, contributor, review, "A5", 1, seen=2)
    assert values(scene, review)["A5"] == "yes"


def test_the_history_of_what_left_the_form_stays_readable_to_the_team_alone(scene: Scene, review: UUID) -> None:
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A4", "Weekly.", seen=1)
    move(scene, review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A5", "yes")

    assert history_of(scene, review, "A4") == [(2, "Weekly."), (1, "Ministries meet, monthly.")]
    undo(scene, review)

    assert history_of(scene, review, "A5") == [(1, "yes")]
    with scene.database.read() as session:
        opened = reviews.open_review(session, coordinator(scene), review)
        assert [(each.code, each.answer.value) for each in earlier.list_left(session, coordinator(scene), opened)] == [
            ("A5", "yes")
        ]
        assert not history.history_of(session, coordinator(scene), review, "A5").may_restore
        with pytest.raises(NotFound):
            history.history_of(session, coordinator(scene, "CHL"), review, "A5")
        with pytest.raises(NotFound):
            history.history_of(session, coordinator(scene), review, "A6")
