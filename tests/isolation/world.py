"""One world for every test of isolation: two economies at work, others that share, and everybody who stands outside.

It is made in two steps, so that a copy of the database between them shows the same world without anything that New Zealand
has not published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from app.accounts import invitations, keys, service
from app.accounts.clients import asking, granting
from app.accounts.clients.asking import Wish
from app.accounts.mailing.notices import Desk
from app.accounts.scopes import READS, Scope
from app.accounts.signing_in.sign_in import Browser
from app.authoring import drafts, editing
from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.domain.drafting.document import Address, Kind, etag_of
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.evidence.contents import limits_of
from app.evidence.service import Described
from app.infra.catalogs import SOURCE, Catalogs
from app.infra.db import Database
from app.infra.objects import open_objects
from app.kit import clock
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.mail import service as mail
from app.offline import service as offline
from app.offline.reading import read_workbook
from app.offline.writing import Download, workbook
from app.peer_reviews import conflicts, conversation, inviting, reviewing
from app.peer_reviews import service as peer_reviews
from app.peer_reviews.inviting import Wanted
from app.releases import patching
from app.reports import service as reports
from app.reports.building import Workshop, build_due
from app.reports.summary.fields import CoverFields
from app.reviews import attaching, receipts, showing, sign_off
from app.reviews import service as reviews
from app.reviews.attaching import Files, SentFile
from app.teamwork import assignments, threads
from app.teamwork.assignments import HandOver
from app.teamwork.state import Place
from tests.evidence.files import GOOD, PDF
from tests.isolation.words import Planted
from tests.offline.books import filled
from tests.scenarios import APEC, BASE_URL, CODE, COMPLETE, PASSWORD, PROJECT, VERSION, Scene

OURS, THEIRS = "NZL", "CHL"
SHARING = tuple(code for code in APEC if code not in {OURS, THEIRS})[:10]
OPEN, SIGNED, SHOWN, TAKEN_BACK = "2026", "2025", "2024", "2023"
STATES = (OPEN, SIGNED, SHOWN, TAKEN_BACK)
"""The cycles, and with them the states of New Zealand's reviews: at work, signed but shown to nobody, shown to everybody, and
shown once and taken back."""
MARKED = "730.0917"
NAMED_FIELDS = "named-fields"
_FIRST = Address(Kind.ITEM, "A1")


@dataclass
class World:
    """Everybody and everything, by names that tests speak of."""

    scene: Scene
    settings: Settings
    words: Planted = field(default_factory=Planted)
    """In what New Zealand says: nobody outside reads it."""
    names: Planted = field(default_factory=Planted)
    """In what its people are called: those who administer accounts read it too."""
    emails: dict[str, str] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.scene.database

    def files(self) -> Files:
        return Files(open_objects(None, self.settings.data_dir), limits_of(self.settings))

    def desk(self) -> Desk:
        return Desk(BASE_URL, Catalogs(self.settings.translations))

    def add(self, name: str, role: Role, economy: str = "", *, called: str = "", email: str = "") -> Actor:
        """Give somebody an account; the services' scenes find the same person by role and economy."""
        home = economy if role in ECONOMY_ROLES else None
        self.emails[name] = email or f"{name}@example.org"
        with self.database.write() as session:
            person = service.create_user(
                session,
                COMMAND_LINE,
                email=self.emails[name],
                name=called or name.replace("_", " ").title(),
                role=role,
                economy=home,
                password=PASSWORD,
                passwords=self.scene.passwords,
            )
        actor = self.people[name] = Actor(person.id, person.name, role, home)
        self.scene.people.setdefault((role, home, ""), actor)
        self.ids[f"user_{name}"] = str(person.id)
        return actor

    def key(self, name: str, owner: str, scopes: frozenset[Scope] = READS, label: str = "A key") -> None:
        """Give somebody a key. One that its owner's role may not have was made before the role was changed."""
        actor = self.people[owner]
        with self.database.write() as session:
            fresh = keys.issue(session, keys.own_id(actor), label=label, days=30, scopes=scopes)
        self.keys[name], self.ids[f"key_{name}"] = fresh.secret, str(fresh.key.id)

    def review(self, state: str, economy: str = OURS) -> UUID:
        return UUID(self.ids[f"{economy}_{state}"])


