"""How the five end a review: see what is missing, hand over, sign, read the results, reopen, and sign again."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chapters_of_work import LEFT_OUT, SECOND
from tests.browser.live import PASSWORD, choose, question, save
from tests.browser.officials import Team


def complete(team: Team) -> None:
    """The page of all answers names what is missing and leads there."""
    page = team.coordinator.page
    page.goto(f"{team.review}/check")
    expect(page.get_by_text("Still needed for sign-off (1)")).to_be_visible()
    team.see(team.coordinator, "one answer missing")
    page.locator(f"a.code-link[href*='/sections/'][href$='#{LEFT_OUT}']").click()
    expect(page.locator(question(LEFT_OUT))).to_be_in_viewport()
    choose(page, LEFT_OUT, "3")
    save(page, "Save and check this page")
    team.see(team.coordinator, "a section in short")


def hand_over_and_sign(team: Team, revision: int) -> str:
    """The coordinator hands over, the approver reads and signs; return the reference on the receipt."""
    page, approver = team.coordinator.page, team.approver.page
    page.goto(f"{team.review}/check")
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    team.see(team.coordinator, "all answers, complete")
    save(page, "Hand over to the approver")
    expect(page.get_by_role("status")).to_contain_text("The review is with the approver")
    team.see(team.coordinator, "handed over")

    approver.goto("/reviews")
    team.see(team.approver, "reviews of the approver")
    approver.locator(f"a[href='{team.review}']").first.click()
    approver.get_by_role("link", name="Read and sign off").click()
    team.see(team.approver, "all answers, to be signed")
    approver.get_by_label("I attest to this statement").check()
    approver.get_by_label("Your password").fill(PASSWORD)
    save(approver, "Sign off and submit")
    expect(approver.get_by_role("heading", level=1)).to_have_text(f"Receipt for revision {revision}")
    team.see(team.approver, f"receipt of revision {revision}")
    return approver.get_by_text(re.compile(rf"-R{revision}-[0-9A-F]{{8}}$")).inner_text()


def take_the_receipt(team: Team, folder: Path) -> None:
    """The receipt and the signed answers are there on paper."""
    page = team.approver.page
    for words in ("The receipt (PDF)", "The signed answers (PDF)"):
        with page.expect_download() as download:
            page.get_by_role("link", name=words).click()
        file = folder / download.value.suggested_filename
        download.value.save_as(file)
        assert file.read_bytes().startswith(b"%PDF")


def read_the_results(team: Team) -> None:
    """Everybody of the team can see what the answers come to, down to the sum of one pillar."""
    page = team.labour.page
    page.goto(team.review)
    page.get_by_role("link", name="See the results").click()
    expect(page.locator(".card", has=page.locator(".score"))).not_to_have_count(0)
    team.see(team.labour, "results")
    page.locator(".card", has_text="Public sector capacity").get_by_role("link", name="How was this computed?").click()
    expect(page.get_by_role("table", name="The sum")).to_be_visible()
    team.see(team.labour, "a score explained")


def reopen(team: Team) -> None:
    """The coordinator reopens the review with a reason, and one answer changes."""
    page = team.coordinator.page
    page.goto(team.review)
    page.get_by_role("link", name="Reopen the review as a new revision").click()
    page.get_by_label("Why is the review reopened?").fill("An evaluation was found after all.")
    save(page, "Reopen as a new revision")
    expect(page.get_by_text("Revision 2", exact=True)).to_be_visible()
    expect(page.get_by_text("An evaluation was found after all.")).to_be_visible()
    team.see(team.coordinator, "the review, reopened")
    section = team.open_section(team.digital, "B1")
    choose(section, SECOND, "4")
    save(section)


def cite_both(team: Team, first: str, second: str) -> None:
    """The first revision is still what it was, says that there is a newer one, and is found by its reference."""
    assert first != second
    page = team.labour.page
    page.goto(f"/submissions/{first}")
    expect(page.get_by_text("A newer revision is signed")).to_be_visible()
    expect(page.get_by_text(first, exact=True)).to_be_visible()
    answer = page.locator(".summary-list__row").filter(has_text=SECOND)
    expect(answer).to_contain_text("Level 5")
    expect(page.get_by_text("No answer yet")).to_have_count(0)
    team.see(team.labour, "revision 1, cited")
    page.goto(f"/submissions/{second}")
    expect(page.get_by_text("A newer revision is signed")).to_have_count(0)
    page.goto(team.review)
    team.see(team.labour, "the review, signed twice")
