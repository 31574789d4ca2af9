"""What happens while something else is under way: a person is disabled, a day ends, evidence goes, results are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from app.accounts import service as accounts
from app.config import Settings
from app.domain.reading import RawAnswer
from app.economies import cycles
from app.evidence.service import Described
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import NotFound
from app.main import create_app
from app.reviews import attaching
from app.reviews.answering import AnswersLocked, Entry
from app.scores import service as scores
from tests.abuse.racing import acts_of, as_stored, prepared, race
from tests.scenarios import CODE, CYCLE, Client, Scene
from tests.two_actors import Act, Outcome, Stage

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
LAST_DAY = "2027-06-30"
A_MONTH = timedelta(days=30)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


@pytest.mark.abuse("R8")
@pytest.mark.timeout(120)
def test_a_save_of_somebody_who_is_disabled_meanwhile_is_whole_or_refused(scene: Scene, database_settings: Settings) -> None:
    """A whole request against the act of disabling: from the moment the request has learned who asks, it goes on."""
    app = create_app(database_settings, scene.database)
    answered: dict[UUID, list[int]] = {}
    browsers: dict[UUID, Client] = {}

    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        by = scene.person(Role.CONTRIBUTOR, economy)
        browser = browsers[review] = Client(app).sign_in(scene.email(by))

        def save() -> None:
            sent = {"state": "answered", "value": 5, "seen": 0}
            answered[review] = [browser.put(f"/api/v1/reviews/{review}/answers/A1", json=sent).status_code]

        return {"A": save, "B": lambda: disable(scene, by)}

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert outcomes["B"].refused is None
        kept = scene.rows("SELECT version FROM answer WHERE review_id = :r", r=as_stored(scene, review))
        assert (answered[review], kept) in [([200], [(1,)]), ([401], [])]
        assert acts_of(scene, review, "reviews.answered") == len(kept)
        again = browsers[review].put(f"/api/v1/reviews/{review}/answers/A1", json={"state": "answered", "value": 4, "seen": 1})
        assert again.status_code == 401

    race(scene, "empty", acts, check, reads_first=True)
    assert {status for statuses in answered.values() for status in statuses} == {200, 401}, "both orders were met"


def disable(scene: Scene, who: Actor) -> None:
    assert who.user_id is not None
    with scene.database.write() as session:
        accounts.disable_user(session, COMMAND_LINE, who.user_id)


@pytest.mark.abuse("R10")
@pytest.mark.timeout(60)
def test_a_save_that_waited_past_the_end_of_the_last_day_is_refused(database: Database) -> None:
    """It began in time, but a colleague held the review until the day was over: the clock is read once its turn has come."""
    with time_machine.travel(NOON) as time:
        scene = Scene(database).ready()
        with database.write() as session:
            cycles.change_closing_day(session, COMMAND_LINE, CODE, CYCLE, closes_on=LAST_DAY, reason="The paper is due.")
        review = prepared(scene, "NZL", "empty")
        by, colleague = scene.person(Role.CONTRIBUTOR, "NZL"), scene.person(Role.COORDINATOR, "NZL")

        def held_past_the_day() -> None:
            with database.write() as session:
                attaching.add_link(session, colleague, review, "A1", Described("The act"), "https://example.org/act")
                time.shift(A_MONTH)

        acts: dict[str, Act] = {"A": held_past_the_day, "B": lambda: scene.save(by, review, "A1", "5")}
        outcomes = Stage(database).play(acts, "A" * 3 + "B" * 20)

        assert outcomes["A"] == Outcome(steps=outcomes["A"].steps)
        assert isinstance(outcomes["B"].refused, AnswersLocked)
        assert scene.rows("SELECT 1 FROM answer") == []
        assert acts_of(scene, review, "reviews.answered") == 0
        assert acts_of(scene, review, "reviews.evidence_attached") == 1
        assert clock.now() > NOON + A_MONTH - timedelta(days=1)


@pytest.mark.abuse("R14")
@pytest.mark.timeout(120)
def test_attaching_evidence_and_taking_an_answer_back_are_both_done_in_either_order(scene: Scene) -> None:
    """They are two things: the piece stays beside a question that is blank again, and nobody's act is lost."""

    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        by = scene.person(Role.CONTRIBUTOR, economy)
        return {
            "A": lambda: link(scene, by, review),
            "B": lambda: scene.save(by, review, "A2", RawAnswer("blank"), seen=1),
        }

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert [outcome.refused for outcome in outcomes.values()] == [None, None]
        assert scene.rows("SELECT state FROM answer WHERE review_id = :r AND item = 'A2'", r=as_stored(scene, review)) == [
            ("blank",)
        ]
        assert attached(scene, review) == ["A2"]

    race(scene, "full", acts, check)


