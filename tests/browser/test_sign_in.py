"""Signing in with a second step, by the keyboard alone: with an app, a recovery code, and a passkey of Chromium's own."""

from __future__ import annotations

import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

import pyotp
import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from app.accounts import service
from app.config import Settings
from app.infra.db import Database, open_database
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from app.main import create_app, open_passwords
from tests.browser.live import PASSWORD
from tests.browser.test_every_page import ALL, AXE
from tests.databases import SQLITE, Run

WAYS = "/account/ways-to-sign-in"
MOST_TABS = 60


@dataclass
class Service:
    """The program under a name that browsers make passkeys for, and people in it."""

    url: str
    database: Database
    settings: Settings
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def person(self) -> str:
        """Make a person of the test's own and return the mail address."""
        email = f"person{next(self.numbers)}@example.org"
        with self.database.write() as session:
            service.create_user(
                session,
                COMMAND_LINE,
                email=email,
                name="Ana",
                role=Role.SECRETARIAT,
                economy=None,
                password=PASSWORD,
                passwords=open_passwords(self.settings),
            )
        return email


@pytest.fixture(scope="module")
def localhost(run: Run) -> Iterator[Service]:
    folder = Path(tempfile.mkdtemp(prefix="sign-in-", dir=run.folder))
    with socket.create_server(("127.0.0.1", 0)) as listening, run.fresh(SQLITE, folder) as address:
        url = f"http://localhost:{listening.getsockname()[1]}"
        settings = Settings(data_dir=folder, base_url=url, password_memory_kib=8, password_rounds=1)
        database = open_database(address, pool_size=5)
        server = uvicorn.Server(uvicorn.Config(create_app(settings, database), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield Service(url, database, settings)
        server.should_exit = True
        thread.join(timeout=10)
        database.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page(browser: Browser, localhost: Service) -> Iterator[Page]:
    """Open a page that complains about nothing: no script error, no broken policy."""
    context = browser.new_context(base_url=localhost.url, locale="en-GB", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "server responded with a status of 4" not in text] == []


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {wanted}")


def type_into(page: Page, name: str, text: str) -> None:
    reach(page, page.locator(f"main [name='{name}']"))
    page.keyboard.type(text)


def press(page: Page, name: str) -> None:
    reach(page, page.get_by_role("main").get_by_role("button", name=name))
    page.keyboard.press("Enter")


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    type_into(page, "email", email)
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\d/(sign-in/second-step)?$"))


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def violations(page: Page) -> Iterator[str]:
    """Name what axe finds, wide and narrow, light and dark, and what sticks out."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            yield f"{page.url} {width}: sticks out"
    page.evaluate(AXE)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", ALL)
        yield from (f"{page.url} {scheme}: {one['id']} at {one['nodes'][0]['target']}" for one in found["violations"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def set_up_app(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """Set an app up and return it with the recovery codes."""
    page.goto(WAYS)
    type_into(page, "app.current_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Picture for the authenticator app")).to_be_visible()
    app = pyotp.TOTP(page.locator(".qr__secret code").inner_text().replace(" ", ""))
    type_into(page, "one_time_code", app.now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return app, page.locator(".codes code").all_inner_texts()


def test_an_authenticator_app_signs_in_by_the_keyboard(page: Page, localhost: Service) -> None:
    email = localhost.person()
    sign_in(page, email)
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    app, codes = set_up_app(page)
    sign_out(page)

    sign_in(page, email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    # The code of this half minute confirmed the app; the clock may be one step ahead.
    type_into(page, "one_time_code", app.at(clock.now(), counter_offset=1))
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    assert len(codes) == 10


def test_a_recovery_code_signs_in_by_the_keyboard(page: Page, localhost: Service) -> None:
    email = localhost.person()
    sign_in(page, email)
    _, codes = set_up_app(page)
    sign_out(page)

    sign_in(page, email)
    type_into(page, "one_time_code", "000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is a problem")).to_be_visible()
    type_into(page, "one_time_code", codes[0].lower())
    page.keyboard.press("Enter")

    expect(page.get_by_text("The recovery code is used up")).to_be_visible()


def test_a_passkey_signs_in_by_the_keyboard(page: Page, localhost: Service) -> None:
    email = localhost.person()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, email)
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page.goto(WAYS)
    type_into(page, "passkey.name", "Work laptop")
    type_into(page, "passkey.current_password", "not this one")
    press(page, "Add a passkey")
    expect(page.get_by_text("This is not your current password")).to_be_visible()
    page.locator("[name='passkey.current_password']").fill("")
    type_into(page, "passkey.current_password", PASSWORD)
    press(page, "Add a passkey")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto(WAYS)
    expect(page.get_by_role("row", name=re.compile("Work laptop"))).to_be_visible()
    sign_out(page)

    sign_in(page, email)
    press(page, "Use your passkey")

    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def test_without_javascript_a_code_is_offered_in_words(browser: Browser, localhost: Service) -> None:
    context = browser.new_context(base_url=localhost.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill(localhost.person())
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\d/$"))
    page.goto(WAYS)

    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    expect(page.get_by_role("button", name="Set up an authenticator app")).to_be_visible()
    context.close()


def test_the_pages_of_the_second_step_are_accessible_and_fit_a_phone(browser: Browser, localhost: Service) -> None:
    # Axe's own trials with styles run into the content security policy, so this page may complain.
    page = browser.new_context(base_url=localhost.url, reduced_motion="reduce").new_page()
    email = localhost.person()
    sign_in(page, email)
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page.goto(WAYS)
    found = list(violations(page))
    type_into(page, "app.current_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".qr")).to_be_visible()
    found += violations(page)
    app = pyotp.TOTP(page.locator(".qr__secret code").inner_text().replace(" ", ""))
    page.locator("[name=one_time_code]").fill(app.now())
    page.keyboard.press("Enter")
    expect(page.locator(".codes")).to_be_visible()
    found += violations(page)
    page.goto(WAYS)
    found += violations(page)
    page.get_by_role("link", name="Remove the authenticator app").click()
    found += violations(page)
    sign_out(page)
    sign_in(page, email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    found += violations(page)
    page.context.close()

    assert found == []
