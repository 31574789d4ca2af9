"""A workbook brought back: recognised, compared, applied all or none; on both databases."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import openpyxl
import pytest
import time_machine

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.infra.catalogs import SOURCE
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Invalid, NotFound
from app.offline import service
from app.offline.comparison import Origin, Outcome
from app.offline.layout import Column, option_key
from app.offline.reading import ReadWorkbook, read_workbook
from app.offline.service import Applied, ChangedSince, DryRun
from app.offline.writing import Download, workbook
from app.questionnaires import service as questionnaires
from app.reviews import service as reviews
from tests.offline.books import Value, filled
from tests.scenarios import CODE, SMALL, VERSION, Scene, document


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def ana(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.CONTRIBUTOR, name="Ana")


@pytest.fixture
def ben(scene: Scene, review: UUID) -> Actor:
    return scene.person(Role.COORDINATOR, name="Ben")


Cells = Mapping[str | tuple[str, Column], Value]


def downloaded(scene: Scene, actor: Actor, review: UUID) -> bytes:
    return workbook(scene.opened(review, actor), Download("New Zealand", actor.name, clock.now(), "21 Nov 2026"), SOURCE)


def read(scene: Scene, actor: Actor, review: UUID, cells: Cells) -> ReadWorkbook:
    """Download a review, fill it in, and read it."""
    return read_workbook(filled(downloaded(scene, actor, review), cells))


def receive(scene: Scene, actor: Actor, review: UUID, book: ReadWorkbook) -> UUID:
    with scene.database.write() as session:
        return service.receive(session, actor, review, book)


def dry_run(scene: Scene, actor: Actor, review: UUID, upload: UUID) -> DryRun:
    with scene.database.read() as session:
        return service.dry_run(session, actor, review, upload, [SOURCE])


def apply(scene: Scene, actor: Actor, review: UUID, upload: UUID, chosen: Mapping[str, int]) -> Applied:
    with scene.database.write() as session:
        return service.apply(session, actor, review, upload, chosen, [SOURCE])


def agree(scene: Scene, actor: Actor, review: UUID, upload: UUID) -> None:
    with scene.database.write() as session:
        service.agree(session, actor, review, upload)


def refusal(scene: Scene, actor: Actor, review: UUID, book: ReadWorkbook) -> str:
    with pytest.raises(Invalid) as refused:
        receive(scene, actor, review, book)
    return refused.value.problems[0].code


def items(run: DryRun, outcome: Outcome) -> list[str]:
    return [line.item for line in run.comparison.of(outcome)]


def values(scene: Scene, review: UUID) -> dict[str, object]:
    return {code: saved.answer.value for code, saved in scene.opened(review).saved.items()}


def test_an_upload_changes_nothing_and_applying_saves_what_was_chosen(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A4", "Ministries meet.")
    book = read(scene, ana, review, {"A1": "4", "B1": "The budget", "B2": 12})

    upload = receive(scene, ana, review, book)
    run = dry_run(scene, ana, review, upload)

    assert (items(run, Outcome.CHANGE), items(run, Outcome.UNCHANGED)) == (["A1", "B1", "B2"], ["A4"])
    assert values(scene, review) == {"A4": "Ministries meet."}
    assert apply(scene, ana, review, upload, {"A1": 0, "B1": 0}) == Applied(changed=2, replaced=0, left=1)
    assert values(scene, review) == {"A1": 4, "A4": "Ministries meet.", "B1": "all"}


def test_what_was_applied_is_recorded_with_counts_and_without_answers(scene: Scene, review: UUID, ana: Actor) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4", "A4": "Secret words."}))
    apply(scene, ana, review, upload, {"A1": 0, "A4": 0})

    rows = scene.rows("SELECT action, detail FROM audit_event WHERE action LIKE 'reviews.workbook%' ORDER BY sequence")
    recorded = {str(action): detail for action, detail in rows}

    assert recorded == {
        "reviews.workbook_uploaded": '{"rows":2}',
        "reviews.workbook_applied": '{"changed":2,"left":0,"replaced":0}',
    }
    assert scene.rows("SELECT content FROM workbook_upload") == [("",)], "what it held is gone"


def test_pressing_the_button_twice_saves_once(scene: Scene, review: UUID, ana: Actor) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4"}))

    first, second = (apply(scene, ana, review, upload, {"A1": 0}) for _each in range(2))

    assert first == second == Applied(1, 0, 0)
    assert scene.count("answer_revision") == 1


def test_what_a_colleague_changed_meanwhile_is_a_conflict_and_theirs_stays(
    scene: Scene, review: UUID, ana: Actor, ben: Actor
) -> None:
    scene.save(ana, review, "A1", "2")
    book = read(scene, ana, review, {"A1": "4", "B2": 12})
    scene.save(ben, review, "A1", "3", seen=1)
    scene.save(ben, review, "A2", "no")

    upload = receive(scene, ana, review, book)
    run = dry_run(scene, ana, review, upload)

    (conflict,) = run.comparison.of(Outcome.CONFLICT)
    assert conflict.stored is not None
    assert (conflict.stored.answer.value, conflict.stored.saved_by, conflict.version) == (3, "Ben", 2)
    assert conflict.mine == Answer(AnswerState.ANSWERED, 4)
    assert apply(scene, ana, review, upload, {"B2": 0}) == Applied(changed=1, replaced=0, left=1)
    assert values(scene, review) == {"A1": 3, "A2": "no", "B2": 12.0}


def test_a_conflict_is_replaced_only_where_the_reader_says_so(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    book = read(scene, ana, review, {"A1": "4"})
    scene.save(ben, review, "A1", "3")
    upload = receive(scene, ana, review, book)

    assert apply(scene, ana, review, upload, {"A1": 1}) == Applied(changed=1, replaced=1, left=0)
    assert scene.rows("SELECT value, saved_by FROM answer_revision ORDER BY version") == [("3", "Ben"), ("4", "Ana")]


def test_what_the_writer_left_alone_does_not_fight_with_a_colleague(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    scene.save(ana, review, "A1", "2")
    book = read(scene, ana, review, {"B2": 12})
    scene.save(ben, review, "A1", "3", seen=1)

    run = dry_run(scene, ana, review, receive(scene, ana, review, book))

    assert (items(run, Outcome.UNCHANGED), items(run, Outcome.CHANGE), items(run, Outcome.CONFLICT)) == (["A1"], ["B2"], [])


def test_both_gave_the_same_answer_and_nothing_is_to_be_done(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    book = read(scene, ana, review, {"A1": "4"})
    scene.save(ben, review, "A1", "4")

    run = dry_run(scene, ana, review, receive(scene, ana, review, book))

    assert items(run, Outcome.UNCHANGED) == ["A1"]


def test_a_change_after_the_dry_run_stops_all_of_it(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    """I17: all or nothing."""
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4", "B2": 12}))
    shown = {line.item: line.version for line in dry_run(scene, ana, review, upload).comparison.lines}
    scene.save(ben, review, "B2", "30")

    with pytest.raises(ChangedSince):
        apply(scene, ana, review, upload, shown)

    assert values(scene, review) == {"B2": 30.0}
    assert items(dry_run(scene, ana, review, upload), Outcome.CONFLICT) == ["B2"]


def test_what_was_never_offered_is_not_applied(scene: Scene, review: UUID, ana: Actor) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4", "B2": "many"}))

    for chosen in ({"B2": 0}, {"A1": 0, "NOTHING": 0}, {"A2": 0}):
        with pytest.raises(ChangedSince):
            apply(scene, ana, review, upload, chosen)
    with pytest.raises(Invalid):
        apply(scene, ana, review, upload, {})

    assert values(scene, review) == {}


def test_answers_that_bring_each_other_up_are_applied_together(scene: Scene, review: UUID, ana: Actor) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A2": "yes", option_key("A3", "privacy"): "Yes"}))

    apply(scene, ana, review, upload, {"A2": 0, "A3": 0})

    assert scene.opened(review).answers["A3"] == Answer(AnswerState.ANSWERED, ("privacy",))


def test_an_answer_that_is_taken_back_is_blank_and_its_history_stays(scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A1", RawAnswer(value="2"))
    upload = receive(scene, ana, review, read(scene, ana, review, {("A1", Column.STATE): "Clear this answer"}))

    apply(scene, ana, review, upload, {"A1": 1})

    assert scene.opened(review).saved["A1"].answer == BLANK
    assert scene.count("answer_revision") == 2


def test_a_workbook_of_another_economy_is_refused_like_one_of_nobody(scene: Scene, review: UUID, ana: Actor) -> None:
    theirs = scene.start("AUS")
    stranger = scene.person(Role.CONTRIBUTOR, "AUS")
    book = read(scene, stranger, theirs, {"A1": "4"})
    unknown = book.model_copy(update={"manifest": book.manifest.model_copy(update={"review": UUID(int=7)})})
    renamed = book.model_copy(update={"manifest": book.manifest.model_copy(update={"economy": "NZL"})})

    codes = {refusal(scene, ana, review, each) for each in (book, unknown, renamed)}

    assert codes == {"workbook_of_elsewhere"}
    assert scene.count("workbook_upload") == 0, "nothing of it is kept"


def test_a_foreign_review_takes_no_workbook(scene: Scene, review: UUID, ana: Actor) -> None:
    stranger = scene.person(Role.CONTRIBUTOR, "AUS")
    book = read(scene, ana, review, {"A1": "4"})
    upload = receive(scene, ana, review, book)

    with pytest.raises(NotFound):
        receive(scene, stranger, review, book)
    with pytest.raises(NotFound):
        dry_run(scene, stranger, review, upload)


def test_a_colleague_does_not_see_one_s_upload(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4"}))

    with pytest.raises(NotFound):
        dry_run(scene, ben, review, upload)
    with pytest.raises(NotFound):
        apply(scene, ben, review, upload, {"A1": 0})


def test_an_altered_hidden_sheet_is_refused(scene: Scene, review: UUID, ana: Actor) -> None:
    book = read(scene, ana, review, {"A1": "4"})
    altered = book.model_copy(update={"manifest": book.manifest.model_copy(update={"content_hash": "0" * 64})})

    assert refusal(scene, ana, review, altered) == "workbook_altered"


def test_versions_that_were_made_up_are_conflicts_at_most(scene: Scene, review: UUID, ana: Actor, ben: Actor) -> None:
    book = read(scene, ana, review, {"A1": "4"})
    scene.save(ben, review, "A1", "3")
    sly = book.model_copy(update={"seen": {"A1": 99, "NOTHING": 1}})

    run = dry_run(scene, ana, review, receive(scene, ana, review, sly))

    assert items(run, Outcome.CONFLICT) == ["A1"]


def test_an_earlier_revision_is_merged_only_with_consent(scene: Scene, ana: Actor, review: UUID) -> None:
    scene.fill(review)
    book = read(scene, ana, review, {"A1": "5"})
    scene.hand_over(review)
    scene.sign(review)
    scene.reopen(review)
    upload = receive(scene, ana, review, book)

    before = dry_run(scene, ana, review, upload)
    with pytest.raises(NotFound):
        apply(scene, ana, review, upload, {"A1": 1})
    agree(scene, ana, review, upload)
    after = dry_run(scene, ana, review, upload)

    assert (before.comparison.origin, before.needs_consent, before.source_revision) == (Origin.REVISION, True, 1)
    assert (after.needs_consent, items(after, Outcome.CHANGE)) == (False, ["A1"])


def test_another_review_of_the_economy_is_merged_where_questions_mean_the_same(scene: Scene, ana: Actor, review: UUID) -> None:
    scene.save(ana, review, "A1", "2")
    later = _later_version(scene)
    scene.save(ana, later, "B2", "30")
    book = read(scene, ana, review, {"A2": "no", "B1": "all", "B2": 12})
    upload = receive(scene, ana, later, book)

    before = dry_run(scene, ana, later, upload)
    agree(scene, ana, later, upload)
    run = dry_run(scene, ana, later, upload)

    assert (before.comparison.origin, before.needs_consent) == (Origin.REVIEW, True)
    assert (before.comparison.comparable, before.comparison.not_comparable) == (3, 1)
    assert items(run, Outcome.CHANGE) == ["A1", "A2"], "the version before had these in it too"
    assert items(run, Outcome.CONFLICT) == ["B2"], "what is stored here is never replaced unseen"
    apply(scene, ana, later, upload, {"A1": 0, "A2": 0})
    assert values(scene, later) == {"A1": 2, "A2": "no", "B2": 30.0}


def _later_version(scene: Scene) -> UUID:
    """Start a review of a later version, in which one question means something else."""
    source = SMALL.replace('version: "2026.1"', 'version: "2026.2"').replace("text: Who pays?", "text: Who decides?")
    source = source.replace(
        "Who decides?\n", "Who decides?\n        lineage: {change: redefined, note: It asks for something else.}\n"
    )
    with scene.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, document(source))
        economies.open_cycle(session, COMMAND_LINE, CODE, "2027")
        return reviews.start_review(session, scene.person(Role.COORDINATOR), CODE, "2026.2", "2027")


def test_another_questionnaire_is_refused_by_its_name(scene: Scene, ana: Actor, review: UUID) -> None:
    source = SMALL.replace("code: small", "code: other").replace("title: A small review", "title: Another review")
    with scene.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, document(source))
        economies.open_cycle(session, COMMAND_LINE, "other", "2026")
        other = reviews.start_review(session, scene.person(Role.COORDINATOR), "other", VERSION, "2026")
    book = read(scene, ana, other, {"A1": "4"})

    assert refusal(scene, ana, review, book) == "workbook_of_another_questionnaire"


def test_a_locked_review_takes_no_workbook(scene: Scene, ana: Actor, review: UUID) -> None:
    scene.fill(review)
    book = read(scene, ana, review, {"A1": "5"})
    upload = receive(scene, ana, review, book)
    scene.hand_over(review)

    with pytest.raises(Conflict):
        receive(scene, ana, review, book)
    with pytest.raises(Conflict):
        apply(scene, ana, review, upload, {"A1": 1})


def test_a_newer_upload_takes_the_place_of_the_one_before(scene: Scene, ana: Actor, ben: Actor, review: UUID) -> None:
    book = read(scene, ana, review, {"A1": "4"})
    first, _bens, second = (receive(scene, actor, review, book) for actor in (ana, ben, ana))

    assert scene.count("workbook_upload") == 2
    with pytest.raises(NotFound):
        dry_run(scene, ana, review, first)
    assert items(dry_run(scene, ana, review, second), Outcome.CHANGE) == ["A1"]


def test_an_upload_is_kept_for_a_day(scene: Scene, ana: Actor, review: UUID) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4"}))

    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        with pytest.raises(NotFound):
            dry_run(scene, ana, review, upload)
        with scene.database.write() as session:
            assert service.forget_expired(session) == 1
            assert service.forget_expired(session) == 0


def test_discarding_forgets_it(scene: Scene, ana: Actor, review: UUID) -> None:
    upload = receive(scene, ana, review, read(scene, ana, review, {"A1": "4"}))

    with scene.database.write() as session:
        service.discard(session, ana, review, upload)

    assert (scene.count("workbook_upload"), values(scene, review)) == (0, {})


def test_the_first_sheet_says_whose_workbook_it_is(scene: Scene, ana: Actor, review: UUID) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(scene, ana, review))).worksheets[0]

    said = "\n".join(str(row[0]) for row in sheet.iter_rows(values_only=True))
    for words in ("A small review", "New Zealand", "version 2026.1", "revision 1", "by Ana", "An empty cell changes nothing"):
        assert words in said
