"""How many of a group may be told: a few are never told apart, neither those that are counted nor those that are left."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.benchmark.disclosure import SMALLEST_GROUP


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a group, as far as it may be told. None with `is_few`: some, but fewer than the minimum; with `is_most`: all
    but fewer than the minimum."""

    number: int | None
    is_few: bool = False
    is_most: bool = False


def count_of(economies: int, others: int = 0, *, told: int | None = None) -> Count:
    """Tell a number where neither the economies behind it nor the others of the group are fewer than the minimum.

    None of them and all of them are told. `told`: the number itself, where an economy may count more than once."""
    if 0 < economies < SMALLEST_GROUP:
        return Count(None, is_few=True)
    if economies and 0 < others < SMALLEST_GROUP:
        return Count(None, is_most=True)
    return Count(economies if told is None else told)