def begin(database: Database, settings: Settings) -> World:
    """Make all but New Zealand's unpublished work: the outsiders, Chile's reviews, what others share, and New Zealand's share."""
    world = World(Scene(database), settings)
    scene = world.scene
    scene.publish()
    scene.publish((PROJECT / "tests" / "questionnaires" / "named_fields.yaml").read_text(encoding="utf-8"))
    for cycle in STATES:
        scene.open_cycle(cycle)
    with database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, NAMED_FIELDS, OPEN)
    scene.load_references()
    _outsiders(world)
    _shares(world, SHOWN)
    _shares(world, TAKEN_BACK)
    _take_back(world)
    _of_chile(world)
    _of_administrators(world)
    world.ids["session_coordinator"] = world.ids["user_administrator"]  # until somebody signs in
    return world


def go_on(world: World) -> World:
    """Add what New Zealand has not published, with planted words in whatever a person can write."""
    _own_people(world)
    _signed(world)
    _at_work(world)
    _named_fields(world)
    _reopened_secretly(world)
    _evidence(world)
    _talk(world)
    _workbook(world)
    _second_opinion(world)
    _reports(world)
    world.words.further |= {str(row[0]) for row in world.scene.rows("SELECT sha256 FROM stored_file WHERE economy = 'NZL'")}
    return world


def _outsiders(world: World) -> None:
    for name, role in (
        ("chile_coordinator", Role.COORDINATOR),
        ("chile_contributor", Role.CONTRIBUTOR),
        ("chile_approver", Role.APPROVER),
    ):
        world.add(name, role, THEIRS)
    for role in (Role.ADMINISTRATOR, Role.SECRETARIAT, Role.ANALYST):
        world.add(role.value, role)
    world.add("reviewer_elsewhere", Role.PEER_REVIEWER)
    world.add("reviewer", Role.PEER_REVIEWER)
    world.key("chile_reads", "chile_coordinator")
    world.key("analyst_reads", "analyst")
    world.key("administrator_reads", "administrator")
    world.key("administrator_writes", "administrator", frozenset(Scope))


def _shares(world: World, cycle: str) -> None:
    """Let ten economies and New Zealand share a cycle; a comment that nobody publishes stands beside New Zealand's answers."""
    words = world.words.text("comment of an answer that counts").replace('"', '""')
    lines = ["economy,item,state,value,comment,evidence_url"]
    for position, economy in enumerate((*SHARING, OURS)):
        said = f'"{words}"' if economy == OURS else ""
        given = {"A1": str(1 + position % 5), "A2": "no", "B1": ("some", "nobody", "all")[position % 3]}
        lines += [f"{economy},{item},answered,{value},{said}," for item, value in given.items()]
    done = world.scene.import_("\n".join(lines).encode(), cycle=cycle)
    world.ids[f"{OURS}_{cycle}"] = str(done.reviews[OURS])
    with world.database.write() as session:
        for economy, review in done.reviews.items():
            consents.give(session, COMMAND_LINE, review, economy, {"A": Audience.PUBLIC, "B": Audience.PUBLIC})
        refresh(session, economies.get_cycle(session, CODE, cycle).id)
    world.ids[f"release_{cycle}"] = str(world.scene.release(cycle).number)


def _take_back(world: World) -> None:
    with world.database.write() as session:
        nothing = {"A": Audience.PRIVATE, "B": Audience.PRIVATE}
        consents.give(session, COMMAND_LINE, world.review(TAKEN_BACK), OURS, nothing)
        refresh(session, economies.get_cycle(session, CODE, TAKEN_BACK).id)
    patching.patch_due(world.database)


def _of_chile(world: World) -> None:
    scene, coordinator = world.scene, world.people["chile_coordinator"]
    for cycle in (OPEN, SIGNED):
        review = scene.start(THEIRS, cycle)
        scene.fill(review, THEIRS)
        world.ids[f"{THEIRS}_{cycle}"] = str(review)
    scene.hand_over(world.review(SIGNED, THEIRS), THEIRS)
    scene.sign(world.review(SIGNED, THEIRS), THEIRS)
    review = world.review(OPEN, THEIRS)
    with world.database.write() as session:
        link = attaching.add_link(session, coordinator, review, "A1", Described("Chile's law"), "https://example.org/chile")
        thread = threads.start(session, coordinator, review, Place("A", "A1"), "Who knows?")
        fresh = invitations.invite(session, coordinator, email="new@example.net", name="New", role="contributor", economy=THEIRS)
    world.ids |= {"chile_evidence": str(link), "chile_thread": str(thread), "chile_invitation": str(fresh.id)}


