"""People, a cheap hasher, and a small application with the pages and the API of accounts inside the real edge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI
from httpx2 import Response
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from app.accounts import api, deps, keys, pages, service
from app.accounts.deps import ApiActor, Public, require
from app.config import Settings
from app.economies import tables as _economies  # noqa: F401 - a person's economy refers to this table
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.web.assets import Assets
from app.web.edge import add_edge
from app.web.templating import Templates

BASE_URL = "http://127.0.0.1:8000"
PASSWORD = "lantern orchid mosaic"
OTHER_PASSWORD = "walnut harbour violin"

probe = APIRouter()


@probe.post("/api/v1/probe")
def change_by_api(actor: ApiActor) -> dict[str, str]:
    return {"name": actor.name}


@probe.get("/api/v1/open", dependencies=[Public])
def read_open() -> dict[str, str]:
    return {}


@probe.get("/for-secretariat")
def for_secretariat(actor: Annotated[Actor, Depends(require(Role.SECRETARIAT))]) -> PlainTextResponse:
    return PlainTextResponse(actor.name)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(memory_kib=8, rounds=1)


@dataclass
class People:
    """Makes people of any role, all with one password."""

    database: Database
    passwords: Passwords
    number: int = 0
    emails: dict[UUID, str] = field(default_factory=dict)

    def add(self, role: Role, economy: str | None = None, *, email: str = "", name: str = "") -> Actor:
        self.number += 1
        economy = economy or ("NZL" if role in ECONOMY_ROLES else None)
        name = name or f"Person {self.number}"
        with self.database.write() as session:
            person = service.create_user(
                session,
                COMMAND_LINE,
                email=email or f"person{self.number}@example.org",
                name=name,
                role=role,
                economy=economy,
                password=PASSWORD,
                passwords=self.passwords,
            )
        self.emails[person.id] = person.email
        return Actor(person.id, name, role, economy)

    def email(self, actor: Actor) -> str:
        assert actor.user_id is not None
        return self.emails[actor.user_id]

    def key(self, actor: Actor) -> str:
        with self.database.write() as session:
            return keys.create_key(session, actor, label="tests").secret


@pytest.fixture
def people(database: Database, passwords: Passwords) -> People:
    return People(database, passwords)


@pytest.fixture
def app(settings: Settings, database: Database, passwords: Passwords) -> FastAPI:
    return build_app(settings, database, passwords)


def build_app(settings: Settings, database: Database, passwords: Passwords) -> FastAPI:
    built = FastAPI(docs_url=None, redoc_url=None)
    built.state.settings = settings
    built.state.database = database
    built.state.passwords = passwords
    built.state.csrf_secret = deps.csrf_secret
    built.include_router(api.router, prefix="/api/v1")
    built.include_router(pages.router)
    built.include_router(probe)
    assets = Assets(settings.project_dir / "static")
    add_edge(built, settings, assets, Templates(assets.asset))
    return built


class Browser(TestClient):
    """A browser: it keeps cookies, sends the headers that browsers send, and fills in the form token of the page."""

    def __init__(self, app: FastAPI, base_url: str = BASE_URL, address: str = "192.0.2.1") -> None:
        super().__init__(app, base_url=base_url, follow_redirects=False, client=(address, 50_000))
        self.headers.update({"Sec-Fetch-Site": "same-origin", "User-Agent": "Tests/1"})

    def sign_in(self, email: str, password: str = PASSWORD, back: str = "/") -> Response:
        return self.post("/sign-in", data={"email": email, "password": password, "next": back})

    def token(self, path: str = "/account") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def submit(self, path: str, **fields: str) -> Response:
        return self.post(path, data={"csrf_token": self.token(), **fields})


@pytest.fixture
def browse(app: FastAPI) -> Iterator[Callable[..., Browser]]:
    """Open a browser, signed in when an address is given."""
    opened: list[Browser] = []

    def browse(email: str = "", *, address: str = "192.0.2.1") -> Browser:
        browser = Browser(app, address=address)
        opened.append(browser)
        if email:
            assert browser.sign_in(email).status_code == 303
        return browser

    yield browse
    for browser in opened:
        browser.close()
