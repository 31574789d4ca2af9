"""How the five fill a review: hand over, answer, collide, lose connection and session, discuss, attach, work offline, go back."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.records import RecordField
from app.offline.layout import Column
from tests.browser.live import choose, control, question, save
from tests.browser.officials import Official, Team
from tests.evidence.files import PDF
from tests.offline.books import Value, filled, option_key, record_key

Cells = dict[str | tuple[str, Column], Value]
LEVEL, TICKS, SECOND, FOURTH, LAST = "B1-01", "B1-03", "B1-02", "B1-04", "B1-09"
BRINGS_UP, BROUGHT_UP = "B2-02", "B2-03"
CHANGED_MEANWHILE, LEFT_OUT = "B3-01", "A2-01"
BY_HAND = {LEVEL, TICKS, SECOND, FOURTH, BRINGS_UP, LEFT_OUT}


def hand_over(team: Team) -> None:
    """The coordinator hands out sections, and one question apart, with a date and a note."""
    page = team.coordinator.page
    page.goto(team.review)
    page.get_by_role("link", name="Who does what").click()
    team.see(team.coordinator, "who does what, nothing given yet")
    _hand_over(page, ["B1 Public sector capacity"], team.digital, "The register of systems is with the procurement office.")
    _hand_over(
        page, ["B2 Private sector capacity", "B3 Workforce capacity"], team.labour, "The statistics office has the figures."
    )
    page.goto(f"{team.review}/questions?section=B1")
    team.see(team.coordinator, "the questions of a section")
    page.get_by_role("link", name=re.compile(f"^Assign.*: {TICKS}$")).click()
    expect(page.get_by_role("checkbox", name=re.compile(f"^{TICKS} "))).to_be_checked()
    page.get_by_label("To whom?").select_option(label=team.statistics.name)
    save(page, "Assign")
    team.see(team.coordinator, "who does what, handed over")


def hand_over_section(team: Team, section: str, to: Official) -> None:
    page = team.coordinator.page
    page.goto(f"{team.review}/team")
    _hand_over(page, [section], to, "You know this best.")


def _hand_over(page: Page, sections: list[str], to: Official, note: str) -> None:
    for section in sections:
        page.get_by_label(section).check()
    page.get_by_label("To whom?").select_option(label=to.name)
    page.get_by_label("Due date").fill("2099-05-31")
    page.get_by_label("Note").fill(note)
    save(page, "Assign")
    expect(page.get_by_role("status")).to_contain_text("Assigned.")


def find_mine(team: Team) -> None:
    """A contributor is told what is new, and comes to it in one step."""
    page = team.labour.page
    page.goto("/reviews")
    team.see(team.labour, "my reviews, with work")
    mine = page.locator(".work", has_text="New for you")
    expect(mine).to_contain_text("The statistics office has the figures.")
    expect(mine).to_contain_text("due 31 May 2099")
    mine.get_by_role("link", name="Go to my next question").click()
    expect(page.locator(question("B2-01"))).to_contain_text("You, due 31 May 2099")
    page.goto(f"{team.review}/questions?show=mine")
    expect(page.get_by_role("link", name=re.compile("Mine"))).to_have_attribute("aria-current", "page")
    team.see(team.labour, "questions, mine")


def answer_first(team: Team) -> None:
    """The first answer; where scripts run it saves itself, and the next unanswered question is one step away."""
    page = team.open_section(team.digital, "B1")
    team.see(team.digital, "a section, blank")
    choose(page, SECOND, "5")
    _keep(team, page, SECOND)
    team.open_section(team.digital, "B1")
    expect(page.locator("[data-completeness]")).to_have_text("1 of 9")
    page.get_by_role("link", name="Go to the next unanswered question").click()
    expect(page).to_have_url(re.compile(f"#{LEVEL}$"))


def collide(team: Team) -> None:
    """Two ministries answer the same two questions at once: one answer is chosen, the other two are put together."""
    one, other = team.open_section(team.digital, "B1"), team.open_section(team.statistics, "B1")
    for page, chosen, tick in ((one, "2", "tax"), (other, "4", "health")):
        choose(page, LEVEL, chosen)
        page.locator(f"{question(TICKS)} input[value='{tick}']").check()
        if page is one:
            _keep(team, page, LEVEL, TICKS)
    if team.has_scripts:
        for code in (LEVEL, TICKS):
            expect(_state(other, code)).to_contain_text(f"{team.digital.name} saved another answer while you were working")
        team.see(team.statistics, "a conflict that autosave met")
    save(other)

    expect(other.get_by_role("alert")).to_contain_text(f"{team.digital.name} saved another answer")
    level, ticks = other.locator(f"{question(LEVEL)} .conflict"), other.locator(f"{question(TICKS)} .conflict")
    expect(level).to_contain_text(team.digital.name)
    expect(level).to_contain_text("Level 2")
    expect(level).to_contain_text("Level 4")
    team.see(team.statistics, "two conflicts")
    level.get_by_label("Keep my answer").check()
    ticks.get_by_label("Put both together").check()
    save(other)

    expect(other.get_by_role("heading", level=1)).to_contain_text("Private sector capacity")
    team.open_section(team.digital, "B1")
    expect(_choice(one, LEVEL, "4")).to_be_checked()
    expect(one.locator(question(LEVEL))).to_contain_text(f"Saved by {team.statistics.name}")
    for tick in ("tax", "health"):
        expect(one.locator(f"{question(TICKS)} input[value='{tick}']")).to_be_checked()


def lose_the_connection(team: Team) -> None:
    """What is answered without a connection is saved when it is back."""
    page = team.open_section(team.digital, "B1")
    page.context.set_offline(True)
    choose(page, LAST, "3")
    expect(_state(page, LAST)).to_have_text("Not saved. Trying again…")
    team.see(team.digital, "a lost connection")
    page.context.set_offline(False)
    expect(_state(page, LAST)).to_contain_text("Saved")
    page.reload()
    expect(_choice(page, LAST, "3")).to_be_checked()


def lose_the_session(team: Team) -> None:
    """What is answered after the session ended is saved when somebody has signed in again."""
    page = team.open_section(team.digital, "B1")
    page.context.clear_cookies()
    choose(page, FOURTH, "2")
    if team.has_scripts:
        expect(_state(page, FOURTH)).to_contain_text("You are signed out. Sign in again in another tab")
        team.see(team.digital, "a session that has ended")
        team.digital.sign_in_again()
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(_state(page, FOURTH)).to_contain_text("Saved")
    else:
        save(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your session has ended")
        team.see(team.digital, "a session that has ended")
        team.digital.sign_in_again()
        save(page, "I am signed in, continue")
        team.see(team.digital, "signed in again")
        save(page, "Save what I typed")
    team.open_section(team.digital, "B1")
    expect(_choice(page, FOURTH, "2")).to_be_checked()


def discuss(team: Team) -> None:
    """A question to a colleague of the other ministry, who is told of it, answers, and is thanked by a resolution."""
    one, other = team.open_section(team.statistics, "B1"), team.digital.page
    one.locator(question(SECOND)).get_by_role("link", name="Discuss").click()
    team.see(team.statistics, "no discussion yet")
    one.get_by_label("What do you want to say?").fill("Is level 5 right?\nI know of no evaluation.")
    one.get_by_label(team.digital.name).check()
    save(one, "Start the discussion")
    expect(one.get_by_role("status")).to_contain_text("The discussion is started.")

    other.goto(team.review)
    team.see(team.digital, "the review, with a mention")
    other.get_by_role("listitem").filter(has_text="You are mentioned").get_by_role("link").click()
    other.get_by_label("What do you want to say?").first.fill(f"You are right. @{team.statistics.name}")
    save(other, "Send reply")
    expect(other.locator(".post")).to_have_count(2)
    team.see(team.digital, "a discussion of two")

    one.goto(f"{team.review}/questions?show=comments")
    one.get_by_role("link", name="1 open discussion").click()
    save(one, "Mark as resolved")
    expect(one.get_by_role("heading", name="Resolved")).to_be_visible()
    team.see(team.statistics, "a discussion, resolved")


def attach_evidence(team: Team) -> None:
    """A link and a file, each used for two answers."""
    page = team.open_section(team.digital, "B1")
    # An answer that evidence is still needed for has this part open already.
    with page.expect_navigation():
        page.locator(question(LEVEL)).get_by_role("button", name="Add or change evidence").click()
    team.see(team.digital, "no evidence yet")
    page.get_by_label("Web address").fill("https://example.org/strategy")
    page.get_by_label("Title", exact=True).fill("The strategy")
    save(page, "Add this link")
    page.get_by_label("File", exact=True).set_input_files({"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_label("Title of the file").fill("The minutes")
    save(page, "Add this file")
    expect(page.get_by_label("The minutes")).to_be_checked()
    team.see(team.digital, "evidence of two kinds")
    page.goto(f"{team.review}/items/{SECOND}/evidence")
    page.get_by_label("The strategy").check()
    page.get_by_label("The minutes").check()
    save(page, "Save what is ticked")
    page.goto(f"{team.review}/evidence")
    expect(page.get_by_role("link", name="The minutes")).to_have_count(1)
    team.see(team.digital, "all evidence")


def bring_up_a_question(team: Team) -> None:
    """An answer brings up a further question: at once, or with the saved page."""
    page = team.open_section(team.labour, "B2")
    expect(page.locator(question(BROUGHT_UP))).to_have_count(0)
    page.locator(control(BRINGS_UP, "record-1-year")).fill("2025")
    page.locator(control(BRINGS_UP, "record-1-source")).fill("Labour force survey")
    page.locator(control(BRINGS_UP, "value")).fill("24")
    if team.has_scripts:
        expect(_state(page, BRINGS_UP)).to_contain_text(f"There is more to answer now: {BROUGHT_UP}.")
    else:
        save(page)
        expect(page.get_by_text("the questions on this page have changed")).to_be_visible()
    expect(page.locator(question(BROUGHT_UP))).to_be_visible()
    team.see(team.labour, "a question that appeared")


def work_offline(team: Team, folder: Path) -> None:
    """A contributor fills nearly everything in a workbook, while a colleague answers one of its questions otherwise."""
    page = team.statistics.page
    page.goto(team.review)
    page.get_by_role("link", name="Fill in offline, in a workbook").click()
    team.see(team.statistics, "the page of the workbook")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the workbook").click()
    file = folder / "filled.xlsx"
    file.write_bytes(filled(download.value.path().read_bytes(), _cells(team.live.questionnaire)))
    colleague = team.open_section(team.labour, "B3")
    choose(colleague, CHANGED_MEANWHILE, "2")
    _keep(team, colleague, CHANGED_MEANWHILE)

    page.get_by_label("The filled workbook").set_input_files(file)
    save(page, "Upload and compare")
    conflict = page.locator(".conflict")
    expect(conflict).to_have_count(1)
    expect(conflict).to_contain_text(team.labour.name)
    team.see(team.statistics, "the dry run of a workbook")
    conflict.get_by_label("Take the answer of the workbook").check()
    save(page, "Apply what is chosen")
    expect(page.get_by_role("heading", level=1)).to_have_text("The workbook is applied")
    expect(page.get_by_text("1 of them took the place of a newer stored answer")).to_be_visible()
    team.see(team.statistics, "the workbook applied")
    expect(_choice(team.open_section(team.labour, "B3"), CHANGED_MEANWHILE, "3")).to_be_checked()


def put_back(team: Team) -> None:
    """The coordinator puts an earlier answer back, from the history."""
    page = team.open_section(team.coordinator, "B1")
    page.locator(question(LEVEL)).get_by_role("link", name="History").click()
    team.see(team.coordinator, "the history of an answer")
    page.get_by_role("button", name=re.compile(f"Put this answer back.*{team.digital.name}")).click()
    expect(page.locator(".history__version")).to_have_count(3)
    expect(page.locator(".history__version").first).to_contain_text("Level 2")


def _keep(team: Team, page: Page, *codes: str) -> None:
    """Wait until answers have saved themselves, or save the page."""
    if not team.has_scripts:
        save(page)
        return
    for code in codes:
        expect(_state(page, code)).to_have_text(re.compile(r"^Saved \d\d:\d\d"))


def _state(page: Page, code: str) -> Locator:
    return page.locator(f"{question(code)} [data-save-state]")


def _choice(page: Page, code: str, value: str) -> Locator:
    return page.locator(f"{question(code)} input[name='{code}.choice'][value='{value}']")


def _cells(document: Questionnaire) -> Cells:
    """Fill in every core question that is not answered on a page."""
    cells: Cells = {}
    for item in document.items.values():
        if item.core and item.code not in BY_HAND:
            cells |= _answer(document, item)
    return cells


def _answer(document: Questionnaire, item: Item) -> Cells:
    fields: Cells = {record_key(item.code, 1, field.code): _field(field) for field in document.fields_of(item) if field.required}
    match item.type:
        case "maturity":
            return fields | {item.code: "3"}
        case "yes_no":
            return fields | {item.code: "Yes"}
        case "choice":
            return fields | {item.code: item.options[-1].text}
        case "checklist":
            return fields | {option_key(item.code, item.options[0].code): "Yes"}
        case "records":
            return {(item.code, Column.STATE): "Information not available"}
        case "text":
            return fields | {item.code: "In our own words."}
        case _:
            return fields | {item.code: 20}


def _field(field: RecordField) -> Value:
    match field.type:
        case "choice":
            return next(option.text for option in reversed(field.options) if option.counts)
        case "year":
            return 2025
        case "number":
            return 1
        case _:
            return "In our own words."
