"""Charts, drawn on the server by a grammar of graphics and cached by their content; the numbers always stand beside them."""

from __future__ import annotations

import hashlib
import io
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from threading import Lock

import altair as alt

_MOST_CACHED = 256
_WIDE = 640
_NARROW = 320
_STEP = 44
_STEP_WITH_LABEL = 62
_LABEL_WIDE = 36  # characters a line; a longer label takes two
_NOTE_WIDE = 110  # characters a line
_NOTE_NARROW = 52
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


def distribution_svg(spreads: Sequence[Spread], scale: float, theme: str, *, is_narrow: bool = False, note: str = "") -> bytes:
    """Draw quartile boxes with their medians, one line each, in the order given; narrow, labels stand above their lines.

    `note` is written into the picture, so that it goes wherever the file goes.
    """
    colours = THEMES.get(theme, THEMES["light"])
    rows = [{name: getattr(spread, name) for name in spread.__slots__} for spread in spreads]
    key = hashlib.sha256(json.dumps([rows, scale, theme, is_narrow, note], sort_keys=True).encode()).hexdigest()
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    svg = _draw(rows, scale, colours, is_narrow=is_narrow, note=note)
    with _lock:
        _cache[key] = svg
        while len(_cache) > _MOST_CACHED:
            _cache.popitem(last=False)
    return svg


def _draw(rows: list[dict[str, object]], scale: float, colours: Theme, *, is_narrow: bool, note: str) -> bytes:
    if not is_narrow:
        rows = [{**row, "label": "\n".join(wrap(str(row["label"]), _LABEL_WIDE))} for row in rows]
    lines = "split(datum.label, '\\n')"
    # The first of two lines would stand beside the box, and the second below it.
    raised = {"condition": {"test": "indexof(datum.value, '\\n') >= 0", "value": -8}, "value": 0}
    labels = (
        None
        if is_narrow
        else alt.Axis(labelLimit=300, labelExpr=lines, labelOffset=raised, domain=False, ticks=False, labelPadding=12)
    )
    y = alt.Y("label:N", sort=None, title=None, axis=labels)
    width, step = (_NARROW, _STEP_WITH_LABEL) if is_narrow else (_WIDE, _STEP)
    base = alt.Chart(alt.InlineData(values=rows), width=width, height=alt.Step(step)).encode(y=y)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", scale=alt.Scale(domain=[0, scale]), title=None, axis=alt.Axis(tickCount=5))

    whiskers = base.transform_filter("isValid(datum.minimum)").mark_rule(color=colours.quiet, strokeWidth=1.5)
    boxes = base.mark_bar(color=colours.box, height=18, cornerRadius=3)
    medians = base.mark_tick(color=colours.median, thickness=3, height=26)
    layers = [
        whiskers.encode(x=x("minimum"), x2="maximum:Q"),
        boxes.encode(x=x("q1"), x2="q3:Q"),
        medians.encode(x=x("median")),
    ]
    if is_narrow:
        words = base.mark_text(align="left", dy=-22, fontSize=13, color=colours.ink)
        layers.append(words.encode(text="label:N", x=alt.value(0)))
    chart = alt.LayerChart(layer=layers)
    if note:
        chart.title = alt.TitleParams(
            text=wrap(note, _NOTE_NARROW if is_narrow else _NOTE_WIDE),
            anchor="start",
            frame="bounds",
            orient="bottom",
            color=colours.quiet,
            fontSize=12,
            fontWeight="normal",
        )
    return _svg(_dressed(chart, colours))


def _dressed(chart: alt.LayerChart, colours: Theme) -> alt.LayerChart:
    axis = alt.AxisConfig(
        labelColor=colours.ink, labelFontSize=13, gridColor=colours.line, domainColor=colours.line, tickColor=colours.line
    )
    dressed: alt.LayerChart = chart.configure(font=_FONT, background="transparent", view=alt.ViewConfig(stroke=None), axis=axis)
    return dressed


def _svg(chart: alt.LayerChart) -> bytes:
    out = io.StringIO()
    chart.save(out, format="svg")
    return out.getvalue().encode()
