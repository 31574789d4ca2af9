"""The demonstrations: one command from nothing to a service with three benchmarks and an account for every role."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from app.accounts import keys, service
from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.cli.answers import import_file
from app.cli.console import fail, opened_database, out, plain_words, read_settings
from app.cli.generated import generated_answers
from app.cli.server import Port, refuse_taken_port, run_server
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.domain.questionnaire.document import Questionnaire
from app.economies import references
from app.economies import service as economies
from app.infra import migrate
from app.infra.db import Database, database_url, only_server
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.kit.ids import new_token
from app.kit.say import mark
from app.main import open_passwords
from app.questionnaires import service as questionnaires
from app.releases import publishing
from app.reviews.importing import import_answers

REVIEW = "apec-ai-review"
STATEMENT = "asean-us-ai"
INDEX = "bipa"
NOTICE = mark("Demonstration data, not any economy's own")
INDEX_NOTICE = mark(
    "Published figures of the Blavatnik Index of Public Administration 2024 (CC BY 4.0), not answers given by any economy"
)
_YOURS = "MYS"  # takes part in both questionnaires
_DOMAIN = "@demo.example"
_PEERS_ONLY = ("CAN", "CHL", "KOR", "NZL", "SGP", "USA")
_PRIVATE = ("PER", "THA", "VNM")
_SHOW_AFTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Account:
    """One account that was just created; its password is shown once."""

    role: str
    email: str
    secret: str


def demo(
    port: Port = 8000,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Start over: delete the demonstration's database first.")] = False,
    only_load: Annotated[bool, typer.Option("--only-load", help="Load everything, but do not serve.")] = False,
) -> None:
    """Load both demonstrations, once, and serve them."""
    settings = read_settings()
    if not only_load:
        refuse_taken_port("127.0.0.1", port)
    with plain_words(), only_server(settings.data_dir):  # a server that runs on these data keeps them
        _prepare(settings, port, reset=reset)
    if not only_load:
        run_server(settings, "127.0.0.1", port, level=logging.WARNING)  # a line for each request would bury the mails


def _prepare(settings: Settings, port: int, *, reset: bool) -> None:
    if reset:
        _delete(settings)
    with _step("Preparing the database"):
        migrate.upgrade(database_url(settings.database_url, settings.data_dir))
    with opened_database() as database:
        _load(database, settings)
        accounts = _create_accounts(database, settings)
        _print(accounts, _existing_roles(database))
    out.print(f"Open http://127.0.0.1:{port}  (stop with Ctrl+C)")
    out.print("Mails of the demonstration are printed here, each between two lines.")


def _load(database: Database, settings: Settings) -> None:
    folder = settings.project_dir
    with _step("Publishing the questionnaires"):
        review = _publish(database, folder / "questionnaires" / REVIEW / "2026.1.yaml")
        statement = _publish(database, folder / "questionnaires" / STATEMENT / "2024.1.yaml")
        index = _publish(database, folder / "examples" / "bipa2024" / "questionnaire.yaml")
    with database.write() as session:
        references.replace(session, (folder / "data" / "reference" / "figures.csv").read_text(encoding="utf-8"))
        existing = {(cycle.questionnaire, cycle.code) for cycle in economies.list_cycles(session)}
    if (INDEX, "2024") not in existing:
        with _step("Loading 120 economies of the Blavatnik Index (about 10 seconds)"):
            _load_index(database, index, (folder / "examples" / "bipa2024" / "answers.csv").read_bytes())
    for questionnaire, cycle, is_open in ((review, "2026", False), (review, "2027", True), (statement, "2027", True)):
        if (questionnaire.code, cycle) not in existing:
            with _step(f"Generating the reviews of {questionnaire.code}, cycle {cycle}"):
                _load_reviews(database, questionnaire, cycle, is_open=is_open)


def _publish(database: Database, path: Path) -> Questionnaire:
    checked = questionnaires.check_file(path.read_bytes())
    if checked.questionnaire is None or checked.faults:
        fail(f"{path} has faults. Run `readiness questionnaire check {path}`.")
    with database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, checked.questionnaire)
    return checked.questionnaire


def _load_index(database: Database, index: Questionnaire, raw: bytes) -> None:
    with database.write() as session:
        economies.open_cycle(
            session, COMMAND_LINE, INDEX, "2024", title="Edition 2024", notice=str(INDEX_NOTICE), holds_own_answers=False
        )
        import_file(session, INDEX, index.version, "2024", raw, submit=True, consent=Audience.PUBLIC)
        economies.close_cycle(session, COMMAND_LINE, INDEX, "2024")
        publishing.publish_release(session, COMMAND_LINE, INDEX, "2024", note=str(INDEX_NOTICE))


def _load_reviews(database: Database, review: Questionnaire, cycle: str, *, is_open: bool) -> None:
    """Fill one cycle in one transaction; in the open one, the demonstration's own economy is left to the newcomer."""
    with database.write() as session:
        title = f"Cycle {cycle} (demonstration)"
        entry = economies.open_cycle(session, COMMAND_LINE, review.code, cycle, title=title, notice=str(NOTICE))
        (group,) = review.participants.groups
        members = [code for code in economies.groups(session)[group].economies if not (is_open and code == _YOURS)]
        raw = generated_answers(review, members, f"{review.code} {cycle}")
        done = import_answers(session, COMMAND_LINE, review.code, review.version, cycle, raw, submit=True)
        for economy, review_id in done.reviews.items():
            audience = Audience.PRIVATE if economy in _PRIVATE else Audience.PEERS if economy in _PEERS_ONLY else Audience.PUBLIC
            choices = {section.code: audience for section in review.sections}
            consents.give(session, COMMAND_LINE, review_id, economy, choices)
        refresh(session, entry.id)
        if not is_open:
            economies.close_cycle(session, COMMAND_LINE, review.code, cycle)
            publishing.publish_release(session, COMMAND_LINE, review.code, cycle, note=str(NOTICE))


