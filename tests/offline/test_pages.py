"""The pages of the workbook: download, upload, dry run, apply; and what they refuse before anything is read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from uuid import UUID

import openpyxl
import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.types import Message

from app.config import Settings
from app.domain.answers import BLANK
from app.infra.db import Database
from app.kit.actor import Actor, Role
from app.main import create_app
from app.offline.layout import Column
from tests.coroutines import finish
from tests.databases import only_sqlite
from tests.offline.books import Book, Value, filled
from tests.reviews.test_moving import LATER, move
from tests.scenarios import Client, Scene

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    return create_app(settings, database)


@pytest.fixture
def ana(scene: Scene) -> Actor:
    return scene.person(Role.CONTRIBUTOR, name="Ana")


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.start()


@pytest.fixture
def reader(app: FastAPI, scene: Scene, ana: Actor) -> Client:
    return Client(app).sign_in(scene.email(ana))


def page(review: UUID) -> str:
    return f"/reviews/{review}/workbook"


def upload(reader: Client, review: UUID, raw: bytes, name: str = "answers.xlsx", *, token: str | None = None) -> Response:
    fields = {"csrf_token": reader.token() if token is None else token}
    return reader.post(page(review), data=fields, files={"file": (name, raw, XLSX)})


def brought(reader: Client, review: UUID, cells: Mapping[str | tuple[str, Column], Value]) -> str:
    """Download, fill in and upload; return the address of the dry run."""
    answer = upload(reader, review, filled(reader.get(f"{page(review)}.xlsx").content, cells))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_whole_way_from_download_to_applied(reader: Client, scene: Scene, review: UUID, ana: Actor) -> None:
    scene.save(ana, review, "A4", "Ministries meet.")

    address = brought(reader, review, {"A1": "4 - It is funded.", "B1": "The budget", "B2": "many"})
    shown = reader.get(address)
    answer = reader.submit(address, take="A1:0")
    done = reader.get(address)

    assert shown.status_code == 200
    for words in (
        "1 question with cells to correct",
        "2 changes",
        "1 question unchanged",
        "B Means, E4",
        "Apply up to 2 changes",
    ):
        assert words in shown.text
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert "1 answer is saved" in done.text
    assert "1 other difference was left" in done.text
    assert "1 question was left out" in done.text
    assert "B Means, E4" in done.text
    assert "The budget" not in done.text
    assert scene.opened(review, ana).saved["A1"].answer.value == 4


def test_a_conflict_is_shown_with_both_sides_and_decided_by_the_reader(
    reader: Client, scene: Scene, review: UUID, ana: Actor
) -> None:
    raw = filled(reader.get(f"{page(review)}.xlsx").content, {"A1": "4"})
    scene.save(scene.person(Role.COORDINATOR, name="Ben"), review, "A1", "2")
    address = str(upload(reader, review, raw).headers["location"])

    shown = reader.get(address).text
    kept = reader.submit(address, **{"keep.A1": ""})
    taken = reader.submit(address, **{"keep.A1": "A1:1"})

    assert "Ben</strong>" in shown
    assert "Level 2: It is being written." in shown
    assert "Level 4: It is funded." in shown
    assert kept.status_code == 422
    assert taken.status_code == 303
    assert "took the place of a newer stored answer" in reader.get(address).text


def test_what_a_colleague_saved_in_between_is_shown_instead_of_applied(reader: Client, scene: Scene, review: UUID) -> None:
    address = brought(reader, review, {"A1": "4"})
    scene.save(scene.person(Role.COORDINATOR, name="Ben"), review, "A1", "2")

    answer = reader.submit(address, take="A1:0")

    assert answer.status_code == 409
    assert "nothing was applied" in answer.text
    assert "Changed by both" in answer.text
    assert scene.opened(review).saved["A1"].answer.value == 2


@only_sqlite
def test_nothing_ticked_is_told_with_a_link(reader: Client, review: UUID) -> None:
    answer = reader.submit(brought(reader, review, {"A1": "4"}))

    assert answer.status_code == 422
    assert "Tick at least one change" in answer.text
    assert 'href="#take"' in answer.text


@only_sqlite
def test_markup_and_formulas_in_cells_are_words_on_the_page(reader: Client, review: UUID) -> None:
    """O3: what a stranger wrote into a comment never acts on the page."""
    cells: dict[str | tuple[str, Column], Value] = {
        "A4": "<script>alert(1)</script>",
        "A1": "4",
        ("A1", Column.COMMENT): '"><img src=x onerror=alert(1)> {{ 7*7 }}',
        ("B1", Column.STATE): "<b>maybe</b>",
    }

    shown = reader.get(brought(reader, review, cells)).text

    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "<b>maybe" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{ 7*7 }}" in shown


@only_sqlite
def test_a_workbook_that_comes_back_as_it_was_downloaded_is_told_to_be_empty(reader: Client, scene: Scene, review: UUID) -> None:
    answer = upload(reader, review, reader.get(f"{page(review)}.xlsx").content)

    assert answer.status_code == 422
    assert "Nothing is filled in yet in this workbook" in answer.text
    assert "belong together" not in answer.text
    assert scene.count("workbook_upload") == 0


@only_sqlite
def test_a_workbook_whose_keys_are_gone_is_not_called_empty(reader: Client, review: UUID) -> None:
    book = Book.open(reader.get(f"{page(review)}.xlsx").content).fill({"A1": "4"})
    for sheet in book.sheets():
        for row in sheet.iter_rows(min_col=1, max_col=1) if sheet.title in {"A Rules", "B Means"} else ():
            row[0].value = None

    answer = upload(reader, review, book.saved())

    assert answer.status_code == 422
    assert "belong together" in answer.text


@only_sqlite
@pytest.mark.parametrize(
    ("time", "is_shown"),
    [
        ("9999-12-31T23:59:59-12:00", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("1999-12-31T23:59:59Z", False),
        ("yesterday", False),
        ("2026-11-21T14:02:00Z", True),
        ("2026-11-21", True),
    ],
)
def test_a_time_that_cannot_be_one_is_not_told(
    reader: Client,
    scene: Scene,
    review: UUID,
    time: str,
    is_shown: bool,  # noqa: FBT001 - a case
) -> None:
    scene.fill(review)
    book = Book.open(reader.get(f"{page(review)}.xlsx").content)
    for row in book.book["_readiness"].iter_rows(max_col=2):
        row[1].value = time if row[0].value == "downloaded_at" else row[1].value
    scene.hand_over(review)
    scene.sign(review)
    scene.reopen(review)

    shown = reader.get(str(upload(reader, review, book.saved()).headers["location"]))

    assert shown.status_code == 200
    assert ("Downloaded: " in shown.text) is is_shown


@only_sqlite
def test_who_was_signed_out_meanwhile_is_led_to_sign_in_however_large_the_file(
    reader: Client, scene: Scene, review: UUID
) -> None:
    token = reader.token()
    reader.cookies.clear()
    reader.cookies.set("session", "x" * 43)

    answer = upload(reader, review, b"PK\x03\x04" + b"x" * 2_000_000, token=token)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert scene.count("workbook_upload") == 0


@only_sqlite
def test_an_earlier_revision_asks_for_consent_first(reader: Client, scene: Scene, review: UUID) -> None:
    scene.fill(review)
    raw = filled(reader.get(f"{page(review)}.xlsx").content, {"A1": "5"})
    scene.hand_over(review)
    scene.sign(review)
    scene.reopen(review)

    address = str(upload(reader, review, raw).headers["location"])
    asked = reader.get(address).text
    agreed = reader.submit(f"{address}/merge")

    assert "revision 1 of this review; the review is at revision 2 now" in asked
    assert "7 questions with filled cells can be compared" in asked
    assert agreed.status_code == 303
    assert "1 change<" in reader.get(address).text


@only_sqlite
@pytest.mark.parametrize(
    ("raw", "name", "words"),
    [
        (b"", "", "Choose the workbook"),
        (b"MZ\x90 a program", "answers.xlsx", "This file is a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "answers.xls", "protected by a password, or in the old format"),
        (b"code;answer", '../../../"><script>alert(1)</script>.xlsx', "could not be read as a workbook"),
        (b"code;answer", "\u202exslx.exe", "could not be read as a workbook"),
        (b"code;answer", "x" * 3_000 + ".xlsx", "could not be read as a workbook"),
    ],
    ids=["nothing", "program", "old", "name-with-markup", "name-in-reverse", "long-name"],
)
def test_a_refused_file_is_told_at_its_control_and_leaves_nothing(
    reader: Client, scene: Scene, review: UUID, raw: bytes, name: str, words: str
) -> None:
    answer = upload(reader, review, raw, name)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#file"' in answer.text
    assert "<script>alert" not in answer.text
    assert (scene.count("workbook_upload"), scene.count("answer")) == (0, 0)


@only_sqlite
def test_a_workbook_of_another_economy_says_nothing_of_it(app: FastAPI, reader: Client, scene: Scene, review: UUID) -> None:
    theirs = scene.start("AUS")
    stranger = Client(app).sign_in(scene.email(scene.person(Role.CONTRIBUTOR, "AUS", "Zoe Stranger")))
    raw = filled(stranger.get(f"{page(theirs)}.xlsx").content, {"A1": "4"})

    answer = upload(reader, review, raw)

    assert answer.status_code == 422
    assert "not downloaded from a review of your economy" in answer.text
    for words in ("AUS", "Australia", "Zoe", str(theirs)):
        assert words not in answer.text


@only_sqlite
def test_another_economy_s_review_has_no_workbook(app: FastAPI, reader: Client, scene: Scene, review: UUID) -> None:
    address = brought(reader, review, {"A1": "4"})
    stranger = Client(app).sign_in(scene.email(scene.person(Role.CONTRIBUTOR, "AUS")))

    for path in (page(review), f"{page(review)}.xlsx", address, f"{page(review)}/{UUID(int=7)}"):
        assert stranger.get(path).status_code == 404, path
    assert upload(stranger, review, b"PK").status_code == 404
    assert stranger.submit(address, take="A1:0").status_code == 404
    assert Client(app).get(f"{page(review)}.xlsx").status_code == 303


@only_sqlite
def test_a_form_from_elsewhere_is_refused_with_its_file(reader: Client, scene: Scene, review: UUID) -> None:
    """C4, for a form with a file."""
    raw = reader.get(f"{page(review)}.xlsx").content

    forged = upload(reader, review, raw, token="forged")
    missing = reader.post(page(review), files={"file": ("a.xlsx", raw, XLSX)})

    assert (forged.status_code, missing.status_code) == (403, 403)
    assert scene.count("workbook_upload") == 0


@only_sqlite
def test_other_forms_take_no_file(reader: Client, scene: Scene, review: UUID) -> None:
    answer = reader.post(
        f"/reviews/{review}/sections/A", data={"csrf_token": reader.token()}, files={"A1.choice": ("a.txt", b"4", "text/plain")}
    )

    assert answer.status_code == 400
    assert scene.count("answer") == 0


@only_sqlite
def test_two_files_or_half_a_character_in_a_field_are_refused(reader: Client, review: UUID) -> None:
    token = reader.token()
    two = reader.post(
        page(review), data={"csrf_token": token}, files=[("file", ("a.xlsx", b"PK", XLSX)), ("file", ("b.xlsx", b"PK", XLSX))]
    )
    half = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
    ).encode() + b"\xff\r\n--b--\r\n"
    broken = reader.post(page(review), content=half, headers={"Content-Type": "multipart/form-data; boundary=b"})

    assert (two.status_code, broken.status_code) == (400, 400)


@only_sqlite
def test_only_the_upload_may_weigh_more_than_other_requests(reader: Client, review: UUID) -> None:
    large = b"PK\x03\x04" + b"x" * 2_000_000

    assert upload(reader, review, large).status_code == 422, "it is read, and is no workbook"
    assert reader.post(f"/reviews/{review}/check", content=large, headers={"Content-Type": XLSX}).status_code == 413
    assert reader.put(page(review), content=large).status_code == 413


@only_sqlite
@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "streamed"])
def test_200_megabytes_are_refused_before_they_are_read(app: FastAPI, review: UUID, is_announced: bool) -> None:  # noqa: FBT001 - a case
    taken = 0

    def chunks() -> Iterator[Message]:
        nonlocal taken
        for _each in range(200):
            taken += 1_000_000
            yield {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    stream, sent = chunks(), list[Message]()

    async def receive() -> Message:
        return next(stream)

    async def send(message: Message) -> None:
        sent.append(message)

    length = [(b"content-length", b"200000000")] if is_announced else [(b"transfer-encoding", b"chunked")]
    kind = [(b"content-type", b"multipart/form-data; boundary=b")]
    headers = [(b"host", b"127.0.0.1:8000"), (b"origin", b"http://127.0.0.1:8000"), *length, *kind]
    path = page(review)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "state": {},
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    finish(app(scope, receive, send))

    assert sent[0]["status"] == 303, "nobody is signed in"
    assert taken <= (1_000_000 if is_announced else app.state.settings.largest_file_bytes + 2_000_000)


@only_sqlite
def test_a_locked_review_can_be_taken_away_and_not_brought_back(reader: Client, scene: Scene, review: UUID) -> None:
    scene.fill(review)
    raw = reader.get(f"{page(review)}.xlsx").content
    scene.hand_over(review)

    shown = reader.get(page(review))

    assert "The answers are locked at present" in shown.text
    assert 'type="file"' not in shown.text
    assert reader.get(f"{page(review)}.xlsx").status_code == 200
    assert upload(reader, review, raw).status_code == 409


@only_sqlite
def test_the_download_is_a_file_with_a_plain_name_that_nobody_caches(reader: Client, review: UUID) -> None:
    answer = reader.get(f"{page(review)}.xlsx")

    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == 'attachment; filename="small-2026.1-NZL-2026-en.xlsx"'
    assert answer.headers["cache-control"] == "no-store"
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[:3] == ["Read me", "A Rules", "B Means"]


@only_sqlite
def test_a_workbook_in_one_language_is_read_by_somebody_of_another(
    database: Database, settings: Settings, scene: Scene, ana: Actor, review: UUID
) -> None:
    reader = Client(create_app(settings, database)).sign_in(scene.email(ana))
    spanish = {"Accept-Language": "es"}
    raw = reader.get(f"{page(review)}.xlsx", headers=spanish).content
    book = openpyxl.load_workbook(io.BytesIO(raw))
    yes = [cell.value for row in book["_lists"].iter_rows() for cell in row if cell.value in {"Sí", "Yes"}]

    address = str(upload(reader, review, filled(raw, {"A1": "Nivel 4", "A2": "sí", "B1": "all"})).headers["location"])

    assert yes
    assert set(yes) == {"Sí"}
    assert "3 changes" in reader.get(address).text


@only_sqlite
def test_the_review_leads_to_the_workbook(reader: Client, review: UUID) -> None:
    assert f'href="{page(review)}"' in reader.get(f"/reviews/{review}").text


@only_sqlite
def test_discarding_leads_back_with_a_word(reader: Client, scene: Scene, review: UUID) -> None:
    address = brought(reader, review, {"A1": "4"})

    answer = reader.submit(f"{address}/discard")

    assert (answer.status_code, answer.headers["location"]) == (303, page(review))
    assert re.search("The workbook is discarded", reader.get(page(review)).text)
    assert scene.count("workbook_upload") == 0


def test_a_workbook_of_before_a_move_is_refused_with_what_to_do(reader: Client, scene: Scene, review: UUID) -> None:
    book = filled(reader.get(f"{page(review)}.xlsx").content, {"A1": "4"})
    waiting = upload(reader, review, book).headers["location"]
    scene.publish(LATER)
    move(scene, review)

    refusals = [reader.get(waiting), upload(reader, review, book)]

    assert [answer.status_code for answer in refusals] == [422, 422]
    for answer in refusals:
        assert "another version of the questionnaire" in answer.text
    assert {saved.answer for saved in scene.opened(review).saved.values()} <= {BLANK}
