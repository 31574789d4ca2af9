"""The reviewed series: it comes with the close, takes what was agreed and nothing else, and leaves the others alone."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.benchmarks import service as benchmarks
from app.benchmarks.queries import Filters
from app.domain.benchmark.consent import Audience
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import score
from app.kit.errors import Conflict, NotFound
from app.reviews import sign_off
from app.scores import service as scores
from app.scores.service import Results
from tests.peer_reviews.conftest import OURS, PeerScene
from tests.scenarios import APEC, CODE, CYCLE, VERSION


def results(peers: PeerScene, revision: int = 1) -> Results:
    with peers.scene.database.read() as session:
        return scores.get_results(session, peers.coordinator, peers.review, revision)


def shown(peers: PeerScene, series: Series) -> dict[str, float | None]:
    """Read our scores as a reader without an account does."""
    with peers.scene.database.read() as session:
        found = benchmarks.list_scores(session, None, Filters(cycle=CYCLE, series=series.value, economies=(OURS,)))
    return {entry.node: entry.score for entry in found}


def closed_with(peers: PeerScene, peer_review: UUID, agreed: dict[str, str], *, kept: tuple[str, ...] = ()) -> None:
    """Let the reviewer propose and the economy accept; `kept` items are agreed as they were signed."""
    for item, value in agreed.items():
        peers.propose(peer_review, item, value)
    peers.agree(peer_review, *kept)
    peers.hand_over(peer_review)
    for item in agreed:
        peers.accept_proposal(peer_review, item)
    peers.close(peer_review)


def test_agreed_answers_are_scored_as_one_would_by_hand(peers: PeerScene) -> None:
    """A1 at level 2 is 25, A2 yes is 100, A3 one of three is a third: A is their mean, for A4 is not scored. B1 some is 50, B3 as
    signed is 100, and B2 has no agreed answer: B is 75, with two of its three answers."""
    peer_review = peers.opened()

    closed_with(peers, peer_review, {"A1": "2", "B1": "some"}, kept=("A2", "A3", "B3"))

    nodes = results(peers).sheets[Series.REVIEWED].nodes
    assert nodes["A"].score == pytest.approx((25 + 100 + 100 / 3) / 3)
    assert nodes["B"].score == pytest.approx((50 + 100) / 2)
    assert nodes["B"].coverage == pytest.approx(2 / 3)
    assert nodes["ALL"].score == pytest.approx(((25 + 100 + 100 / 3) / 3 + 75) / 2)


def test_the_stored_sheet_is_the_core_s_own_and_what_is_not_agreed_is_missing(peers: PeerScene) -> None:
    peer_review = peers.opened()

    closed_with(peers, peer_review, {"A1": "2"}, kept=("A2",))

    found = results(peers)
    sheet = found.sheets[Series.REVIEWED]
    assert set(found.agreed) == {"A1", "A2"}
    assert sheet == score(found.review.questionnaire, found.review.answers, Series.REVIEWED, agreed=found.agreed)
    assert sheet.items["A3"].reason is Reason.NOT_REVIEWED
    assert sheet.nodes["B"].score is None


def test_the_signed_answers_and_the_other_series_stay_as_they_were_to_the_last_digit(peers: PeerScene) -> None:
    columns = "SELECT series, sheet, method_version, content_hash FROM score_sheet WHERE series != 'reviewed' ORDER BY series"
    signed = peers.scene.rows("SELECT id, answers, answers_hash FROM submission")
    before = peers.scene.rows(columns)
    peer_review = peers.opened()

    closed_with(peers, peer_review, {"A1": "1", "A2": "no", "B1": "nobody"})

    assert peers.scene.rows(columns) == before
    assert peers.scene.rows("SELECT id, answers, answers_hash FROM submission") == signed


def test_there_is_no_reviewed_series_before_the_close(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.agree(peer_review, "A1", "A2", "A3", "B1", "B2", "B3")
    peers.hand_over(peer_review)
    peers.ask_to_close(peer_review)

    assert Series.REVIEWED not in results(peers).sheets
    with pytest.raises(Conflict, match="No peer review is closed yet"), peers.scene.database.read() as session:
        scores.score_cycle(session, CODE, VERSION, CYCLE, Series.REVIEWED)


def test_a_peer_review_that_agreed_on_nothing_makes_no_series(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.ask(peer_review, "A1")
    peers.hand_over(peer_review)

    peers.close(peer_review)

    assert set(results(peers).sheets) == set(scores.STORED_SERIES)


def test_peer_reviews_of_one_submission_combine_and_of_two_on_one_item_the_later_agreement_counts(peers: PeerScene) -> None:
    first, second = peers.opened("A"), peers.opened("A", "B")
    peers.propose(second, "B1", "some")
    closed_with(peers, first, {"A1": "2"}, kept=("A2", "A3"))

    peers.propose(second, "A1", "3")
    peers.hand_over(second)
    peers.accept_proposal(second, "B1")
    peers.accept_proposal(second, "A1")
    peers.close(second)

    agreed = {item: answer.value for item, answer in results(peers).agreed.items()}
    assert agreed == {"A1": 3, "A2": "yes", "A3": ("privacy",), "B1": "some"}


def test_what_was_withdrawn_never_counts(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.agree(peer_review, "A1", "A2", "A3")

    peers.withdraw(peer_review)

    assert set(results(peers).sheets) == set(scores.STORED_SERIES)


def test_a_peer_review_stays_with_its_revision(peers: PeerScene) -> None:
    peer_review = peers.opened()
    peers.propose(peer_review, "A1", "2")
    peers.agree(peer_review, "A2", "A3")
    peers.hand_over(peer_review)
    peers.scene.reopen(peers.review)
    peers.scene.hand_over(peers.review)
    peers.scene.sign(peers.review)
    peers.accept_proposal(peer_review, "A1")

    peers.close(peer_review)

    assert Series.REVIEWED in results(peers, 1).sheets
    assert Series.REVIEWED not in results(peers, 2).sheets


def test_scoring_again_keeps_the_reviewed_series(peers: PeerScene) -> None:
    peer_review = peers.opened()
    closed_with(peers, peer_review, {"A1": "2"}, kept=("A2", "A3"))
    before = results(peers).sheets

    with peers.scene.database.write() as session:
        scores.store(session, [sign_off.get_submission(session, peers.coordinator, peers.review, 1)])

    assert results(peers).sheets == before


def test_a_reviewed_score_is_shown_to_whom_its_section_is_shown_and_to_nobody_else(peers: PeerScene) -> None:
    peers.scene.consent(OURS, peers.review, Audience.PUBLIC, "A")
    peer_review = peers.opened()

    closed_with(peers, peer_review, {"A1": "2", "B1": "some"}, kept=("A2", "A3", "B3"))

    assert shown(peers, Series.REVIEWED) == {"A": pytest.approx((25 + 100 + 100 / 3) / 3)}
    peers.scene.consent(OURS, peers.review, Audience.PRIVATE, "A")
    assert shown(peers, Series.REVIEWED) == {}


def test_nobody_learns_of_a_reviewed_series_that_is_all_private(peers: PeerScene) -> None:
    peer_review = peers.opened()

    closed_with(peers, peer_review, {"A1": "2"}, kept=("A2", "A3"))

    assert peers.scene.rows("SELECT 1 FROM benchmark_cell WHERE series = 'reviewed'") == []
    with peers.scene.database.read() as session, pytest.raises(NotFound):
        benchmarks.get_overview(session, CODE, CYCLE)


def test_figures_of_groups_in_the_reviewed_series_follow_the_same_rules_of_disclosure(peers: PeerScene) -> None:
    """One economy alone is never a group: its cell is suppressed, while the series as answered has figures."""
    others = [code for code in APEC if code != OURS][:15]
    for code, review in peers.scene.submitted_many(others).items():
        peers.scene.consent(code, review, Audience.PEERS)
    peers.scene.consent(OURS, peers.review, Audience.PEERS)
    peer_review = peers.opened("A")

    closed_with(peers, peer_review, {"A1": "2"}, kept=("A2", "A3"))

    with peers.scene.database.read() as session:
        cells = benchmarks.list_cells(session, Filters(cycle=CYCLE, node=("A",), group="APEC"))
    assert {cell.series: cell.suppressed for cell in cells}["reviewed"] == "too_few"
    assert {cell.series: cell.n for cell in cells}["reviewed"] is None
    assert {cell.series: cell.suppressed for cell in cells}["self"] is None


def test_the_command_line_scores_the_reviewed_series_of_a_cycle(peers: PeerScene) -> None:
    peer_review = peers.opened()
    closed_with(peers, peer_review, {"A1": "2"}, kept=("A2", "A3"))

    with peers.scene.database.read() as session:
        lines = scores.score_cycle(session, CODE, VERSION, CYCLE, Series.REVIEWED)

    assert {(line.economy, line.node): line.score for line in lines}[OURS, "A"] == pytest.approx((25 + 100 + 100 / 3) / 3)
