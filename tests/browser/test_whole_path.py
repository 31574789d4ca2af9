"""One official's way from the first sign-in to the benchmark, in a browser; and again without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect

from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.items import Item, MaturityItem
from app.kit.actor import Role
from tests.browser.live import CODE, CYCLE, PASSWORD, LiveServer, answer, choose, control, question, review_of, save

pytestmark = pytest.mark.timeout(180)
OpenPage = Callable[..., Page]


def test_an_official_goes_from_a_blank_form_to_the_benchmark(open_page: OpenPage, live_server: LiveServer) -> None:
    page = open_page(Role.COORDINATOR)
    expect(page).to_have_url(re.compile("/reviews$"))
    card = page.locator(".card", has_text="Cycle 2026")
    card.get_by_role("button", name="Start this review").click()
    expect(page.get_by_role("status")).to_contain_text("The review is started")
    review = review_of(page)

    page.get_by_role("link", name="Begin").click()
    document = live_server.questionnaire
    particular = {"B1": _answer_public_sector, "B2": _answer_private_sector}
    for section in document.sections:
        expect(page.get_by_role("heading", level=1)).to_contain_text(section.title)
        if section.code in particular:
            particular[section.code](page, document, section)
        else:
            _answer_all(page, document, _core(section))
            _save_and_leave(page)
    _check_and_hand_over(page)
    _sign_off(open_page(Role.APPROVER), review)
    shown = _read_results(page, review)
    _share_with_everybody(page, review)
    _compare(open_page(), shown)
    _reopen(page, review)


def _answer_public_sector(page: Page, document: Questionnaire, section: Section) -> None:
    """Levels, a checklist with its exclusive "none", a percentage, two honest ways of not answering, comment and evidence."""
    first, second, *others = [item for item in section.items if isinstance(item, MaturityItem)]
    choose(page, first.code, "4")
    page.locator(question(first.code)).get_by_text("Comment and evidence").click()
    page.locator(control(first.code, "comment")).fill("Named in the decision of March.")
    page.locator(control(first.code, "evidence_url")).fill("https://example.org/decision")
    choose(page, second.code, "~not_available")
    choose(page, others[0].code, "~declined")
    for item in others[1:]:
        choose(page, item.code, "3")
    ticks = page.locator(question("B1-03")).get_by_role("checkbox")
    none = page.locator(f"{question('B1-03')} input[value='none']")
    ticks.nth(0).check()
    none.check()
    expect(ticks.nth(0)).not_to_be_checked()
    ticks.nth(1).check()
    ticks.nth(2).check()
    expect(none).not_to_be_checked()
    answer(page, document, document.items["B1-05"])
    page.locator(control("B1-05", "value")).fill("12.5")
    save(page)


def _answer_private_sector(page: Page, document: Questionnaire, section: Section) -> None:
    """A number that is no number is named and linked to; the others are kept. An answer brings up a further question."""
    _answer_all(page, document, _core(section))
    page.locator(control("B2-01", "value")).fill("about a third")
    page.locator(control("B2-02", "value")).fill("24")
    save(page)

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("There is a problem")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_text("The other answers are saved")).to_be_visible()
    expect(page.locator(control("B2-01", "value"))).to_have_value("about a third")
    expect(page.locator(control("B2-02", "value"))).to_have_value("24")
    summary.get_by_role("link", name=re.compile("B2-01")).click()
    expect(page.locator(control("B2-01", "value"))).to_be_focused()
    page.locator(control("B2-01", "value")).fill("31.5")
    expect(page.locator(question("B2-03"))).to_be_visible()
    answer(page, document, document.items["B2-03"])
    page.locator(control("B2-03", "value")).fill("0.4")
    save(page)


def _check_and_hand_over(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    expect(page.get_by_text("Named in the decision of March.")).to_be_visible()
    expect(page.get_by_role("link", name="https://example.org/decision")).to_be_visible()
    expect(page.get_by_text("Information not available")).to_be_visible()
    expect(page.get_by_text("Prefer not to answer")).to_be_visible()
    page.get_by_role("button", name="Hand over to the approver").click()
    expect(page.get_by_role("status")).to_contain_text("The review is with the approver")


def _sign_off(page: Page, review: str) -> None:
    """A wrong password is refused and nothing is signed; the right one with the attestation submits."""
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="Read and sign off").click()
    page.get_by_label("I attest to this statement").check()
    page.get_by_label("Your password").fill("not the password at all")
    page.get_by_role("button", name="Sign off and submit").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("I attest to this statement").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign off and submit").click()
    expect(page.get_by_role("status")).to_contain_text("signed off and submitted")


def _read_results(page: Page, review: str) -> str:
    """Every node has its score or the reason why not; a number opens down to the answers. Return the first pillar's score."""
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="See the results").click()
    cards = page.locator(".card", has=page.locator(".score"))
    expect(cards).to_have_count(12)
    expect(page.get_by_role("heading", level=2, name="Capacity pillars")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="Enabling conditions")).to_be_visible()
    expect(page.get_by_text("Attribution: how well is the cause of this result shown?")).to_be_visible()
    for card in cards.all():
        expect(card).to_contain_text("% answered")
    shown = page.locator(".card", has_text="Public sector capacity")
    score = shown.locator(".score__number strong").inner_text()
    expect(shown.locator(".tag")).to_have_count(1)
    expect(page.get_by_role("heading", name="Where the gaps are")).to_be_visible()
    shown.get_by_role("link", name="How was this computed?").click()
    sum_ = page.get_by_role("table", name="The sum")
    expect(sum_.get_by_role("row", name=re.compile("B1-01"))).to_contain_text("Level 4")
    expect(sum_.get_by_role("row", name=re.compile("B1-05"))).to_contain_text("12.5 %")
    expect(sum_.get_by_role("row", name=re.compile("Information not available"))).to_be_visible()
    return score


