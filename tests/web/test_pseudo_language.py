"""Everything that a person can read on a page can be translated: rendered in a pseudo-language, nothing else is left over.

What stands there in English on purpose: names of people, economies and publications, codes, what people typed, titles and
notices of cycles as they are stored, the contract of the API, the component page of developers, and what is wrong with a
questionnaire file, which only authors read.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app.cli.extraction import interface_messages
from app.config import Settings
from app.domain.questionnaire.document import Questionnaire
from app.economies import service as economies
from app.infra.db import open_database
from app.kit.actor import COMMAND_LINE, Role
from app.main import connect_rooms, create_app
from app.questionnaires import service as questionnaires
from app.reviews import as_read
from app.reviews import service as reviews
from app.reviews.sign_off import STATEMENT
from tests.browser.live import CODE, PASSWORD, PROJECT, SECOND_CONTRIBUTOR, VERSION, LiveServer, email_of, furnished, places_of
from tests.browser.test_every_page import VISITS, Visit
from tests.databases import SQLITE, Run
from tests.pseudo_language import CODE as LANGUAGE
from tests.pseudo_language import bracketed, marked_texts, untranslatable, write_language
from tests.scenarios import BASE_URL, Client

COORDINATOR, APPROVER, CONTRIBUTOR, ADMINISTRATOR = Role.COORDINATOR, Role.APPROVER, Role.CONTRIBUTOR, Role.ADMINISTRATOR
ANALYST = Role.ANALYST
ADDRESSES = [visit for visit in VISITS if visit.name != "components"]  # on development servers only, with made-up examples
RETIRING = f"/admin/questionnaires/{CODE}/{VERSION}/retire"
TYPED = "zzz"  # whatever a person types

# Codes, figures and addresses, whatever they are.
PATTERNS = (
    r"https?://\S+",
    r"/api/v1/\S+",
    r"/invitations/\S+",
    r"[\w.+-]+@[\w.-]+",
    r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b",
    r"\b[0-9a-f]{64}\b",
    r"\brdy_\w+",
    r"\b[A-Z]{3}-[A-Z0-9._-]+-R\d+-[0-9A-F]{8}\b",  # references of signed revisions
    r"\b[A-Z]\d? [\w ]+, [A-Z]{1,2}\d{1,4}\b",  # sheet and cell of a workbook, as the file that was brought names them
    r"\bSHA-256\b",
    r"\b(?:GET|POST|PUT|DELETE)\b",  # the methods of the contract
    r"\bt\d{1,3}\b",
    r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b",  # days, which Babel writes: here as English does
    r"\b[A-Z][a-z]+(?:/[A-Za-z _-]+)+\b",  # time zones
    r"\b\d{4}-Q\d\b",
    r"\b\d\.\d+\.\d+\b",
    r"'\w+'",  # codes that a refusal quotes
    r"\bln\b",  # the logarithm in a sum
    r"\{\w+\}",  # what scripts fill in
    r"\b\d{4}\.\d+\.\d+\b",  # releases
    r"\b\d{4}\.\d{1,3}\b",  # versions
    r"(?:español|العربية) \((?:es|ar)\)",  # languages call themselves
    r"\(eo\)",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that is sent from a page, and the status of the answer; 303 is followed."""

    name: str
    path: str
    fields: dict[str, str]
    role: Role | None = None
    status: int = 422


