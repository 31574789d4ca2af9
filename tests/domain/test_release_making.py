"""The laws of a release's figures: nobody else's presence moves an economy's own, and each is where it must be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.answers import Answer, AnswerState, Piece
from app.domain.benchmark.consent import Audience
from app.domain.release.content import ReleaseContent, read_content
from app.domain.release.grade import evidence_shares, grade_of
from app.domain.release.making import content_of, score_reviews
from app.domain.release.record import CellRecord, Record, SignedReview
from app.domain.release.sealed import open_sealed, read_sealed, seal
from app.domain.scoring.normalise import Series
from tests.scenarios import document

SMALL = document()
ECONOMIES = ("AUS", "BRN", "CAN", "CHL", "CHN", "HKG")


def answered(value: str | float | tuple[str, ...], *, evidence: bool = False) -> Answer:
    return Answer(AnswerState.ANSWERED, value, evidence=(Piece("1", 1, "A law", url="https://example.org"),) if evidence else ())


def signed(economy: str, level: int = 3, audience: Audience = Audience.PUBLIC, **others: Answer) -> SignedReview:
    answers = {"A1": answered(level), "A2": answered("yes"), "B1": answered("some"), "B2": answered(100 * level)} | others
    return SignedReview(economy, 1, SMALL.version, answers, "", None, {"A": audience, "B": audience}, is_latest=True)


def record(*reviews: SignedReview, cells: tuple[CellRecord, ...] = ()) -> Record:
    return Record("small 2026.1.0", "1.0", 500, is_own=True, documents={SMALL.version: SMALL}, reviews=reviews, cells=cells)


def everybody() -> Record:
    return record(*(signed(economy, 1 + place % 5) for place, economy in enumerate(ECONOMIES)))


def test_who_else_is_in_a_release_changes_no_digit_of_an_economys_own() -> None:
    whole = content_of(everybody())

    alone = content_of(record(everybody().reviews[2]))
    fewer = content_of(record(*everybody().reviews[1:4]))

    assert [row for row in whole.scores if row.economy == "CAN"] == list(alone.scores)
    inside = {"BRN", "CAN", "CHL"}
    assert [row for row in whole.scores if row.economy in inside] == list(fewer.scores)
    assert [row for row in whole.pairs if {row.economy, row.other} <= inside] == list(fewer.pairs)


def test_the_order_of_reviews_changes_nothing() -> None:
    first = everybody()

    assert content_of(replace(first, reviews=first.reviews[::-1])) == content_of(first)


def test_a_score_that_is_not_public_gives_no_row_and_no_pair() -> None:
    content = content_of(record(signed("AUS"), signed("BRN", audience=Audience.PEERS), signed("CAN", 5)))

    assert {row.economy for row in content.scores} == {"AUS", "CAN"}
    assert {row.economy for row in content.pairs} == {"AUS", "CAN"}


def test_a_pair_needs_both_at_the_node() -> None:
    half = replace(signed("BRN"), consents={"A": Audience.PUBLIC, "B": Audience.PRIVATE})

    content = content_of(record(signed("AUS"), half))

    assert {(row.economy, row.node) for row in content.scores if row.economy == "BRN"} == {("BRN", "A")}
    assert {row.node for row in content.pairs} == {"A"}


def test_both_directions_and_a_tie_add_up_to_no_more_than_one() -> None:
    content = content_of(everybody())
    chances = {(row.node, row.economy, row.other): row.probability for row in content.pairs}

    assert chances
    for (node, economy, other), chance in chances.items():
        assert 0 <= chance <= 1
        assert chance + chances[node, other, economy] <= 1 + 1e-12


def test_floor_score_and_ceiling_stand_in_order_and_a_hidden_score_has_none_of_them() -> None:
    content = content_of(everybody())

    for row in content.scores:
        if row.score is None:
            assert {row.lower, row.upper, row.floor, row.ceiling, row.grade, row.evidence_share} == {None}
        else:
            assert row.floor is not None
            assert row.ceiling is not None
            assert row.floor <= row.score <= row.ceiling
            assert (row.lower is not None) == (row.series == "self")


def test_an_index_that_others_published_has_no_ranges_pairs_and_grades() -> None:
    content = content_of(replace(everybody(), is_own=False))

    assert content.pairs == ()
    assert {(row.lower, row.grade) for row in content.scores} == {(None, None)}


def test_an_earlier_revision_counts_in_figures_of_groups_only() -> None:
    old = replace(signed("AUS", 5), is_latest=False)
    others = [signed(economy, 2) for economy in ECONOMIES[1:]]
    cell = CellRecord(SMALL.version, "self", "A", "ALL", None, ("AUS:1", *(f"{each.economy}:1" for each in others)))

    content = content_of(record(old, *others, cells=(cell,)))

    assert "AUS" not in {row.economy for row in content.scores}
    assert content.cells[0].n == len(ECONOMIES)
    assert content.cells[0].minimum is None  # fewer than eight


@pytest.mark.parametrize(
    ("share", "grade"), [(1.0, "A"), (0.8, "A"), (0.79, "B"), (0.5, "B"), (0.49, "C"), (0.0, "C"), (None, None)]
)
def test_a_grade_goes_by_the_supported_share(share: float | None, grade: str | None) -> None:
    assert grade_of(share) == grade


def test_an_answer_that_asks_for_evidence_is_supported_by_it() -> None:
    (bare, backed) = score_reviews(SMALL, [signed("AUS"), signed("BRN", A2=answered("yes", evidence=True))])

    # A2 is capped without evidence; A1 asks for none. A3 is shown with A2, and missing.
    assert evidence_shares(SMALL, bare, Series.SELF)["A"] == 0.5
    assert evidence_shares(SMALL, backed, Series.SELF)["A"] == 1.0


def test_what_a_peer_review_agreed_is_supported_and_what_it_lowered_is_not() -> None:
    agreed = replace(signed("AUS"), agreed={"A2": answered("yes"), "B1": answered("nobody"), "A1": answered(2)})
    (sheets,) = score_reviews(SMALL, [agreed])

    shares = evidence_shares(SMALL, sheets, Series.SELF)

    assert shares["A"] == 1.0  # A1 asks for no evidence, A2 was agreed
    assert set(evidence_shares(SMALL, sheets, Series.REVIEWED).values()) == {1.0}


def test_a_record_and_a_content_are_read_as_they_were_written() -> None:
    cell = CellRecord(SMALL.version, "self", "A", "APEC", None, tuple(f"{economy}:1" for economy in ECONOMIES))
    first = record(*everybody().reviews, replace(signed("IDN"), agreed={"A1": answered(2)}), cells=(cell,))

    sealed = read_sealed(seal(first, "2.0").to_text())
    again = open_sealed(sealed, {(each.economy, each.revision): each.answers for each in first.reviews}, first.documents)

    assert again == first
    content: ReleaseContent = content_of(first)
    assert read_content(content.canonical()) == content
    assert content_of(again).checksum == content.checksum
