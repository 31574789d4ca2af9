"""Texts that would like to be HTML, wherever people may write: no dialog, no script, no violation, no request elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import quote
from uuid import UUID

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Page

from app.accounts import service
from app.authoring import drafts
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.evidence.contents import limits_of
from app.evidence.service import Described
from app.infra.objects import open_objects
from app.infra.yaml import read_yaml, write_yaml
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.main import open_passwords
from app.questionnaires import service as questionnaires
from app.reviews import answering, attaching, sign_off
from app.reviews import service as reviews
from app.reviews.answering import Entry
from app.reviews.attaching import Files
from app.teamwork import threads
from app.teamwork.state import Place
from tests.browser.conftest import OpenPage
from tests.browser.live import CYCLE, OURS, PASSWORD, LiveServer, control, save
from tests.evidence.files import PDF
from tests.scenarios import SMALL_FILE

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "[a](javascript:alert(1))",
    "[b](JaVa&#115;cript:alert(1))",
    "![x](http://elsewhere.example/beacon.png)",
    '<a href="data:text/html,<script>alert(1)</script>">c</a>',
    "</script><script>alert(1)</script>",
    "</title></textarea></style><script>alert(1)</script>",
    "<!--<script>alert(1)-->",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=//elsewhere.example/x></object>",
    "<embed src=//elsewhere.example/x>",
    "<link rel=stylesheet href=//elsewhere.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//elsewhere.example'>",
    "<base href=//elsewhere.example/>",
    "<form action=//elsewhere.example><button>d</button></form>",
    "<math><mi xlink:href=javascript:alert(1)>e</mi></math>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<details open ontoggle=alert(1)>f</details>",
    "<style>@import '//elsewhere.example/x.css'</style>",
    "<x style=background:url(//elsewhere.example/x)>g",
    "{{7*7}}{% include 'x' %}${7*7}#{7*7}",
    "\u2028</script>\u2029",
    "<b>bold</b>&lt;script&gt;alert(1)&lt;/script&gt;",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<input autofocus onfocus=alert(1)>",
)
EVERYTHING = " ".join(PAYLOADS)
SHORT = '"><img src=x onerror=alert(1)>'
WORDS = {"title", "text", "help", "summary", "unit", "label", "description"}
ECONOMY = "VNM"
RUNS = "script:not([src]):not([type='application/json']), [onerror], [onload], [onfocus], [ontoggle], [onmouseover]"
LEADS = "a[href^='javascript' i], a[href^='data:' i], iframe[src^='javascript' i], base, object, embed, [xlink\\:href]"
LISTEN = "document.addEventListener('securitypolicyviolation', e => console.error('violation ' + e.violatedDirective))"


def hostile(content: object, turn: Iterator[str]) -> object:
    """Replace every text that people read by three payloads, in turn."""
    if isinstance(content, list):
        return [hostile(each, turn) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        name: " ".join([next(turn), next(turn), next(turn)]) if name in WORDS and isinstance(each, str) else hostile(each, turn)
        for name, each in content.items()
    }


def hostile_questionnaire(code: str) -> bytes:
    plain = read_yaml(SMALL_FILE.read_bytes()).content
    assert isinstance(plain, dict)
    written = hostile(plain, cycle([text for text in PAYLOADS if text.isascii()]))
    assert isinstance(written, dict)
    return write_yaml(written | {"code": code}).encode()


@dataclass(frozen=True, slots=True)
class World:
    """Where everything that people may write holds payloads."""

    pages: Mapping[Role, Sequence[str]]
    review: UUID
    signer: str


def people_of(live: LiveServer) -> str:
    """Give our economy a contributor whose name is a payload, and return their address."""
    email = "hostile@example.org"
    with live.database.write() as session:
        made = service.create_user(
            session,
            COMMAND_LINE,
            email=email,
            name=SHORT,
            role=Role.CONTRIBUTOR,
            economy=OURS,
            password=PASSWORD,
            passwords=open_passwords(live.settings),
        )
    live.people[email] = Actor(made.id, SHORT, Role.CONTRIBUTOR, OURS)
    return email


@pytest.fixture(scope="module")
def world(live_server: LiveServer) -> Iterator[World]:
    """Write payloads wherever anybody may write, and take the one away that other tests would meet."""
    live, code = live_server, "hostile"
    email = people_of(live)
    writer, coordinator, admin = live.people[email], live.actor(Role.COORDINATOR), live.actor(Role.ADMINISTRATOR)
    raw = hostile_questionnaire(code)
    checked = questionnaires.check_file(raw)
    assert checked.questionnaire is not None, checked.faults
    with live.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, checked.questionnaire)
        economies.open_cycle(session, COMMAND_LINE, code, CYCLE, title=EVERYTHING[:200], notice=EVERYTHING[:200])
        before = economies.get_economy(session, ECONOMY)
        names = {"short_name": f"{SHORT}1", "formal_name": f"{SHORT}2", "list_name": f"{SHORT}3", "abbreviation": "<b>X</b>"}
        economies.rename(session, admin, ECONOMY, **names)
        review = reviews.start_review(session, coordinator, code, "2026.1", CYCLE)
        draft = drafts.start_from_file(session, admin, raw)
    full = {"A1": "3", "A2": "yes", "A3": ("privacy",), "A4": EVERYTHING, "B1": "all", "B2": "7", "B3": "100"}
    with live.database.write() as session:
        for item, value in full.items():
            raw_answer = RawAnswer(value=value, comment=EVERYTHING)
            answering.save_answer(session, writer, review, item, Entry(raw_answer, 0))
        attaching.add_link(
            session, writer, review, "A2", Described(EVERYTHING[:200]), "https://example.org/?q=<script>alert(1)</script>"
        )
        threads.start(session, writer, review, Place("A", "A1"), EVERYTHING[:1_900])
    files = Files(open_objects(None, live.settings.data_dir), limits_of(live.settings))
    sent = attaching.SentFile(f"{SHORT}.pdf", PDF)
    attaching.add_file(live.database, files, writer, review, "A1", Described(SHORT), sent)
    live.ask_for_sign_off(review)
    live.submit(review)
    with live.database.write() as session:
        sign_off.reopen(session, coordinator, review, EVERYTHING[:500])
    yield World(pages_of(code, review, draft.id), review, email)
    with live.database.write() as session:
        economies.rename(session, admin, ECONOMY, **{name: str(getattr(before, name)) for name in names})


def pages_of(code: str, review: UUID, draft: UUID) -> dict[Role, Sequence[str]]:
    mine, version, edited = f"/reviews/{review}", f"/questionnaires/{code}/2026.1", f"/admin/drafts/{draft}"
    return {
        Role.CONTRIBUTOR: (
            *("/reviews", mine, f"{mine}/sections/A", f"{mine}/sections/B", f"{mine}/check", f"{mine}/evidence"),
            *(f"{mine}/items/A1/evidence", f"{mine}/items/A1/history", f"{mine}/items/A4/history", f"{mine}/items/A1/discussion"),
            *(f"{mine}/revisions/1", f"{mine}/revisions/1/results", f"{mine}/sharing", "/account", "/questionnaires", version),
        ),
        Role.ADMINISTRATOR: (
            *(
                "/admin/users",
                "/admin/economies",
                f"/admin/economies/{ECONOMY}",
                "/admin/cycles",
                f"/admin/cycles/{code}/{CYCLE}",
            ),
            *("/admin/audit", "/admin/questionnaires", edited, f"{edited}/publish", f"{edited}/parts/item/A1"),
            *(f"{edited}/parts/section/A", f"{edited}/history", f"{edited}/preview", f"{edited}/preview/sections/A", version),
            *(f"/admin/translations/{code}/2026.1/es", f"/admin/translations/{code}/2026.1/es?search={quote(SHORT)}"),
            *("/admin/groups", "/benchmarks"),
        ),
    }


def listen(page: Page, url: str) -> list[str]:
    """Collect whatever a payload that works would cause."""
    heard: list[str] = []

    def close(dialog: Dialog) -> None:
        heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.add_init_script(LISTEN)
    page.on("dialog", close)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on("console", lambda said: heard.append(f"console: {said.text}") if is_complaint(said) else None)
    page.on("request", lambda asked: heard.append(f"elsewhere: {asked.url}") if is_elsewhere(asked.url, url) else None)
    return heard


def is_complaint(said: ConsoleMessage) -> bool:
    # Chromium writes one such line for every page that is answered with 4xx.
    return said.type == "error" and "Failed to load resource: the server responded with a status of 4" not in said.text


def is_elsewhere(asked: str, url: str) -> bool:
    return not asked.startswith((url, "data:", "blob:"))


@pytest.mark.timeout(240)
@pytest.mark.abuse("X1", "X3", "X4", "X5", "S4")
def test_what_people_write_is_shown_as_text_wherever_it_is_shown(
    open_page: OpenPage, live_server: LiveServer, world: World
) -> None:
    found: dict[str, list[str]] = {}
    shown: dict[str, int] = {}
    for role, email in ((Role.CONTRIBUTOR, world.signer), (Role.ADMINISTRATOR, "")):
        page = open_page(role, email=email)
        heard = listen(page, live_server.url)
        for address in world.pages[role]:
            answer = page.goto(address)
            assert answer is not None
            shown[address] = answer.status
            marks = page.locator(
                "script:not([src]):not([type='application/json']), [onerror], [onload], [onfocus], [ontoggle]"
            ).count()
            links = page.locator(
                "a[href^='javascript'], a[href^='data:'], iframe[src^='javascript'], base, object, embed"
            ).count()
            if heard or marks or links:
                found[address] = [*heard, f"{marks} elements that run, {links} links"]
                heard.clear()

    assert found == {}
    assert {address: status for address, status in shown.items() if status != 200} == {}


@pytest.mark.timeout(120)
@pytest.mark.abuse("X1")
def test_what_is_refused_comes_back_as_text(open_page: OpenPage, live_server: LiveServer, world: World) -> None:
    official = open_page(Role.COORDINATOR)
    heard = listen(official, live_server.url)
    official.goto(f"/reviews/{world.review}/sections/B")
    official.locator(control("B2", "value")).fill(SHORT)
    save(official)
    assert official.locator(control("B2", "value")).input_value() == SHORT

    admin = open_page(Role.ADMINISTRATOR)
    complained = listen(admin, live_server.url)
    admin.goto("/admin/questionnaires")
    admin.locator("textarea[name=document]").fill(f"format: 1\n{SHORT}: {EVERYTHING}\ncode: '{SHORT}'\n")
    admin.locator("main form:has(textarea[name=document]) button[type=submit]").first.click()
    admin.wait_for_load_state()

    assert admin.locator(".error-summary").count() == 1
    assert heard + complained == []
