"""What editing a large draft costs: statements of a save, and the weight of the editor's pages."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from app.authoring import drafts
from app.cli.bench.prepared import BACKENDS, Bench, count_statements, prepared, require
from app.cli.bench.rows import Row
from app.domain.drafting.document import code_of, read_draft
from app.domain.questionnaire.document import Questionnaire
from app.kit.actor import COMMAND_LINE, Role
from app.questionnaires import service as questionnaires

MEANING = "against / value: how far below the limit that the project sets itself, for a draft of 300 questions"
LIMITS = {"node_save_sql": 10.0, "editor_kb": 100.0}
_QUESTIONS = 300


@dataclass(frozen=True, slots=True)
class Sizes:
    """On which databases it is measured."""

    backends: tuple[str, ...] = BACKENDS


WHOLE = Sizes()
QUICK = Sizes(BACKENDS[:1])


@dataclass(slots=True)
class Editor:
    """The program with one large draft, and an administrator at one of its questions."""

    bench: Bench
    draft: UUID
    question: str
    words: Iterator[int] = field(default_factory=count)

    @property
    def paths(self) -> tuple[str, str]:
        """The pages that are opened: the draft, and one of its questions."""
        return f"/admin/drafts/{self.draft}", f"/admin/drafts/{self.draft}/parts/item/{self.question}"

    def open(self, path: str) -> bytes:
        return require(self.bench.caller.call("GET", path)).body

    def save(self) -> None:
        """Save the question with other words, as the form sends it."""
        page = self.open(self.paths[1]).decode()
        hidden = {name: _value(page, name) for name in ("csrf_token", "seen")}
        fields = urlencode({**hidden, "code": self.question, "text": f"Which words, for the {next(self.words)}th time?"})
        kind = {"content-type": "application/x-www-form-urlencoded"}
        require(self.bench.caller.call("POST", self.paths[1], fields.encode(), **kind), 303)

    def look(self) -> None:
        """Open the question, as every save does before."""
        self.open(self.paths[1])


def rows(sizes: Sizes) -> list[Row]:
    """Measure on SQLite and on PostgreSQL; the same rows for each."""
    with tempfile.TemporaryDirectory() as folder:
        return [row for backend in sizes.backends for row in _measured(backend, Path(folder))]


def _measured(backend: str, folder: Path) -> Iterator[Row]:
    with prepared(backend, folder, Role.ADMINISTRATOR) as bench:
        editor = _editor(bench)
        saved, looked = (count_statements(bench, work) for work in (editor.save, editor.look))
        figures = {
            "node_save_sql": float(saved - looked),
            "editor_kb": max(len(editor.open(path)) for path in editor.paths) / 1000,
        }
    for name, value in figures.items():
        unit = {"editor_kb": "kB"}.get(name, "statements")
        yield Row(f"{name}_{backend}", value, unit, LIMITS[name], LIMITS[name] / value)


def _editor(bench: Bench) -> Editor:
    """Start a draft of as many questions, all copies of those of the real questionnaire."""
    large = _large(bench.questionnaire)
    with bench.database.write() as session:
        draft = drafts.start_from_file(session, COMMAND_LINE, questionnaires.as_yaml(large).encode())
    return Editor(bench, draft.id, next(iter(large.items)))


def _large(questionnaire: Questionnaire) -> Questionnaire:
    content = read_draft(questionnaire.model_dump(mode="json", by_alias=True, exclude_defaults=True)).content()
    pages = [dict(page) for page in content["sections"]] if isinstance(content["sections"], list) else []
    turns = -(-_QUESTIONS // len(questionnaire.items))
    for page in pages:
        page["items"] = [{**item, "code": f"{code_of(item)}{'x' * turn}"} for turn in range(turns) for item in page["items"]]
    return Questionnaire.model_validate(content | {"sections": pages})


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    if found is None:
        message = f"The page has no field {name}."
        raise ValueError(message)
    return found[1]
