"""Everybody who may ask: people signed in, programs with keys, and nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from fastapi import FastAPI
from httpx2 import Cookies, Response

from app.authoring import pages as authoring_pages
from app.offline import pages as offline_pages
from app.reviews import pages as reviews_pages
from app.web.csrf import SAFE_METHODS
from app.web.uploads import any_of
from tests.isolation.world import World
from tests.scenarios import Client

PEOPLE = {
    "contributor": "contributor",
    "coordinator": "coordinator",
    "approver": "approver",
    "other": "chile_coordinator",
    "other_approver": "chile_approver",
    "administrator": "administrator",
    "secretariat": "secretariat",
    "analyst": "analyst",
    "reviewer": "reviewer",
    "reviewer_elsewhere": "reviewer_elsewhere",
}
"""Who signs in under which name of the world; `other` and `other_approver` are officials of the other economy."""
KEYS = ("own_reads", "own_writes", "administrator_reads", "administrator_writes")
CALLERS = ("anonymous", *PEOPLE, *KEYS)


BODIES = {
    "/answers/": b'{"state": "answered", "value": 3, "seen": 1}',
    "/presence": b'{"section": "A"}',
}
FORMS = {
    "/reviews": {"questionnaire": "small", "version": "2026.1", "cycle": "2026"},
    "/detach": {"item": "A1"},
    "/renaming/A1": {"item": "A1"},
}
"""What is sent where nothing is found, or all is refused, before anybody looks who sends it. Neither tells of what there is."""
_TAKES_A_FILE = any_of(reviews_pages.UPLOADS, offline_pages.UPLOADS, authoring_pages.UPLOADS)


class Caller:
    """One of them, with what their browser or program sends along."""

    def __init__(self, name: str, client: Client, token: str = "") -> None:
        self.name, self.client, self.token = name, client, token
        self.cookies = Cookies(client.cookies)

    def ask(self, method: str, path: str) -> Response:
        """Send as little as the address takes: nothing, or a form or a document that says next to nothing."""
        self.client.cookies = Cookies(self.cookies)  # whatever the last answer took away or brought
        if method in SAFE_METHODS:
            return self.client.request(method, path)
        if path.startswith("/api/"):
            body = next((body for part, body in BODIES.items() if part in path), b"{}")
            headers = {"Content-Type": _kind_of(path), "If-Match": '"of-somebody"'}
            return self.client.request(method, path, content=body, headers=headers)
        further = next((form for end, form in FORMS.items() if path.endswith(end)), {})
        form = further | ({"csrf_token": self.token} if self.token else {})
        files = {"file": ("", b"")} if _TAKES_A_FILE.fullmatch(path) else None
        return self.client.request(method, path, data=form, files=files)


@dataclass
class Callers:
    """All of them, at one program."""

    world: World
    app: FastAPI
    found: dict[str, Caller] = field(default_factory=dict)

    def open(self) -> Callers:
        """Let everybody in, once."""
        for name in CALLERS:
            self.admit(name)
        owner = self.world.people["coordinator"].user_id
        assert owner is not None
        (found,) = self.world.scene.rows("SELECT id FROM session WHERE user_id = :id", id=self._stored(owner))
        self.world.ids["session_coordinator"] = str(UUID(str(found[0])))
        return self

    def admit(self, name: str) -> Caller:
        """Let one of them in: sign a person in, or give a program its key."""
        client = Client(self.app)
        if name in self.world.keys:
            self.found[name] = Caller(name, client.with_key(self.world.keys[name]))
        elif name == "anonymous":
            self.found[name] = Caller(name, client)
        else:
            client.sign_in(self.world.emails[PEOPLE.get(name, name)])
            self.found[name] = Caller(name, client, client.token())
        return self.found[name]

    def _stored(self, id_: UUID) -> object:
        return id_.hex if self.world.database.writer.dialect.name == "sqlite" else id_

    def close(self) -> None:
        for caller in self.found.values():
            caller.client.close()


def _kind_of(path: str) -> str:
    if path.endswith((".yaml", ".po", ".xlf", ".xlsx")):
        return {
            "yaml": "application/yaml",
            "po": "text/x-gettext-translation",
            "xlf": "application/xliff+xml",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[path.rpartition(".")[2]]
    return "application/json"
