"""What a whole release costs: 21 economies, a hundred questions, 10,000 replicates, pairs, content, and what is built of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.cli.bench.rows import Row, cpu_seconds
from app.cli.bench.scoring import kilobytes
from app.cli.generated import generated_answers
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.domain.drafting.document import code_of, read_draft
from app.domain.questionnaire.document import Questionnaire
from app.economies import service as economies
from app.infra import migrate
from app.infra.db import Database, database_url, open_database
from app.infra.scope import as_the_service
from app.kit.actor import COMMAND_LINE
from app.main import connect_rooms
from app.questionnaires import service as questionnaires
from app.releases import publishing, service
from app.releases.bundle.writing import write_bundle
from app.releases.readable import open_release
from app.releases.sdmx.observations import observations_of
from app.reviews.importing import import_answers

MEANING = "against / value: how far below the limit that the project sets itself"
LIMITS = {"release_cpu_s": 3.0, "release_mb": 300.0}
_CYCLE = "2026"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is released: economies, and how often each question of the real questionnaire is asked."""

    economies: int = 21
    copies: int = 3
    repeats: int = 5


WHOLE = Sizes()
QUICK = Sizes(economies=15, copies=1, repeats=1)


def rows(sizes: Sizes) -> list[Row]:
    """Measure the CPU seconds of one release, and by how much it makes the program grow."""
    with tempfile.TemporaryDirectory() as folder:
        code = _fill(Path(folder), sizes)
        with _opened(Path(folder)) as database:
            seconds = cpu_seconds(lambda: release(database, code), sizes.repeats)
        megabytes = _memory(Path(folder), code)
    return [_beside_limit("release_cpu_s", seconds, "s"), _beside_limit("release_mb", megabytes, "MB")]


def release(database: Database, code: str) -> None:
    """Publish the next release of everything that is shown, read it as readers do, and build its bundle and its observations."""
    publishing.publish(database, COMMAND_LINE, code, _CYCLE)
    with database.read() as session:
        published = open_release(session, code, service.LATEST)
    write_bundle(published, method=b"", base_url="http://127.0.0.1")
    observations_of(published)


def print_memory(folder: str, code: str) -> None:
    """Print by how many megabytes this process grows at most while it makes a release (Linux)."""
    with _opened(Path(folder)) as database:
        with database.read() as session:
            service.get_release(session, code)  # loads code, which is no part of the release
        before = kilobytes("VmRSS")
        release(database, code)
    sys.stdout.write(f"{max(0, kilobytes('VmHWM') - before) / 1024}\n")


def _memory(folder: Path, code: str) -> float:
    words = f"from app.cli.bench.releasing import print_memory; print_memory({str(folder)!r}, {code!r})"
    done = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)  # noqa: S603 - we start ourselves
    return float(done.stdout)


@contextmanager
def _opened(folder: Path) -> Iterator[Database]:
    connect_rooms()
    database = open_database(database_url(None, folder), pool_size=2)
    try:
        with as_the_service(because="a benchmark plays all parts"):
            yield database
    finally:
        database.dispose()


def _fill(folder: Path, sizes: Sizes) -> str:
    """Make a database in which as many economies have signed, and show everything to everybody."""
    migrate.upgrade(database_url(None, folder))
    with _opened(folder) as database, database.write() as session:
        questionnaire = questionnaire_of(sizes.copies)
        questionnaires.publish(session, COMMAND_LINE, questionnaire)
        cycle = economies.open_cycle(session, COMMAND_LINE, questionnaire.code, _CYCLE)
        (group,) = questionnaire.participants.groups
        members = economies.groups(session)[group].economies[: sizes.economies]
        raw = generated_answers(questionnaire, list(members), "bench")
        done = import_answers(session, COMMAND_LINE, questionnaire.code, questionnaire.version, _CYCLE, raw, submit=True)
        for economy, review in done.reviews.items():
            shown = {section.code: Audience.PUBLIC for section in questionnaire.sections}
            consents.give(session, COMMAND_LINE, review, economy, shown)
        refresh(session, cycle.id)
    return questionnaire.code


def questionnaire_of(copies: int) -> Questionnaire:
    """Ask every question of the real questionnaire several times over."""
    source = Settings().project_dir / "questionnaires" / "apec-ai-review" / "2026.1.yaml"
    found = questionnaires.check_file(source.read_bytes()).questionnaire
    if found is None:
        message = f"{source} has faults."
        raise ValueError(message)
    content = read_draft(found.model_dump(mode="json", by_alias=True, exclude_defaults=True)).content()
    pages = [dict(page) for page in content["sections"]] if isinstance(content["sections"], list) else []
    for page in pages:
        page["items"] = [{**item, "code": f"{code_of(item)}{'x' * turn}"} for turn in range(copies) for item in page["items"]]
    return Questionnaire.model_validate(content | {"sections": pages})


def _beside_limit(name: str, value: float, unit: str) -> Row:
    return Row(name, value, unit, LIMITS[name], LIMITS[name] / max(value, 0.1))
