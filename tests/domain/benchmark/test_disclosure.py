"""What may be shown of groups, and that nothing can be computed back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.benchmark.disclosure import SMALLEST_GROUP, GroupCell, NodeCells, Suppression, suppressions

NOBODY: frozenset[str] = frozenset()
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def cell(
    group: str, contributors: Iterable[str], *, members: int = 0, is_whole: bool = False, before: Iterable[str] | None = None
) -> GroupCell:
    """Make a cell; each contributor is a letter, so that a group may be given as a word."""
    inside = frozenset(contributors)
    return GroupCell(group, members or len(inside), inside, is_whole, () if before is None else (frozenset(before),))


def of_one_node(cells: Sequence[GroupCell], known: frozenset[str]) -> dict[str, Suppression]:
    """Decide on one node alone; return the reasons by group."""
    return {group: reason for (_, group), reason in suppressions([NodeCells("N", cells, known)]).items()}


def one(contributors: Iterable[str], known: str = "", **about: object) -> Suppression | None:
    members, is_whole, before = about.get("members", 0), about.get("is_whole", False), about.get("before")
    assert isinstance(members, int)
    assert isinstance(is_whole, bool)
    assert before is None or isinstance(before, str)
    return of_one_node([cell("G", contributors, members=members, is_whole=is_whole, before=before)], frozenset(known)).get("G")


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

    assert of_one_node(cells, frozenset("fg")) == {}
    assert of_one_node(cells, NOBODY) == {"SMALL": Suppression.DIFFERENCING}


# Groups beside groups


def test_a_group_of_five_beside_its_superset_of_six_is_refused() -> None:
    cells = [cell("FIVE", "abcde"), cell("SIX", "abcdef")]

    assert of_one_node(cells, NOBODY) == {"FIVE": Suppression.DIFFERENCING}
    assert of_one_node(cells[::-1], NOBODY) == {"FIVE": Suppression.DIFFERENCING}


def test_the_whole_is_kept_before_its_parts_and_large_groups_before_small_ones() -> None:
    cells = [cell("PART", "abcdefghij"), cell("ALL", "abcdefghijk", is_whole=True), cell("HALF", "abcde")]

    assert of_one_node(cells, NOBODY) == {"PART": Suppression.DIFFERENCING}


def test_groups_apart_are_shown_beside_each_other() -> None:
    assert of_one_node([cell("A", "abcde"), cell("B", "fghij"), cell("C", "klmno")], NOBODY) == {}


def test_the_complement_of_shown_groups_is_protected_too() -> None:
    cells = [cell("ALL", LETTERS[:14], is_whole=True), cell("A", "abcde"), cell("B", "fghij")]

    assert of_one_node(cells, NOBODY) == {"B": Suppression.DIFFERENCING}


def test_a_group_with_the_same_contributors_adds_nothing() -> None:
    assert of_one_node([cell("A", "abcdef"), cell("B", "abcdef")], NOBODY) == {}


def test_a_combination_of_four_groups_that_isolates_two_economies_of_different_groups_is_refused() -> None:
    """P - Q + R - S is the sum of y and z, though neither alone can be computed, and no two groups are near each other."""
    a, b, c, d = "abcde", "fghij", "klmno", "pqrst"
    cells = [cell("P", a + b + "y"), cell("R", c + d + "z"), cell("Q", b + c), cell("S", a + d)]

    assert of_one_node(cells, NOBODY) == {"S": Suppression.DIFFERENCING}
    assert of_one_node(cells, frozenset("yz")) == {}


def test_groups_of_which_one_is_too_small_do_not_hinder_the_others() -> None:
    assert of_one_node([cell("A", "abcd"), cell("B", "abcdefgh")], NOBODY) == {"A": Suppression.TOO_FEW}


def test_without_groups_nothing_is_refused() -> None:
    assert of_one_node([], NOBODY) == {}


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


def test_a_change_against_any_earlier_day_counts() -> None:
    """A to f left and b to f came back: the first day less the third is a."""
    days = (frozenset("abcdefghijkl"), frozenset("ghijkl"))

    found = of_one_node([replace(cell("G", "bcdefghijkl"), ever_shown=days)], NOBODY)

    assert found == {"G": Suppression.RECENT_CHANGE}


def test_a_cell_that_was_never_shown_has_not_changed() -> None:
    assert one("abcdefgh") is None


def test_a_group_is_not_shown_beside_what_another_group_told_yesterday() -> None:
    """OLD stands as it was while it waits; beside it, NEW would tell h, i and j."""
    cells = [cell("OLD", "abcdefghijk", before="abcdefghij"), cell("NEW", "abcdefg")]

    assert of_one_node(cells, NOBODY) == {"OLD": Suppression.RECENT_CHANGE, "NEW": Suppression.DIFFERENCING}


def test_five_others_may_join_while_every_group_goes_on() -> None:
    cells = [
        cell("ALL", LETTERS[:19], is_whole=True, before=LETTERS[:14]),
        cell("A", LETTERS[:7], before=LETTERS[:7]),
        cell("B", LETTERS[7:19], before=LETTERS[7:14]),
    ]

    assert of_one_node(cells, NOBODY) == {}


def test_what_was_told_before_the_rules_hinders_nothing_that_adds_nothing() -> None:
    cells = [cell("A", "abcdef", before="abcdef"), cell("B", "abcde", before="abcde"), cell("C", "ghijk")]

    found = of_one_node(cells, NOBODY)

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

    refused = of_one_node(cells, known)

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

    refused = of_one_node(cells, known)

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
def test_nor_from_what_is_shown_today_and_all_that_was_ever_shown(drawn: tuple[list[list[GroupCell]], frozenset[str]]) -> None:
    refreshes, known = drawn
    ever: dict[str, tuple[frozenset[str], ...]] = {}

    for cells in refreshes:
        remembering = [replace(each, ever_shown=ever.get(each.group, ())) for each in cells]
        refused = of_one_node(remembering, known)
        for each in cells:
            if each.group not in refused:
                ever[each.group] = (*ever.get(each.group, ()), each.contributors)
        assert derivable([shown for sets in ever.values() for shown in sets], known) == []


# A node and those that feed it

TREE = {"P": frozenset({"B1", "B2"}), "B1": NOBODY, "B2": NOBODY}
Shown = tuple[str, frozenset[str]]
"""A figure that readers have: its node, and whom it is made of."""


def family(above: str, first: str, second: str) -> list[NodeCells]:
    """Make one group at a node and at the two nodes that feed it."""
    return [
        NodeCells(node, [cell("G", inside)], below=TREE[node]) for node, inside in zip(TREE, (above, first, second), strict=True)
    ]


def test_a_node_is_shown_beside_those_that_feed_it_when_the_same_contribute() -> None:
    assert suppressions(family("abcdef", "abcdef", "abcdef")) == {}


@pytest.mark.parametrize(("first", "second"), [("abcdefg", "abcdef"), ("abcdef", "abcdefghij"), ("abcde", "abcdef")])
def test_a_node_is_not_shown_beside_one_that_feeds_it_when_a_few_others_contribute(first: str, second: str) -> None:
    """An economy shares one section only, or answered too little of it for a score."""
    assert suppressions(family("abcdef", first, second)) == {("P", "G"): Suppression.DIFFERENCING}


def test_a_node_is_shown_beside_one_that_feeds_it_when_five_others_contribute() -> None:
    assert suppressions(family("abcdef", "abcdefghijk", "abcdef")) == {}


def test_those_who_are_public_at_a_node_make_no_difference_there() -> None:
    public_there = [
        replace(node, known=frozenset("g" if node.node == "B1" else "")) for node in family("abcdef", "abcdefg", "abcdef")
    ]

    assert suppressions(public_there) == {}


def test_who_is_public_above_does_not_hide_others_below() -> None:
    """P less B1 less B2 is what a, b, c, d and z have at B2; z is public at P and B1, so its part follows."""
    p, b1, b2 = family("zabcdfghij", "zabcdfghij", "fghij")
    known = frozenset("z")

    found = suppressions([replace(p, known=known), replace(b1, known=known), b2])

    assert found == {("P", "G"): Suppression.DIFFERENCING}


def test_what_a_node_told_once_hinders_those_that_feed_it() -> None:
    """P and B2 were shown for a to f; B1 for a to g would tell g."""
    p, b1, b2 = family("", "abcdefg", "abcdef")
    before = (frozenset("abcdef"),)
    nodes = [replace(p, cells=[cell("G", "", before="abcdef")]), b1, replace(b2, cells=[replace(b2.cells[0], ever_shown=before)])]

    assert suppressions(nodes)["B1", "G"] is Suppression.DIFFERENCING


def test_another_group_at_a_node_above_counts_too() -> None:
    """P of all, B1 of all but few, and B2 of the two parts of all."""
    nodes = [
        NodeCells("P", [cell("ALL", "abcdefghijkl", is_whole=True)], below=TREE["P"]),
        NodeCells("B1", [cell("X", "abcdef"), cell("Y", "ghijklm")]),
        NodeCells("B2", [cell("X", "abcdef"), cell("Y", "ghijkl")]),
    ]

    assert suppressions(nodes) == {("P", "ALL"): Suppression.DIFFERENCING}


def tree_derivable(shown: Sequence[Shown], known: Mapping[str, frozenset[str]], weights: tuple[int, int, int]) -> bool:
    """Tell whether some combination of figures rests on one to four protected economies.

    An unknown is an economy's value at B1, at B2, or at an item of P's own; P is their weighted sum.
    """
    own, first, second = weights
    parts = {"P": {"P": own, "B1": first, "B2": second}, "B1": {"B1": 1}, "B2": {"B2": 1}}
    economies = sorted(frozenset[str]().union(*(inside for _, inside in shown)))
    rows = np.array(
        [
            [
                parts[node].get(part, 0) * (economy in inside and economy not in known[part])
                for economy in economies
                for part in TREE
            ]
            for node, inside in shown
        ]
    ).reshape(len(shown), len(economies) * len(TREE))
    rank = np.linalg.matrix_rank(rows) if rows.size else 0
    for few in combinations(range(len(economies)), min(SMALLEST_GROUP - 1, len(economies))):
        others = [k * len(TREE) + part for k in range(len(economies)) if k not in few for part in range(len(TREE))]
        if rank > (np.linalg.matrix_rank(rows[:, others]) if others and rows.size else 0):
            return True
    return False


def test_the_method_for_trees_finds_what_is_there_to_find() -> None:
    nobody = dict.fromkeys(TREE, NOBODY)
    a_f, a_g = frozenset("abcdef"), frozenset("abcdefg")

    assert tree_derivable([("P", a_f), ("B1", a_g), ("B2", a_f)], nobody, (0, 1, 1))
    assert not tree_derivable([("P", a_f), ("B1", a_g), ("B2", a_f)], nobody, (1, 1, 1))
    assert not tree_derivable([("P", a_f), ("B1", a_f), ("B2", a_f)], nobody, (0, 1, 1))


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[list[NodeCells]], tuple[int, int, int]]:
    """Draw two refreshes of a node and the two that feed it, in which economies miss at one node or another."""
    population = LETTERS[:11]
    groups = [frozenset(population), *draw(st.lists(_subsets(population), max_size=2))]
    some = st.sets(st.sampled_from(population), max_size=6).map(frozenset)
    public = draw(st.fixed_dictionaries({"B1": st.sets(st.sampled_from("abc")), "B2": st.sets(st.sampled_from("bcd"))}))
    known = {"P": frozenset(public["B1"] & public["B2"]), "B1": frozenset(public["B1"]), "B2": frozenset(public["B2"])}
    refreshes = []
    for _ in range(2):
        absent = {"B1": draw(some), "B2": draw(some)}
        absent["P"] = draw(st.one_of(st.just(absent["B1"] | absent["B2"]), st.just(absent["B1"]), some))
        refreshes.append(
            [
                NodeCells(
                    node,
                    [GroupCell(f"G{k}", 11, group - absent[node], is_whole=k == 0) for k, group in enumerate(groups)],
                    known[node],
                    TREE[node],
                )
                for node in TREE
            ]
        )
    return refreshes, draw(st.sampled_from([(0, 1, 1), (0, 2, 1), (1, 1, 1)]))


@pytest.mark.fuzz
@settings(max_examples=60, deadline=None)
@given(trees())
def test_nor_from_a_node_and_those_that_feed_it(drawn: tuple[list[list[NodeCells]], tuple[int, int, int]]) -> None:
    refreshes, weights = drawn
    ever: dict[tuple[str, str], tuple[frozenset[str], ...]] = {}

    for nodes in refreshes:
        remembering = [
            replace(node, cells=[replace(each, ever_shown=ever.get((node.node, each.group), ())) for each in node.cells])
            for node in nodes
        ]
        refused = suppressions(remembering)
        for node in nodes:
            for each in node.cells:
                if (node.node, each.group) not in refused:
                    ever[node.node, each.group] = (*ever.get((node.node, each.group), ()), each.contributors)
        shown = [(node, inside) for (node, _), sets in ever.items() for inside in sets]
        assert not tree_derivable(shown, {node.node: node.known for node in nodes}, weights)


# Revisions


def revised(economies: str, revision: int = 2) -> list[str]:
    return [f"{economy}:{revision}" for economy in economies]


@pytest.mark.parametrize(
    ("count", "reason"), [(1, Suppression.RECENT_CHANGE), (4, Suppression.RECENT_CHANGE), (5, None), (8, None)]
)
def test_who_signs_anew_counts_once(count: int, reason: Suppression | None) -> None:
    """Three economies that sign anew are six contributors, and three economies."""
    before, after = revised("abcdefgh", 1), revised("abcdefgh"[:count]) + revised("abcdefgh"[count:], 1)

    assert of_one_node([cell("G", after, before=before)], NOBODY).get("G") is reason


def test_two_revisions_of_an_economy_count_once_in_a_combination() -> None:
    """X of today less X of yesterday tells how far a, b and c moved; beside OTHER it shows that they are six contributors."""
    cells = [
        cell("X", revised("abcdefgh", 1), before=revised("abcdefgh", 1)),
        cell("Y", revised("abc") + revised("defgh", 1)),
    ]

    assert of_one_node(cells, NOBODY) == {"Y": Suppression.DIFFERENCING}


def test_a_public_revision_makes_no_other_revision_public() -> None:
    before, after = revised("abcdefgh", 1), [*revised("a"), *revised("bcdefgh", 1)]

    assert of_one_node([cell("G", after, before=before)], frozenset({"a:2"})) == {"G": Suppression.RECENT_CHANGE}
    assert of_one_node([cell("G", after, before=before)], frozenset({"a:1", "a:2"})) == {}
