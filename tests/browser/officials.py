"""Five officials of two ministries and a cabinet office, invited by mail, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, expect

from app.accounts import service
from app.kit.actor import COMMAND_LINE, Role
from app.mail.delivery import deliver_due
from app.main import open_passwords
from tests.browser.live import PASSWORD, LiveServer, save, sign_in
from tests.browser.looking import HEIGHT, Looks
from tests.mail_servers import Post, smtp_server

NewContext = Callable[..., BrowserContext]


@dataclass(frozen=True, slots=True)
class Setting:
    """One economy at work in one kind of browser."""

    economy: str
    width: int
    has_scripts: bool


@dataclass(frozen=True, slots=True)
class Official:
    """One person with a browser."""

    name: str
    email: str
    role: Role
    page: Page

    def sign_in_again(self) -> None:
        """Sign in in another tab, as somebody does whose session has ended."""
        tab = self.page.context.new_page()
        sign_in(tab, self.role, email=self.email)
        tab.close()


@dataclass
class Team:
    """The five, their cycle, and the address of their review once it is started."""

    live: LiveServer
    post: Post
    looks: Looks
    has_scripts: bool
    cycle: str
    coordinator: Official
    digital: Official
    labour: Official
    statistics: Official
    approver: Official
    review: str = ""

    @property
    def invited(self) -> tuple[Official, ...]:
        return self.digital, self.labour, self.statistics, self.approver

    def see(self, official: Official, state: str) -> None:
        """Let axe look at what somebody sees."""
        self.looks.at(official.page, state)

    def open_section(self, official: Official, section: str) -> Page:
        official.page.goto(f"{self.review}/sections/{section}")
        return official.page


@contextmanager
def team_of_five(live: LiveServer, new_context: NewContext, setting: Setting) -> Iterator[Team]:
    """Make the coordinator and open a cycle; the other four have an empty browser each, until they are invited."""
    cycle = live.open_cycle()

    def person(name: str, role: Role) -> Official:
        page = new_context(java_script_enabled=setting.has_scripts, reduced_motion="reduce").new_page()
        page.set_viewport_size({"width": setting.width, "height": HEIGHT})
        page.set_default_timeout(10_000)
        first = name.partition(" ")[0].lower()
        return Official(name, f"{first}.{setting.economy.lower()}.{cycle}@example.org", role, page)

    coordinator = person("Mere Tane, Digital Affairs", Role.COORDINATOR)
    with live.database.write() as session:
        service.create_user(
            session,
            COMMAND_LINE,
            email=coordinator.email,
            name=coordinator.name,
            role=coordinator.role,
            economy=setting.economy,
            password=PASSWORD,
            passwords=open_passwords(live.settings),
        )
    reader = new_context(reduced_motion="reduce").new_page()
    with smtp_server() as post:
        yield Team(
            live,
            post,
            Looks(reader, setting.has_scripts),
            setting.has_scripts,
            cycle,
            coordinator,
            person("Tom Okoye, Digital Affairs", Role.CONTRIBUTOR),
            person("Ana Rivera, Labour", Role.CONTRIBUTOR),
            person("Jun Sato, Labour", Role.CONTRIBUTOR),
            person("Wai Lee, Cabinet Office", Role.APPROVER),
        )


def invite_everybody(team: Team) -> None:
    """The coordinator invites the four on the page of the team, and the mails leave."""
    page = team.coordinator.page
    sign_in(page, Role.COORDINATOR, email=team.coordinator.email)
    page.get_by_role("link", name="Team", exact=True).click()
    team.see(team.coordinator, "the team of one")
    for official in team.invited:
        page.get_by_label("Name", exact=True).fill(official.name)
        page.get_by_label("Mail address").fill(official.email)
        page.get_by_label(official.role.value.title(), exact=True).check()
        save(page, "Send invitation")
        expect(page.get_by_text("Invitation link")).to_be_visible()
    team.see(team.coordinator, "everybody invited")
    deliver_due(team.live.database, team.post.sender())


def link_in_mail(team: Team, official: Official) -> str:
    """Return the path of the link in the newest mail to somebody."""
    letters = [letter for letter in team.post.box.messages if official.email in str(letter["To"])]
    found = re.search(r"/invitations/\S+", letters[-1].get_content())
    assert found is not None
    return found[0]


def accept(team: Team, official: Official) -> None:
    """Follow the link in the mail and choose a password."""
    page = official.page
    page.goto(link_in_mail(team, official))
    team.see(official, "an invitation")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    save(page, "Create account")
    expect(page.get_by_role("heading", level=1)).to_have_text("My reviews")


def gather(team: Team) -> None:
    """Bring the five together, and let the coordinator start the review."""
    invite_everybody(team)
    for official in team.invited:
        accept(team, official)
    start_review(team)


def start_review(team: Team) -> None:
    page = team.coordinator.page
    page.goto("/reviews")
    team.see(team.coordinator, "nothing started")
    page.locator(".card", has_text=f"Cycle {team.cycle}").get_by_role("button", name="Start this review").click()
    expect(page.get_by_role("status")).to_contain_text("The review is started")
    found = re.search(r"/reviews/[0-9a-f-]{36}", page.url)
    assert found is not None
    team.review = found[0]
    team.see(team.coordinator, "the review, just started")