@pytest.mark.abuse("R14")
@pytest.mark.timeout(120)
def test_a_piece_that_is_removed_is_attached_to_nothing_whoever_was_first(scene: Scene) -> None:
    pieces: dict[UUID, UUID] = {}

    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        by = scene.person(Role.CONTRIBUTOR, economy)
        piece = pieces[review] = link(scene, by, review)

        def attach() -> None:
            with scene.database.write() as session:
                attaching.choose(session, by, review, "A1", shown=[], ticked=[piece])

        def remove() -> None:
            with scene.database.write() as session:
                attaching.remove(session, by, review, piece)

        return {"A": attach, "B": remove}

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert outcomes["B"].refused is None
        assert isinstance(outcomes["A"].refused, NotFound | None)
        assert attached(scene, review) == []

    race(scene, "full", acts, check)


def link(scene: Scene, by: Actor, review: UUID) -> UUID:
    with scene.database.write() as session:
        return attaching.add_link(session, by, review, "A2", Described("The act"), "https://example.org/act")


def attached(scene: Scene, review: UUID) -> list[object]:
    found = scene.rows(
        "SELECT item FROM answer_evidence WHERE review_id = :r AND removed_at IS NULL ORDER BY item", r=as_stored(scene, review)
    )
    return [item for (item,) in found]


@pytest.mark.abuse("R11")
@pytest.mark.timeout(120)
def test_who_reads_a_review_while_a_section_is_saved_sees_all_of_it_or_none(scene: Scene) -> None:
    seen: dict[UUID, list[int]] = {}

    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        by = scene.person(Role.CONTRIBUTOR, economy)
        changed = {"A1": Entry(RawAnswer(value="5"), 1), "A2": Entry(RawAnswer(value="no"), 1)}

        def read() -> None:
            saved = scene.opened(review, by).saved
            seen[review] = [saved[item].version for item in changed]

        return {"A": read, "B": lambda: scene.save_section(by, review, "A", changed)}

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert [outcome.refused for outcome in outcomes.values()] == [None, None]
        assert seen[review] in ([1, 1], [2, 2])

    race(scene, "full", acts, check, reads_first=True)
    assert [2, 2] in seen.values()
    assert [1, 1] in seen.values()


@pytest.mark.abuse("R11")
@pytest.mark.timeout(120)
def test_results_that_are_read_while_the_next_revision_is_signed_are_of_one_revision(scene: Scene) -> None:
    """Of the first they stay as they were; of the second there is everything or nothing yet."""
    found: dict[UUID, list[Mapping[str, object]]] = {}

    def acts(scene: Scene, review: UUID, economy: str) -> dict[str, Act]:
        scene.sign(review, economy)
        scene.reopen(review, economy)
        by = scene.person(Role.CONTRIBUTOR, economy)
        scene.save(by, review, "A1", "1", seen=1)
        scene.hand_over(review, economy)
        found[review] = [results(scene, by, review, 1)]

        def read() -> None:
            for revision in (1, 2):
                found[review].append(results(scene, by, review, revision))

        return {"A": read, "B": lambda: scene.sign(review, economy)}

    def check(review: UUID, outcomes: dict[str, Outcome]) -> None:
        assert outcomes["B"].refused is None
        before, first, *second = found[review]
        assert first == before
        assert isinstance(outcomes["A"].refused, NotFound) is (second == [])
        assert all(each.keys() == before.keys() and each != before for each in second)

    race(scene, "waiting", acts, check, reads_first=True)
    assert {len(each) for each in found.values()} == {2, 3}, "read before it was signed, and after"


def results(scene: Scene, by: Actor, review: UUID, revision: int) -> Mapping[str, object]:
    with scene.database.read() as session:
        read = scores.get_results(session, by, review, revision)
    return {series.value: sheet for series, sheet in read.sheets.items()}
