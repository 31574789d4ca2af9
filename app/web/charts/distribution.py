"""How a group's scores are distributed: quartile boxes with their medians, whiskers only where the ends are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from app.web.charts.drawing import Words, drawn
from app.web.charts.lines import line_chart, scale, value_place
from app.web.charts.looks import Look, ThemeName

_STEP, _STEP_NARROW = 52, 80
_LABEL_ABOVE = 34


@dataclass(frozen=True, slots=True)
class Spread:
    """One line. Without `minimum` and `maximum`, no whiskers are drawn; without figures, the `reason` stands there."""

    label: str
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    median_words: str = ""
    """The median as people read it, written above its mark."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Quartile boxes, one line each, in the order given; `highest`: where the scale ends."""

    spreads: tuple[Spread, ...]
    highest: float

    def plot(self, look: Look) -> alt.LayerChart:
        """Draw whiskers, boxes, medians, and the medians' figures."""
        rows = [{name: getattr(spread, name) for name in Spread.__slots__} for spread in self.spreads]
        base, words = line_chart(rows, look, _STEP_NARROW if look.is_narrow else _STEP, label_above=_LABEL_ABOVE)
        colours = look.colours
        known = base.transform_filter("isValid(datum.median)")
        whiskers = base.transform_filter("isValid(datum.minimum) && isValid(datum.maximum)")
        ends = [
            whiskers.mark_tick(opacity=1, color=colours.edge, thickness=1.5, height=12).encode(x=scale(name, self.highest))
            for name in ("minimum", "maximum")
        ]
        boxes = known.mark_bar(opacity=1, color=colours.fill, stroke=colours.edge, strokeWidth=1.2, height=18, cornerRadius=2)
        return alt.LayerChart(
            layer=[
                whiskers.mark_rule(color=colours.edge, strokeWidth=1.5).encode(x=scale("minimum", self.highest), x2="maximum:Q"),
                *ends,
                boxes.encode(x=scale("q1", self.highest), x2="q3:Q"),
                known.mark_tick(opacity=1, color=colours.ink, thickness=3, height=26).encode(x=scale("median", self.highest)),
                known.mark_text(color=colours.ink, fontSize=12, fontWeight="bold", dy=value_place(look, 20, 21)).encode(
                    x=scale("median", self.highest), text="median_words:N"
                ),
                *words,
            ]
        )


def distribution_svg(
    spreads: Sequence[Spread], highest: float, theme: ThemeName, *, is_narrow: bool = False, note: str = ""
) -> bytes:
    """Draw quartile boxes with their medians; `note` is written into the picture."""
    look = Look(theme, "narrow" if is_narrow else "wide")
    return drawn(Distribution(tuple(spreads), highest), Words(source=note), look)
