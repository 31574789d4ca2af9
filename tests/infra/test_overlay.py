"""What is translated in the service lies over the files of the languages, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.domain.questionnaire.document import Questionnaire
from app.infra import overlay as overlays
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.language import localized, note_on, speaking
from app.infra.overlay import Laid, Overlay, Texts
from tests.authoring.translating import catalogs_with
from tests.scenarios import document

TITLE = ("small", "A small review")
RULES = ("small A", "Rules")


@dataclass
class Desk:
    """What a database would hold; `asked` counts the questions."""

    texts: dict[str, Texts] = field(default_factory=dict)
    revision: int = 1
    asked: int = 0
    read: int = 0
    is_away: bool = False

    def ask(self) -> int:
        self.asked += 1
        if self.is_away:
            raise OperationalError("select", None, Exception("away"))
        return self.revision

    def look(self) -> dict[str, Texts]:
        self.read += 1
        return {language: dict(texts) for language, texts in self.texts.items()}


@pytest.fixture
def small() -> Questionnaire:
    return document()


def _languages(folder: Path, desk: Desk, *, reviewed: bool = False) -> Catalogs:
    shipped = catalogs_with(folder, {TITLE: "Del archivo", RULES: "Reglas"}, reviewed=reviewed)
    catalogs = Catalogs(shipped.folder, Overlay(desk.ask, desk.look))
    catalogs.overlay.refresh()
    return catalogs


def test_a_text_of_the_desk_wins_over_the_file_and_what_it_does_not_have_stays(small: Questionnaire, tmp_path: Path) -> None:
    catalogs = _languages(tmp_path, Desk({"es": {TITLE: Laid("Del escritorio", is_reviewed=False)}}))

    shown = localized(small, catalogs.get("es"))

    assert (shown.title, shown.sections[0].title) == ("Del escritorio", "Reglas")


def test_an_empty_text_of_the_desk_shows_that_of_the_file(small: Questionnaire, tmp_path: Path) -> None:
    catalogs = _languages(tmp_path, Desk({"es": {TITLE: Laid("", is_reviewed=False)}}))

    assert localized(small, catalogs.get("es")).title == "Del archivo"


def test_nothing_is_read_again_until_something_changed_and_a_minute_went_by(
    small: Questionnaire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, now = Desk(), [0.0]
    monkeypatch.setattr(overlays, "monotonic", lambda: now[0])
    catalogs = _languages(tmp_path, desk)
    first = catalogs.get("es")
    assert not catalogs.overlay.is_due

    now[0] += overlays.FRESH_SECONDS
    assert catalogs.overlay.is_due
    catalogs.overlay.refresh()
    assert (desk.asked, desk.read) == (2, 1)
    assert catalogs.get("es") is first

    desk.texts["es"], desk.revision = {TITLE: Laid("Nuevo", is_reviewed=False)}, 2
    catalogs.overlay.expire()
    catalogs.overlay.refresh()
    assert desk.read == 2
    assert localized(small, catalogs.get("es")).title == "Nuevo"


def test_it_looks_again_only_once_the_change_is_committed_and_not_after_one_that_was_rolled_back(database: Database) -> None:
    overlay = Overlay(lambda: 1, dict)
    overlay.refresh()

    with database.write() as session:
        overlay.expire_after(session)
        session.rollback()
    after_rollback = overlay.is_due
    with database.write() as session:
        overlay.expire_after(session)
        before_commit = overlay.is_due

    assert (after_rollback, before_commit, overlay.is_due) == (False, False, True)


def test_a_language_stays_the_same_object_while_another_one_changes(tmp_path: Path) -> None:
    desk = Desk({"es": {TITLE: Laid("Uno", is_reviewed=False)}})
    catalogs = _languages(tmp_path, desk)
    before = catalogs.get("es")

    desk.texts["fr"], desk.revision = {TITLE: Laid("Un", is_reviewed=False)}, 2
    catalogs.overlay.refresh()

    assert catalogs.get("es") is before


def test_what_is_known_stays_while_the_database_is_away(small: Questionnaire, tmp_path: Path) -> None:
    desk = Desk({"es": {TITLE: Laid("Uno", is_reviewed=False)}})
    catalogs = _languages(tmp_path, desk)

    desk.is_away = True
    catalogs.overlay.refresh()

    assert localized(small, catalogs.get("es")).title == "Uno"
    assert not catalogs.overlay.is_due


@pytest.mark.parametrize(
    ("file_is_reviewed", "desk_is_reviewed", "has_note"),
    [(True, True, False), (True, False, True), (False, True, True), (False, False, True)],
)
def test_a_questionnaire_is_called_unreviewed_while_one_of_its_texts_is(
    small: Questionnaire, tmp_path: Path, *, file_is_reviewed: bool, desk_is_reviewed: bool, has_note: bool
) -> None:
    desk = Desk({"es": {TITLE: Laid("Título", is_reviewed=desk_is_reviewed)}})
    catalogs = _languages(tmp_path, desk, reviewed=file_is_reviewed)

    with speaking(catalogs.get("es")):
        assert bool(note_on(small)) is has_note


def test_once_every_translated_text_was_reviewed_on_the_desk_the_note_is_gone(small: Questionnaire, tmp_path: Path) -> None:
    reviewed = {key: Laid("Leído", is_reviewed=True) for key in (TITLE, RULES)}
    catalogs = _languages(tmp_path, Desk({"es": reviewed}))

    with speaking(catalogs.get("es")):
        assert note_on(small) == ""
