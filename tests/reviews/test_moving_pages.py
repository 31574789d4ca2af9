"""The pages on which a coordinator moves a review: they show everything first, ask once, and lead back."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from app.config import Settings
from app.domain.questionnaire.moving import Wishes
from app.evidence.service import Described
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from app.reviews import attaching
from app.teamwork import assignments, threads
from app.teamwork.assignments import HandOver
from app.teamwork.state import Place
from tests.databases import only_sqlite
from tests.reviews.test_moving import A4, LATER, changed, move, undo
from tests.scenarios import Client, Scene

pytestmark = only_sqlite

As = Callable[..., Client]


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    """Open the program as somebody of an economy."""
    app = create_app(settings, database)
    return lambda role, economy="NZL": Client(app).sign_in(scene.email(scene.person(role, economy)))


@pytest.fixture
def review(scene: Scene) -> UUID:
    """A whole review of 2026.1, and after it 2026.2."""
    review = scene.ready().start()
    scene.fill(review)
    scene.publish(LATER)
    return review


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_only_the_coordinator_of_an_open_review_is_led_to_a_newer_version(scene: Scene, as_: As, review: UUID) -> None:
    link = f'href="/reviews/{review}/move"'

    assert link in as_(Role.COORDINATOR).get(f"/reviews/{review}").text
    assert link not in as_(Role.CONTRIBUTOR).get(f"/reviews/{review}").text
    assert as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/move").status_code == 403
    assert as_(Role.COORDINATOR, "CHL").get(f"/reviews/{review}/move").status_code == 404
    scene.hand_over(review)
    assert link not in as_(Role.COORDINATOR).get(f"/reviews/{review}").text
    assert as_(Role.COORDINATOR).get(f"/reviews/{review}/move").status_code == 409


def test_the_list_says_of_every_answer_what_becomes_of_it(as_: As, review: UUID) -> None:
    page = " ".join(as_(Role.COORDINATOR).get(f"/reviews/{review}/move").text.split())

    for words in ("5 answers are kept", "1 question is asked anew", "1 answer leaves the form", "1 question is new"):
        assert words in page
    assert "<del>How far is the strategy?</del>" in page
    assert "<ins>How far is the national strategy?</ins>" in page
    assert "Ministries meet, monthly." in page
    assert 'name="keep" value="A2"' in page
    assert 'name="ask" value="A1"' in page
    assert "A5</strong> Is it read?" in page


def test_a_choice_is_moved_as_it_is_ticked_or_looked_at_first(as_: As, review: UUID) -> None:
    coordinator, path = as_(Role.COORDINATOR), f"/reviews/{review}/move"
    first = seen(coordinator.get(path).text)

    shown = coordinator.submit(path, version="2026.2", seen=first, ask="A1", act="show")
    again = coordinator.get(shown.headers["location"]).text
    done = coordinator.submit(path, version="2026.2", seen=first, ask="A1")

    assert shown.headers["location"] == f"{path}?to=2026.2&ask=A1&act=show"
    assert "2 questions are asked anew" in again
    assert re.search(r'value="A1" checked', " ".join(again.split()))
    assert done.headers["location"] == f"/reviews/{review}"
    page = coordinator.get(f"/reviews/{review}").text
    assert "Until it is handed over for sign-off, you can undo it." in page
    assert "Moved here from version 2026.1 by NZL coordinator" in " ".join(page.split())
    assert f"{path}/undo" in page
    colleague = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}").text
    assert "Moved here from version 2026.1" in colleague
    assert f"{path}/undo" not in colleague


def test_a_colleagues_save_shows_the_list_again_with_the_choices(scene: Scene, as_: As, review: UUID) -> None:
    coordinator, path = as_(Role.COORDINATOR), f"/reviews/{review}/move"
    first = seen(coordinator.get(path).text)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "B1", "some", seen=1)

    refused = coordinator.submit(path, version="2026.2", seen=first, ask="A1")

    assert refused.status_code == 409
    assert "Nothing was moved." in refused.text
    assert re.search(r'value="A1" checked', " ".join(refused.text.split()))


def test_the_way_back_names_what_stays_and_is_asked_again_when_that_changes(scene: Scene, as_: As, review: UUID) -> None:
    coordinator, path = as_(Role.COORDINATOR), f"/reviews/{review}/move/undo"
    move(scene, review)
    old = coordinator.get(path).text
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "no", seen=2)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "B1", "some", seen=1)

    refused = coordinator.submit(path, seen=seen(old))

    assert "Nobody has changed an answer since the move." in old
    assert refused.status_code == 409
    assert "Newer answers that stay" in refused.text
    assert "Only version 2026.2 asks these, or asks them in this sense." in refused.text
    assert coordinator.submit(path, seen=seen(refused.text)).status_code == 303
    assert scene.opened(review).questionnaire.version == "2026.1"
    assert coordinator.get(path).status_code == 409


def test_a_review_on_the_newest_version_says_so(scene: Scene, as_: As) -> None:
    review = scene.ready().start()

    assert "Your review is on the newest version" in as_(Role.COORDINATOR).get(f"/reviews/{review}/move").text


def test_an_unknown_version_is_not_there(as_: As, review: UUID) -> None:
    coordinator, path = as_(Role.COORDINATOR), f"/reviews/{review}/move"

    assert coordinator.get(f"{path}?to=2026.9").status_code == 404
    assert coordinator.submit(path, version="2026.9", seen="").status_code == 409


def test_an_answer_that_its_question_knows_no_more_is_still_read_in_its_history(scene: Scene, as_: As, review: UUID) -> None:
    other = ("{code: all, text: The budget, points: 100}", "{code: most, text: Mostly the budget, points: 100}")
    scene.publish(changed(other, version="2026.3"))
    move(scene, review, "2026.3")

    page = as_(Role.COORDINATOR).get(f"/reviews/{review}/items/B1/history").text

    assert "The budget" in page
    assert "An answer to this question as version 2026.1 asked it." in page
    assert "Put this answer back" not in page


def test_what_belongs_to_questions_that_are_gone_is_out_of_sight_and_comes_back(scene: Scene, as_: As, review: UUID) -> None:
    contributor, coordinator = scene.person(Role.CONTRIBUTOR), scene.person(Role.COORDINATOR)
    assert contributor.user_id is not None
    with scene.database.write() as session:
        wanted = HandOver(contributor.user_id, "2099-05-31", "Please.")
        assignments.assign(session, coordinator, review, [Place("A", "A4")], wanted)
        threads.start(session, coordinator, review, Place("A", "A4"), "Is this so?", [contributor.user_id])
        attaching.add_link(session, contributor, review, "A4", Described("The minutes"), "https://example.org/minutes")
    client = as_(Role.CONTRIBUTOR)
    addresses = ["", "/sections/A", "/team", "/questions", "/evidence", "/check", "/workbook", "/review.pdf"]
    link = f"/reviews/{review}/items/A4/discussion"

    shown = as_(Role.COORDINATOR).get(f"/reviews/{review}/move").text
    for words in ("1 discussion: A4", "1 assignment: A4", "1 piece of evidence: A4", "Workbooks that were downloaded before"):
        assert words in shown
    move(scene, review)

    for address in addresses:
        answer = client.get(f"/reviews/{review}{address}")
        assert answer.status_code == 200, address
        assert link not in answer.text, address
    assert client.get("/reviews").status_code == 200
    assert link not in client.get("/reviews").text
    assert f"/reviews/{review}/left" in client.get(f"/reviews/{review}").text
    left = client.get(f"/reviews/{review}/left").text
    assert link in left
    assert "Ministries meet, monthly." in left
    discussion = client.get(link)
    assert "Is this so?" in discussion.text
    assert "Start a discussion" not in discussion.text
    assert "does not ask this" in client.get(f"/reviews/{review}/items/A4/history").text
    assert as_(Role.CONTRIBUTOR, "CHL").get(f"/reviews/{review}/left").status_code == 404
    assert client.get(f"/reviews/{review}/items/A9/discussion").status_code == 404
    undo(scene, review)
    assert link in client.get(f"/reviews/{review}/sections/A").text
    assert "The minutes" in client.get(f"/reviews/{review}/sections/A").text


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of a section's form: which words it shows, and which answers."""
    names = re.findall(r'name="(questionnaire|[A-Z]\d\.seen)" value="([^"]*)"', page)
    return dict(names)


