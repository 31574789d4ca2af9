"""Every page of the program, at the width of a desk and of a phone, light and dark: axe finds nothing, nothing sticks out,
and nothing is fetched from elsewhere. A page without an entry here fails the last test."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, BrowserContext, Page

from app.kit.actor import Role
from app.main import create_app
from app.web.paths import is_api
from tests.browser.live import CODE, CYCLE, PASSWORD, VERSION, WITH_SECOND_STEP, LiveServer, control, places_of, question, sign_in

WIDTHS = (1280, 390)
EVERYWHERE = "/account/sign-out-everywhere"
AXE = Axe().axe_script
Scheme = Literal["light", "dark"]
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The other rules read the document, which is the same in every light and at every width.
SIGHT = {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}
LOOKS: list[tuple[int, Scheme, Mapping[str, object]]] = [(1280, "light", ALL), (390, "dark", SIGHT)]
# Answers of these routes are no pages.
FILES = {
    "/questionnaires/{code}/{version}/file.yaml",
    "/admin/audit.csv",
    "/admin/drafts/{draft_id}/file.yaml",
    "/admin/drafts/{draft_id}/export/items.xlsx",
    "/admin/drafts/{draft_id}/export/{name}",
    "/questionnaires/{code}/{version}/items.xlsx",
    "/admin/drafts/{draft_id}/translations/{language}/file.{ending}",
    "/admin/translations/{code}/{version}/{language}/file.{ending}",
    "/questionnaires/{code}/{version}/export/{name}",
    "/questionnaires/{code}/{version}/form.pdf",
    "/questionnaires/{code}/{version}/questions.xlsx",
    "/reviews/{review_id}/workbook.xlsx",
    "/benchmarks/{questionnaire}/{cycle}/chart.svg",
    "/benchmarks/{questionnaire}/{cycle}/figures/{name}.{ending}",
    "/benchmarks/{questionnaire}/{cycle}/economies/{economy}/profile.{ending}",
    "/benchmarks/{questionnaire}/{cycle}/compare.{ending}",
    "/benchmarks/{questionnaire}/{cycle}/change.{ending}",
    "/benchmarks/{questionnaire}/{cycle}/what-if.{ending}",
    "/reviews/{review_id}/review.pdf",
    "/reviews/{review_id}/revisions/{revision}/review.pdf",
    "/reviews/{review_id}/revisions/{revision}/receipt.pdf",
    "/reviews/{review_id}/revisions/{revision}/answers.txt",
    "/reviews/{review_id}/revisions/{revision}/report/{report_id}/{name}",
    "/benchmarks/{questionnaire}/{cycle}/economies/{economy}/report/{report_id}/{name}",
    "/admin/papers/{report_id}/{name}",
    "/evidence/{evidence_id}/versions/{version}/file",
    "/peer-reviews/{peer_id}/evidence/{evidence_id}/versions/{version}/file",
    "/static/{digest}/{path:path}",
}

Act = Callable[[Page], object]
Places = dict[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """One page in one state: its route, its address with {names} of places, who looks, and what they do there."""

    name: str
    route: str
    address: str
    role: Role | None = None
    status: int = 200
    act: Act | None = None
    is_error: bool = False


def press(name: str) -> Act:
    return lambda page: page.get_by_role("main").get_by_role("button", name=name).last.click()


def submit_number(page: Page) -> None:
    page.locator(control("B2-01", "value")).fill("many")
    press("Save and continue")(page)
    page.wait_for_selector(".error-summary")


def clash(page: Page) -> None:
    page.locator("[name=text]").fill("Another text")
    page.locator("form[data-unsaved] [name=seen]").evaluate("field => { field.value = 'another'; }")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".wording")


def save_late(page: Page) -> None:
    page.locator("form[data-unsaved]").evaluate("form => { form.elements.text.value = 'An hour of words'; form.submit(); }")
    page.wait_for_selector(".summary-list")


def collide(page: Page) -> None:
    """Send an answer as if it had been given before the stored one was seen."""
    page.locator(control("B1-01", "seen")).evaluate("field => { field.value = '0'; }")
    page.locator(f"{question('B1-01')} .choice__input:not(:checked)").first.check()
    press("Save and continue")(page)
    page.wait_for_selector(".conflict")


def invite_somebody(page: Page) -> None:
    page.locator("#name").fill("A Coordinator")
    page.locator("#email").fill("hanoi@example.org")
    press("Send invitation")(page)
    page.wait_for_selector(".key-once")


def empty_the_group(page: Page) -> None:
    ticked = page.locator("input[name=economies]:checked")
    while ticked.count():
        ticked.first.uncheck()
    press("Save")(page)


def collide_over_a_text(page: Page) -> None:
    """Collide over an answer that can be put together with the other."""
    page.locator(control("EC-07", "seen")).evaluate("field => { field.value = '0'; }")
    page.locator(control("EC-07", "value")).fill("Another definition.")
    press("Save and continue")(page)
    page.wait_for_selector(".conflict__side--both")


def save_when_signed_out(page: Page) -> None:
    """Let the session end while somebody types; it is there again afterwards, for the pages that follow."""
    session = page.context.cookies()
    page.context.clear_cookies()
    press("Save and continue")(page)
    page.wait_for_selector("form[action^='/reviews/'] input[name$='.seen']", state="attached")
    # With an address instead of a path, the cookies would hold for the pages beside this one alone.
    page.context.add_cookies(
        [{"name": each["name"], "value": each["value"], "domain": each["domain"], "path": each["path"]} for each in session]
    )


def leave_out_without_a_reason(page: Page) -> None:
    page.locator(f"{question('COVERED')} .choice__input").first.check()
    page.get_by_text("Options that do not apply to your economy").first.click()
    page.locator(control("COVERED", "not_applicable")).check()
    with page.expect_navigation():  # the form waits for an autosave under way
        press("Save and continue")(page)


def hand_over_again(page: Page) -> None:
    """Send a form that somebody else's action has made stale."""
    page.locator("form[action$='/reopen']").evaluate("form => { form.action = form.action.replace('/reopen', '/take-back'); }")
    press("Reopen as a new revision")(page)


def send_when_locked(page: Page) -> None:
    """Send what was typed on a page that was opened before the answers were locked."""
    page.evaluate(
        """() => {
          const form = document.createElement("form");
          Object.assign(form, { method: "post", action: location.href });
          const token = document.querySelector("[name=csrf_token]").value;
          const typed = { csrf_token: token, "B1-01.comment": "A ministry leads since March.", "B1-01.seen": "0" };
          for (const [name, value] of Object.entries(typed)) {
            form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
          }
          document.body.append(form);
          form.submit();
        }"""
    )
    page.wait_for_selector(".error-summary")


def move_day_nearer(page: Page) -> None:
    page.get_by_label("Closing day").fill(datetime.now(UTC).date().isoformat())
    page.get_by_label("Why?").fill("All have answered.")
    press("Change the closing day")(page)


def apply_nothing(page: Page) -> None:
    for box in page.locator("input[name=take]").all():
        box.uncheck()
    press("Apply what is chosen")(page)


def publish_faults(page: Page) -> None:
    page.get_by_label("The questionnaire, in YAML").fill("format: 1\ncode: x\n")
    press("Check")(page)


def publish_without_note(page: Page) -> None:
    page.locator("[name=current_password]").fill(PASSWORD)
    press("Publish version")(page)


def upload_older_workbook(page: Page) -> None:
    """Upload the items of the published version, with the version of the draft."""
    raw = page.request.get(f"/questionnaires/{CODE}/{VERSION}/items.xlsx").body()
    book = openpyxl.load_workbook(io.BytesIO(raw))
    found = re.search(
        r"^version: ['\"]?([0-9.]+)", page.request.get(page.url.replace("/upload", "/file.yaml")).text(), re.MULTILINE
    )
    assert found is not None
    for row in book["about"].iter_rows():
        if row[0].value == "version":
            row[1].value = found[1]
    file = io.BytesIO()
    book.save(file)
    page.get_by_label("YAML file").set_input_files(
        {"name": "items.xlsx", "mimeType": "application/zip", "buffer": file.getvalue()}
    )
    press("Upload and compare")(page)


