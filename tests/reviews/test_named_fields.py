"""Named fields on a real database: saved with their answer, kept in its history, signed, imported, and scored by their grade."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from app.domain.answers import BLANK, Answer, AnswerState, Record
from app.domain.reading import RawAnswer
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Invalid, NotReady
from app.reviews import service as reviews
from app.reviews import sign_off
from app.reviews.importing import import_answers
from app.reviews.words import needed_words
from app.scores import service as scores
from app.scores.certainty import get_certainty
from tests import builders as make
from tests.scenarios import Scene

SOURCE = (make.QUESTIONNAIRES / "named_fields.yaml").read_text(encoding="utf-8")
CODE, VERSION, CYCLE = "named-fields", "2026.1", "2026"
AREAS: tuple[dict[str, str], ...] = ({"area": "Skills", "year": "2030"}, {}, {"area": "Health", "item": "A-01"})
ALL = {
    "A-01": RawAnswer(value="40", records=({"year": "2025", "source": "Survey"},)),
    "A-02": RawAnswer(records=AREAS),
    "IM-01": RawAnswer(value="80", records=({"grade": "before_after"},)),
    "IM-02": RawAnswer(value="20", records=({"grade": "example"},)),
}


@pytest.fixture
def review(scene: Scene) -> UUID:
    scene.publish(SOURCE)
    coordinator = scene.person(Role.COORDINATOR)
    with scene.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, CODE, CYCLE)
        return reviews.start_review(session, coordinator, CODE, VERSION, CYCLE)


def record(**values: str | float) -> Record:
    return Record(tuple(values.items()))


def test_fields_come_back_as_they_were_saved(scene: Scene, review: UUID) -> None:
    scene.fill(review, given=ALL)

    answers = scene.opened(review).answers
    assert answers["A-01"] == Answer(AnswerState.ANSWERED, 40.0, details=(record(year=2025, source="Survey"),))
    assert answers["A-02"].value == (record(area="Skills", year=2030), record(area="Health", item="A-01"))
    assert scene.opened(review).missing == ()


def test_the_same_again_changes_nothing_and_another_field_is_a_change(scene: Scene, review: UUID) -> None:
    person = scene.person(Role.CONTRIBUTOR)
    first = scene.save(person, review, "A-01", ALL["A-01"])
    again = scene.save(person, review, "A-01", ALL["A-01"], seen=1)
    later = scene.save(person, review, "A-01", RawAnswer(value="40", records=({"year": "2024"},)), seen=1)

    assert (first.version, again.version, later.version) == (1, 1, 2)
    history = scene.rows("SELECT version, details FROM answer_revision WHERE item = 'A-01' ORDER BY version")
    assert [(version, json.loads(str(details))) for version, details in history] == [
        (1, [{"year": 2025, "source": "Survey"}]),
        (2, [{"year": 2024}]),
    ]


def test_what_is_incomplete_is_saved_and_not_signed(scene: Scene, review: UUID) -> None:
    scene.fill(review, given={"A-01": RawAnswer(value="40"), "A-02": RawAnswer(records=({"year": "2030"},))})

    opened = scene.opened(review)
    assert opened.missing == ("A-01", "A-02")
    document = opened.questionnaire
    assert needed_words(document, document.items["A-01"], opened.answers["A-01"]) == "Still needed: Reference year."
    assert needed_words(document, document.items["A-02"], opened.answers["A-02"]) == "Still needed: Area."
    with pytest.raises(NotReady, match="blank or incomplete: A-01, A-02") as refusal:
        scene.hand_over(review)
    assert refusal.value.title == "This is not possible yet"


def test_fields_typed_before_the_figure_are_kept_and_go_when_the_answer_is_cleared(scene: Scene, review: UUID) -> None:
    person = scene.person(Role.CONTRIBUTOR)
    scene.save(person, review, "A-01", RawAnswer("blank", records=({"year": "2025"},)))
    assert scene.opened(review).answers["A-01"] == Answer(AnswerState.BLANK, details=(record(year=2025),))
    assert "A-01" in scene.opened(review).missing

    scene.save(person, review, "A-01", RawAnswer("blank"), seen=1)
    assert scene.opened(review).answers.get("A-01", BLANK) == BLANK


def test_a_field_that_does_not_fit_is_refused_and_the_stored_answer_stays(scene: Scene, review: UUID) -> None:
    person = scene.person(Role.CONTRIBUTOR)
    scene.save(person, review, "A-01", ALL["A-01"])

    with pytest.raises(Invalid) as refusal:
        scene.save(person, review, "A-01", RawAnswer(value="41", records=({"year": "soon"},)), seen=1)

    assert [problem.field for problem in refusal.value.problems] == ["record.1.year"]
    assert scene.opened(review).answers["A-01"].value == 40.0


def test_fields_are_signed_with_their_answer(scene: Scene, review: UUID) -> None:
    scene.fill(review, given=ALL)
    scene.hand_over(review)
    scene.sign(review)

    person = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        frozen = sign_off.get_submission(session, person, review, 1)
    assert frozen.answers == scene.opened(review).answers
    assert frozen.answers["A-01"].details == (record(year=2025, source="Survey"),)


def test_a_result_without_attribution_is_reported_and_not_scored(scene: Scene, review: UUID) -> None:
    scene.fill(review, given=ALL)
    scene.hand_over(review)
    scene.sign(review)

    person = scene.person(Role.CONTRIBUTOR)
    with scene.database.read() as session:
        sheet = scores.get_results(session, person, review, 1).sheets[Series.SELF]
    assert sheet.items["IM-01"].score == 80
    assert sheet.items["IM-02"].reason is Reason.NOT_COUNTED
    assert sheet.nodes["IM"].coverage == 0.5
    with scene.database.read() as session:
        points = get_certainty(session, person, review, 1).open_points
    assert (points.missing, points.not_counted) == ((), ("IM-02",))


def test_fields_are_imported_from_a_column_of_their_own(scene: Scene) -> None:
    scene.publish(SOURCE)
    cell = '"[{""year"": 2025, ""source"": ""Survey""}]"'
    raw = f"economy,item,state,value,comment,evidence_url,records\nNZL,A-01,answered,40,,,{cell}\n".encode()

    with scene.database.write() as session:
        done = import_answers(session, COMMAND_LINE, CODE, VERSION, CYCLE, raw, submit=True)

    assert scene.opened(done.reviews["NZL"]).answers["A-01"].details == (record(year=2025, source="Survey"),)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("not json", "not_records"),
        ("[1]", "not_records"),
        ('"{""year"": 2025}"', "not_records"),
        ("1e999", "not_records"),
        ("[NaN]", "not_records"),
        ("[" * 100_000, "not_records"),
        ('"[{""year"": 2025, ""year"": 2026}]"', "not_records"),
        ('"[{""colour"": 1}]"', "unknown_field"),
    ],
    ids=["words", "numbers", "object", "infinity", "nan", "deep", "field twice", "unknown field"],
)
def test_a_cell_that_is_no_list_of_fields_is_refused_with_its_row(scene: Scene, cell: str, code: str) -> None:
    scene.publish(SOURCE)
    raw = f"economy,item,state,value,comment,evidence_url,records\nNZL,A-01,answered,40,,,{cell}\n".encode()

    with scene.database.write() as session, pytest.raises(Invalid) as refusal:
        import_answers(session, COMMAND_LINE, CODE, VERSION, CYCLE, raw, submit=False)

    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [("row 2", code)]


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ('A-01,answered,40,"[{""year"": ""soon""}]"', "not_a_whole_number", "NZL A-01: group 1, year: Write a year"),
        ('A-02,answered,,"[{""area"": ""Skills""}, {""year"": 2001}]"', "out_of_range", "NZL A-02: group 2, year: Write at"),
        ('A-02,answered,Skills,"[{""area"": ""Skills""}]"', "unknown_field", "NZL A-02: This question has no single answer."),
    ],
)
def test_a_fault_of_fields_is_said_with_its_group(scene: Scene, line: str, code: str, says: str) -> None:
    scene.publish(SOURCE)
    raw = f"economy,item,state,value,records\nNZL,{line}\n".encode()

    with scene.database.write() as session, pytest.raises(Invalid) as refusal:
        import_answers(session, COMMAND_LINE, CODE, VERSION, CYCLE, raw, submit=False)

    (problem,) = refusal.value.problems
    assert (problem.field, problem.code) == ("row 2", code)
    assert problem.message.startswith(says)
