"""A server that listens has done what the first people would wait for: routes, templates and questionnaires are there."""

from __future__ import annotations

import inspect

import pytest

from app.config import Settings
from app.domain.questionnaire.document import Questionnaire
from app.infra.db import Database
from app.main import create_app, warm_up
from app.questionnaires import service as questionnaires
from tests.databases import only_sqlite
from tests.scenarios import Client, Scene


@only_sqlite
def test_the_first_person_waits_for_nothing_that_could_be_done_before(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Scene(database).ready()
    app = create_app(settings, database)
    monkeypatch.setattr(questionnaires, "_cache", {})

    warm_up(app)

    monkeypatch.setattr(app.state.templates.environment.loader, "get_source", _no_longer)
    monkeypatch.setattr(inspect, "signature", _no_longer)
    monkeypatch.setattr(questionnaires, "read_canonical", _no_longer)
    with Client(app) as client:
        assert client.get("/sign-in").status_code == 200
        assert client.get("/questionnaires/small/2026.1").status_code == 200


@only_sqlite
def test_a_questionnaire_that_cannot_be_read_is_told_of_and_the_server_starts(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Scene(database).ready()
    app = create_app(settings, database)
    monkeypatch.setattr(questionnaires, "_cache", {})
    monkeypatch.setattr(questionnaires, "read_canonical", _cannot_be_read)

    warm_up(app)

    assert "questionnaire_not_read" in "".join(capsys.readouterr())


def _cannot_be_read(_text: str) -> Questionnaire:
    return Questionnaire.model_validate_json("{}")


def _no_longer(*_given: object, **_named: object) -> None:
    pytest.fail("This is work that a server does before it listens.")
