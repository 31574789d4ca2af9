"""A copy of the database, taken while every kind of secret is alive, opens nothing; what is made from it holds none either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings
from sqlalchemy.engine import make_url

from app.accounts import invitations, keys
from app.accounts.clients import asking
from app.accounts.mailing.notices import Desk
from app.accounts.signing_in import password_reset
from app.accounts.signing_in.sign_in import Browser
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.mail import MemorySender
from app.infra.sealing import Seal
from app.kit.actor import Role
from app.kit.ids import token_hash
from app.mail.delivery import deliver_due
from tests.accounts.second_steps import Door, dump
from tests.accounts.test_clients import WISH
from tests.databases import only_sqlite
from tests.scenarios import BASE_URL, PASSWORD, Scene


def by_mail(database: Database, path: str) -> str:
    """Let the mail leave, and return the token of the link in it."""
    box = MemorySender()
    password_reset.answer_asked(database, Catalogs(Path("nowhere")), BASE_URL)
    deliver_due(database, box)
    (token,) = [found[1] for letter in box.letters if (found := re.search(path + r"/([\w-]{43})", letter.body))]
    return token


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def secrets(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """Make one of every kind: its name, the secret itself, and what of it must stand in the database to prove that it lives."""
    database, browser = scene.database, Browser("198.51.100.7", "Tests/1")
    ana = scene.person(Role.COORDINATOR, name="Ana")
    door = Door(database, scene.passwords, Seal(b"a key of the tests"))
    session = door.sign_in(scene.email(ana))
    yield "session", session.token, token_hash(session.token)
    yield "password", PASSWORD, "$argon2id$"
    key = scene.key(ana)
    yield "key", key, token_hash(key)
    with database.write() as writing:
        invited = invitations.invite(writing, ana, email="new@example.org", name="New", role="contributor", economy="NZL")
    token = invited.path.rpartition("/")[2]
    yield "invitation", token, token_hash(token)
    password_reset.ask(database, scene.email(ana), browser=browser)
    token = by_mail(database, "/password-reset")
    yield "password reset", token, token_hash(token)
    asking.ask(database, WISH, browser=browser, desk=Desk(BASE_URL, Catalogs(Path("nowhere"))))
    token = by_mail(database, "/keys/confirm")
    yield "request for a key", token, token_hash(token)
    identity = door.who(session.token)
    app = door.set_up_app(identity)
    yield "authenticator", app.secret, "authenticator ("
    for code in door.recovery_codes(identity):
        yield "recovery code", code, "recovery_code ("
    half, _ = door.half(scene.email(ana))
    yield "half signed in", half, token_hash(half)


@pytest.mark.abuse("A12", "K8")
def test_no_cell_of_the_database_holds_any_secret_that_lives(scene: Scene) -> None:
    """For each its hash (or its row) is there, so the secret did exist; backups and exports are made of these rows."""
    made = list(secrets(scene))

    everything = "\n".join(dump(scene.database))

    assert len({name for name, _, _ in made}) == 9
    assert [name for name, _, proof in made if proof not in everything] == []
    assert [name for name, secret, _ in made if secret in everything] == []
    assert [name for name, secret, _ in made if secret.replace("-", "") in everything] == []


@only_sqlite
@pytest.mark.abuse("A12", "K8")
def test_no_byte_of_the_file_holds_any_secret_that_lived(scene: Scene) -> None:
    """Not even where rows were: a link in a mail that has left is overwritten, in the log that is written ahead too."""
    made = list(secrets(scene))
    scene.database.writer.dispose()
    file = Path(make_url(str(scene.database.reader.url)).database or "")
    with scene.database.write() as session:
        session.connection().exec_driver_sql("SELECT 1")
    scene.database.dispose()

    raw = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    assert b"Ana" in raw
    assert [name for name, secret, _ in made if secret.encode() in raw] == []


@only_sqlite
@pytest.mark.abuse("K9")
@pytest.mark.parametrize("line", ['key = "{}"', '{{"key": "{}"}}'])
def test_a_scanner_finds_a_key_that_was_published_and_its_checksum_tells_it_from_an_example(
    scene: Scene, tmp_path: Path, line: str
) -> None:
    key = scene.key(scene.person(Role.ANALYST))
    file = tmp_path / "settings.json" if line.startswith("{{") else tmp_path / "published.py"
    file.write_text(line.format(key) + "\n", encoding="utf-8")
    found = SecretsCollection()

    with default_settings():
        found.scan_file(str(file))

    assert list(found) != []
    assert keys.looks_like_key(key)
    assert not keys.looks_like_key(key[:-1] + ("0" if key[-1] != "0" else "1"))