def upload_same(page: Page) -> None:
    """Upload the draft as it is downloaded."""
    upload(page, lambda text: text)


def upload_edited(page: Page) -> None:
    """Upload the draft with one question in other words, and one fault."""
    upload(page, lambda text: text.replace("code: B1-01", "code: B1-00", 1).replace("core: true", "core: perhaps", 1))


def unfold_words(page: Page) -> None:
    page.get_by_text("Old and new words").first.click()


def unfold(page: Page) -> None:
    """Open whatever is folded, so that it is looked at too."""
    page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true; })")


def unfold_days(page: Page) -> None:
    page.get_by_text("Day by day").click()


def unfold_scoring(page: Page) -> None:
    page.get_by_role("heading", name="Scoring").click()


def move_nowhere(page: Page) -> None:
    page.get_by_label("To position").fill("first")
    press("Move there")(page)


def upload(page: Page, edit: Callable[[str], str]) -> None:
    text = page.request.get(page.url.replace("/upload", "/file.yaml")).text()
    content = edit(text).encode()
    page.get_by_label("YAML file").set_input_files({"name": "draft.yaml", "mimeType": "application/yaml", "buffer": content})
    press("Upload and compare")(page)


def translate_badly(page: Page) -> None:
    """Write a text that cannot be taken."""
    page.locator("textarea").first.fill("**Sin final")
    press("Save this page")(page)


def import_edited(page: Page) -> None:
    """Import the file with one text in other words, and one that lost its form."""
    text = page.request.get(page.url.replace("/import", "/file.po")).text()
    found = text.index('msgctxt "apec-ai-review B1-02"')
    other = text[found:].replace('msgstr "', 'msgstr "Bien: ', 1).replace('msgstr ""', 'msgstr "{x}"', 1)
    content = (text[:found] + other).encode()
    page.get_by_label("PO or XLIFF file").set_input_files({"name": "es.po", "mimeType": "text/plain", "buffer": content})
    press("Import and compare")(page)


