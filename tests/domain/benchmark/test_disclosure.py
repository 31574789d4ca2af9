"""What may be shown of groups, and that nothing can be computed back from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.benchmark.disclosure import SMALLEST_GROUP, GroupCell, Suppression, suppressions

NOBODY: frozenset[str] = frozenset()
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def cell(
    group: str, contributors: Iterable[str], *, members: int = 0, is_whole: bool = False, before: Iterable[str] | None = None
) -> GroupCell:
    """Make a cell; each contributor is a letter, so that a group may be given as a word."""
    inside = frozenset(contributors)
    return GroupCell(group, members or len(inside), inside, is_whole, None if before is None else frozenset(before))


def one(contributors: Iterable[str], known: str = "", **about: object) -> Suppression | None:
    members, is_whole, before = about.get("members", 0), about.get("is_whole", False), about.get("before")
    assert isinstance(members, int)
    assert isinstance(is_whole, bool)
    assert before is None or isinstance(before, str)
    return suppressions([cell("G", contributors, members=members, is_whole=is_whole, before=before)], frozenset(known)).get("G")


# Size


@pytest.mark.parametrize(("count", "reason"), [(0, Suppression.TOO_FEW), (4, Suppression.TOO_FEW), (5, None), (9, None)])
def test_a_group_is_shown_from_five_contributors(count: int, reason: Suppression | None) -> None:
    assert one(LETTERS[:count]) is reason


@pytest.mark.parametrize(("count", "reason"), [(13, Suppression.BELOW_TWO_THIRDS), (14, None), (21, None)])
def test_an_aggregate_of_all_21_needs_14(count: int, reason: Suppression | None) -> None:
    assert one(LETTERS[:count], members=21, is_whole=True) is reason


@pytest.mark.parametrize(
    ("count", "members", "reason"),
    [(5, 8, Suppression.BELOW_TWO_THIRDS), (6, 8, None), (6, 9, None), (7, 11, Suppression.BELOW_TWO_THIRDS)],
)
def test_two_thirds_are_counted_exactly(count: int, members: int, reason: Suppression | None) -> None:
    assert one(LETTERS[:count], members=members, is_whole=True) is reason


def test_a_peer_group_needs_no_two_thirds() -> None:
    assert one("abcde", members=15) is None


# Who is known anyway


def test_those_who_are_public_do_not_count_as_protected() -> None:
    assert one("abcde", known="abcde") is None
    assert one("abcdefghi", known="abcd") is None


@pytest.mark.parametrize("known", ["abcd", "abc", "ab", "a"])
def test_what_the_public_ones_leave_must_not_be_few(known: str) -> None:
    assert one("abcde", known=known) is Suppression.DIFFERENCING


def test_a_difference_of_public_ones_tells_nothing() -> None:
    cells = [cell("LARGE", "abcdefg"), cell("SMALL", "abcde")]

    assert suppressions(cells, frozenset("fg")) == {}
    assert suppressions(cells, NOBODY) == {"SMALL": Suppression.DIFFERENCING}


# Groups beside groups


def test_a_group_of_five_beside_its_superset_of_six_is_refused() -> None:
    cells = [cell("FIVE", "abcde"), cell("SIX", "abcdef")]

    assert suppressions(cells, NOBODY) == {"FIVE": Suppression.DIFFERENCING}
    assert suppressions(cells[::-1], NOBODY) == {"FIVE": Suppression.DIFFERENCING}


def test_the_whole_is_kept_before_its_parts_and_large_groups_before_small_ones() -> None:
    cells = [cell("PART", "abcdefghij"), cell("ALL", "abcdefghijk", is_whole=True), cell("HALF", "abcde")]

    assert suppressions(cells, NOBODY) == {"PART": Suppression.DIFFERENCING}


def test_groups_apart_are_shown_beside_each_other() -> None:
    assert suppressions([cell("A", "abcde"), cell("B", "fghij"), cell("C", "klmno")], NOBODY) == {}


def test_the_complement_of_shown_groups_is_protected_too() -> None:
    cells = [cell("ALL", LETTERS[:14], is_whole=True), cell("A", "abcde"), cell("B", "fghij")]

    assert suppressions(cells, NOBODY) == {"B": Suppression.DIFFERENCING}


def test_a_group_with_the_same_contributors_adds_nothing() -> None:
    assert suppressions([cell("A", "abcdef"), cell("B", "abcdef")], NOBODY) == {}


def test_a_combination_of_four_groups_that_isolates_two_economies_of_different_groups_is_refused() -> None:
    """P - Q + R - S is the sum of y and z, though neither alone can be computed, and no two groups are near each other."""
    a, b, c, d = "abcde", "fghij", "klmno", "pqrst"
    cells = [cell("P", a + b + "y"), cell("R", c + d + "z"), cell("Q", b + c), cell("S", a + d)]

    assert suppressions(cells, NOBODY) == {"S": Suppression.DIFFERENCING}
    assert suppressions(cells, frozenset("yz")) == {}


def test_groups_of_which_one_is_too_small_do_not_hinder_the_others() -> None:
    assert suppressions([cell("A", "abcd"), cell("B", "abcdefgh")], NOBODY) == {"A": Suppression.TOO_FEW}


def test_without_groups_nothing_is_refused() -> None:
    assert suppressions([], NOBODY) == {}


# Yesterday and today


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("abcdefgh", "abcdefgh", None),
        ("abcdefgh", "abcdefghi", Suppression.RECENT_CHANGE),
        ("abcdefgh", "abcdefg", Suppression.RECENT_CHANGE),
        ("abcdefgh", "abcdefgi", Suppression.RECENT_CHANGE),
        ("abcdefgh", "abcdefghijkl", Suppression.RECENT_CHANGE),
        ("abcdefghijklm", "abcdefghi", Suppression.RECENT_CHANGE),
        ("abcdefgh", "abcdefghijklm", None),
        ("abcdefghijklm", "abcdefgh", None),
        ("abcdefgh", "ijklmnop", None),
    ],
)
def test_a_change_of_one_to_four_is_not_shown_and_of_none_or_five_is(before: str, after: str, reason: Suppression | None) -> None:
    assert one(after, before=before) is reason


def test_a_change_of_public_ones_may_be_shown() -> None:
    assert one("abcdefghi", known="i", before="abcdefgh") is None
    assert one("abcdefghij", known="i", before="abcdefgh") is Suppression.RECENT_CHANGE


def test_a_cell_that_was_never_shown_has_not_changed() -> None:
    assert one("abcdefgh") is None


def test_a_group_is_not_shown_beside_what_another_group_told_yesterday() -> None:
    """OLD stands as it was while it waits; beside it, NEW would tell h, i and j."""
    cells = [cell("OLD", "abcdefghijk", before="abcdefghij"), cell("NEW", "abcdefg")]

    assert suppressions(cells, NOBODY) == {"OLD": Suppression.RECENT_CHANGE, "NEW": Suppression.DIFFERENCING}


def test_five_others_may_join_while_every_group_goes_on() -> None:
    cells = [
        cell("ALL", LETTERS[:19], is_whole=True, before=LETTERS[:14]),
        cell("A", LETTERS[:7], before=LETTERS[:7]),
        cell("B", LETTERS[7:19], before=LETTERS[7:14]),
    ]

    assert suppressions(cells, NOBODY) == {}


def test_what_was_told_before_the_rules_hinders_nothing_that_adds_nothing() -> None:
    cells = [cell("A", "abcdef", before="abcdef"), cell("B", "abcde", before="abcde"), cell("C", "ghijk")]

    found = suppressions(cells, NOBODY)

    assert "A" not in found
    assert "C" not in found


# The law, shown by another method


def exact_rank(rows: Sequence[Sequence[int]]) -> int:
    """Rank by elimination in fractions, without floating point."""
    left = [[Fraction(value) for value in row] for row in rows]
    rank = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for k in range(rank + 1, len(left)):
            factor = left[k][column] / pivot[column]
            left[k] = [mine - factor * theirs for mine, theirs in zip(left[k], pivot, strict=True)]
        rank += 1
    return rank


def derivable(sums: Sequence[frozenset[str]], known: frozenset[str]) -> list[tuple[str, ...]]:
    """Return the sets of one to four protected economies whose own sum follows from these sums and the known values.

    Each set of four or fewer is tried by itself: its row is added, and follows from the others if the rank stays.
    """
    economies = sorted(frozenset().union(*sums) - known)
    rows = [[int(economy in contributors) for economy in economies] for contributors in sums]
    rank = exact_rank(rows)
    return [
        few
        for size in range(1, SMALLEST_GROUP)
        for few in combinations(economies, size)
        if exact_rank([*rows, [int(economy in few) for economy in economies]]) == rank
    ]


def test_the_other_method_finds_what_is_there_to_find() -> None:
    a, b, c, d = "abc", "de", "fg", "h"

    assert derivable([frozenset("abcdef"), frozenset("abcde")], NOBODY)[0] == ("f",)
    assert derivable([frozenset("abcde")], frozenset("abcd")) == [("e",)]
    assert (
        derivable([frozenset(a + b + "y"), frozenset(c + d + "z"), frozenset(b + c), frozenset(a + d)], NOBODY).count(("y", "z"))
        == 1
    )
    assert derivable([frozenset("abcde")], NOBODY) == []


def _subsets(population: str) -> st.SearchStrategy[frozenset[str]]:
    return st.sets(st.sampled_from(population), min_size=SMALLEST_GROUP).map(frozenset)


@st.composite
def systems(draw: st.DrawFn, population: str) -> tuple[list[GroupCell], frozenset[str]]:
    """Draw groups over a population, with or without the whole, and who is public."""
    cells = [cell(f"G{k}", group) for k, group in enumerate(draw(st.lists(_subsets(population), max_size=6)))]
    if draw(st.booleans()):
        cells.append(cell("ALL", population, is_whole=True))
    return cells, frozenset(draw(st.sets(st.sampled_from(population), max_size=len(population))))


@pytest.mark.fuzz
@given(st.one_of(systems(LETTERS[:6]), systems(LETTERS[:9])))
def test_from_what_is_shown_no_sum_of_one_to_four_can_be_computed(drawn: tuple[list[GroupCell], frozenset[str]]) -> None:
    cells, known = drawn

    refused = suppressions(cells, known)

    shown = [each.contributors for each in cells if each.group not in refused]
    assert derivable(shown, known) == []


@st.composite
def blocks(draw: st.DrawFn) -> tuple[list[GroupCell], frozenset[str]]:
    """Draw groups that are unions of blocks and a few single economies: near each other only in combination."""
    parts = ["abcde", "fghij", "klmno", "pqrst", "u", "v", "w"]
    groups = draw(st.lists(st.sets(st.sampled_from(parts), min_size=2, max_size=5), min_size=3, max_size=6))
    return [cell(f"G{k}", "".join(group)) for k, group in enumerate(groups)], frozenset(draw(st.sets(st.sampled_from("uvwa"))))


@pytest.mark.fuzz
@settings(max_examples=50)
@given(blocks())
def test_nor_from_large_groups_that_differ_only_in_combination(drawn: tuple[list[GroupCell], frozenset[str]]) -> None:
    cells, known = drawn

    refused = suppressions(cells, known)

    shown = [each.contributors for each in cells if each.group not in refused]
    assert _derivable_of(shown, known, "uvwakfp") == []


def _derivable_of(sums: Sequence[frozenset[str]], known: frozenset[str], among: str) -> list[tuple[str, ...]]:
    """As `derivable`, for sets of these economies only: 23 economies have too many sets to try all of them."""
    economies = sorted(frozenset().union(*sums) - known)
    rows = [[int(economy in contributors) for economy in economies] for contributors in sums]
    rank = exact_rank(rows)
    return [
        few
        for size in range(1, SMALLEST_GROUP)
        for few in combinations([economy for economy in among if economy in economies], size)
        if exact_rank([*rows, [int(economy in few) for economy in economies]]) == rank
    ]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[GroupCell]], frozenset[str]]:
    """Draw three refreshes of the same groups in which economies join and leave."""
    population = LETTERS[:9]
    groups = draw(st.lists(_subsets(population), min_size=1, max_size=3))
    known = frozenset(draw(st.sets(st.sampled_from(population), max_size=3)))
    refreshes = []
    for _ in range(3):
        absent = draw(st.sets(st.sampled_from(population), max_size=5))
        inside = [group - absent for group in [frozenset(population), *groups]]
        refreshes.append([GroupCell(f"G{k}", 9, each, is_whole=k == 0) for k, each in enumerate(inside)])
    return refreshes, known


@pytest.mark.fuzz
@given(histories())
def test_nor_from_what_is_shown_today_and_what_was_last_shown(drawn: tuple[list[list[GroupCell]], frozenset[str]]) -> None:
    refreshes, known = drawn
    last: dict[str, frozenset[str]] = {}

    for cells in refreshes:
        remembering = [
            GroupCell(each.group, each.members, each.contributors, each.is_whole, last.get(each.group)) for each in cells
        ]
        refused = suppressions(remembering, known)
        shown = {each.group: each.contributors for each in cells if each.group not in refused}
        assert derivable([*last.values(), *shown.values()], known) == []
        last |= shown
