"""Administrators' pages of cycles and participants, and the coordinator's page of what they see."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene

pytestmark = only_sqlite

As = Callable[..., Client]
LIST = "/admin/cycles"
HERE = f"{LIST}/{CODE}/{CYCLE}"
PEOPLE = f"{HERE}/participants"
OTHERS = [role for role in Role if role is not Role.ADMINISTRATOR]


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    """Open the program as somebody."""
    app = create_app(settings, database)
    return lambda role, economy="NZL": Client(app).sign_in(scene.email(scene.person(role, economy)))


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


@pytest.fixture
def admin(ready: Scene, as_: As) -> Client:
    return as_(Role.ADMINISTRATOR)


def row_of(page: str, name: str) -> str:
    """Return the words of one economy's row."""
    found = re.search(rf"<tr[^>]*>\s*<th[^>]*>{name}</th>.*?</tr>", page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def invitation_of(page: str) -> str:
    found = re.search(r'href="([^"]*/invitations/[^"]*/withdraw)"', page)
    assert found is not None
    return found[1]


def test_without_a_cycle_the_page_says_what_to_do(scene: Scene, as_: As) -> None:
    scene.publish()

    page = as_(Role.ADMINISTRATOR).get(LIST).text

    assert "There is no cycle yet" in page
    assert "Open this cycle" in page


def test_without_a_questionnaire_no_cycle_can_be_opened(scene: Scene, as_: As) -> None:
    page = as_(Role.ADMINISTRATOR).get(LIST).text

    assert "No questionnaire has a published version that is not retired." in page
    assert "Open this cycle" not in page


def test_a_cycle_is_opened_with_its_last_day_and_notice(admin: Client) -> None:
    sent = {"questionnaire": CODE, "cycle": "2099", "title": "Trial", "notice": "A trial.", "closes_on": "2031-06-30"}
    opened = admin.submit(LIST, **sent)

    page = admin.get(f"{LIST}/{CODE}/2099").text

    assert (opened.status_code, opened.headers["location"]) == (303, LIST)
    assert "30 Jun 2031" in page
    assert "1 Jul 2031, 12:00 UTC" in page
    assert "A trial." in page
    assert "30 Jun 2031" in admin.get(LIST).text


def test_what_is_wrong_is_named_and_what_was_typed_is_kept(admin: Client) -> None:
    refused = admin.submit(LIST, questionnaire=CODE, cycle=CYCLE, title="My own title", notice="", closes_on="soon")

    assert refused.status_code == 422
    assert 'href="#closes_on"' in refused.text
    assert "My own title" in refused.text


def test_a_cycle_that_exists_is_named_at_its_code(admin: Client) -> None:
    refused = admin.submit(LIST, questionnaire=CODE, cycle=CYCLE, title="", notice="", closes_on="")

    assert refused.status_code == 422
    assert "The cycle 2026 of this questionnaire exists already." in refused.text


def test_the_day_is_moved_and_the_history_says_so(admin: Client) -> None:
    refused = admin.submit(f"{HERE}/closing-day", closes_on="2031-06-30", reason="")
    moved = admin.submit(f"{HERE}/closing-day", closes_on="2031-06-30", reason="Two economies asked for time.", sooner="yes")

    page = admin.get(HERE).text

    assert (refused.status_code, moved.status_code) == (422, 303)
    assert 'value="2031-06-30"' in refused.text
    assert 'href="#reason"' in refused.text
    assert "Closing day: from none to 30 Jun 2031" in page
    assert "Two economies asked for time." in page


def test_a_day_that_comes_nearer_is_asked_for_once_more_and_a_later_one_is_not(ready: Scene, admin: Client) -> None:
    day, why = f"{HERE}/closing-day", "All have answered."
    first = admin.submit(day, closes_on="2031-06-30", reason=why)
    admin.submit(day, closes_on="2031-06-30", reason=why, sooner="yes")
    later = admin.submit(day, closes_on="2031-07-31", reason=why)

    nearer = admin.submit(day, closes_on="2031-07-01", reason=why)
    still = ready.rows("SELECT closes_on FROM cycle")
    meant = admin.submit(day, closes_on="2031-07-01", reason=why, sooner="yes")

    assert (first.status_code, later.status_code, nearer.status_code, meant.status_code) == (422, 303, 422, 303)
    assert 'href="#sooner"' in nearer.text
    assert 'name="sooner"' in nearer.text
    assert 'value="2031-07-01"' in nearer.text
    assert f"{why}</textarea>" in nearer.text
    assert 'name="sooner"' not in admin.get(HERE).text
    assert [str(row[0]) for row in still] == ["2031-07-31"]
    assert admin.submit(day, closes_on="", reason=why).status_code == 303


def test_closing_is_explained_first_and_undone_with_a_reason(ready: Scene, admin: Client) -> None:
    asked = admin.get(f"{HERE}/close").text
    still_open = ready.rows("SELECT is_open FROM cycle")
    closed = admin.submit(f"{HERE}/close", reason="")
    after = admin.get(HERE).text
    reopened = admin.submit(f"{HERE}/reopen", closes_on="", reason="Wrong cycle.")

    assert "No review can be started, answered, signed off or reopened any more" in asked
    assert still_open == [(True,)]
    assert (closed.status_code, closed.headers["location"]) == (303, HERE)
    assert "An administrator closed this cycle." in after
    assert reopened.status_code == 303
    assert ready.rows("SELECT is_open FROM cycle") == [(True,)]
    assert "Wrong cycle." in admin.get(HERE).text


def test_closing_twice_is_refused_in_words(admin: Client) -> None:
    admin.submit(f"{HERE}/close", reason="")

    again = admin.submit(f"{HERE}/close", reason="All have answered.")

    assert again.status_code == 409
    assert "All have answered." in again.text
    assert "The cycle 2026 is closed already." in again.text
    assert "This cycle is closed already." in admin.get(f"{HERE}/close").text


def test_a_day_moved_or_a_cycle_opened_too_late_is_refused_with_what_was_typed(ready: Scene, admin: Client) -> None:
    sent = {"closes_on": "2031-06-30", "reason": "Two economies asked for time."}
    opened = admin.submit(f"{HERE}/reopen", **sent)
    admin.submit(f"{HERE}/close", reason="")
    moved = admin.submit(f"{HERE}/closing-day", **sent)

    for refused, words in ((opened, "The cycle 2026 is open already."), (moved, "The cycle 2026 was closed.")):
        assert refused.status_code == 409
        assert words in refused.text
        assert 'value="2031-06-30"' in refused.text
        assert "Two economies asked for time.</textarea>" in refused.text
    assert ready.rows("SELECT is_open, closes_on FROM cycle") == [(False, None)]


def test_participants_stand_in_apecs_own_order_with_nothing_that_was_not_shown(ready: Scene, admin: Client) -> None:
    ready.submitted("NZL")
    page = admin.get(PEOPLE).text

    names = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', page)
    assert len(names) == len(APEC)
    assert (names[0], names[11], names[17], names[-1]) == ("Australia", "New Zealand", "Chinese Taipei", "Viet Nam")
    assert row_of(page, "New Zealand") == "New Zealand Has a coordinator NZL coordinator Not shown"
    assert row_of(page, "Peru") == "Peru Not invited Not shown Invite : Peru"


def test_the_coordinator_decides_and_the_page_of_participants_follows(ready: Scene, admin: Client, as_: As) -> None:
    review = ready.start()
    coordinator = as_(Role.COORDINATOR)
    before = coordinator.get(f"/reviews/{review}/showing").text
    chosen = coordinator.submit(f"/reviews/{review}/showing", show="progress")
    shown = row_of(admin.get(PEOPLE).text, "New Zealand")
    coordinator.submit(f"/reviews/{review}/showing", show="nothing")

    assert "How far you are is not shown" in before
    assert chosen.status_code == 303
    assert shown == "New Zealand Has a coordinator NZL coordinator Begun: 0 of 3 core questions"
    assert row_of(admin.get(PEOPLE).text, "New Zealand").endswith("Not shown")
    assert "Chosen by NZL coordinator" in coordinator.get(f"/reviews/{review}/showing").text


def test_colleagues_read_what_was_chosen_and_cannot_choose(ready: Scene, as_: As) -> None:
    review = ready.start()
    contributor = as_(Role.CONTRIBUTOR)

    page = contributor.get(f"/reviews/{review}/showing").text

    assert "The coordinator of your economy decides." in page
    assert 'name="show"' not in page
    assert contributor.submit(f"/reviews/{review}/showing", show="progress").status_code == 403


def test_the_choice_of_a_foreign_review_is_not_found(ready: Scene, as_: As) -> None:
    review = ready.start()

    for role, economy in ((Role.COORDINATOR, "CHL"), (Role.ADMINISTRATOR, "NZL"), (Role.ANALYST, "NZL")):
        stranger = as_(role, economy)
        assert stranger.get(f"/reviews/{review}/showing").status_code == 404
        assert stranger.submit(f"/reviews/{review}/showing", show="progress").status_code == 404
    assert ready.count("progress_showing") == 0


def test_a_coordinator_is_invited_with_the_letter_that_everybody_gets(ready: Scene, admin: Client) -> None:
    refused = admin.submit(f"{PEOPLE}/PER/invite", name="", email="nobody")
    sent = admin.submit(f"{PEOPLE}/PER/invite", name="A Name", email="lima@example.org")

    page = admin.get(PEOPLE).text

    assert refused.status_code == 422
    assert sent.status_code == 200
    assert re.search(r"/invitations/[\w-]{20,}", sent.text)
    assert re.match(r"Peru Invited A Name, since .*; the link works until .* Not shown Withdraw", row_of(page, "Peru"))
    assert ready.rows("SELECT role, economy FROM invitation") == [("coordinator", "PER")]
    assert ready.rows("SELECT kind, economy FROM mail") == [("invitation", "PER")]


def test_an_invitation_is_withdrawn_after_one_more_question(ready: Scene, admin: Client) -> None:
    admin.submit(f"{PEOPLE}/PER/invite", name="A Name", email="lima@example.org")
    address = invitation_of(admin.get(PEOPLE).text)

    asked = admin.get(address)
    done = admin.submit(address)

    assert "Withdraw the invitation of A Name?" in asked.text
    assert (done.status_code, done.headers["location"]) == (303, PEOPLE)
    assert row_of(admin.get(PEOPLE).text, "Peru").startswith("Peru Not invited")
    assert admin.get(address).status_code == 404


@pytest.mark.parametrize(
    "path", [f"{PEOPLE}/FRA/invite", f"{PEOPLE}/XXX/invite", f"{LIST}/{CODE}/2099", f"{LIST}/{CODE}/2099/participants"]
)
def test_what_is_not_there_is_not_found(admin: Client, path: str) -> None:
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize("role", OTHERS)
def test_only_administrators_reach_the_pages(ready: Scene, as_: As, role: Role) -> None:
    somebody = as_(role)
    paths = [LIST, HERE, f"{HERE}/close", PEOPLE, f"{PEOPLE}/PER/invite", f"{HERE}/invitations/{UUID(int=0)}/withdraw"]
    acts = {
        LIST: {"questionnaire": CODE, "cycle": "2099"},
        f"{HERE}/closing-day": {"closes_on": "2031-06-30", "reason": "Mine."},
        f"{HERE}/close": {"reason": "Mine."},
        f"{HERE}/reopen": {"closes_on": "", "reason": "Mine."},
        f"{PEOPLE}/PER/invite": {"name": "A", "email": "a@example.org"},
        f"{HERE}/invitations/{UUID(int=0)}/withdraw": {},
    }

    assert {somebody.get(path).status_code for path in paths} == {403}
    assert {somebody.submit(path, **fields).status_code for path, fields in acts.items()} == {403}
    assert ready.rows("SELECT code, is_open, closes_on FROM cycle") == [(CYCLE, True, None)]
    assert ready.count("invitation") == 0


def test_no_page_says_country_or_shows_a_flag(ready: Scene, admin: Client) -> None:
    pages = "".join(admin.get(path).text for path in (LIST, HERE, PEOPLE, "/admin/groups", "/admin/groups/APEC"))

    assert "country" not in pages.casefold()
    assert not any(0x1F1E6 <= ord(character) <= 0x1F1FF for character in pages)
