"""A review on paper: everything that was signed, tagged, in the reader's language, whatever people wrote."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from pypdf import PdfReader

from app.config import Settings
from app.domain.answers import Answer, AnswerState, Piece, Record
from app.domain.questionnaire.records import RecordField
from app.domain.reading import RawAnswer
from app.evidence.service import Described, VersionEntry
from app.infra.catalogs import SOURCE
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from app.reports.answers import lines_of
from app.reports.review_document import Asked, draft_review, receipt_document, signed_review
from app.reports.setting import breakable, direction_of
from app.reviews import attaching, receipts
from app.reviews.receipts import Receipt
from app.reviews.words import record_pairs
from app.web.filters import moment
from tests import builders as make
from tests.databases import only_sqlite
from tests.reports.test_downloads import words_of
from tests.scenarios import COMPLETE, Client, Scene, document

ASKED = Asked("New Zealand", SOURCE, "https://example.org", moment)
As = Callable[..., Client]


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database).ready()


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    app = create_app(settings, database)
    return lambda role, economy="NZL": Client(app).sign_in(scene.email(scene.person(role, economy)))


def receipt_of(scene: Scene, **given: RawAnswer) -> Receipt:
    """Sign a review of our economy with some answers of its own."""
    review = scene.submitted("NZL", {**COMPLETE, **given})
    with scene.database.read() as session:
        return receipts.get_receipt(session, scene.person(Role.CONTRIBUTOR), review, 1)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@only_sqlite
def test_the_document_says_every_answer_as_it_was_signed(scene: Scene) -> None:
    left_out = RawAnswer(value=("privacy",), reason="No courts yet.", not_applicable=("redress",), comment="Since March.")
    receipt = receipt_of(scene, A3=left_out, B2=RawAnswer("not_applicable", reason="Nobody does."), B3=RawAnswer("declined"))

    printed = squeezed(words_of(signed_review(receipt, ASKED)))

    for words in (
        "Level 4: It is funded.",
        "https://example.org/strategy",
        "Privacy. Does not apply: Redress (No courts yet.)",
        "Since March.",
        "Does not apply: Nobody does.",
        "Prefer not to answer",
        "Ministries meet, monthly.",
        "The budget",
    ):
        assert squeezed(words) in printed, words
    for item in receipt.frozen.questionnaire.items.values():
        assert (squeezed(f"{item.code} {item.text}") in printed) is (item.type != "reference"), item.code


@only_sqlite
def test_each_page_names_the_economy_the_revision_its_number_and_the_fingerprint(scene: Scene) -> None:
    receipt = receipt_of(scene)

    reader = PdfReader(io.BytesIO(signed_review(receipt, ASKED)))

    for number, page in enumerate(reader.pages, 1):
        printed = squeezed(page.extract_text())
        for words in ("New Zealand", "A small review", "Revision 1", f"Page {number} of {len(reader.pages)}"):
            assert squeezed(words) in printed
        assert receipt.frozen.entry.answers_hash in printed


@only_sqlite
def test_the_documents_are_tagged_and_have_a_language_and_a_title(scene: Scene) -> None:
    receipt = receipt_of(scene)

    for document_ in (signed_review(receipt, ASKED), receipt_document(receipt, ASKED)):
        reader = PdfReader(io.BytesIO(document_))
        assert "/StructTreeRoot" in reader.root_object
        assert str(reader.root_object["/Lang"]) == "en"
        assert reader.metadata is not None
        assert reader.metadata.title == "A small review, Version 2026.1, New Zealand, Revision 1"
        assert b"pdfuaid:part" in document_


@only_sqlite
def test_the_receipt_fits_one_page_and_says_how_to_verify_it(scene: Scene) -> None:
    receipt = receipt_of(scene)
    made = receipt_document(receipt, ASKED)

    printed = squeezed(words_of(made))

    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    for words in (
        receipt.frozen.reference,
        "NZL approver",
        "I attest, on behalf of my economy",
        receipt.frozen.entry.answers_hash,
        f"https://example.org/submissions/{receipt.frozen.reference}",
        "SHA-256",
    ):
        assert squeezed(words) in printed, words


@only_sqlite
def test_a_draft_says_on_each_page_that_nobody_signed_it(scene: Scene) -> None:
    review = scene.start()
    scene.fill(review, given={"A1": RawAnswer(value="3")})

    reader = PdfReader(io.BytesIO(draft_review(scene.opened(review), ASKED)))

    assert all("Draft,notsigned" in squeezed(page.extract_text()) for page in reader.pages)
    assert squeezed("No answer yet") in squeezed(reader.pages[-1].extract_text())


@only_sqlite
def test_what_was_signed_without_an_answer_is_called_open_on_paper_too(scene: Scene) -> None:
    review = scene.start()
    scene.fill(review, given={code: raw for code, raw in COMPLETE.items() if code != "A4"})
    scene.hand_over(review)
    scene.sign(review)
    with scene.database.read() as session:
        receipt = receipts.get_receipt(session, scene.person(Role.APPROVER), review, 1)

    printed = squeezed(words_of(signed_review(receipt, ASKED)))

    assert squeezed("Left open") in printed
    assert squeezed("No answer yet") not in printed


LONG = "A sentence that goes on and on, and is said again. " * 60


@pytest.mark.abuse("O2", "S2")
@only_sqlite
@pytest.mark.parametrize(
    "text",
    [
        LONG,
        "x" * 900,
        "https://example.org/" + "part/" * 120,
        "¿Qué pasó? Año 2026: población, güera.",
        "הכל בסדר, 123.",
        "نص عربي، مع ترقيم.",
        '#panic("x") $a$ <b> @ref [*not bold*] \\ "quoted" {page}',
    ],
)
def test_whatever_people_write_is_printed_and_the_document_stays_accessible(scene: Scene, text: str) -> None:
    made = signed_review(receipt_of(scene, A4=RawAnswer(value=text[:1000], comment=text[:1000])), ASKED)

    assert b"pdfuaid:part" in made
    if text.isascii():
        assert squeezed(text[:60]) in squeezed(words_of(made)).replace("\u200b", "")


@only_sqlite
def test_a_character_that_no_font_has_is_a_box_and_the_first_page_says_so(scene: Scene) -> None:
    """Private use: no font of any machine has it. Such a file may not claim the standard, and is tagged all the same."""
    made = signed_review(receipt_of(scene, A4=RawAnswer(value="\ue0ff\U000f0123 and words")), ASKED)
    reader = PdfReader(io.BytesIO(made))

    assert "stand as boxes" in " ".join(reader.pages[0].extract_text().split())
    assert b"pdfuaid:part" not in made
    assert "/StructTreeRoot" in reader.root_object
    assert "and words" in words_of(made)


def test_an_answer_has_a_line_for_each_thing_that_goes_with_it() -> None:
    small = document()
    item = small.items["A1"]
    answer = Answer(AnswerState.ANSWERED, 2, comment="Soon.", evidence_url="https://example.org/x")

    lines = lines_of(small, item, answer)

    assert [(line["label"], line["text"]) for line in lines] == [
        ("", "Level 2: It is being written."),
        ("Comment", "Soon."),
        ("Evidence", "https://example.org/x"),
    ]


def test_what_is_attached_is_listed_with_its_name_or_address_its_date_and_its_fingerprint() -> None:
    small = document()
    file = Piece("one", 2, "The act", file_name="act.pdf", sha256="ab" * 32)
    link = Piece("two", 1, "The portal", url="https://example.org/portal")
    answer = Answer(AnswerState.ANSWERED, 2, evidence_url="https://example.org/x", evidence=(file, link))
    version = VersionEntry(
        *(2, "The act", "", "act.pdf", "application/pdf", 9, "ab" * 32, date(2026, 6, 30), date(2026, 7, 1)),
        added_at=datetime(2026, 7, 1, tzinfo=UTC),
        added_by="Ana",
    )

    lines = lines_of(small, small.items["A1"], answer, {("one", 2): version})

    assert [line["text"] for line in lines if line["label"] == "Evidence"] == [
        "https://example.org/x",
        "The act (act.pdf)\nVersion 2. Dated 30 Jun 2026. Retrieved 1 Jul 2026\nSHA-256 " + "ab" * 32,
        "The portal\nhttps://example.org/portal\nVersion 1",
    ]


@only_sqlite
def test_the_draft_and_the_signed_document_list_what_is_attached(scene: Scene, as_: As) -> None:
    review = scene.start()
    scene.fill(review)
    with scene.database.write() as session:
        said = Described("The act", dated_on="2026-06-30", retrieved_on="2026-07-01")
        attaching.add_link(session, scene.person(Role.CONTRIBUTOR), review, "A1", said, "https://example.org/act")

    draft = words_of(as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/review.pdf").content)
    scene.hand_over(review)
    scene.sign(review)
    signed = words_of(as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/revisions/1/review.pdf").content)

    for printed in (draft, signed):
        assert "https://example.org/act" in printed
        assert "Dated 30 Jun 2026" in printed


def test_days_in_named_fields_are_said_as_everywhere_else() -> None:
    field = RecordField(code="from", type="date", label="In force since")

    assert record_pairs((field,), Record((("from", "2026-06-30"),))) == [("In force since", "30 Jun 2026")]
    assert record_pairs((field,), Record((("from", "soon"),))) == [("In force since", "soon")]


def test_named_fields_have_a_line_each_and_several_groups_are_numbered() -> None:
    named = make.read_clean((make.PROJECT / "tests" / "questionnaires" / "named_fields.yaml").read_bytes())
    groups = tuple(Record((("area", area), ("year", 2028))) for area in ("Staff", "Data"))

    lines = lines_of(named, named.items["A-02"], Answer(AnswerState.ANSWERED, groups))

    assert [(line["label"], line["text"]) for line in lines] == [
        ("1. Area", "Staff"),
        ("1. Year", "2028"),
        ("2. Area", "Data"),
        ("2. Year", "2028"),
    ]


def test_the_direction_of_a_text_is_that_of_its_first_letter() -> None:
    assert [direction_of(text) for text in ("12, abc", "12, שלום", "نص", "", "2026")] == ["ltr", "rtl", "rtl", "ltr", "ltr"]


def test_only_words_longer_than_a_line_may_break_anywhere() -> None:
    assert breakable("short words and https://example.org/a/b stay") == "short words and https://example.org/a/b stay"
    assert max(map(len, breakable("x" * 300).split("\u200b"))) <= 40


@only_sqlite
def test_the_downloads_are_files_with_a_name_and_a_language(scene: Scene, as_: As) -> None:
    review = scene.submitted()
    reader = as_(Role.CONTRIBUTOR)

    for ending in ("review", "receipt"):
        file = reader.get(f"/reviews/{review}/revisions/1/{ending}.pdf")
        assert file.headers["content-type"] == "application/pdf"
        assert re.search(rf'filename="NZL-SMALL-2026-R1-[0-9A-F]{{8}}-{ending}-en.pdf"', file.headers["content-disposition"])
        assert file.headers["content-language"] == "en"
        assert "private" in file.headers["cache-control"]


@only_sqlite
def test_a_signed_review_has_no_draft_any_more(scene: Scene, as_: As) -> None:
    draft, signed = scene.start("PER"), scene.submitted()

    led = as_(Role.CONTRIBUTOR).get(f"/reviews/{signed}/review.pdf")

    assert (led.status_code, led.headers["location"]) == (303, f"/reviews/{signed}/revisions/1/review.pdf")
    assert as_(Role.CONTRIBUTOR, "PER").get(f"/reviews/{draft}/review.pdf").content.startswith(b"%PDF-")
    assert as_(Role.CONTRIBUTOR).get(f"/reviews/{draft}/review.pdf").status_code == 404


@only_sqlite
def test_a_document_is_set_in_the_language_that_was_asked_for(scene: Scene, as_: As) -> None:
    review: UUID = scene.submitted()

    file = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/revisions/1/receipt.pdf", headers={"Accept-Language": "es"})

    reader = PdfReader(io.BytesIO(file.content))
    assert str(reader.root_object["/Lang"]) == "es"
    assert file.headers["content-language"] == "es"
