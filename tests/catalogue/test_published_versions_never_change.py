"""A published version never changes, whoever tries and by whatever way: what it is, how it is written out, and the reviews that
answer it are afterwards, to the byte, what they were before. On both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from typer.testing import CliRunner

from app.accounts import keys
from app.accounts.scopes import READS, Scope
from app.authoring import closing, drafts, editing, publishing, replacing
from app.cli import app as command_line
from app.config import Settings
from app.domain.drafting.document import Address, Kind, etag_of
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Invalid
from app.main import create_app
from app.questionnaires import service
from app.questionnaires.tables import QuestionnaireVersion
from tests.databases import SQLITE
from tests.scenarios import CODE, PASSWORD, SMALL, VERSION, Client, Scene, bearer, document

ABOUT = Address(Kind.ABOUT)
OTHER = SMALL.replace("How far is the strategy?", "How far is the plan?")
COLUMNS = "id, code, version, title, content_hash, document, published_at, published_by"
VERSION_AT = f"/api/v1/questionnaires/{CODE}/versions/{VERSION}"


@dataclass
class Published:
    """A version with a signed review and an open one, and an administrator who means to change it."""

    scene: Scene
    settings: Settings
    backend: str
    browser: Client
    program: Client
    ana: Actor
    signed: UUID
    opened: UUID
    folder: Path

    def draft_of_the_same_number(self) -> UUID:
        """Start a draft of other content and give it the published number, as a draft's about page lets anybody do."""
        with self.scene.database.write() as session:
            entry = drafts.start_from_file(session, self.ana, OTHER.encode())
        return entry.id

    def draft(self) -> UUID:
        with self.scene.database.write() as session:
            return drafts.start_from_version(session, self.ana, CODE, VERSION).id

    def run(self, statement: str) -> None:
        with self.scene.database.write() as session:
            session.connection().execute(text(statement))

    def everything(self) -> dict[str, object]:
        """Return all that must stay as it is: the row, the document, every way in which it goes out, and the reviews."""
        with self.scene.database.read() as session:
            stored, exported = service.get_version(session, CODE, VERSION), service.export(session, CODE, VERSION)
        whole = self.program.get(VERSION_AT)
        reviews = "SELECT id, version_id, state, revision FROM review ORDER BY id"
        answers = "SELECT review_id, item, state, value, version FROM answer ORDER BY 1, 2"
        return {
            "row": self.scene.rows(
                f"SELECT {COLUMNS} FROM questionnaire_version WHERE code = '{CODE}' AND version = '{VERSION}'"
            ),
            "document": stored,
            "hash": stored.content_hash,
            "yaml": exported,
            "api": (whole.content, whole.headers["etag"]),
            "file": self.browser.get(f"/questionnaires/{CODE}/{VERSION}/file.yaml").content,
            "reviews": self.scene.rows(reviews),
            "answers": self.scene.rows(answers),
            "signed": self.scene.rows("SELECT review_id, revision, content_hash, answers_hash FROM submission ORDER BY 1, 2"),
            "asked": self.scene.opened(self.opened, self.scene.person(Role.COORDINATOR, "CHL")).questionnaire,
        }


@pytest.fixture
def published(
    database: Database, database_settings: Settings, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Published]:
    scene = Scene(database).ready()
    signed, opened = scene.submitted("NZL"), scene.start("CHL")
    scene.fill(opened, "CHL")
    ana = scene.person(Role.ADMINISTRATOR)
    with database.write() as session:
        key = keys.create_key(session, ana, label="tests", scopes=READS | {Scope.AUTHOR})
    app = create_app(database_settings, database)
    monkeypatch.setenv("READINESS_DATA_DIR", str(database_settings.data_dir))
    if database_settings.database_url is not None:
        monkeypatch.setenv("READINESS_DATABASE_URL", database_settings.database_url)
    with Client(app).sign_in(scene.email(ana)) as browser, Client(app) as program:
        program.headers.update(bearer(key.secret))
        yield Published(scene, database_settings, backend, browser, program, ana, signed, opened, tmp_path)


# --- the attempts; each asserts that it was refused


