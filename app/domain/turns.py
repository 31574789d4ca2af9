"""Which of two orders' common members changed their turn: the fewest whose moves explain the new order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def out_of_turn(old: Sequence[T], new: Sequence[T]) -> set[T]:
    """Return what both hold but for a longest run that kept its turn (patience sorting)."""
    turn = {each: number for number, each in enumerate(old)}
    common = [each for each in new if each in turn]
    tails: list[int] = []
    lengths: list[int] = []
    for each in common:
        length = bisect_left(tails, turn[each])
        tails[length : length + 1] = [turn[each]]
        lengths.append(length)
    kept: list[T] = []
    for each, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == len(tails) - 1 - len(kept) and (not kept or turn[each] < turn[kept[-1]]):
            kept.append(each)
    return set(common) - set(kept)
