"""Charts of what was measured: how costs grow, and how long saves take on a deadline's night."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import altair as alt

from app.cli.bench.rows import Row

_WIDTH, _HEIGHT = 640, 400
_PERCENTILE = re.compile(r"deadline_save_p(\d+)_ms_(.+)")


def growth_svg(rows: Sequence[Row]) -> bytes:
    """Draw a line for each step, and a dashed one that grows as the economies do, from the cheapest start."""
    points: list[dict[str, object]] = [
        {"step": step, "economies": economies, "seconds": row.value} for row in rows for step, economies in [_place(row)]
    ]
    least = min(economies for _, economies in map(_place, rows))
    start = min(row.value for row in rows if _place(row)[1] == least)
    sizes = sorted({economies for _, economies in map(_place, rows)})
    linear: list[dict[str, object]] = [{"economies": size, "seconds": start * size / least} for size in sizes]
    x = alt.X("economies:Q", scale=alt.Scale(type="log"), title="economies", axis=alt.Axis(values=sizes, format="d"))
    y = alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="CPU seconds")
    lines = (
        alt.Chart(alt.InlineData(values=points)).mark_line(point=True).encode(x=x, y=y, color=alt.Color("step:N", title="step"))
    )
    reference = alt.Chart(alt.InlineData(values=linear)).mark_line(strokeDash=[4, 4], color="#4a5f69").encode(x=x, y=y)
    title = "Cost of each step; dashed: linear growth"
    return _svg(alt.LayerChart(layer=[lines, reference], width=_WIDTH, height=_HEIGHT, title=title))


def reads_svg(rows: Sequence[Row]) -> bytes:
    """Draw the CPU time of each read over what it grows with, one panel for economies, releases and questions each."""
    points: list[dict[str, object]] = []
    for row in rows:
        read, size, what = row.name.rsplit("_", 2)
        points.append({"read": read, "size": int(size), "what": what, "ms": row.value})
    x = alt.X("size:Q", scale=alt.Scale(type="log"), title=None, axis=alt.Axis(format="d", tickCount=3))
    y = alt.Y("ms:Q", scale=alt.Scale(type="log"), title="CPU milliseconds of a read")
    lines = (
        alt.Chart(alt.InlineData(values=points)).mark_line(point=True).encode(x=x, y=y, color=alt.Color("read:N", title="read"))
    )
    panels = lines.properties(width=_WIDTH // 3, height=_HEIGHT // 2).facet(column=alt.Column("what:N", title=None))
    return _svg(panels.resolve_scale(x="independent", color="independent"))


def night_svg(rows: Sequence[Row]) -> bytes:
    """Draw the percentiles of the time that a save takes, a line of dots for each database and number of processes."""
    named = [(row, _PERCENTILE.fullmatch(row.name)) for row in rows]
    points: list[dict[str, object]] = [
        {"percentile": f"{found[1]} %", "served by": found[2].replace("_", " "), "ms": row.value} for row, found in named if found
    ]
    x = alt.X("ms:Q", scale=alt.Scale(type="log"), title="milliseconds from sending a save to its answer")
    color = alt.Color("percentile:N", title="so many are faster")
    dots = (
        alt.Chart(alt.InlineData(values=points))
        .mark_point(filled=True, size=90)
        .encode(x, alt.Y("served by:N", title=None), color)
    )
    return _svg(dots.properties(width=_WIDTH, title="A deadline's night: 210 officials"))


def _svg(chart: alt.TopLevelMixin) -> bytes:
    out = io.StringIO()
    chart.save(out, format="svg")
    return out.getvalue().encode()


def _place(row: Row) -> tuple[str, int]:
    """Read step and number of economies from a name such as `aggregate_210x100`."""
    step, _, size = row.name.rpartition("_")
    return step, int(size.partition("x")[0])
