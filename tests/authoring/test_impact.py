"""What a version touches, and how past scores would move: counts and figures of groups, never of anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from app.audit import service as audit
from app.authoring import publishing, what_if
from app.authoring.publishing import Comparison, Impact
from app.authoring.what_if import WhatIf
from app.domain.answers import Answer
from app.domain.benchmark.counts import Count
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.benchmark.over_time.what_if import NodeMoves, NoFigures
from app.domain.drafting.document import Address, Kind
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass
from app.domain.questionnaire.moving import Outcome, plan_move
from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import score
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Forbidden, NotReady
from app.questionnaires import service as questionnaires
from app.reviews import touched
from app.scores import service as scores
from tests.authoring.conftest import A1, A2, Desk
from tests.reviews.test_moving import LATER
from tests.scenarios import APEC, CODE, answers_csv, statements

B1 = Address(Kind.ITEM, "B1")
NONE, FEW, MOST = Count(0), Count(None, is_few=True), Count(None, is_most=True)


def _compare(desk: Desk) -> Comparison:
    with desk.scene.database.read() as session:
        found = publishing.compare(session, desk.open())
    assert found is not None
    return found


def _impact(desk: Desk, item: str) -> Impact:
    found = _compare(desk)
    return next(each for change, each in zip(found.difference.changes, found.impacts, strict=True) if change.item == item)


def _estimate(desk: Desk, most: int = what_if.MOST_REVIEWS) -> WhatIf:
    with desk.scene.database.write() as session:
        until = what_if.look(session, desk.ana, desk.draft, most)
    with desk.scene.database.read() as session:
        return what_if.estimate(session, desk.ana, desk.draft, until, most)


def _node(found: WhatIf, code: str) -> NodeMoves:
    return next(node for node in found.nodes if node.code == code)


def _rescored(desk: Desk) -> None:
    """Let an option be worth less than before, and a question weigh more."""
    options = [{**option, "points": 10} if option["code"] == "some" else option for option in _options(desk)]
    desk.save(B1, options=options)
    desk.save(A2, weight=3)


def _options(desk: Desk) -> Sequence[dict[str, object]]:
    found = desk.part(B1)["options"]
    assert isinstance(found, list)
    return found


def _everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as session:
        connection = session.connection()
        return {
            name: sorted((tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
            for name in SQLModel.metadata.tables
        }


def test_each_change_says_how_many_open_reviews_and_answers_it_touches(desk: Desk) -> None:
    for economy in APEC[:6]:
        desk.scene.save(desk.official if economy == "NZL" else _writer(desk, economy), desk.scene.start(economy), "A1", "4")
    _submit(desk, APEC[6:12])
    desk.save(A1, text="How far is the national strategy?")
    desk.save(A2, text="Is there a law on AI?")

    assert _impact(desk, "A1") == Impact(Count(6), Count(6), Count(6))
    assert _impact(desk, "A2") == Impact(Count(6), NONE, Count(6))
    assert _compare(desk).reviews == Count(6)


def test_small_groups_are_told_as_few_and_nobody_as_nobody(desk: Desk) -> None:
    desk.save(A1, text="How far is the national strategy?")
    assert _impact(desk, "A1") == Impact(NONE, NONE, NONE)

    desk.scene.save(desk.official, desk.scene.start(), "A1", "4")
    desk.scene.submitted("AUS")

    assert _impact(desk, "A1") == Impact(FEW, FEW, FEW)


def test_many_reviews_of_a_few_economies_are_told_as_few(desk: Desk) -> None:
    for cycle in ("2027", "2028"):
        desk.scene.open_cycle(cycle)
    for economy in APEC[:3]:
        for cycle in ("2026", "2027", "2028"):
            desk.scene.save(_writer(desk, economy), desk.scene.start(economy, cycle), "A1", "4")
    desk.save(A1, text="How far is the national strategy?")

    assert _impact(desk, "A1") == Impact(FEW, FEW, NONE)
    assert _compare(desk).reviews == FEW


@pytest.mark.parametrize(("silent", "told"), [(0, Count(6)), (1, MOST), (4, MOST), (5, Count(6))])
def test_a_few_that_did_not_answer_are_not_told_apart(desk: Desk, silent: int, told: Count) -> None:
    reviews = {economy: desk.scene.start(economy) for economy in APEC[: 6 + silent]}
    for economy in APEC[:6]:
        desk.scene.save(_writer(desk, economy), reviews[economy], "A1", "4")
    desk.save(A1, text="How far is the national strategy?")

    assert _impact(desk, "A1") == Impact(Count(6 + silent), told, NONE)


def test_a_few_that_signed_without_an_answer_are_not_told_apart(desk: Desk) -> None:
    desk.scene.import_(answers_csv(APEC[:6], B2="100"))
    desk.scene.import_(answers_csv(APEC[6:8]))
    desk.save(Address(Kind.ITEM, "B2"), text="How many people work there?")

    assert _impact(desk, "B2").signed_answers == MOST


def test_a_few_that_answer_another_version_are_not_told_apart(desk: Desk) -> None:
    desk.scene.publish(LATER)
    for economy in APEC[:7]:
        desk.scene.start(economy)
    for economy in APEC[7:9]:
        desk.scene.start(economy, version="2026.2")
    desk.save(Address(Kind.ABOUT), version="2026.3")

    assert _compare(desk).reviews == Count(9)
    assert _impact(desk, "A5").reviews == FEW
    assert _impact(desk, "A1").reviews == Count(9)


def test_what_its_author_calls_redefined_is_called_so_whatever_a_program_sees(desk: Desk) -> None:
    desk.save(A1, text="How far is the strategy by now?", lineage={"change": "redefined"})

    (change,) = _compare(desk).difference.changes

    assert (change.change, change.is_comparable) == (ChangeClass.REDEFINED, False)


def test_what_was_left_blank_or_signed_earlier_is_not_counted(desk: Desk) -> None:
    scene = desk.scene
    reviews = _submit(desk, APEC[:5])
    for economy in APEC[:5]:
        scene.reopen(reviews[economy], economy)
        scene.save(_writer(desk, economy), reviews[economy], "A1", RawAnswer(), seen=1)
    desk.save(A1, text="How far is the national strategy?")

    assert _impact(desk, "A1") == Impact(Count(5), NONE, Count(5))
    with scene.database.read() as session:
        assert touched.touched(session, "another", ["A1"]) == touched.Touched({}, {}, {}, {})


def test_counting_takes_four_statements_whatever_changes(desk: Desk) -> None:
    _submit(desk, APEC[:6])
    found = []
    for number in (1, 4):
        for address in (A1, A2, B1, Address(Kind.ITEM, "B2"))[:number]:
            desk.save(address, text=f"In other words, {number}?")
        with desk.scene.database.read() as session:
            publishing.compare(session, desk.open())  # documents are read once a process
            draft = desk.open()
            with statements(desk.scene.database) as sent:
                publishing.compare(session, draft)
            found.append(len(sent))

    assert found == [5, 5]  # the list of versions, and four counts


def test_the_estimate_is_the_engine_s_own_score_of_the_answers_that_stay(desk: Desk) -> None:
    reviews = _submit(desk, APEC[:15])
    _rescored(desk)
    found = _estimate(desk)

    changes = {"A": _changes(desk, "A", len(reviews)), "B": _changes(desk, "B", len(reviews))}
    for code, expected in changes.items():
        node = _node(found, code)
        assert node.reviews == Count(15)
        assert node.changes is not None, node
        assert node.changes.n == 15
        assert node.changes.mean == pytest.approx(np.mean(expected))
        assert node.changes.q1 == pytest.approx(np.quantile(expected, 0.25))
        assert (node.changes.minimum, node.changes.maximum) == (None, None)
        assert node.no_longer_published == NONE


def test_figures_need_five_economies(desk: Desk) -> None:
    _rescored(desk)
    _submit(desk, APEC[:4])
    assert {(node.reviews, node.changes, node.reason) for node in _estimate(desk).nodes} == {(FEW, None, NoFigures.TOO_FEW)}

    _submit(desk, APEC[4:7], levels=[2, 3, 5])

    figures = _node(_estimate(desk), "A").changes
    assert figures is not None
    assert figures.n == 7


@pytest.mark.parametrize(("still", "is_told"), [(0, True), (1, False), (4, False), (5, True), (8, True), (9, False), (12, False)])
def test_figures_are_told_only_where_those_that_move_and_those_that_stay_are_not_a_few(
    desk: Desk, still: int, *, is_told: bool
) -> None:
    """A question weighs more, so the score of whoever is at the lowest level stays where it is."""
    levels = [1] * still + [2 + k % 4 for k in range(13 - still)]
    _submit(desk, APEC[:13], levels)
    desk.save(A2, weight=3)

    node = _node(_estimate(desk), "A")

    assert (node.changes is not None, node.reason) == (is_told, None if is_told else NoFigures.PROTECTED)
    if node.changes is not None:
        assert (node.changes.minimum, node.changes.maximum) == (None, None)


@pytest.mark.parametrize(("losing", "is_told"), [(0, True), (2, False), (5, True)])
def test_figures_are_told_only_where_those_that_lose_their_score_are_not_a_few(desk: Desk, losing: int, *, is_told: bool) -> None:
    _submit(desk, APEC[:12])
    if losing:
        desk.scene.import_(answers_csv(APEC[12 : 12 + losing], [3] * losing, B2="100"))  # B1 and B2 alone: too little without B1
    desk.save(B1, lineage={"change": "redefined"})

    node = _node(_estimate(desk), "B")

    assert (node.changes is not None, node.reason) == (is_told, None if is_told else NoFigures.PROTECTED)
    assert node.no_longer_published == {0: NONE, 2: FEW, 5: Count(5)}[losing]


def test_what_few_move_at_a_part_cannot_be_subtracted_from_the_whole(desk: Desk) -> None:
    """The mean of an index and that of one of its two parts tell the mean of the other."""
    levels = [2 + k % 4 for k in range(14)]
    desk.scene.import_(answers_csv(APEC[:14], levels, B1="all", B2="100", B3="50"))
    desk.scene.import_(answers_csv(APEC[14:15], [4], B1="some", B2="100", B3="50"))
    _rescored(desk)

    found = _estimate(desk)

    assert _node(found, "A").changes is not None
    assert {code: _node(found, code).reason for code in ("B", "ALL")} == dict.fromkeys(("B", "ALL"), NoFigures.PROTECTED)


def test_changes_that_are_alike_are_not_told_and_no_change_is(desk: Desk) -> None:
    desk.scene.import_(answers_csv(APEC[:6], B2="100", B3="50"))
    desk.save(A2, weight=3)

    found = _estimate(desk)

    assert _node(found, "A").reason is NoFigures.PROTECTED
    assert _node(found, "A").changes is None
    assert (_node(found, "B").changes, _node(found, "B").reason, _node(found, "B").other_band) == (None, None, NONE)


def test_scores_that_lose_their_coverage_are_counted(desk: Desk) -> None:
    _submit(desk, APEC[:6])
    for address in (A1, A2):
        desk.save(address, lineage={"change": "redefined"})

    node = _node(_estimate(desk), "A")

    assert (node.changes, node.no_longer_published) == (None, Count(6))


def test_only_the_last_reviews_are_scored_and_that_is_said(desk: Desk) -> None:
    _submit(desk, APEC[:8])

    found = _estimate(desk, most=6)

    assert found.is_cut
    assert _node(found, "A").reviews == Count(6)
    assert not _estimate(desk).is_cut


def test_an_estimate_writes_nothing_but_that_somebody_looked(desk: Desk) -> None:
    _submit(desk, APEC[:6])
    _rescored(desk)
    before = _everything(desk.scene.database)

    _estimate(desk)
    _compare(desk)

    after = _everything(desk.scene.database)
    assert {name for name in after if after[name] != before[name]} == {"audit_event"}
    with desk.scene.database.read() as session:
        look = audit.list_events(session, desk.ana, limit=1)[0]
    assert (look.action, look.actor_name, look.target_id) == ("authoring.estimated", "Ana", CODE)
    assert (look.detail["draft"], set(look.detail)) == (str(desk.draft), {"draft", "content_hash", "until"})


@pytest.mark.parametrize(("more", "counted"), [(1, 12), (4, 12), (5, 17)])
def test_two_looks_never_differ_by_a_few_economies(desk: Desk, more: int, counted: int) -> None:
    _submit(desk, APEC[:12])
    desk.save(A2, weight=3)
    first = _estimate(desk)

    _submit(desk, APEC[12 : 12 + more], levels=[5] * more)
    second = _estimate(desk)

    assert _node(second, "A").reviews == Count(counted)
    assert (first.nodes == second.nodes) is (counted == 12)


def test_who_signs_anew_is_looked_at_as_it_was_until_enough_did(desk: Desk) -> None:
    reviews = _submit(desk, APEC[:12])
    desk.save(A2, weight=3)
    first = _estimate(desk)

    _sign_anew(desk, reviews, APEC[:4])
    assert _estimate(desk).nodes == first.nodes
    _sign_anew(desk, reviews, APEC[4:5])

    assert _estimate(desk).nodes != first.nodes


def test_a_version_that_few_economies_signed_is_not_looked_at(desk: Desk) -> None:
    _submit(desk, APEC[:12])
    desk.scene.publish(LATER)
    desk.scene.open_cycle("2027")
    desk.scene.import_(answers_csv(APEC[:3], [2, 4, 5], B2="100", B3="50"), version="2026.2", cycle="2027")
    desk.save(Address(Kind.ABOUT), version="2026.3")
    desk.save(A2, weight=3)

    assert _node(_estimate(desk), "A").reviews == Count(12)


def test_only_administrators_estimate_and_only_clean_drafts(desk: Desk) -> None:
    with pytest.raises(Forbidden), desk.scene.database.read() as session:
        what_if.estimate(session, desk.official, desk.draft, clock.now())
    with pytest.raises(Forbidden), desk.scene.database.write() as session:
        what_if.look(session, desk.official, desk.draft)
    desk.save(A1, text="")
    with pytest.raises(NotReady):
        _estimate(desk)


def _submit(desk: Desk, economies: Sequence[str], levels: Sequence[int] = ()) -> dict[str, UUID]:
    """Submit reviews whose scores differ."""
    spread = levels or [2 + (k + 2) % 4 for k in range(len(economies))]
    return dict(desk.scene.import_(answers_csv(economies, spread, B2="100", B3="50")).reviews)


def _sign_anew(desk: Desk, reviews: Mapping[str, UUID], economies: Sequence[str]) -> None:
    for economy in economies:
        desk.scene.reopen(reviews[economy], economy)
        desk.scene.save(_writer(desk, economy), reviews[economy], "A1", "1", seen=1)
        desk.scene.hand_over(reviews[economy], economy)
        desk.scene.sign(reviews[economy], economy)


def _writer(desk: Desk, economy: str) -> Actor:
    return desk.scene.person(Role.COORDINATOR, economy)


def _changes(desk: Desk, node: str, number: int) -> list[float]:
    """Score what stays, economy by economy, and compare with what is stored."""
    after = desk.open().inspection.questionnaire
    assert after is not None
    with desk.scene.database.read() as session:
        before = questionnaires.get_version(session, CODE, "2026.1")
        signed = touched.last_signed(session, CODE, clock.now(), 100)
        stored = scores.sheets(session, [each.id for each in signed])
    assert len(signed) == number
    found = []
    for each in signed:
        now = score(after, _kept(before, after, each)).nodes[node].score
        was = stored[each.id][Series.SELF].nodes[node].score
        assert now is not None
        assert was is not None
        found.append(now - was)
    return found


def _kept(before: Questionnaire, after: Questionnaire, signed: touched.Signed) -> dict[str, Answer]:
    plan = plan_move(before, after, carried_pairs(before, after), signed.answers)
    return {line.new: line.answer for line in plan.lines if line.outcome is Outcome.KEEP and line.new is not None}
