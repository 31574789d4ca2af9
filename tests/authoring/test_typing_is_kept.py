"""What an author typed is never lost: not with the session, not with the part, not by a button beside the form."""

from __future__ import annotations

import pytest

from tests.authoring.conftest import Browse, Desk
from tests.databases import only_sqlite

pytestmark = only_sqlite


def _path(desk: Desk, rest: str = "") -> str:
    return f"/admin/drafts/{desk.draft}{rest}"


@pytest.mark.parametrize("part", ["item/A1", "section/A", "about"])
def test_what_was_typed_into_a_part_survives_the_end_of_the_session(desk: Desk, browse: Browse, part: str) -> None:
    browser = browse(desk.ana)
    browser.cookies.clear()

    ended = browser.post(_path(desk, f"/parts/{part}"), data={"csrf_token": "old", "code": "A1", "text": "An hour of words"})

    assert ended.status_code == 401
    assert "An hour of words" in ended.text
    assert "Sign in again" in ended.text


def test_a_form_with_a_one_time_code_is_still_never_shown_again(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    browser.cookies.clear()

    ended = browser.post(_path(desk, "/publish"), data={"csrf_token": "old", "one_time_code": "123456", "changes": "Words"})

    assert ended.status_code == 303
    assert "123456" not in ended.text
