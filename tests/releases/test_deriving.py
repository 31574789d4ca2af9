"""Whoever comes after a withdrawal cannot work out what was withdrawn, from the patch or from what is left of older releases."""

from __future__ import annotations

import pytest

from app.domain.benchmark.consent import Audience
from app.domain.benchmark.disclosure import SMALLEST_GROUP
from app.economies import service as economies
from app.releases import patching
from tests.releases.test_withdrawing import released, review_of
from tests.scenarios import APEC, Scene

LEAVING = APEC[3]


def isolated(scene: Scene, number: str) -> list[tuple[str, str, str, int]]:
    """Return the figures of which all but a few contributors are public in the same release: by subtraction they tell these."""
    found = released(scene, number)
    with scene.database.read() as session:
        members = {code: set(group.economies) for code, group in economies.groups(session).items()}
    rows = []
    for cell in found.content.cells:
        public = [
            row.economy
            for row in found.content.scores
            if (row.version, row.series, row.node) == (cell.version, cell.series, cell.node)
            and row.score is not None
            and row.economy in members.get(cell.group, {row.economy})
        ]
        if cell.mean is not None and cell.n is not None and 0 < cell.n - len(public) < SMALLEST_GROUP:
            rows.append((cell.series, cell.node, cell.group, cell.n - len(public)))
    return rows


@pytest.mark.parametrize("audience", [Audience.PEERS, Audience.PRIVATE])
def test_no_release_tells_by_subtraction_what_was_taken_back(scene: Scene, audience: Audience) -> None:
    shared = scene.ready().shared(public=APEC[:16], peers=())
    first = shared.release()
    assert any(cell.n == 16 for cell in released(shared).content.cells)

    shared.consent(LEAVING, review_of(shared, LEAVING), audience)
    (patch,) = patching.patch_due(shared.database)

    assert isolated(shared, str(first.number)) == []
    assert isolated(shared, str(patch.number)) == []
    gone = [cell for cell in released(shared, str(first.number)).content.cells if cell.suppressed == "withdrawn"]
    assert gone
    assert {cell.mean for cell in gone} == {None}


def test_what_was_public_and_is_public_again_brings_the_figures_of_the_next_release_back(scene: Scene) -> None:
    shared = scene.ready().shared(public=APEC[:16], peers=())
    shared.release()
    before = {cell for cell in released(shared).content.cells if cell.mean is not None}
    review = review_of(shared, LEAVING)

    shared.consent(LEAVING, review, Audience.PEERS)
    patching.patch_due(shared.database)
    shared.consent(LEAVING, review, Audience.PUBLIC)

    shared.release()
    assert {cell for cell in released(shared).content.cells if cell.mean is not None} == before


def test_the_figures_of_today_tell_it_neither(scene: Scene) -> None:
    shared = scene.ready().shared(public=APEC[:16], peers=())

    shared.consent(LEAVING, review_of(shared, LEAVING), Audience.PEERS)

    rows = shared.rows("SELECT n, suppressed FROM benchmark_cell WHERE n = 16")
    assert rows == []
