"""A page as a stranger would judge it: axe finds nothing, and nothing sticks out, at the width of a desk and of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page, Route

from tests.browser.test_every_page import ALL, AXE, SIGHT

DESK, PHONE = 1280, 390
HEIGHT = 900


@dataclass
class Looks:
    """What was found in the states that were looked at; `reader` shows again what a browser without scripts shows."""

    reader: Page
    has_scripts: bool
    found: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def at(self, page: Page, state: str) -> None:
        """Look at a page as it is now; what was looked at before is not looked at again."""
        if state in self.states:
            return
        self.states.append(state)
        self.found += [f"{state}: {problem}" for problem in self._problems(page)]

    def _problems(self, page: Page) -> Iterator[str]:
        size = page.viewport_size
        assert size is not None
        shown = page if self.has_scripts else self._shown_again(page)
        for width in (PHONE, DESK):
            shown.set_viewport_size({"width": width, "height": HEIGHT})
            more = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if more > 0:
                yield f"{width}: sticks out by {more} pixels"
        # In a window as high as the page, the bar at its foot covers nothing.
        height = shown.evaluate("document.documentElement.scrollHeight")
        shown.set_viewport_size({"width": size["width"], "height": height})
        shown.evaluate(AXE)
        rules = ALL if size["width"] == DESK else SIGHT  # what does not depend on the width was looked at on a desk
        found = shown.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
        shown.set_viewport_size(size)
        for violation in found["violations"]:
            yield f"{size['width']}: {violation['id']} at {[node['target'] for node in violation['nodes'][:3]]}"

    def _shown_again(self, page: Page) -> Page:
        """Show the page of a browser without scripts in one that has them, for axe is a script; the page's own are left out."""
        html = page.content().replace('<script type="module"', '<script type="text/plain"')

        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

        address = page.url.partition("#")[0]
        self.reader.route(address, answer)
        self.reader.goto(address)
        self.reader.unroute(address)
        return self.reader
