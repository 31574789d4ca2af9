"""Small profiles, one line for each, one column for each part: bars with their intervals, never added together."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

import altair as alt

from app.web.charts.lines import line_chart
from app.web.charts.looks import Look

_STEP, _STEP_NARROW = 28, 58
_LABEL_ABOVE = 28
_WIDE, _NARROW = 560, 330
_GAP = 16
_TITLE_PIXELS = 7  # of a letter of a column's title, about


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a profile; without a score, a dash stands there, and the table says why. `floor` and `ceiling`: how far missing
    answers could move it, None where that need not be shown."""

    score: float | None = None
    lower: float | None = None
    upper: float | None = None
    score_words: str = ""
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Profiles:
    """`lines`: a label and its bars, in the order given; `columns`: the titles of the parts; `highest`: where each scale ends."""

    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Bar, ...]], ...]
    highest: float

    def plot(self, look: Look) -> alt.HConcatChart:
        """Draw the columns side by side, each with its title above."""
        places = range(len(self.columns))
        ordered = reversed(places) if look.is_right_to_left else places
        charts = [self._column(place, look, has_names=place == 0) for place in ordered]
        # On a phone names stand above the bars and may be wider than a column.
        bounds: Literal["flush", "full"] = "flush" if look.is_narrow else "full"
        joined: alt.HConcatChart = alt.hconcat(*charts, spacing=_GAP, bounds=bounds)
        return joined

    def _column(self, place: int, look: Look, *, has_names: bool) -> alt.LayerChart:
        whole = _NARROW if look.is_narrow else _WIDE
        width = (whole - _GAP * (len(self.columns) - 1)) // len(self.columns)
        rows = [{"label": label, **_row(bars[place])} for label, bars in self.lines]
        step = _STEP_NARROW if look.is_narrow else _STEP
        base, words = line_chart(rows, look, step, label_above=_LABEL_ABOVE, width=width, has_names=has_names)
        chart = alt.LayerChart(layer=[*self._marks(base, look), *words])
        lines = wrap(self.columns[place], max(8, width // _TITLE_PIXELS))
        chart.title = alt.TitleParams(
            text=lines, anchor="start", frame="group", color=look.colours.ink, fontSize=12, fontWeight="bold", offset=8
        )
        return chart

    def _marks(self, base: alt.Chart, look: Look) -> list[alt.Chart]:
        colours = look.colours

        def x(name: str) -> alt.X:
            return alt.X(f"{name}:Q", scale=alt.Scale(domain=[0, self.highest]), title=None, axis=None)

        track = base.transform_calculate(whole=str(self.highest)).mark_bar(opacity=1, color=colours.shade, height=10)
        known = base.transform_filter("isValid(datum.score)")
        sure = base.transform_filter("isValid(datum.lower) && isValid(datum.upper)")
        wide = base.transform_filter("isValid(datum.floor) && isValid(datum.ceiling)")
        missing = base.transform_filter("!isValid(datum.score)")
        end = alt.value("width")
        return [
            track.encode(x=x("whole")),
            known.mark_bar(opacity=1, color=colours.fill, stroke=colours.edge, strokeWidth=1, height=10).encode(x=x("score")),
            wide.mark_rule(color=colours.quiet, strokeWidth=1.5, strokeDash=[1, 3], strokeCap="round", yOffset=8).encode(
                x=x("floor"), x2="ceiling:Q"
            ),
            sure.mark_rule(color=colours.ink, strokeWidth=1.5).encode(x=x("lower"), x2="upper:Q"),
            known.mark_text(align="right", fontSize=11, dy=-10, color=colours.ink).encode(x=end, text="score_words:N"),
            missing.mark_text(align="right", fontSize=11, dy=-10, color=colours.quiet, text="\u2013").encode(x=end),
        ]


def _row(bar: Bar) -> dict[str, str | float | None]:
    return {name: getattr(bar, name) for name in Bar.__slots__}
