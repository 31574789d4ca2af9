"""The whole program on 127.0.0.1, with the real questionnaire, people of every role, and reviews at any stage."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from itertools import count
from pathlib import Path
from uuid import UUID

import uvicorn
from playwright.sync_api import Page, expect

from app.accounts import invitations, service
from app.accounts.mailing import choices as mail_choices
from app.accounts.second_step.tables import Authenticator
from app.accounts.signing_in import password_reset
from app.accounts.signing_in.sign_in import Browser
from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.cli.generated import generated_answers
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    TextItem,
    YesNoItem,
)
from app.domain.questionnaire.records import RecordField
from app.domain.reading import RawAnswer
from app.economies import references
from app.economies import service as economies
from app.evidence.contents import limits_of
from app.evidence.service import Described
from app.infra.catalogs import SOURCE, Catalogs
from app.infra.db import Database, open_database
from app.infra.mail import MemorySender, SmtpSender
from app.infra.objects import open_objects
from app.kit import clock
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.mail import service as mail
from app.mail.delivery import deliver_due
from app.main import create_app, open_passwords
from app.offline import service as offline
from app.offline.reading import read_workbook
from app.offline.writing import Download, workbook
from app.questionnaires import service as questionnaires
from app.reviews import answering, as_read, attaching, sign_off
from app.reviews import service as reviews
from app.reviews.answering import Entry
from app.reviews.attaching import Files
from app.reviews.importing import import_answers
from app.teamwork import assignments, threads
from app.teamwork.assignments import HandOver
from app.teamwork.state import Place
from tests.browser.carried_over import carried_over
from tests.browser.cycle_places import cycle_places
from tests.browser.draft_places import draft_places
from tests.browser.move_places import move_places
from tests.browser.peer_places import peer_places
from tests.browser.release_places import release_places
from tests.databases import SQLITE, Run
from tests.evidence.files import PDF
from tests.offline.books import filled

PROJECT = Path(__file__).resolve().parents[2]
CODE, VERSION, CYCLE = "apec-ai-review", "2026.1", "2026"
PASSWORD = "lantern orchid mosaic"
OURS = "AUS"
# Fifteen of 21 share everything, so that the two-thirds rule lets the distributions of all be shown.
SHARING = ("BRN", "CAN", "CHL", "CHN", "HKG", "IDN", "JPN", "KOR", "MYS", "MEX", "NZL", "PNG", "PER", "PHL", "RUS")
SECOND_CONTRIBUTOR = "second@example.org"
WITH_SECOND_STEP = "careful@example.org"


@dataclass
class LiveServer:
    """A running server and the database behind it; every step in the background is the services' own."""

    url: str
    database: Database
    settings: Settings
    questionnaire: Questionnaire
    people: dict[str, Actor] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def open_cycle(self, notice: str = "") -> str:
        """Open a cycle of the test's own, so that tests do not meet."""
        code = f"t{next(self._numbers):03}"  # cycles go by their codes
        with self.database.write() as session:
            economies.open_cycle(session, COMMAND_LINE, CODE, code, title=f"Cycle {code}", notice=notice)
        return code

    def start_review(self, cycle: str = "") -> UUID:
        """Start our economy's review, blank."""
        with self.database.write() as session:
            return reviews.start_review(session, self.actor(Role.COORDINATOR), CODE, VERSION, cycle or self.open_cycle())

    def start_small_review(self, name: str) -> UUID:
        """Start our economy's review of one of tests/questionnaires, blank; the first to ask publishes it."""
        checked = questionnaires.check_file((PROJECT / "tests" / "questionnaires" / f"{name}.yaml").read_bytes())
        assert checked.questionnaire is not None, checked.faults
        small, cycle = checked.questionnaire, f"t{next(self._numbers)}"
        with self.database.write() as session:
            questionnaires.publish(session, COMMAND_LINE, small)
            economies.open_cycle(session, COMMAND_LINE, small.code, cycle)
            return reviews.start_review(session, self.actor(Role.COORDINATOR), small.code, small.version, cycle)

    def fill_review(self, *, without: str = "", cycle: str = "") -> UUID:
        """Start our economy's review and answer everything, but for the items whose codes begin with `without`."""
        raw = generated_answers(self.questionnaire, [OURS], "browser tests")
        if without:
            kept = [line for line in raw.decode().splitlines() if not line.startswith(f"{OURS},{without}")]
            raw = "\n".join(kept).encode()
        with self.database.write() as session:
            done = import_answers(session, COMMAND_LINE, CODE, VERSION, cycle or self.open_cycle(), raw, submit=False)
        return done.reviews[OURS]

    def work_together(self, review: UUID) -> None:
        """Hand a section over, and begin two discussions of B1-01: one with a mention, one that is resolved."""
        coordinator, contributor = self.actor(Role.COORDINATOR), self.actor(Role.CONTRIBUTOR)
        assert contributor.user_id is not None
        place, words = Place("B1", "B1-01"), "zzz"  # what people type is not translated: tests/web/test_pseudo_language.py
        with self.database.write() as session:
            wanted = HandOver(contributor.user_id, "2099-05-31", words)
            assignments.assign(session, coordinator, review, [Place("B1"), Place("B2", "B2-01")], wanted)
            threads.start(session, coordinator, review, place, f"{words}\n{words}", [contributor.user_id])
            settled = threads.start(session, contributor, review, place, words)
            threads.resolve(session, coordinator, review, place.item, settled)

    def ask_for_sign_off(self, review: UUID) -> None:
        with self.database.write() as session:
            sign_off.ask_for_sign_off(session, self.actor(Role.COORDINATOR), review)

    def submit(self, review: UUID) -> None:
        with self.database.write() as session:
            approver = self.actor(Role.APPROVER)
            read = as_read.fingerprint(reviews.open_review(session, approver, review))
            sign_off.submit(session, approver, review, attests=True, read=read)

    def reopen(self, review: UUID) -> None:
        with self.database.write() as session:
            sign_off.reopen(session, self.actor(Role.COORDINATOR), review, "A figure came in late.")

    def share(self, members: Sequence[str], cycle: str, audience: Audience) -> None:
        """Submit generated reviews of some economies, and show every section of them."""
        raw = generated_answers(self.questionnaire, list(members), "browser tests")
        shown = {section.code: audience for section in self.questionnaire.sections}
        with self.database.write() as session:
            done = import_answers(session, COMMAND_LINE, CODE, VERSION, cycle, raw, submit=True)
            for economy, review in done.reviews.items():
                consents.give(session, COMMAND_LINE, review, economy, shown)
            refresh(session, economies.get_cycle(session, CODE, cycle).id)

    def workbook(self, review: UUID) -> bytes:
        """Download our economy's review, as its coordinator."""
        coordinator = self.actor(Role.COORDINATOR)
        with self.database.read() as session:
            opened = reviews.open_review(session, coordinator, review)
        return workbook(opened, Download("Australia", coordinator.name, clock.now(), "21 Nov 2026"), SOURCE)

    def upload(self, actor: Actor, review: UUID, raw: bytes) -> str:
        """Bring a workbook back, and return the address of its dry run."""
        with self.database.write() as session:
            upload = offline.receive(session, actor, review, read_workbook(raw))
        return f"/reviews/{review}/workbook/{upload}"

    def compare(self) -> UUID:
        """Sign and share our economy's review in a cycle in which enough others share theirs."""
        cycle = self.open_cycle()
        review = self.fill_review(cycle=cycle)
        self.ask_for_sign_off(review)
        self.submit(review)
        shown = {section.code: Audience.PEERS for section in self.questionnaire.sections}
        with self.database.write() as session:
            consents.give(session, COMMAND_LINE, review, OURS, shown)
        self.share(SHARING, cycle, Audience.PEERS)
        return review

    def review_with_evidence(self) -> tuple[UUID, str, str]:
        """Fill in our economy's review and attach a link and a file with a long name to one of its answers."""
        review, official = self.fill_review(), self.actor(Role.CONTRIBUTOR)
        with self.database.write() as session:
            described = Described("The strategy, as the cabinet adopted it in its meeting of spring", "2025-03-31")
            link = attaching.add_link(session, official, review, "B1-01", described, f"https://example.org/{'long/' * 30}")
        files = Files(open_objects(None, self.settings.data_dir), limits_of(self.settings))
        sent = attaching.SentFile(f"{'minutes_' * 15}.pdf", PDF)
        file = attaching.add_file(self.database, files, official, review, "B1-01", Described(""), sent)
        return review, str(link), str(file)

    def foreign_review(self) -> str:
        """Return the id of another economy's review."""
        stranger = Actor(None, "Stranger", Role.CONTRIBUTOR, SHARING[0])
        with self.database.read() as session:
            return str(reviews.list_reviews(session, stranger)[0].id)

    def invite(self) -> str:
        """Invite somebody and return the path of the link."""
        with self.database.write() as session:
            email = f"invited{next(self._numbers)}@example.org"
            fresh = invitations.invite(
                session, self.actor(Role.COORDINATOR), email=email, name="New Person", role="contributor", economy=OURS
            )
        return fresh.path

    def reset_link(self) -> str:
        """Ask for a new password, as the analyst, and return the path of the link in the mail."""
        catalogs = Catalogs(self.settings.translations)
        password_reset.ask(self.database, email_of(Role.ANALYST), browser=Browser("192.0.2.77", "Tests/1"))
        password_reset.answer_asked(self.database, catalogs, self.url)
        box = MemorySender()
        deliver_due(self.database, box)
        found = re.search(r"/password-reset/\S+", box.letters[-1].body)
        assert found is not None
        return found[0]

    def unsubscribe_link(self) -> str:
        """Return the path of the link in a digest of the analyst's."""
        user_id = self.actor(Role.ANALYST).user_id
        assert user_id is not None
        with self.database.write() as session:
            return mail_choices.unsubscribe_path(session, user_id, mail_choices.Kind.WEEKLY_DIGEST)

    def trouble_with_mail(self) -> None:
        """Let one mail wait for another try, and one fail."""
        with self.database.write() as session:
            for to in ("somebody@example.org", "zzz zzz@example.org"):
                mail.queue(session, to=to, subject="A word", body="Words.", kind="invitation")
        deliver_due(self.database, SmtpSender("127.0.0.1", 9, "none", Address(addr_spec="readiness@example.org")))
        deliver_due(self.database, SmtpSender("127.0.0.1", 9, "none", Address(addr_spec="readiness@example.org")))

    def actor(self, role: Role) -> Actor:
        return self.people[email_of(role)]