def _create_accounts(database: Database, settings: Settings) -> list[Account]:
    """Create one account for every role and a key, all or none, unless there are accounts already."""
    with database.read() as session:
        if service.list_users(session, COMMAND_LINE):
            return []
    wanted = [
        service.NewPerson(
            f"{role.value}{_DOMAIN}",
            f"Demo {role.value}",
            role,
            _YOURS if role in ECONOMY_ROLES else None,
            new_token()[:16],
        )
        for role in Role
    ]
    # One transaction: were it several and the program stopped between them, passwords would be lost that nobody saw.
    with database.write() as session:
        people = service.create_users(session, COMMAND_LINE, wanted, passwords=open_passwords(settings))
        analyst = next(person for person in people if person.role is Role.ANALYST)
        fresh = keys.create_key(session, Actor(analyst.id, analyst.name, analyst.role), label="Demonstration", days=90)
    accounts = [Account(person.role.value, person.email, person.password) for person in wanted]
    return [*accounts, Account("API key of the analyst", "", fresh.secret)]


def _existing_roles(database: Database) -> list[str]:
    with database.read() as session:
        emails = {person.email for person in service.list_users(session, COMMAND_LINE)}
    return [role.value for role in Role if f"{role.value}{_DOMAIN}" in emails]


def _delete(settings: Settings) -> None:
    if settings.database_url is not None:
        fail("--reset deletes the SQLite database in the data folder only. Empty the PostgreSQL database yourself.")
    for path in settings.data_dir.glob("readiness.db*"):
        path.unlink()


def _print(accounts: list[Account], existing: list[str]) -> None:
    if accounts:
        out.print("Accounts of the demonstration. The passwords are shown this once; keep them.\n", style="bold")
        for account in accounts:
            # Plain lines, never wrapped or cut: they are copied by hand.
            out.print(f"{account.role:22} {account.email:27} {account.secret}", markup=False)
        out.print()
        out.print(
            "The officials belong to Malaysia, which takes part in both reviews. Sign in as the coordinator, and start one."
        )
    else:
        out.print("The demonstration is loaded already; its accounts and data are kept. `make demo-reset` starts over.")
        if len(existing) < len(Role):
            out.print(f"Of its accounts there are only these: {', '.join(existing) or 'none'}.")
        out.print("`readiness user set-password` with an account's mail address prints a link for choosing another password.")


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Show that something is under way, and how long it took when that was long."""
    began = monotonic()
    with out.status(f"{what} ..."):
        yield
    seconds = monotonic() - began
    if seconds > _SHOW_AFTER_SECONDS or not out.is_terminal:
        out.print(f"{what}: done in {seconds:.1f} s")
