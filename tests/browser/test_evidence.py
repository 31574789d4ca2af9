"""Evidence in a browser: send a file, use it twice, see it where one signs; and what becomes of a file that is too large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.kit.actor import Role
from tests.browser.live import LiveServer, choose, question
from tests.evidence.files import PDF

pytestmark = pytest.mark.timeout(180)
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_file_supports_two_answers_and_is_seen_on_the_check_page(
    open_page: OpenPage, live_server: LiveServer, *, has_scripts: bool
) -> None:
    title = f"The plan {'with' if has_scripts else 'without'} scripts"
    review = live_server.start_review()
    page = open_page(Role.CONTRIBUTOR, java_script_enabled=has_scripts)
    page.goto(f"/reviews/{review}/sections/B1")
    choose(page, "B1-01", "4")
    page.locator(question("B1-01")).get_by_text("Comment and evidence").click()
    with page.expect_navigation():
        page.locator("button[name=evidence][value='B1-01']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence for B1-01")

    page.get_by_label("File", exact=True).set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_label("Title of the file").fill(title)
    page.get_by_role("button", name="Add this file").click()
    expect(page.get_by_role("status").first).to_contain_text("The evidence is added")
    page.goto(f"/reviews/{review}/items/B1-02/evidence")
    page.get_by_label(title).check()
    page.get_by_role("button", name="Save what is ticked").click()
    expect(page.get_by_label(title)).to_be_checked()

    page.goto(f"/reviews/{review}/sections/B1")
    choose(page, "B1-02", "3")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue").click()
    page.goto(f"/reviews/{review}/check")
    expect(page.get_by_role("link", name=title)).to_have_count(2)
    with page.expect_download() as download:
        page.goto(f"/reviews/{review}/evidence")
        page.get_by_role("link", name=title).click()
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "plan.pdf"
    assert Path(download.value.path()).read_bytes() == PDF


def test_two_hundred_megabytes_get_a_page_that_names_the_cap(
    open_page: OpenPage, live_server: LiveServer, tmp_path: Path
) -> None:
    review = live_server.start_review()
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.write(PDF)
        file.truncate(200_000_000)
    page = open_page(Role.CONTRIBUTOR)
    page.goto(f"/reviews/{review}/items/B1-01/evidence")

    page.get_by_label("File", exact=True).set_input_files(large)
    page.get_by_role("button", name="Add this file").click(timeout=60_000)

    expect(page.get_by_role("heading", level=1)).to_have_text("What was sent is too large", timeout=60_000)
    expect(page.get_by_role("main")).to_contain_text("A file may have at most 20 MB")
