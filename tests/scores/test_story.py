"""The page of results tells what an economy needs to go on: stable bands, what is missing, its own targets, its next steps."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from app.config import Settings
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.main import create_app
from app.questionnaires import service as questionnaires
from app.reviews import answering
from app.reviews import service as reviews
from app.reviews.answering import Entry
from app.scores import service
from app.scores.pages import story
from app.scores.priorities import next_steps, own_of
from app.scores.service import Results
from tests import builders as make
from tests.databases import only_sqlite
from tests.scenarios import COMPLETE, Client, Scene

AREAS = (
    {"area": "A law", "about": "A-02", "level": "5", "by": "2030"},
    {"area": "Training", "about": "B-01", "target": "25% of staff"},
)


def signed_with(scene: Scene, areas: tuple[dict[str, str], ...], **levels: str) -> UUID:
    """Sign our economy's review of the small questionnaire that asks for targets."""
    document = make.small("own_targets")
    with scene.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, document)
        economies.open_cycle(session, COMMAND_LINE, document.code, "2026")
    person = scene.person(Role.CONTRIBUTOR)
    with scene.database.write() as session:
        review = reviews.start_review(session, scene.person(Role.COORDINATOR), document.code, document.version, "2026")
        given = {"EC-01": RawAnswer(value="early"), "B-01": RawAnswer(value="10")} | {
            code.replace("_", "-"): RawAnswer(value=level) for code, level in levels.items()
        }
        if areas:
            given["EC-02"] = RawAnswer(records=areas)
        for code, raw in given.items():
            answering.save_answer(session, person, review, code, Entry(raw, 0))
    scene.hand_over(review)
    scene.sign(review)
    return review


def results_of(scene: Scene, review: UUID) -> Results:
    with scene.database.read() as session:
        return service.get_results(session, scene.person(Role.CONTRIBUTOR), review, 1)


def test_own_targets_say_how_far_it_still_is(scene: Scene) -> None:
    review = signed_with(scene, AREAS, A_01="2", A_02="3")

    found = story.course(results_of(scene, review), review)

    assert found.has_levels
    assert [(target.area, target.now, target.target, target.year) for target in found.targets] == [
        ("A law", "Level 3", "Level 5", "2030"),
        ("Training", "10 %", "25% of staff", ""),
    ]
    assert found.targets[0].distance == "2 levels to go, 50.0 points of the question"
    assert found.targets[1].distance.startswith("To be judged by you")
    assert own_of(results_of(scene, review)) == {"A-02": 100.0}


@pytest.mark.parametrize(("level", "words"), [("5", "Reached"), ("", "Not known: the question has no answer")])
def test_a_target_is_reached_or_not_known(scene: Scene, level: str, words: str) -> None:
    levels = {"A_02": level} if level else {}
    review = signed_with(scene, AREAS, A_01="2", **levels)

    assert story.course(results_of(scene, review), review).targets[0].distance == words


def test_an_economy_without_targets_is_led_to_where_they_are_set(scene: Scene) -> None:
    review = signed_with(scene, (), A_01="2", A_02="3")

    found = story.course(results_of(scene, review), review)

    assert (found.targets, found.asked_in) == ([], f"/reviews/{review}/sections/EC#EC-02")
    assert found.stage == "Early days"


def test_the_next_step_is_one_level_up_where_it_brings_most(scene: Scene) -> None:
    """A-02 counts three quarters of A, so one level up brings 18.75 points; A-01 would bring 6.25. B has no levels."""
    review = signed_with(scene, AREAS, A_01="2", A_02="3")

    steps = next_steps(results_of(scene, review))

    assert [(node.code, gap.code, gap.target, gap.gain) for node, gap in steps] == [("A", "A-02", 75, 18.75)]


def test_at_the_highest_level_there_is_no_next_step(scene: Scene) -> None:
    review = signed_with(scene, AREAS, A_01="5", A_02="5")

    assert next_steps(results_of(scene, review)) == []


def test_a_band_is_said_to_be_stable_or_not_settled(scene: Scene) -> None:
    review = scene.ready().submitted()

    found = story.stability_words(results_of(scene, review))

    assert set(found) == {"ALL", "A", "B"}
    assert all(words.startswith(("Stable: ", "Not settled: ")) for words in found.values())


def test_what_is_missing_is_counted_by_section_and_named(scene: Scene) -> None:
    given = {**COMPLETE, "B3": RawAnswer("declined")}
    del given["A4"]
    review = scene.ready().submitted("NZL", given)

    found = story.missing(results_of(scene, review), review)

    assert [row[:3] for row in found.rows] == [["A Rules", 4, 3], ["B Means", 3, 2]]
    assert [(question.href, reason) for question, reason in found.questions] == [
        (f"/reviews/{review}/sections/A#A4", "No answer yet"),
        (f"/reviews/{review}/sections/B#B3", "Prefer not to answer"),
    ]


@pytest.fixture
def reading(database: Database, settings: Settings, scene: Scene) -> Callable[[str], str]:
    """Read a page as a contributor of our economy."""
    scene.person(Role.CONTRIBUTOR)
    app = create_app(settings, database)

    def read(path: str) -> str:
        answer = Client(app).sign_in(scene.email(scene.person(Role.CONTRIBUTOR))).get(path)
        assert answer.status_code == 200
        return answer.text

    return read


@only_sqlite
def test_the_page_tells_the_story_in_its_order(scene: Scene, reading: Callable[[str], str]) -> None:
    review = signed_with(scene, AREAS, A_01="2", A_02="3")

    page = reading(f"/reviews/{review}/revisions/1/results")

    places = [page.index(f'id="{name}"') for name in ("profile", "missing", "scores", "gaps", "steps", "change", "peers")]
    assert places == sorted(places)
    for words in ("Own targets and what is left", "2 levels to go", "Early days", "It is applied.", "Named as a priority area"):
        assert words in page, words
    assert f'href="/reviews/{review}/revisions/1/results/priorities?band=own"' in page
    assert f'href="/reviews/{review}/revisions/1/peers"' in page


@only_sqlite
def test_priorities_can_be_asked_for_by_own_targets(scene: Scene, reading: Callable[[str], str]) -> None:
    review = signed_with(scene, AREAS, A_01="2", A_02="3")

    page = reading(f"/reviews/{review}/revisions/1/results/priorities?band=own")

    assert "Gaps to our own targets, the highest priority first" in page
    assert "Our own target (1 question)" in page
    assert "A-02" in page
    assert "urgency.A-01" not in page


@only_sqlite
def test_own_targets_that_were_not_set_are_no_target(scene: Scene, database: Database, settings: Settings) -> None:
    review = signed_with(scene, (), A_01="2", A_02="3")
    reader = Client(create_app(settings, database)).sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))

    page = reader.get(f"/reviews/{review}/revisions/1/results/priorities?target=own")
    refused = reader.get(f"/api/v1/reviews/{review}/revisions/1/priorities?target=own")

    assert page.status_code == refused.status_code == 422
    assert "These answers set no target level" in page.text
    assert [problem["code"] for problem in refused.json()["problems"]] == ["no_own_targets"]
