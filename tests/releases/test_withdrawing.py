"""What is withdrawn leaves every release at once; a patch follows, and the old release stays citable."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from app.domain.benchmark.consent import Audience
from app.domain.release.changes import ChangeKind
from app.kit.actor import Role
from app.kit.errors import Conflict
from app.releases import patching, service
from app.releases.service import PublishedRelease
from tests.scenarios import APEC, CODE, COMPLETE, CYCLE, Scene, statements
from tests.threads import seeing

PUBLIC, PEERS, LATER = APEC[:13], APEC[13:18], APEC[18]
LEAVING = PUBLIC[0]


@pytest.fixture
def shared(scene: Scene) -> Scene:
    return scene.ready().shared(public=PUBLIC, peers=PEERS)


def review_of(scene: Scene, economy: str) -> UUID:
    found = str(scene.rows("SELECT id FROM review WHERE economy = :economy", economy=economy)[0][0])
    return UUID(found)


def released(scene: Scene, number: str = service.LATEST) -> PublishedRelease:
    with scene.database.read() as session:
        return service.get_release(session, CODE, number)


def withdraw(scene: Scene, economy: str = LEAVING, *sections: str) -> None:
    scene.consent(economy, review_of(scene, economy), Audience.PRIVATE, *sections)


def sign_anew(scene: Scene, economy: str) -> None:
    """Sign the next revision, with one answer more."""
    review = review_of(scene, economy)
    scene.reopen(review, economy)
    scene.save(scene.person(Role.CONTRIBUTOR, economy), review, "B3", COMPLETE["B3"])
    scene.hand_over(review, economy)
    scene.sign(review, economy)


def test_what_is_withdrawn_leaves_every_release_at_once(shared: Scene) -> None:
    first, second = shared.release(), shared.release()

    withdraw(shared)

    for entry in (first, second):
        found = released(shared, str(entry.number))
        assert LEAVING not in {row.economy for row in found.content.scores}
        assert not [row for row in found.content.pairs if LEAVING in {row.economy, row.other}]
        assert {each.economy for each in found.entry.withdrawals} == {LEAVING}
        assert found.entry.checksum == entry.checksum
        assert found.entry.modified_at > entry.modified_at


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.PEERS])
def test_who_comes_later_cannot_work_out_what_was_withdrawn(scene: Scene, audience: Audience) -> None:
    """Neither of the figures of one release and its scores, nor of two releases, nor of what stands today."""
    scene.ready().shared(public=APEC[:18], peers=())
    scene.release()
    own = {(row.series, row.node): row.score for row in released(scene).content.scores if row.economy == LEAVING}

    scene.consent(LEAVING, review_of(scene, LEAVING), audience)
    patching.patch_due(scene.database)
    scene.release()

    with scene.database.read() as session:
        numbers = [str(entry.number) for entry in service.list_releases(session, CODE)]
    assert len(numbers) == 3
    served = [released(scene, number).content for number in numbers]
    sums: dict[tuple[str, str], set[float]] = {}
    for content in served:
        for cell in content.cells:
            if cell.n is not None and cell.mean is not None:
                scores = [row.score for row in content.scores if (row.series, row.node) == (cell.series, cell.node)]
                found = sums.setdefault((cell.series, cell.node), {0.0, sum(score or 0.0 for score in scores)})
                found.add(cell.n * cell.mean)
    differences = {name: {abs(one - other) for one in found for other in found} for name, found in sums.items()}
    assert differences
    for name, score in own.items():
        assert score is None or all(abs(each - score) > 1e-6 for each in differences.get(name, ())), name


def test_figures_in_which_a_withdrawn_score_was_counted_leave_the_releases_that_had_them(shared: Scene) -> None:
    entry = shared.release()
    counted = {row.node for row in released(shared).content.cells if row.suppressed is None}

    withdraw(shared, LEAVING, "A")

    cells = released(shared, str(entry.number)).content.cells
    assert {row.suppressed for row in cells if row.node == "A" and row.group == "APEC"} == {"withdrawn"}
    assert {row.node for row in cells if row.suppressed is None} == counted - {"A", "ALL"}


def test_a_patch_moves_no_range_of_those_who_stayed(shared: Scene) -> None:
    shared.release()
    before = {(row.series, row.node, row.economy): row for row in released(shared).content.scores}

    withdraw(shared)
    patching.patch_due(shared.database)

    after = released(shared)
    assert str(after.entry.number) == f"{CYCLE}.1.1"
    assert any(row.lower is not None for row in after.content.scores)
    assert all(row == before[row.series, row.node, row.economy] for row in after.content.scores)


def test_two_withdrawals_never_share_a_second(shared: Scene) -> None:
    """Caches that ask by the second would keep the second one for good."""
    shared.release()

    moments = [released(shared).entry.modified_at]
    for section in ("A", "B"):
        withdraw(shared, LEAVING, section)
        moments.append(released(shared, f"{CYCLE}.1.0").entry.modified_at)

    assert len({moment.replace(microsecond=0) for moment in moments}) == 3


def test_only_the_scores_that_rest_on_a_withdrawn_section_leave(shared: Scene) -> None:
    entry = shared.release()

    withdraw(shared, LEAVING, "A")

    left = {row.node for row in released(shared, str(entry.number)).content.scores if row.economy == LEAVING}
    assert left == {"B"}


def test_a_patch_follows_and_names_who_left(shared: Scene) -> None:
    first = shared.release()
    withdraw(shared)

    (patch,) = patching.patch_due(shared.database)

    assert str(patch.number) == f"{CYCLE}.1.1"
    assert [(change.economy, set(change.nodes)) for change in patch.changes if change.kind is ChangeKind.WITHDRAWN] == [
        (LEAVING, {"ALL", "A", "B"})
    ]
    (left,) = [change for change in patch.changes if change.kind is ChangeKind.WITHDRAWN]
    assert left.plain()["kind"] == "withdrawn"
    assert json.loads(json.dumps(left.plain())) == left.plain()
    assert released(shared).entry.number == patch.number
    assert released(shared, str(first.number)).entry.replaced_by == patch.number
    assert patch.withdrawals == ()
    assert patching.patch_due(shared.database) == []


def test_what_becomes_public_again_stays_out_of_old_releases_and_comes_with_the_patch(shared: Scene) -> None:
    first = shared.release()
    withdraw(shared)
    shared.consent(LEAVING, review_of(shared, LEAVING), Audience.PUBLIC)

    (patch,) = patching.patch_due(shared.database)

    assert LEAVING not in {row.economy for row in released(shared, str(first.number)).content.scores}
    assert LEAVING in {row.economy for row in released(shared, str(patch.number)).content.scores}


def test_who_joins_waits_for_the_next_release(shared: Scene) -> None:
    shared.release()

    joined = shared.submitted(LATER)
    shared.consent(LATER, joined, Audience.PUBLIC)

    assert patching.patch_due(shared.database) == []
    assert LATER not in {row.economy for row in released(shared).content.scores}


def test_who_joined_comes_with_a_patch_for_others_and_is_named(shared: Scene) -> None:
    shared.release()
    shared.consent(LATER, shared.submitted(LATER), Audience.PUBLIC)
    withdraw(shared)

    (patch,) = patching.patch_due(shared.database)

    assert [change.economy for change in patch.changes if change.kind is ChangeKind.JOINED] == [LATER]


def test_reopening_a_review_changes_nothing(shared: Scene) -> None:
    entry = shared.release()

    shared.reopen(review_of(shared, LEAVING), LEAVING)

    assert released(shared, str(entry.number)).entry.withdrawals == ()
    assert patching.patch_due(shared.database) == []


def test_a_review_that_is_signed_anew_is_a_correction(shared: Scene) -> None:
    entry = shared.release()
    before = [row for row in released(shared).content.scores if row.economy == LEAVING]

    sign_anew(shared, LEAVING)
    (patch,) = patching.patch_due(shared.database)

    assert [row for row in released(shared, str(entry.number)).content.scores if row.economy == LEAVING] == before
    assert {change.economy for change in patch.changes if change.kind is ChangeKind.CORRECTED} == {LEAVING}
    assert {row.revision for row in released(shared).content.scores if row.economy == LEAVING} == {2}


def test_figures_of_a_group_that_a_peer_has_left_are_patched(shared: Scene) -> None:
    shared.release()

    withdraw(shared, PEERS[0])

    (patch,) = patching.patch_due(shared.database)
    assert {change.kind for change in patch.changes} == {ChangeKind.GROUP_HIDDEN}
    assert {change.economy for change in patch.changes} == {None}


def test_a_release_that_everybody_left_is_patched_to_an_empty_one(shared: Scene) -> None:
    shared.release()
    for economy in (*PUBLIC, *PEERS):
        withdraw(shared, economy)

    (patch,) = patching.patch_due(shared.database)

    found = released(shared)
    assert found.entry.number == patch.number
    assert (found.content.scores, found.content.pairs) == ((), ())
    assert all(cell.suppressed for cell in found.content.cells)
    assert found.entry.version


def test_two_processes_at_once_make_one_patch(shared: Scene) -> None:
    shared.release()
    withdraw(shared)

    with ThreadPoolExecutor(2) as pool:
        patch = seeing(patching.patch_due)
        runs = [each.result() for each in [pool.submit(patch, shared.database) for _ in range(2)]]

    assert len([entry for run in runs for entry in run]) == 1
    assert shared.count("release") == 2


def test_a_cycle_that_cannot_be_patched_is_told_and_stays_due(shared: Scene) -> None:
    shared.release()
    withdraw(shared)
    with shared.database.write() as session:  # as if a row had been damaged
        session.connection().execute(text("UPDATE shared_score SET score = score + 1 WHERE audience = 'public'"))

    with pytest.raises(Conflict, match="does not follow from the stored scores"):
        patching.patch_due(shared.database)

    assert shared.count("release_patch_due") == 1
    assert shared.count("release") == 1


def test_without_a_release_a_refresh_costs_one_look(shared: Scene) -> None:
    review = review_of(shared, LEAVING)

    with statements(shared.database) as sent:
        shared.consent(LEAVING, review, Audience.PEERS)

    assert len([statement for statement in sent if "release" in statement]) == 1


def test_nothing_due_costs_one_look(shared: Scene) -> None:
    shared.release()

    with statements(shared.database) as sent:
        patching.patch_due(shared.database)

    assert len(sent) == 1