FORMS = [
    Sent("sign-in", "/sign-in", {"email": TYPED, "password": TYPED, "next": "/"}),
    Sent("invitation", "{invitation}", {"name": "", "password": "short", "password_again": ""}),
    Sent("invitation, long", "{invitation}", {"name": "x" * 200, "password": "x" * 200, "password_again": ""}),
    Sent("number", "/reviews/{blank}/sections/B2", {"B2-01.value": TYPED, "B2-01.seen": "0"}, COORDINATOR),
    Sent("number out of range", "/reviews/{blank}/sections/B2", {"B2-01.value": "-5", "B2-01.seen": "0"}, COORDINATOR),
    Sent("unknown level", "/reviews/{blank}/sections/B1", {"B1-01.choice": "9", "B1-01.seen": "0"}, COORDINATOR),
    Sent(
        "long words and no address",
        "/reviews/{blank}/sections/B1",
        {"B1-01.choice": "1", "B1-01.seen": "0", "B1-01.comment": "x" * 5_000, "B1-01.evidence_url": TYPED},
        COORDINATOR,
    ),
    Sent("conflict", "/reviews/{answered}/sections/B1", {"B1-01.choice": "~declined", "B1-01.seen": "0"}, COORDINATOR, 409),
    Sent(
        "no reason",
        "/reviews/{transport}/sections/A",
        {"COVERED.value": "roads", "COVERED.not_applicable": "rail", "COVERED.seen": "0"},
        COORDINATOR,
    ),
    Sent(
        "option that applies",
        "/reviews/{transport}/sections/A",
        {"COVERED.value": "rail", "COVERED.not_applicable": "roads", "COVERED.options_reason": TYPED, "COVERED.seen": "0"},
        COORDINATOR,
    ),
    Sent(
        "option ticked and left out",
        "/reviews/{transport}/sections/A",
        {"COVERED.value": "rail", "COVERED.not_applicable": "rail", "COVERED.options_reason": TYPED, "COVERED.seen": "0"},
        COORDINATOR,
    ),
    Sent("nothing that counts", "/reviews/{transport}/ask-for-sign-off", {}, COORDINATOR, 409),
    Sent("hand over too early", "/reviews/{blank}/ask-for-sign-off", {}, COORDINATOR, 409),
    Sent("take back again", "/reviews/{submitted}/take-back", {}, COORDINATOR, 409),
    Sent("sign off", "/reviews/{in_sign_off}/submit", {"current_password": TYPED, "read": "{read}"}, APPROVER),
    Sent("sign off what changed", "/reviews/{in_sign_off}/submit", {"current_password": TYPED, "read": TYPED}, APPROVER, 409),
    Sent("send back, no reason", "/reviews/{in_sign_off}/take-back", {"read": "{read}"}, APPROVER),
    Sent("reopen", "/reviews/{submitted}/reopen", {"reason": ""}, COORDINATOR),
    Sent("started", "/reviews", {"questionnaire": CODE, "version": VERSION, "cycle": "{startable}"}, COORDINATOR, 303),
    Sent("started already", "/reviews", {"questionnaire": CODE, "version": VERSION, "cycle": "{started}"}, COORDINATOR, 409),
    Sent("closed", "/reviews", {"questionnaire": CODE, "version": VERSION, "cycle": "{closed_cycle}"}, COORDINATOR, 409),
    Sent("saved", "/reviews/{blank}/sections/B2", {"then": "leave"}, COORDINATOR, 303),
    Sent("handed to nobody", "/reviews/{blank}/team", {"due_on": TYPED, "note": "x" * 1_001}, COORDINATOR),
    Sent("handed over, nothing", "/reviews/{blank}/team", {"to": "nobody", "due_on": "2020-01-01", "note": "\x07"}, COORDINATOR),
    Sent("handed over, not one's own", "/reviews/{shared_out}/team", {"to": "{coordinator}", "place": "B4"}, CONTRIBUTOR),
    Sent("handed over, the same again", "/reviews/{blank}/team", {"to": "nobody", "place": "B4"}, COORDINATOR, 303),
    Sent("handed over", "/reviews/{blank}/team", {"to": "{coordinator}", "place": "B4"}, COORDINATOR, 303),
    Sent("handed over by the approver", "/reviews/{blank}/team", {"to": "nobody", "place": "B4"}, APPROVER, 403),
    Sent("handed over, submitted", "/reviews/{submitted}/team", {"to": "nobody", "place": "B4"}, COORDINATOR, 409),
    Sent("said nothing", "/reviews/{submitted}/items/B1-01/discussion", {"text-new": ""}, CONTRIBUTOR),
    Sent("said too much", "/reviews/{submitted}/items/B1-01/discussion", {"text-new": "x" * 5_001}, CONTRIBUTOR),
    Sent("said", "/reviews/{submitted}/items/B1-01/discussion", {"text-new": TYPED}, CONTRIBUTOR, 303),
    Sent("team", "/team", {"name": "", "email": TYPED, "role": TYPED}, COORDINATOR),
    Sent(
        "known member",
        "/team",
        {"name": TYPED, "email": "coordinator@example.org", "role": "contributor"},
        COORDINATOR,
    ),
    Sent("invited", "/team", {"name": TYPED, "email": "zzz@example.org", "role": "contributor"}, COORDINATOR, 200),
    Sent("own role", "/people/{coordinator}/role", {"role": "approver"}, COORDINATOR, 403),
    Sent("role changed", "/people/{second}/role", {"role": "contributor"}, COORDINATOR, 303),
    Sent("forgotten password", "/forgotten-password", {"email": TYPED}),
    Sent("forgotten password, sent", "/forgotten-password", {"email": "zzz@example.org"}, status=303),
    Sent("new password", "{reset}", {"password": "short", "password_again": ""}),
    Sent("unsubscribed", "{unsubscribe}", {}, status=200),
    Sent("mails chosen", "/account/mail", {"mails": "due_reminders"}, COORDINATOR, 303),
    Sent("time zone", "/economies/AUS/time-zone", {"time_zone": TYPED}, COORDINATOR),
    Sent("time zone changed", "/economies/AUS/time-zone", {"time_zone": "Australia/Perth"}, COORDINATOR, 303),
    Sent("password", "/account/password", {"current_password": TYPED, "new_password": "readiness review"}, COORDINATOR),
    Sent("key", "/account/keys", {"label": "", "days": "7"}, COORDINATOR),
    Sent("key that changes something", "/account/keys", {"label": TYPED, "days": "30", "scopes": "author"}, ADMINISTRATOR),
    Sent("key made", "/account/keys", {"label": TYPED, "days": "30"}, COORDINATOR, 200),
    Sent("key replaced, nothing chosen", "/account/keys/{key_to_replace}/replace", {"overlap_days": TYPED}, ANALYST),
    Sent("key replaced", "/account/keys/{key_to_replace}/replace", {"overlap_days": "7"}, ANALYST, 200),
    Sent("key replaced again", "/account/keys/{key_old}/replace", {"overlap_days": "7"}, ANALYST, 409),
    Sent("ask for a key", "/keys/ask", {"name": "", "institution": "", "email": TYPED, "purpose": TYPED, "tier": TYPED}),
    Sent("ask for a key, long", "/keys/ask", {"name": "x" * 200, "institution": "x" * 300, "email": "", "purpose": ""}),
    Sent("confirmed", "{key_confirmed}", {}, status=303),
    Sent("collected", "{key_collected_by_form}", {}, status=200),
    Sent("collected by nobody", "{key_to_sign_in}", {}, status=403),
    Sent("granted", "/admin/clients/requests/{key_asked}/grant", {"tier": TYPED, "days": "7"}, ADMINISTRATOR),
    Sent("declined", "/admin/clients/requests/{key_asked}/decline", {"reason": ""}, ADMINISTRATOR),
    Sent("declined again", "/admin/clients/requests/{key_declined}/decline", {"reason": TYPED}, ADMINISTRATOR, 409),
    Sent("key revoked", "/admin/clients/keys/{key_new}/revoke", {"reason": "x" * 501}, ADMINISTRATOR),
    Sent("key revoked again", "/admin/clients/keys/{key_revoked}/revoke", {"reason": TYPED}, ADMINISTRATOR, 409),
    Sent("sharing", "/reviews/{submitted}/sharing", {"audience.B1": "private"}, COORDINATOR, 303),
    Sent("sharing nothing", "/reviews/{submitted}/sharing", {"audience.B1": TYPED}, COORDINATOR),
    Sent("cycle", "/admin/cycles", {"questionnaire": TYPED, "cycle": "?"}, ADMINISTRATOR),
    Sent("cycle again", "/admin/cycles", {"questionnaire": CODE, "cycle": "2026"}, ADMINISTRATOR),
    Sent("cycle that ends soon", "/admin/cycles", {"questionnaire": CODE, "cycle": "x", "closes_on": TYPED}, ADMINISTRATOR),
    Sent("closing day", "{dated_cycle}/closing-day", {"closes_on": "2001-01-01", "reason": ""}, ADMINISTRATOR),
    Sent("closing day, far", "{dated_cycle}/closing-day", {"closes_on": "3001-01-01", "reason": "\x07"}, ADMINISTRATOR),
    Sent("closing day of a closed cycle", "{closed_by_hand}/closing-day", {"closes_on": "", "reason": TYPED}, ADMINISTRATOR, 409),
    Sent("opened again", "{dated_cycle}/reopen", {"closes_on": "", "reason": TYPED}, ADMINISTRATOR, 409),
    Sent(
        "a nearer day",
        "{dated_cycle}/closing-day",
        {"closes_on": datetime.now(UTC).date().isoformat(), "reason": TYPED},
        ADMINISTRATOR,
    ),
    Sent("saved when locked", "/reviews/{submitted}/sections/B1", {"B1-01.comment": TYPED, "B1-01.seen": "0"}, COORDINATOR, 409),
    Sent("retired, no reason", RETIRING, {"reason": "", "current_password": PASSWORD}, ADMINISTRATOR),
    Sent("retired, no password", RETIRING, {"reason": TYPED, "current_password": ""}, ADMINISTRATOR),
    Sent("closed again", "{closed_by_hand}/close", {"reason": ""}, ADMINISTRATOR, 409),
    Sent("coordinator", "{dated_cycle}/participants/PER/invite", {"name": "", "email": TYPED}, ADMINISTRATOR),
    Sent("group", "/admin/groups/new", {"group": "?", "title": "", "kind": "", "economies": TYPED}, ADMINISTRATOR),
    Sent("peers", "/admin/groups/new", {"group": "A", "title": TYPED, "kind": "peers", "peers_of": ""}, ADMINISTRATOR),
    Sent("peers from outside", "/admin/groups/APEC-HIGH", {"title": TYPED, "economies": "FRA"}, ADMINISTRATOR, 409),
    Sent(
        "group again",
        "/admin/groups/new",
        {"group": "APEC", "title": TYPED, "kind": "members", "economies": "PER"},
        ADMINISTRATOR,
    ),
    Sent("group without peers", "/admin/groups/BIPA", {"title": TYPED, "economies": "FRA"}, ADMINISTRATOR),
    Sent("shown", "/reviews/{dated}/showing", {"show": "progress"}, COORDINATOR, 303),
    Sent("economy", "/admin/economies/AUS", {"short_name": "", "list_name": "a\tb", "abbreviation": "NZ"}, ADMINISTRATOR),
    Sent("file that is clean", "/admin/questionnaires", {"document": "{file}", "act": "check"}, ADMINISTRATOR, 200),
    Sent("file that is published", "/admin/questionnaires", {"document": "{other_file}", "act": "publish"}, ADMINISTRATOR),
]
READ_BY_ITS_ADDRESS = [
    Visit("target", "", "{priorities}?target=many", COORDINATOR, 422),
    Visit("node", "", f"{{priorities}}?node={TYPED}&urgency.B1-01=9", COORDINATOR, 422),
    Visit("series", "", "/benchmarks/apec-ai-review/2026?series=nonsense", None, 422),
    Visit("address of the program", "", "/a%00b", None, 400),
    Visit("address", "", "/" + "a" * 9_000, None, 414),
    Visit("sign-in asked for", "", "/sign-in?next=/reviews", None, 200),
    Visit("closed", "", "/reviews/{closed}", COORDINATOR),
    Visit("nothing to take over", "", "/reviews/{blank}/prefill", COORDINATOR),
    Visit("closed, check", "", "/reviews/{closed}/check", COORDINATOR),
    Visit("in sign-off, for a contributor", "", "/reviews/{in_sign_off}/check", CONTRIBUTOR),
]


