"""Scenes on a real database: a published questionnaire, people of every role, reviews at any stage, clients signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from starlette.testclient import TestClient

from app.accounts import keys, service
from app.accounts.scopes import READS, Scope
from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.domain.questionnaire.document import Questionnaire
from app.domain.reading import RawAnswer
from app.economies import references
from app.economies import service as economies
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.main import connect_rooms
from app.questionnaires import service as questionnaires
from app.releases import publishing
from app.releases.service import ReleaseEntry
from app.reviews import answering, as_read, sign_off
from app.reviews import service as reviews
from app.reviews.answering import Entry
from app.reviews.importing import COLUMNS, Imported, import_answers
from app.reviews.saved import SavedAnswer

PROJECT = Path(__file__).resolve().parent.parent
FIGURES = PROJECT / "data" / "reference" / "figures.csv"
SMALL_FILE = Path(__file__).with_name("small_review.yaml")
SMALL = SMALL_FILE.read_text(encoding="utf-8")
CODE, VERSION, CYCLE = "small", "2026.1", "2026"
FEW_REPLICATES = 200
NOTICE = "Demonstration data, not any economy's own"
PASSWORD = "lantern orchid mosaic"
BASE_URL = "http://127.0.0.1:8000"
APEC = (
    *("AUS", "BRN", "CAN", "CHL", "CHN", "HKG", "IDN", "JPN", "KOR", "MYS", "MEX"),
    *("NZL", "PNG", "PER", "PHL", "RUS", "SGP", "TWN", "THA", "USA", "VNM"),
)
# A whole review of tests/small_review.yaml: A is the mean of 75, 100 and a third of 100; B of 100, 25 and 100.
COMPLETE: Mapping[str, RawAnswer] = {
    "A1": RawAnswer(value="4", evidence_url="https://example.org/strategy"),
    "A2": RawAnswer(value="yes", evidence_url="https://example.org/law"),
    "A3": RawAnswer(value=("privacy",)),
    "A4": RawAnswer(value="Ministries meet, monthly."),
    "B1": RawAnswer(value="all"),
    "B2": RawAnswer(value="250"),
    "B3": RawAnswer(value="100"),
}


def document(source: str = SMALL) -> Questionnaire:
    """Read a clean questionnaire."""
    checked = questionnaires.check_file(source.encode())
    assert checked.questionnaire is not None, checked.faults
    assert checked.faults == ()
    return checked.questionnaire


def answers_csv(economies_: Sequence[str], levels: Sequence[int] = (), **others: str) -> bytes:
    """Write an answers file: every core item of each economy, with A1 at the level given for it, and B1 as different.

    Without levels all answers are the same: A1 at level 3, and B1 "some".
    """
    lines = [",".join(COLUMNS)]
    for position, economy in enumerate(economies_):
        level, payer = (levels[position], ("some", "nobody", "all")[position % 3]) if levels else (3, "some")
        values = {"A1": str(level), "A2": "no", "B1": payer} | others
        lines += [f"{economy},{item},answered,{value},," for item, value in values.items()]
    return "\n".join(lines).encode()


@dataclass
class Scene:
    """One database with people and reviews; every step is the service's own."""

    database: Database
    passwords: Passwords = field(default_factory=lambda: Passwords(memory_kib=8, rounds=1))
    people: dict[tuple[Role, str | None, str], Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        connect_rooms()

    def person(self, role: Role, economy: str = "NZL", name: str = "") -> Actor:
        """Return the person of this role (and economy, and name), made at the first call."""
        home = economy if role in ECONOMY_ROLES else None
        key = (role, home, name)
        if key not in self.people:
            with self.database.write() as session:
                person = service.create_user(
                    session,
                    COMMAND_LINE,
                    email=f"person{len(self.people)}@example.org",
                    name=name or f"{home or 'The'} {role.value}",
                    role=role,
                    economy=home,
                    password=PASSWORD,
                    passwords=self.passwords,
                )
            self.people[key] = Actor(person.id, person.name, role, home)
        return self.people[key]

    def email(self, actor: Actor) -> str:
        return f"person{list(self.people.values()).index(actor)}@example.org"

    def key(self, actor: Actor, scopes: frozenset[Scope] = READS) -> str:
        with self.database.write() as session:
            return keys.create_key(session, actor, label="tests", scopes=scopes).secret

    def publish(self, source: str = SMALL) -> Questionnaire:
        found = document(source)
        with self.database.write() as session:
            questionnaires.publish(session, COMMAND_LINE, found)
        return found

    def open_cycle(self, code: str = CYCLE, notice: str = NOTICE) -> UUID:
        with self.database.write() as session:
            return economies.open_cycle(session, COMMAND_LINE, CODE, code, notice=notice).id

    def close_cycle(self, code: str = CYCLE) -> None:
        with self.database.write() as session:
            economies.close_cycle(session, COMMAND_LINE, CODE, code)

    def ready(self) -> Scene:
        """Publish the small review and open its cycle."""
        self.publish()
        self.open_cycle()
        return self

    def start(self, economy: str = "NZL", cycle: str = CYCLE, version: str = VERSION) -> UUID:
        with self.database.write() as session:
            return reviews.start_review(session, self.person(Role.COORDINATOR, economy), CODE, version, cycle)

    def save(self, actor: Actor, review: UUID, item: str, raw: RawAnswer | str, seen: int = 0) -> SavedAnswer:
        entry = Entry(RawAnswer(value=raw) if isinstance(raw, str) else raw, seen)
        with self.database.write() as session:
            return answering.save_answer(session, actor, review, item, entry)[0]

    def save_section(self, actor: Actor, review: UUID, section: str, entries: Mapping[str, Entry]) -> answering.SavedSection:
        with self.database.write() as session:
            return answering.save_section(session, actor, review, section, entries)

    def fill(self, review: UUID, economy: str = "NZL", given: Mapping[str, RawAnswer] = COMPLETE) -> None:
        for item, raw in given.items():
            self.save(self.person(Role.CONTRIBUTOR, economy), review, item, raw)

    def hand_over(self, review: UUID, economy: str = "NZL") -> None:
        with self.database.write() as session:
            sign_off.ask_for_sign_off(session, self.person(Role.COORDINATOR, economy), review)

    def sign(self, review: UUID, economy: str = "NZL") -> sign_off.SubmissionEntry:
        with self.database.write() as session:
            approver = self.person(Role.APPROVER, economy)
            return sign_off.submit(session, approver, review, attests=True, read=self.read(review, economy))

    def read(self, review: UUID, economy: str = "NZL") -> str:
        """Return what the page with the answers sends along when they are signed."""
        return as_read.fingerprint(self.opened(review, self.person(Role.APPROVER, economy)))

    def reopen(self, review: UUID, economy: str = "NZL", reason: str = "A law was passed.") -> None:
        with self.database.write() as session:
            sign_off.reopen(session, self.person(Role.COORDINATOR, economy), review, reason)

    def submitted(self, economy: str = "NZL", given: Mapping[str, RawAnswer] = COMPLETE) -> UUID:
        """Take a review from start to submission."""
        review = self.start(economy)
        self.fill(review, economy, given)
        self.hand_over(review, economy)
        self.sign(review, economy)
        return review

    def opened(self, review: UUID, actor: Actor | None = None) -> reviews.OpenReview:
        with self.database.read() as session:
            return reviews.open_review(session, actor or self.person(Role.CONTRIBUTOR), review)

    def import_(
        self, raw: bytes, *, submit: bool = True, version: str = VERSION, cycle: str = CYCLE, replaces: bool = False
    ) -> Imported:
        with self.database.write() as session:
            return import_answers(session, COMMAND_LINE, CODE, version, cycle, raw, submit=submit, replaces=replaces)

    def submitted_many(self, economies_: Sequence[str], levels: Sequence[int] = ()) -> dict[str, UUID]:
        """Submit a review of each economy; nothing is shared yet. Scores that are alike would never be shown of a group."""
        return dict(self.import_(answers_csv(economies_, levels or [1 + (k + 2) % 5 for k in range(len(economies_))])).reviews)

    def consent(self, economy: str, review: UUID, audience: Audience | str, *sections: str) -> None:
        """Let the economy's coordinator choose; without sections, for all of them."""
        wanted = dict.fromkeys(sections or ("A", "B"), str(audience))
        with self.database.write() as session:
            consents.consent(session, self.person(Role.COORDINATOR, economy), review, wanted)

    def shared(self, public: Sequence[str] = APEC[:14], peers: Sequence[str] = APEC[14:19]) -> Scene:
        """Submit a review of each of these economies, each with other answers, shown to everybody or to peers."""
        reviews_ = self.submitted_many([*public, *peers])
        with self.database.write() as session:
            for economy, review in reviews_.items():
                audience = Audience.PUBLIC if economy in public else Audience.PEERS
                consents.give(session, COMMAND_LINE, review, economy, {"A": audience, "B": audience})
            refresh(session, economies.get_cycle(session, CODE, CYCLE).id)
        return self

    def release(self, cycle: str = CYCLE, replicates: int = FEW_REPLICATES) -> ReleaseEntry:
        """Publish the next release of the cycle; with few replicates, since ranges have tests of their own."""
        with self.database.write() as session:
            return publishing.publish_release(session, COMMAND_LINE, CODE, cycle, replicates=replicates)

    def load_references(self) -> None:
        with self.database.write() as session:
            references.replace(session, FIGURES.read_text(encoding="utf-8"))

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Look into the tables, past the services."""
        with self.database.read() as session:
            return [tuple(row) for row in session.connection().execute(text(statement), values)]

    def count(self, table: str) -> int:
        return int(str(self.rows(f"SELECT count(*) FROM {table}")[0][0]))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect every statement that is sent, those that begin and end a transaction left out."""
    sent: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(" ".join(statement.split()))

    # PostgreSQL reads through the writer's own pool, and hears what is said to it.
    engines = [database.writer] if database.reader.pool is database.writer.pool else [database.reader, database.writer]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", listen)


class Client(TestClient):
    """A browser at the whole program: it keeps cookies and says where its requests come from."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app, base_url=BASE_URL, follow_redirects=False)
        self.headers.update({"Origin": BASE_URL})

    def sign_in(self, email: str) -> Client:
        answer = self.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 303
        return self

    def with_key(self, secret: str) -> Client:
        """Become a program: it has a key, and says nothing of where it comes from."""
        del self.headers["Origin"]
        self.headers.update(bearer(secret))
        return self

    def token(self, path: str = "/account") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def submit(self, path: str, **fields: str) -> Response:
        return self.post(path, data={"csrf_token": self.token(), **fields})

    def read(self, path: str) -> str:
        """Return what a page that is to be signed sends along: what was shown on it."""
        found = re.search(r'name="read" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def problem(answer: Response) -> dict[str, object]:
    """Return the problem document that an answer must be, without what differs from request to request."""
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, object] = answer.json()
    assert found["status"] == answer.status_code
    del found["request_id"]
    return found
