"""Pages on paper: what is folded is open, what is pressed is gone, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.kit.actor import Role
from tests.browser.live import CODE, CYCLE, VERSION, LiveServer

OpenPage = Callable[..., Page]
A4_PIXELS = 794


def _print(page: Page, address: str) -> None:
    page.set_viewport_size({"width": A4_PIXELS, "height": 1123})
    page.goto(address)
    page.emulate_media(media="print")
    expect(page.locator(".site-nav")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_PIXELS
    assert page.locator(".button:visible").count() == 0
    assert len(page.pdf(format="A4")) > 10_000


def test_results_print_whole(open_page: OpenPage, live_server: LiveServer) -> None:
    review = live_server.fill_review()
    live_server.ask_for_sign_off(review)
    live_server.submit(review)
    page = open_page(Role.COORDINATOR)

    _print(page, f"/reviews/{review}/revisions/1/results")

    expect(page.get_by_text("There are no ranks")).to_be_visible()
    expect(page.get_by_text("World Bank GovTech Dataset").first).to_be_visible()


@pytest.mark.parametrize(
    ("address", "folded"),
    [
        (f"/questionnaires/{CODE}/{VERSION}", "What counts as a lead unit"),
        (f"/benchmarks/{CODE}/{CYCLE}", "World Bank GovTech Dataset"),
    ],
    ids=["questionnaire", "benchmark"],
)
def test_public_pages_print_whole(open_page: OpenPage, address: str, folded: str) -> None:
    page = open_page()

    _print(page, address)

    expect(page.get_by_text(folded).first).to_be_visible()


def test_a_figure_is_printed_in_greys_whatever_the_screen_prefers(open_page: OpenPage) -> None:
    page = open_page()
    page.emulate_media(color_scheme="dark")
    page.goto(f"/benchmarks/{CODE}/{CYCLE}")
    expect(page.locator(".figure__paper").first).to_be_hidden()

    page.emulate_media(media="print")

    paper = page.locator(".figure__paper").first
    expect(paper).to_be_visible()
    expect(page.locator(".figure__screen").first).to_be_hidden()
    assert "theme=print" in str(paper.get_attribute("src"))
    assert paper.evaluate("image => image.naturalWidth") > 0