@dataclass
class World:
    """The whole program over a filled database, with the pseudo-language beside English."""

    live: LiveServer
    places: dict[str, str]
    clients: dict[Role | None, Client]
    published: list[Questionnaire]
    allowed: re.Pattern[str]
    new_client: Callable[[], Client]

    def client(self, role: Role | None) -> Client:
        if role not in self.clients:
            client = self.new_client()
            self.clients[role] = client if role is None else client.sign_in(email_of(role))
        return self.clients[role]

    def faults(self, page: str) -> list[str]:
        return sorted(set(untranslatable(page, self.allowed)))


@pytest.fixture(scope="module")
def world(run: Run) -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="pseudo-", dir=run.folder))
    translations = folder / "translations"
    translations.mkdir()
    settings = Settings(data_dir=folder, translations_dir=translations, password_memory_kib=8, password_rounds=1)
    with run.fresh(SQLITE, folder) as address:
        database = open_database(address, pool_size=5)
        connect_rooms()
        live = furnished(BASE_URL, database, settings)
        places = places_of(live)
        places |= _more_places(live) | {"read": _read(live, UUID(places["in_sign_off"]))}
        published = _publish_all(live)
        write_language(translations, published)
        app = create_app(settings, database)

        def new_client() -> Client:
            client = Client(app)
            client.headers["Accept-Language"] = LANGUAGE
            return client

        world = World(live, places, {}, published, _allowed(live, published), new_client)
        yield world
        for client in world.clients.values():
            client.close()
        database.dispose()
    shutil.rmtree(folder, ignore_errors=True)