def _share_with_everybody(page: Page, review: str) -> None:
    page.goto(f"/reviews/{review}/revisions/1/results")
    page.get_by_role("link", name="Choose what is shown").click()
    for choice in page.get_by_role("radio", name="Public").all():
        choice.check()
    page.get_by_role("button", name="Save these choices").click()
    expect(page.get_by_role("status")).to_contain_text("Your choices are saved")


def _compare(page: Page, score: str) -> None:
    """The public page and the API show the number that the economy saw."""
    page.goto(f"/benchmarks/{CODE}/{CYCLE}/today")
    row = page.get_by_role("row", name=re.compile("^Australia"))
    expect(row.get_by_role("cell").first).to_have_text(score)
    listing = page.request.get(f"/api/v1/benchmarks/scores?questionnaire={CODE}&cycle={CYCLE}&node=B1&series=self&limit=100")
    listed = {entry["economy"]: entry["score"] for entry in listing.json()["data"]}
    assert listing.status == 200
    assert f"{listed['AUS']:.1f}" == score
    cells = page.request.get(f"/api/v1/benchmarks/cells?questionnaire={CODE}&cycle={CYCLE}&node=B1&series=self&group=APEC")
    assert cells.json()["data"][0]["n"] == 16


def _reopen(page: Page, review: str) -> None:
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="Reopen the review as a new revision").click()
    page.get_by_label("Why is the review reopened?").fill("The figure for training came in.")
    page.get_by_role("button", name="Reopen as a new revision").click()
    expect(page.get_by_role("status")).to_contain_text("reopened as a new revision")
    expect(page.get_by_text("Revision 2", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Revision 1")).to_be_visible()


def test_without_scripts_a_section_is_answered_and_signed_off(open_page: OpenPage, live_server: LiveServer) -> None:
    review = live_server.fill_review(without="B4")
    section = next(section for section in live_server.questionnaire.sections if section.code == "B4")
    page = open_page(Role.COORDINATOR, java_script_enabled=False)

    page.goto(f"/reviews/{review}/sections/B4")
    page.locator(control(_number(section).code, "value")).fill("many")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Write a number in figures")
    _answer_all(page, live_server.questionnaire, _core(section))
    _save_and_leave(page)
    page.goto(f"/reviews/{review}/check")
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    page.get_by_role("button", name="Hand over to the approver").click()

    approver = open_page(Role.APPROVER, java_script_enabled=False)
    approver.goto(f"/reviews/{review}/check")
    approver.get_by_label("I attest to this statement").check()
    approver.get_by_label("Your password").fill(PASSWORD)
    approver.get_by_role("button", name="Sign off and submit").click()
    expect(approver.get_by_role("heading", level=1)).to_have_text("Receipt for revision 1")
    expect(approver.get_by_text(re.compile("^AUS-APEC-AI-REVIEW-.*-R1-[0-9A-F]{8}$"))).to_be_visible()
    approver.goto(f"/reviews/{review}/sections/B4")
    expect(approver.get_by_text("These answers are locked.")).to_be_visible()
    expect(approver.locator("form[action*='/sections/']")).to_have_count(0)


def test_a_question_that_an_answer_brings_up_is_shown_at_once(open_page: OpenPage, live_server: LiveServer) -> None:
    review = live_server.start_review()
    page = open_page(Role.COORDINATOR)
    page.goto(f"/reviews/{review}/sections/B2")
    expect(page.locator(question("B2-03"))).to_have_count(0)

    page.locator(control("B2-02", "value")).fill("24")

    expect(page.locator(f"{question('B2-02')} [data-save-state]")).to_contain_text("There is more to answer now: B2-03.")
    expect(page.locator(question("B2-03"))).to_be_visible()


def _core(section: Section) -> list[Item]:
    return [item for item in section.items if item.core]


def _number(section: Section) -> Item:
    return next(item for item in section.items if item.type in {"number", "percent"})


def _answer_all(page: Page, document: Questionnaire, items: Sequence[Item]) -> None:
    for item in items:
        answer(page, document, item)


def _save_and_leave(page: Page) -> None:
    """Save, and once more where the answers brought up further questions on the page."""
    save(page)
    if page.get_by_text("the questions on this page have changed").is_visible():
        save(page)
