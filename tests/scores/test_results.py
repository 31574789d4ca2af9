"""Scores come into being with the submission, are stored as they were computed, and open down to their inputs."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import score_all
from app.kit.actor import Role
from app.kit.errors import NotFound
from app.reviews import sign_off
from app.scores import service
from app.scores.service import Results
from tests.scenarios import CODE, COMPLETE, CYCLE, VERSION, Scene, answers_csv, statements


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().submitted()


def results(scene: Scene, review: UUID, revision: int = 1) -> Results:
    with scene.database.read() as session:
        return service.get_results(session, scene.person(Role.CONTRIBUTOR), review, revision)


def test_a_submission_has_a_sheet_in_every_stored_series(scene: Scene, review: UUID) -> None:
    found = results(scene, review)

    assert set(found.sheets) == set(service.STORED_SERIES)
    own = found.sheets[Series.SELF].nodes
    assert own["A"].score == pytest.approx((75 + 100 + 100 / 3) / 3)
    assert own["B"].score == pytest.approx((100 + 25 + 100) / 3)
    assert own["ALL"].score == pytest.approx(((75 + 100 + 100 / 3) / 3 + 75) / 2)
    assert own["ALL"].band == "leading"


def test_what_no_evidence_supports_counts_less_in_the_supported_series(scene: Scene) -> None:
    given = {**COMPLETE, "A2": RawAnswer(value="yes")}
    review = scene.ready().submitted(given=given)

    sheets = results(scene, review).sheets

    own, supported = (sheets[series].nodes["A"].score for series in service.STORED_SERIES)
    assert own is not None
    assert supported is not None
    assert supported < own


def test_the_stored_sheet_is_what_is_computed_again(scene: Scene, review: UUID) -> None:
    """To the last bit: page, API and file print the same number."""
    found = results(scene, review)

    for series, sheet in found.sheets.items():
        assert score_all(found.review.questionnaire, [found.review.answers], series) == [sheet]
        assert sheet.content_hash == found.review.questionnaire.content_hash


def test_scoring_again_replaces_the_sheet_and_changes_nothing(scene: Scene, review: UUID) -> None:
    before = results(scene, review).sheets
    with scene.database.write() as session:
        frozen = sign_off.get_submission(session, scene.person(Role.CONTRIBUTOR), review, 1)
        service.store(session, [frozen])

    assert results(scene, review).sheets == before
    assert scene.count("score_sheet") == 2


def test_each_revision_keeps_its_own_scores(scene: Scene, review: UUID) -> None:
    first = results(scene, review).sheets
    scene.reopen(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "1", seen=1)
    scene.hand_over(review)
    scene.sign(review)

    assert results(scene, review).sheets == first
    assert results(scene, review, 2).sheets[Series.SELF].nodes["A"].score != first[Series.SELF].nodes["A"].score


@pytest.mark.abuse("T1")
def test_nobody_else_sees_the_results(scene: Scene, review: UUID) -> None:
    """T1: a foreign revision, an unknown one and a random review look alike to a stranger."""
    words = set()
    with scene.database.read() as session:
        for stranger in (scene.person(Role.APPROVER, "PER"), scene.person(Role.ADMINISTRATOR), scene.person(Role.ANALYST)):
            for wanted in (review, uuid4()):
                with pytest.raises(NotFound) as refused:
                    service.get_results(session, stranger, wanted, 1)
                words.add(refused.value.detail)

    assert len(words) == 1


def test_a_draft_has_no_results(scene: Scene) -> None:
    """No score while answering."""
    review = scene.ready().start()
    scene.fill(review)

    with pytest.raises(NotFound):
        results(scene, review)
    assert scene.count("score_sheet") == 0


def test_a_score_opens_down_to_a_sum_that_a_reader_can_redo(scene: Scene, review: UUID) -> None:
    found = results(scene, review)

    explained = service.explain_node(found, "A")

    assert [term.code for term in explained.terms] == ["A1", "A2", "A3"]
    assert sum(term.contribution or 0 for term in explained.terms) == pytest.approx(found.sheets[Series.SELF].nodes["A"].score)


@pytest.mark.parametrize("node", ["", "Z", "A1", "a"])
def test_an_unknown_node_is_not_found(scene: Scene, review: UUID, node: str) -> None:
    with pytest.raises(NotFound):
        service.explain_node(results(scene, review), node)


def test_a_cycle_is_scored_from_submissions_and_from_drafts(scene: Scene) -> None:
    """For the command line: the last signed answers where there are any, else the answers so far."""
    scene.ready()
    scene.submitted_many(("AUS",), [5])
    scene.import_(answers_csv(("CHL",), [1]), submit=False)

    with scene.database.read() as session:
        lines = service.score_cycle(session, CODE, VERSION, CYCLE, Series.SELF)
        with pytest.raises(NotFound):
            service.score_cycle(session, CODE, "2026.2", CYCLE, Series.SELF)

    assert [(line.economy, line.node) for line in lines] == [(e, n) for e in ("AUS", "CHL") for n in ("ALL", "A", "B")]
    scores = {(line.economy, line.node): line.score for line in lines}
    assert scores["AUS", "A"] == pytest.approx(50)
    assert scores["CHL", "A"] == pytest.approx(0)


def test_a_reopened_review_keeps_its_signed_score_until_it_is_signed_again(scene: Scene, review: UUID) -> None:
    scene.reopen(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "1", seen=1)

    with scene.database.read() as session:
        (line,) = (line for line in service.score_cycle(session, CODE, VERSION, CYCLE, Series.SELF) if line.node == "A")

    assert line.score == results(scene, review).sheets[Series.SELF].nodes["A"].score


def test_an_unknown_cycle_is_not_scored(scene: Scene) -> None:
    scene.publish()

    with pytest.raises(NotFound), scene.database.read() as session:
        service.score_cycle(session, CODE, VERSION, "2099", Series.SELF)


def test_scoring_a_cycle_takes_as_many_statements_for_five_as_for_one(scene: Scene) -> None:
    scene.ready()
    scene.submitted_many(("AUS",))
    with scene.database.read() as session, statements(scene.database) as for_one:
        service.score_cycle(session, CODE, VERSION, CYCLE, Series.SELF)
    scene.submitted_many(("BRN", "CAN"))
    scene.import_(answers_csv(("CHL", "CHN")), submit=False)

    with scene.database.read() as session, statements(scene.database) as for_five:
        service.score_cycle(session, CODE, VERSION, CYCLE, Series.SELF)

    assert len(for_five) == len(for_one) <= 7


def test_reading_results_takes_few_statements(scene: Scene, review: UUID) -> None:
    results(scene, review)

    with statements(scene.database) as sent:
        results(scene, review)

    assert len(sent) <= 4