def test_a_section_that_was_open_when_the_review_was_moved_saves_what_it_can_and_shows_the_rest(
    scene: Scene, as_: As, review: UUID
) -> None:
    contributor, path = as_(Role.CONTRIBUTOR), f"/reviews/{review}/sections/A"
    sent = form_of(contributor.get(path).text)
    move(scene, review)

    answer = contributor.submit(
        path, **sent, **{"A1.choice": "5", "A2.choice": "no", "A3.value": "privacy", "A4.value": "They meet weekly."}
    )

    page = " ".join(answer.text.split())
    assert answer.status_code == 409
    assert scene.opened(review).saved["A1"].answer.value == 5
    assert "The review was moved to version 2026.2 while you worked" in page
    assert "They meet weekly." in page
    assert "Version 2026.2 does not ask this." in page
    assert "This question changed while you worked. What you typed before is not saved:" in page
    assert 'href="#outdated-A2"' in page
    assert "NZL coordinator saved another answer" not in page
    assert form_of(answer.text)["questionnaire"] != sent["questionnaire"]
    again = contributor.submit(path, **form_of(answer.text), **{"A1.choice": "5", "A2.choice": "yes", "A5.choice": "no"})
    assert again.status_code == 303
    assert scene.opened(review).saved["A2"].answer.value == "yes"


