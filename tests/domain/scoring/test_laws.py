"""Laws that hold for every questionnaire and every set of answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.questionnaire.check import check
from app.domain.questionnaire.document import Aggregation, Questionnaire, Section
from app.domain.questionnaire.items import ChecklistItem, Item
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series, item_score
from app.domain.scoring.plan import aggregation_of
from app.domain.scoring.sheet import NodeScore, ScoreSheet, score, score_all
from tests import builders as make
from tests.domain.documents import Answered, answered, answers_to, trees, values

pytestmark = pytest.mark.fuzz

CLOSE = 1e-9


def rounded_trees() -> st.SearchStrategy[Questionnaire]:
    return trees(rounds=True)


def assert_same_scores(one: ScoreSheet, other: ScoreSheet) -> None:
    assert {code: item.reason for code, item in one.items.items()} == {code: item.reason for code, item in other.items.items()}
    assert {code: node.reason for code, node in one.nodes.items()} == {code: node.reason for code, node in other.nodes.items()}
    for code, node in one.nodes.items():
        assert figures(node) == pytest.approx(figures(other.nodes[code]), abs=CLOSE, nan_ok=True)


def figures(node: NodeScore) -> list[float]:
    return [float("nan") if each is None else each for each in (node.value, node.coverage, node.floor, node.ceiling)]


def is_near_the_threshold(document: Questionnaire, sheet: ScoreSheet) -> bool:
    return any(abs(node.coverage - document.scheme.minimum_coverage) < 1e-6 for node in sheet.nodes.values())


@given(trees(rounds=True))
def test_the_drawn_questionnaires_are_free_of_faults(document: Questionnaire) -> None:
    assert check(document) == ()


@given(answered(rounded_trees), st.sampled_from([Series.SELF, Series.EVIDENCE_SUPPORTED]))
def test_every_score_lies_within_the_scale_and_every_coverage_within_one(drawn: Answered, series: Series) -> None:
    sheet = score(drawn.questionnaire, drawn.answers, series)

    for item in sheet.items.values():
        assert item.score is None or 0 <= item.score <= 100
    for node in sheet.nodes.values():
        assert 0 <= node.coverage <= 1
        assert all(0 <= each <= 100 for each in (node.score, node.value, node.floor, node.ceiling) if each is not None)


@given(answered())
def test_the_floor_is_never_above_the_score_nor_the_ceiling_below(drawn: Answered) -> None:
    for node in score(drawn.questionnaire, drawn.answers).nodes.values():
        if node.value is None or node.floor is None or node.ceiling is None:
            continue
        assert node.floor - CLOSE <= node.value <= node.ceiling + CLOSE


@given(answered())
def test_with_full_coverage_floor_score_and_ceiling_are_one(drawn: Answered) -> None:
    for node in score(drawn.questionnaire, drawn.answers).nodes.values():
        if node.coverage == 1:
            assert node.floor == node.score == node.ceiling


@given(answered(rounded_trees))
def test_a_missing_score_is_missing_and_never_zero(drawn: Answered) -> None:
    sheet = score(drawn.questionnaire, drawn.answers)

    for node in sheet.nodes.values():
        assert (node.score is None) == (node.reason is not None)
        assert (node.score is None) == (node.band is None)
        if node.coverage == 0:
            assert node.value is None
    for item in sheet.items.values():
        assert (item.score is None) == (item.reason is not None)


@st.composite
def raised(draw: st.DrawFn) -> tuple[Questionnaire, dict[str, Answer], dict[str, Answer], str]:
    """Draw answers, and the same answers with one item's value replaced by one that scores no less."""
    drawn = draw(answered())
    item = draw(st.sampled_from(list(drawn.questionnaire.items.values())))
    worse, better = sorted((draw(values(item)) for _ in range(2)), key=lambda value: item_score(item, value, 100))
    before, after = (dict(drawn.answers) | {item.code: make.answer(value)} for value in (worse, better))
    return drawn.questionnaire, before, after, item.code


@given(raised(), st.sampled_from([Series.SELF, Series.EVIDENCE_SUPPORTED]))
def test_a_better_answer_never_lowers_a_node(
    drawn: tuple[Questionnaire, dict[str, Answer], dict[str, Answer], str], series: Series
) -> None:
    document, before, after, _ = drawn

    lower, higher = score(document, before, series), score(document, after, series)

    for code, node in lower.nodes.items():
        raised_to = higher.nodes[code].value
        assert node.value is None or raised_to is None or raised_to >= node.value - CLOSE
        assert node.coverage == higher.nodes[code].coverage


