"""Whom a reader chooses to look at: a few of the economies that a release shows, and what of the choice cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence

from app.economies.service import EconomyNames
from app.kit.errors import FieldProblem
from app.kit.say import mark, say

MOST_ECONOMIES = 6


def choose_economies(
    public: Sequence[EconomyNames], wanted: Sequence[str]
) -> tuple[tuple[EconomyNames, ...], tuple[FieldProblem, ...]]:
    """Return those of the shown economies that are wanted, in their order; nobody where more are than can be read.

    An unknown economy, a private one and one that withdrew are the same problem.
    """
    asked = set(wanted)
    problems: list[FieldProblem] = []
    if not {names.code for names in public} >= asked:
        words = mark("One of the economies asked for shows no scores in this release. It is left out; choose from the list.")
        problems.append(FieldProblem("economy", "not_shown", words))
    if len(asked) > MOST_ECONOMIES:
        sentence = say(
            "You chose {count} economies. Choose {most} at most, so that each can still be read: take some out below.",
            count=len(asked),
            most=MOST_ECONOMIES,
        )
        return (), (FieldProblem("economy", "too_many", sentence), *problems)
    return tuple(names for names in public if names.code in asked), tuple(problems)
