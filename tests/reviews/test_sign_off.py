"""From complete answers to a frozen, attested revision; and to the next one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.accounts import service as accounts
from app.audit import facts
from app.domain.answers import Answer, AnswerState
from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.domain.signed_answers import answers_from_text, answers_to_text
from app.evidence.service import Described
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.kit.ids import sha256
from app.reviews import as_read, attaching, sign_off
from app.reviews.service import ReviewState
from app.reviews.sign_off import FrozenReview, Submitted
from app.scores.service import get_results
from tests.scenarios import COMPLETE, SMALL, Scene


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def waiting(scene: Scene, review: UUID) -> UUID:
    scene.fill(review)
    scene.hand_over(review)
    return review


def frozen(scene: Scene, review: UUID, revision: int) -> FrozenReview:
    with scene.database.read() as session:
        return sign_off.get_submission(session, scene.person(Role.CONTRIBUTOR), review, revision)


def test_a_review_with_blank_core_items_is_not_handed_over(scene: Scene, review: UUID) -> None:
    scene.fill(review, given={"A1": RawAnswer(value="3"), "B2": RawAnswer(value="1")})

    with pytest.raises(Conflict, match="2 items are still blank or incomplete: A2, B1"):
        scene.hand_over(review)

    assert scene.opened(review).state is ReviewState.DRAFT


def test_a_core_item_is_dealt_with_by_saying_why_it_cannot_be_answered(scene: Scene, review: UUID) -> None:
    scene.fill(review, given={"A1": RawAnswer("declined"), "A2": RawAnswer("not_available"), "B1": RawAnswer(value="some")})

    scene.hand_over(review)

    assert scene.opened(review).state is ReviewState.IN_SIGN_OFF


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.APPROVER])
@pytest.mark.abuse("T5")
def test_only_the_coordinator_hands_a_review_over(scene: Scene, review: UUID, role: Role) -> None:
    """T5."""
    scene.fill(review)

    with pytest.raises(Forbidden), scene.database.write() as session:
        sign_off.ask_for_sign_off(session, scene.person(role), review)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.COORDINATOR])
@pytest.mark.abuse("R13")
def test_only_the_approver_signs(scene: Scene, waiting: UUID, role: Role) -> None:
    with pytest.raises(Forbidden), scene.database.write() as session:
        sign_off.submit(session, scene.person(role), waiting, attests=True, read="")

    assert scene.count("submission") == 0


@pytest.mark.abuse("R13")
def test_who_handed_a_review_over_and_became_the_approver_since_does_not_sign_it(scene: Scene, waiting: UUID) -> None:
    """Two people act, whatever an administrator changed in between; after somebody else's hand-over the new approver may."""
    coordinator, second = scene.person(Role.COORDINATOR), scene.person(Role.COORDINATOR, name="Second")
    assert coordinator.user_id is not None
    with scene.database.write() as session:
        accounts.change_role(session, COMMAND_LINE, coordinator.user_id, role=Role.APPROVER, economy="NZL")
    approver = replace(coordinator, role=Role.APPROVER)

    with pytest.raises(Forbidden, match="You handed this review over yourself"), scene.database.write() as session:
        sign_off.submit(session, approver, waiting, attests=True, read=scene.read(waiting))

    assert (scene.count("submission"), scene.opened(waiting).state) == (0, ReviewState.IN_SIGN_OFF)
    with scene.database.write() as session:
        sign_off.take_back(session, approver, waiting, "Somebody else has to hand it over.")
        sign_off.ask_for_sign_off(session, second, waiting)
    with scene.database.write() as session:
        sign_off.submit(session, approver, waiting, attests=True, read=scene.read(waiting))
    assert scene.count("submission") == 1


def test_nobody_signs_without_attesting(scene: Scene, waiting: UUID) -> None:
    with pytest.raises(Invalid) as refused, scene.database.write() as session:
        sign_off.submit(session, scene.person(Role.APPROVER), waiting, attests=False, read="")

    assert [problem.code for problem in refused.value.problems] == ["not_attested"]
    assert scene.opened(waiting).state is ReviewState.IN_SIGN_OFF


def test_nobody_signs_for_another_economy(scene: Scene, waiting: UUID) -> None:
    with pytest.raises(NotFound), scene.database.write() as session:
        sign_off.submit(session, scene.person(Role.APPROVER, "PER"), waiting, attests=True, read="")