@given(answered(), st.data())
def test_the_order_of_pages_items_and_nodes_changes_nothing(drawn: Answered, data: st.DataObject) -> None:
    document = drawn.questionnaire
    sections = [
        section.model_copy(update={"items": tuple(data.draw(st.permutations(section.items)))})
        for section in data.draw(st.permutations(document.sections))
    ]
    nodes = tuple(data.draw(st.permutations(document.scheme.nodes)))
    shuffled = Questionnaire.model_validate(
        document.model_dump() | {"sections": sections, "scheme": document.scheme.model_copy(update={"nodes": nodes})}
    )

    assert_same_scores(score(document, drawn.answers), score(shuffled, drawn.answers))


def rescaled(document: Questionnaire, factor: float) -> Questionnaire:
    def heavier(section: Section) -> Section:
        items = tuple(item.model_copy(update={"weight": item.weight * factor}) for item in section.items)
        return section.model_copy(update={"items": items})

    nodes = tuple(node.model_copy(update={"weight": node.weight * factor}) for node in document.scheme.nodes)
    return Questionnaire.model_validate(
        document.model_dump()
        | {
            "sections": [heavier(section) for section in document.sections],
            "scheme": document.scheme.model_copy(update={"nodes": nodes}),
        }
    )


@given(answered(), st.floats(0.001, 1_000))
def test_all_weights_times_a_constant_change_nothing(drawn: Answered, factor: float) -> None:
    before = score(drawn.questionnaire, drawn.answers)
    assume(not is_near_the_threshold(drawn.questionnaire, before))

    assert_same_scores(before, score(rescaled(drawn.questionnaire, factor), drawn.answers))


@given(
    trees(rounds=True).flatmap(
        lambda document: st.tuples(st.just(document), st.lists(answers_to(document), min_size=2, max_size=6))
    )
)
def test_an_economy_that_joins_or_leaves_changes_no_others_score(drawn: tuple[Questionnaire, list[dict[str, Answer]]]) -> None:
    document, reviews = drawn

    together = score_all(document, reviews)

    assert together == [score(document, review) for review in reviews], "to the last digit"
    assert score_all(document, reviews[1:]) == together[1:]
    assert score_all(document, reviews[::-1]) == together[::-1]


@given(answered(), st.data())
def test_what_does_not_apply_counts_as_if_it_had_never_been_asked(drawn: Answered, data: st.DataObject) -> None:
    document = drawn.questionnaire
    gone = data.draw(st.sampled_from(list(document.items)))
    homes = [document.node_of(section, item) for section in document.sections for item in section.items if item.code != gone]
    assume(all(any(home == node.code for home in homes) or _has_child(document, node.code) for node in document.scheme.nodes))
    assume(len(document.items) > 1)
    left = [
        section.model_copy(update={"items": tuple(item for item in section.items if item.code != gone)})
        for section in document.sections
        if any(item.code != gone for item in section.items)
    ]
    without = Questionnaire.model_validate(document.model_dump() | {"sections": left})

    # A scheme may take a plain mean where items meet and a geometric one above: without its only item, a node changes its rule.
    assume(all(aggregation_of(document, node) is aggregation_of(without, node) for node in without.scheme.nodes))

    one, other = score(document, dict(drawn.answers) | {gone: make.NOT_APPLICABLE}), score(without, drawn.answers)

    assert {code: node.reason for code, node in one.nodes.items()} == {code: node.reason for code, node in other.nodes.items()}
    for code, node in one.nodes.items():
        assert figures(node) == pytest.approx(figures(other.nodes[code]), abs=CLOSE, nan_ok=True)


@given(answered(rounded_trees), st.sampled_from([Series.SELF, Series.EVIDENCE_SUPPORTED]))
def test_an_option_that_does_not_apply_counts_as_if_it_had_never_been_in_its_list(drawn: Answered, series: Series) -> None:
    asking = {code: item.model_copy(update={"evidence": make.evidence(2)}) for code, item in drawn.questionnaire.items.items()}
    document = _with_items(drawn.questionnaire, asking)
    shorter = {code: _without_options(item, drawn.answers.get(code, BLANK).not_applicable) for code, item in asking.items()}
    bare = {code: replace(answer, not_applicable=()) for code, answer in drawn.answers.items()}

    one, other = score(document, drawn.answers, series), score(_with_items(document, shorter), bare, series)

    assert (one.items, one.nodes) == (other.items, other.nodes), "to the last digit"