def _more_places(live: LiveServer) -> dict[str, str]:
    started, closed = live.open_cycle(), live.open_cycle()
    live.start_review(started)
    review = live.start_review(closed)
    to_sign = live.fill_review()
    live.ask_for_sign_off(to_sign)
    with live.database.write() as session:
        economies.close_cycle(session, COMMAND_LINE, CODE, closed)
    text = questionnaires.as_yaml(live.questionnaire)
    return {
        "startable": live.open_cycle(),
        "started": started,
        "closed_cycle": closed,
        "closed": str(review),
        "to_sign": str(to_sign),
        "coordinator": str(live.actor(COORDINATOR).user_id),
        "second": str(live.people[SECOND_CONTRIBUTOR].user_id),
        "file": text,
        "other_file": text.replace(f"title: {live.questionnaire.title}", "title: Another", 1),
    }


def _read(live: LiveServer, review: UUID) -> str:
    """Return what the page with the answers sends along when they are signed."""
    with live.database.read() as session:
        return as_read.fingerprint(reviews.open_review(session, live.actor(APPROVER), review))


def _publish_all(live: LiveServer) -> list[Questionnaire]:
    """Publish the small questionnaires too, of which each shows something of its own, and return all that are published."""
    with live.database.write() as session:
        for path in sorted((PROJECT / "tests" / "questionnaires").glob("*.yaml")):
            checked = questionnaires.check_file(path.read_bytes()).questionnaire
            assert checked is not None, path
            questionnaires.publish(session, COMMAND_LINE, checked)
    with live.database.read() as session:
        return [questionnaires.get_version(session, entry.code, entry.version) for entry in questionnaires.list_versions(session)]


