"""Single sign-on in a real browser: the button leads to another site, which the policy of our pages lets no form do."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from app.accounts import service
from app.config import Settings
from app.infra.db import open_database
from app.kit.actor import COMMAND_LINE, Role
from app.main import create_app, open_passwords
from tests.accounts.issuers import CLIENT, SECRET, real_issuer
from tests.browser.live import PASSWORD
from tests.browser.test_every_page import ALL, AXE
from tests.databases import SQLITE, Run

pytestmark = [
    # The issuer's own library warns of itself.
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:authlib.jose module is deprecated:authlib.deprecate.AuthlibDeprecationWarning"),
]
PEOPLE: dict[str, dict[str, object]] = {"ana": {"email": "ana@example.org", "email_verified": True}}


@pytest.fixture
def with_issuer(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Serve the program and an issuer that knows Ana; returns the addresses of both."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    folder = Path(tempfile.mkdtemp(prefix="sign-on-", dir=run.folder))
    with (
        real_issuer(PEOPLE) as issuer,
        socket.create_server(("127.0.0.1", 0)) as listening,
        run.fresh(SQLITE, folder) as address,
    ):
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        cheap = Settings(data_dir=folder, base_url=url, password_memory_kib=8, password_rounds=1)
        wired = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_name": "Ministry login"}
        settings = Settings(**{**cheap.model_dump(), **wired})
        database = open_database(address, pool_size=5)
        with database.write() as session:
            ana = service.NewPerson("ana@example.org", "Ana", Role.SECRETARIAT, None, PASSWORD)
            service.create_users(session, COMMAND_LINE, [ana], passwords=open_passwords(settings))
        server = uvicorn.Server(uvicorn.Config(create_app(settings, database), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield url, issuer
        server.should_exit = True
        thread.join(timeout=10)
        database.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(browser: Browser, with_issuer: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(base_url=with_issuer[0], locale="en-GB", java_script_enabled=request.param)
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


def test_the_button_leads_to_the_issuer_by_itself_and_back_to_the_page_that_was_asked_for(
    page: Page, with_issuer: tuple[str, str]
) -> None:
    url, issuer = with_issuer
    page.goto("/account")

    page.get_by_role("button", name="Sign in with Ministry login").click()
    page.wait_for_url(f"{issuer}/**")
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()  # the page between the two is no trap
    page.get_by_role("button", name="Sign in with Ministry login").click()
    page.wait_for_url(f"{issuer}/**")
    page.locator("[name=sub]").first.fill("ana")
    page.locator("[name=sub]").first.press("Enter")

    page.wait_for_url(f"{url}/account")
    expect(page.locator(".account__who")).to_contain_text("Ana")


def test_the_page_between_says_what_happens_and_has_a_button_where_nothing_does(
    browser: Browser, with_issuer: tuple[str, str]
) -> None:
    url, issuer = with_issuer
    context = browser.new_context(base_url=url, viewport={"width": 390, "height": 800})
    context.route(f"{issuer}/**", lambda route: route.fulfill(status=204))  # so that the browser stays where it is
    page = context.new_page()
    page.goto("/sign-in")

    page.get_by_role("button", name="Sign in with Ministry login").click()

    expect(page.get_by_role("heading", name="Going on to Ministry login")).to_be_visible()
    onward = page.get_by_role("link", name="Go on to Ministry login")
    assert str(onward.get_attribute("href")).startswith(f"{issuer}/")
    page.evaluate(AXE)
    assert page.evaluate("rules => axe.run({runOnly: rules}).then(found => found.violations.map(one => one.id))", ALL) == []
    context.close()
