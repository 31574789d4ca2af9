"""A whole second opinion in two browsers: asked for, given, talked about, closed; and again without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.kit.actor import Role
from tests.browser.live import PASSWORD, LiveServer, choose

pytestmark = pytest.mark.timeout(180)
OpenPage = Callable[..., Page]
AXE = Axe().axe_script
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def is_accessible(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    assert [(violation["id"], violation["nodes"][0]["target"]) for violation in found["violations"]] == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_second_opinion_from_the_invitation_to_the_results(
    open_page: OpenPage, live_server: LiveServer, *, has_scripts: bool
) -> None:
    review = live_server.fill_review()
    live_server.ask_for_sign_off(review)
    live_server.submit(review)
    economy = open_page(Role.COORDINATOR, java_script_enabled=has_scripts)
    reviewer = open_page(Role.PEER_REVIEWER, java_script_enabled=has_scripts)
    check = is_accessible if has_scripts else lambda _page: None

    reviewer.goto(_ask(economy, str(review), check))
    press(reviewer, "Take the invitation with this account")
    reviewer.locator(".task").first.get_by_role("link").click()
    expect(reviewer.get_by_text("We ask about funding.")).to_be_visible()
    check(reviewer)
    peer = _review(reviewer, check)
    _answer(economy, str(review), peer, check)
    reviewer.goto(f"/peer-reviews/{peer}/items/B1-01")
    expect(reviewer.get_by_text("The budget law names it.")).to_be_visible()
    press(reviewer, "Agree with the answer of the economy")
    _close(economy, open_page(Role.APPROVER, java_script_enabled=has_scripts), str(review), peer)

    reviewer.reload()
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("Page not found")
    reviewer.goto(f"/peer-reviews/{peer}")
    expect(reviewer.get_by_text("This peer review is closed")).to_be_visible()
    check(reviewer)
    economy.goto(f"/reviews/{review}/revisions/1/results/B1?series=reviewed")
    expect(economy.get_by_role("link", name="As reviewed")).to_have_attribute("aria-current", "true")


def _ask(page: Page, review: str, check: Callable[[Page], None]) -> str:
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="Second opinions on the signed answers").click()
    page.get_by_role("link", name="Ask for a second opinion").click()
    check(page)
    page.get_by_label("An expert").check()
    page.get_by_label("Name", exact=True).fill("Dr Ines Paz")
    page.get_by_label("Mail address").fill("ines.paz@example.net")
    page.get_by_label("B1 Public sector capacity").check()
    page.get_by_label("Note to the reviewer").fill("We ask about funding.")
    press(page, "Ask for this second opinion")
    return page.locator(".key-once code").inner_text()


def _review(page: Page, check: Callable[[Page], None]) -> str:
    """Accept, agree with one answer, propose another level for a second, ask about a third, and hand over."""
    page.get_by_label("No conflict of interest that I know of").check()
    press(page, "Accept")
    peer = page.url.rsplit("/", 1)[1]
    page.get_by_role("link", name="B1 Public sector capacity").click()
    check(page)
    page.locator("#B1-02").get_by_role("button", name="Agree").click()
    expect(page.locator("#B1-02")).to_contain_text("Agreed")
    page.locator("#B1-01").get_by_role("link", name="Propose another answer, or ask").click()
    page.get_by_text("Choose another answer, with a reason").click()
    signed = page.locator("input[name='B1-01.choice']:checked").get_attribute("value")
    choose(page, "B1-01", "2" if signed != "2" else "3")
    press(page, "Propose this answer")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(f"input[name='B1-01.choice'][value='{'2' if signed != '2' else '3'}']")).to_be_checked()
    page.get_by_label("Your reason").fill("It is not funded.")
    press(page, "Propose this answer")
    expect(page.locator(".flash")).to_contain_text("Your proposal is saved")
    check(page)
    page.goto(f"/peer-reviews/{peer}/items/B1-03")
    page.get_by_label("Your words").fill("Since when?")
    press(page, "Send")
    page.goto(f"/peer-reviews/{peer}")
    press(page, "Hand over to the economy")
    expect(page.locator(".flash")).to_contain_text("The economy can now read")
    return peer


def _answer(page: Page, review: str, peer: str, check: Callable[[Page], None]) -> None:
    page.goto(f"/reviews/{review}/peer-reviews/{peer}")
    page.get_by_role("link", name="Waiting for your reply (2)").click()
    check(page)
    page.get_by_role("link", name=re.compile("^B1-01")).click()
    expect(page.get_by_text("It is not funded.")).to_be_visible()
    page.get_by_label("Why does the signed answer stand?").fill("The budget law names it.")
    press(page, "Keep the signed answer")
    expect(page.locator(".flash")).to_contain_text("Your answer stands")
    check(page)
    page.get_by_role("link", name="Next question").click()
    page.get_by_label("Your words").fill("Since May.")
    press(page, "Send")


def _close(coordinator: Page, approver: Page, review: str, peer: str) -> None:
    coordinator.goto(f"/reviews/{review}/peer-reviews/{peer}")
    expect(coordinator.get_by_text("Agreed on 2 of 9 questions; 1 under discussion, 6 not discussed")).to_be_visible()
    press(coordinator, "Hand over to the approver")
    approver.goto(f"/reviews/{review}/peer-reviews/{peer}")
    approver.get_by_label("Your password").fill("not the password at all")
    press(approver, "Close the peer review")
    expect(approver).to_have_title(re.compile("^Error: "))
    approver.get_by_label("Your password").fill(PASSWORD)
    press(approver, "Close the peer review")
    expect(approver.locator(".flash")).to_contain_text("The peer review is closed")
