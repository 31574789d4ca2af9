"""Old and new words side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from app.kit.rewritten import Piece, rewritten


def _changed(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_changed]


@given(some.text("ab ,.\n", max_size=40), some.text("ab ,.\n", max_size=40))
def test_the_pieces_are_the_text_and_what_is_not_marked_is_in_both(before: str, after: str) -> None:
    found = rewritten(before, after)

    assert "".join(piece.text for piece in found.before) == before
    assert "".join(piece.text for piece in found.after) == after
    kept = ["".join(piece.text for piece in side if not piece.is_changed) for side in (found.before, found.after)]
    assert kept[0] == kept[1]


def test_only_the_words_that_changed_are_marked() -> None:
    found = rewritten("Is their a strategy for AI?", "Is there a national strategy for AI?")

    assert _changed(found.before) == ["their"]
    assert [text.strip() for text in _changed(found.after)] == ["there", "national"]


def test_neighbouring_words_are_marked_in_one() -> None:
    found = rewritten("The old rules hold for all firms.", "The brand new rules hold for all firms.")

    assert _changed(found.after) == ["brand new"]


def test_another_text_is_marked_as_a_whole_and_nothing_is_nothing() -> None:
    assert rewritten("Who leads?", "Money comes from elsewhere").before == (Piece("Who leads?", is_changed=True),)
    assert rewritten("", "New.") == rewritten("", "New.")
    assert rewritten("", "New.").before == ()
    assert rewritten("Same.", "Same.").before == (Piece("Same."),)
