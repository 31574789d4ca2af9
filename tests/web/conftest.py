"""The sample application inside the real edge kit, with templates and static files of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.config import Settings
from app.web.assets import Assets
from app.web.edge import add_edge
from app.web.openapi import Service
from app.web.templating import Templates
from tests.web.sample import BASE_URL, SAVED, api, pages


@pytest.fixture
def settings() -> Settings:
    return Settings(base_url=BASE_URL, largest_body_bytes=100_000)


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "base.css").write_text("body { color: black }")
    (folder / ".hidden").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
def app_dir(tmp_path: Path) -> Path:
    own, tests = tmp_path / "app/web/templates/errors", tmp_path / "app/tests/templates/tests"
    own.mkdir(parents=True)
    tests.mkdir(parents=True)
    (own / "error.html").write_text(
        "<title>{{ frame.title }}</title>{{ frame.actor.name if frame.actor }}<h1>{{ title }}</h1><p>{{ detail }}</p>"
        "{% for label, href in what_next %}<a href='{{ href }}'>{{ label }}</a>{% endfor %}<p>{{ status }} {{ request_id }}</p>",
    )
    (tests / "page.html").write_text(
        "<h1>{{ frame.title }}</h1><link href='{{ asset('css/base.css') }}'>"
        "{% if frame.flash %}<p>{{ frame.flash.text }}</p>{% endif %}<p>{{ text }}</p>{{ _('Saved') }}",
    )
    return tmp_path / "app"


@pytest.fixture
def assets(static: Path) -> Assets:
    return Assets(static)


@pytest.fixture
def templates(assets: Assets, app_dir: Path) -> Templates:
    return Templates(assets.asset, app_dir=app_dir)


@pytest.fixture
def app(settings: Settings, assets: Assets, templates: Templates) -> FastAPI:
    SAVED.clear()
    built = Service(docs_url=None, redoc_url=None, redirect_slashes=False)
    built.include_router(api, prefix="/api/v1")
    built.include_router(pages)
    add_edge(built, settings, assets, templates)
    return built


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=BASE_URL, follow_redirects=False)
