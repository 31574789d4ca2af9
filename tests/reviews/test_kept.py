"""What was typed into a section is not lost with the session: it is shown again, to this site's own forms only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import Client, Scene

pytestmark = only_sqlite
TYPED = {"A1.choice": "3", "A1.comment": 'Line one.\nLine two, <b> & "quotes".', "A1.seen": "0"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', re.DOTALL)


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    return create_app(settings, database)


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def client(app: FastAPI, scene: Scene, review: UUID) -> Iterator[Client]:
    assert review is not None
    with Client(app) as client:
        yield client.sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))


def hidden(text: str) -> dict[str, str]:
    main = text[text.index("<main") : text.index("</main>")]
    return {name: unescape(value) for name, value in HIDDEN.findall(main)}


def test_what_was_typed_survives_the_end_of_the_session_and_is_saved_after_signing_in(
    client: Client, scene: Scene, review: UUID
) -> None:
    path = f"/reviews/{review}/sections/A"
    client.cookies.clear()

    ended = client.post(path, data={"csrf_token": "old", **TYPED})
    assert ended.status_code == 401
    assert {name: value for name, value in hidden(ended.text).items() if name != "csrf_token"} == TYPED
    client.sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))
    again = client.post(path, data=hidden(ended.text))
    assert again.status_code == 403
    assert "You are signed in as NZL contributor." in again.text
    saved = client.post(path, data=hidden(again.text))

    assert saved.status_code == 303
    answer = scene.opened(review).saved["A1"].answer
    assert (answer.value, answer.comment) == (3, TYPED["A1.comment"])


def test_nothing_is_stored_before_the_person_confirms(client: Client, scene: Scene, review: UUID) -> None:
    client.cookies.clear()

    client.post(f"/reviews/{review}/sections/A", data=TYPED)

    assert scene.count("answer") == 0


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_form_is_never_shown_again(client: Client, review: UUID, headers: dict[str, str]) -> None:
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/sections/A", data=TYPED, headers=headers)

    assert refused.status_code == 403
    assert "Line one." not in refused.text


def test_a_form_that_proves_nothing_is_not_shown_again(client: Client, review: UUID) -> None:
    del client.headers["Origin"]
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/sections/A", data=TYPED)

    assert refused.status_code == 303
    assert refused.headers["location"] == "/sign-in"


def test_a_form_with_a_password_is_never_kept(client: Client, review: UUID) -> None:
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/submit", data={"current_password": "lantern orchid mosaic", "attests": "yes"})

    assert refused.status_code == 303


def test_every_other_page_keeps_what_was_typed_too(client: Client, scene: Scene, review: UUID) -> None:
    path, typed = f"/reviews/{review}/items/A1/discussion?from=mail", {"text-new": "Is the decree in force?"}
    client.cookies.clear()

    ended = client.post(path, data={"csrf_token": "old", **typed})
    client.sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))
    again = client.post(path, data=hidden(ended.text))

    assert ended.status_code == 401
    assert {name: value for name, value in hidden(ended.text).items() if name != "csrf_token"} == typed
    assert f'action="{path}"' in ended.text
    assert (again.status_code, hidden(again.text)["text-new"]) == (403, typed["text-new"])
    assert client.post(path, data=hidden(again.text)).status_code == 303


def test_the_tab_opened_to_sign_in_again_says_to_go_back_to_the_other_one(client: Client, review: UUID) -> None:
    client.cookies.clear()
    ended = client.post(f"/reviews/{review}/sections/A", data=TYPED)

    there = client.get("/signed-in")

    assert 'href="/sign-in?next=/signed-in"' in ended.text
    assert there.headers["location"] == "/sign-in?next=/signed-in"


def test_after_signing_in_again_the_page_no_longer_says_that_the_session_has_ended(client: Client, review: UUID) -> None:
    again = client.post(f"/reviews/{review}/sections/A", data=TYPED)

    assert "<h1>Save what you typed</h1>" in again.text
    assert "Your session has ended" not in again.text


def test_the_text_beside_a_file_is_kept_and_the_file_has_to_be_chosen_again(client: Client, scene: Scene, review: UUID) -> None:
    path, typed = f"/reviews/{review}/items/A1/evidence/file", {"file_title": "The decrée", "file_dated_on": "2026"}
    client.cookies.clear()
    client.cookies.set("session", "of-a-session-that-has-ended")

    ended = client.post(
        path, data={"csrf_token": "old", **typed}, files={"file": ("decree.pdf", b"%PDF-1.7 secret", "application/pdf")}
    )
    client.cookies.clear()
    client.sign_in(scene.email(scene.person(Role.CONTRIBUTOR)))
    again = client.post(path, data=hidden(ended.text), files={"none": ("", b"")})

    kept = hidden(ended.text)
    assert ended.status_code == 401
    assert {name: value for name, value in kept.items() if name != "csrf_token"} == typed
    assert "The file is not kept." in ended.text
    assert 'enctype="multipart/form-data"' in ended.text
    assert "secret" not in ended.text.split("<main")[1]
    assert again.status_code == 403
    assert 'type="file"' in again.text


def test_the_text_beside_a_file_is_kept_without_any_cookie_too(client: Client, review: UUID) -> None:
    client.cookies.clear()

    ended = client.post(
        f"/reviews/{review}/items/A1/evidence/file",
        data={"csrf_token": "old", "file_title": "The decree"},
        files={"file": ("decree.pdf", b"%PDF-1.7 " + b"x" * 2_000_000, "application/pdf")},
    )

    assert ended.status_code == 401
    assert hidden(ended.text)["file_title"] == "The decree"


def test_a_file_that_is_sent_where_none_is_taken_leads_to_signing_in(client: Client, review: UUID) -> None:
    client.cookies.clear()

    refused = client.post(f"/reviews/{review}/sections/A", data=TYPED, files={"file": ("a.pdf", b"%PDF", "application/pdf")})

    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in")


def test_the_words_and_where_they_go_are_shown_to_whoever_is_signed_in(client: Client, review: UUID) -> None:
    """The next person in this browser may be another one."""
    again = client.post(f"/reviews/{review}/sections/A", data=TYPED)

    shown = again.text[again.text.index('<dl class="summary-list">') : again.text.index("</dl>")]
    assert "Line one.\nLine two, &lt;b&gt; &amp;" in shown
    assert "A1.seen" not in shown
    assert f"/reviews/{review}/sections/A" in shown
    assert "it is saved in your name" in again.text


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_form_in_which_nothing_was_typed_is_not_kept(client: Client, is_signed_in: bool) -> None:  # noqa: FBT001 - a case
    if not is_signed_in:
        client.cookies.clear()

    refused = client.post("/reviews", data={"questionnaire": "apec-ai-review", "cycle": "2026"})

    assert refused.status_code == (403 if is_signed_in else 303)
    assert "Save what" not in refused.text


def test_an_act_that_takes_no_words_is_never_sent_again_by_a_button_that_says_save(
    client: Client, scene: Scene, review: UUID
) -> None:
    colleague = scene.person(Role.CONTRIBUTOR)
    assert review is not None
    client.cookies.clear()
    client.sign_in(scene.email(scene.person(Role.COORDINATOR)))

    refused = client.post(f"/people/{colleague.user_id}/disable", data={"x": "1"})

    assert refused.status_code == 403
    assert "Save what" not in refused.text


def test_after_signing_in_nobody_is_led_to_an_address_that_only_takes_forms(client: Client, review: UUID) -> None:
    """A form that was refused and corrected comes from its own address."""
    client.cookies.clear()
    only_takes = f"http://127.0.0.1:8000/reviews/{review}/ask-for-sign-off"

    refused = client.post(f"/reviews/{review}/ask-for-sign-off", headers={"Referer": only_takes})

    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in")


def test_who_pressed_a_button_without_typing_comes_back_to_its_page(client: Client, review: UUID) -> None:
    client.cookies.clear()
    page = f"/reviews/{review}/check"

    refused = client.post(f"/reviews/{review}/ask-for-sign-off", headers={"Referer": f"http://127.0.0.1:8000{page}"})

    assert refused.status_code == 303
    assert refused.headers["location"] == f"/sign-in?next={page}"
