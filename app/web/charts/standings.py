"""Where somebody stands: a score with its interval, a second and third score beside it, and a group's middle half behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from app.web.charts.drawing import Plot
from app.web.charts.lines import line_chart, scale, value_place
from app.web.charts.looks import Look

_STEP, _STEP_NARROW = 46, 76
_LABEL_ABOVE = 31


@dataclass(frozen=True, slots=True)
class Standing:
    """One line. `score`: a filled circle with its interval (solid) and from floor to ceiling (dotted). `second`: a hollow
    circle, such as another series, an earlier cycle or the published score; `third`: a hollow square. `is_joined`: a bar leads
    from the second to the score. `q1`, `median`, `q3`: a box behind. Without anything to draw, the `reason` stands there.
    """

    label: str
    score: float | None = None
    lower: float | None = None
    upper: float | None = None
    floor: float | None = None
    ceiling: float | None = None
    second: float | None = None
    third: float | None = None
    is_joined: bool = False
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    score_words: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines of one thing, under its title; without one where there is only this panel. Panels beside each other name the same
    lines in the same order."""

    title: str
    lines: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Standings:
    """Panels one below the other on one scale from 0 to `highest`; lines in the order given, never in the order of scores."""

    panels: tuple[Panel, ...]
    highest: float

    def plot(self, look: Look) -> Plot:
        """Draw each panel; small multiples share their scale, so that one eye's movement compares them."""
        step = _STEP_NARROW if look.is_narrow else _STEP
        panels = [line_chart(_rows(panel), look, step, label_above=_LABEL_ABOVE) for panel in self.panels]
        base, words = panels[0]
        layers = [*self._boxes(base, look), *self._ranges(base, look), *self._marks(base, look), *words]
        chart = alt.LayerChart(layer=layers)
        return chart if len(panels) == 1 else self._multiples(chart, [held for held, _words in panels], look)

    def _multiples(self, chart: alt.LayerChart, panels: Sequence[alt.Chart], look: Look) -> alt.FacetChart:
        """Draw the marks of one panel for all of them: to describe each anew costs more than to draw it."""
        chart.data = alt.InlineData(
            values=[{**row, "panel": place} for place, held in enumerate(panels) for row in held.data.values]
        )
        titles = json.dumps([panel.title for panel in self.panels])
        header = alt.Header(
            labelExpr=f"{titles}[datum.value]",
            labelOrient="top",
            labelAnchor="end" if look.is_right_to_left else "start",
            labelColor=look.colours.ink,
            labelFontSize=14,
            labelFontWeight="bold",
            labelPadding=12,
        )
        faceted: alt.FacetChart = chart.facet(row=alt.Row("panel:O", title=None, header=header), spacing=26)
        resolved: alt.FacetChart = faceted.resolve_axis(x="independent")
        return resolved

    def _boxes(self, base: alt.Chart, look: Look) -> Sequence[alt.Chart]:
        known = base.transform_filter("isValid(datum.median)")
        colours = look.colours
        box = known.mark_bar(color=colours.fill, stroke=colours.edge, strokeWidth=0.8, opacity=0.75, height=20, cornerRadius=2)
        return [
            box.encode(x=self._x("q1"), x2="q3:Q"),
            known.mark_tick(color=colours.edge, thickness=2.5, height=20).encode(x=self._x("median")),
        ]

    def _ranges(self, base: alt.Chart, look: Look) -> Sequence[alt.Chart]:
        colours = look.colours
        wide = base.transform_filter("isValid(datum.floor) && isValid(datum.ceiling)")
        sure = base.transform_filter("isValid(datum.lower) && isValid(datum.upper)")
        moved = base.transform_filter("datum.is_joined && isValid(datum.second) && isValid(datum.score)")
        dotted = wide.mark_rule(color=colours.quiet, strokeWidth=2, strokeDash=[1, 4], strokeCap="round")
        return [
            dotted.encode(x=self._x("floor"), x2="ceiling:Q"),
            sure.mark_rule(color=colours.ink, strokeWidth=1.5).encode(x=self._x("lower"), x2="upper:Q"),
            *(sure.mark_tick(color=colours.ink, thickness=1.5, height=9).encode(x=self._x(end)) for end in ("lower", "upper")),
            moved.mark_rule(color=colours.edge, strokeWidth=3.5).encode(x=self._x("second"), x2="score:Q"),
        ]

    def _marks(self, base: alt.Chart, look: Look) -> Sequence[alt.Chart]:
        colours = look.colours

        def points(name: str, shape: str, fill: str, size: int = 85) -> alt.Chart:
            known = base.transform_filter(f"isValid(datum.{name})")
            mark = known.mark_point(shape=shape, size=size, strokeWidth=2, color=colours.ink, fill=fill, opacity=1)
            marked: alt.Chart = mark.encode(x=self._x(name))
            return marked

        known = base.transform_filter("isValid(datum.score)")
        words = known.mark_text(color=colours.ink, fontSize=12, fontWeight="bold", dy=value_place(look, 19, 19))
        return [
            # Larger than what they may lie behind, so that equal scores show as a ring.
            points("third", "square", colours.ground, 190),
            points("second", "circle", colours.ground, 190),
            points("score", "circle", colours.ink),
            words.encode(x=self._x("score"), text="score_words:N"),
        ]

    def _x(self, name: str) -> alt.X:
        return scale(name, self.highest)


def _rows(panel: Panel) -> list[dict[str, str | float | None]]:
    return [{name: getattr(line, name) for name in Standing.__slots__} for line in panel.lines]
