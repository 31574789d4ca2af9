"""The pages of evidence over the whole program: what a person sends, sees, and gets back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import Response

from app.config import Settings
from app.infra.db import Database
from app.infra.objects import LocalObjects
from app.kit.actor import Role
from app.main import create_app
from tests.evidence.files import PDF, office
from tests.scenarios import Client, Scene

HOSTILE = '"><script>alert(1)</script>\u202efdp.pdf'


class Team:
    """Our economy's review with its pages, and somebody of another economy."""

    def __init__(self, scene: Scene, app: FastAPI) -> None:
        self.scene = scene.ready()
        self.official = scene.person(Role.CONTRIBUTOR)
        self.review = scene.start()
        self.page = Client(app).sign_in(scene.email(self.official))
        self.stranger = Client(app).sign_in(scene.email(scene.person(Role.CONTRIBUTOR, "PER")))
        self.base = f"/reviews/{self.review}"
        self.item = f"{self.base}/items/A1/evidence"

    def link(self, item: str = "A2", **fields: str) -> Response:
        sent = {"title": "The act", "url": "https://example.org/act", **fields}
        return self.page.submit(f"{self.base}/items/{item}/evidence/link", **sent)

    def upload(self, path: str = "", name: str = "plan.pdf", content: bytes = PDF, **fields: str) -> Response:
        data = {"csrf_token": self.page.token(), **fields}
        return self.page.post(path or f"{self.item}/file", data=data, files={"file": (name, content, "text/html")})

    def piece(self) -> str:
        found = re.search(rf'href="({self.base}/evidence/[0-9a-f-]+)"', self.page.get(f"{self.base}/evidence").text)
        assert found is not None
        return found[1]

    def file(self) -> str:
        found = re.search(r'href="(/evidence/[0-9a-f-]+/versions/1/file)"', self.page.get(self.piece()).text)
        assert found is not None
        return found[1]


@pytest.fixture
def app(database_settings: Settings, database: Database) -> FastAPI:
    return create_app(database_settings, database)


@pytest.fixture
def team(database: Database, app: FastAPI) -> Iterator[Team]:
    made = Team(Scene(database), app)
    yield made
    made.page.close()
    made.stranger.close()


def test_a_file_is_sent_attached_to_two_questions_and_seen_on_the_check_page(team: Team) -> None:
    sent = team.upload(file_title="The plan")
    assert (sent.status_code, sent.headers["location"]) == (303, team.item)
    piece = team.piece().rpartition("/")[2]

    chosen = team.page.submit(f"{team.base}/items/B1/evidence", evidence=piece, shown=piece)

    assert chosen.status_code == 303
    for item in ("A1", "B1"):
        team.scene.save(team.official, team.review, item, {"A1": "4", "B1": "all"}[item])
    assert team.page.get(f"{team.base}/check").text.count("The plan") == 2
    assert "Attached to questions A1, B1." in team.page.get(f"{team.base}/evidence").text
    assert "The plan" in team.page.get(f"{team.base}/sections/A").text


@pytest.mark.abuse("F7")
def test_a_download_is_a_download_and_nothing_else(team: Team) -> None:
    """F7."""
    team.upload(name=HOSTILE)

    answer = team.page.get(team.file())

    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert "\u202e" not in answer.headers["content-disposition"]
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    assert "Cookie" in answer.headers["vary"]


@pytest.mark.abuse("F1")
def test_a_hostile_name_and_title_are_harmless_text_on_every_page(team: Team) -> None:
    team.upload(name=HOSTILE)
    team.link("A1", title="<img src=x onerror=alert(1)>{{ 7*7 }}")

    for path in (team.item, f"{team.base}/evidence", team.piece(), f"{team.base}/check", f"{team.base}/sections/A"):
        page = team.page.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}" in team.page.get(f"{team.base}/evidence").text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("renamed.pdf", b"MZ" + b"\x00" * 200, "The name of this file says PDF"),
        ("macros.docx", office("docx", word__vbaProject_bin=b"x"), "holds macros"),
        ("bomb.xlsx", office("xlsx", xl__a_xml=b"0" * 40_000_000), "unpacks to far more"),
        ("page.html", b"<html>", "Files of this kind are not taken"),
        ("empty.pdf", b"", "This file is empty"),
        ("table.csv", b"=1+1\n", "run it as a formula"),
    ],
)
def test_a_refused_file_says_why_keeps_what_was_typed_and_stores_nothing(
    team: Team, name: str, content: bytes, words: str
) -> None:
    answer = team.upload(name=name, content=content, file_title="My title")

    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#file"' in answer.text
    assert 'value="My title"' in answer.text
    assert answer.text.count("<title>Error: ") == 1
    assert team.scene.count("evidence") == team.scene.count("stored_file") == 0


def test_a_form_without_a_file_or_with_a_bad_date_says_so_at_the_field(team: Team) -> None:
    token = team.page.token()
    without = team.page.post(f"{team.item}/file", data={"csrf_token": token}, files={"file": ("", b"")})
    dated = team.upload(file_dated_on="yesterday")

    assert (without.status_code, "Choose the file on your device." in without.text) == (422, True)
    assert (dated.status_code, 'href="#file_dated_on"' in dated.text) == (422, True)


