"""Five people of two ministries fill, sign and reopen one review: at a desk and on a phone, with and without scripts, and one
of them by the keyboard alone. Every step is taken on the pages; only the first coordinator is made beforehand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chapters_of_signing as signing
from tests.browser import chapters_of_work as work
from tests.browser.keyboard import press, reach, type_into
from tests.browser.live import PASSWORD, LiveServer, question
from tests.browser.looking import DESK, PHONE
from tests.browser.officials import (
    NewContext,
    Setting,
    Team,
    accept,
    gather,
    invite_everybody,
    link_in_mail,
    start_review,
    team_of_five,
)

pytestmark = pytest.mark.timeout(300)

SETTINGS = {
    "desk": Setting("NZL", DESK, has_scripts=True),
    "desk-without-scripts": Setting("THA", DESK, has_scripts=False),
    "phone": Setting("VNM", PHONE, has_scripts=True),
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_five_people_of_two_ministries_fill_sign_and_reopen_a_review(
    setting: Setting, live_server: LiveServer, new_context: NewContext, tmp_path: Path
) -> None:
    with team_of_five(live_server, new_context, setting) as team:
        _work_together(team)
        if setting.has_scripts:
            work.lose_the_connection(team)
        work.bring_up_a_question(team)
        work.work_offline(team, tmp_path)
        work.put_back(team)
        signing.complete(team)
        first = signing.hand_over_and_sign(team, revision=1)
        signing.take_the_receipt(team, tmp_path)
        signing.read_the_results(team)
        signing.reopen(team)
        second = signing.hand_over_and_sign(team, revision=2)
        signing.cite_both(team, first, second)

    assert team.looks.found == []


def test_five_people_work_together_on_phones_without_scripts(live_server: LiveServer, new_context: NewContext) -> None:
    with team_of_five(live_server, new_context, Setting("SGP", PHONE, has_scripts=False)) as team:
        _work_together(team)

    assert team.looks.found == []


def _work_together(team: Team) -> None:
    """From the invitations to the first evidence."""
    gather(team)
    work.hand_over(team)
    work.find_mine(team)
    work.answer_first(team)
    work.collide(team)
    work.lose_the_session(team)
    work.discuss(team)
    work.attach_evidence(team)


def test_a_contributor_needs_nothing_but_the_keyboard_on_a_phone(live_server: LiveServer, new_context: NewContext) -> None:
    with team_of_five(live_server, new_context, Setting("PER", PHONE, has_scripts=True)) as team:
        invite_everybody(team)
        page = team.labour.page
        _accept_by_keys(team, page)
        for official in (team.digital, team.statistics):
            accept(team, official)
        start_review(team)
        work.hand_over_section(team, "B1 Public sector capacity", team.labour)

        _sign_out_and_in_by_keys(team, page)
        team.see(team.labour, "my reviews, by keys")
        press(page, page.locator(".work").get_by_role("link", name="Go to my next question"))
        _answer_by_keys(team, page)
        press(page, page.get_by_role("button", name="Save and come back later"))
        expect(page).to_have_url(re.compile(f"{team.review}$"))
        press(page, page.get_by_role("link", name="9 questions are yours"))
        _discuss_by_keys(team, page)

    assert team.looks.found == []


def _accept_by_keys(team: Team, page: Page) -> None:
    page.goto(link_in_mail(team, team.labour))
    type_into(page, page.get_by_label("Password", exact=True), PASSWORD)
    type_into(page, page.get_by_label("Password again"), PASSWORD)
    press(page, page.get_by_role("button", name="Create account"))
    expect(page.get_by_role("heading", level=1)).to_have_text("My reviews")


def _sign_out_and_in_by_keys(team: Team, page: Page) -> None:
    press(page, page.get_by_role("button", name="Sign out"))
    press(page, page.get_by_role("link", name="Sign in").first)
    type_into(page, page.get_by_label("Mail address"), team.labour.email)
    type_into(page, page.get_by_label("Password", exact=True), PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My reviews")


def _answer_by_keys(team: Team, page: Page) -> None:
    expect(page).to_have_url(re.compile("#B1-01$"))
    levels = page.locator(f"{question('B1-01')} input[name='B1-01.choice']")
    reach(page, levels.first)
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{question('B1-01')} [data-save-state]")).to_contain_text("Saved")
    expect(levels.nth(1)).to_be_checked()
    team.see(team.labour, "an answer, by keys")


def _discuss_by_keys(team: Team, page: Page) -> None:
    expect(page.get_by_role("link", name=re.compile("Mine"))).to_have_attribute("aria-current", "page")
    press(page, page.locator("a[href$='/items/B1-01/discussion']"))
    type_into(page, page.get_by_label("What do you want to say?"), "Do you know the date of the decision?")
    reach(page, page.get_by_label(team.statistics.name))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Start the discussion"))
    expect(page.locator(".post")).to_contain_text(f"Notified: {team.statistics.name}")
    team.see(team.labour, "a discussion, by keys")
