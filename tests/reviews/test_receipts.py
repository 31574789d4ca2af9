"""What stays of a signature: the reference, the receipt, and the bytes that anybody may hash again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest

from app.domain.answers import AnswerState
from app.domain.reading import RawAnswer
from app.kit.actor import Role
from app.kit.errors import NotFound
from app.reviews import receipts, sign_off
from app.reviews.citation import read_reference, reference_of
from app.reviews.receipts import Place, Receipt
from app.reviews.words import citation_words, count_words
from tests.scenarios import COMPLETE, Scene

HASH = "4f3a9c12" + "0" * 56


@pytest.fixture
def signed(scene: Scene) -> UUID:
    return scene.ready().submitted()


def receipt(scene: Scene, review: UUID, revision: int = 1, economy: str = "NZL") -> Receipt:
    with scene.database.read() as session:
        return receipts.get_receipt(session, scene.person(Role.CONTRIBUTOR, economy), review, revision)


def find(scene: Scene, reference: str, economy: str = "NZL") -> Place:
    with scene.database.read() as session:
        return receipts.get_by_reference(session, scene.person(Role.CONTRIBUTOR, economy), reference)


def again(scene: Scene, review: UUID) -> None:
    """Sign the next revision, with another answer."""
    scene.reopen(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "5", seen=1)
    scene.hand_over(review)
    scene.sign(review)


def test_a_reference_is_made_of_what_never_changes() -> None:
    assert reference_of("NZL", "apec-ai-review", "2027", 1, HASH) == "NZL-APEC-AI-REVIEW-2027-R1-4F3A9C12"


def test_a_reference_reads_back_in_whatever_case_it_is_typed() -> None:
    named = read_reference("  nzl-apec-ai-review-2027-r12-4f3a9c12 ")

    assert named is not None
    assert (named.economy, named.revision, named.hash_start) == ("NZL", 12, "4f3a9c12")


@pytest.mark.parametrize("text", ["", "NZL", "NZL-X-2027-R0-4F3A9C12", "NZL-X-2027-R1-4F3A", "NZL-X-2027-R99999999999-4F3A9C12"])
def test_what_is_no_reference_names_nothing(text: str) -> None:
    assert read_reference(text) is None


def test_a_reference_leads_to_its_revision_for_ever(scene: Scene, signed: UUID) -> None:
    first = receipt(scene, signed).frozen.reference
    again(scene, signed)
    second = receipt(scene, signed, 2).frozen.reference

    assert first != second
    assert find(scene, first) == Place(signed, 1)
    assert find(scene, second.lower()) == Place(signed, 2)


def spoilt(reference: str) -> Iterator[str]:
    yield reference.replace("-2026-", "-2027-")
    yield reference.replace("-R1-", "-R2-")
    yield reference.replace("NZL", "PER", 1)
    yield reference[:-8] + "%" * 8
    yield reference[:-8] + ("0" * 8 if reference[-8:] != "0" * 8 else "1" * 8)


def test_a_reference_with_one_wrong_part_names_nothing(scene: Scene, signed: UUID) -> None:
    for text in spoilt(receipt(scene, signed).frozen.reference):
        with pytest.raises(NotFound):
            find(scene, text)


def test_another_economy_learns_nothing_from_a_reference(scene: Scene, signed: UUID) -> None:
    """A foreign reference and one that was never given look alike."""
    reference = receipt(scene, signed).frozen.reference

    with pytest.raises(NotFound) as foreign:
        find(scene, reference, "PER")
    with pytest.raises(NotFound) as unknown:
        find(scene, "PER-SMALL-2026-R1-00000000", "PER")

    assert foreign.value.detail == unknown.value.detail


def test_a_receipt_counts_every_question_that_was_asked(scene: Scene) -> None:
    given = {**COMPLETE, "B2": RawAnswer("not_applicable", reason="None."), "B3": RawAnswer("declined")}
    del given["A4"]
    review = scene.ready().submitted("NZL", given)

    counts = receipt(scene, review).counts

    assert dict(counts) == {
        AnswerState.ANSWERED: 4,
        AnswerState.NOT_APPLICABLE: 1,
        AnswerState.DECLINED: 1,
        AnswerState.BLANK: 1,
        AnswerState.NOT_AVAILABLE: 0,
    }
    assert [number for _words, number in count_words(counts)] == [4, 1, 1, 1], "what there is none of is left out"


def test_a_receipt_knows_of_a_newer_revision_and_stays_what_it_was(scene: Scene, signed: UUID) -> None:
    before = receipt(scene, signed)
    again(scene, signed)
    after = receipt(scene, signed)

    assert before.is_newest
    assert not after.is_newest
    assert replace(after, newest=1) == before
    assert receipt(scene, signed, 2).is_newest


def test_the_bytes_that_were_signed_hash_to_the_fingerprint(scene: Scene, signed: UUID) -> None:
    with scene.database.read() as session:
        frozen = sign_off.get_submission(session, scene.person(Role.CONTRIBUTOR), signed, 1)
        text = receipts.get_signed_text(session, frozen)

    assert sha256(text.content).hexdigest() == text.answers_hash == frozen.entry.answers_hash
    assert text.content.startswith(f"{frozen.questionnaire.content_hash}\n{{".encode())


def test_a_citation_names_who_what_and_which(scene: Scene, signed: UUID) -> None:
    frozen = receipt(scene, signed).frozen

    words = citation_words(frozen, "New Zealand")

    assert words.startswith(f"New Zealand ({frozen.entry.submitted_at.year}). A small review, version 2026.1, Cycle 2026.")
    assert words.endswith(f"{frozen.reference}.")
