"""Where the gaps are: the answers furthest from everything in place, the widest first."""

from __future__ import annotations

from app.domain.reading import RawAnswer
from app.domain.scoring.normalise import Series
from app.kit.actor import Role
from app.scores import service
from tests.scenarios import COMPLETE, Scene


def test_the_widest_gap_comes_first_and_what_is_whole_or_unanswered_is_none(scene: Scene) -> None:
    given = {**COMPLETE, "A1": RawAnswer(value="1"), "B1": RawAnswer(value="some"), "A3": RawAnswer(state="not_available")}
    review = scene.ready().submitted("NZL", given)
    with scene.database.read() as session:
        results = service.get_results(session, scene.person(Role.COORDINATOR), review, 1)

    gaps = service.widest_gaps(results, most=2)

    assert [gap.code for gap in gaps] == ["A1", "B2"]
    assert "A3" not in {gap.code for gap in service.widest_gaps(results, most=99)}
    assert all((gap.score or 0) < 100 for gap in service.widest_gaps(results, most=99))
    assert results.sheets[Series.SELF].items["B3"].score == 100