@pytest.mark.abuse("R2", "R12")
def test_steps_cannot_be_skipped_or_done_twice(scene: Scene, review: UUID) -> None:
    """R2 and R12."""
    scene.fill(review)
    with pytest.raises(Conflict):
        scene.sign(review)
    with pytest.raises(Conflict):
        scene.reopen(review)
    scene.hand_over(review)
    with pytest.raises(Conflict):
        scene.hand_over(review)
    scene.sign(review)
    with pytest.raises(Conflict):
        scene.sign(review)
    with pytest.raises(Conflict):
        scene.hand_over(review)

    assert scene.count("submission") == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.APPROVER])
def test_a_review_that_waits_can_be_taken_or_sent_back(scene: Scene, waiting: UUID, role: Role) -> None:
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(role), waiting, "The law is not in force yet.")

    assert scene.opened(waiting).state is ReviewState.DRAFT
    scene.save(scene.person(Role.CONTRIBUTOR), waiting, "A1", "5", seen=1)


def test_a_contributor_takes_nothing_back(scene: Scene, waiting: UUID) -> None:
    with pytest.raises(Forbidden), scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.CONTRIBUTOR), waiting)


def test_the_signature_covers_the_version_and_every_answer(scene: Scene, waiting: UUID) -> None:
    entry = scene.sign(waiting)

    (row,) = scene.rows("SELECT content_hash, answers, answers_hash, statement, submitted_by FROM submission")
    content_hash, answers, answers_hash, statement, by = (str(cell) for cell in row)
    assert answers_hash == entry.answers_hash == sha256(f"{content_hash}\n{answers}".encode())
    assert sorted(json.loads(answers)) == sorted(COMPLETE)
    assert (statement, by, entry.revision) == (sign_off.STATEMENT, "NZL approver", 1)
    assert content_hash == scene.opened(waiting).questionnaire.content_hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE submission SET answers = '{}'",
        "UPDATE submission SET submitted_at = '2020-01-01 00:00:00'",
        "DELETE FROM submission",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_signed(scene: Scene, waiting: UUID, statement: str) -> None:
    scene.sign(waiting)

    with pytest.raises(IntegrityError, match="what was signed never changes"), scene.database.write() as session:
        session.connection().exec_driver_sql(statement)

    assert scene.count("submission") == 1


def test_what_was_signed_before_options_could_be_left_out_is_written_as_it_was() -> None:
    text = '{"A3":{"comment":"","evidence_url":"","reason":"","state":"answered","value":["privacy"]}}'
    answers = {"A3": Answer(AnswerState.ANSWERED, ("privacy",))}

    assert answers_from_text(text) == answers
    assert answers_to_text(answers) == text


def test_options_that_do_not_apply_are_signed_and_leave_the_score(scene: Scene, review: UUID) -> None:
    left_out = RawAnswer(value=("privacy",), reason="No courts yet.", not_applicable=("redress",))
    scene.fill(review, given={**COMPLETE, "A3": left_out})
    scene.hand_over(review)
    scene.sign(review)

    found = frozen(scene, review, 1).answers["A3"]

    assert (found.not_applicable, found.reason) == (("redress",), "No courts yet.")
    with scene.database.read() as session:
        results = get_results(session, scene.person(Role.CONTRIBUTOR), review, 1)
    assert results.sheets[Series.SELF].items["A3"].score == 50, "one of the two that apply"


def test_an_answer_that_is_not_asked_any_more_is_not_frozen(scene: Scene, review: UUID) -> None:
    """A3 was answered, then the law it asks about turned out not to be one."""
    scene.fill(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "no", seen=1)
    scene.hand_over(review)

    scene.sign(review)

    assert "A3" in scene.opened(review).saved
    assert sorted(frozen(scene, review, 1).answers) == ["A1", "A2", "A4", "B1", "B2", "B3"]


def test_a_frozen_revision_reads_back_as_it_was_signed(scene: Scene, waiting: UUID) -> None:
    scene.sign(waiting)

    signed = frozen(scene, waiting, 1)

    assert signed.answers["A3"] == Answer(AnswerState.ANSWERED, ("privacy",))
    assert signed.answers == scene.opened(waiting).answers
    assert signed.economy == "NZL"


