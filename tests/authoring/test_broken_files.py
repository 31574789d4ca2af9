"""Whatever file comes: to check, publish, start a draft or replace one never crashes, never writes half, and says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import text
from sqlmodel import Session, SQLModel
from typer.testing import CliRunner

from app.authoring import drafts, replacing
from app.cli import app as command_line
from app.config import Settings
from app.domain.drafting.difference import differences
from app.infra.db import Database
from app.infra.yaml import write_yaml
from app.kit.actor import COMMAND_LINE
from app.kit.errors import Conflict, Invalid, ReadinessError
from app.questionnaires import service
from app.questionnaires.service import CheckedFile, check_file
from tests.authoring import breaking
from tests.authoring.conftest import Browse, Desk
from tests.builders import PROJECT
from tests.databases import SQLITE, only_sqlite
from tests.scenarios import Client, statements

BROKEN = sorted(Path(__file__).with_name("broken").iterdir())
BESIDE_THE_FILE = {"version_taken", "published_code"}  # what is published says so, and no file alone
FAULTY = sorted((PROJECT / "tests" / "questionnaires" / "faulty").glob("*.yaml"))
CODES = set(
    re.findall(r"^\| ([YQ]\d+)", (PROJECT / "docs" / "questionnaire-format.md").read_text(encoding="utf-8"), re.MULTILINE)
)
FIELD_CODES = set(re.findall(r"`([a-z_.]+)`", (PROJECT / "docs" / "errors.md").read_text(encoding="utf-8")))
CHANGING = ("INSERT", "UPDATE", "DELETE")
SENTENCE = re.compile(r"\S.{8,}[.?!]", re.DOTALL)
OF_A_PROGRAM = re.compile(r"Traceback|object at 0x|(String|Input|Value|Field|List|Tuple) should|ruamel|pydantic")


def _file_settings(examples: int) -> settings:
    return settings(
        max_examples=max(examples, settings().max_examples // 4),
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # shrinking a file takes minutes, and says little more
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def tried(database: Database, act: Callable[[Session], object]) -> ReadinessError | None:
    """Do something and undo it; a refusal comes before anything was written."""
    with statements(database) as sent:
        try:
            with database.write() as session, session.begin_nested() as inner:
                act(session)
                inner.rollback()
        except (Invalid, Conflict) as refusal:
            assert [each for each in sent if each.startswith(CHANGING)] == []
            return refusal
    return None


def must_say_what_to_do(refusal: ReadinessError) -> None:
    messages = [problem.message for problem in refusal.problems] if isinstance(refusal, Invalid) else [refusal.detail]
    assert messages
    assert all(SENTENCE.fullmatch(message) and not OF_A_PROGRAM.search(message) for message in messages), messages
    if isinstance(refusal, Invalid):
        assert {problem.code for problem in refusal.problems} - CODES <= FIELD_CODES


def must_name_line_and_fix(raw: bytes, checked: CheckedFile) -> None:
    lines = len(re.split(rb"\r\n|\r|\n|\xc2\x85|\xe2\x80[\xa8\xa9]", raw))
    for fault in checked.faults:
        assert 1 <= fault.line <= lines, fault
        assert fault.code in CODES or re.fullmatch(r"Q0_[a-z_]+|S\d+", fault.code), fault
        assert SENTENCE.fullmatch(fault.message), fault
        assert not OF_A_PROGRAM.search(fault.message), fault
    assert checked.faults or checked.questionnaire is not None


def try_everything(desk: Desk, raw: bytes) -> None:
    """Send one file through every door."""
    database = desk.scene.database
    styled = check_file(raw, with_style=True)
    must_name_line_and_fix(raw, styled)
    checked = CheckedFile(styled.questionnaire, tuple(fault for fault in styled.faults if not fault.code.startswith("S")))
    _publish(database, checked)
    _start(desk, raw, checked)
    _replace(desk, raw)


def _publish(database: Database, checked: CheckedFile) -> None:
    found = checked.questionnaire
    if found is None:
        return
    refusal = tried(database, lambda session: service.publish(session, COMMAND_LINE, found))
    assert checked.faults == () or isinstance(refusal, Conflict)
    if refusal is not None:
        must_say_what_to_do(refusal)
    elif not checked.faults:
        again = check_file(service.as_yaml(found).encode())
        assert (again.questionnaire, again.faults) == (found, ())


def _start(desk: Desk, raw: bytes, checked: CheckedFile) -> None:
    def start(session: Session) -> None:
        entry = drafts.start_from_file(session, desk.ana, raw)
        draft = drafts.open_draft(session, desk.ana, entry.id)
        found = [problem for problem in draft.inspection.problems if problem.code not in BESIDE_THE_FILE]
        assert (draft.inspection.questionnaire is not None and not found) is (checked.faults == ())
        again = drafts.read_file(write_yaml(draft.document.content()).encode())
        assert differences(draft.document, again) == ()

    refusal = tried(desk.scene.database, start)
    if refusal is not None:
        assert checked.faults, "a clean file starts a draft"
        must_say_what_to_do(refusal)


def _replace(desk: Desk, raw: bytes) -> None:
    def replace(session: Session) -> None:
        document = drafts.read_file(raw)
        proposal = replacing.propose(session, desk.ana, desk.draft, document)
        replacing.replace(session, desk.ana, desk.draft, document, proposal.entry.revision)
        assert drafts.open_draft(session, desk.ana, desk.draft).document == document

    refusal = tried(desk.scene.database, replace)
    if refusal is not None:
        must_say_what_to_do(refusal)


def everything(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        return {
            table.name: sorted(str(row) for row in session.connection().execute(text(f'SELECT * FROM "{table.name}"')))
            for table in SQLModel.metadata.sorted_tables
        }


@pytest.fixture
def nothing_is_left(desk: Desk) -> Iterator[None]:
    """See to it after a test: no row of any table is another."""
    before = everything(desk.scene.database)
    yield
    assert everything(desk.scene.database) == before


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.fuzz
@pytest.mark.timeout(900)
def test_a_document_that_is_broken_anyhow_is_refused_in_words(desk: Desk, backend: str) -> None:
    @_file_settings(80 if backend == SQLITE else 25)
    @given(breaking.files())
    def try_it(raw: bytes) -> None:
        try_everything(desk, raw)

    try_it()


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.fuzz
@pytest.mark.timeout(900)
def test_a_text_that_is_broken_anyhow_is_refused_in_words(desk: Desk, backend: str) -> None:
    @_file_settings(80 if backend == SQLITE else 25)
    @given(breaking.texts() | breaking.anything)
    def try_it(raw: bytes) -> None:
        try_everything(desk, raw)

    try_it()


@pytest.mark.abuse("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I11")
@pytest.mark.usefixtures("nothing_is_left")
def test_every_broken_file_of_the_corpus_is_refused_in_words(desk: Desk, subtests: pytest.Subtests) -> None:
    for path in [*BROKEN, *FAULTY]:
        with subtests.test(path.stem):
            raw = path.read_bytes()

            try_everything(desk, raw)

            assert check_file(raw).faults


@pytest.mark.usefixtures("nothing_is_left")
def test_the_command_line_says_it_without_a_traceback_and_publishes_nothing(
    desk: Desk, database_settings: Settings, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setenv("READINESS_DATA_DIR", str(database_settings.data_dir))
    if database_settings.database_url is not None:
        monkeypatch.setenv("READINESS_DATABASE_URL", database_settings.database_url)

    for path in BROKEN:
        for command in ("check", "publish"):
            with subtests.test(f"{command} {path.stem}"):
                result = CliRunner().invoke(command_line, ["questionnaire", command, str(path)])

                assert result.exit_code == 1
                assert isinstance(result.exception, SystemExit)
                assert re.search(rf"{path.name}:\d+: [YQ]\w+: ", result.output)
                assert not OF_A_PROGRAM.search(result.output)


@only_sqlite
def test_a_draft_of_a_broken_file_opens_on_every_page_and_over_the_api(
    desk: Desk, browse: Browse, subtests: pytest.Subtests
) -> None:
    browser = browse(desk.ana)
    for path in BROKEN:
        with subtests.test(path.stem):
            started = browser.post("/api/v1/drafts.yaml", content=path.read_bytes(), headers={"Content-Type": "application/yaml"})
            assert started.status_code in {201, 422}
            if started.status_code == HTTPStatus.CREATED:
                _open_everywhere(browser, started.json()["id"])


def _open_everywhere(browser: Client, draft: str) -> None:
    parts = browser.get(f"/api/v1/drafts/{draft}").json()["parts"]
    ends = ["", "/problems", "/document", "/document.yaml", "/history", *(f"/parts/{part['address']}" for part in parts)]
    pages = ["", "/history", "/publish", "/upload", "/file.yaml", *(f"/parts/{part['address']}" for part in parts)]
    answers = [browser.get(f"/api/v1/drafts/{draft}{end}") for end in ends]
    answers += [browser.get(f"/admin/drafts/{draft}{page}") for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    others = ("/items.xlsx", "/comparison", "/what-if", "/translations/vi/strings", "/translations/vi/file.po")
    assert {browser.get(f"/api/v1/drafts/{draft}{end}").status_code for end in others} <= {200, 409}
    assert browser.get("/api/v1/translations").status_code in {200, 409}
