"""Reports are asked for, built in the background, kept, and handed out to whom they are for."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from docx import Document
from obstore.store import MemoryStore
from openpyxl import load_workbook
from pypdf import PdfReader

from app.accounts import keys
from app.accounts import service as accounts
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.objects import ObjectStore, open_objects
from app.infra.scope import current
from app.kit import clock
from app.kit.actor import Role
from app.kit.errors import NotFound
from app.main import create_app
from app.reports import building, inputs, queries, service
from app.reports.building import Workshop, build_due
from app.reports.calculation.columns import Check
from app.reports.calculation.places import CHECK
from app.reports.service import ReportState
from app.reports.summary.fields import CoverFields
from tests.databases import only_sqlite
from tests.reports.spreadsheets import needs_soffice, recalculated
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene, statements

As = Callable[..., Client]
COVER = CoverFields(submitted_by="APEC Secretariat", number="2027/SOM1/DESG/003", agenda_item="5")


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


@pytest.fixture
def workshop(database: Database, settings: Settings) -> Workshop:
    objects = open_objects(None, settings.data_dir)
    return Workshop(database, objects, Catalogs(settings.translations), "https://example.org")


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    app = create_app(settings, database)

    def client(role: Role | None = None, economy: str = "NZL") -> Client:
        anybody = Client(app)
        return anybody if role is None else anybody.sign_in(scene.email(scene.person(role, economy)))

    return client


def asked_own(scene: Scene, review: UUID, economy: str = "NZL", language: str = "en") -> service.ReportEntry:
    with scene.database.write() as session:
        return service.ask_own(session, scene.person(Role.CONTRIBUTOR, economy), review, 1, language)


def own(scene: Scene, review: UUID, economy: str = "NZL") -> service.ReportEntry:
    with scene.database.read() as session:
        found = service.find_own(session, scene.person(Role.CONTRIBUTOR, economy), review, 1, "en")
    assert found is not None
    return found


def content(workshop: Workshop, entry: service.ReportEntry, name: str) -> bytes:
    found = workshop.objects.get(entry.file(name).key)
    assert found is not None
    return found


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_report_that_was_asked_for_waits_and_the_job_builds_it_with_its_files(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()

    waiting = asked_own(scene, review)
    built = build_due(workshop)

    assert (waiting.state, waiting.step, waiting.progress) == (ReportState.QUEUED, "waiting", 0)
    done = own(scene, review)
    assert (built, done.state, done.progress) == (1, ReportState.DONE, 100)
    assert [file.name for file in done.files] == ["calculation.xlsx", "report.docx", "report.pdf"]
    assert content(workshop, done, "report.pdf").startswith(b"%PDF")
    assert Document(io.BytesIO(content(workshop, done, "report.docx"))).core_properties.title
    assert "Check" in load_workbook(io.BytesIO(content(workshop, done, "calculation.xlsx"))).sheetnames
    assert build_due(workshop) == 0


def test_who_asks_again_for_the_same_gets_the_same_report(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()
    first = asked_own(scene, review)
    build_due(workshop)

    again = asked_own(scene, review)

    assert (again.id, again.state) == (first.id, ReportState.DONE)
    assert scene.count("report") == 1
    assert build_due(workshop) == 0


def test_another_language_is_another_report(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()
    asked_own(scene, review)

    spanish = asked_own(scene, review, language="es")

    assert scene.count("report") == 2
    assert spanish.language == "es"
    assert (build_due(workshop), build_due(workshop), build_due(workshop)) == (1, 1, 0)


def test_own_reports_are_for_the_economys_people_only(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()
    entry = asked_own(scene, review)
    build_due(workshop)

    for stranger in (scene.person(Role.CONTRIBUTOR, "PER"), scene.person(Role.ADMINISTRATOR), scene.person(Role.SECRETARIAT)):
        with scene.database.write() as session:
            with pytest.raises(NotFound):
                service.ask_own(session, stranger, review, 1, "en")
            with pytest.raises(NotFound):
                service.get_own(session, stranger, review, 1, entry.id)


@pytest.mark.abuse("T23")
def test_a_report_is_built_with_the_rights_of_its_economy_and_handed_out_to_its_people_only(
    scene: Scene, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = scene.submitted()
    asked, seen = asked_own(scene, review), set[str]()
    read = inputs.own_material

    def watched(*given: object) -> object:
        seen.add(str(current()))
        return read(*given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(inputs, "own_material", watched)
    assert build_due(workshop) == 1

    assert seen == {"NZL"}
    with scene.database.read() as session, pytest.raises(NotFound):
        service.get_own(session, scene.person(Role.COORDINATOR, "AUS"), review, 1, asked.id)


@pytest.mark.abuse("T23")
def test_who_has_left_meanwhile_gets_no_report_that_they_asked_for(scene: Scene, workshop: Workshop, settings: Settings) -> None:
    review = scene.submitted()
    asked_own(scene, review)
    asker = scene.person(Role.CONTRIBUTOR)
    client = Client(create_app(settings, scene.database)).with_key(scene.key(asker))
    address = f"/api/v1/reviews/{review}/revisions/1/report"
    before = client.get(address)
    with scene.database.write() as session:
        accounts.disable_user(session, scene.person(Role.ADMINISTRATOR), keys.own_id(asker))

    assert build_due(workshop) == 1

    assert (before.status_code, client.get(address).status_code) == (200, 401)
    assert own(scene, review).state is ReportState.DONE  # it is the economy's, and its other people have it


def test_a_builder_that_crashed_leaves_a_report_that_is_taken_again(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()
    asked_own(scene, review)
    past = clock.now() - building.LEFT_AFTER - timedelta(seconds=1)
    with scene.database.write() as session:
        taken = queries.take(session, past, past)
        assert taken is not None
    assert own(scene, review).state is ReportState.RUNNING

    built = build_due(workshop)

    assert (built, own(scene, review).state) == (1, ReportState.DONE)


def test_a_report_that_is_being_built_is_left_alone(scene: Scene, workshop: Workshop) -> None:
    asked_own(scene, scene.submitted())
    with scene.database.write() as session:
        now = clock.now()
        assert queries.take(session, now, now - building.LEFT_AFTER) is not None

    assert build_due(workshop) == 0


def test_a_report_whose_builders_always_crash_fails_after_three(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()
    asked_own(scene, review)
    past = clock.now() - building.LEFT_AFTER - timedelta(seconds=1)
    for _ in range(building.MOST_ATTEMPTS):
        with scene.database.write() as session:
            assert queries.take(session, past, clock.now()) is not None

    assert build_due(workshop) == 0
    assert own(scene, review).state is ReportState.FAILED


class FullObjects(ObjectStore):
    """A store without room."""

    def put(self, key: str, content: bytes) -> None:
        raise OSError(28, f"No space left on device for {key}: {len(content)}")


@only_sqlite
def test_a_build_that_fails_says_so_and_can_be_tried_again(scene: Scene, workshop: Workshop, as_: As) -> None:
    review = scene.submitted()
    asked_own(scene, review)
    full = Workshop(workshop.database, FullObjects(MemoryStore()), workshop.catalogs, workshop.address)

    with pytest.raises(OSError, match="No space"):
        build_due(full)

    assert own(scene, review).state is ReportState.FAILED
    client, page = as_(Role.CONTRIBUTOR), f"/reviews/{review}/revisions/1/report"
    assert "It could not be built" in client.get(page).text
    client.submit(page)
    assert build_due(workshop) == 1
    assert own(scene, review).state is ReportState.DONE


@only_sqlite
def test_the_page_leads_from_the_button_to_the_files_which_never_change(scene: Scene, workshop: Workshop, as_: As) -> None:
    review = scene.submitted()
    client, page = as_(Role.CONTRIBUTOR), f"/reviews/{review}/revisions/1/report"
    assert "Build the report" in client.get(page).text

    asked = client.submit(page)
    waiting = client.get(page).text
    build_due(workshop)
    ready = client.get(page).text

    assert (asked.status_code, asked.headers["location"]) == (303, page)
    assert 'data-waiting="yes"' in waiting
    assert "Look again" in waiting
    assert 'data-waiting="no"' in ready
    entry = own(scene, review)
    first, second = (client.get(f"{page}/{entry.id}/report.pdf") for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content
    assert first.headers["content-disposition"].endswith('-en-report.pdf"')
    assert client.get(f"{page}/{entry.id}/report.pdf", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get(f"{page}/{entry.id}/other.pdf").status_code == 404
    assert as_(Role.CONTRIBUTOR, "PER").get(f"{page}/{entry.id}/report.pdf").status_code == 404


@only_sqlite
def test_own_reports_say_every_answer_and_name_what_they_are(scene: Scene, workshop: Workshop) -> None:
    review = scene.submitted()
    asked_own(scene, review)
    build_due(workshop)

    printed = words_of(content(workshop, own(scene, review), "report.pdf"))

    for words in ("New Zealand", "For the economy's own use", "Ministries meet, monthly.", "Level 4: It is funded.", "economies"):
        assert words in printed, words
    assert "country" not in printed.lower()


@only_sqlite
def test_anybody_may_ask_for_a_public_report_and_it_holds_only_what_is_public(scene: Scene, workshop: Workshop, as_: As) -> None:
    scene.shared(public=APEC[:14], peers=APEC[14:19])
    scene.release()
    page = f"/benchmarks/{CODE}/{CYCLE}/economies/{APEC[0]}/report"
    reader = as_()
    assert "Build the report" in reader.get(page).text

    asked = reader.post(page)
    build_due(workshop)
    links = [part.split('"')[0] for part in reader.get(page).text.split('href="') if "/report/" in part.split('"')[0]]

    assert asked.status_code == 303
    assert sorted(link.rpartition("/")[2] for link in links) == ["report.docx", "report.pdf", "report.xlsx"]
    pdf = next(reader.get(link) for link in links if link.endswith(".pdf"))
    assert pdf.headers["cache-control"] == "public, max-age=0, must-revalidate"
    printed = words_of(pdf.content)
    assert "Answers and scores of single questions are not public." in printed
    assert "Level " not in printed
    assert "Figures of groups that are not shown, and why:" in printed
    assert "Not shown: " in printed.split("Figures of groups that are not shown, and why:")[1]
    book = load_workbook(io.BytesIO(next(reader.get(link).content for link in links if link.endswith(".xlsx"))))
    figures = [cell for sheet in ("Evidence", "Groups") for row in book[sheet].iter_rows(min_row=2) for cell in row[2:3]]
    assert figures
    assert all(isinstance(cell.value, int | float) for cell in figures if cell.value is not None)


@only_sqlite
def test_there_is_no_public_report_of_whom_nothing_is_public(scene: Scene, as_: As) -> None:
    scene.shared(public=APEC[:14], peers=APEC[14:19])
    scene.release()
    for economy in (APEC[15], APEC[20]):
        page = f"/benchmarks/{CODE}/{CYCLE}/economies/{economy}/report"

        assert "There is no public report" in as_().get(page).text
        assert as_().post(page).status_code == 404
    assert as_().get(f"/benchmarks/{CODE}/{CYCLE}/economies/XXX/report").status_code == 404
    assert as_().get(f"/benchmarks/{CODE}/{CYCLE}/economies/{APEC[0]}/report?release=2026.9.9").status_code == 404


@only_sqlite
def test_a_withdrawal_takes_public_reports_and_papers_back_at_once(scene: Scene, workshop: Workshop, as_: As) -> None:
    scene.shared(public=APEC[:14], peers=APEC[14:19])
    number = str(scene.release().number)
    economy, administrator = APEC[0], scene.person(Role.ADMINISTRATOR)
    with scene.database.write() as session:
        public = service.ask_public(session, None, CODE, number, economy, "en")
        paper = service.ask_paper(session, administrator, CODE, number, COVER, "en")
    assert (build_due(workshop), build_due(workshop)) == (1, 1)
    place = f"/benchmarks/{CODE}/{CYCLE}/economies/{economy}/report/{public.id}/report.pdf?release={number}"
    assert as_().get(place).status_code == 200
    review = UUID(str(scene.rows("SELECT id FROM review WHERE economy = :e", e=economy)[0][0]))

    scene.consent(economy, review, Audience.PRIVATE)

    assert as_().get(place).status_code == 404
    desk = as_(Role.ADMINISTRATOR)
    assert "Not handed out any more" in desk.get(f"/admin/papers/{paper.id}").text
    assert desk.get(f"/admin/papers/{paper.id}/report.pdf").status_code == 409
    assert building.clear_old(workshop) == 2
    assert scene.count("report") == scene.count("report_file") == 0
    assert [entry.key for entry in workshop.objects.each()] == []


def test_reports_that_nobody_asked_for_in_three_months_are_forgotten_with_their_files(
    scene: Scene, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = scene.submitted()
    asked_own(scene, review)
    build_due(workshop)
    assert building.clear_old(workshop) == 0

    later = clock.now() + building.KEEPS + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert building.clear_old(workshop) == 1
    assert scene.count("report") == 0


def test_asking_is_recorded_without_what_is_in_the_report(scene: Scene) -> None:
    asked_own(scene, scene.submitted())

    assert scene.rows("SELECT economy, detail FROM audit_event WHERE action = 'reports.asked'") == [
        ("NZL", '{"kind":"own","language":"en"}')
    ]


@only_sqlite
def test_the_desk_fills_in_a_cover_and_gets_a_paper_in_the_dress_of_a_meeting(scene: Scene, workshop: Workshop, as_: As) -> None:
    scene.shared(public=APEC[:14], peers=APEC[14:19])
    number = str(scene.release().number)
    desk = as_(Role.SECRETARIAT)
    fields = {**COVER.as_written(), "on_release": f"{CODE} {number}", "paper_language": "en", "number": ""}

    asked = desk.submit("/admin/papers", **fields)
    build_due(workshop)
    pdf = desk.get(f"{asked.headers['location']}/report.pdf")

    assert asked.status_code == 303
    printed = words_of(pdf.content)
    for words in (
        "Document number",
        "[Number to be given by the APEC Secretariat]",
        "Agenda item",
        "Purpose Information",
        "Submitted by",
    ):
        assert words in printed, words
    for words in ("Background", "Key findings", "Participation", "Method and limits", "On terminology", "nobody is ranked"):
        assert words in printed, words
    for words in ("The annex lists what single economies made public", "Floor to ceiling", "each economy's own account"):
        assert words in printed, words


@only_sqlite
def test_to_name_a_paper_costs_the_same_however_many_economies(scene: Scene) -> None:
    scene.shared(public=APEC[:5], peers=APEC[14:19])
    number = str(scene.release().number)

    with scene.database.read() as session, statements(scene.database) as sent:
        inputs.paper(session, CODE, number, COVER.as_written(), "en")

    assert len(sent) < 12


@only_sqlite
def test_a_cover_with_gaps_is_sent_back_with_what_was_typed(scene: Scene, as_: As) -> None:
    desk = as_(Role.ADMINISTRATOR)
    scene.shared(public=APEC[:14], peers=APEC[14:19])
    scene.release()

    answer = desk.submit("/admin/papers", purpose="decision", submitted_by="", meeting="Thirty-first meeting")

    assert answer.status_code == 422
    assert "Say who submits the paper" in answer.text
    assert 'value="Thirty-first meeting"' in answer.text
    assert 'href="#submitted_by"' in answer.text


@only_sqlite
def test_papers_are_for_the_desk(scene: Scene, as_: As) -> None:
    assert as_(Role.COORDINATOR).get("/admin/papers").status_code == 403
    assert as_().get("/admin/papers").status_code in {303, 401}


@only_sqlite
def test_the_api_hands_out_the_calculation_and_says_where_reports_are(scene: Scene, workshop: Workshop, as_: As) -> None:
    review = scene.submitted()
    client, other = as_(Role.CONTRIBUTOR), as_(Role.CONTRIBUTOR, "PER")
    below = f"/api/v1/reviews/{review}/revisions/1"

    first, second = client.get(f"{below}/calculation"), client.get(f"{below}/calculation")
    missing = client.get(f"{below}/report")
    asked_own(scene, review)
    waiting = client.get(f"{below}/report").json()
    build_due(workshop)
    done = client.get(f"{below}/report").json()

    assert first.content == second.content
    assert "Check" in load_workbook(io.BytesIO(first.content)).sheetnames
    assert missing.status_code == 404
    assert (waiting["state"], waiting["files"]) == ("queued", [])
    assert (done["state"], len(done["files"])) == ("done", 3)
    href = next(file["href"] for file in done["files"] if file["name"] == "report.pdf")
    assert client.get(href.removeprefix("http://127.0.0.1:8000")).content.startswith(b"%PDF")
    assert other.get(f"{below}/calculation").status_code == other.get(f"{below}/report").status_code == 404
    assert client.get(f"{below}/calculation?language=xx").status_code == 422


@only_sqlite
def test_the_api_tells_of_public_reports_without_a_key(scene: Scene, workshop: Workshop, as_: As) -> None:
    scene.shared(public=APEC[:14], peers=APEC[14:19])
    number = str(scene.release().number)
    with scene.database.write() as session:
        service.ask_public(session, None, CODE, number, APEC[0], "en")
    build_due(workshop)

    found = as_().get(f"/api/v1/releases/{CODE}/latest/economies/{APEC[0]}/report")

    assert found.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert [file["name"] for file in found.json()["files"]] == ["report.docx", "report.pdf", "report.xlsx"]
    href = found.json()["files"][0]["href"]
    assert f"release={number}" in href
    assert as_().get(href.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert as_().get(f"/api/v1/releases/{CODE}/latest/economies/{APEC[15]}/report").status_code == 404


@needs_soffice
@only_sqlite
def test_what_the_workbook_computes_is_what_the_api_says(scene: Scene, as_: As, tmp_path: Path) -> None:
    review = scene.submitted()
    client, below = as_(Role.CONTRIBUTOR), f"/api/v1/reviews/{review}/revisions/1"
    book = recalculated(tmp_path, {"own": client.get(f"{below}/calculation").content})["own"]

    rows = client.get(f"{below}/results").json()["data"]

    computed = {(row[Check.SERIES], row[Check.NODE]): row for row in book[CHECK].iter_rows(min_row=2, values_only=True)}
    assert len(rows) > 4
    for row in rows:
        found = computed[row["series"], row["node"]]
        assert found[Check.FORMULA] == pytest.approx(row["score"], abs=1e-9)
        assert found[Check.FORMULA_COVERAGE] == pytest.approx(row["coverage"], abs=1e-9)
        assert computed["floor", row["node"]][Check.FORMULA] == pytest.approx(
            next(each["floor"] for each in rows if (each["series"], each["node"]) == ("self", row["node"])), abs=1e-9
        )