def _of_administrators(world: World) -> None:
    administrator = world.people["administrator"]
    wish = Wish(
        "Rosa Reader", "Institute of Examples", "rosa@example.net", "We draw a map for our readers.", "standard", agrees=True
    )
    with world.database.write() as session:
        draft = drafts.start_from_version(session, administrator, CODE, VERSION).id
        world.ids["draft"] = str(draft)
        part = drafts.open_draft(session, administrator, draft).document.find(_FIRST)
        assert part is not None
        editing.save_part(session, administrator, draft, _FIRST, {**part, "text": "Who leads?"}, etag_of(part))
        cover = CoverFields(submitted_by="APEC Secretariat", number="2026/SOM3/DESG/012")
        paper = reports.ask_paper(session, administrator, CODE, world.ids[f"release_{SHOWN}"], cover, "en")
        mailed = mail.queue(session, to="somebody@example.org", subject="A word", body="Words.", kind="invitation")
        session.connection().execute(text("UPDATE mail SET state = 'failed' WHERE id = :id"), {"id": mailed.hex})
    asking.ask(world.database, wish, browser=Browser("192.0.2.1", "Tests/1"), desk=world.desk())
    token = str(world.scene.rows("SELECT body FROM mail WHERE recipient = 'rosa@example.net'")[0][0])
    with world.database.write() as session:
        asking.confirm(session, token.partition("/keys/confirm/")[2].split(maxsplit=1)[0], world.desk())
        world.ids["request"] = str(granting.list_open(session, administrator)[-1].id)
    world.ids |= {"paper": str(paper.id), "mail": str(mailed)}


def _own_people(world: World) -> None:
    for role in (Role.COORDINATOR, Role.CONTRIBUTOR, Role.APPROVER):
        called = world.names.plain(f"name-of-{role.value}")
        world.add(role.value, role, OURS, called=called, email=f"{world.names.plain(role.value)}@example.org")
    called, email = world.names.plain("name-of-colleague"), f"{world.names.plain('colleague')}@example.org"
    world.add("colleague", Role.CONTRIBUTOR, OURS, called=called, email=email)
    world.key("own_reads", "coordinator", label=world.names.plain("label"))
    world.key("own_writes", "coordinator", frozenset(Scope))
    with world.database.write() as session:
        coordinator = world.people["coordinator"]
        email, name = f"{world.names.plain('invited')}@example.net", world.names.plain("name-of-invited")
        fresh = invitations.invite(session, coordinator, email=email, name=name, role="contributor", economy=OURS)
        cycle = invitations.invite(
            session, COMMAND_LINE, email="lima@example.net", name="Lima", role="coordinator", economy="PER"
        )
    world.ids |= {"invitation": str(fresh.id), "invitation_to_cycle": str(cycle.id)}


def _answers(world: World, state: str) -> dict[str, RawAnswer]:
    words = world.words
    return {
        **COMPLETE,
        "A1": RawAnswer(
            value="4", comment=words.text(f"comment {state}"), evidence_url=f"https://{words.plain(f'address-{state}')}.example/"
        ),
        "A4": RawAnswer(value=words.text(f"answer {state}")),
        "B2": RawAnswer(value=MARKED, comment=words.text(f"comment of a figure {state}")),
        "B3": RawAnswer(state="not_available", reason=words.text(f"reason {state}")),
    }


def _signed(world: World) -> None:
    scene = world.scene
    review = scene.start(OURS, SIGNED)
    world.ids[f"{OURS}_{SIGNED}"] = str(review)
    scene.fill(review, OURS, _answers(world, SIGNED))
    sent = SentFile("law.txt", world.words.text("content of a signed file").encode())
    signed_file = attaching.add_file(
        world.database, world.files(), world.people["contributor"], review, "A1", Described(""), sent
    )
    world.ids["evidence_signed"] = str(signed_file)
    with world.database.write() as session:
        sign_off.ask_for_sign_off(session, world.people["coordinator"], review, desk=world.desk())
        why = world.words.text("reason of sending back")
        sign_off.take_back(session, world.people["approver"], review, why, desk=world.desk())
    scene.hand_over(review, OURS)
    scene.sign(review, OURS)
    with world.database.read() as session:
        signed = receipts.get_receipt(session, world.people["approver"], review, 1).frozen
    world.ids["reference"] = signed.reference
    world.words.further.add(signed.entry.answers_hash)


def _at_work(world: World) -> None:
    review = world.scene.start(OURS, OPEN)
    world.ids[f"{OURS}_{OPEN}"] = str(review)
    world.scene.fill(review, OURS, _answers(world, OPEN))
    with world.database.write() as session:
        showing.choose(session, world.people["coordinator"], review, is_shown=True)