def email_of(role: Role) -> str:
    return f"{role.value}@example.org"


def sign_in(page: Page, role: Role, *, email: str = "") -> None:
    """Sign in through the page, as a person does, in whatever language it is."""
    page.goto("/sign-in")
    page.locator("[name=email]").fill(email or email_of(role))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("form[action='/sign-out']")).to_be_visible()


def question(code: str) -> str:
    """Return the selector of one question's box."""
    return f"[data-item='{code}']"


def control(code: str, name: str) -> str:
    """Return the selector of one control of a question."""
    return f"#{code.replace('.', '-')}-{name}"


def choose(page: Page, code: str, value: str) -> None:
    """Choose a level, an option, or one of the reasons for not answering."""
    page.locator(f"{question(code)} input[name='{code}.choice'][value='{value}']").check()


def answer(page: Page, document: Questionnaire, item: Item, *, level: str = "2") -> None:
    """Answer one question of any type, with everything that goes with its answer."""
    match item:
        case MaturityItem():
            choose(page, item.code, level)
        case YesNoItem():
            choose(page, item.code, "yes")
        case ChoiceItem():
            choose(page, item.code, item.options[-1].code)
        case ChecklistItem():
            page.locator(question(item.code)).get_by_role("checkbox").first.check()
        case TextItem():
            page.locator(control(item.code, "value")).fill("In our own words.")
        case PercentItem() | NumberItem():
            page.locator(control(item.code, "value")).fill(_figure(item))
        case _:
            pass
    for named in document.fields_of(item):
        if named.required or isinstance(item, RecordsItem):
            _fill(page, item, named)


