"""After the last day of a cycle a review is as if the cycle had been closed; until then its pages say the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from app.config import Settings
from app.domain.reading import RawAnswer, raw_of
from app.economies import cycles
from app.economies import service as economies
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict
from app.main import create_app
from app.reviews import answering, sign_off
from app.reviews.answering import AnswersLocked, Entry
from app.reviews.moving.read_words import read_words
from tests.databases import only_sqlite
from tests.scenarios import CODE, CYCLE, Client, Scene

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
OVER = datetime(2027, 7, 1, 12, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
Clock = time_machine.Traveller
As = Callable[..., Client]


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(NOON, tick=False) as stopped:
        yield stopped


@pytest.fixture
def review(clock: Clock, scene: Scene) -> UUID:
    """Fill a review in, in a cycle that ends on 30 June."""
    scene.publish()
    with scene.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, CODE, CYCLE, closes_on="2027-06-30")
    started = scene.start()
    scene.fill(started)
    return started


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    """Open the program as somebody of our economy."""
    app = create_app(settings, database)
    return lambda role: Client(app).sign_in(scene.email(scene.person(role)))


def extend(scene: Scene) -> None:
    with scene.database.write() as session:
        cycles.change_closing_day(session, COMMAND_LINE, CODE, CYCLE, closes_on="2027-07-31", reason="More time.")


def test_an_answer_is_saved_in_the_last_minute_anywhere_on_earth(scene: Scene, review: UUID, clock: Clock) -> None:
    clock.move_to(OVER - A_MINUTE)

    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1)

    assert scene.opened(review).answers["A1"].value == 5


def test_after_the_day_nothing_is_started_saved_handed_over_or_signed(scene: Scene, review: UUID, clock: Clock) -> None:
    waiting = scene.start("CHL")
    scene.fill(waiting, "CHL")
    scene.hand_over(waiting, "CHL")
    clock.move_to(OVER)

    with pytest.raises(Conflict, match="is closed; no review can be started"):
        scene.start("PER")
    with pytest.raises(Conflict, match="This cycle is closed, so its answers can no longer be changed"):
        scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1)
    with pytest.raises(Conflict, match="This cycle is closed"):
        scene.hand_over(review)
    with pytest.raises(Conflict, match="This cycle is closed, so its reviews can no longer be signed off"):
        scene.sign(waiting, "CHL")

    assert not scene.opened(review).is_editable
    assert scene.count("submission") == 0


def test_after_the_day_nothing_is_reopened(scene: Scene, review: UUID, clock: Clock) -> None:
    scene.hand_over(review)
    scene.sign(review)
    clock.move_to(OVER)

    with pytest.raises(Conflict, match="This cycle is closed"):
        scene.reopen(review)


def test_an_extension_opens_everything_again(scene: Scene, review: UUID, clock: Clock) -> None:
    clock.move_to(OVER)

    extend(scene)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1)
    scene.hand_over(review)
    scene.sign(review)

    assert scene.opened(review).is_signed


def test_a_cycle_that_is_opened_again_after_it_was_closed_by_mistake_lost_nothing(scene: Scene, review: UUID) -> None:
    before = scene.opened(review)
    scene.close_cycle()
    with scene.database.write() as session:
        cycles.reopen(session, COMMAND_LINE, CODE, CYCLE, closes_on="2027-06-30", reason="Closed by mistake.")

    assert scene.opened(review) == before


@only_sqlite
def test_officials_read_the_day_where_they_work(scene: Scene, review: UUID, as_: As) -> None:
    official = as_(Role.CONTRIBUTOR)

    pages = [official.get(path).text for path in ("/reviews", f"/reviews/{review}", f"/reviews/{review}/check")]
    section = official.get(f"/reviews/{review}/sections/A").text

    assert [page.count("Answers can be changed until 30 Jun 2027.") for page in [*pages, section]] == [1, 1, 1, 1]


@only_sqlite
def test_what_waits_for_a_signature_says_until_when_it_can_be_signed(scene: Scene, review: UUID, as_: As) -> None:
    scene.hand_over(review)

    page = as_(Role.APPROVER).get(f"/reviews/{review}").text

    assert "It can be signed off until 30 Jun 2027." in page
    assert "Answers can be changed until" not in page


@only_sqlite
def test_a_review_that_could_be_started_says_the_day(scene: Scene, review: UUID, as_: As) -> None:
    with scene.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, CODE, "2028", closes_on="2028-02-29")

    assert "Answers can be changed until 29 Feb 2028." in as_(Role.COORDINATOR).get("/reviews").text


@only_sqlite
def test_after_the_day_no_page_promises_anything(scene: Scene, review: UUID, as_: As, clock: Clock) -> None:
    clock.move_to(OVER)
    official = as_(Role.CONTRIBUTOR)

    pages = [official.get(path).text for path in ("/reviews", f"/reviews/{review}", f"/reviews/{review}/sections/A")]
    refused = official.submit(f"/reviews/{review}/sections/A", **{"A1.value": "5", "A1.seen": "1"})

    assert [page for page in pages if "30 Jun 2027" in page] == []
    assert "This cycle is closed; the answers can be read but not changed." in pages[1]
    assert refused.status_code == 409
    assert "This cycle is closed, so its answers can no longer be changed." in refused.text


def test_what_was_typed_when_the_cycle_ended_is_named_and_nothing_else(scene: Scene, review: UUID, clock: Clock) -> None:
    clock.move_to(OVER)
    opened = scene.opened(review)
    stored = raw_of(opened.saved["A1"].answer)
    sent = {"A1": Entry(stored, 1), "A2": Entry(RawAnswer(value="no"), 1), "A4": Entry(RawAnswer(value="Half a sentence"), 1)}

    with pytest.raises(AnswersLocked):
        scene.save_section(scene.person(Role.CONTRIBUTOR), review, "A", sent)
    with scene.database.read() as session:
        lost = answering.not_saved(session, opened, read_words(session, opened, ""), sent)

    assert [each.item for each in lost] == ["A2", "A4"]


@only_sqlite
@pytest.mark.parametrize("end", ["closed", "handed over"])
def test_a_page_that_was_open_when_the_answers_were_locked_gives_back_what_was_typed(
    scene: Scene, review: UUID, as_: As, end: str
) -> None:
    official, here = as_(Role.CONTRIBUTOR), f"/reviews/{review}/sections/A"
    if end == "closed":
        scene.close_cycle()
    else:
        scene.hand_over(review)

    refused = official.submit(here, **{"A4.value": "We meet <weekly>.", "A4.seen": "1"})
    page = refused.text

    assert refused.status_code == 409
    assert "Your answers were locked while you worked" in page
    assert "We meet &lt;weekly&gt;." in page
    assert 'id="outdated-A4"' in page
    assert "These answers are locked." in page
    assert "Ministries meet, monthly." in page
    assert 'name="A4.value"' not in page
    assert scene.opened(review).saved["A4"].answer.value == "Ministries meet, monthly."


@only_sqlite
def test_a_page_that_was_sent_untouched_when_the_answers_were_locked_says_that_nothing_is_lost(
    scene: Scene, review: UUID, as_: As
) -> None:
    scene.close_cycle()

    refused = as_(Role.CONTRIBUTOR).submit(
        f"/reviews/{review}/sections/A", **{"A4.value": "Ministries meet, monthly.", "A4.seen": "1"}
    )

    assert refused.status_code == 409
    assert "Nothing that you typed is lost" in refused.text
    assert "You typed:" not in refused.text


@only_sqlite
def test_a_signed_review_needs_no_day(scene: Scene, review: UUID, as_: As) -> None:
    scene.hand_over(review)
    scene.sign(review)

    with scene.database.read() as session:
        assert len(sign_off.list_submissions(session, scene.person(Role.APPROVER), review)) == 1
    assert "30 Jun 2027" not in as_(Role.APPROVER).get(f"/reviews/{review}").text