def _named_fields(world: World) -> None:
    coordinator, words = world.people["coordinator"], world.words
    with world.database.write() as session:
        review = reviews.start_review(session, coordinator, NAMED_FIELDS, "2026.1", OPEN)
    figure = ({"year": "2025", "source": words.text("source of a figure")},)
    world.scene.save(coordinator, review, "A-01", RawAnswer(value="73.0917", records=figure))
    world.scene.save(coordinator, review, "A-02", RawAnswer(records=({"area": words.text("named field"), "year": "2027"},)))
    world.ids[f"{OURS}_named"] = str(review)


def _reopened_secretly(world: World) -> None:
    """Change what is shown: nobody sees it before it is signed and shown again."""
    review = world.review(SHOWN)
    world.scene.reopen(review, OURS, world.words.text("reason of reopening"))
    changed = RawAnswer(value="1", comment=world.words.text("comment of a revised answer"))
    world.scene.save(world.people["contributor"], review, "A1", changed, seen=1)


def _evidence(world: World) -> None:
    contributor, words, review = world.people["contributor"], world.words, world.review(OPEN)
    content = GOOD["notes.txt"] + words.text("content of a file").encode()
    sent = SentFile(f"{words.plain('file-name')}.txt", content)
    described = Described(words.text("title of a file"))
    file = attaching.add_file(world.database, world.files(), contributor, review, "A1", described, sent)
    other = SentFile("removed.pdf", PDF + words.text("content of a removed file").encode())
    removed = attaching.add_file(world.database, world.files(), contributor, review, "A2", Described(""), other)
    with world.database.write() as session:
        title, url = words.text("title of a link"), f"https://example.org/{words.plain('link')}"
        link = attaching.add_link(session, contributor, review, "A2", Described(title), url)
        attaching.remove(session, contributor, review, removed)
    world.ids |= {"evidence": str(file), "link": str(link), "removed": str(removed)}


def _talk(world: World) -> None:
    coordinator, contributor, words = world.people["coordinator"], world.people["contributor"], world.words
    review, place = world.review(OPEN), Place("A", "A1")
    mentioned = keys.own_id(contributor)
    with world.database.write() as session:
        thread = threads.start(session, coordinator, review, place, words.text("post"), [mentioned])
        threads.reply(session, contributor, review, "A1", thread, words.text("reply"), [keys.own_id(coordinator)])
        assignments.assign(session, coordinator, review, [Place("B")], HandOver(mentioned, "2099-05-31", words.text("note")))
    world.ids["thread"] = str(thread)


def _workbook(world: World) -> None:
    coordinator, review = world.people["coordinator"], world.review(OPEN)
    opened = world.scene.opened(review, coordinator)
    raw = workbook(opened, Download("New Zealand", coordinator.name, clock.now(), "21 Nov 2026"), SOURCE)
    book = filled(raw, {"A4": world.words.text("answer in a workbook")})
    with world.database.write() as session:
        world.ids["upload"] = str(offline.receive(session, coordinator, review, read_workbook(book)))


def _second_opinion(world: World) -> None:
    coordinator, expert, words, review = world.people["coordinator"], world.people["reviewer"], world.words, world.review(SIGNED)
    wanted = Wanted(
        "expert",
        name="An Expert",
        email="expert@example.net",
        sections=("A",),
        note=words.text("note to a reviewer"),
        shows_evidence=True,
    )
    with world.database.write() as session:
        fresh = inviting.invite(session, coordinator, review, wanted)
        invitations.claim(session, expert, fresh.path.removeprefix("/invitations/"))
        reviewing.accept(session, expert, fresh.id, conflict="some", words=words.text("conflict of interest"))
        (found,) = peer_reviews.open_for_economy(session, coordinator, review, fresh.id).reviewers
        conflicts.go_on(session, coordinator, review, fresh.id, found.id)
    with world.database.write() as session:
        conversation.remark(session, expert, fresh.id, "A1", words.text("remark"))
        conversation.propose(session, expert, fresh.id, "A1", RawAnswer(value="2"), words.text("proposal"), seen=0)
        conversation.remark(session, coordinator, fresh.id, "A1", words.text("answer to a remark"), review_id=review)
        session.connection().execute(text("UPDATE invitation SET created_at = :at"), {"at": clock.now() - timedelta(hours=1)})
    world.ids |= {"peer": str(fresh.id), "peer_reviewer": str(found.id)}


def _reports(world: World) -> None:
    """Build a report of the signed review, so that there is a file to ask for; and the meeting paper."""
    with world.database.write() as session:
        asked = reports.ask_own(session, world.people["coordinator"], world.review(SIGNED), 1, "en")
        world.ids["report"] = str(asked.id)
    shop = Workshop(world.database, open_objects(None, world.settings.data_dir), Catalogs(world.settings.translations), BASE_URL)
    while build_due(shop):
        pass