def paste_it_on_the_page(at: Published) -> None:
    answer = at.browser.submit("/admin/questionnaires", document=OTHER, act="publish")
    assert answer.status_code == 422
    assert "never changes" in answer.text


def publish_a_draft_of_the_number_on_the_page(at: Published) -> None:
    path = f"/admin/drafts/{at.draft_of_the_same_number()}/publish"
    answer = at.browser.submit(path, revision="0", current_password=PASSWORD)
    assert answer.status_code == 409
    assert "never changes" in answer.text


def upload_it_into_a_draft_on_the_page(at: Published) -> None:
    path = f"/admin/drafts/{at.draft()}/upload"
    file = ("small.yaml", OTHER.encode(), "application/yaml")
    answer = at.browser.post(path, data={"csrf_token": at.browser.token()}, files={"file": file})
    assert answer.status_code == 422
    assert f"This file is version {VERSION}" in answer.text


def write_to_its_own_address(at: Published) -> None:
    body = json.loads(at.program.get(VERSION_AT).content) | {"title": "Another"}
    answers = [at.program.request(method, VERSION_AT, json=body) for method in ("PUT", "PATCH", "POST", "DELETE")]
    answers.append(at.program.put(f"{VERSION_AT}/items", json=[]))
    assert {answer.status_code for answer in answers} == {405}


