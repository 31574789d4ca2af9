"""Options of a checklist that do not apply: said on the form, with and without scripts, and shown in words ever after."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from app.kit.actor import Role
from tests.browser.live import LiveServer, control, question

OpenPage = Callable[..., Page]
LIST = "COVERED"
WORDS = "Roads; Air traffic. Does not apply: Ports (Our economy has no coast.)"


@pytest.fixture
def review(live_server: LiveServer) -> UUID:
    return live_server.start_small_review("checklist_options_not_applicable")


def _open(page: Page, review: UUID) -> Page:
    page.goto(f"/reviews/{review}/sections/A")
    page.locator(question(LIST)).get_by_text("Options that do not apply to your economy").click()
    return page


def _tick(page: Page, value: str) -> Locator:
    return page.locator(f"{question(LIST)} input[name='{LIST}.value'][value='{value}']")


def _left_out(page: Page, value: str) -> Locator:
    return page.locator(f"{question(LIST)} input[name='{LIST}.not_applicable'][value='{value}']")


def _reason(page: Page) -> Locator:
    return page.locator(question(LIST)).get_by_label("Why do they not apply?")


def _status(page: Page) -> Locator:
    return page.locator(f"{question(LIST)} [data-save-state]")


def test_they_save_themselves_and_a_tick_and_does_not_apply_never_stand_together(open_page: OpenPage, review: UUID) -> None:
    page = _open(open_page(Role.COORDINATOR), review)

    _tick(page, "roads").check()
    _tick(page, "ports").check()
    _left_out(page, "ports").check()
    expect(_tick(page, "ports")).not_to_be_checked()
    expect(_status(page)).to_contain_text("Say in one sentence why these options do not apply")
    _reason(page).fill("Our economy has no coast.")
    _tick(page, "air").check()
    expect(_status(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    page.reload()

    expect(_left_out(page, "ports")).to_be_checked()
    expect(_left_out(page, "ports")).to_be_visible()
    expect(_reason(page)).to_have_value("Our economy has no coast.")
    _tick(page, "ports").check()
    expect(_left_out(page, "ports")).not_to_be_checked()


def test_a_colleague_who_ticked_something_else_sees_both_in_words(open_page: OpenPage, review: UUID) -> None:
    one, other = (_open(open_page(role), review) for role in (Role.COORDINATOR, Role.CONTRIBUTOR))

    _tick(one, "roads").check()
    expect(_status(one)).to_contain_text("Saved")
    _tick(other, "air").check()
    expect(_status(other)).to_contain_text("saved another answer while you were working")
    _tick(other, "roads").check()
    _left_out(other, "ports").check()
    _reason(other).fill("Our economy has no coast.")
    other.get_by_role("button", name="Save and continue").click()

    panel = other.get_by_role("group", name="Two answers were given")
    expect(panel).to_contain_text(WORDS)
    expect(_left_out(other, "ports")).to_be_checked()
    expect(_reason(other)).to_have_value("Our economy has no coast.")


def test_without_scripts_a_missing_reason_and_a_contradiction_are_named_and_the_answer_is_signed_in_words(
    open_page: OpenPage, live_server: LiveServer, review: UUID
) -> None:
    page = _open(open_page(Role.COORDINATOR, java_script_enabled=False), review)

    for value in ("roads", "air", "ports"):
        _tick(page, value).check()
    _left_out(page, "ports").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text('"Ports" is ticked, and said not to apply')
    expect(page.get_by_role("alert").get_by_role("link").first).to_have_attribute("href", f"#{LIST}-not_applicable")
    _tick(page, "ports").uncheck()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("alert").get_by_role("link", name=re.compile("why these options do not apply")).click()
    expect(page.locator(control(LIST, "options_reason"))).to_be_visible()
    _reason(page).fill("Our economy has no coast.")
    page.get_by_role("button", name="Save and continue").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    live_server.ask_for_sign_off(review)
    live_server.submit(review)
    page.goto(f"/reviews/{review}/revisions/1")
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    page.goto(f"/reviews/{review}/revisions/1/results/A")
    expect(page.get_by_role("row", name=re.compile(LIST))).to_contain_text(WORDS)
    page.goto(f"/reviews/{review}/sections/A")
    expect(page.locator(question(LIST)).locator("dd", has_text="Our economy has no coast.")).to_contain_text("Ports")
    assert page.locator(question(LIST)).get_by_role("checkbox").count() == 0


def test_a_blank_form_on_paper_shows_them(open_page: OpenPage, review: UUID) -> None:
    page = open_page(Role.COORDINATOR)
    page.goto(f"/reviews/{review}/sections/A")

    page.emulate_media(media="print")

    expect(_left_out(page, "ports")).to_be_visible()
    expect(_reason(page)).to_be_visible()


@pytest.mark.usefixtures("review")
def test_everybody_can_read_which_options_may_be_left_out(open_page: OpenPage) -> None:
    page = open_page()

    page.goto("/questionnaires/checklist-options/2026.1")

    item = page.locator(f"#{LIST}")
    page.locator("details", has=item).locator("summary").first.click()
    expect(item.get_by_role("listitem").nth(2)).to_have_text("Ports (can be left out where it does not apply)")
    expect(item.get_by_role("listitem").nth(0)).to_have_text("Roads")
    expect(item).to_contain_text("Options that do not apply to an economy are left out.")
