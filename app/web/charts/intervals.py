"""Scores with how sure they are, one named line each: mark, interval, and floor to ceiling where answers are missing."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt

from app.web.charts.lines import line_chart, scale, value_place
from app.web.charts.looks import Look

_STEP, _STEP_NARROW = 34, 62
_LABEL_ABOVE = 22


@dataclass(frozen=True, slots=True)
class Interval:
    """One line. `lower` and `upper`: where the score lies nine times in ten. `floor` and `ceiling`: with every missing
    answer worth nothing, or everything; None where that need not be shown. Without a score, the `reason` stands there.
    `is_hollow`: drawn as an outline, such as the one to compare with, or an earlier cycle.
    """

    label: str
    score: float | None = None
    lower: float | None = None
    upper: float | None = None
    floor: float | None = None
    ceiling: float | None = None
    score_words: str = ""
    reason: str = ""
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A group's middle half behind the lines, with its median."""

    q1: float
    median: float
    q3: float


@dataclass(frozen=True, slots=True)
class Intervals:
    """Lines in the order given, on a scale from 0 to `highest`; never in the order of scores."""

    lines: tuple[Interval, ...]
    highest: float
    backdrop: Backdrop | None = None

    def plot(self, look: Look) -> alt.LayerChart:
        """Draw the group's half behind, floors to ceilings (dotted), intervals (solid, with ends), and scores with figures."""
        rows = [{name: getattr(line, name) for name in Interval.__slots__} for line in self.lines]
        base, words = line_chart(rows, look, _STEP_NARROW if look.is_narrow else _STEP, label_above=_LABEL_ABOVE)
        return alt.LayerChart(layer=[*self._behind(look), *self._ranges(base, look), *self._scores(base, look), *words])

    def _behind(self, look: Look) -> list[alt.Chart]:
        if self.backdrop is None:
            return []
        colours, behind = look.colours, self.backdrop
        held = alt.Chart(alt.InlineData(values=[{"q1": behind.q1, "median": behind.median, "q3": behind.q3}]))
        return [
            held.mark_rect(opacity=1, color=colours.shade).encode(x=scale("q1", self.highest), x2="q3:Q"),
            held.mark_rule(color=colours.edge, strokeWidth=1.5, strokeDash=[5, 4]).encode(x=scale("median", self.highest)),
        ]

    def _ranges(self, base: alt.Chart, look: Look) -> list[alt.Chart]:
        colours = look.colours
        wide = base.transform_filter("isValid(datum.floor) && isValid(datum.ceiling)")
        sure = base.transform_filter("isValid(datum.lower) && isValid(datum.upper)")
        ends = [
            sure.mark_tick(opacity=1, color=colours.edge, thickness=2, height=10).encode(x=scale(name, self.highest))
            for name in ("lower", "upper")
        ]
        return [
            wide.mark_rule(color=colours.quiet, strokeWidth=1.5, strokeDash=[1, 3], strokeCap="round").encode(
                x=scale("floor", self.highest), x2="ceiling:Q"
            ),
            sure.mark_rule(color=colours.edge, strokeWidth=2.5).encode(x=scale("lower", self.highest), x2="upper:Q"),
            *ends,
        ]

    def _scores(self, base: alt.Chart, look: Look) -> list[alt.Chart]:
        colours = look.colours
        known = base.transform_filter("isValid(datum.score)")
        marks = known.mark_point(size=90, filled=False, strokeWidth=2, color=colours.ink, opacity=1)
        filled = alt.condition("datum.is_hollow", alt.value(colours.ground), alt.value(colours.ink))
        return [
            marks.encode(x=scale("score", self.highest), fill=filled),
            known.mark_text(color=colours.ink, fontSize=12, fontWeight="bold", dy=value_place(look, 12, 16)).encode(
                x=scale("score", self.highest), text="score_words:N"
            ),
        ]