def _without_options(item: Item, gone: tuple[str, ...]) -> Item:
    """Delete options from a document; an author would lower `full_at` with them."""
    if not isinstance(item, ChecklistItem) or not gone:
        return item
    options = tuple(option for option in item.options if option.code not in gone)
    is_whole = item.full_at is None or item.full_at >= sum(option.weight for option in options)
    return item.model_copy(update={"options": options, "full_at": None if is_whole else item.full_at})


def _has_child(document: Questionnaire, code: str) -> bool:
    return any(node.parent == code for node in document.scheme.nodes)


@given(answered())
def test_the_five_states_are_never_merged(drawn: Answered) -> None:
    sheet = score(drawn.questionnaire, drawn.answers)

    expected = {
        AnswerState.ANSWERED: None,
        AnswerState.NOT_APPLICABLE: Reason.NOT_APPLICABLE,
        AnswerState.NOT_AVAILABLE: Reason.NOT_AVAILABLE,
        AnswerState.DECLINED: Reason.DECLINED,
        AnswerState.BLANK: Reason.BLANK,
    }
    for code, item in sheet.items.items():
        state = drawn.answers[code].state if code in drawn.answers else AnswerState.BLANK
        assert item.reason is expected[state]


@given(answered(), st.data())
def test_no_information_declined_and_blank_weigh_the_same_and_only_their_reasons_differ(
    drawn: Answered, data: st.DataObject
) -> None:
    swaps = {
        code: data.draw(st.sampled_from([make.NOT_AVAILABLE, make.DECLINED, BLANK]))
        for code, reply in drawn.answers.items()
        if reply.state in {AnswerState.NOT_AVAILABLE, AnswerState.DECLINED, AnswerState.BLANK}
    }

    before, after = score(drawn.questionnaire, drawn.answers), score(drawn.questionnaire, dict(drawn.answers) | swaps)

    assert before.nodes == after.nodes


@given(answered())
def test_evidence_never_lowers_and_the_supported_series_never_exceeds_the_declared(drawn: Answered) -> None:
    asking = {code: item.model_copy(update={"evidence": make.evidence(1)}) for code, item in drawn.questionnaire.items.items()}
    document = _with_items(drawn.questionnaire, asking)

    declared, supported = score(document, drawn.answers), score(document, drawn.answers, Series.EVIDENCE_SUPPORTED)

    for code, node in supported.nodes.items():
        value = declared.nodes[code].value
        assert (node.value is None) == (value is None)
        assert node.value is None or value is None or node.value <= value + CLOSE
        assert node.coverage == declared.nodes[code].coverage


def _with_items(document: Questionnaire, items: dict[str, Item]) -> Questionnaire:
    sections = [
        section.model_copy(update={"items": tuple(items[item.code] for item in section.items)}) for section in document.sections
    ]
    return Questionnaire.model_validate(document.model_dump() | {"sections": sections})


@given(answered(lambda: trees(aggregations=(Aggregation.WEIGHTED,))), st.data())
def test_a_mean_forgives_more_than_a_geometric_and_that_more_than_a_harmonic(drawn: Answered, data: st.DataObject) -> None:
    found = []
    for aggregation in (Aggregation.WEIGHTED, Aggregation.GEOMETRIC, Aggregation.HARMONIC, Aggregation.SHIFTED_GEOMETRIC):
        nodes = tuple(node.model_copy(update={"aggregation": aggregation}) for node in drawn.questionnaire.scheme.nodes)
        scheme = drawn.questionnaire.scheme.model_copy(update={"nodes": nodes})
        found.append(score(Questionnaire.model_validate(drawn.questionnaire.model_dump() | {"scheme": scheme}), drawn.answers))
    code = data.draw(st.sampled_from(list(drawn.questionnaire.nodes)))

    means = [sheet.nodes[code].value for sheet in found]

    observed = [mean for mean in means if mean is not None]
    assert len(observed) in {0, len(means)}
    if observed:
        arithmetic, geometric, harmonic, shifted = observed
        assert arithmetic + CLOSE >= geometric >= harmonic - CLOSE
        assert arithmetic + CLOSE >= shifted >= geometric - CLOSE
