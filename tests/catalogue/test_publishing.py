"""A published version is stored once, never changes, and comes back as it went in."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.questionnaire.document import Questionnaire
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.questionnaires import service
from tests.scenarios import CODE, SMALL, VERSION, Scene, document, statements
from tests.threads import seeing


def publish(scene: Scene, questionnaire: Questionnaire) -> service.VersionEntry:
    with scene.database.write() as session:
        return service.publish(session, COMMAND_LINE, questionnaire)


def test_a_version_is_stored_under_the_hash_of_its_content(scene: Scene) -> None:
    small = document()

    entry = publish(scene, small)

    assert (entry.code, entry.version, entry.content_hash) == (CODE, VERSION, small.content_hash)
    with scene.database.read() as session:
        assert service.get_version(session, CODE, VERSION) == small
        assert service.get_by_hash(session, small.content_hash) == small


def test_a_version_is_written_once_however_many_download_it_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(scene, document())
    monkeypatch.setattr(service, "_yaml", {})
    written: list[str] = []

    def write(questionnaire: Questionnaire) -> str:
        time.sleep(0.05)  # long enough for the others to ask meanwhile
        written.append(questionnaire.code)
        return questionnaire.code

    monkeypatch.setattr(service, "as_yaml", write)

    def download(_number: int) -> str:
        with scene.database.read() as session:
            return service.export(session, CODE, VERSION)

    with ThreadPoolExecutor(4) as people:
        found = list(people.map(seeing(download), range(4)))

    assert found == [CODE] * 4
    assert written == [CODE]


def test_the_same_content_again_changes_nothing(scene: Scene) -> None:
    first = publish(scene, document())
    events = scene.count("audit_event")

    again = publish(scene, document(SMALL.replace("# The questionnaire", "# One questionnaire")))

    assert again == first
    assert scene.count("questionnaire_version") == 1
    assert scene.count("audit_event") == events


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_publish(scene: Scene, role: Role) -> None:
    actor = scene.person(role)

    with pytest.raises(Forbidden), scene.database.write() as session:
        service.publish(session, actor, document())

    assert scene.count("questionnaire_version") == 0


def test_a_document_with_faults_is_not_published(scene: Scene) -> None:
    checked = service.check_file(SMALL.replace("{lo: 0, hi: 1000}", "{lo: 5, hi: 5}").encode())
    assert checked.questionnaire is not None

    with pytest.raises(Conflict, match="faults"):
        publish(scene, checked.questionnaire)

    assert [fault.code for fault in checked.faults] == ["Q132"]


def test_of_two_who_publish_at_once_the_second_is_told(scene: Scene) -> None:
    refusals: list[Exception] = []
    other = document(SMALL.replace("A small review", "Another review"))

    def publish_too() -> None:
        try:
            publish(scene, other)
        except Conflict as refusal:
            refusals.append(refusal)

    thread = threading.Thread(target=seeing(publish_too))
    with scene.database.write() as session:
        service.publish(session, COMMAND_LINE, document())
        thread.start()
        thread.join(0.3)
    thread.join(10)

    assert len(refusals) == 1
    assert scene.rows("SELECT title FROM questionnaire_version") == [("A small review",)]


def test_a_version_exports_to_yaml_that_checks_clean_and_hashes_the_same(scene: Scene) -> None:
    small = publish(scene, document())

    with scene.database.read() as session:
        exported = service.export(session, CODE, VERSION)

    checked = service.check_file(exported.encode())
    assert checked.faults == ()
    assert checked.questionnaire is not None
    assert checked.questionnaire.content_hash == small.content_hash
    assert publish(scene, checked.questionnaire) == small


def test_versions_are_listed_newest_first_and_without_their_content(scene: Scene) -> None:
    for version in ("2025.1", "2026.1", "2026.2"):
        publish(scene, document(SMALL.replace('"2026.1"', f'"{version}"')))

    with scene.database.read() as session, statements(scene.database) as sent:
        listed = service.list_versions(session, CODE)

    assert [entry.version for entry in listed] == ["2026.2", "2026.1", "2025.1"]
    assert len(sent) == 1
    assert "document" not in sent[0]


def test_the_tenth_version_of_a_year_is_newer_than_the_ninth(scene: Scene) -> None:
    for version in ("2026.2", "2026.10", "2026.9"):
        publish(scene, document(SMALL.replace('"2026.1"', f'"{version}"')))

    with scene.database.read() as session:
        listed = service.list_versions(session, CODE)

    assert [entry.version for entry in listed] == ["2026.10", "2026.9", "2026.2"]


def test_a_cycle_is_opened_for_what_is_published(scene: Scene) -> None:
    publish(scene, document())

    with scene.database.write() as session:
        entry = service.open_cycle(session, COMMAND_LINE, CODE, "2031", title="Pilot")

    assert (entry.questionnaire, entry.code, entry.title, entry.is_open) == (CODE, "2031", "Pilot", True)


@pytest.mark.parametrize("code", ["", "smal", "SMALL", "a b"])
def test_a_cycle_of_no_published_questionnaire_is_refused(scene: Scene, code: str) -> None:
    publish(scene, document())

    with pytest.raises(Invalid) as refused, scene.database.write() as session:
        service.open_cycle(session, COMMAND_LINE, code, "2031")

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("questionnaire", "unknown_questionnaire")]
    assert scene.count("cycle") == 0


@pytest.mark.parametrize("code", [CODE, "none"])
def test_only_administrators_open_a_cycle(scene: Scene, code: str) -> None:
    publish(scene, document())

    with pytest.raises(Forbidden), scene.database.write() as session:
        service.open_cycle(session, scene.person(Role.SECRETARIAT), code, "2031")


def test_a_questionnaire_is_offered_once_under_its_newest_title(scene: Scene) -> None:
    publish(scene, document())
    publish(scene, document(SMALL.replace('"2026.1"', '"2026.10"').replace("A small review", "The newest title")))
    publish(scene, document(SMALL.replace('"2026.1"', '"2026.9"')))

    with scene.database.read() as session:
        assert service.titles(session) == {CODE: "The newest title"}


def test_what_is_unknown_is_not_found(database: Database) -> None:
    with database.read() as session:
        for code, version in (("nothing", VERSION), (CODE, "2099.1"), ("", "")):
            with pytest.raises(NotFound):
                service.get_version(session, code, version)
        with pytest.raises(NotFound):
            service.get_by_hash(session, "0" * 64)
