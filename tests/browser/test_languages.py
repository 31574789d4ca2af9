"""The pages in Spanish: chosen by the reader, said to be unreviewed, whole to axe and at the width of a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from app.kit.actor import Role
from tests.browser.live import CODE, CYCLE, VERSION, LiveServer, choose, question, sign_in

OpenPage = Callable[..., Page]
Speaking = Callable[..., Page]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture
def speaking(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser that asks for a language."""
    contexts: list[BrowserContext] = []

    def open_speaking(locale: str, *, width: int = 1280) -> Page:
        viewport: ViewportSize = {"width": width, "height": 900}
        contexts.append(browser.new_context(base_url=live_server.url, locale=locale, viewport=viewport))
        return contexts[-1].new_page()

    yield open_speaking
    for context in contexts:
        context.close()


@pytest.fixture
def review(live_server: LiveServer) -> UUID:
    return live_server.start_review()


def test_the_reader_chooses_the_language_in_the_footer_and_stays_on_the_page(open_page: OpenPage) -> None:
    page = open_page(Role.COORDINATOR)
    page.goto(f"/questionnaires/{CODE}/{VERSION}")

    page.get_by_label("Language").select_option("es")
    page.get_by_role("button", name="Change language").click()

    expect(page).to_have_url(f"/questionnaires/{CODE}/{VERSION}")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_text("Where in doubt, the English text holds")).to_have_count(0)
    expect(page.locator(".translation-note")).to_contain_text("persona experta")
    expect(page.get_by_role("heading", level=1)).to_contain_text("APEC")
    page.goto("/reviews")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_a_browser_that_asks_for_spanish_gets_it_and_english_stays_for_others(speaking: Speaking) -> None:
    spanish, german = speaking("es-PE"), speaking("de-DE")

    spanish.goto("/")
    german.goto("/")

    expect(spanish.locator("html")).to_have_attribute("lang", "es")
    expect(german.locator("html")).to_have_attribute("lang", "en")


def test_an_answer_given_in_spanish_is_the_same_answer(open_page: OpenPage, speaking: Speaking, review: UUID) -> None:
    page = speaking("es-MX")
    sign_in(page, Role.COORDINATOR)
    page.goto(f"/reviews/{review}/sections/B1")
    choose(page, "B1-01", "3")

    expect(page.locator(f"{question('B1-01')} [data-save-state]")).to_contain_text("Se guardó")
    english = open_page(Role.COORDINATOR)
    english.goto(f"/reviews/{review}/sections/B1")
    expect(english.locator(f"{question('B1-01')} input[value='3']")).to_be_checked()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.timeout(180)
def test_spanish_pages_are_whole_at_every_width(speaking: Speaking, review: UUID, width: int) -> None:
    page = speaking("es-CL", width=width)
    sign_in(page, Role.COORDINATOR)

    for address in (
        "/",
        "/reviews",
        f"/reviews/{review}",
        f"/reviews/{review}/sections/EC",
        f"/reviews/{review}/sections/C1",
        f"/reviews/{review}/sections/IM",
        f"/reviews/{review}/check",
        f"/benchmarks/{CODE}/{CYCLE}",
        f"/questionnaires/{CODE}/{VERSION}",
    ):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})  # so that the bar at the foot covers nothing
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == [], address
