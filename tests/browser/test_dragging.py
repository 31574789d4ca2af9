"""Parts of a draft are dragged to their place, and what is typed is read back, as far as scripts run."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from app.authoring import closing, drafts
from app.domain.drafting.document import code_of
from app.kit.actor import Role
from tests.browser.live import CODE, VERSION, LiveServer

OpenPage = Callable[..., Page]


@pytest.fixture
def draft(live_server: LiveServer) -> UUID:
    with live_server.database.write() as session:
        return drafts.start_from_version(session, live_server.actor(Role.ADMINISTRATOR), CODE, VERSION).id


def _items(live: LiveServer, draft: UUID) -> dict[str, list[str]]:
    with live.database.read() as session:
        pages = drafts.open_draft(session, live.actor(Role.ADMINISTRATOR), draft).document.pages
    return {code_of(page.part): [code_of(item) for item in page.items] for page in pages}


def _line(page: Page, address: str) -> Locator:
    return page.locator(f"[data-address='{address}'] > a")


def _open(page: Page, draft: UUID, address: str = "item/B1-02") -> Page:
    page.set_viewport_size({"width": 1280, "height": 2_000})
    page.goto(f"/admin/drafts/{draft}/parts/{address}")
    return page


def _drop_above(page: Page, dragged: str, target: str) -> None:
    """Drag by hand: the first movement begins the drag, and only then may the outline scroll to the target."""
    _line(page, dragged).hover(position={"x": 20, "y": 12})
    page.mouse.down()
    _line(page, dragged).hover(position={"x": 30, "y": 16})
    for _ in range(2):
        _line(page, target).hover(position={"x": 20, "y": 2})
    page.mouse.up()


def test_an_item_is_dragged_before_another_and_what_is_typed_stays(
    open_page: OpenPage, live_server: LiveServer, draft: UUID
) -> None:
    page = _open(open_page(Role.ADMINISTRATOR), draft)
    page.locator("[name=text]").fill("Not saved yet")

    _drop_above(page, "item/B1-03", "item/B1-01")

    expect(page.get_by_text("Moved: B1-03.")).to_be_visible()
    assert _items(live_server, draft)["B1"][:3] == ["B1-03", "B1-01", "B1-02"]
    shown = page.locator("[data-like=item] > li").evaluate_all("all => all.map(each => each.dataset.address)")
    assert shown[:3] == ["item/B1-03", "item/B1-01", "item/B1-02"]
    expect(page.locator("[name=text]")).to_have_value("Not saved yet")
    expect(_line(page, "item/B1-03")).to_be_focused()
    _drop_above(page, "item/B1-02", "item/B1-01")
    expect(page.get_by_text("Moved: B1-02.")).to_be_visible()
    assert _items(live_server, draft)["B1"][:3] == ["B1-03", "B1-02", "B1-01"], "the outline that was reloaded can be dragged too"


def test_an_item_is_dragged_to_the_end_of_another_section(open_page: OpenPage, live_server: LiveServer, draft: UUID) -> None:
    page = _open(open_page(Role.ADMINISTRATOR), draft)

    _drop_above(page, "item/B1-01", "section/B2")

    expect(page.get_by_text("Moved: B1-01.")).to_be_visible()
    found = _items(live_server, draft)
    assert "B1-01" not in found["B1"]
    assert found["B2"][-1] == "B1-01"


def test_sections_and_scores_are_dragged_among_their_like(open_page: OpenPage, live_server: LiveServer, draft: UUID) -> None:
    page = open_page(Role.ADMINISTRATOR)
    page.set_viewport_size({"width": 1280, "height": 3_000})
    page.goto(f"/admin/drafts/{draft}")
    first = page.locator("[data-like=section] > li").first.get_attribute("data-address")
    assert first is not None

    _drop_above(page, "section/B2", first)

    expect(page.get_by_text("Moved: B2.")).to_be_visible()
    assert next(iter(_items(live_server, draft))) == "B2"


def test_what_is_refused_is_said_in_words(open_page: OpenPage, live_server: LiveServer, draft: UUID) -> None:
    page = _open(open_page(Role.ADMINISTRATOR), draft)
    with live_server.database.write() as session:
        closing.discard(session, live_server.actor(Role.ADMINISTRATOR), draft, 0)

    _drop_above(page, "item/B1-03", "item/B1-01")

    expect(page.get_by_text("Not moved. This draft was discarded.")).to_be_visible()


def test_what_is_typed_is_read_back_at_once(open_page: OpenPage, draft: UUID) -> None:
    page = _open(open_page(Role.ADMINISTRATOR), draft)
    page.get_by_role("heading", name="When it is asked").click()
    sentence = page.locator("[data-reading=show_if]")
    expect(sentence).to_have_text("Always shown.")

    page.locator("[name='show_if.0.item']").fill("B1-01")
    page.locator("[name='show_if.0.relation']").select_option("at_least")
    page.locator("[name='show_if.0.value']").fill("3")

    expect(sentence).to_have_text("Shown when B1-01 is at level 3 or above.")
    page.reload()
    expect(sentence).to_have_text("Always shown.")


def test_the_curve_follows_the_goalposts_that_are_typed(open_page: OpenPage, draft: UUID) -> None:
    page = _open(open_page(Role.ADMINISTRATOR), draft, "item/A2-04")
    page.get_by_role("heading", name="Scoring").click()
    points = page.locator("[data-reading=points]")
    before = points.locator("polyline").get_attribute("points")

    page.locator("[name='goalposts.lo']").fill("40")

    expect(points.get_by_role("rowheader").last).to_have_text("40")
    assert points.locator("polyline").get_attribute("points") != before
