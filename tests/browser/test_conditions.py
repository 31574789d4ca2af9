"""What is asked follows the answers: at once where scripts run, and after saving where they do not."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.kit.actor import Role
from tests.browser.live import LiveServer, control, question, save

OpenPage = Callable[..., Page]


@pytest.fixture
def review(live_server: LiveServer) -> UUID:
    return live_server.start_small_review("conditions")


def _open_section(page: Page, review: UUID) -> Page:
    page.goto(f"/reviews/{review}/sections/STRATEGY")
    return page


def _answer(page: Page, choice: str) -> None:
    page.locator(f"{question('S-01')} input[value='{choice}']").check()


def test_a_question_appears_as_soon_as_it_is_asked_and_saves_itself(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    expect(page.locator(question("S-02"))).to_have_count(0)

    _answer(page, "no")
    expect(page.locator(question("S-02"))).to_be_visible()
    expect(page.locator(f"{question('S-01')} [data-save-state]")).to_contain_text("There is more to answer now: S-02.")
    page.locator(control("S-02", "value")).fill("It was not a priority.")

    expect(page.locator(f"{question('S-02')} [data-save-state]")).to_contain_text("Saved")
    page.reload()
    expect(page.locator(control("S-02", "value"))).to_have_value("It was not a priority.")


def test_a_question_goes_when_it_is_not_asked_and_comes_back_with_its_answer(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    _answer(page, "no")
    page.locator(control("S-02", "value")).fill("It was not a priority.")
    expect(page.locator(f"{question('S-02')} [data-save-state]")).to_contain_text("Saved")

    _answer(page, "yes")
    expect(page.locator(question("S-03"))).to_be_visible()
    expect(page.locator(question("S-02"))).to_have_count(0)
    expect(page.locator(f"{question('S-01')} [data-save-state]")).to_contain_text("No longer asked: S-02.")
    _answer(page, "no")

    expect(page.locator(control("S-02", "value"))).to_have_value("It was not a priority.")
    codes = page.locator("form [data-item]").evaluate_all("all => all.map(each => each.dataset.item)")
    assert codes == ["S-01", "S-02", "S-R1"], "in the order of the questionnaire"


def test_without_scripts_the_page_comes_back_with_the_further_questions(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR, java_script_enabled=False), review)

    _answer(page, "no")
    save(page)

    expect(page.locator(question("S-02"))).to_be_visible()
    expect(page.get_by_text("the questions on this page have changed")).to_be_visible()