def _allowed(live: LiveServer, published: list[Questionnaire]) -> re.Pattern[str]:
    """Return what may stand outside of brackets: names, codes, and what is stored as people wrote it."""
    words = {person.name for person in live.people.values()}
    words |= {"New Person", "testclient", "Command line", "Not signed in", "English", "Esperanto", TYPED}
    with live.database.read() as session:
        for economy in economies.list_economies(session):
            words |= {economy.code, economy.abbreviation, economy.short_name, economy.formal_name, economy.list_name}
        for cycle in economies.list_cycles(session):
            words |= {cycle.code, cycle.title, cycle.notice}
        words |= {*economies.group_codes(session), "A Name", "Two economies asked for more time.", "Opened by mistake."}
        for named in session.connection().execute(text("SELECT title, file_name FROM evidence_version")):
            words |= set(named)
        for typed in session.connection().execute(text("SELECT label, revoked_reason FROM api_key")):
            words |= set(typed)
        for typed in session.connection().execute(text("SELECT name, institution, purpose, reason FROM key_request")):
            words |= set(typed)
    words |= {
        "Generated for the demonstration.",
        "A figure came in late.",
        "Another version asks for dates.",
        "Adopted in May.",
        "Ministries meet, monthly.",
        STATEMENT,
    }
    words |= {"APEC Secretariat", "2026/SOM3/DESG/012"}  # the cover of a paper
    words |= {"conflict", "money"}  # codes of a refusal and of an option
    words |= {"PDF", "DOCX", "XLSX", "PPTX", "ODT", "ODS", "ODP", "PNG", "JPEG", "TXT", "CSV"}
    words |= {"World Bank GovTech Dataset", "Oxford Insights Government AI Readiness Index 2023", "Microsoft AI Diffusion Report"}
    words |= {"IMF AI Preparedness Index", "IMF terms", "CC BY", "CC BY 4.0", "MIT"}
    for document in published:
        words |= {document.code, document.owner or "", document.citation or "", document.licence or ""}
        words |= {section.code for section in document.sections} | set(document.items) | set(document.nodes)
        words |= {clause.code for clause in document.clauses} | {band.code for band in document.scheme.bands}
    literal = "|".join(re.escape(word) for word in sorted(words - {""}, key=len, reverse=True))
    return re.compile("|".join((*PATTERNS, rf"(?<!\w)(?:{literal})(?!\w)")))


@pytest.mark.parametrize("visit", [*ADDRESSES, *READ_BY_ITS_ADDRESS], ids=lambda visit: visit.name.replace(" ", "-"))
def test_every_word_of_a_page_can_be_translated(visit: Visit, world: World) -> None:
    answer = world.client(visit.role).get(visit.address.format(**world.places))

    assert answer.status_code == (200 if visit.act else visit.status)
    assert answer.headers["content-language"] == LANGUAGE
    assert world.faults(answer.text) == []