def save(page: Page, button: str = "Save and continue") -> None:
    """Send the form of a section and wait for the page that comes: the form first waits for an autosave under way."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def _figure(item: PercentItem | NumberItem) -> str:
    highest = 100.0 if isinstance(item, PercentItem) or item.maximum is None else item.maximum
    lowest = 0.0 if isinstance(item, PercentItem) or item.minimum is None else item.minimum
    return f"{min(max(20.0, lowest), highest):g}"


def _fill(page: Page, item: Item, field: RecordField) -> None:
    """Fill in one named field of the first group."""
    place = page.locator(control(item.code, f"record-1-{field.code}"))
    match field.type:
        case "choice":
            place.select_option(next(option.code for option in reversed(field.options) if option.counts))
        case "level":
            place.select_option("4")
        case "item":
            place.select_option(index=1)
        case "date":
            place.fill("2026-06-30")
        case "year":
            place.fill(f"{max(2025.0, field.minimum or 0):.0f}")
        case "url":
            place.fill("https://example.org/evidence")
        case "number":
            place.fill("1")
        case "text":
            place.fill("In our own words."[: field.max_length])


def review_of(page: Page) -> str:
    """Return the id of the review that the page belongs to."""
    found = re.search(r"/reviews/([0-9a-f-]{36})", page.url)
    assert found is not None, page.url
    return found[1]


@contextmanager
def serve(run: Run, data_dir: Path) -> Iterator[LiveServer]:
    """Serve a fresh database until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening, run.fresh(SQLITE, data_dir) as address:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(data_dir=data_dir, base_url=url, password_memory_kib=8, password_rounds=1, embedded_worker=False)
        database = open_database(address, pool_size=10)
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings, database), log_config=None, access_log=False, server_header=False)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        try:
            live = furnished(url, database, settings)
            thread.start()
            yield live
        finally:
            server.should_exit = True
            if thread.is_alive():
                thread.join(timeout=10)
            database.dispose()


