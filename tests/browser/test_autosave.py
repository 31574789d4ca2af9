"""Answers save themselves while people work: what the page says, what survives, and what happens between two people."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.kit.actor import Role
from app.reviews import queries
from tests.browser.live import SECOND_CONTRIBUTOR, LiveServer, choose, control, question, sign_in

OpenPage = Callable[..., Page]
FIRST, NUMBER = "B1-01", "B1-05"


@pytest.fixture
def review(live_server: LiveServer) -> UUID:
    return live_server.start_review()


def _open_section(page: Page, review: UUID) -> Page:
    page.goto(f"/reviews/{review}/sections/B1")
    return page


def _status(page: Page, code: str) -> Locator:
    return page.locator(f"{question(code)} [data-save-state]")


def _level(page: Page, code: str, level: str) -> Locator:
    return page.locator(f"{question(code)} input[value='{level}']")


def test_an_answer_saves_itself_and_is_there_after_a_reload(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)

    choose(page, FIRST, "3")
    expect(_status(page, FIRST)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    expect(page.locator("[data-completeness]")).to_have_text("1 of 9")
    page.locator(control(NUMBER, "value")).type("12.5")
    expect(_status(page, NUMBER)).to_contain_text("Saved")
    expect(page.locator("[data-completeness]")).to_have_text("1 of 9")  # its year and source are still missing
    page.locator(control(NUMBER, "record-1-year")).fill("2025")
    page.locator(control(NUMBER, "record-1-source")).fill("Records of the academy")
    expect(page.locator("[data-completeness]")).to_have_text("2 of 9")
    page.reload()

    expect(_level(page, FIRST, "3")).to_be_checked()
    expect(page.locator(control(NUMBER, "value"))).to_have_value("12.5")
    expect(page.locator(control(NUMBER, "record-1-year"))).to_have_value("2025")
    expect(page.locator("[data-completeness]")).to_have_text("2 of 9")
    expect(page.locator(question(FIRST))).to_contain_text("Saved by Contributor Person")


def test_a_number_that_is_none_is_named_at_once_and_not_saved(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)

    page.locator(control(NUMBER, "value")).fill("140")

    expect(_status(page, NUMBER)).to_contain_text("at most 100")
    expect(page.locator("[data-completeness]")).to_have_text("0 of 9")


def test_without_a_connection_the_page_says_so_and_saves_later(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)

    page.context.set_offline(True)
    choose(page, FIRST, "4")
    expect(_status(page, FIRST)).to_have_text("Not saved. Trying again…")
    page.context.set_offline(False)

    expect(_status(page, FIRST)).to_contain_text("Saved")
    page.reload()
    expect(_level(page, FIRST, "4")).to_be_checked()


def test_a_session_that_has_ended_is_said_and_the_answer_is_saved_after_signing_in_again(
    open_page: OpenPage, review: UUID
) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)

    page.context.clear_cookies()
    choose(page, FIRST, "2")
    expect(_status(page, FIRST)).to_contain_text("You are signed out. Sign in again in another tab")
    sign_in(page.context.new_page(), Role.CONTRIBUTOR)
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(_status(page, FIRST)).to_contain_text("Saved")
    page.reload()
    expect(_level(page, FIRST, "2")).to_be_checked()


def test_trouble_is_said_in_the_bar_that_stays_in_sight(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    page.set_viewport_size({"width": 390, "height": 700})
    trouble = page.locator("[data-save-trouble]")
    expect(trouble).to_be_hidden()

    page.context.set_offline(True)
    choose(page, FIRST, "4")
    expect(trouble).to_contain_text("Not saved: there is no connection.")
    expect(trouble).to_be_in_viewport()
    page.context.clear_cookies()
    page.context.set_offline(False)

    expect(trouble).to_contain_text("Not saved: you are signed out.")
    expect(trouble.get_by_role("link", name="Sign in again (opens a new tab)")).to_be_visible()
    sign_in(page.context.new_page(), Role.CONTRIBUTOR)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(trouble).to_be_hidden()


def test_a_form_sent_without_a_connection_waits_and_is_sent_when_it_is_back(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    here = page.url

    page.context.set_offline(True)
    choose(page, FIRST, "4")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.locator("[data-save-trouble]")).to_contain_text("Not sent: there is no connection.")
    assert page.url == here
    page.context.set_offline(False)

    expect(page).not_to_have_url(here)
    expect(page).to_have_url(re.compile(f"/reviews/{review}$"))


def test_where_only_the_saves_fail_the_form_itself_is_sent(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    page.route("**/answers/**", lambda route: route.abort())

    choose(page, FIRST, "4")
    expect(page.locator("[data-save-trouble]")).to_contain_text("Not saved: there is no connection.")
    page.get_by_role("button", name="Save and come back later").click()

    expect(page).to_have_url(re.compile(f"/reviews/{review}$"))
    expect(_level(_open_section(page, review), FIRST, "4")).to_be_checked()


def test_two_people_see_both_answers_and_nothing_is_lost(open_page: OpenPage, live_server: LiveServer, review: UUID) -> None:
    one = _open_section(open_page(Role.CONTRIBUTOR), review)
    other = _open_section(open_page(Role.CONTRIBUTOR, email=SECOND_CONTRIBUTOR), review)

    choose(one, FIRST, "2")
    expect(_status(one, FIRST)).to_contain_text("Saved")
    choose(other, FIRST, "4")
    expect(_status(other, FIRST)).to_contain_text("Contributor Person saved another answer while you were working")
    other.get_by_role("button", name="Save and continue").click()

    panel = other.get_by_role("group", name="Two answers were given")
    expect(other.get_by_role("alert")).to_contain_text("Contributor Person saved another answer")
    expect(panel).to_contain_text("Contributor Person")
    expect(panel).to_contain_text("Level 2")
    expect(panel).to_contain_text("Level 4")
    panel.get_by_label("Keep my answer").check()
    other.get_by_role("button", name="Save and continue").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Private sector capacity")
    one.reload()
    expect(_level(one, FIRST, "4")).to_be_checked()
    expect(one.locator(question(FIRST))).to_contain_text("Saved by Second Person")
    assert _history(live_server, review) == [2, 4]


def _history(live_server: LiveServer, review: UUID) -> list[object]:
    """Return the values of the first question, as its history keeps them."""
    with live_server.database.read() as session:
        found = [queries.answer_at(session, review, FIRST, version) for version in (1, 2)]
    return [saved.answer.value for saved in found if saved is not None]


def test_the_next_unanswered_question_is_one_step_away(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    link = page.get_by_role("link", name="Go to the next unanswered question")

    choose(page, FIRST, "2")
    expect(_status(page, FIRST)).to_contain_text("Saved")
    link.click()
    expect(page).to_have_url(re.compile("#B1-02$"))
    link.click()

    expect(page).to_have_url(re.compile("#B1-03$"))


def test_a_whole_section_can_be_answered_with_the_keyboard_alone(
    open_page: OpenPage, live_server: LiveServer, review: UUID
) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    section = live_server.questionnaire.section("B1")
    assert section is not None
    kinds = {item.code: item.type for item in section.items if item.type != "reference"}
    answered: set[str] = set()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    for _step in range(150):
        page.keyboard.press("Tab")
        name, kind = _focused(page)
        code = name.partition(".")[0]
        if name == "then":
            break
        if ".record." in name:
            page.keyboard.type("2025")
        elif code in kinds and code not in answered:
            answered |= {code} if _answer_by_key(page, name, kind) else set()
    expect(page.get_by_role("button", name="Save and continue").last).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Private sector capacity")
    assert answered == set(kinds)
    page.go_back()
    expect(page.locator("[data-completeness]")).to_have_text("9 of 9")


def _focused(page: Page) -> tuple[str, str]:
    """Return name and type of the focused control, which must be seen in the window."""
    found = page.evaluate(
        """() => {
            const it = document.activeElement;
            const bar = document.querySelector(".section-bar");
            const box = it.getBoundingClientRect();
            const covered = bar && !bar.contains(it) && box.top >= bar.getBoundingClientRect().top;
            return [it.name ?? "", it.type ?? "", covered || box.bottom < 0];
        }"""
    )
    assert not found[2], f"focus is hidden at {found[0]}"
    return str(found[0]), str(found[1])


def _answer_by_key(page: Page, name: str, kind: str) -> bool:
    """Answer with the focused control: arrows for radios, Space for boxes, figures for numbers."""
    if kind == "radio":
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    elif kind == "checkbox":
        page.keyboard.press("Space")
    elif name.endswith(".value"):
        page.keyboard.type("20")
    else:
        return False
    return True


def test_an_answer_whose_receipt_was_lost_is_sent_again_before_the_next_and_meets_no_conflict(
    open_page: OpenPage, live_server: LiveServer, review: UUID
) -> None:
    """The service stored the first answer, but the browser never heard of it."""
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    lost = [True]

    def lose_the_receipt(route: Route) -> None:
        route.fetch()
        lost.clear()
        route.abort()

    page.route("**/answers/**", lambda route: lose_the_receipt(route) if lost else route.continue_())
    choose(page, FIRST, "2")
    expect(_status(page, FIRST)).to_have_text("Not saved. Trying again…")
    choose(page, FIRST, "4")

    expect(_status(page, FIRST)).to_contain_text("Saved")
    page.wait_for_function("() => Object.keys(sessionStorage).every(key => !key.startsWith('unsaved'))")
    assert _history(live_server, review) == [2, 4]
    page.reload()
    expect(_level(page, FIRST, "4")).to_be_checked()


def test_a_slow_save_says_that_it_is_saving(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR), review)
    waiting: list[Route] = []
    page.route("**/answers/**", lambda route: waiting.append(route))  # noqa: PLW0108 - playwright marks the function

    choose(page, FIRST, "2")
    expect(_status(page, FIRST)).to_have_text("Saving…")
    waiting[0].continue_()

    expect(_status(page, FIRST)).to_contain_text("Saved")


def test_without_scripts_what_was_typed_survives_the_end_of_the_session(open_page: OpenPage, review: UUID) -> None:
    page = _open_section(open_page(Role.CONTRIBUTOR, java_script_enabled=False), review)

    choose(page, FIRST, "2")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save and continue").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your session has ended")
    sign_in(page.context.new_page(), Role.CONTRIBUTOR)
    page.get_by_role("button", name="I am signed in, continue").click()
    page.get_by_role("button", name="Save what I typed").click()

    _open_section(page, review)
    expect(_level(page, FIRST, "2")).to_be_checked()
