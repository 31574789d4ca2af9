"""Nothing is said of two economies unless it is nearly certain."""

from __future__ import annotations

import pytest

from app.domain.release.compare import findings, probabilities
from app.domain.release.content import PairRow


def pair(economy: str, other: str, probability: float, version: str = "2026.1") -> PairRow:
    return PairRow(version, "B1", economy, other, probability)


@pytest.mark.parametrize("probability", [0, 0.5, 0.9499])
def test_below_95_percent_nothing_is_said(probability: float) -> None:
    known = probabilities([pair("CHL", "NZL", probability), pair("NZL", "CHL", probability)], "2026.1")

    (found,) = findings(known, "B1", ["CHL", "NZL"])

    assert (found.higher, found.probability) == (None, None)


@pytest.mark.parametrize(("first", "second"), [("CHL", "NZL"), ("NZL", "CHL")])
def test_from_95_percent_on_the_higher_one_is_named_in_whatever_order_they_are_asked_for(first: str, second: str) -> None:
    known = probabilities([pair("CHL", "NZL", 0.95), pair("NZL", "CHL", 0.04)], "2026.1")

    (found,) = findings(known, "B1", [first, second])

    assert (found.higher, found.probability) == ("CHL", 0.95)


def test_without_a_pair_nothing_is_said_and_other_versions_do_not_count() -> None:
    known = probabilities([pair("CHL", "NZL", 1, version="2026.2")], "2026.1")

    found = findings(known, "B1", ["CHL", "NZL", "PER"])

    assert [each.higher for each in found] == [None] * 3
    assert [(each.first, each.second) for each in found] == [("CHL", "NZL"), ("CHL", "PER"), ("NZL", "PER")]
