"""How administrators make the next version: start, reword, rescore, retire, move, translate, add, stumble, meet a colleague, try
it as an official, publish."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from app.accounts import service
from app.kit.actor import COMMAND_LINE, Role
from app.main import open_passwords
from tests.browser.live import CODE, PASSWORD, LiveServer, choose, question, save
from tests.browser.looking import Looks

REWORDED, RESCORED, RETIRED, MOVED, ADDED = "B1-01", "B1-05", "B4-09", "EC-08", "B1-10"
MET, COLLEAGUE = "B1-02", "Mei Lin, Secretariat"
NEW_WORDS = "How far is leadership for the use of artificial intelligence in government in place?"
NEW_QUESTION = "How far does government publish what its AI systems cost?"
NEXT = "2026.2"
IN_SPANISH = "¿En qué medida existe un liderazgo para el uso de la inteligencia artificial en el gobierno?"


@dataclass
class Authors:
    """Two administrators, each in a browser, and the address of the draft once it is started."""

    live: LiveServer
    looks: Looks
    page: Page
    colleague: Page
    draft: str = ""

    def see(self, state: str) -> None:
        """Let axe look at what the first of them sees."""
        self.looks.at(self.page, state)

    def open_part(self, address: str, page: Page | None = None) -> Page:
        """Open a part of the draft with every group of its fields unfolded."""
        shown = page or self.page
        shown.goto(f"{self.draft}/parts/{address}")
        folded = shown.locator("details.editor__fold:not([open]) > summary")
        while folded.count():
            folded.first.click()
        return shown


def colleague_of(live: LiveServer) -> str:
    """Make a second administrator, and return their mail address."""
    email = "mei.lin@example.org"
    with live.database.write() as session:
        service.create_user(
            session,
            COMMAND_LINE,
            email=email,
            name=COLLEAGUE,
            role=Role.ADMINISTRATOR,
            economy=None,
            password=PASSWORD,
            passwords=open_passwords(live.settings),
        )
    return email


def start(authors: Authors) -> None:
    """From the page of administration to a draft of the next version."""
    page = authors.page
    page.goto("/admin")
    page.get_by_role("link", name=re.compile("Drafts")).first.click()
    authors.see("no drafts yet")
    page.get_by_label("A published version").check()
    page.get_by_label("Version", exact=True).first.select_option(f"{CODE} 2026.1")
    save(page, "Start the draft")
    expect(page.get_by_role("status")).to_contain_text("The draft is started")
    expect(page.get_by_text(f"Draft of version {NEXT}")).to_be_visible()
    authors.draft = page.url.removeprefix(authors.live.url).partition("?")[0]
    authors.see("a draft, just started")


def reword(authors: Authors) -> None:
    page = authors.open_part(f"item/{REWORDED}")
    page.get_by_label("Text", exact=True).first.fill(NEW_WORDS)
    _save(page)
    expect(page.get_by_label("Text", exact=True).first).to_have_value(NEW_WORDS)
    authors.see("a part of the draft")


def rescore(authors: Authors) -> None:
    page = authors.open_part(f"item/{RESCORED}")
    page.get_by_label("Scores everything").fill("80")
    _save(page)


def retire(authors: Authors) -> None:
    page = authors.open_part(f"item/{RETIRED}")
    page.locator("summary", has_text="Retire").click()
    save(page, "Retire")
    expect(page.get_by_role("status")).to_contain_text("Taken out of the draft")


def move(authors: Authors) -> None:
    page = authors.open_part(f"item/{MOVED}")
    page.get_by_label("To section").select_option("A2")
    save(page, "Move there")
    expect(page.get_by_role("status")).to_contain_text("Moved.")


def translate(authors: Authors) -> None:
    """The reworded question is outdated in Spanish: one of the two translates it anew, the other reviews it."""
    page, colleague = authors.page, authors.colleague
    page.goto(f"{authors.draft}/translations/es?show=outdated")
    string = page.locator(".string", has_text=REWORDED)
    expect(string).to_contain_text("The source when it was translated")
    authors.see("an outdated translation")
    string.get_by_role("textbox").fill(IN_SPANISH)
    save(page, "Save this page")
    expect(page.get_by_role("heading", name="Nothing is left here")).to_be_visible()
    colleague.goto(f"{authors.draft}/translations/es?search={REWORDED}")
    own = colleague.locator(".string", has_text=NEW_WORDS)
    own.get_by_label("I have read it, and it is right").check()
    save(colleague, "Save this page")
    expect(own).to_contain_text(f"Reviewed by {COLLEAGUE}")


def try_out(authors: Authors) -> None:
    """One sees a question as an official will, answers it, and reads the score; nothing of it is kept as an answer."""
    page = authors.open_part(f"item/{REWORDED}")
    page.get_by_role("link", name="See it as an official").click()
    expect(page.locator(question(REWORDED))).to_contain_text(NEW_WORDS)
    choose(page, REWORDED, "4")
    save(page, "Save and continue")
    page.goto(f"{authors.draft}/preview/results")
    expect(page.get_by_text("Test answers count nowhere").first).to_be_visible()
    authors.see("the results of a preview")


def stumble(authors: Authors) -> None:
    """A code that is taken, a published code renamed, a half-written question, a weight that is no number: each is said in
    words, nothing typed is lost, and nothing can be published."""
    page = authors.page
    page.goto(authors.draft)
    page.get_by_label("Code", exact=True).first.fill(REWORDED)
    page.get_by_label("In which section?").select_option("B1")
    save(page, "Add the question")
    expect(page.get_by_role("alert")).to_contain_text(f"Another part has the code {REWORDED} already")
    expect(page.get_by_label("Code", exact=True).first).to_have_value(REWORDED)
    authors.see("a code that is taken")

    authors.open_part(f"item/{REWORDED}")
    page.get_by_label("Code", exact=True).first.fill("B1-99")
    save(page, "Save")
    expect(page.get_by_role("alert")).to_contain_text("a published code never changes its meaning")
    authors.see("a published code renamed")

    page.goto(authors.draft)
    page.get_by_label("Code", exact=True).first.fill(ADDED)
    page.get_by_label("In which section?").select_option("B1")
    save(page, "Add the question")
    expect(page.get_by_role("status")).to_contain_text("Added. Fill it in.")
    authors.open_part(f"item/{ADDED}")
    page.get_by_label("Text", exact=True).first.fill(NEW_QUESTION)
    page.get_by_label("Weight").fill("heavy")
    _save(page)
    expect(page.get_by_label("Weight")).to_have_value("heavy")
    authors.see("a part with problems")
    _is_stopped(authors)


def _is_stopped(authors: Authors) -> None:
    """The page of publishing says what is left, and offers no way past it."""
    page = authors.page
    page.goto(f"{authors.draft}/publish")
    expect(page.get_by_text(re.compile("problems? to correct first"))).to_be_visible()
    expect(page.get_by_role("link", name=f"Question {ADDED}").first).to_be_visible()
    expect(page.get_by_label("Your password")).to_have_count(0)
    authors.see("publishing, with problems")


def mend(authors: Authors) -> None:
    """Fill in what is missing, at the places that the problems name."""
    page = authors.open_part(f"item/{ADDED}")
    page.get_by_label("Weight").fill("1")
    page.get_by_label("Why it is asked").fill("Costs that are public can be compared with what a system brings.")
    page.get_by_label("Guidance").first.fill("Count systems in daily use. A budget line that names the system is enough.")
    for number, words in enumerate(("No cost is published.", "A few are.", "Half are.", "Most are.", "All are, each year.")):
        page.locator(f"[name='levels.{number}.text']").fill(words)
    clauses = page.locator("summary", has_text="Clauses").last
    clauses.click()
    page.locator("input[name='clauses'][value='B.i.1']").check()
    _save(page)
    expect(page.get_by_text(re.compile("problems? here"))).to_have_count(0)


def meet(authors: Authors) -> None:
    """Two administrators change the same question: who comes second sees both, and decides."""
    mine, theirs = authors.page, authors.colleague
    authors.open_part(f"item/{MET}")
    authors.open_part(f"item/{MET}", theirs)
    theirs.get_by_label("Example").fill("Each ministry signed its part.")
    _save(theirs)
    mine.get_by_label("Example").fill("Each agency signed its part.")
    save(mine, "Save")
    clash = mine.get_by_role("alert")
    expect(clash).to_contain_text("ministry signed its part.")
    expect(clash).to_contain_text("agency signed its part.")
    authors.see("a part that a colleague changed")
    _save(mine)
    mine.goto(f"{authors.draft}/history")
    expect(mine.get_by_text(f"Question {MET}").first).to_be_visible()
    authors.see("the history of a draft")


def publish(authors: Authors) -> None:
    """A wrong password publishes nothing; the right one does, once and for all."""
    page = authors.page
    page.goto(f"{authors.draft}/publish")
    changes = page.get_by_role("table", name="Questions that change")
    for code, change in (
        (REWORDED, "Clarified"),
        (RESCORED, "Rescored"),
        (RETIRED, "Retired"),
        (ADDED, "Added"),
        (MOVED, "Moved"),
        (MET, "Clarified"),
    ):
        expect(changes.get_by_role("row", name=re.compile(f"^{code}"))).to_contain_text(change)
    authors.see("publishing, ready")
    page.get_by_label("What is new").fill("One question on costs is new, and training of staff scores everything from 80 % on.")
    page.get_by_label("Your password").fill("not the password at all")
    save(page, f"Publish version {NEXT}")
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Your password").fill(PASSWORD)
    save(page, f"Publish version {NEXT}")
    expect(page.get_by_role("status")).to_contain_text("The version is published. It never changes")
    authors.see("the version, just published")


def _save(page: Page) -> None:
    save(page, "Save")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
