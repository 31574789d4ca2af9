"""A review filled in offline, as an official does it: download, fill in, bring back, look, apply, and find it in the form."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.kit.actor import Role
from tests.browser.conftest import OpenPage
from tests.browser.live import LiveServer, control, question
from tests.offline.books import filled


@pytest.mark.parametrize("runs_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_workbook_is_filled_in_and_brought_back(
    live_server: LiveServer,
    open_page: OpenPage,
    tmp_path: Path,
    runs_scripts: bool,  # noqa: FBT001 - a case
) -> None:
    review = live_server.start_review()
    page = open_page(Role.CONTRIBUTOR, java_script_enabled=runs_scripts)
    page.goto(f"/reviews/{review}")
    page.get_by_role("link", name="Fill in offline, in a workbook").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download the workbook").click()
    file = tmp_path / "brought back.xlsx"
    file.write_bytes(filled(download.value.path().read_bytes(), {"B1-01": "4", "B2-01": "many"}))
    page.get_by_label("The filled workbook").set_input_files(file)
    page.get_by_role("button", name="Upload and compare").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What the workbook would change")
    expect(page.get_by_text("Write a number in figures")).to_be_visible()
    expect(page.locator("input[name=take]")).to_be_checked()
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The workbook is applied")
    expect(page.get_by_text("1 answer is saved")).to_be_visible()
    page.goto(f"/reviews/{review}/sections/B1")
    expect(page.locator(f"{question('B1-01')} input[name='B1-01.choice'][value='4']")).to_be_checked()
    page.goto(f"/reviews/{review}/sections/B2")
    expect(page.locator(control("B2-01", "value"))).to_have_value("")