def test_reopening_makes_the_next_revision_and_keeps_the_first(scene: Scene, waiting: UUID) -> None:
    scene.sign(waiting)
    before = frozen(scene, waiting, 1)

    scene.reopen(waiting)
    scene.save(scene.person(Role.CONTRIBUTOR), waiting, "A1", "5", seen=1)
    scene.hand_over(waiting)
    second = scene.sign(waiting)

    assert second.revision == 2
    assert frozen(scene, waiting, 1) == before
    assert frozen(scene, waiting, 2).answers["A1"].value == 5
    with scene.database.read() as session:
        listed = sign_off.list_submissions(session, scene.person(Role.CONTRIBUTOR), waiting)
    assert [entry.revision for entry in listed] == [2, 1]


def test_a_reopened_review_says_why_and_goes_back_there_when_it_is_taken_back(scene: Scene, waiting: UUID) -> None:
    scene.sign(waiting)
    scene.reopen(waiting, reason="  A law was passed. ")
    opened = scene.opened(waiting)
    scene.hand_over(waiting)
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.COORDINATOR), waiting)

    assert (opened.state, opened.revision, opened.reopen_reason) == (ReviewState.REOPENED, 2, "A law was passed.")
    assert scene.opened(waiting).state is ReviewState.REOPENED


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1_001, "a\x07b"])
def test_reopening_needs_a_reason(scene: Scene, waiting: UUID, reason: str) -> None:
    scene.sign(waiting)

    with pytest.raises(Invalid):
        scene.reopen(waiting, reason=reason)

    assert scene.opened(waiting).state is ReviewState.SUBMITTED


def test_a_closed_cycle_takes_no_signature_and_reopens_nothing(scene: Scene, waiting: UUID) -> None:
    """Its reviews can be read but not changed."""
    signed = scene.submitted("CHL")
    drafted = scene.start("PER")
    scene.fill(drafted, "PER")
    scene.close_cycle()

    with pytest.raises(Conflict, match="closed"):
        scene.sign(waiting)
    with pytest.raises(Conflict, match="closed"):
        scene.hand_over(drafted, "PER")
    with pytest.raises(Conflict, match="closed"):
        scene.reopen(signed, "CHL")

    assert scene.count("submission") == 1


@pytest.mark.parametrize("revision", [0, 2, -1])
def test_an_unknown_revision_looks_like_a_foreign_one(scene: Scene, waiting: UUID, revision: int) -> None:
    scene.sign(waiting)
    with scene.database.read() as session:
        with pytest.raises(NotFound) as unknown:
            sign_off.get_submission(session, scene.person(Role.CONTRIBUTOR), waiting, revision)
        with pytest.raises(NotFound) as none:
            sign_off.get_submission(session, scene.person(Role.CONTRIBUTOR), uuid4(), 1)
        with pytest.raises(NotFound) as foreign:
            sign_off.get_submission(session, scene.person(Role.CONTRIBUTOR, "PER"), waiting, 1)

    assert none.value.detail == foreign.value.detail
    assert unknown.value.status == 404


