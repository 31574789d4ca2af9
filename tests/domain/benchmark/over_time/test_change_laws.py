"""Laws of change that hold for every questionnaire and every set of answers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.answers import Answer
from app.domain.benchmark.over_time.backcast import backcast
from app.domain.benchmark.over_time.change import NoChange, NodeChange, change
from app.domain.benchmark.over_time.common_core import core_of
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.scoring.normalise import Series, item_score
from app.domain.scoring.plan import aggregation_of
from app.domain.scoring.sheet import score
from tests import builders as make
from tests.domain.documents import Answered, answered, answers_to, trees, values, weights

pytestmark = pytest.mark.fuzz

CLOSE = 1e-9
STORED = st.sampled_from([Series.SELF, Series.EVIDENCE_SUPPORTED])


@st.composite
def answered_twice(draw: st.DrawFn) -> tuple[Questionnaire, dict[str, Answer], dict[str, Answer]]:
    document = draw(trees(rounds=draw(st.booleans())))
    return document, draw(answers_to(document)), draw(answers_to(document))


def with_another(document: Questionnaire, home: str, weight: float) -> Questionnaire:
    """Add an item to a node."""
    added = make.section("NEW", make.percent("NEW-1", node=home, weight=weight))
    return rebuilt(document, sections=(*document.sections, added), version="2027.1")


def rebuilt(document: Questionnaire, **fields: object) -> Questionnaire:
    """Change a document. A copy would remember the items and nodes of the one that it was made of."""
    return Questionnaire.model_validate(document.model_dump() | fields)


def figures(found: NodeChange) -> tuple[object, ...]:
    near = [None if each is None else pytest.approx(each, abs=CLOSE) for each in (found.before, found.after, found.change)]
    return (*near, found.reason, found.items, *(pytest.approx(each, abs=CLOSE) for each in (found.share_before, found.coverage)))


@given(answered(lambda: trees(rounds=True)), STORED)
def test_the_same_answers_to_the_same_version_have_not_changed_at_all(drawn: Answered, series: Series) -> None:
    document, answers = drawn.questionnaire, drawn.answers
    sheet = score(document, answers, series)

    for code, found in change(core_of(document, document, series), answers, answers).items():
        node = sheet.nodes[code]
        assert (found.before, found.after, found.coverage) == (node.score, node.score, node.coverage)
        assert found.change == (None if node.score is None else 0)
        if node.score is not None:
            assert (found.share_before, found.share_after) == (1, 1)
        else:
            assert not found.is_break


@given(answered_twice(), st.data())
def test_a_new_item_changes_no_reported_change_or_breaks_the_series(
    drawn: tuple[Questionnaire, dict[str, Answer], dict[str, Answer]], data: st.DataObject
) -> None:
    document, before, after = drawn
    home = data.draw(st.sampled_from(list(document.nodes)))
    longer = with_another(document, home, data.draw(weights))
    # An item where only nodes met makes a plain mean of a geometric one, where a scheme asks for one after the other.
    assume(aggregation_of(document, document.nodes[home]) is aggregation_of(longer, longer.nodes[home]))
    given_later = after | data.draw(st.sampled_from([{}, make.answers(**{"NEW-1": 100.0}), make.answers(**{"NEW-1": 0.0})]))

    short = change(core_of(document, document), before, after)
    long = change(core_of(document, longer), before, given_later)

    for code, found in long.items():
        if found.reason is short[code].reason:
            assert (found.before, found.after, found.change) == (short[code].before, short[code].after, short[code].change)
        else:
            assert found.reason in {NoChange.LESS_THAN_60_PERCENT_COMMON, NoChange.NOTHING_IN_COMMON}
        assert found.items == short[code].items
        assert found.share_after <= short[code].share_after + CLOSE


@given(answered_twice(), st.data(), STORED)
def test_a_better_answer_never_lowers_a_change_nor_a_better_past_raises_it(
    drawn: tuple[Questionnaire, dict[str, Answer], dict[str, Answer]], data: st.DataObject, series: Series
) -> None:
    document, before, after = drawn
    item = data.draw(st.sampled_from(list(document.items.values())))
    worse, better = sorted((data.draw(values(item)) for _ in range(2)), key=lambda value: item_score(item, value, 100))
    core = core_of(document, document, series)
    low, high = {item.code: make.answer(worse)}, {item.code: make.answer(better)}

    for lower, higher in (
        (change(core, before, after | low), change(core, before, after | high)),
        (change(core, before | high, after), change(core, before | low, after)),
    ):
        for code, found in lower.items():
            raised = higher[code].change
            assert (found.change is None) == (raised is None)
            assert found.change is None or raised is None or raised >= found.change - CLOSE


@given(answered_twice(), st.data())
def test_the_order_of_pages_items_and_nodes_changes_nothing(
    drawn: tuple[Questionnaire, dict[str, Answer], dict[str, Answer]], data: st.DataObject
) -> None:
    document, before, after = drawn
    plain = rebuilt(document, scheme=document.scheme.model_copy(update={"rounding": None}))
    shuffled = shuffle(plain, data)

    straight = change(core_of(plain, plain), before, after)
    for core in (core_of(plain, shuffled), core_of(shuffled, plain)):
        crossed = change(core, before, after)
        near_an_edge = {code for code, node in straight.items() if abs(node.coverage - document.scheme.minimum_coverage) < 1e-6}
        assert crossed.keys() == straight.keys()
        for code in crossed.keys() - near_an_edge:
            assert figures(crossed[code]) == figures(straight[code])


def shuffle(document: Questionnaire, data: st.DataObject) -> Questionnaire:
    sections = tuple(
        Section(code=part.code, title=part.title, items=tuple(data.draw(st.permutations(part.items))))
        for part in data.draw(st.permutations(document.sections))
    )
    nodes = tuple(data.draw(st.permutations(document.scheme.nodes)))
    return rebuilt(document, sections=sections, scheme=document.scheme.model_copy(update={"nodes": nodes}))


@given(answered_twice())
def test_a_change_is_the_difference_of_two_scores_on_the_scale_and_turns_round_with_time(
    drawn: tuple[Questionnaire, dict[str, Answer], dict[str, Answer]],
) -> None:
    document, before, after = drawn
    core = core_of(document, document)

    back = change(core, after, before)
    for code, found in change(core, before, after).items():
        assert 0 <= found.share_before <= 1
        assert 0 <= found.share_after <= 1
        assert 0 <= found.coverage <= 1
        assert (back[code].before, back[code].after) == (found.after, found.before)
        if found.change is not None:
            assert found.before is not None
            assert found.after is not None
            assert found.change == found.after - found.before
            assert 0 <= found.before <= 100
            assert 0 <= found.after <= 100


@given(answered(lambda: trees(rounds=True)), STORED)
def test_answers_cast_back_under_their_own_version_score_the_same(drawn: Answered, series: Series) -> None:
    found = backcast(drawn.questionnaire, drawn.answers, drawn.questionnaire, series)

    assert found.sheet == score(drawn.questionnaire, drawn.answers, series)
    assert set(found.carried.values()) == {1}
