"""How templates print values that would otherwise break in an ugly place."""

from __future__ import annotations

import pytest

from app.kit.figures import whole_percent
from app.web.charts.distribution import Spread, distribution_svg
from app.web.filters import unbroken


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A4-01 Is there a law?", '<span class="code">A4-01</span> Is there a law?'),
        ("Answer B1-01 and IM-12.", 'Answer <span class="code">B1-01</span> and <span class="code">IM-12</span>.'),
        ("<b> & A4-01", '&lt;b&gt; &amp; <span class="code">A4-01</span>'),
        ("economy-wide, 2026-2030", "economy-wide, 2026-2030"),
    ],
)
def test_a_code_stays_on_one_line_and_everything_else_is_escaped(text: str, shown: str) -> None:
    assert unbroken(text) == shown


def test_a_long_label_of_a_chart_is_set_in_two_lines_and_not_cut() -> None:
    label = "Cooperación regional en materia de capacidades"

    svg = distribution_svg([Spread(label, 20, 30, 40, 10, 50)], 100, "light").decode()

    assert "…" not in svg
    assert "Cooperación regional en" in svg
    assert "materia de capacidades" in svg


@pytest.mark.parametrize(
    ("share", "shown"),
    [(8 / 9, "89"), (7 / 9, "78"), (0.885, "89"), (0.8849, "88"), (0.125, "13"), (0.285, "29"), (1.0, "100"), (0.0, "0")],
)
def test_a_share_is_printed_in_whole_per_cents_and_halves_go_up(share: float, shown: str) -> None:
    assert whole_percent(share) == shown