def invite(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("New Person")
    page.get_by_label("Mail address").fill("somebody.new@example.org")
    page.get_by_label("Contributor").check()
    press("Send invitation")(page)


def ask_to_withdraw(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Withdraw: ")).first.click()


def propose_nothing(page: Page) -> None:
    page.get_by_text("Choose another answer, with a reason").click()
    press("Propose this answer")(page)


def move_another_list(page: Page) -> None:
    page.locator("input[name=seen]").evaluate("field => { field.value = 'another list' }")
    press("Move the review to version 2026.2")(page)


def create_key(page: Page) -> None:
    page.get_by_label("What is it for?").fill("Nightly figures")
    press("Create key")(page)


def ask_for_more(page: Page) -> None:
    page.get_by_label("Changes and publishes questionnaires, translates, runs cycles and groups").check()
    create_key(page)


def take_the_first_step(page: Page) -> None:
    page.locator("[name=email]").fill(WITH_SECOND_STEP)
    page.locator("[name=password]").fill(PASSWORD)
    press("Sign in")(page)
    page.wait_for_url("**/second-step")


def set_up_app(page: Page) -> None:
    page.locator("[name='app.current_password']").fill(PASSWORD)
    press("Set up an authenticator app")(page)


COORDINATOR, APPROVER, CONTRIBUTOR = Role.COORDINATOR, Role.APPROVER, Role.CONTRIBUTOR
ANALYST = Role.ANALYST
ADMINISTRATOR, SECRETARIAT, REVIEWER = Role.ADMINISTRATOR, Role.SECRETARIAT, Role.PEER_REVIEWER
REVIEW, RESULTS = "/reviews/{review_id}", "/reviews/{review_id}/revisions/{revision}/results"
ITEM_EVIDENCE, PIECE = f"{REVIEW}/items/{{code}}/evidence", f"{REVIEW}/evidence/{{evidence_id}}"
SECTION, CHECK = f"{REVIEW}/sections/{{code}}", f"{REVIEW}/check"
MOVE = f"{REVIEW}/move"
HISTORY = f"{REVIEW}/items/{{code}}/history"
TEAM, FIND, DISCUSSION = f"{REVIEW}/team", f"{REVIEW}/questions", f"{REVIEW}/items/{{code}}/discussion"
DRY_RUN = f"{REVIEW}/workbook/{{upload_id}}"
PRIORITIES, PEERS = f"{RESULTS}/priorities", "/reviews/{review_id}/revisions/{revision}/peers"
RECEIPT = "/reviews/{review_id}/revisions/{revision}/receipt"
CYCLE_PAGE = "/benchmarks/{questionnaire}/{cycle}"
REPORT, PUBLIC_REPORT = f"{REVIEW}/revisions/{{revision}}/report", f"{CYCLE_PAGE}/economies/{{economy}}/report"
PAPERS = "/admin/papers"
PEER_LIST, OUR_PEER = f"{REVIEW}/peer-reviews", "/reviews/{peer_review_of}/peer-reviews/"
PEER, OWN_PEER = f"{PEER_LIST}/{{peer_id}}", "/peer-reviews/{peer_id}"
TODAY_PAGE, INDICATOR = f"{CYCLE_PAGE}/today", f"{CYCLE_PAGE}/indicators/{{node}}"
BENCHMARK = f"/benchmarks/{CODE}/{CYCLE}"
COMPARE, CHANGE, WHAT_IF = f"{CYCLE_PAGE}/compare", f"{CYCLE_PAGE}/change", f"{CYCLE_PAGE}/what-if"
WEIGHTS = "weight.B1=40&weight.B2=20&weight.B3=20&weight.B4=20"
WAYS = "/account/ways-to-sign-in"
WITHDRAW = "/people/invitations/{invitation_id}/withdraw"
CYCLE_OF = "/admin/cycles/{questionnaire}/{cycle}"
INVITING = f"{CYCLE_OF}/participants/{{economy}}/invite"
REOPEN = press("Open this cycle again")
RELEASES_OF = "/admin/releases/{questionnaire}/{cycle}"
RELEASE = f"{RELEASES_OF}/{{number}}"
METHOD_PAGE = "/admin/method/{questionnaire}/{cycle}"
DRAFT = "/admin/drafts/{draft_id}"
PREVIEW = f"{DRAFT}/preview"
RETIRE = "/admin/questionnaires/{code}/{version}/retire"
STRINGS = "/admin/translations/{code}/{version}/{language}"
DRAFT_STRINGS = f"{DRAFT}/translations/{{language}}"
PART = f"{DRAFT}/parts/{{address:path}}"
KEY, KEY_REQUEST = "/account/keys/{key_id}", "/admin/clients/requests/{request_id}"
CLIENT_KEY = "/admin/clients/keys/{key_id}"
COMPARED = "/questionnaires/{code}/compare"

VISITS = [
    Visit("home", "/", "/"),
    Visit("home of an official", "/", "/", COORDINATOR),
    Visit("about", "/about", "/about"),
    Visit("accessibility", "/accessibility", "/accessibility"),
    Visit("components", "/components", "/components"),
    Visit("API documentation", "/api/v1/docs", "/api/v1/docs"),
    Visit("sign-in", "/sign-in", "/sign-in"),
    Visit("sign-in refused", "/sign-in", "/sign-in", act=press("Sign in"), status=422, is_error=True),
    Visit("invitation", "/invitations/{token}", "{invitation}"),
    Visit("invitation refused", "/invitations/{token}", "{invitation}", act=press("Create account"), status=422, is_error=True),
    Visit("forgotten password", "/forgotten-password", "/forgotten-password"),
    Visit(
        "forgotten password, refused",
        "/forgotten-password",
        "/forgotten-password",
        act=press("Send me a link"),
        status=422,
        is_error=True,
    ),
    Visit("forgotten password, sent", "/forgotten-password/sent", "/forgotten-password/sent"),
    Visit("new password", "/password-reset/{token}", "{reset}"),
    Visit("new password, refused", "/password-reset/{token}", "{reset}", act=press("Change"), status=422, is_error=True),
    Visit("new password, used link", "/password-reset/{token}", "/password-reset/nothing", status=404),
    Visit("ask for a key", "/keys/ask", "/keys/ask"),
    Visit("ask for a key, refused", "/keys/ask", "/keys/ask", act=press("Ask for a key"), status=422, is_error=True),
    Visit("ask for a key, signed in", "/keys/ask", "/keys/ask", COORDINATOR),
    Visit("ask for a key, sent", "/keys/ask/sent", "/keys/ask/sent"),
    Visit("confirm a request for a key", "/keys/confirm/{token}", "{key_to_confirm}"),
    Visit("request for a key, confirmed", "/keys/confirm/{token}", "{key_confirmed}", act=press("This is my address")),
    Visit("request for a key, unknown link", "/keys/confirm/{token}", "/keys/confirm/nothing", status=404),
    Visit("collect a key", "/keys/collect/{token}", "{key_to_collect}"),
    Visit("collect a key, sign in first", "/keys/collect/{token}", "{key_to_sign_in}"),
    Visit("collect a key, shown", "/keys/collect/{token}", "{key_collected}", act=press("Show the key")),
    Visit("collect a key, used link", "/keys/collect/{token}", "/keys/collect/nothing", status=404),
    Visit("unsubscribe", "/unsubscribe/{token}", "{unsubscribe}"),
    Visit("unsubscribed", "/unsubscribe/{token}", "{unsubscribe}", act=press("End these mails")),
    Visit("benchmarks", "/benchmarks", "/benchmarks"),
    Visit("release of a cycle", CYCLE_PAGE, f"/benchmarks/{CODE}/{CYCLE}"),
    Visit("release, all unfolded", CYCLE_PAGE, f"/benchmarks/{CODE}/{CYCLE}", act=unfold),
    Visit("release, another tier, page 2", CYCLE_PAGE, f"/benchmarks/{CODE}/{CYCLE}?tier=enabling&page=2"),
    Visit("release of one pillar", CYCLE_PAGE, f"/benchmarks/{CODE}/{CYCLE}?node=B1&series=evidence_supported"),
    Visit("release that is suppressed", CYCLE_PAGE, f"/benchmarks/{CODE}/{{few_cycle}}"),
    Visit("older release, with tombstones", CYCLE_PAGE, f"/benchmarks/{CODE}/{{few_cycle}}?release={{few_cycle}}.1.0"),
    Visit("release that there is not", CYCLE_PAGE, f"/benchmarks/{CODE}/{CYCLE}?release={CYCLE}.99.0", status=404),
    Visit("live figures of today", TODAY_PAGE, f"/benchmarks/{CODE}/{CYCLE}/today"),
    Visit("live figures of one pillar", TODAY_PAGE, f"/benchmarks/{CODE}/{CYCLE}/today?node=B1&series=evidence_supported"),
    Visit("live figures, not released, suppressed", CYCLE_PAGE, f"/benchmarks/{CODE}/{{small_cycle}}"),
    Visit("one indicator across economies", INDICATOR, f"/benchmarks/{CODE}/{CYCLE}/indicators/B1", act=unfold),
    Visit("one indicator beside an economy", INDICATOR, f"/benchmarks/{CODE}/{CYCLE}/indicators/B1?beside=NZL", act=unfold),
    Visit("one indicator of few economies", INDICATOR, f"/benchmarks/{CODE}/{{few_cycle}}/indicators/B1"),
    Visit("profile", f"{CYCLE_PAGE}/economies/{{economy}}", f"{BENCHMARK}/economies/CHL", act=unfold),
    Visit(
        "profile with an earlier cycle",
        f"{CYCLE_PAGE}/economies/{{economy}}",
        f"/benchmarks/{CODE}/{{later_cycle}}/economies/CHL",
    ),
    Visit("profile, nothing shown", f"{CYCLE_PAGE}/economies/{{economy}}", f"{BENCHMARK}/economies/USA", status=404),
    Visit("compare, nothing chosen", COMPARE, f"{BENCHMARK}/compare"),
    Visit("compare", COMPARE, f"{BENCHMARK}/compare?economy=CHL&economy=NZL&economy=MEX&group=APEC", act=unfold),
    Visit("compare, refused", COMPARE, f"{BENCHMARK}/compare?economy=USA&economy=CHL", status=422, is_error=True),
    Visit("change, first cycle", CHANGE, f"{BENCHMARK}/change"),
    Visit("change", CHANGE, f"/benchmarks/{CODE}/{{later_cycle}}/change?from={CYCLE}", act=unfold),
    Visit("what if", WHAT_IF, f"{BENCHMARK}/what-if"),
    Visit("what if, own weights", WHAT_IF, f"{BENCHMARK}/what-if?{WEIGHTS}&economy=CHL&economy=NZL", act=unfold),
    Visit("what if, refused", WHAT_IF, f"{BENCHMARK}/what-if?weight.B1=much", status=422, is_error=True),
    Visit("figures of others", f"{CYCLE_PAGE}/references", f"{BENCHMARK}/references"),
    Visit("report of a revision", REPORT, "/reviews/{report_none}/revisions/1/report", COORDINATOR),
    Visit("report of a revision, waiting", REPORT, "/reviews/{report_waiting}/revisions/1/report", COORDINATOR),
    Visit("report of a revision, ready", REPORT, "/reviews/{report_ready}/revisions/1/report", COORDINATOR),
    Visit("report of a revision, failed", REPORT, "/reviews/{report_failed}/revisions/1/report", COORDINATOR),
    Visit("public report", PUBLIC_REPORT, f"/benchmarks/{CODE}/{CYCLE}/economies/{{public_none}}/report"),
    Visit("public report, ready", PUBLIC_REPORT, f"/benchmarks/{CODE}/{CYCLE}/economies/{{public_ready}}/report"),
    Visit("public report, nothing public", PUBLIC_REPORT, f"/benchmarks/{CODE}/{CYCLE}/economies/THA/report"),
    Visit("meeting papers", PAPERS, PAPERS, ADMINISTRATOR),
    Visit("meeting papers of the secretariat", PAPERS, PAPERS, SECRETARIAT),
    Visit("meeting paper, refused", PAPERS, PAPERS, ADMINISTRATOR, 422, press("Build the paper"), is_error=True),
    Visit("meeting paper", f"{PAPERS}/{{report_id}}", "/admin/papers/{paper}", ADMINISTRATOR),
    Visit("questionnaires", "/questionnaires", "/questionnaires"),
    Visit("questionnaire", "/questionnaires/{code}/{version}", f"/questionnaires/{CODE}/{VERSION}"),
    Visit("versions compared", COMPARED, "/questionnaires/moving/compare", act=unfold_words),
    Visit("versions compared, one only", COMPARED, f"/questionnaires/{CODE}/compare"),
    Visit("versions compared, the same", COMPARED, "/questionnaires/moving/compare?from=2026.1&to=2026.1"),
    Visit("versions compared, unknown", COMPARED, "/questionnaires/moving/compare?from=1999.1", status=404),
    Visit("reviews of an official", "/reviews", "/reviews", COORDINATOR),
    Visit("reviews of a contributor", "/reviews", "/reviews", CONTRIBUTOR),
    Visit("reviews of somebody without", "/reviews", "/reviews", SECRETARIAT),
    Visit("review, blank", REVIEW, "/reviews/{blank}", COORDINATOR),
    Visit("review, answered", REVIEW, "/reviews/{answered}", CONTRIBUTOR),
    Visit("review, in sign-off", REVIEW, "/reviews/{in_sign_off}", APPROVER),
    Visit("review, submitted", REVIEW, "/reviews/{submitted}", COORDINATOR),
    Visit("review, reopened", REVIEW, "/reviews/{reopened}", COORDINATOR),
    Visit("section, blank", SECTION, "/reviews/{blank}/sections/B1", COORDINATOR),
    Visit("section of numbers", SECTION, "/reviews/{blank}/sections/B2", COORDINATOR),
    Visit("section with options that may not apply", SECTION, "/reviews/{transport}/sections/A", COORDINATOR),
    Visit(
        "section with options left out without a reason",
        SECTION,
        "/reviews/{transport}/sections/A",
        COORDINATOR,
        422,
        leave_out_without_a_reason,
        is_error=True,
    ),
    Visit("section of structured answers", SECTION, "/reviews/{blank}/sections/EC", COORDINATOR),
    Visit("section of structured answers, filled", SECTION, "/reviews/{answered}/sections/EC", COORDINATOR),
    Visit("section of results, locked", SECTION, "/reviews/{submitted}/sections/IM", COORDINATOR),
    Visit("section with an answer given elsewhere", SECTION, "/reviews/{crosswalk}/sections/A", COORDINATOR),
    Visit("answers given elsewhere", f"{REVIEW}/prefill", "/reviews/{crosswalk}/prefill", COORDINATOR),
    Visit("answers given elsewhere, none", f"{REVIEW}/prefill", "/reviews/{blank}/prefill", COORDINATOR),
    Visit("review with answers given elsewhere", REVIEW, "/reviews/{crosswalk}", COORDINATOR),
    Visit("workbook", f"{REVIEW}/workbook", "/reviews/{blank}/workbook", COORDINATOR),
    Visit("workbook of a locked review", f"{REVIEW}/workbook", "/reviews/{submitted}/workbook", COORDINATOR),
    Visit(
        "workbook refused",
        f"{REVIEW}/workbook",
        "/reviews/{blank}/workbook",
        COORDINATOR,
        422,
        press("Upload and compare"),
        is_error=True,
    ),
    Visit("dry run of a workbook", DRY_RUN, "{dry_run}", COORDINATOR),
    Visit("dry run, nothing ticked", DRY_RUN, "{dry_run}", COORDINATOR, 422, apply_nothing, is_error=True),
    Visit("workbook of an earlier revision", DRY_RUN, "{merge}", COORDINATOR),
    Visit("workbook applied", DRY_RUN, "{applied}", COORDINATOR),
    Visit("section, answered", SECTION, "/reviews/{answered}/sections/B3", COORDINATOR),
    Visit("section, locked", SECTION, "/reviews/{submitted}/sections/B1", COORDINATOR),
    Visit(
        "section, locked meanwhile",
        SECTION,
        "/reviews/{submitted}/sections/B1",
        COORDINATOR,
        409,
        send_when_locked,
        is_error=True,
    ),
    Visit("section with problems", SECTION, "/reviews/{blank}/sections/B2", COORDINATOR, 422, submit_number, is_error=True),
    Visit("section with a conflict", SECTION, "/reviews/{answered}/sections/B1", COORDINATOR, 409, collide, is_error=True),
    Visit(
        "section with a conflict that can be put together",
        SECTION,
        "/reviews/{answered}/sections/EC",
        COORDINATOR,
        409,
        collide_over_a_text,
        is_error=True,
    ),
    Visit("section with an answer to a question that has changed", SECTION, "/reviews/{carried_over}/sections/A", COORDINATOR),
    Visit("answers of the last cycle", f"{REVIEW}/prefill", "/reviews/{carried_over}/prefill", COORDINATOR),
    Visit("section after the session", SECTION, "/reviews/{blank}/sections/B3", COORDINATOR, 401, save_when_signed_out),
    Visit("history of an answer", HISTORY, "/reviews/{answered}/items/B1-01/history", COORDINATOR),
    Visit("history, no answer", HISTORY, "/reviews/{blank}/items/B1-01/history", COORDINATOR),
    Visit("review with a newer version", REVIEW, "/reviews/{movable}", COORDINATOR),
    Visit("review that was moved", REVIEW, "/reviews/{moved}", COORDINATOR),
    Visit("move", MOVE, "/reviews/{movable}/move", COORDINATOR),
    Visit("move, chosen", MOVE, "/reviews/{movable}/move?ask=A1&keep=A2", COORDINATOR),
    Visit("move, shown again", MOVE, "/reviews/{movable}/move", COORDINATOR, 409, move_another_list, is_error=True),
    Visit("move, newest version", MOVE, "/reviews/{blank}/move", COORDINATOR),
    Visit("what left the form", f"{REVIEW}/left", "/reviews/{moved}/left", COORDINATOR),
    Visit("what left the form, nothing", f"{REVIEW}/left", "/reviews/{blank}/left", CONTRIBUTOR),
    Visit(
        "discussion of what left the form",
        f"{REVIEW}/items/{{code}}/discussion",
        "/reviews/{moved}/items/A4/discussion",
        COORDINATOR,
    ),
    Visit("history, gone", f"{REVIEW}/items/{{code}}/history", "/reviews/{moved}/items/A4/history", COORDINATOR),
    Visit("move, undone", f"{MOVE}/undo", "/reviews/{moved}/move/undo", COORDINATOR),
    Visit("section that is shared out", SECTION, "/reviews/{shared_out}/sections/B1", CONTRIBUTOR),
    Visit("review that is shared out", REVIEW, "/reviews/{shared_out}", COORDINATOR),
    Visit("who does what", TEAM, "/reviews/{shared_out}/team", COORDINATOR),
    Visit("who does what, a question chosen", TEAM, "/reviews/{shared_out}/team?place=B2:B2-01", CONTRIBUTOR),
    Visit("who does what, read", TEAM, "/reviews/{shared_out}/team", APPROVER),
    Visit("who does what, refused", TEAM, "/reviews/{shared_out}/team", COORDINATOR, 422, press("Assign"), is_error=True),
    Visit("who does what, submitted", TEAM, "/reviews/{submitted}/team", COORDINATOR),
    Visit("questions", FIND, "/reviews/{shared_out}/questions", CONTRIBUTOR),
    Visit("questions, mine", FIND, "/reviews/{shared_out}/questions?show=mine", CONTRIBUTOR),
    Visit("questions, none", FIND, "/reviews/{blank}/questions?show=comments", CONTRIBUTOR),
    Visit("discussions", DISCUSSION, "/reviews/{shared_out}/items/B1-01/discussion", CONTRIBUTOR),
    Visit("discussions, none yet", DISCUSSION, "/reviews/{shared_out}/items/B1-02/discussion", APPROVER),
    Visit(
        "discussions, refused",
        DISCUSSION,
        "/reviews/{shared_out}/items/B1-02/discussion",
        COORDINATOR,
        422,
        press("Start the discussion"),
        is_error=True,
    ),
    Visit("evidence, none", f"{REVIEW}/evidence", "/reviews/{blank}/evidence", COORDINATOR),
    Visit("evidence of a review", f"{REVIEW}/evidence", "/reviews/{evidence}/evidence", COORDINATOR),
    Visit("evidence of a question, locked", ITEM_EVIDENCE, "/reviews/{submitted}/items/B1-01/evidence", COORDINATOR),
    Visit("evidence of a question", ITEM_EVIDENCE, "/reviews/{evidence}/items/B1-01/evidence", COORDINATOR),
    Visit(
        "evidence of a question, refused",
        ITEM_EVIDENCE,
        "/reviews/{evidence}/items/B1-01/evidence",
        COORDINATOR,
        422,
        press("Add this link"),
        is_error=True,
    ),
    Visit("a file of evidence", PIECE, "/reviews/{evidence}/evidence/{evidence_file}", COORDINATOR),
    Visit("a link of evidence", PIECE, "/reviews/{evidence}/evidence/{evidence_link}", COORDINATOR),
    Visit("section with evidence", SECTION, "/reviews/{evidence}/sections/B1", COORDINATOR),
    Visit("check with evidence", CHECK, "/reviews/{evidence}/check", COORDINATOR),
    Visit("check, missing", CHECK, "/reviews/{blank}/check", COORDINATOR),
    Visit("check, complete", CHECK, "/reviews/{answered}/check", COORDINATOR),
    Visit("check, sign-off", CHECK, "/reviews/{in_sign_off}/check", APPROVER),
    Visit(
        "check, sign-off refused",
        CHECK,
        "/reviews/{in_sign_off}/check",
        APPROVER,
        422,
        press("Sign off and submit"),
        is_error=True,
    ),
    Visit("check, submitted", CHECK, "/reviews/{submitted}/check", COORDINATOR),
    Visit(
        "check, reopening refused", CHECK, "/reviews/{submitted}/check", COORDINATOR, 422, press("Reopen as a new"), is_error=True
    ),
    Visit("check of a section, missing", f"{SECTION}/check", "/reviews/{blank}/sections/B1/check", COORDINATOR),
    Visit("check of a section, complete", f"{SECTION}/check", "/reviews/{answered}/sections/EC/check", CONTRIBUTOR),
    Visit("check of a section, locked", f"{SECTION}/check", "/reviews/{submitted}/sections/IM/check", CONTRIBUTOR),
    Visit("receipt", RECEIPT, "/reviews/{submitted}/revisions/1/receipt", APPROVER),
    Visit("receipt of an older revision", RECEIPT, "/reviews/{resigned}/revisions/1/receipt", CONTRIBUTOR),
    Visit("results of an older revision", RESULTS, "/reviews/{resigned}/revisions/1/results", CONTRIBUTOR),
    Visit("reference of nothing", "/submissions/{reference}", "/submissions/AUS-X-2026-R1-00000000", CONTRIBUTOR, 404),
    Visit("revision", f"{REVIEW}/revisions/{{revision}}", "/reviews/{submitted}/revisions/1", COORDINATOR),
    Visit("results", RESULTS, "/reviews/{submitted}/revisions/1/results", COORDINATOR),
    Visit("results with a past", RESULTS, "/reviews/{reopened}/revisions/1/results", COORDINATOR),
    Visit("certainty", f"{RESULTS}/certainty", "/reviews/{submitted}/revisions/1/results/certainty", COORDINATOR),
    Visit("a score explained", f"{RESULTS}/{{node}}", "/reviews/{submitted}/revisions/1/results/B1", CONTRIBUTOR),
    Visit("priorities", PRIORITIES, "/reviews/{submitted}/revisions/1/results/priorities?node=B2&target=75", COORDINATOR),
    Visit("priorities, reordered", PRIORITIES, "{priorities}", CONTRIBUTOR, act=press("Order again by urgency and effort")),
    Visit("priorities, refused", PRIORITIES, "{priorities}?target=many", COORDINATOR, 422, is_error=True),
    Visit("priorities, none left", PRIORITIES, "{priorities}?target=0", COORDINATOR),
    Visit("where scores stand", PEERS, "{compared}", COORDINATOR),
    Visit("where scores stand, not shared", PEERS, "/reviews/{submitted}/revisions/1/peers", COORDINATOR),
    Visit("peer reviews", PEER_LIST, "/reviews/{peer_review_of}/peer-reviews", COORDINATOR),
    Visit("peer reviews, none", PEER_LIST, "/reviews/{submitted}/peer-reviews", COORDINATOR),
    Visit("peer reviews, none of a contributor", PEER_LIST, "/reviews/{submitted}/peer-reviews", CONTRIBUTOR),
    Visit("peer reviews, not signed", PEER_LIST, "/reviews/{blank}/peer-reviews", COORDINATOR),
    Visit("second opinion asked for", f"{PEER_LIST}/new", "/reviews/{submitted}/peer-reviews/new", COORDINATOR),
    Visit(
        "second opinion, refused",
        f"{PEER_LIST}/new",
        "/reviews/{submitted}/peer-reviews/new",
        COORDINATOR,
        422,
        press("Ask for this second opinion"),
        is_error=True,
    ),
    Visit("peer review, new link", PEER, f"{OUR_PEER}{{peer_fresh}}", COORDINATOR, act=press("Create a new link")),
    Visit("peer review, being read", PEER, f"{OUR_PEER}{{peer_open}}", COORDINATOR),
    Visit("peer review, in conversation", PEER, f"{OUR_PEER}{{peer_in_response}}", COORDINATOR),
    Visit("peer review, what waits", PEER, f"{OUR_PEER}{{peer_in_response}}?show=waiting", CONTRIBUTOR),
    Visit("peer review, closing", PEER, f"{OUR_PEER}{{peer_closing}}", APPROVER),
    Visit(
        "peer review, closing refused",
        PEER,
        f"{OUR_PEER}{{peer_closing}}",
        APPROVER,
        422,
        press("Close the peer review"),
        is_error=True,
    ),
    Visit("peer review, closed", PEER, f"{OUR_PEER}{{peer_closed}}", COORDINATOR),
    Visit("peer review, withdrawn", PEER, f"{OUR_PEER}{{peer_withdrawn}}", COORDINATOR),
    Visit("conversation of the economy", f"{PEER}/items/{{code}}", f"{OUR_PEER}{{peer_in_response}}/items/B1-01", COORDINATOR),
    Visit(
        "conversation, keeping refused",
        f"{PEER}/items/{{code}}",
        f"{OUR_PEER}{{peer_in_response}}/items/B1-01",
        COORDINATOR,
        422,
        press("Keep the signed answer"),
        is_error=True,
    ),
    Visit("results as reviewed", RESULTS, "/reviews/{peer_review_of}/revisions/1/results", COORDINATOR),
    Visit(
        "a reviewed score explained",
        f"{RESULTS}/{{node}}",
        "/reviews/{peer_review_of}/revisions/1/results/B1?series=reviewed",
        COORDINATOR,
    ),
    Visit("own peer reviews", "/peer-reviews", "/peer-reviews", REVIEWER),
    Visit("own peer reviews, none", "/peer-reviews", "/peer-reviews", COORDINATOR),
    Visit("own peer review, invited", OWN_PEER, "/peer-reviews/{peer_invited}", REVIEWER),
    Visit("own peer review, refused", OWN_PEER, "/peer-reviews/{peer_invited}", REVIEWER, 422, press("Accept"), is_error=True),
    Visit("own peer review, open", OWN_PEER, "/peer-reviews/{peer_open}", REVIEWER),
    Visit("own peer review, closing", OWN_PEER, "/peer-reviews/{peer_closing}", REVIEWER),
    Visit("own peer review, closed", OWN_PEER, "/peer-reviews/{peer_closed}", REVIEWER),
    Visit("own peer review, withdrawn", OWN_PEER, "/peer-reviews/{peer_withdrawn}", REVIEWER),
    Visit("section of a reviewer", f"{OWN_PEER}/sections/{{code}}", "/peer-reviews/{peer_open}/sections/B1", REVIEWER),
    Visit("conversation of a reviewer", f"{OWN_PEER}/items/{{code}}", "/peer-reviews/{peer_open}/items/B1-01", REVIEWER),
    Visit(
        "proposal refused",
        f"{OWN_PEER}/items/{{code}}",
        "/peer-reviews/{peer_open}/items/B2-01",
        REVIEWER,
        422,
        propose_nothing,
        is_error=True,
    ),
    Visit("sharing", f"{REVIEW}/sharing", "/reviews/{submitted}/sharing", COORDINATOR),
    Visit("sharing, read", f"{REVIEW}/sharing", "/reviews/{submitted}/sharing", CONTRIBUTOR),
    Visit("team", "/team", "/team", COORDINATOR),
    Visit("team, refused", "/team", "/team", COORDINATOR, 422, press("Send invitation"), is_error=True),
    Visit("team, invited", "/team", "/team", COORDINATOR, act=invite),
    Visit("time zone", "/economies/{code}/time-zone", "/economies/AUS/time-zone", COORDINATOR),
    Visit("time zone of another economy", "/economies/{code}/time-zone", "/economies/NZL/time-zone", COORDINATOR, 404),
    Visit("time zone for an administrator", "/economies/{code}/time-zone", "/economies/NZL/time-zone", ADMINISTRATOR),
    Visit("person", "/people/{user_id}", "/people/{contributor}", COORDINATOR),
    Visit("person to be disabled", "/people/{user_id}/disable", "/people/{contributor}/disable", COORDINATOR),
    Visit("invitation to be withdrawn", WITHDRAW, "/team", COORDINATOR, act=ask_to_withdraw),
    Visit("signed in again", "/signed-in", "/signed-in", COORDINATOR),
    Visit("account", "/account", "/account", COORDINATOR),
    Visit("account, refused", "/account", "/account", COORDINATOR, 422, press("Change password"), is_error=True),
    Visit("a browser signed out", "/account/sessions/{session_id}/end", "/account/sessions/{blank}/end", COORDINATOR, 404),
    Visit("browsers signed out", EVERYWHERE, EVERYWHERE, COORDINATOR),
    Visit("browsers signed out, refused", EVERYWHERE, EVERYWHERE, COORDINATOR, 422, press("Sign out"), is_error=True),
    Visit("mails", "/account/mail", "/account/mail", COORDINATOR),
    Visit("mails, chosen", "/account/mail", "/account/mail", CONTRIBUTOR, act=press("Save")),
    Visit("ways to sign in", WAYS, WAYS, COORDINATOR),
    Visit("ways to sign in, refused", WAYS, WAYS, COORDINATOR, 422, press("Set up an authenticator"), is_error=True),
    Visit("authenticator app", f"{WAYS}/authenticator", WAYS, SECRETARIAT, act=set_up_app),
    Visit("a way to sign in removed", f"{WAYS}/remove/{{kind}}/{{factor_id}}", f"{WAYS}/remove/app/{{blank}}", SECRETARIAT, 404),
    Visit("second step", "/sign-in/second-step", "/sign-in", act=take_the_first_step),
    Visit("single sign-on, none here", "/sign-in/single-sign-on", "/sign-in/single-sign-on", status=404),
    Visit("back from single sign-on, none here", "/sign-in/single-sign-on/return", "/sign-in/single-sign-on/return", status=404),
    Visit("keys", "/account/keys", "/account/keys", SECRETARIAT),
    Visit("keys, created", "/account/keys", "/account/keys", COORDINATOR, act=create_key),
    Visit("keys, refused", "/account/keys", "/account/keys", COORDINATOR, 422, press("Create key"), is_error=True),
    Visit("keys, replaced and revoked", "/account/keys", "/account/keys", ANALYST),
    Visit("key, replaced, with its use", KEY, "/account/keys/{key_old}", ANALYST, act=unfold_days),
    Visit("key that replaced another", KEY, "/account/keys/{key_new}", ANALYST),
    Visit("key, replaced now", KEY, "/account/keys/{key_to_replace}", ANALYST, act=press("Replace the key")),
    Visit("key, revoked by an administrator", KEY, "/account/keys/{key_revoked}", ANALYST),
    Visit("key that changes something", KEY, "/account/keys/{key_author}", ADMINISTRATOR),
    Visit("key, refused", KEY, "/account/keys/{key_author}", ADMINISTRATOR, 422, press("Replace the key"), is_error=True),
    Visit("clients", "/admin/clients", "/admin/clients", ADMINISTRATOR),
    Visit("clients, ended keys too", "/admin/clients", "/admin/clients?show=all", ADMINISTRATOR),
    Visit("request for a key", KEY_REQUEST, "/admin/clients/requests/{key_asked}", ADMINISTRATOR),
    Visit(
        "request for a key, no reason",
        KEY_REQUEST,
        "/admin/clients/requests/{key_asked}",
        ADMINISTRATOR,
        422,
        press("Decline the request"),
        is_error=True,
    ),
    Visit("request for a key, not collected", KEY_REQUEST, "/admin/clients/requests/{key_not_collected}", ADMINISTRATOR),
    Visit("request for a key, declined", KEY_REQUEST, "/admin/clients/requests/{key_declined}", ADMINISTRATOR),
    Visit("somebody's key", CLIENT_KEY, "/admin/clients/keys/{key_old}", ADMINISTRATOR),
    Visit(
        "somebody's key, no reason",
        CLIENT_KEY,
        "/admin/clients/keys/{key_new}",
        ADMINISTRATOR,
        422,
        press("Revoke the key"),
        is_error=True,
    ),
    Visit("keys of an administrator", "/account/keys", "/account/keys", ADMINISTRATOR),
    Visit(
        "keys, refused without the password", "/account/keys", "/account/keys", ADMINISTRATOR, 422, ask_for_more, is_error=True
    ),
    Visit("administration", "/admin", "/admin", ADMINISTRATOR),
    Visit("people", "/admin/users", "/admin/users", ADMINISTRATOR),
    Visit("person of an administrator", "/people/{user_id}", "/people/{contributor}", ADMINISTRATOR),
    Visit("economies", "/admin/economies", "/admin/economies", ADMINISTRATOR),
    Visit("economy", "/admin/economies/{code}", "/admin/economies/AUS", ADMINISTRATOR),
    Visit("cycles", "/admin/cycles", "/admin/cycles", ADMINISTRATOR),
    Visit("cycles, refused", "/admin/cycles", "/admin/cycles", ADMINISTRATOR, 422, press("Open this cycle"), is_error=True),
    Visit("cycle with a closing day", CYCLE_OF, "{dated_cycle}", ADMINISTRATOR),
    Visit("cycle, refused", CYCLE_OF, "{dated_cycle}", ADMINISTRATOR, 422, press("Change the closing day"), is_error=True),
    Visit("cycle, a nearer day", CYCLE_OF, "{dated_cycle}", ADMINISTRATOR, 422, move_day_nearer, is_error=True),
    Visit("cycle, closed", CYCLE_OF, "{closed_by_hand}", ADMINISTRATOR),
    Visit("cycle, opened again for no reason", CYCLE_OF, "{closed_by_hand}", ADMINISTRATOR, 422, REOPEN, is_error=True),
    Visit("closing a cycle", f"{CYCLE_OF}/close", "{dated_cycle}/close", ADMINISTRATOR),
    Visit("closing a cycle, closed already", f"{CYCLE_OF}/close", "{closed_by_hand}/close", ADMINISTRATOR),
    Visit("participants", f"{CYCLE_OF}/participants", "{dated_cycle}/participants", ADMINISTRATOR),
    Visit("inviting a coordinator", INVITING, "{dated_cycle}/participants/NZL/invite", ADMINISTRATOR),
    Visit(
        "inviting a coordinator, refused",
        INVITING,
        "{dated_cycle}/participants/NZL/invite",
        ADMINISTRATOR,
        422,
        press("Send invitation"),
        is_error=True,
    ),
    Visit("coordinator invited", INVITING, "{dated_cycle}/participants/VNM/invite", ADMINISTRATOR, act=invite_somebody),
    Visit(
        "invitation of a cycle", f"{CYCLE_OF}/invitations/{{invitation_id}}/withdraw", "{invitation_of_a_cycle}", ADMINISTRATOR
    ),
    Visit("review that ends on a day", REVIEW, "/reviews/{dated}", COORDINATOR),
    Visit("how far a review is, shown", f"{REVIEW}/showing", "/reviews/{dated}/showing", COORDINATOR),
    Visit("how far a review is, not shown", f"{REVIEW}/showing", "/reviews/{blank}/showing", COORDINATOR),
    Visit("how far a review is, for a contributor", f"{REVIEW}/showing", "/reviews/{blank}/showing", CONTRIBUTOR),
    Visit("groups", "/admin/groups", "/admin/groups", ADMINISTRATOR),
    Visit("group, fixed", "/admin/groups/{group}", "/admin/groups/APEC", ADMINISTRATOR),
    Visit("group", "/admin/groups/{group}", "/admin/groups/OWN", ADMINISTRATOR),
    Visit("group, refused", "/admin/groups/{group}", "/admin/groups/OWN", ADMINISTRATOR, 422, empty_the_group, is_error=True),
    Visit("making a group", "/admin/groups/new", "/admin/groups/new", ADMINISTRATOR),
    Visit(
        "making a group, refused",
        "/admin/groups/new",
        "/admin/groups/new",
        ADMINISTRATOR,
        422,
        press("Make this group"),
        is_error=True,
    ),
    Visit("releases", "/admin/releases", "/admin/releases", ADMINISTRATOR),
    Visit("releases of a cycle", RELEASES_OF, f"/admin/releases/{CODE}/{{released_cycle}}", ADMINISTRATOR),
    Visit("releases, nothing shown", RELEASES_OF, f"/admin/releases/{CODE}/{{empty_cycle}}", ADMINISTRATOR),
    Visit(
        "releases, refused",
        RELEASES_OF,
        f"/admin/releases/{CODE}/{{released_cycle}}",
        ADMINISTRATOR,
        422,
        lambda page: page.locator("main form button").click(),
        is_error=True,
    ),
    Visit("release", RELEASE, f"/admin/releases/{CODE}/{{released_cycle}}/{{released_cycle}}.1.1", ADMINISTRATOR),
    Visit("release, withdrawn", RELEASE, f"/admin/releases/{CODE}/{{released_cycle}}/{{released_cycle}}.1.0", ADMINISTRATOR),
    Visit("mail", "/admin/mail", "/admin/mail", ADMINISTRATOR),
    Visit("methods", "/admin/method", "/admin/method", ADMINISTRATOR),
    Visit("method", METHOD_PAGE, f"/admin/method/{CODE}/{CYCLE}", ADMINISTRATOR),
    Visit("method, too few", METHOD_PAGE, f"/admin/method/{CODE}/{{small_cycle}}", ADMINISTRATOR),
    Visit("method, nothing shared", METHOD_PAGE, f"/admin/method/{CODE}/{{empty_cycle}}", ADMINISTRATOR),
    Visit("publishing", "/admin/questionnaires", "/admin/questionnaires", ADMINISTRATOR),
    Visit(
        "publishing, faults", "/admin/questionnaires", "/admin/questionnaires", ADMINISTRATOR, 422, publish_faults, is_error=True
    ),
    Visit("audit", "/admin/audit", "/admin/audit?where=all", ADMINISTRATOR),
    Visit("audit, nothing", "/admin/audit", "/admin/audit?who=nobody+at+all", ADMINISTRATOR),
    Visit("audit, refused", "/admin/audit", "/admin/audit?since=soon", ADMINISTRATOR, 422, is_error=True),
    Visit("retiring", RETIRE, f"/admin/questionnaires/{CODE}/{VERSION}/retire", ADMINISTRATOR),
    Visit(
        "retiring, refused",
        RETIRE,
        f"/admin/questionnaires/{CODE}/{VERSION}/retire",
        ADMINISTRATOR,
        422,
        press("Retire this version"),
        is_error=True,
    ),
    Visit("questionnaire, retired", "/questionnaires/{code}/{version}", "/questionnaires/{retired}", ADMINISTRATOR),
    Visit("drafts", "/admin/drafts", "/admin/drafts", ADMINISTRATOR),
    Visit("drafts, refused", "/admin/drafts", "/admin/drafts", ADMINISTRATOR, 422, press("Start the draft"), is_error=True),
    Visit("draft", DRAFT, "/admin/drafts/{draft}", ADMINISTRATOR),
    Visit("draft with problems", DRAFT, "/admin/drafts/{draft_with_problems}", ADMINISTRATOR),
    Visit("draft, discarded", DRAFT, "/admin/drafts/{draft_discarded}", ADMINISTRATOR),
    Visit("discarding a draft", f"{DRAFT}/discard", "/admin/drafts/{draft}/discard", ADMINISTRATOR),
    Visit("discarding a draft, gone already", f"{DRAFT}/discard", "/admin/drafts/{draft_discarded}/discard", ADMINISTRATOR),
    Visit("part of a draft, discarded", PART, "/admin/drafts/{draft_discarded}/parts/item/B1-01", ADMINISTRATOR),
    Visit("part of a draft", PART, "/admin/drafts/{draft}/parts/item/B1-01", ADMINISTRATOR),
    Visit("part that two changed", PART, "/admin/drafts/{draft}/parts/item/B1-02", ADMINISTRATOR, act=clash, status=409),
    Visit(
        "part of a draft that is closed",
        PART,
        "/admin/drafts/{draft_discarded}/parts/item/B1-02",
        ADMINISTRATOR,
        act=save_late,
        status=409,
    ),
    Visit("part with problems", PART, "/admin/drafts/{draft_with_problems}/parts/item/B1-01", ADMINISTRATOR),
    Visit("part with points on a curve", PART, "/admin/drafts/{draft}/parts/item/{figure}", ADMINISTRATOR, act=unfold_scoring),
    Visit(
        "part that moves nowhere",
        PART,
        "/admin/drafts/{draft}/parts/item/B1-01",
        ADMINISTRATOR,
        422,
        move_nowhere,
        is_error=True,
    ),
    Visit("scheme of a draft", PART, "/admin/drafts/{draft}/parts/scheme", ADMINISTRATOR),
    Visit("details of a draft", PART, "/admin/drafts/{draft}/parts/details", ADMINISTRATOR),
    Visit("history of a draft", f"{DRAFT}/history", "/admin/drafts/{draft}/history", ADMINISTRATOR),
    Visit("history of a draft, none", f"{DRAFT}/history", "/admin/drafts/{draft_discarded}/history", ADMINISTRATOR),
    Visit("change of a draft", f"{DRAFT}/history/{{number}}", "/admin/drafts/{draft}/history/1", ADMINISTRATOR),
    Visit("draft compared", f"{DRAFT}/compare", "/admin/drafts/{draft}/compare", ADMINISTRATOR, act=unfold_words),
    Visit("draft with problems compared", f"{DRAFT}/compare", "/admin/drafts/{draft_with_problems}/compare", ADMINISTRATOR),
    Visit("draft compared, first version", f"{DRAFT}/compare", "/admin/drafts/{draft_of_a_first}/compare", ADMINISTRATOR),
    Visit("uploading into a draft", f"{DRAFT}/upload", "/admin/drafts/{draft}/upload", ADMINISTRATOR),
    Visit(
        "uploading into a draft, refused",
        f"{DRAFT}/upload",
        "/admin/drafts/{draft}/upload",
        ADMINISTRATOR,
        422,
        press("Upload and compare"),
        is_error=True,
    ),
    Visit("what a file changes", f"{DRAFT}/upload", "/admin/drafts/{draft}/upload", ADMINISTRATOR, 200, upload_edited),
    Visit(
        "what an older workbook changes",
        f"{DRAFT}/upload",
        "/admin/drafts/{draft}/upload",
        ADMINISTRATOR,
        200,
        upload_older_workbook,
    ),
    Visit("what a file changes, nothing", f"{DRAFT}/upload", "/admin/drafts/{draft}/upload", ADMINISTRATOR, 200, upload_same),
    Visit("preview of a draft", PREVIEW, "/admin/drafts/{draft_tried}/preview", ADMINISTRATOR),
    Visit("preview that cannot be shown", PREVIEW, "/admin/drafts/{draft_with_problems}/preview", ADMINISTRATOR),
    Visit("preview, a section", f"{PREVIEW}/sections/{{code}}", "/admin/drafts/{draft_tried}/preview/sections/B1", ADMINISTRATOR),
    Visit(
        "preview, a section in a frame",
        f"{PREVIEW}/sections/{{code}}",
        "/admin/drafts/{draft_tried}/preview/sections/B1?framed=1",
        ADMINISTRATOR,
    ),
    Visit(
        "preview, a section refused",
        f"{PREVIEW}/sections/{{code}}",
        "/admin/drafts/{draft_tried}/preview/sections/B2",
        ADMINISTRATOR,
        422,
        submit_number,
        is_error=True,
    ),
    Visit("preview, the answers", f"{PREVIEW}/check", "/admin/drafts/{draft_tried}/preview/check", ADMINISTRATOR),
    Visit("preview, the results", f"{PREVIEW}/results", "/admin/drafts/{draft_tried}/preview/results", ADMINISTRATOR),
    Visit("preview, no results yet", f"{PREVIEW}/results", "/admin/drafts/{draft_not_scored}/preview/results", ADMINISTRATOR),
    Visit("preview, one score", f"{PREVIEW}/results/{{node}}", "/admin/drafts/{draft_tried}/preview/results/B1", ADMINISTRATOR),
    Visit("preview on a phone", f"{PREVIEW}/phone", "/admin/drafts/{draft_tried}/preview/phone?at=sections/B1", ADMINISTRATOR),
    Visit("publishing a draft", f"{DRAFT}/publish", "/admin/drafts/{draft}/publish", ADMINISTRATOR),
    Visit(
        "publishing a draft, refused",
        f"{DRAFT}/publish",
        "/admin/drafts/{draft}/publish",
        ADMINISTRATOR,
        422,
        publish_without_note,
        is_error=True,
    ),
    Visit("how past scores would move", f"{DRAFT}/publish/what-if", "/admin/drafts/{draft}/publish/what-if", ADMINISTRATOR),
    Visit("publishing a draft with problems", f"{DRAFT}/publish", "/admin/drafts/{draft_with_problems}/publish", ADMINISTRATOR),
    Visit("translations", "/admin/translations", "/admin/translations", ADMINISTRATOR),
    Visit(
        "translations, language unknown",
        "/admin/translations/begin",
        "/admin/translations/begin?language=xx",
        ADMINISTRATOR,
        422,
        is_error=True,
    ),
    Visit("translating a version", STRINGS, f"/admin/translations/{CODE}/{VERSION}/es", ADMINISTRATOR),
    Visit("translating into Arabic", STRINGS, f"/admin/translations/{CODE}/{VERSION}/ar?search=B1-01", ADMINISTRATOR),
    Visit("translating, nothing left", STRINGS, f"/admin/translations/{CODE}/{VERSION}/es?show=outdated", ADMINISTRATOR),
    Visit(
        "translating, refused",
        STRINGS,
        f"/admin/translations/{CODE}/{VERSION}/es?search=B1-01",
        ADMINISTRATOR,
        422,
        translate_badly,
        is_error=True,
    ),
    Visit("translating a draft", DRAFT_STRINGS, "/admin/drafts/{draft}/translations/es?search=B1-01", ADMINISTRATOR),
    Visit("importing a translation", f"{STRINGS}/import", f"/admin/translations/{CODE}/{VERSION}/es/import", ADMINISTRATOR),
    Visit(
        "importing a translation, refused",
        f"{DRAFT_STRINGS}/import",
        "/admin/drafts/{draft}/translations/es/import",
        ADMINISTRATOR,
        422,
        press("Import and compare"),
        is_error=True,
    ),
    Visit(
        "what a translation changes",
        f"{STRINGS}/import",
        f"/admin/translations/{CODE}/{VERSION}/es/import",
        ADMINISTRATOR,
        200,
        import_edited,
    ),
    Visit("nothing there", "", "/nothing/here", status=404),
    Visit("another economy's review", REVIEW, "/reviews/{foreign}", COORDINATOR, 404),
    Visit("not allowed", "/admin/users", "/admin/users", COORDINATOR, 403),
    Visit("stale", CHECK, "/reviews/{submitted}/check", COORDINATOR, 409, hand_over_again),
]


@dataclass
class Walker:
    """One signed-in browser with what it complained about: console errors, policy violations, requests to elsewhere."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda said: self.complain(f"console: {said.text}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complain(f"script: {error}"))
        self.page.on("request", lambda sent: self.complain(f"elsewhere: {sent.url}") if self.is_elsewhere(sent.url) else None)
        self.page.on("response", lambda got: self.statuses.append(got.status) if got.request.is_navigation_request() else None)

    def is_elsewhere(self, url: str) -> bool:
        return not url.startswith((self.url, "data:", "blob:"))

    def complain(self, text: str) -> None:
        # The browser itself writes one such line for every page that is answered with 4xx.
        if "Failed to load resource: the server responded with a status of 4" not in text:
            self.complaints.append(text)


@pytest.fixture(scope="module")
def places(live_server: LiveServer) -> Places:
    """Make one review in every state, and name the addresses that entries speak of."""
    return places_of(live_server)


@pytest.fixture(scope="module")
def walkers(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[Role | None], Walker]]:
    """Open one browser for each role, once."""
    opened: dict[Role | None, Walker] = {}
    contexts: list[BrowserContext] = []

    def walker_of(role: Role | None) -> Walker:
        if role not in opened:
            context = browser.new_context(base_url=live_server.url, locale="en-GB", reduced_motion="reduce")
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(10_000)
            if role is not None:
                sign_in(page, role)
            opened[role] = Walker(page, live_server.url)
            opened[role].listen()
        return opened[role]

    yield walker_of
    for context in contexts:
        context.close()


@pytest.mark.abuse("S4", "X6")
@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name.replace(" ", "-"))
def test_a_page_is_accessible_fits_a_phone_and_fetches_nothing_from_elsewhere(
    visit: Visit, places: Places, walkers: Callable[[Role | None], Walker]
) -> None:
    walker = walkers(visit.role)
    page = walker.page
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto("about:blank")  # so that nothing that axe caused on the page before is still to come
    walker.complaints.clear()

    page.goto(visit.address.format(**places))
    if visit.act is not None:
        visit.act(page)
        page.wait_for_load_state()

    assert walker.statuses[-1] == visit.status
    assert page.locator("h1").count() == 1
    assert page.title().startswith("Error: ") is visit.is_error
    assert page.locator("html").get_attribute("lang") == "en"
    # Axe's own trials with styles run into the content security policy, so complaints are read before it is let in.
    found = [*walker.complaints, *_too_wide(page)]
    page.evaluate(AXE)
    found += [problem for width, scheme, rules in LOOKS for problem in _problems(page, width, scheme, rules)]
    assert not found, "\n".join(found)


def _too_wide(page: Page) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        more = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if more > 0:
            yield f"{width}: sticks out by {more} pixels"


def _problems(page: Page, width: int, scheme: Scheme, rules: Mapping[str, object]) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    for violation in found["violations"]:
        places = [node["target"] for node in violation["nodes"][:3]]
        yield f"{width} {scheme}: {violation['id']}: {violation['help']} at {json.dumps(places)}"


def test_every_page_of_the_program_is_walked(live_server: LiveServer) -> None:
    app = create_app(live_server.settings, live_server.database)
    pages = {
        context.path
        for context in iter_route_contexts(app.router.routes)
        if "GET" in (context.methods or ())
        and context.path is not None
        and (not is_api(context.path) or context.path == "/api/v1/docs")
    }

    assert pages - FILES - {visit.route for visit in VISITS} == set()
