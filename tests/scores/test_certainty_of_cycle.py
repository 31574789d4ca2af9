"""Ranges of a whole cycle, for those who run the service: from which answers, in which order, and what is refused."""

from __future__ import annotations

import pytest

from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.kit.actor import Role
from app.kit.errors import Conflict, Invalid, NotFound
from app.scores.certainty import Certainty, RelativeScales
from app.scores.certainty_of_cycle import Run, Signed, factors, pairs, ranges, read_signed
from tests.scenarios import CODE, COMPLETE, CYCLE, SMALL, VERSION, Scene, answers_csv

FEW = 200
WITHOUT_A = {
    **{code: raw for code, raw in COMPLETE.items() if code != "A3"},
    "A1": RawAnswer(state="declined"),
    "A2": RawAnswer(state="declined"),
}


def signed(scene: Scene, version: str = VERSION, cycle: str = CYCLE, series: Series = Series.SELF) -> Signed:
    with scene.database.read() as session:
        return read_signed(session, CODE, version, cycle, series)


def run(scene: Scene, release: str = "small-2026") -> Run[Certainty]:
    return ranges(signed(scene), release=release, replicates=FEW)


@pytest.fixture
def three(scene: Scene) -> Scene:
    scene.ready().submitted_many(("PER", "AUS", "CHL"), [1, 3, 5])
    return scene


def test_every_economy_that_signed_is_there_by_its_code(three: Scene) -> None:
    three.import_(answers_csv(("THA",)), submit=False)

    assert [each.review.economy for each in run(three).lines] == ["AUS", "CHL", "PER"]


def test_the_last_revision_counts(scene: Scene) -> None:
    review = scene.ready().submitted()
    scene.reopen(review)
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A1", "1", seen=1)
    assert run(scene).lines[0].review.entry.revision == 1
    scene.hand_over(review)
    scene.sign(review)

    (line,) = run(scene).lines

    assert line.review.entry.revision == 2
    assert line.nodes["A"].score.score == pytest.approx((0 + 100 + 100 / 3) / 3)


def test_an_economy_has_the_same_figures_alone_and_among_others(scene: Scene) -> None:
    scene.ready().submitted_many(("AUS",), [3])
    alone = run(scene).lines[0]
    scene.submitted_many(("PER", "CHL"), [1, 5])

    among = run(scene).lines[0]

    assert among.review.economy == "AUS"
    assert among.nodes == alone.nodes


def test_a_run_names_what_gives_it_again(three: Scene) -> None:
    first, again, other = run(three), run(three), run(three, "another")

    assert first == again
    assert first.made_with["release"] == "small-2026"
    assert first.made_with["replicates"] == FEW
    assert first.made_with["seed"] != other.made_with["seed"]
    assert first.lines[0].nodes != other.lines[0].nodes


def test_pairs_stand_in_the_order_of_codes(three: Scene) -> None:
    found = pairs(signed(three), "A", release="small-2026", replicates=FEW)

    chances = {(line.economy, line.other): line.probability for line in found.lines}
    assert list(chances) == sorted(chances)
    assert len(chances) == 6
    assert chances["CHL", "PER"] == 1
    assert chances["PER", "CHL"] == 0
    assert found.made_with["node"] == "A"


def test_economies_without_a_score_are_in_no_pair(three: Scene) -> None:
    three.submitted("NZL", WITHOUT_A)

    found = pairs(signed(three), "A", release="small-2026", replicates=FEW)

    assert {line.economy for line in found.lines} == {"AUS", "CHL", "PER"}


def test_factors_come_for_every_output_with_their_intervals(three: Scene) -> None:
    found = factors(signed(three), "ALL", release="small-2026")

    assert list(dict.fromkeys(line.output for line in found.lines)) == ["AUS", "CHL", "PER", "mean_rank_change"]
    names = ["weights", "aggregation", "goalposts", "not_applicable", "missing", "evidence"]
    assert [line.factor for line in found.lines if line.output == "AUS"] == names
    for line in found.lines:
        if line.total is not None and line.total_low is not None and line.total_high is not None:
            assert line.total_low <= line.total <= line.total_high
    assert found.made_with["samples"] == 1_024


def test_an_unknown_node_is_named_with_those_there_are(three: Scene) -> None:
    for compute in (pairs, factors):
        with pytest.raises(Invalid) as refused:
            compute(signed(three), "Z", release="x")

        assert refused.value.problems[0].message == "There is no Z. Choose from: A, ALL, B."


def test_a_node_where_nobody_has_a_score_is_refused(scene: Scene) -> None:
    scene.ready().submitted("NZL", WITHOUT_A)

    with pytest.raises(Conflict, match="Nobody has a score at A"):
        factors(signed(scene), "A", release="x")


def test_what_cannot_be_computed_is_said(scene: Scene) -> None:
    scene.ready()

    with pytest.raises(NotFound):
        signed(scene, cycle="2099")
    with pytest.raises(NotFound):
        signed(scene, version="2031.1")
    with pytest.raises(Conflict, match="Choose the series self"):
        signed(scene, series=Series.EVIDENCE_SUPPORTED)
    with pytest.raises(Conflict, match="nothing to compute"):
        signed(scene)


def test_no_replicate_is_too_few(three: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        ranges(signed(three), release="x", replicates=0)

    assert refused.value.problems[0].code == "scoring.replicates"


def test_relative_scales_are_refused(scene: Scene) -> None:
    scene.publish(SMALL.replace("goalposts: {lo: 0, hi: 1000}", "normalisation: {method: min_max}"))
    scene.open_cycle()
    scene.submitted_many(["NZL"])

    with pytest.raises(RelativeScales):
        run(scene)
    for compute in (pairs, factors):
        with pytest.raises(RelativeScales):
            compute(signed(scene), "A", release="x")
