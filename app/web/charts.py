"""Charts, drawn on the server by a grammar of graphics and cached by their content; the numbers always stand beside them."""

from __future__ import annotations

import hashlib
import io
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import altair as alt

_MOST_CACHED = 256
_WIDTH = 640
_STEP = 44
_FONT = "Liberation Sans, Noto Sans, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance."""

    ink: str
    quiet: str
    line: str
    box: str
    median: str


THEMES: Mapping[str, Theme] = {
    "light": Theme(ink="#14262e", quiet="#4a5f69", line="#c4d2d7", box="#2a7f86", median="#14262e"),
    "dark": Theme(ink="#e8f0f2", quiet="#a9bcc4", line="#3b525c", box="#5fb8bd", median="#ffffff"),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """One line of a distribution chart. Without `minimum` and `maximum`, no whiskers are drawn."""

    label: str
    q1: float
    median: float
    q3: float
    minimum: float | None
    maximum: float | None


_cache: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def distribution_svg(spreads: Sequence[Spread], scale: float, theme: str) -> bytes:
    """Draw quartile boxes with their medians, one line each, in the order given; an unknown theme is drawn light."""
    colours = THEMES.get(theme, THEMES["light"])
    rows = [{name: getattr(spread, name) for name in spread.__slots__} for spread in spreads]
    key = hashlib.sha256(json.dumps([rows, scale, theme], sort_keys=True).encode()).hexdigest()
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    svg = _draw(rows, scale, colours)
    with _lock:
        _cache[key] = svg
        while len(_cache) > _MOST_CACHED:
            _cache.popitem(last=False)
    return svg


def _draw(rows: list[dict[str, object]], scale: float, colours: Theme) -> bytes:
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, domain=False, ticks=False, labelPadding=12))
    x = alt.X("q1:Q", scale=alt.Scale(domain=[0, scale]), title=None, axis=alt.Axis(tickCount=5, grid=True))
    base = alt.Chart(alt.InlineData(values=rows), width=_WIDTH, height=alt.Step(_STEP))
    whiskers = (
        base.transform_filter("isValid(datum.minimum)")
        .mark_rule(color=colours.quiet, strokeWidth=1.5)
        .encode(y=y, x=alt.X("minimum:Q", scale=alt.Scale(domain=[0, scale]), title=None), x2="maximum:Q")
    )
    boxes = base.mark_bar(color=colours.box, height=18, cornerRadius=3).encode(y=y, x=x, x2="q3:Q")
    medians = base.mark_tick(color=colours.median, thickness=3, height=26).encode(
        y=y, x=alt.X("median:Q", scale=alt.Scale(domain=[0, scale]), title=None)
    )
    chart = (whiskers + boxes + medians).configure(
        font=_FONT,
        background="transparent",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=colours.ink, labelFontSize=13, gridColor=colours.line, domainColor=colours.line, tickColor=colours.line
        ),
    )
    return _svg(chart)


def _svg(chart: alt.LayerChart) -> bytes:
    out = io.StringIO()
    chart.save(out, format="svg")
    return out.getvalue().encode()