def publish_a_draft_of_the_number_by_the_api(at: Published) -> None:
    path = f"/api/v1/drafts/{at.draft_of_the_same_number()}/publication"
    answer = at.program.post(path, json={"revision": 0, "confirm": f"publish {VERSION}"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "never changes" in answer.json()["detail"]


def put_it_into_a_draft_by_the_api(at: Published) -> None:
    draft = f"/api/v1/drafts/{at.draft()}/document"
    seen = at.program.get(draft).headers["etag"]
    whole = at.program.get(draft).json() | {"version": VERSION}
    answer = at.program.put(draft, json=whole, headers={"If-Match": seen})
    assert [problem["code"] for problem in answer.json()["problems"]] == ["another_version"]


def rename_a_published_question_by_the_api(at: Published) -> None:
    part = f"/api/v1/drafts/{at.draft()}/parts/item/A1"
    read = at.program.get(part)
    answer = at.program.put(part, json=read.json() | {"code": "A9"}, headers={"If-Match": read.headers["etag"]})
    assert [problem["code"] for problem in answer.json()["problems"]] == ["published_code"]


def edit_everything_in_a_draft_of_it(at: Published) -> None:
    """No refusal: a draft may change as it likes, and what is published does not."""
    draft = at.draft()
    with at.scene.database.write() as session:
        for address in list(drafts.open_draft(session, at.ana, draft).document.addresses()):
            document = drafts.open_draft(session, at.ana, draft).document
            if document.find(address) is not None and address.kind in {Kind.ITEM, Kind.SECTION, Kind.NODE}:
                editing.retire_part(session, at.ana, draft, address, editing.etag_to_retire(document, address))
        closing.discard(session, at.ana, draft, drafts.open_draft(session, at.ana, draft).entry.revision)


def give_a_draft_the_number_and_publish_it(at: Published) -> None:
    draft = at.draft()
    with at.scene.database.write() as session:
        about = drafts.open_draft(session, at.ana, draft).document.singles[Kind.ABOUT]
        again = {**about, "version": VERSION, "title": "Another"}
        changed = editing.save_part(session, at.ana, draft, ABOUT, again, etag_of(about))
    with pytest.raises(Conflict, match="never changes"), at.scene.database.write() as session:
        publishing.publish(session, at.ana, draft, changed.revision)


def replace_a_draft_by_a_file_of_it(at: Published) -> None:
    draft = at.draft()
    with pytest.raises(Invalid), at.scene.database.write() as session:
        replacing.replace(session, at.ana, draft, drafts.read_file(OTHER.encode()), 0)


def publish_it_by_the_service(at: Published) -> None:
    for other in (OTHER, SMALL.replace("minimum_coverage: 0.5", "minimum_coverage: 0.6"), SMALL.replace("A small", "Another")):
        with pytest.raises(Conflict, match="never changes"), at.scene.database.write() as session:
            service.publish(session, COMMAND_LINE, document(other))


def publish_it_by_the_command_line(at: Published) -> None:
    file = at.folder / "other.yaml"
    file.write_text(OTHER, encoding="utf-8")
    result = CliRunner().invoke(command_line, ["questionnaire", "publish", str(file)])
    assert result.exit_code == 1
    assert re.search(r"published already, with other content", " ".join(result.output.split()))


def change_its_row_by_the_mapper(at: Published) -> None:
    with pytest.raises(DBAPIError, match="never changes"), at.scene.database.write() as session:
        session.exec(select(QuestionnaireVersion)).one().document = "{}"
    with pytest.raises(DBAPIError, match="never changes"), at.scene.database.write() as session:
        session.delete(session.exec(select(QuestionnaireVersion)).one())


def update_the_table(at: Published) -> None:
    for column in ("document", "version", "content_hash", "title", "published_by", "code"):
        with pytest.raises(DBAPIError, match="never changes"):
            at.run(f"UPDATE questionnaire_version SET {column} = '9'")
    with pytest.raises(DBAPIError, match="never changes"):
        at.run(f"UPDATE questionnaire_version SET document = document WHERE code = '{CODE}'")


def delete_from_the_table(at: Published) -> None:
    with pytest.raises(DBAPIError, match="never changes"):
        at.run("DELETE FROM questionnaire_version")


def insert_over_its_row(at: Published) -> None:
    others = COLUMNS.replace("title", "'Another'", 1)
    keys_of_it = ("id", "code, version")
    for key in keys_of_it:
        upsert = f"INSERT INTO questionnaire_version ({COLUMNS}) SELECT {others} FROM questionnaire_version WHERE true"
        with pytest.raises(DBAPIError, match="never changes"):
            at.run(f"{upsert} ON CONFLICT ({key}) DO UPDATE SET title = excluded.title")


def replace_or_empty_the_table(at: Published) -> None:
    others = COLUMNS.replace("title", "'Another'", 1)
    ways = ["TRUNCATE questionnaire_version CASCADE", "TRUNCATE review, questionnaire_version CASCADE"]
    if at.backend == SQLITE:
        ways = [
            f"INSERT OR REPLACE INTO questionnaire_version ({COLUMNS}) SELECT {others} FROM questionnaire_version",
            f"REPLACE INTO questionnaire_version ({COLUMNS}) SELECT {others} FROM questionnaire_version",
            "UPDATE OR REPLACE questionnaire_version SET title = 'Another'",
        ]
    for way in ways:
        with pytest.raises(DBAPIError, match="never changes"):
            at.run(way)


ATTEMPTS = [
    paste_it_on_the_page,
    publish_a_draft_of_the_number_on_the_page,
    upload_it_into_a_draft_on_the_page,
    write_to_its_own_address,
    publish_a_draft_of_the_number_by_the_api,
    put_it_into_a_draft_by_the_api,
    rename_a_published_question_by_the_api,
    edit_everything_in_a_draft_of_it,
    give_a_draft_the_number_and_publish_it,
    replace_a_draft_by_a_file_of_it,
    publish_it_by_the_service,
    publish_it_by_the_command_line,
    change_its_row_by_the_mapper,
    update_the_table,
    delete_from_the_table,
    insert_over_its_row,
    replace_or_empty_the_table,
]


@pytest.mark.abuse("I18")
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__)
@pytest.mark.abuse("R5")
def test_whatever_is_tried_it_is_what_it_was(published: Published, attempt: Callable[[Published], None]) -> None:
    """R5 and I18."""
    before = published.everything()

    attempt(published)

    assert published.everything() == before
    assert before["hash"] == document().content_hash
    assert before["signed"] != []


def test_a_review_goes_on_and_is_signed_with_the_version_that_it_began_with(published: Published) -> None:
    for attempt in ATTEMPTS:
        attempt(published)
    with published.scene.database.write() as session:
        service.publish(session, COMMAND_LINE, document(OTHER.replace('"2026.1"', '"2026.2"')))

    published.scene.hand_over(published.opened, "CHL")
    published.scene.sign(published.opened, "CHL")

    rows = published.scene.rows("SELECT DISTINCT content_hash FROM submission")
    assert rows == [(document().content_hash,)]
