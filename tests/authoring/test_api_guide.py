"""The guide's example of editing by API runs as it is printed."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx2 import HTTPStatusError

from app.accounts import keys
from app.accounts.scopes import READS, Scope
from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from tests.authoring.conftest import Desk
from tests.databases import only_sqlite
from tests.scenarios import CODE, PROJECT, VERSION, Client, bearer

pytestmark = only_sqlite


@pytest.fixture
def reword(tmp_path: Path) -> Callable[..., str]:
    guide = (PROJECT / "docs" / "api-clients.md").read_text(encoding="utf-8")
    section = guide.partition("## Editing questionnaires by API")[2]
    source = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert source is not None
    file = tmp_path / "example.py"
    file.write_text(source[1], encoding="utf-8")
    found: Callable[..., str] = runpy.run_path(str(file), run_name="guide")["reword"]
    return found


@pytest.fixture
def program(desk: Desk, settings: Settings, database: Database) -> Client:
    client = Client(create_app(settings, database))
    with database.write() as session:
        fresh = keys.create_key(session, desk.ana, label="guide", scopes=READS | {Scope.AUTHOR})
    client.headers.update(bearer(fresh.secret))
    return client


def test_the_example_rewords_a_question_and_publishes(
    desk: Desk, program: Client, reword: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    number = reword(program, CODE, VERSION, "A1", "Is there a plan?")

    assert number == "2026.2"
    assert re.search(r"^A1 \w+ \['text'\]$", capsys.readouterr().out, re.MULTILINE)
    published = program.get(f"/api/v1/questionnaires/{CODE}/versions/{number}").json()
    assert published["sections"][0]["items"][0]["text"] == "Is there a plan?"


def test_the_example_stops_where_the_draft_has_problems(desk: Desk, program: Client, reword: Callable[..., str]) -> None:
    with pytest.raises(SystemExit, match="item/A1"):
        reword(program, CODE, VERSION, "A1", "")
    with pytest.raises(HTTPStatusError):
        reword(program, CODE, "2099.1", "A1", "x")

    assert desk.scene.count("questionnaire_version") == 1
