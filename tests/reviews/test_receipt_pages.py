"""The pages of a signature: check your answers section by section, the receipt, and the address that names a revision."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

import pytest

from app.config import Settings
from app.domain.reading import RawAnswer
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from tests.databases import only_sqlite
from tests.scenarios import CODE, COMPLETE, PASSWORD, VERSION, Client, Scene, statements

pytestmark = only_sqlite

As = Callable[..., Client]
REFERENCE = re.compile(r"NZL-SMALL-2026-R1-[0-9A-F]{8}")


@pytest.fixture
def as_(database: Database, settings: Settings, scene: Scene) -> As:
    """Open the program as somebody of an economy."""
    app = create_app(settings, database)
    return lambda role, economy="NZL": Client(app).sign_in(scene.email(scene.person(role, economy)))


@pytest.fixture
def review(scene: Scene) -> UUID:
    return scene.ready().start()


@pytest.fixture
def signed(scene: Scene, review: UUID) -> UUID:
    scene.fill(review)
    scene.hand_over(review)
    scene.sign(review)
    return review


def test_a_section_is_checked_by_itself_with_a_way_back_to_each_question_and_on_to_the_next(
    scene: Scene, as_: As, review: UUID
) -> None:
    scene.fill(review, given={"A1": RawAnswer(value="3")})
    page = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/sections/A/check").text

    assert "Level 3: It is adopted." in page
    assert f'href="/reviews/{review}/sections/A#A1"' in page
    assert f'href="/reviews/{review}/sections/A#A2"' in page
    assert "Still needed for sign-off (1)" in page
    assert f'href="/reviews/{review}/sections/B"' in page
    assert "Who pays?" not in page


def test_the_last_section_leads_to_the_whole(as_: As, review: UUID) -> None:
    page = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/sections/B/check").text

    assert "Go on to" not in page
    assert f'href="/reviews/{review}/check"' in page


def test_a_section_that_there_is_not_is_not_checked(as_: As, review: UUID) -> None:
    assert as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/sections/X/check").status_code == 404
    assert as_(Role.CONTRIBUTOR, "PER").get(f"/reviews/{review}/sections/A/check").status_code == 404


def test_saving_can_lead_to_the_check_of_the_section(as_: As, review: UUID) -> None:
    form = as_(Role.CONTRIBUTOR)

    answer = form.submit(f"/reviews/{review}/sections/A", **{"A1.choice": "3", "A1.seen": "0", "then": "check"})

    assert (answer.status_code, answer.headers["location"]) == (303, f"/reviews/{review}/sections/A/check")


def test_the_task_list_leads_to_the_check_of_what_is_complete(scene: Scene, as_: As, review: UUID) -> None:
    scene.fill(review, given={code: raw for code, raw in COMPLETE.items() if code.startswith("A")})

    page = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}").text

    assert f'href="/reviews/{review}/sections/A/check"' in page
    assert f'href="/reviews/{review}/sections/B/check"' not in page


def test_the_whole_begins_with_what_is_missing_and_a_table_of_contents(scene: Scene, as_: As, review: UUID) -> None:
    scene.fill(review, given={code: raw for code, raw in COMPLETE.items() if code.startswith("A")})

    page = as_(Role.COORDINATOR).get(f"/reviews/{review}/check").text

    assert page.index("Still needed for sign-off") < page.index('id="contents"') < page.index('id="section-A"')
    assert 'href="#section-B"' in page
    assert re.search(r"B Means</a>\s*<span class=\"contents__note\">0 of 3</span>", page)
    assert re.search(r"A Rules</a>\s*<span class=\"contents__note\">Complete</span>", page)


def test_signing_leads_to_the_receipt(scene: Scene, as_: As, review: UUID) -> None:
    scene.fill(review)
    scene.hand_over(review)
    approver = as_(Role.APPROVER)

    read = approver.read(f"/reviews/{review}/check")
    answer = approver.submit(f"/reviews/{review}/submit", attests="yes", current_password=PASSWORD, read=read)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/reviews/{review}/revisions/1/receipt")
    assert "The review is signed off and submitted" in approver.get(answer.headers["location"]).text


def test_the_receipt_says_what_was_signed_by_whom_and_how_to_verify_it(as_: As, signed: UUID) -> None:
    page = as_(Role.CONTRIBUTOR).get(f"/reviews/{signed}/revisions/1/receipt").text

    assert REFERENCE.search(page)
    for words in ("NZL approver", "Approver", "UTC", "I attest, on behalf of my economy", "7 questions", f"Version {VERSION}"):
        assert words in page, words
    for ending in ("review.pdf", "receipt.pdf", "answers.txt"):
        assert f'href="/reviews/{signed}/revisions/1/{ending}"' in page
    assert "sha256sum" in page
    assert "A newer revision is signed" not in page


def test_what_was_signed_without_an_answer_is_called_open_and_no_longer_waited_for(scene: Scene, as_: As, review: UUID) -> None:
    scene.fill(review, given={code: raw for code, raw in COMPLETE.items() if code != "A4"})
    draft = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/check").text
    scene.hand_over(review)
    scene.sign(review)

    page = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/revisions/1").text

    assert "No answer yet" in draft
    assert "Left open" in page
    assert "No answer yet" not in page


def test_the_check_warns_of_scores_that_too_few_answers_leave_empty(scene: Scene, as_: As, review: UUID) -> None:
    """Nothing is missing for sign-off, and yet a score would not be shown: only what must be dealt with is dealt with."""
    core = {"A1": COMPLETE["A1"], "A2": RawAnswer("declined"), "B1": COMPLETE["B1"]}
    scene.fill(review, given=core)

    short = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/check").text
    scene.save(scene.person(Role.CONTRIBUTOR), review, "B2", COMPLETE["B2"])
    scene.save(scene.person(Role.CONTRIBUTOR), review, "B3", COMPLETE["B3"])
    enough = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/check").text

    assert "Nothing is missing" in short
    assert "1 score would stay empty" in short
    assert "ALL Readiness: 41 % answered, 50 % needed." in " ".join(short.split())
    warned = short[short.index("would stay empty") : short.index("review.pdf")]
    for code in ("B2", "B3"):
        assert f'href="/reviews/{review}/sections/B#{code}"' in warned, code
    assert "would stay empty" not in enough


def test_an_imported_revision_says_that_nobody_attested(scene: Scene, as_: As) -> None:
    scene.ready()
    review = scene.submitted_many(["NZL"])["NZL"]

    page = as_(Role.CONTRIBUTOR).get(f"/reviews/{review}/revisions/1/receipt").text

    assert "not attested by the economy" in page
    assert "Administrator, by import" in page


def test_anybody_who_may_read_them_can_hash_the_signed_bytes_again(as_: As, signed: UUID) -> None:
    reader = as_(Role.CONTRIBUTOR)
    page = reader.get(f"/reviews/{signed}/revisions/1/receipt").text

    file = reader.get(f"/reviews/{signed}/revisions/1/answers.txt")

    assert sha256(file.content).hexdigest() in page
    assert file.headers["content-type"] == "text/plain; charset=utf-8"
    assert REFERENCE.search(file.headers["content-disposition"])


def test_the_api_gives_the_signed_text_and_the_name_of_a_revision(as_: As, signed: UUID) -> None:
    found = as_(Role.CONTRIBUTOR).get(f"/api/v1/reviews/{signed}/revisions/1").json()

    assert sha256(found["signed_text"].encode()).hexdigest() == found["answers_hash"]
    assert REFERENCE.fullmatch(found["reference"])
    assert found["reference"] in found["citation"]
    assert (found["questionnaire"], found["revision"], found["newest_revision"]) == (CODE, 1, 1)
    assert found["counts"] == {"answered": 7}


def test_a_revision_is_cited_by_its_reference_also_after_the_next_one_is_signed(scene: Scene, as_: As, signed: UUID) -> None:
    reader = as_(Role.CONTRIBUTOR)
    found = REFERENCE.search(reader.get(f"/reviews/{signed}/revisions/1").text)
    assert found is not None
    scene.reopen(signed)
    scene.hand_over(signed)
    scene.sign(signed)

    led = reader.get(f"/submissions/{found[0]}")
    page = reader.get(led.headers["location"]).text

    assert (led.status_code, led.headers["location"]) == (303, f"/reviews/{signed}/revisions/1")
    assert found[0] in page
    assert "A newer revision is signed" in page
    assert f'href="/reviews/{signed}/revisions/2"' in page
    assert "A newer revision is signed" in reader.get(f"/reviews/{signed}/revisions/1/results").text


def test_a_reference_of_another_economy_looks_like_none(as_: As, signed: UUID) -> None:
    found = REFERENCE.search(as_(Role.CONTRIBUTOR).get(f"/reviews/{signed}/revisions/1").text)
    assert found is not None
    stranger = as_(Role.CONTRIBUTOR, "PER")

    assert stranger.get(f"/submissions/{found[0]}").status_code == 404
    for path in ("receipt", "answers.txt", "review.pdf", "receipt.pdf"):
        assert stranger.get(f"/reviews/{signed}/revisions/1/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("sections/A/check", 5),
        ("revisions/1", 6),
        ("revisions/1/receipt", 6),
        ("revisions/1/answers.txt", 6),
        ("revisions/1/review.pdf", 6),
        ("revisions/1/receipt.pdf", 6),
    ],
)
def test_a_page_of_a_signature_costs_few_statements(scene: Scene, as_: As, signed: UUID, path: str, most: int) -> None:
    reader = as_(Role.CONTRIBUTOR)
    reader.get(f"/reviews/{signed}/{path}")

    with statements(scene.database) as sent:
        assert reader.get(f"/reviews/{signed}/{path}").status_code == 200

    assert len(sent) <= most, sent
