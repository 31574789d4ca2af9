"""How sure scores are: for whom, from what, and what a range may say of a band."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.benchmark.robustness.draws import seed_of
from app.domain.benchmark.robustness.uncertainty import REPLICATES, SURE_OF_BAND
from app.domain.questionnaire.document import Questionnaire
from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, score
from app.economies.service import CycleEntry
from app.kit.actor import Role
from app.kit.errors import Conflict, NotFound
from app.reviews.sign_off import FrozenReview, SubmissionEntry
from app.scores import service
from app.scores.certainty import Certainty, NodeCertainty, RelativeScales, get_certainty, list_certainties
from tests import builders as make
from tests.scenarios import COMPLETE, SMALL, Scene, statements

BARE = {code: RawAnswer(value=raw.value) for code, raw in COMPLETE.items()}


def certainty(scene: Scene, review: UUID, revision: int = 1, economy: str = "NZL") -> Certainty:
    with scene.database.read() as session:
        return get_certainty(session, scene.person(Role.CONTRIBUTOR, economy), review, revision)


def frozen(questionnaire: Questionnaire, answers: Mapping[str, Answer], economy: str = "NZL") -> FrozenReview:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    entry = SubmissionEntry(uuid4(), uuid4(), 1, now, "Ann Approver", "0" * 64, "I attest.")
    cycle = CycleEntry(uuid4(), questionnaire.code, "2026", "Cycle 2026", "", is_open=True)
    return FrozenReview(entry, economy, cycle, questionnaire, answers)


def certain(
    questionnaire: Questionnaire, *reviews: Mapping[str, Answer], release: str = "test", replicates: int = 2_000
) -> list[Certainty]:
    """Compute for economies AAA, AAB, ... without a database."""
    signed = [frozen(questionnaire, answers, f"AA{chr(65 + place)}") for place, answers in enumerate(reviews)]
    sheets = [score(questionnaire, answers) for answers in reviews]
    return list_certainties(signed, sheets, release=release, replicates=replicates)


def width(node: NodeCertainty) -> float:
    assert node.range is not None
    return node.range.quantiles[-1] - node.range.quantiles[0]


def gated(law: float | None, means: float) -> NodeCertainty:
    """Return the pillar of tests/questionnaires/gates.yaml, where LAW below 50 closes Advanced."""
    answers = {"LAW": make.NOT_AVAILABLE if law is None else make.answer(law), "MEANS": make.answer(means)}
    return certain(make.small("gates"), answers)[0].nodes["P"]


def test_the_score_that_stands_is_the_stored_one(scene: Scene) -> None:
    review = scene.ready().submitted()

    found = certainty(scene, review)

    with scene.database.read() as session:
        sheets = service.get_results(session, scene.person(Role.CONTRIBUTOR), review, 1).sheets
    assert {code: node.score for code, node in found.nodes.items()} == sheets[Series.SELF].nodes
    assert list(found.nodes) == ["ALL", "A", "B"]


def test_everybody_gets_the_same_figures_from_the_fingerprint(scene: Scene) -> None:
    review = scene.ready().submitted()

    first, second = certainty(scene, review), certainty(scene, review)

    assert first == second
    answers_hash = first.review.entry.answers_hash
    assert first.made_with.release == answers_hash
    assert (first.made_with.seed, first.made_with.replicates) == (seed_of(answers_hash, METHOD_VERSION), REPLICATES)


def test_a_range_is_in_order_and_its_bands_add_up(scene: Scene) -> None:
    found = certainty(scene, scene.ready().submitted())

    for node in found.nodes.values():
        assert node.range is not None
        assert list(node.range.quantiles) == sorted(node.range.quantiles)
        assert 0 <= node.range.quantiles[0] < node.range.quantiles[-1] <= 100
        assert sum(node.range.in_band.values()) == pytest.approx(1)
        assert node.range.scored == 1


def test_evidence_narrows_a_range(scene: Scene) -> None:
    with_links = {code: RawAnswer(value=raw.value, evidence_url="https://example.org/here") for code, raw in COMPLETE.items()}
    scene.ready()
    bare, backed = scene.submitted("NZL", BARE), scene.submitted("PER", with_links)

    without, with_evidence = certainty(scene, bare), certainty(scene, backed, economy="PER")

    assert width(without.nodes["A"]) > width(with_evidence.nodes["A"])
    assert without.nodes["A"].open_points.without_evidence == ("A1", "A2", "A3")
    assert with_evidence.open_points.without_evidence == ()


def test_an_answer_that_is_the_lowest_needs_no_evidence() -> None:
    document = make.questionnaire(make.section("A", make.yes_no("A1"), make.yes_no("A2")))

    (found,) = certain(document, {"A1": make.answer("no"), "A2": make.answer("yes")})

    assert found.open_points.without_evidence == ("A2",)


def test_what_is_open_is_counted_where_it_feeds(scene: Scene) -> None:
    left = {
        **{code: raw for code, raw in COMPLETE.items() if code != "B3"},
        "A1": RawAnswer(state="declined"),
        "B2": RawAnswer(state="not_applicable", reason="None of us."),
    }

    found = certainty(scene, scene.ready().submitted(given=left))

    points = {code: node.open_points for code, node in found.nodes.items()}
    assert (points["A"].missing, points["B"].missing, points["ALL"].missing) == (("A1",), ("B3",), ("A1", "B3"))
    assert (points["A"].not_applicable, points["B"].not_applicable) == ((), ("B2",))
    assert found.open_points == points["ALL"]


def test_an_item_that_is_not_asked_is_not_open(scene: Scene) -> None:
    given = {code: raw for code, raw in COMPLETE.items() if code != "A3"} | {"A2": RawAnswer(value="no")}

    found = certainty(scene, scene.ready().submitted(given=given))

    assert found.open_points.missing == ()


def test_without_a_score_there_is_no_range() -> None:
    document = make.questionnaire(make.section("A", make.yes_no("A1"), make.yes_no("A2"), make.yes_no("A3")))

    (found,) = certain(document, {"A1": make.answer("yes"), "A2": make.DECLINED, "A3": make.DECLINED})

    assert found.nodes["A"].score.score is None
    assert found.nodes["A"].range is None
    assert found.nodes["A"].open_points.missing == ("A2", "A3")


def test_an_economys_figures_do_not_depend_on_who_else_is_there() -> None:
    document = make.questionnaire(make.section("A", make.maturity("A1"), make.maturity("A2"), make.maturity("A3")))
    one, other = make.answers(A1=3, A2=4, A3=make.DECLINED), make.answers(A1=5, A2=1, A3=2)

    alone, among = certain(document, one)[0], certain(document, one, other)[0]

    assert alone.nodes == among.nodes
    assert certain(document, one, release="another")[0].nodes != alone.nodes


def test_a_band_that_is_not_sure_is_shown_as_a_range() -> None:
    document = make.questionnaire(make.section("A", *(make.maturity(f"A{n}") for n in range(4))), bands=make.BANDS)
    edge, top = ({f"A{n}": make.answer(level) for n, level in enumerate(levels)} for levels in ((3, 3, 4, 4), (5, 5, 5, 5)))

    unsure, sure = (each.nodes["A"].range for each in certain(document, edge, top))

    assert unsure is not None
    assert unsure.in_band["advanced"] < SURE_OF_BAND
    assert (unsure.first_band, unsure.last_band) == ("established", "advanced")
    assert sure is not None
    assert sure.in_band["leading"] >= SURE_OF_BAND
    assert (sure.first_band, sure.last_band) == ("leading", "leading")


def test_a_closed_gate_is_the_upper_end_of_the_bands_shown() -> None:
    """LAW 25 < 50 closes Advanced; replicates that reach it by their mean count as Established."""
    node = gated(law=25, means=90)

    assert node.score.band == "established"
    assert node.range is not None
    assert list(node.range.in_band) == ["starting", "forming", "established"]
    assert node.range.in_band["established"] == pytest.approx(1, abs=0.05)
    assert (node.range.first_band, node.range.last_band) == ("established", "established")


def test_a_closed_gate_counts_below_its_band_too() -> None:
    """The mean is Established and near Advanced, which stays closed however far replicates reach."""
    node = gated(law=20, means=78)

    assert (node.score.band, node.score.held_back_by) == ("established", ())
    assert node.range is not None
    assert "advanced" not in node.range.in_band
    assert node.range.last_band == "established"


def test_an_open_gate_closes_nothing() -> None:
    node = gated(law=50, means=90)

    assert node.score.band == "advanced"
    assert node.range is not None
    assert list(node.range.in_band)[-1] == "leading"


def test_a_gate_whose_item_is_missing_is_closed() -> None:
    node = gated(law=None, means=90)

    assert node.range is not None
    assert node.range.last_band == "established"


def test_without_bands_there_is_none_to_show() -> None:
    document = make.questionnaire(make.section("A", make.yes_no("A1")))

    (found,) = certain(document, {"A1": make.answer("yes")})

    assert found.nodes["A"].range is not None
    assert (found.nodes["A"].range.first_band, dict(found.nodes["A"].range.in_band)) == (None, {})


def test_relative_scales_are_refused_in_words(scene: Scene) -> None:
    scene.publish(SMALL.replace("goalposts: {lo: 0, hi: 1000}", "normalisation: {method: min_max}"))
    scene.open_cycle()
    review = scene.submitted_many(["NZL"])["NZL"]

    with pytest.raises(RelativeScales, match="fixed scales"):
        certainty(scene, review)


def test_scores_that_count_children_are_refused(scene: Scene) -> None:
    scene.publish(SMALL.replace("minimum_coverage: 0.5", "minimum_coverage: 0.5\n  coverage: children"))
    scene.open_cycle()

    with pytest.raises(RelativeScales, match="too thin"):
        certainty(scene, scene.submitted())


def test_where_nothing_is_scored_there_is_no_range() -> None:
    document = make.questionnaire(make.section("A", make.text("A1")))

    with pytest.raises(Conflict, match="Nothing in this questionnaire is scored"):
        certain(document, {"A1": Answer(AnswerState.ANSWERED, "Words")})


@pytest.mark.abuse("T1")
def test_nobody_else_sees_them(scene: Scene) -> None:
    """T1: a foreign revision, an unknown one and a random review look alike to a stranger."""
    review = scene.ready().submitted()
    strangers = (scene.person(Role.APPROVER, "PER"), scene.person(Role.ADMINISTRATOR), scene.person(Role.ANALYST))

    words = set()
    with scene.database.read() as session:
        for stranger in strangers:
            for wanted, revision in ((review, 1), (review, 2), (uuid4(), 1)):
                with pytest.raises(NotFound) as refused:
                    get_certainty(session, stranger, wanted, revision)
                words.add(refused.value.detail)

    assert len(words) == 1


def test_they_take_few_statements(scene: Scene) -> None:
    review = scene.ready().submitted()
    certainty(scene, review)

    with statements(scene.database) as sent:
        certainty(scene, review)

    assert len(sent) <= 4, sent
