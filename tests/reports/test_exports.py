"""The files of a version in the formats of others: from its page, from the API, the same bytes for the same language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import CODE, VERSION, Client, Scene

pytestmark = only_sqlite

PAGE, API = f"/questionnaires/{CODE}/{VERSION}", f"/api/v1/questionnaires/{CODE}/versions/{VERSION}"
FILES = {"xlsform.xlsx": b"PK", "codebook.csv": b"row,section", "ddi.xml": b"<?xml"}


@pytest.fixture
def visitor(settings: Settings, database: Database) -> Iterator[Client]:
    Scene(database).ready()
    client = Client(create_app(settings, database))
    yield client
    client.close()


@pytest.mark.parametrize("name", FILES)
def test_a_visitor_has_the_file_from_the_page_and_from_the_api(visitor: Client, name: str) -> None:
    assert f"{PAGE}/export/{name}" in visitor.get(PAGE).text

    page, api = visitor.get(f"{PAGE}/export/{name}?language=en"), visitor.get(f"{API}/{name}")

    assert page.status_code == api.status_code == 200
    assert page.content.startswith(FILES[name])
    assert page.content == api.content
    assert page.headers["content-type"] == api.headers["content-type"]
    assert f"{CODE}-{VERSION}" in page.headers["content-disposition"]
    assert visitor.get(f"{API}/{name}", headers={"If-None-Match": api.headers["etag"]}).status_code == 304


def test_a_codebook_speaks_the_language_that_is_asked_for(visitor: Client) -> None:
    spanish = visitor.get(f"{API}/codebook.csv?language=es").text

    assert "Sí" in spanish
    assert spanish.splitlines()[0] == visitor.get(f"{API}/codebook.csv").text.splitlines()[0]


def test_what_is_not_there_is_said(visitor: Client) -> None:
    assert visitor.get(f"{PAGE}/export/other.zip").status_code == 404
    assert visitor.get(f"{API}/other.zip").status_code == 404
    assert visitor.get("/api/v1/questionnaires/none/versions/2026.1/ddi.xml").status_code == 404
    assert visitor.get(f"{API}/ddi.xml?language=xx").status_code == 422
    assert visitor.get(f"{API}/ddi.xml?colour=red").status_code == 422
