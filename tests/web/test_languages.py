"""Which language an answer is in: the reader's choice, then their browser's wishes, then English."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from app.config import Settings
from app.infra.catalogs import SOURCE, Catalogs
from app.infra.db import Database
from app.infra.language import current, gettext, speaking
from app.main import create_app
from app.web.i18n import chosen
from tests.databases import only_sqlite
from tests.scenarios import BASE_URL

NAMES = {"en": "English", "es": "español", "zh-Hant": "繁體中文"}


def asked(accept: str = "", cookie: str = "") -> str:
    headers = [(b"accept-language", accept.encode("latin-1", "replace")), (b"cookie", f"language={cookie}".encode())]
    return chosen(Request({"type": "http", "headers": headers}), NAMES)


@pytest.mark.parametrize(
    ("accept", "code"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-PE, en;q=0.5", "es"),
        ("en-GB, es", "en"),
        ("de, fr;q=0.9", "en"),
        ("de, es;q=0.2, en;q=0.1", "es"),
        ("ES-mx", "es"),
        ("zh-hant-TW", "zh-Hant"),
        ("zh", "en"),
        ("es;q=0, en", "en"),
        ("*", "en"),
        ("es;q=abc", "en"),
        (";;;,,,q=1", "en"),
        ("es;q=1.1.1", "en"),
        ("x" * 5_000, "en"),
        ("es;q=\xb2", "en"),
        ("es;q=nan", "en"),
        ("es;q=1e9", "en"),
    ],
)
def test_the_browsers_wishes_are_followed_as_far_as_there_are_languages(accept: str, code: str) -> None:
    assert asked(accept) == code


@pytest.mark.parametrize(("cookie", "code"), [("es", "es"), ("en", "en"), ("xx", "es"), ("../es", "es"), ("", "es")])
def test_the_readers_choice_goes_first_if_there_is_such_a_language(cookie: str, code: str) -> None:
    assert asked("es", cookie) == code


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    folder = tmp_path / "languages"
    folder.mkdir()
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    words = 'msgid "Sign in"\nmsgstr "Iniciar sesión"\n\n#, fuzzy\nmsgid "Benchmarks"\nmsgstr "Dudoso"\n'
    (folder / "es.po").write_text(header + words, encoding="utf-8")
    (folder / "fr.po").write_text("# Reviewed by: Une experte\n" + header + words, encoding="utf-8")
    (folder / "notes.po").write_text("no language", encoding="utf-8")
    return folder


@pytest.fixture
def client(database: Database, settings: Settings, spanish: Path) -> Iterator[TestClient]:
    app = create_app(settings.model_copy(update={"translations_dir": spanish}), database)
    with TestClient(app, base_url=BASE_URL, headers={"Origin": BASE_URL}, follow_redirects=False) as client:
        yield client


@only_sqlite
def test_a_page_says_its_language_and_differs_by_it(client: TestClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "es"})

    assert '<html lang="es" dir="ltr">' in page.text
    assert "Iniciar sesión" in page.text
    assert "Dudoso" not in page.text  # a translator's doubt is not shown
    assert page.headers["content-language"] == "es"
    assert page.headers["vary"] == "Accept-Language, Cookie, Authorization"


@only_sqlite
def test_a_language_that_nobody_has_reviewed_says_so_and_a_reviewed_one_does_not(client: TestClient) -> None:
    notice = "has not yet been reviewed by a native expert"

    assert notice in client.get("/", headers={"Accept-Language": "es"}).text
    assert notice not in client.get("/", headers={"Accept-Language": "fr"}).text
    assert notice not in client.get("/").text


@only_sqlite
def test_the_footer_offers_every_language_by_its_own_name(client: TestClient) -> None:
    page = client.get("/").text

    assert ["English" in page, ">español<" in page, ">français<" in page, "notes" in page] == [True, True, True, False]


@only_sqlite
def test_the_choice_is_kept_in_a_cookie_that_says_nothing_else(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "es", "next": "/benchmarks?series=self"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/benchmarks?series=self")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("language=es; ")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert '<html lang="es"' in client.get("/").text


@only_sqlite
@pytest.mark.parametrize("elsewhere", ["https://e.example", "//e.example", "/\\e.example", "javascript:1"])
def test_the_way_back_never_leads_elsewhere(client: TestClient, elsewhere: str) -> None:
    answer = client.post("/language", data={"language": "es", "next": elsewhere})

    assert answer.headers["location"] == "/"


@only_sqlite
def test_a_language_that_there_is_not_is_refused(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "tlh"})

    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


@only_sqlite
def test_another_site_cannot_choose_the_language(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "es"}, headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403


@only_sqlite
def test_refusals_of_the_api_speak_the_readers_language_too(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing", headers={"Accept-Language": "es"})

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "es"


def test_a_language_is_spoken_inside_its_block_and_in_its_own_thread_only(spanish: Path) -> None:
    heard: list[str] = []
    language = Catalogs(spanish).get("es")

    with speaking(language):
        assert gettext("Sign in") == "Iniciar sesión"
        other = threading.Thread(target=lambda: heard.append(gettext("Sign in")))
        other.start()
        other.join()
    assert heard == ["Sign in"]
    assert current() is SOURCE


def test_only_files_named_after_a_language_make_one(spanish: Path) -> None:
    catalogs = Catalogs(spanish)

    assert catalogs.codes == ("en", "es", "fr")
    assert catalogs.get("notes") is SOURCE
    assert catalogs.get("../es") is SOURCE
    assert Catalogs(spanish / "nowhere").codes == ("en",)


@only_sqlite
def test_a_file_that_cannot_be_read_leaves_its_pages_in_english(client: TestClient, spanish: Path) -> None:
    (spanish / "fr.po").write_bytes(b'msgid "Sign in"\nmsgstr "\xff\xfe')

    page = client.get("/sign-in", headers={"Accept-Language": "fr"})

    assert page.status_code == 200
    assert '<html lang="en"' in page.text
