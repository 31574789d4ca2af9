"""Both questionnaires from the first page to the last, in a browser: every item answered, signed and scored; and what one of
them has answered, offered in the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.accounts import service
from app.domain.answers import AnswerState
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes, asked_items
from app.domain.questionnaire.items import ReferenceItem
from app.domain.questionnaire.trace import links
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.main import open_passwords
from app.questionnaires import service as questionnaires
from app.reviews import service as reviews
from app.scores import service as scores
from tests.browser.live import CODE, PASSWORD, VERSION, LiveServer, answer, question, save
from tests.catalogue.test_our_questionnaires import APEC, STATEMENT

pytestmark = pytest.mark.timeout(400)
OpenPage = Callable[..., Page]
# APEC economies that are Member States of ASEAN. What one has signed is offered to it first, so the two tests share none.
SIGNING, ANSWERING = "MYS", "SGP"
Team = dict[Role, Actor]


@pytest.fixture(scope="module")
def teams(live_server: LiveServer) -> dict[str, Team]:
    """Publish the second questionnaire, and give economies that take part in both a coordinator and an approver each."""
    found: dict[str, Team] = {SIGNING: {}, ANSWERING: {}}
    passwords = open_passwords(live_server.settings)
    with live_server.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, STATEMENT)
        for economy, team in found.items():
            for role in (Role.COORDINATOR, Role.APPROVER):
                name, email = f"Both {role.value}", _email(economy, role)
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
                team[role] = Actor(person.id, name, role, economy)
    return found


def _email(economy: str, role: Role) -> str:
    return f"both.{role.value}.{economy.lower()}@example.org"


def _start(live_server: LiveServer, team: Team, document: Questionnaire, cycle: str) -> UUID:
    with live_server.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, document.code, cycle)
        return reviews.start_review(session, team[Role.COORDINATOR], document.code, document.version, cycle)


def _opened(database: Database, actor: Actor, review: UUID) -> reviews.OpenReview:
    with database.read() as session:
        return reviews.open_review(session, actor, review)


@pytest.mark.parametrize("document", [APEC, STATEMENT], ids=["apec", "asean-us"])
def test_every_item_can_be_answered_signed_and_scored(
    open_page: OpenPage, live_server: LiveServer, teams: dict[str, Team], document: Questionnaire
) -> None:
    team = teams[SIGNING]
    review = _start(live_server, team, document, "walk1")
    page = open_page(Role.COORDINATOR, email=_email(SIGNING, Role.COORDINATOR))

    for section in document.sections:
        page.goto(f"/reviews/{review}/sections/{section.code}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(section.title)
        seen: set[str] = set()
        while True:  # answers bring up further questions, and those others
            answers = _opened(live_server.database, team[Role.COORDINATOR], review).answers
            items = [item for item in asked_items(section, answers) if not isinstance(item, ReferenceItem)]
            asked = [item for item in items if item.code not in seen]
            if not asked:
                break
            for item in asked:
                expect(page.locator(question(item.code))).to_be_visible()
                answer(page, document, item, level="5")
                expect(page.locator(f"{question(item.code)} [data-save-state]")).to_contain_text("Saved")
            seen |= {item.code for item in asked}
        save(page)
        expect(page).not_to_have_url(re.compile(rf"/sections/{section.code}$"))

    stored = _opened(live_server.database, team[Role.COORDINATOR], review)
    answerable = {item.code for item in document.items.values() if not isinstance(item, ReferenceItem)}
    assert asked_codes(document, stored.answers) & answerable == answerable  # the answers bring up every question
    assert {code for code, given in stored.answers.items() if given.state is AnswerState.ANSWERED} == answerable
    assert stored.missing == ()

    page.goto(f"/reviews/{review}/check")
    page.get_by_role("button", name="Hand over to the approver").click()
    _sign(open_page(Role.APPROVER, email=_email(SIGNING, Role.APPROVER)), review)
    with live_server.database.read() as session:
        sheet = scores.get_results(session, team[Role.COORDINATOR], review, 1).sheets[Series.SELF]
    assert {code for code, item in sheet.items.items() if item.score is None} == set()
    assert {code for code, node in sheet.nodes.items() if node.score is None} == set()
    assert Reason.NOT_COUNTED not in {item.reason for item in sheet.items.values()}


def _sign(page: Page, review: UUID) -> None:
    page.goto(f"/reviews/{review}/check")
    page.get_by_label("I attest to this statement").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign off and submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt for revision 1")


def test_an_answer_of_one_review_serves_the_other_once_it_is_confirmed(
    open_page: OpenPage, live_server: LiveServer, teams: dict[str, Team]
) -> None:
    team = teams[ANSWERING]
    same = {link.item.code: link.other.code for link in links(STATEMENT, APEC) if link.relation == "same"}
    source = _start(live_server, team, APEC, "walk2")
    page = open_page(Role.COORDINATOR, email=_email(ANSWERING, Role.COORDINATOR))
    page.goto(f"/reviews/{source}/sections/A4")
    for code in ("A4-01", "A4-02"):
        answer(page, APEC, APEC.items[code], level="4")
    save(page, "Save and come back later")
    review = _start(live_server, team, STATEMENT, "walk2")

    page.goto(f"/reviews/{review}")
    expect(page.get_by_text(re.compile(r"\d+ answers can be taken over"))).to_be_visible()
    page.goto(f"/reviews/{review}/sections/SEC")
    offer = page.locator(f"{question('AU-14b')} .offer")
    expect(offer).to_contain_text("question A4-02")
    assert same["AU-14b"] == "A4-02"
    assert "AU-14b" not in _opened(live_server.database, team[Role.COORDINATOR], review).answers

    offered = {"AU-14b": _level(offer.inner_text())}
    offer.get_by_role("button", name="Confirm and take over").click()
    expect(page.get_by_role("status").first).to_contain_text("taken over")
    expect(page.locator(f"{question('AU-14b')} input[value='{offered['AU-14b']}']")).to_be_checked()
    expect(page.locator(f"{question('AU-14b')} .offer")).to_have_count(0)

    page.goto(f"/reviews/{review}/prefill")
    offered["AU-02c"] = _level(page.locator(".offer", has_text="AU-02c").inner_text())
    page.get_by_label(re.compile("^AU-02c ")).check()
    save(page, "Take over the ticked answers")
    taken = _opened(live_server.database, team[Role.COORDINATOR], review).answers
    assert {code: given.value for code, given in taken.items()} == offered


def _level(words: str) -> int:
    found = re.search(r"Level (\d)", words)
    assert found is not None, words
    return int(found[1])


def test_every_page_of_the_questionnaires_themselves_is_readable(open_page: OpenPage, live_server: LiveServer) -> None:
    page = open_page()
    page.goto(f"/questionnaires/{CODE}/{VERSION}")

    expect(page.locator("section.item")).to_have_count(len(APEC.items))
    expect(page.locator("#clauses + p")).to_contain_text("APEC Artificial Intelligence")
    expect(page.locator("blockquote[lang='en']")).to_have_count(len(APEC.clauses))
    assert page.request.get(f"/questionnaires/{CODE}/{VERSION}/form.pdf").headers["content-type"] == "application/pdf"
