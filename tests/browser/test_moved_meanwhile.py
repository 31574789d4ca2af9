"""A review is moved while a colleague has a section open: what was typed is never put to a question that asks otherwise now."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.kit.actor import Role
from app.reviews import service as reviews
from tests.browser.live import LiveServer, choose, question
from tests.browser.move_places import filled, move, publish
from tests.reviews.test_moving import A2, changed
from tests.scenarios import COMPLETE, SMALL, document

OpenPage = Callable[..., Page]
_numbers = itertools.count(1)


@pytest.fixture
def code() -> str:
    """A questionnaire of the test's own: a newer version would meet every other test."""
    return f"meanwhile{next(_numbers)}"


@pytest.fixture
def review(live_server: LiveServer, code: str) -> UUID:
    first = publish(live_server, document(SMALL.replace("code: small", f"code: {code}")))
    return filled(live_server, first, "2026", {name: raw for name, raw in COMPLETE.items() if name not in {"A2", "A3"}})


def _move(live: LiveServer, code: str, review: UUID) -> None:
    asked = "Is there a law?"
    later = changed(
        ("code: small", f"code: {code}"),
        (A2, f"{A2}        lineage: {{change: redefined}}\n"),
        (asked, "Is a law being written?"),
    )
    publish(live, document(later))
    move(live, review)


def _stored(live: LiveServer, review: UUID) -> dict[str, object]:
    with live.database.read() as session:
        saved = reviews.open_review(session, live.actor(Role.CONTRIBUTOR), review).saved
    return {name: each.answer.value for name, each in saved.items()}


def test_an_answer_to_the_question_as_it_was_is_refused_and_shown_beside_the_question_as_it_is(
    open_page: OpenPage, live_server: LiveServer, code: str, review: UUID
) -> None:
    page = open_page(Role.CONTRIBUTOR)
    page.goto(f"/reviews/{review}/sections/A")
    _move(live_server, code, review)

    choose(page, "A2", "yes")
    expect(page.locator(f"{question('A2')} [data-save-state]")).to_contain_text("this question changed")
    choose(page, "A1", "5")
    expect(page.locator(f"{question('A1')} [data-save-state]")).to_contain_text("The review was moved to another version.")
    page.get_by_role("button", name="Save and come back later").click()

    expect(page.locator("main")).to_contain_text("The review was moved to version 2026.2 while you worked")
    expect(page.locator(question("A2"))).to_contain_text("Is a law being written?")
    expect(page.locator(f"{question('A2')} [data-typed-before]")).to_contain_text("Yes")
    expect(page.locator(f"{question('A2')} input:checked")).to_have_count(0)
    assert (_stored(live_server, review)["A1"], _stored(live_server, review)["A2"]) == (5, None)
    choose(page, "A2", "no")
    expect(page.locator(f"{question('A2')} [data-save-state]")).to_contain_text("Saved")
    assert _stored(live_server, review)["A2"] == "no"


def test_what_was_kept_in_the_browser_goes_to_its_own_question_or_is_said(
    open_page: OpenPage, live_server: LiveServer, code: str, review: UUID
) -> None:
    page = open_page(Role.CONTRIBUTOR)
    page.goto(f"/reviews/{review}/sections/A")
    page.route("**/answers/**", lambda route: route.abort())
    choose(page, "A1", "5")
    choose(page, "A2", "yes")
    expect(page.locator(f"{question('A2')} [data-save-state]")).to_have_text("Not saved. Trying again…")
    _move(live_server, code, review)

    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(f"{question('A2')} input:checked")).to_have_count(0)
    page.unroute("**/answers/**")

    expect(page.locator(f"{question('A2')} [data-save-state]")).to_contain_text("it is not saved: Yes")
    expect(page.locator(f"{question('A2')} input:checked")).to_have_count(0)
    expect(page.locator(f"{question('A1')} [data-save-state]")).to_contain_text("Saved")
    expect(page.locator(f"{question('A1')} input[value='5']")).to_be_checked()
    assert (_stored(live_server, review)["A1"], _stored(live_server, review)["A2"]) == (5, None)
