"""Two acts at once, in every order that one stop of either makes: one wins, the other learns of it, nothing is between."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.economies import cycles
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.reviews import sign_off
from app.reviews.answering import AnswerChanged, AnswersLocked
from tests.abuse.racing import Acts, acts_of, as_stored, race
from tests.scenarios import CODE, CYCLE, Scene
from tests.two_actors import Act, Outcome


def two_save(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
    by = scene.person(Role.CONTRIBUTOR, economy)
    return {"A": lambda: scene.save(by, review, "A1", "3"), "B": lambda: scene.save(by, review, "A1", "5")}


def two_hand_over(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
    return dict.fromkeys("AB", lambda: scene.hand_over(review, economy))


def two_sign(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
    return dict.fromkeys("AB", signing(scene, review, economy))


def signing_and_sending_back(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
    return {"A": signing(scene, review, economy), "B": lambda: send_back(scene, review, economy)}


def signing(scene: Scene, review: UUID, economy: str) -> Act:
    read = scene.read(review, economy)

    def sign() -> None:
        with scene.database.write() as session:
            sign_off.submit(session, scene.person(Role.APPROVER, economy), review, attests=True, read=read)

    return sign


def send_back(scene: Scene, review: UUID, economy: str) -> None:
    with scene.database.write() as session:
        sign_off.take_back(session, scene.person(Role.APPROVER, economy), review, "The law is not in force yet.")


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


@pytest.mark.abuse("R1")
@pytest.mark.timeout(120)
def test_of_two_saves_from_one_version_one_is_kept_and_one_is_told(scene: Scene) -> None:
    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        told = [outcome.refused for outcome in outcomes.values() if outcome.refused]
        assert [type(refusal) for refusal in told] == [AnswerChanged]
        kept = scene.rows("SELECT version FROM answer WHERE review_id = :r", r=as_stored(scene, review))
        assert kept == [(1,)]
        assert acts_of(scene, review, "reviews.answered") == 1

    race(scene, "empty", two_save, check)


@pytest.mark.abuse("R2")
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("stage", "acts", "action"),
    [("full", two_hand_over, "reviews.sign_off_asked"), ("waiting", two_sign, "reviews.submitted")],
    ids=["hand over", "sign"],
)
def test_what_is_sent_twice_at_once_moves_a_review_once(scene: Scene, stage: str, acts: Acts, action: str) -> None:
    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert sorted(outcome.refused.status if outcome.refused else 200 for outcome in outcomes.values()) == [200, 409]
        assert acts_of(scene, review, action) == 1

    race(scene, stage, acts, check)


@pytest.mark.abuse("R7")
@pytest.mark.timeout(120)
def test_of_signing_and_sending_back_one_wins(scene: Scene) -> None:
    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert sorted(outcome.refused.status if outcome.refused else 200 for outcome in outcomes.values()) == [200, 409]
        is_signed = outcomes["A"].refused is None
        assert acts_of(scene, review, "reviews.submitted") == int(is_signed)
        assert acts_of(scene, review, "reviews.sent_back") == int(not is_signed)

    race(scene, "waiting", signing_and_sending_back, check)


@pytest.mark.abuse("R6")
@pytest.mark.timeout(120)
def test_a_save_is_in_what_is_signed_or_it_is_refused(scene: Scene) -> None:
    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        def hand_over_and_sign() -> None:
            scene.hand_over(review, economy)
            scene.sign(review, economy)

        by = scene.person(Role.CONTRIBUTOR, economy)
        return {"A": lambda: scene.save(by, review, "A1", "5", seen=1), "B": hand_over_and_sign}

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert outcomes["B"].refused is None
        refused = outcomes["A"].refused
        assert refused is None or isinstance(refused, AnswersLocked)
        (row,) = scene.rows("SELECT answers FROM submission WHERE review_id = :r", r=as_stored(scene, review))
        assert ('"value":5' in str(row[0]).replace(" ", "")) is (refused is None)

    race(scene, "full", acts, check)


@pytest.mark.abuse("R10")
@pytest.mark.timeout(120)
def test_a_save_beside_the_end_of_the_cycle_is_kept_whole_or_refused(scene: Scene) -> None:
    """Who closes the cycle and who saves see one order: what was answered "saved" is there, what was refused is not."""

    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        by = scene.person(Role.CONTRIBUTOR, economy)
        return {"A": lambda: scene.save(by, review, "A1", "5"), "B": scene.close_cycle}

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert outcomes["B"].refused is None
        assert acts_of(scene, review, "reviews.answered") == int(outcomes["A"].refused is None)
        with scene.database.write() as session:
            cycles.reopen(session, COMMAND_LINE, CODE, CYCLE, closes_on="", reason="It was closed too early, by mistake.")

    race(scene, "empty", acts, check)
