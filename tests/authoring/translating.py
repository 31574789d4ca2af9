"""Scenes of the translation desk: the small questionnaire, its draft, and two administrators who know Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.authoring.translating import desk as desks
from app.authoring.translating import files, saving
from app.authoring.translating.desk import Sheet, Version, Where
from app.authoring.translating.files import Format, Proposal
from app.authoring.translating.saving import Saved, Typed
from app.domain.translating.strings import String
from app.infra.catalogs import Catalogs
from app.kit.actor import Actor
from tests.authoring.conftest import Desk
from tests.scenarios import CODE, VERSION

PUBLISHED = Version(CODE, VERSION)
NO_FOLDER = Path("/nowhere")


@dataclass
class Translators:
    """Whoever translates; every step is the services' own. Without a folder no language has a file."""

    desk: Desk
    catalogs: Catalogs = field(default_factory=lambda: Catalogs(NO_FOLDER))
    language: str = "es"

    def sheet(self, where: Where = PUBLISHED) -> Sheet:
        with self.desk.scene.database.read() as session:
            return desks.open_sheet(session, self.desk.ana, self.catalogs, where, self.language)

    def string(self, context: str, source: str | None = None, where: Where = PUBLISHED) -> String:
        """Return the first string of a part, or the one with this source."""
        for string in self.sheet(where).strings:
            if string.message.context == f"{CODE} {context}".strip() and source in {None, string.message.text}:
                return string
        raise AssertionError(context)

    def save(self, *typed: Typed, by: Actor | None = None, where: Where = PUBLISHED) -> Saved:
        with self.desk.scene.database.write() as session:
            return saving.save(session, by or self.desk.ana, self.catalogs, where, self.language, typed)

    def translate(self, string: String, text: str, *, by: Actor | None = None, where: Where = PUBLISHED) -> Saved:
        return self.save(Typed(string.key, text, string.etag), by=by, where=where)

    def keep(self, string: String, *, by: Actor | None = None, where: Where = PUBLISHED) -> Saved:
        return self.save(Typed(string.key, string.shown, string.etag, keep=True), by=by, where=where)

    def review(self, string: String, *, by: Actor, where: Where = PUBLISHED) -> Saved:
        return self.save(Typed(string.key, string.shown, string.etag, review=True), by=by, where=where)

    def export(self, ending: Format, where: Where = PUBLISHED) -> bytes:
        with self.desk.scene.database.read() as session:
            return files.export(session, self.desk.ana, self.catalogs, where, self.language, ending)

    def propose(self, raw: bytes, *, by: Actor | None = None, where: Where = PUBLISHED) -> Proposal:
        with self.desk.scene.database.read() as session:
            return files.propose(session, by or self.desk.ana, self.catalogs, where, self.language, raw)

    def take_over(self, proposal: Proposal, over: frozenset[str] = frozenset(), *, by: Actor | None = None) -> Saved:
        wishes = files.unpacked(files.packed(proposal), over)
        with self.desk.scene.database.write() as session:
            return files.apply(session, by or self.desk.ana, self.catalogs, PUBLISHED, self.language, wishes)


def catalogs_with(folder: Path, texts: Mapping[tuple[str, str], str], *, reviewed: bool = False) -> Catalogs:
    """Return languages of which Spanish has a file with these texts."""
    lines = ["# Reviewed by: A. Name, 1 December 2026"] if reviewed else []
    lines += ['msgid ""', 'msgstr ""', '"Language: es\\n"', '"Content-Type: text/plain; charset=utf-8\\n"', ""]
    for (context, source), text in texts.items():
        lines += [f'msgctxt "{context}"', f'msgid "{source}"', f'msgstr "{text}"', ""]
    (folder / "es.po").write_text("\n".join(lines), encoding="utf-8")
    return Catalogs(folder)
