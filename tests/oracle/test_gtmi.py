"""The GovTech Maturity Index 2020, 2022 and 2025, computed from its published parts by our engine."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.questionnaire.document import Band, Questionnaire, Scheme
from app.domain.scoring.sheet import ScoreSheet, score_all
from tests import builders as make
from tests.oracle.tables import Table, table

pytestmark = pytest.mark.oracle

ROWS = 593
PARTS = ("cgsi", "psdi", "dcei", "gtei")
# Published as at least 0.75, 0.50, 0.25, and below.
FLOORS = {"A": 0.75, "B": 0.5, "C": 0.25, "D": 0.0}


def _published() -> Table:
    return table("gtmi_2020_2022_2025.csv")


def _index(scale: float) -> Questionnaire:
    """Ask for the four parts, each from 0 to 1, and take their mean."""
    bands = [Band(code=group, title=f"Group {group}", floor=floor * scale) for group, floor in reversed(FLOORS.items())]
    parts = make.section("GTMI", *(make.number(part, lo=0, hi=1) for part in PARTS))
    return make.questionnaire(parts, bands=bands, scheme=Scheme(scale=scale, minimum_coverage=1))


def _sheets(scale: float) -> list[ScoreSheet]:
    given = [make.answers(**dict(zip(PARTS, row, strict=True))) for row in _published().select(PARTS).tolist()]
    return score_all(_index(scale), given)


@pytest.mark.parametrize("scale", [1, 100])
def test_every_published_value_is_the_mean_of_its_four_parts(scale: float) -> None:
    scores = [sheet.nodes["GTMI"].score for sheet in _sheets(scale)]

    assert len(scores) == ROWS
    assert np.array(scores) / scale == pytest.approx(_published().column("gtmi"), abs=1e-15 * 4)


@pytest.mark.parametrize("scale", [1, 100])
def test_every_published_group_is_the_band(scale: float) -> None:
    bands = [sheet.nodes["GTMI"].band for sheet in _sheets(scale)]

    assert tuple(bands) == _published().texts["grp"]


def test_every_group_and_edition_is_there() -> None:
    published = _published()

    editions, counts = np.unique(published.rows, return_counts=True)

    assert dict(zip(editions.tolist(), counts.tolist(), strict=True)) == {"2020": 198, "2022": 198, "2025": 197}
    assert set(published.texts["grp"]) == set(FLOORS)


def test_a_band_begins_at_its_floor() -> None:
    """No published value lies on an edge, so this is our rule; the nearest is Gabon 2020, 0.0005 below C."""
    edges = [make.answers(**dict.fromkeys(PARTS, floor)) for floor in FLOORS.values()]

    assert [sheet.nodes["GTMI"].band for sheet in score_all(_index(1), edges)] == list(FLOORS)
    distances = np.abs(_published().column("gtmi")[:, np.newaxis] - np.array([0.25, 0.5, 0.75]))
    assert distances.min() == pytest.approx(0.000517, abs=1e-6)
