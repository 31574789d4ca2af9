"""A person who uses the keyboard alone: to a control with Tab, and then with the keys that it takes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

MOST_TABS = 160


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the control has the focus, which must then be seen in the window."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("control => control === document.activeElement"):
            assert wanted.evaluate(_IS_SEEN), f"the focus is hidden at {wanted}"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {wanted}")


_IS_SEEN = """control => {
    const box = control.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
}"""


def type_into(page: Page, wanted: Locator, words: str) -> None:
    reach(page, wanted)
    page.keyboard.type(words)


def press(page: Page, wanted: Locator) -> None:
    """Follow a link or press a button, and wait for the page that comes."""
    reach(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")
