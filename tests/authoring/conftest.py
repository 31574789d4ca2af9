"""Scenes for this room: the small questionnaire is published, and two administrators work on a draft of its next version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest

from app.accounts.scopes import Scope
from app.authoring import closing, drafts, editing, history
from app.authoring.drafts import OpenDraft
from app.authoring.editing import Changed
from app.authoring.history import Change
from app.config import Settings
from app.domain.drafting.document import Address, Kind, etag_of
from app.domain.drafting.edits import Place
from app.infra.db import Database
from app.kit.actor import Actor, Role
from app.main import create_app
from tests.authoring.programs import AUTHOR, Open, Program
from tests.scenarios import CODE, VERSION, Client, Scene, bearer

Browse = Callable[[Actor], Client]
A1, A2 = Address(Kind.ITEM, "A1"), Address(Kind.ITEM, "A2")


@dataclass
class Desk:
    """A draft and those who work on it; every step is the services' own."""

    scene: Scene
    draft: UUID
    ana: Actor
    ben: Actor
    official: Actor

    def open(self) -> OpenDraft:
        with self.scene.database.read() as session:
            return drafts.open_draft(session, self.ana, self.draft)

    def part(self, address: Address) -> Mapping[str, object]:
        found = self.open().document.find(address)
        assert found is not None
        return found

    def etag(self, address: Address) -> str:
        return etag_of(self.part(address))

    def standing_etag(self, address: Address) -> str:
        return editing.etag_to_retire(self.open().document, address)

    def save(self, address: Address, *, by: Actor | None = None, seen: str | None = None, **fields: object) -> Changed:
        part = {**self.part(address), **fields}
        with self.scene.database.write() as session:
            return editing.save_part(session, by or self.ana, self.draft, address, part, seen or self.etag(address))

    def add(self, code: str, place: Place) -> Changed:
        part = {"code": code, "type": "yes_no", "text": "Is there a plan?"}
        with self.scene.database.write() as session:
            return editing.add_part(session, self.ana, self.draft, Kind.ITEM, part, place)

    def move(self, address: Address, place: Place) -> Changed:
        with self.scene.database.write() as session:
            return editing.move_part(session, self.ana, self.draft, address, place)

    def duplicate(self, address: Address) -> Changed:
        with self.scene.database.write() as session:
            return editing.duplicate_part(session, self.ana, self.draft, address)

    def retire(self, address: Address, seen: str | None = None, *, by: Actor | None = None) -> Changed:
        with self.scene.database.write() as session:
            return editing.retire_part(session, by or self.ana, self.draft, address, seen or self.standing_etag(address))

    def discard(self, by: Actor) -> None:
        revision = self.open().entry.revision
        with self.scene.database.write() as session:
            closing.discard(session, by, self.draft, revision)

    def put_back(self, number: int) -> Changed:
        with self.scene.database.write() as session:
            return history.put_back(session, self.ana, self.draft, number)

    def changes(self, address: Address | None = None) -> list[Change]:
        with self.scene.database.read() as session:
            return history.list_changes(session, self.ana, self.draft, address)

    def change(self, number: int) -> Change:
        with self.scene.database.read() as session:
            return history.get_change(session, self.ana, self.draft, number)

    def items(self) -> list[str]:
        return [address.code for address in self.open().document.addresses() if address.kind is Kind.ITEM]


@pytest.fixture
def desk(database: Database) -> Desk:
    scene = Scene(database).ready()
    ana, ben = scene.person(Role.ADMINISTRATOR, name="Ana"), scene.person(Role.ADMINISTRATOR, name="Ben")
    with database.write() as session:
        draft = drafts.start_from_version(session, ana, CODE, VERSION)
    return Desk(scene, draft.id, ana, ben, scene.person(Role.COORDINATOR))


@pytest.fixture
def browse(desk: Desk, settings: Settings, database: Database) -> Iterator[Browse]:
    app = create_app(settings, database)
    opened: list[Client] = []

    def browse(actor: Actor) -> Client:
        opened.append(Client(app).sign_in(desk.scene.email(actor)))
        return opened[-1]

    yield browse
    for client in opened:
        client.close()


@pytest.fixture
def program(desk: Desk, settings: Settings, database: Database) -> Iterator[Open]:
    app = create_app(settings, database)
    opened: list[Client] = []

    def program(owner: Actor | None = None, scopes: frozenset[Scope] = AUTHOR) -> Program:
        client = Client(app)
        del client.headers["Origin"]
        client.headers.update(bearer(desk.scene.key(owner or desk.ana, scopes)))
        opened.append(client)
        return Program(client, f"/api/v1/drafts/{desk.draft}")

    yield program
    for client in opened:
        client.close()


@pytest.fixture
def ana(program: Open) -> Program:
    return program()
