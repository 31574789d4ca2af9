"""Two people at work on one review: hand over, discuss, resolve, and see where the other is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.kit.actor import Role
from tests.browser.conftest import OpenPage
from tests.browser.live import SECOND_CONTRIBUTOR, LiveServer, question, save

ITEM = "B1-01"


def test_a_section_is_handed_over_and_worked_off(live_server: LiveServer, open_page: OpenPage) -> None:
    review = f"/reviews/{live_server.fill_review(without='B2')}"
    coordinator, contributor = open_page(Role.COORDINATOR), open_page(Role.CONTRIBUTOR)

    coordinator.goto(review)
    coordinator.get_by_role("link", name="Who does what").click()
    coordinator.get_by_label("B2 Private sector capacity").check()
    coordinator.get_by_label("To whom?").select_option(label="Contributor Person")
    coordinator.get_by_label("Due date").fill("2099-05-31")
    coordinator.get_by_label("Note").fill("The statistics office has the figures.")
    save(coordinator, "Assign")
    expect(coordinator.get_by_role("status")).to_contain_text("Assigned.")

    contributor.goto("/reviews")
    work = contributor.get_by_role("region", name=re.compile("APEC AI readiness")).filter(has_text="New for you: B2")
    expect(work).to_contain_text("The statistics office has the figures.")
    expect(work).to_contain_text("due 31 May 2099")
    work.get_by_role("link", name="Go to my next question").click()
    expect(contributor.locator(question("B2-01"))).to_contain_text("You, due 31 May 2099")

    contributor.goto(f"{review}/questions?show=mine")
    expect(contributor.get_by_role("link", name=re.compile("Mine"))).to_have_attribute("aria-current", "page")
    expect(contributor.locator(".found")).to_have_count(8)
    contributor.get_by_role("link", name=re.compile("^B2-01 ")).click()
    expect(contributor).to_have_url(re.compile(r"/sections/B2#B2-01$"))


def test_a_discussion_begins_with_a_mention_and_ends_resolved(live_server: LiveServer, open_page: OpenPage) -> None:
    review = f"/reviews/{live_server.fill_review()}"
    one, other = open_page(Role.CONTRIBUTOR), open_page(Role.CONTRIBUTOR, email=SECOND_CONTRIBUTOR)

    one.goto(f"{review}/sections/B1")
    one.locator(question(ITEM)).get_by_role("link", name="Discuss").click()
    one.get_by_label("What do you want to say?").fill("Is it adopted?\nI only find a draft.")
    one.get_by_label("Second Person").check()
    save(one, "Start the discussion")
    expect(one.get_by_role("status")).to_contain_text("The discussion is started.")

    other.goto(review)
    other.get_by_role("listitem").filter(has_text="You are mentioned").get_by_role("link").click()
    expect(other.locator(".post__text")).to_have_text("Is it adopted? I only find a draft.", use_inner_text=True)
    other.get_by_label("What do you want to say?").first.fill("In May. @Contributor Person")
    save(other, "Send reply")
    expect(other.locator(".post")).to_have_count(2)

    one.goto(f"{review}/questions?show=comments")
    one.get_by_role("link", name="1 open discussion").click()
    expect(one.locator(".post").last).to_contain_text("In May.")
    save(one, "Mark as resolved")
    expect(one.get_by_role("heading", name="Resolved")).to_be_visible()
    one.goto(f"{review}/questions?show=comments")
    expect(one.get_by_role("heading", name="Nothing is being discussed")).to_be_visible()
    other.goto(review)
    expect(other.get_by_text("You are mentioned")).to_have_count(0)


def test_each_sees_which_question_the_other_is_on(live_server: LiveServer, open_page: OpenPage) -> None:
    section = f"/reviews/{live_server.fill_review()}/sections/B1"
    one, other = open_page(Role.CONTRIBUTOR), open_page(Role.CONTRIBUTOR, email=SECOND_CONTRIBUTOR)

    one.goto(section)
    _be_on(one, ITEM)
    other.goto(section)

    expect(other.locator(f"[data-here='{ITEM}']")).to_have_text("On this question now: Contributor Person")
    _be_on(other, "B1-02")
    one.wait_for_timeout(6_000)  # two signs are never nearer than that
    _be_on(one, "B1-03")
    expect(one.locator("[data-here='B1-02']")).to_have_text("On this question now: Second Person")


def test_without_scripts_the_section_that_is_open_is_shown(live_server: LiveServer, open_page: OpenPage) -> None:
    section = f"/reviews/{live_server.fill_review()}/sections/B1"
    one, other = open_page(Role.CONTRIBUTOR, java_script_enabled=False), open_page(Role.COORDINATOR)

    one.goto(section)
    other.goto(section)

    expect(other.locator("[data-here='']")).to_have_text("In this section now: Contributor Person")


def test_what_a_colleague_changed_is_found_at_the_next_visit(live_server: LiveServer, open_page: OpenPage) -> None:
    review = live_server.fill_review()
    page = open_page(Role.COORDINATOR)
    page.goto(f"/reviews/{review}/questions?show=changed")
    expect(page.get_by_text("This is your first visit.")).to_be_visible()
    with live_server.database.write() as session:  # an hour passes
        for table, column in (("visit", "last_visit_at"), ("answer", "saved_at")):
            earlier = f"datetime({column}, '-{'2 hours' if table == 'answer' else '1 hour'}') || '.000000'"
            session.connection().exec_driver_sql(f"UPDATE {table} SET {column} = {earlier}")

    colleague = open_page(Role.CONTRIBUTOR)
    colleague.goto(f"/reviews/{review}/sections/B1")
    colleague.locator(f"{question(ITEM)} .choice--level .choice__input:not(:checked)").first.check()
    expect(colleague.locator(f"{question(ITEM)} [data-save-state]")).to_contain_text("Saved")
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="1 question changed since your last visit").click()
    expect(page.locator(".found")).to_have_count(1)
    expect(page.locator(".found")).to_contain_text(re.compile(f"{ITEM} .*Saved by Contributor Person", re.DOTALL))


def _be_on(page: Page, code: str) -> None:
    """Put the focus into a question, and wait until the page has said so."""
    with page.expect_response(lambda response: response.url.endswith("/presence") and response.ok):
        page.locator(f"{question(code)} input:not([type=hidden])").first.focus()


@pytest.mark.parametrize("path", ["sections/B1", "team", "questions", f"items/{ITEM}/discussion"])
def test_the_pages_of_a_team_fetch_nothing_that_fails(live_server: LiveServer, open_page: OpenPage, path: str) -> None:
    page = open_page(Role.CONTRIBUTOR)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)

    page.goto(f"/reviews/{live_server.fill_review()}/{path}")
    page.wait_for_load_state("networkidle")

    assert failed == []