def furnished(url: str, database: Database, settings: Settings) -> LiveServer:
    """Fill a fresh database with the real questionnaire, people of every role and a benchmark; nothing is served yet."""
    live = LiveServer(url, database, settings, _publish(database))
    _furnish(live)
    return live


def places_of(live: LiveServer) -> dict[str, str]:
    """Make one review in every state, and name the addresses that visits speak of."""
    found = {"small_cycle": live.open_cycle("Demonstration data, not any economy's own")}
    live.share(SHARING[:4], found["small_cycle"], Audience.PEERS)
    found["empty_cycle"] = live.open_cycle()
    reviews_ = {"blank": live.start_review(), "answered": live.fill_review()}
    for name in ("in_sign_off", "submitted", "reopened"):
        reviews_[name] = live.fill_review()
        live.ask_for_sign_off(reviews_[name])
    for name in ("submitted", "reopened"):
        live.submit(reviews_[name])
    live.reopen(reviews_["reopened"])
    reviews_["resigned"] = live.fill_review()
    for is_last in (False, True):
        live.ask_for_sign_off(reviews_["resigned"])
        live.submit(reviews_["resigned"])
        if not is_last:
            live.reopen(reviews_["resigned"])
    reviews_["shared_out"] = live.fill_review(without="B2")
    live.work_together(reviews_["shared_out"])
    reviews_["crosswalk"] = live.start_small_review("crosswalk")
    reviews_["evidence"], found["evidence_link"], found["evidence_file"] = live.review_with_evidence()
    reviews_["transport"] = live.start_small_review("checklist_options_not_applicable")
    found |= {name: str(review) for name, review in reviews_.items()}
    found["priorities"] = f"/reviews/{found['submitted']}/revisions/1/results/priorities"
    found["compared"] = f"/reviews/{live.compare()}/revisions/1/peers"
    found |= bring_workbooks(live)
    found["carried_over"] = str(carried_over(live))
    found["foreign"] = live.foreign_review()
    found["contributor"] = str(live.actor(Role.CONTRIBUTOR).user_id)
    found["invitation"] = live.invite()
    found["reset"] = live.reset_link()
    found["unsubscribe"] = live.unsubscribe_link()
    live.trouble_with_mail()
    found |= peer_places(live)
    found |= move_places(live)
    found |= cycle_places(live)
    found |= release_places(live, CODE, SHARING)
    return found | draft_places(live)