@pytest.mark.parametrize("sent", FORMS, ids=lambda sent: sent.name.replace(" ", "-"))
def test_every_word_of_an_answer_to_a_form_can_be_translated(sent: Sent, world: World) -> None:
    client = world.client(sent.role)
    fields = {name: value.format(**world.places) if value.startswith("{") else value for name, value in sent.fields.items()}
    path = sent.path.format(**world.places)

    answer = client.post(path, data=fields) if sent.role is None else client.submit(path, **fields)

    assert answer.status_code == sent.status
    page = client.get(answer.headers["location"]) if sent.status == 303 else answer
    assert world.faults(page.text) == []


def test_every_word_of_a_questionnaire_can_be_translated(world: World) -> None:
    client = world.client(None)

    found = {
        document.code: world.faults(client.get(f"/questionnaires/{document.code}/{document.version}").text)
        for document in world.published
    }

    assert {code: faults for code, faults in found.items() if faults} == {}


@pytest.mark.parametrize("review", ["blank", "answered", "submitted"])
def test_every_word_of_a_form_can_be_translated(review: str, world: World) -> None:
    client = world.client(COORDINATOR)
    address = f"/reviews/{world.places[review]}/sections"

    pages = {section.code: client.get(f"{address}/{section.code}").text for section in world.live.questionnaire.sections}

    assert {code: faults for code, page in pages.items() if (faults := world.faults(page))} == {}


def test_every_word_of_a_sum_can_be_translated(world: World) -> None:
    client = world.client(COORDINATOR)
    address = f"/reviews/{world.places['submitted']}/revisions/1/results"

    pages = {code: client.get(f"{address}/{code}").text for code in world.live.questionnaire.nodes}

    assert {code: faults for code, page in pages.items() if (faults := world.faults(page))} == {}


def test_the_labels_of_a_chart_are_in_the_language_that_its_address_names(world: World) -> None:
    page = world.client(None).get(f"/benchmarks/{CODE}/2026/today").text
    address = re.findall(r'src="([^"]+chart[^"]+)"', page)[0].replace("&amp;", "&")
    english = address.replace(f"&language={LANGUAGE}", "")

    assert address != english
    assert "⟦" in world.client(None).get(address).text
    assert "⟦" not in world.client(None).get(english).text
    assert "⟦" not in world.client(None).get(f"{english}&language=nonsense").text


def test_what_is_signed_is_the_statement_that_was_read(world: World) -> None:
    review = f"/reviews/{world.places['to_sign']}"
    client = world.client(APPROVER)
    read = client.get(f"{review}/check").text

    shown = client.read(f"{review}/check")
    signed = client.submit(f"{review}/submit", attests="yes", current_password=PASSWORD, read=shown)

    assert bracketed(STATEMENT) in read
    assert signed.status_code == 303
    assert bracketed(STATEMENT) in client.get(f"{review}/revisions/1").text


@pytest.mark.parametrize(
    "body",
    [
        {"state": "answered", "value": TYPED, "seen": 0},
        {"state": "answered", "value": 9, "seen": 0, "evidence_url": TYPED},
        {"state": "nonsense", "value": "x", "more": 1},
    ],
)
def test_a_refusal_that_a_form_shows_is_said_in_the_reader_s_language(body: dict[str, object], world: World) -> None:
    client = world.client(COORDINATOR)
    address = f"/api/v1/reviews/{world.places['blank']}/answers/B2-01"

    answer = client.put(address, json=body, headers={"X-CSRF-Token": client.token()})

    assert answer.status_code == 422
    problem = answer.json()
    said = [problem["title"], problem["detail"], *(each["message"] for each in problem["problems"])]
    assert [fault for words in said for fault in world.faults(words)] == []


def test_an_untranslated_page_is_found_out(world: World) -> None:
    page = world.client(None).get("/about", headers={"Accept-Language": "en"}).text

    assert len(world.faults(page.replace('lang="en"', f'lang="{LANGUAGE}"', 1))) > 10


def test_translators_are_given_every_text_that_is_marked() -> None:
    given = {text for text, _file in interface_messages(PROJECT / "app")}

    assert {text: path.name for text, path in marked_texts().items() if text not in given} == {}
