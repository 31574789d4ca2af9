"""A form of the editor asks before what is typed, and not saved yet, is left behind; saving and looking around ask nothing."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Dialog, Page, expect

from app.authoring import drafts
from app.kit.actor import Role
from tests.browser.live import CODE, VERSION, LiveServer

OpenPage = Callable[..., Page]


@pytest.fixture
def part(open_page: OpenPage, live_server: LiveServer) -> Page:
    with live_server.database.write() as session:
        draft: UUID = drafts.start_from_version(session, live_server.actor(Role.ADMINISTRATOR), CODE, VERSION).id
    page = open_page(Role.ADMINISTRATOR)
    page.goto(f"/admin/drafts/{draft}/parts/item/B1-02")
    return page


def _asked(page: Page) -> list[str]:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


@pytest.mark.parametrize("way", ["Before: Question B1-01", "Move up"])
def test_typing_is_not_left_behind_unasked(part: Page, way: str) -> None:
    asked = _asked(part)
    part.locator("[name=text]").fill("An hour of words")

    part.get_by_text(way, exact=True).click(no_wait_after=True)

    expect(part.locator("[name=text]")).to_have_value("An hour of words")
    assert asked == ["beforeunload"]


def test_saving_and_leaving_what_is_untouched_ask_nothing(part: Page) -> None:
    asked = _asked(part)
    part.locator("[name=text]").fill("An hour of words")
    part.locator("[name=text]").press("Tab")

    part.get_by_role("button", name="Save", exact=True).click()
    expect(part.get_by_text("Saved.")).to_be_visible()
    part.get_by_text("Before: Question B1-01", exact=True).click()

    expect(part.get_by_role("heading", name="Question B1-01", level=1)).to_be_visible()
    assert asked == []