def test_a_follower_that_fails_undoes_the_submission(scene: Scene, waiting: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7 in small: the submission, its scores and the benchmark come into being together or not at all."""

    def fail(_session: Session, _fact: object) -> None:
        message = "the last follower fails"
        raise RuntimeError(message)

    monkeypatch.setitem(facts._followers, Submitted, [*facts._followers[Submitted], fail])
    scene.person(Role.APPROVER)
    events = scene.count("audit_event")

    with pytest.raises(RuntimeError):
        scene.sign(waiting)

    assert scene.opened(waiting).state is ReviewState.IN_SIGN_OFF
    for table in ("submission", "score_sheet", "shared_score", "benchmark_cell"):
        assert scene.count(table) == 0
    assert scene.count("audit_event") == events


def test_a_review_without_a_single_answer_is_not_signed(scene: Scene) -> None:
    scene.publish(SMALL.replace("core: true", "core: false"))
    scene.open_cycle()
    review = scene.start()

    with pytest.raises(Conflict, match="Nothing is answered yet"):
        scene.hand_over(review)

    scene.fill(review, given={"A1": RawAnswer("declined")})
    scene.hand_over(review)
    assert scene.opened(review).state is ReviewState.IN_SIGN_OFF


CHANGES: dict[str, Callable[[Scene, UUID], object]] = {
    "answer": lambda scene, review: scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1),
    "comment": lambda scene, review: scene.save(
        scene.person(Role.CONTRIBUTOR), review, "A1", RawAnswer(value="4", comment="Since May.", evidence_url=LINK), seen=1
    ),
    "reason": lambda scene, review: scene.save(
        scene.person(Role.CONTRIBUTOR), review, "A1", RawAnswer("declined", reason="Not now."), seen=1
    ),
    "evidence": lambda scene, review: attach(scene, review, "A1"),
}
LINK = "https://example.org/strategy"


def attach(scene: Scene, review: UUID, item: str) -> None:
    with scene.database.write() as session:
        attaching.add_link(session, scene.person(Role.CONTRIBUTOR), review, item, Described("The act"), "https://example.org/act")


@pytest.mark.parametrize("change", list(CHANGES))
def test_nothing_is_signed_that_the_approver_did_not_read(scene: Scene, waiting: UUID, change: str) -> None:
    read = scene.read(waiting)
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.COORDINATOR), waiting)
    CHANGES[change](scene, waiting)
    scene.hand_over(waiting)

    with pytest.raises(sign_off.ChangedSinceRead) as refused, scene.database.write() as session:
        sign_off.submit(session, scene.person(Role.APPROVER), waiting, attests=True, read=read)

    assert refused.value.items == ("A1",)
    assert scene.opened(waiting).state is ReviewState.IN_SIGN_OFF
    assert scene.count("submission") == 0


def test_what_was_read_is_signed_though_the_review_was_taken_back_in_between(scene: Scene, waiting: UUID) -> None:
    read = scene.read(waiting)
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.COORDINATOR), waiting)
    scene.hand_over(waiting)

    with scene.database.write() as session:
        entry = sign_off.submit(session, scene.person(Role.APPROVER), waiting, attests=True, read=read)

    assert entry.revision == 1


def test_each_fingerprint_is_too_long_for_two_answers_to_share_it(scene: Scene, waiting: UUID) -> None:
    """Comments are free: with 64 bits, two that share one can be looked for."""
    prints = [word.partition("=")[2] for word in scene.read(waiting).split()]

    assert {4 * len(figures) for figures in prints} == {128}


@pytest.mark.parametrize("read", ["", "A1", "A1=0 =B"])
def test_a_fingerprint_that_no_page_gave_signs_nothing(scene: Scene, waiting: UUID, read: str) -> None:
    with pytest.raises(sign_off.ChangedSinceRead), scene.database.write() as session:
        sign_off.submit(session, scene.person(Role.APPROVER), waiting, attests=True, read=read)

    assert scene.count("submission") == 0


def test_who_sent_a_review_back_and_why_stands_there_until_it_is_handed_over_again(scene: Scene, waiting: UUID) -> None:
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.APPROVER), waiting, "  The law is not in force yet. ")
    sent_back = scene.opened(waiting).sent_back
    scene.hand_over(waiting)

    assert sent_back is not None
    assert (sent_back.by, sent_back.reason) == ("NZL approver", "The law is not in force yet.")
    assert scene.opened(waiting).sent_back is None
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.COORDINATOR), waiting)
    assert scene.opened(waiting).sent_back is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001, "a\x07b"])
def test_sending_back_needs_a_reason(scene: Scene, waiting: UUID, reason: str) -> None:
    with pytest.raises(Invalid) as refused, scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.APPROVER), waiting, reason)

    assert [problem.field for problem in refused.value.problems] == ["send_back_reason"]
    assert scene.opened(waiting).state is ReviewState.IN_SIGN_OFF


def test_why_a_revision_was_begun_stays_with_it_when_the_next_is_begun(scene: Scene, waiting: UUID) -> None:
    scene.sign(waiting)
    for reason in ("A law was passed.", "It was repealed."):
        scene.reopen(waiting, reason=reason)
        scene.hand_over(waiting)
        scene.sign(waiting)

    reasons = [frozen(scene, waiting, revision).entry.reopen_reason for revision in (1, 2, 3)]

    assert reasons == ["", "A law was passed.", "It was repealed."]


def test_what_differs_from_the_last_signed_revision_is_named_and_nothing_else(scene: Scene, waiting: UUID) -> None:
    scene.sign(waiting)
    scene.reopen(waiting)
    before = frozen(scene, waiting, 1).answers
    none = as_read.differing(scene.opened(waiting), before)
    scene.save(scene.person(Role.CONTRIBUTOR), waiting, "B2", "300", seen=1)
    scene.save(scene.person(Role.CONTRIBUTOR), waiting, "A2", "no", seen=1)
    attach(scene, waiting, "B1")

    assert none == ()
    assert as_read.differing(scene.opened(waiting), before) == ("A2", "A3", "B1", "B2"), "A3 is not asked any more"
