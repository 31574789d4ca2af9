"""Browsers in words, and settings of signing in that cannot work."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.accounts.browsers import BrowserWords, browser_words
from app.config import Settings
from app.main import create_app

CLIENT = "readiness"
MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Windows")),
        (f"{MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36", ("Chrome", "Linux")),
        (f"{MOZILLA} (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", ("Edge", "Windows")),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.4 Safari/605.1", ("Safari", "Mac")),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Mobile/1 Safari/604.1", ("Safari", "iPhone")),
        (f"{MOZILLA} (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("curl/8.5", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_called_what_people_call_it(agent: str, words: tuple[str, str]) -> None:
    assert browser_words(agent) == BrowserWords(*words)


@pytest.mark.parametrize(
    ("issuer", "client"),
    [("http://issuer.example.org", CLIENT), ("issuer.example.org", CLIENT), ("https://issuer.example.org", "")],
)
def test_settings_that_cannot_work_end_the_start(settings: Settings, issuer: str, client: str) -> None:
    with pytest.raises(ValueError, match="READINESS_OIDC"):
        Settings(data_dir=settings.data_dir, oidc_issuer=issuer, oidc_client_id=client)


@pytest.mark.abuse("A6")
def test_a_short_key_ends_the_start(settings: Settings) -> None:
    with pytest.raises(ValueError, match="READINESS_SECRET_KEY"):
        Settings.model_validate({"data_dir": settings.data_dir, "secret_key": "short"})


@pytest.mark.parametrize(
    "contact", ["nobody", "help@", "javascript:alert(1)", "ftp://example.org", "https://", "a b@example.org"]
)
def test_a_contact_that_leads_nowhere_ends_the_start(settings: Settings, contact: str) -> None:
    with pytest.raises(ValueError, match="READINESS_CONTACT"):
        Settings(data_dir=settings.data_dir, contact=contact)


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("help@example.org", '<a href="mailto:help@example.org">help@example.org</a>'),
        ("https://example.org/help", '<a href="https://example.org/help">example.org/help</a>'),
    ],
)
def test_pages_say_where_people_get_help(settings: Settings, contact: str, link: str) -> None:
    with TestClient(create_app(settings.model_copy(update={"contact": contact})), base_url="http://127.0.0.1:8000") as client:
        pages = client.get("/sign-in").text, client.get("/nowhere").text

    assert all(link in page for page in pages)


def test_without_a_contact_no_address_is_promised(settings: Settings) -> None:
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000") as client:
        page = client.get("/sign-in").text

    assert "secretariat" not in page
