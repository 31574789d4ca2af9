"""Drafts over the API: an administrator's key does what the pages do, and nobody else's."""

from __future__ import annotations

from uuid import uuid4

import pytest
from httpx2 import Response

from app.accounts import service
from app.accounts.scopes import READS
from app.config import Settings
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.main import create_app
from tests.authoring.conftest import Desk
from tests.authoring.programs import Open, Program, refused
from tests.databases import only_sqlite
from tests.scenarios import CODE, VERSION, Client

SHEET = ("/translations/es/strings", "/translations/es/file.po", "/translations/es/file.xlf")


def writing(program: Program) -> list[Response]:
    """Try what changes translations, and the workbook of items."""
    po = program.client.post(f"{program.at}{SHEET[1]}", content=b"x", headers={"Content-Type": "text/x-gettext-translation"})
    return [
        program.post(SHEET[0], {}),
        po,
        program.client.put(f"{program.at}/items.xlsx", content=b"", headers={"If-Match": '"r0"'}),
    ]


@only_sqlite
def test_a_key_that_only_reads_reads_drafts_and_is_told_what_it_lacks(desk: Desk, program: Open) -> None:
    reader = program(scopes=READS)
    before = desk.open()

    assert reader.get().status_code == 200
    found = refused(reader.put("/parts/item/A1", {}, reader.etag("/parts/item/A1")), 403, "scope_missing")

    assert found["scope"] == "author"
    assert "author" in str(found["detail"])
    assert "API keys" in str(found["detail"])
    for answer in (
        reader.delete("", '"r0"'),
        reader.post("/copies", {"address": "item/A1"}),
        reader.post("/publication", {}),
        *writing(reader),
    ):
        refused(answer, 403, "scope_missing")
    assert desk.open() == before


@only_sqlite
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_neither_read_nor_change_drafts(desk: Desk, program: Open, role: Role) -> None:
    other = program(desk.scene.person(role), READS)
    before = desk.open()

    for path in (
        "",
        "/document",
        "/document.yaml",
        "/problems",
        "/parts/about",
        "/history",
        "/comparison",
        "/what-if",
        "/items.xlsx",
        *SHEET,
    ):
        refused(other.get(path), 403, "forbidden")
    refused(other.client.get("/api/v1/drafts"), 403, "forbidden")
    refused(other.client.get("/api/v1/audit"), 403, "forbidden")
    refused(other.client.get("/api/v1/translations"), 403, "forbidden")
    found = refused(other.put("/parts/item/A1", {}, '"x"'), 403, "forbidden")
    assert "administrator" in str(found["detail"])
    assert desk.open() == before


@only_sqlite
def test_a_key_loses_its_scope_with_its_owners_role(desk: Desk, program: Open) -> None:
    written = program()
    assert desk.ana.user_id is not None
    with desk.scene.database.write() as session:
        service.change_role(session, COMMAND_LINE, desk.ana.user_id, role="analyst", economy=None)

    refused(written.get(), 403, "forbidden")
    refused(written.post("/copies", {"address": "item/A1"}), 403, "forbidden")
    me = written.client.get("/api/v1/me").json()
    assert (me["scopes"], me["may_write"]) == (["read"], False)
    assert desk.changes() == []


@only_sqlite
def test_a_key_with_the_scope_changes_no_answers(desk: Desk, program: Open) -> None:
    written = program()
    review = desk.scene.start("NZL")

    answer = written.client.put(f"/api/v1/reviews/{review}/answers/A1", json={"state": "answered", "value": 3, "seen": 0})

    refused(answer, 403, "key_only_reads")


@only_sqlite
def test_a_session_edits_by_the_api_and_publishes_and_retires_on_the_page_only(
    desk: Desk, settings: Settings, database: Database
) -> None:
    with Client(create_app(settings, database)).sign_in(desk.scene.email(desk.ana)) as browser:
        path = f"/api/v1/drafts/{desk.draft}"
        assert browser.post(f"{path}/copies", json={"address": "item/A1"}).status_code == 201

        refused(browser.post(f"{path}/publication", json={"revision": 1, "confirm": "publish 2026.2"}), 403, "key_needed")
        retiring = f"/api/v1/questionnaires/{CODE}/versions/{VERSION}/retirement"
        refused(browser.post(retiring, json={"reason": "Mine.", "confirm": f"retire {VERSION}"}), 403, "key_needed")
        refused(
            browser.post(f"{path}/copies", json={"address": "item/A1"}, headers={"Origin": "https://evil.example"}),
            403,
            "cross_site",
        )


@only_sqlite
def test_a_draft_that_is_not_there_is_not_found(desk: Desk, ana: Program) -> None:
    ana.at = f"/api/v1/drafts/{uuid4()}"

    answers = [ana.get(), ana.get("/document"), ana.delete("", '"r0"'), ana.post("/moves", {"address": "item/A1", "index": 0})]
    answers += [ana.put("/parts/about", {}, '"x"'), ana.put("/document", {}, '"r0"')]

    assert {answer.status_code for answer in answers} == {404}
