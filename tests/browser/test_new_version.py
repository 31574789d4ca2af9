"""Administrators draft 2026.2 from 2026.1, stumble, and publish it; a review that stays keeps everything to the last digit, and
another is moved by its coordinator, back, and again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from app.kit.actor import Role
from app.questionnaires import service as questionnaires
from tests.browser import chapters_of_drafting as drafting
from tests.browser.chapters_of_drafting import ADDED, IN_SPANISH, NEXT, RETIRED, REWORDED, Authors
from tests.browser.kept_review import Rows, rows_of
from tests.browser.live import CODE, VERSION, LiveServer, save, serve, sign_in
from tests.browser.looking import DESK, HEIGHT, PHONE, Looks
from tests.databases import Run

pytestmark = pytest.mark.timeout(300)
OwnPage = Callable[..., Page]
SETTINGS = {"desk": (DESK, True), "phone-without-scripts": (PHONE, False)}


@pytest.fixture
def own_server(run: Run) -> Iterator[LiveServer]:
    """Serve a program of this test's own: a newer version of the questionnaire would meet every other test."""
    folder = Path(tempfile.mkdtemp(prefix="own-", dir=run.folder))
    with serve(run, folder) as live:
        yield live
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_page(browser: Browser, own_server: LiveServer) -> Iterator[OwnPage]:
    """Open pages of that program, each in a browser of its own."""
    with ExitStack() as opened:

        def open_page(*, has_scripts: bool) -> Page:
            context = browser.new_context(
                base_url=own_server.url, java_script_enabled=has_scripts, reduced_motion="reduce", locale="en-GB"
            )
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            return page

        yield open_page


@pytest.mark.parametrize(("width", "has_scripts"), SETTINGS.values(), ids=SETTINGS)
def test_a_new_version_harms_no_review(width: int, *, has_scripts: bool, own_server: LiveServer, own_page: OwnPage) -> None:
    def person(role: Role, email: str = "") -> Page:
        page = own_page(has_scripts=has_scripts)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        sign_in(page, role, email=email)
        return page

    looks = Looks(own_page(has_scripts=True), has_scripts)
    colleague = person(Role.ADMINISTRATOR, drafting.colleague_of(own_server))
    authors = Authors(own_server, looks, person(Role.ADMINISTRATOR), colleague)
    signed, pinned, moved = _signed(own_server), own_server.fill_review(), own_server.fill_review()
    before = {review: rows_of(own_server.database, review) for review in (signed, pinned, moved)}
    first = _exported(own_server)

    _draft(authors)
    coordinator = person(Role.COORDINATOR)
    shown = coordinator.request.get(f"/questionnaires/{CODE}/{NEXT}", headers={"Accept-Language": "es"})
    assert IN_SPANISH in shown.text()
    _move_there_and_back(authors, coordinator, moved, before[moved])

    for review in (signed, pinned):
        assert rows_of(own_server.database, review) == before[review]
    assert _exported(own_server) == first
    _sign(own_server, pinned)
    assert _scores(own_server, pinned) == _scores(own_server, signed)
    assert authors.looks.found == []


def _draft(authors: Authors) -> None:
    drafting.start(authors)
    drafting.reword(authors)
    drafting.rescore(authors)
    drafting.retire(authors)
    drafting.move(authors)
    drafting.translate(authors)
    drafting.stumble(authors)
    drafting.mend(authors)
    drafting.try_out(authors)
    drafting.meet(authors)
    drafting.publish(authors)


def _move_there_and_back(authors: Authors, page: Page, review: UUID, was: Rows) -> None:
    """The coordinator reads what would become of every answer, moves, undoes it, and moves again."""
    live = authors.live
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="See what moving it would change").click()
    expect(page.get_by_role("heading", name="Leave the form")).to_be_visible()
    for code in (RETIRED, REWORDED, ADDED):
        expect(page.locator("main").get_by_text(code, exact=True).first).to_be_visible()
    authors.looks.at(page, "what a move would do")
    assert rows_of(live.database, review) == was

    _move(page)
    expect(page.get_by_text(f"Version {NEXT}").first).to_be_visible()
    authors.looks.at(page, "a review that was moved")
    answers = _answers(live, review)
    assert RETIRED not in answers
    assert {code: kept for code, kept in _as(was).items() if code != RETIRED} == answers

    page.goto(f"/reviews/{review}/move/undo")
    authors.looks.at(page, "undoing a move")
    save(page, f"Go back to version {VERSION}")
    expect(page.get_by_role("status")).to_contain_text("The move is undone")
    assert _answers(live, review) == _as(was)

    page.goto(f"/reviews/{review}/move")
    _move(page)
    assert _answers(live, review) == answers


def _move(page: Page) -> None:
    save(page, f"Move the review to version {NEXT}")
    expect(page.get_by_role("status")).to_contain_text("The review is moved.")


def _signed(live: LiveServer) -> UUID:
    review = live.fill_review()
    _sign(live, review)
    return review


def _sign(live: LiveServer, review: UUID) -> None:
    live.ask_for_sign_off(review)
    live.submit(review)


def _scores(live: LiveServer, review: UUID) -> list[object]:
    """Return the stored sheets without the submission that they belong to and the time: every digit of every score."""
    return [row[1:-1] for row in rows_of(live.database, review)["score_sheet"]]


def _answers(live: LiveServer, review: UUID) -> dict[object, object]:
    return _as(rows_of(live.database, review))


def _as(rows: Rows) -> dict[object, object]:
    """Return what was answered to each question; a blank one was not."""
    return {row[1]: row[3:10] for row in rows["answer"] if row[3] != "blank"}


def _exported(live: LiveServer) -> tuple[str, str]:
    with live.database.read() as session:
        return (
            questionnaires.export(session, CODE, VERSION),
            questionnaires.get_entry(session, CODE, VERSION).content_hash,
        )