def bring_workbooks(live: LiveServer) -> dict[str, str]:
    """Bring workbooks back that wait for a decision, for consent, and that were applied."""
    coordinator, second = live.actor(Role.COORDINATOR), live.people[SECOND_CONTRIBUTOR]
    waiting, older, done = live.start_review(), live.fill_review(), live.start_review()
    book = filled(live.workbook(waiting), {"B1-01": "4", "B1-02": "5", "B2-01": "many", "B1-04": "2"})
    earlier = filled(live.workbook(older), {"B1-01": "2"})
    live.ask_for_sign_off(older)
    live.submit(older)
    live.reopen(older)
    with live.database.write() as session:
        answering.save_answer(session, second, waiting, "B1-01", Entry(RawAnswer(value="2", comment="Adopted in May."), 0))
    addresses = {
        "dry_run": live.upload(coordinator, waiting, book),
        "merge": live.upload(coordinator, older, earlier),
        "applied": live.upload(coordinator, done, filled(live.workbook(done), {"B1-01": "4"})),
    }
    with live.database.write() as session:
        upload = UUID(addresses["applied"].rpartition("/")[2])
        offline.apply(session, coordinator, done, upload, {"B1-01": 0}, [SOURCE])
    return addresses


def _publish(database: Database) -> Questionnaire:
    checked = questionnaires.check_file((PROJECT / "questionnaires" / CODE / f"{VERSION}.yaml").read_bytes())
    assert checked.questionnaire is not None, checked.faults
    with database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, checked.questionnaire)
        references.replace(session, (PROJECT / "data" / "reference" / "figures.csv").read_text(encoding="utf-8"))
    return checked.questionnaire


def _furnish(live: LiveServer) -> None:
    """Give every role a person, our economy a second contributor, and the main cycle a benchmark of fifteen economies."""
    passwords = open_passwords(live.settings)
    wanted = [(role, email_of(role), f"{role.value.title()} Person") for role in Role]
    with live.database.write() as session:
        further = [
            (Role.CONTRIBUTOR, SECOND_CONTRIBUTOR, "Second Person"),
            (Role.ANALYST, WITH_SECOND_STEP, "Careful Person"),
        ]
        for role, email, name in [*wanted, *further]:
            economy = OURS if role in ECONOMY_ROLES else None
            person = service.create_user(
                session,
                COMMAND_LINE,
                email=email,
                name=name,
                role=role,
                economy=economy,
                password=PASSWORD,
                passwords=passwords,
            )
            live.people[email] = Actor(person.id, name, role, economy)
        careful = live.people[WITH_SECOND_STEP].user_id
        assert careful is not None
        session.add(Authenticator(user_id=careful, sealed_secret="", created_at=clock.now(), confirmed_at=clock.now()))
    with live.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, CODE, CYCLE, title="Cycle 2026")
    live.share(SHARING, CYCLE, Audience.PUBLIC)