def test_who_typed_nothing_that_is_lost_goes_on_and_hears_of_the_move(scene: Scene, as_: As, review: UUID) -> None:
    contributor, path = as_(Role.CONTRIBUTOR), f"/reviews/{review}/sections/B"
    sent = form_of(contributor.get(path).text)
    move(scene, review)

    answer = contributor.submit(path, **sent, **{"B1.choice": "some", "B2.value": "250", "B3.value": "90"}, then="leave")

    assert answer.headers["location"] == f"/reviews/{review}"
    assert "the review was moved to another version" in contributor.get(f"/reviews/{review}").text
    assert scene.opened(review).saved["B3"].answer.value == 90


def test_a_section_that_is_gone_shows_what_was_typed_on_a_page_of_its_own(scene: Scene, as_: As, review: UUID) -> None:
    contributor, path = as_(Role.CONTRIBUTOR), f"/reviews/{review}/sections/A"
    sent = form_of(contributor.get(path).text)
    section, node = "  - code: A\n    title: Rules\n", "{code: A, title: Rules"
    renamed = [(each, each.replace("code: A", "code: C")) for each in (section, node)]
    scene.publish(changed(*renamed, (A4, ""), version="2026.3"))
    move(scene, review, "2026.3")
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "no", seen=1)

    answer = contributor.submit(
        path, **sent, **{"A1.choice": "5", "A2.choice": "partly", "A3.value": "privacy", "A4.value": "They meet weekly."}
    )

    page = " ".join(answer.text.split())
    assert answer.status_code == 409
    assert "Your review was moved while you worked" in page
    assert "They meet weekly." in page
    assert "Version 2026.3 asks this elsewhere. Answer it there." in page
    assert f"/reviews/{review}/sections/C#A2" in page
    assert scene.opened(review).saved["A1"].answer.value == 5


def test_what_was_asked_anew_by_choice_is_not_laid_at_a_colleagues_door(scene: Scene, as_: As, review: UUID) -> None:
    contributor, path = as_(Role.CONTRIBUTOR), f"/reviews/{review}/sections/A"
    sent = form_of(contributor.get(path).text)
    move(scene, review, wishes=Wishes(ask=frozenset({"A1"})))

    answer = contributor.submit(path, **sent, **{"A1.choice": "5", "A2.choice": "yes", "A3.value": "privacy"})

    page = " ".join(answer.text.split())
    assert "A1: the review was moved to version 2026.2, which asks this anew. Choose which answer to keep." in page
    assert "NZL coordinator saved another answer" not in page


def test_a_move_that_was_undone_is_remembered_when_it_is_made_again(scene: Scene, as_: As, review: UUID) -> None:
    move(scene, review, wishes=Wishes(ask=frozenset({"A1"})))
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A5", "yes")
    undone = as_(Role.COORDINATOR).get(f"/reviews/{review}/move/undo").text
    undo(scene, review)

    page = " ".join(as_(Role.COORDINATOR).get(f"/reviews/{review}/move").text.split())

    assert "What goes out of sight" in undone
    assert "Your choices of then are ticked again." in page
    assert re.search(r'value="A1" checked', page)
    assert "<strong>A5</strong> Is it read? Yes" in page
