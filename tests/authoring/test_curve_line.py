"""The line that a page draws lies where the scores are."""

from __future__ import annotations

import pytest

from app.authoring.pages.readings import HIGH, WIDE, line_of
from app.domain.questionnaire.items import Goalposts
from app.domain.scoring.curve import curve_of
from app.domain.scoring.normalise import item_score
from tests import builders as make


@pytest.mark.parametrize("posts", [Goalposts(lo=0, hi=50), Goalposts(lo=90, hi=-10), Goalposts(lo=1, hi=1_000, scale="log")])
@pytest.mark.parametrize("scale", [100.0, 5.0])
def test_the_line_that_is_drawn_lies_where_the_scores_are(posts: Goalposts, scale: float) -> None:
    item = make.number("N", posts.lo, posts.hi, posts.scale)
    curve = curve_of(item, scale)
    assert curve is not None

    drawn = [tuple(map(float, pair.split(","))) for pair in line_of(curve, scale).split()]

    assert len(drawn) == len(curve.spots)
    for (x, y), spot in zip(drawn, curve.spots, strict=True):
        assert (1 - y / HIGH) * scale == pytest.approx(item_score(item, spot.value, scale), abs=scale / 1000)
        assert 0 <= x <= WIDE
