"""Scenes for this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from tests.scenarios import SMALL, Client, Scene


@pytest.fixture
def reader(database: Database, settings: Settings, tmp_path: Path) -> Client:
    """Open a client at a program with the small review published, and a second language with one translated question."""
    folder = tmp_path / "languages"
    folder.mkdir()
    (folder / "es.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nLanguage: es\\n"\n\n'
        'msgctxt "small A1"\nmsgid "How far is the strategy?"\nmsgstr "¿Hasta dónde llega la estrategia?"\n\n'
        'msgid "Mark one."\nmsgstr "Marque una."\n',
        encoding="utf-8",
    )
    Scene(database).publish(SMALL)
    return Client(create_app(settings.model_copy(update={"translations_dir": folder}), database))