def test_a_form_from_elsewhere_stores_nothing(team: Team) -> None:
    """C4, C7."""
    token = team.page.token()
    sent: Mapping[str, tuple[str, bytes]] = {"file": ("plan.pdf", PDF)}

    without = team.page.post(f"{team.item}/file", files=sent)
    foreign = team.page.post(
        f"{team.item}/file", data={"csrf_token": token}, files=sent, headers={"Origin": "https://evil.example"}
    )

    assert (without.status_code, foreign.status_code) == (403, 403)
    assert team.scene.count("evidence") == 0


def test_two_files_at_once_are_refused(team: Team) -> None:
    sent = [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]

    answer = team.page.post(f"{team.item}/file", data={"csrf_token": team.page.token()}, files=sent)

    assert answer.status_code == 400
    assert team.scene.count("evidence") == 0


@pytest.mark.abuse("T1", "T7")
def test_what_belongs_to_another_economy_looks_like_what_is_not_there(team: Team) -> None:
    """T1, T7: every address of a review's evidence, and the file itself."""
    team.upload()
    piece, file = team.piece(), team.file()
    unknown = str(uuid4())

    for path in (team.item, f"{team.base}/evidence", piece, file):
        foreign = team.stranger.get(path)
        random = team.stranger.get(re.sub(r"[0-9a-f-]{36}", unknown, path))
        assert (foreign.status_code, random.status_code) == (404, 404)
        assert len(foreign.text) == len(random.text)
    answer = team.stranger.post(f"{team.item}/file", data={"csrf_token": team.stranger.token()}, files={"file": ("a.pdf", PDF)})
    assert answer.status_code == 404
    assert team.stranger.get(f"{file}?download=1").status_code == 404


@pytest.mark.abuse("T7", "F7")
def test_a_removed_file_is_gone_at_the_next_request(team: Team) -> None:
    """T7."""
    team.upload()
    file = team.file()

    assert team.page.submit(f"{team.piece()}/remove").status_code == 303

    assert team.page.get(file).status_code == 404


@pytest.mark.abuse("F8")
def test_a_file_that_is_damaged_on_the_disk_is_not_shown(team: Team, app: FastAPI) -> None:
    """F8."""
    team.upload()
    file, objects = team.file(), app.state.objects
    assert isinstance(objects, LocalObjects)
    (kept,) = objects.each()
    objects.put(kept.key, b"something else")
    altered = team.page.get(file)
    objects.delete(kept.key)
    missing = team.page.get(file)

    assert (altered.status_code, missing.status_code) == (410, 410)
    assert "missing or damaged" in missing.text


def test_changes_make_versions_and_old_ones_can_still_be_downloaded(team: Team) -> None:
    team.upload()
    piece, file = team.piece(), team.file()
    newer = PDF.replace(b"1.7", b"1.4")

    replaced = team.upload(f"{piece}/file", "plan-2.pdf", newer, seen="1")
    described = team.page.submit(piece, title="The plan", dated_on="2026-03-31", seen="2")
    stale = team.page.submit(piece, title="Another", seen="2")

    assert (replaced.status_code, described.status_code, stale.status_code) == (303, 303, 409)
    assert team.page.get(file).content == PDF
    assert team.page.get(file.replace("versions/1", "versions/3")).content == newer
    assert "31 Mar 2026" in team.page.get(piece).text


def test_evidence_is_still_needed_is_said_on_three_pages_and_stops_nobody(team: Team) -> None:
    for item, value in (("A1", "4"), ("A2", "yes"), ("A3", "none"), ("B1", "all")):
        team.scene.save(team.official, team.review, item, value)
    section, check, listed = (team.page.get(f"{team.base}/{page}").text for page in ("sections/A", "check", "evidence"))

    assert "Evidence is still needed for this answer." in section
    assert "Evidence is still needed for 1 answer" in check
    assert "Evidence needed" in listed
    team.link("A2")
    assert "Evidence is still needed" not in team.page.get(f"{team.base}/check").text


def test_the_button_of_a_question_saves_the_page_first(team: Team) -> None:
    answer = team.page.submit(f"{team.base}/sections/A", **{"A1.choice": "3", "A1.seen": "0", "evidence": "A1"})

    assert (answer.status_code, answer.headers["location"]) == (303, team.item)
    assert team.scene.opened(team.review).answers["A1"].value == 3


def test_a_locked_review_shows_its_evidence_and_takes_none(team: Team) -> None:
    for item, value in (("A1", "4"), ("A2", "yes"), ("A3", "none"), ("B1", "all")):
        team.scene.save(team.official, team.review, item, value)
    team.link()
    team.scene.hand_over(team.review)

    page = team.page.get(f"{team.base}/items/A2/evidence").text
    assert "The act" in page
    assert "Add this link" not in page
    assert team.upload().status_code == 409
    team.scene.sign(team.review)
    assert "The act" in team.page.get(f"{team.base}/revisions/1").text
    assert "The act" in team.page.get(f"{team.base}/sections/A").text


def test_an_address_of_the_page_that_names_nothing_is_not_found(team: Team) -> None:
    assert team.page.get(f"{team.base}/items/NO-SUCH/evidence").status_code == 404
    assert team.page.get(f"{team.base}/evidence/{uuid4()}").status_code == 404
    assert team.page.get(f"/evidence/{uuid4()}/versions/99999999999/file").status_code in {404, 422}
    assert team.page.submit(f"{team.base}/items/A1/evidence", evidence="nonsense").status_code == 404
