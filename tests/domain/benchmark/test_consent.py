"""Whom an economy lets see a score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.benchmark.consent import Audience, audience_of, sections_of_nodes
from tests import builders as make
from tests.domain.documents import Answered, answered

PRIVATE, PEERS, PUBLIC = Audience.PRIVATE, Audience.PEERS, Audience.PUBLIC


@pytest.mark.parametrize(
    ("given_to", "expected"),
    [
        ({"A": PUBLIC, "B": PUBLIC}, PUBLIC),
        ({"A": PUBLIC, "B": PEERS}, PEERS),
        ({"A": PEERS, "B": PEERS}, PEERS),
        ({"A": PUBLIC, "B": PRIVATE}, PRIVATE),
        ({"A": PUBLIC}, PRIVATE),
        ({}, PRIVATE),
        ({"C": PRIVATE, "A": PUBLIC, "B": PUBLIC}, PUBLIC),
    ],
)
def test_a_score_is_as_private_as_its_most_private_section(given_to: dict[str, Audience], expected: Audience) -> None:
    assert audience_of(frozenset({"A", "B"}), given_to) is expected


def test_a_score_that_rests_on_nothing_is_private() -> None:
    assert audience_of(frozenset(), {"A": PUBLIC}) is PRIVATE


def test_a_node_rests_on_every_section_that_feeds_it_through_any_tier() -> None:
    document = make.questionnaire(
        make.section("S1", make.percent("I1", node="P1"), make.percent("I2", node="ALL"), make.text("T")),
        make.section("S2", make.percent("J1", node="D")),
        make.section("S3", make.text("K1")),
        make.section("P2", make.percent("L1"), make.percent("L2", scored=False, node="P1")),
        nodes=[make.node("ALL"), make.node("P1", "ALL"), make.node("D", "P1"), make.node("P2")],
    )

    assert sections_of_nodes(document) == {"ALL": {"S1", "S2"}, "P1": {"S1", "S2"}, "D": {"S2"}, "P2": {"P2"}}


@pytest.mark.fuzz
@given(answered(), st.dictionaries(st.sampled_from(["S1", "S2"]), st.sampled_from(list(Audience))))
def test_a_node_is_never_more_open_than_a_node_that_it_feeds_is_careful(drawn: Answered, given_to: dict[str, Audience]) -> None:
    document = drawn.questionnaire
    resting_on = sections_of_nodes(document)
    openness = list(Audience)

    for node in document.scheme.nodes:
        if node.parent is not None:
            assert resting_on[node.code] <= resting_on[node.parent]
            above, below = (audience_of(resting_on[code], given_to) for code in (node.parent, node.code))
            assert openness.index(above) <= openness.index(below)
