"""Who takes part in a run: ten officials of each economy, signed in, before reviews that are filled in and open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from sqlalchemy.engine import URL

from app.accounts import service
from app.accounts.service import NewPerson
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import sign_in
from app.accounts.signing_in.sign_in import Browser
from app.cli.bench.members import members_of
from app.cli.bench.prepared import new_database, settings_of
from app.cli.generated import generated_answers
from app.config import Settings
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import MaturityItem
from app.economies import service as economies
from app.infra import migrate
from app.infra.db import Database, open_database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Role
from app.kit.ids import new_token
from app.main import connect_rooms
from app.questionnaires import service as questionnaires
from app.reviews.importing import import_answers

QUESTIONNAIRE, CYCLE = "apec-ai-review", "2026"


@dataclass(frozen=True, slots=True)
class Official:
    """One person at work: the session, the review, and the questions that nobody else of the team answers."""

    token: str
    review: UUID
    items: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """A durable database in which every official can go on."""

    url: URL
    settings: Settings
    officials: tuple[Official, ...]


@contextmanager
def furnished(backend: str, folder: Path, *, members: int, team: int) -> Iterator[World]:
    """Make such a world for some economies, and take it away afterwards."""
    with new_database(backend, folder, is_durable=True) as url:
        settings = settings_of(folder / backend)
        migrate.upgrade(url)
        connect_rooms()
        database = open_database(url, pool_size=2)
        questionnaire, reviews = _reviews(database, settings, members)
        officials = tuple(
            official
            for economy, review in reviews.items()
            for official in _team(database, settings, questionnaire, economy, review, team)
        )
        database.dispose()
        yield World(url, settings, officials)


def _reviews(database: Database, settings: Settings, members: int) -> tuple[Questionnaire, dict[str, UUID]]:
    source = settings.project_dir / "questionnaires" / QUESTIONNAIRE / "2026.1.yaml"
    questionnaire = questionnaires.check_file(source.read_bytes()).questionnaire
    if questionnaire is None:
        message = f"{source} has faults."
        raise ValueError(message)
    with database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, questionnaire)
        economies.open_cycle(session, COMMAND_LINE, questionnaire.code, CYCLE)
        raw = generated_answers(questionnaire, members_of(session, questionnaire.participants.groups[0], members), "load")
        done = import_answers(session, COMMAND_LINE, questionnaire.code, questionnaire.version, CYCLE, raw, submit=False)
    return questionnaire, dict(done.reviews)


def _team(
    database: Database, settings: Settings, questionnaire: Questionnaire, economy: str, review: UUID, size: int
) -> Iterator[Official]:
    """Share the questions of a review out among its team."""
    items = [item.code for item in questionnaire.items.values() if isinstance(item, MaturityItem)]
    sections = tuple(section.code for section in questionnaire.sections)
    for number, token in enumerate(_signed_in(database, settings, economy, size)):
        yield Official(token, review, _share(items, number, size), sections)


def _share(items: Sequence[str], number: int, size: int) -> tuple[str, ...]:
    own = tuple(items[number::size])
    if not own:
        message = f"A team of {size} has more people than the questionnaire has questions with levels, {len(items)}."
        raise ValueError(message)
    return own


_numbers = count(1)


def _signed_in(database: Database, settings: Settings, economy: str, size: int) -> Iterator[str]:
    """Make the accounts of a team, in one transaction, and sign everybody in."""
    passwords = Passwords(memory_kib=8, rounds=1)
    team = [
        NewPerson(
            f"{economy.lower()}{number}.{next(_numbers)}@example.org",
            f"Official {number + 1}",
            Role.CONTRIBUTOR if number else Role.COORDINATOR,
            economy,
            new_token(),
        )
        for number in range(size)
    ]
    with database.write() as session:
        service.create_users(session, COMMAND_LINE, team, passwords=passwords)
    lifetime = Lifetime(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    # One address each: ten wrong passwords of one address are a reason to wait, many right ones none.
    browser = Browser("127.0.0.1", "bench")
    for person in team:
        yield sign_in.sign_in(
            database, person.email, person.password, passwords=passwords, browser=browser, lifetime=lifetime
        ).token
