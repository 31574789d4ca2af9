"""A chart of how costs grow: seconds over economies, both on log axes, with what linear growth would be."""

from __future__ import annotations

import io
from collections.abc import Sequence

import altair as alt

from app.cli.bench.rows import Row

_WIDTH, _HEIGHT = 640, 400


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
    out = io.StringIO()
    alt.LayerChart(layer=[lines, reference], width=_WIDTH, height=_HEIGHT, title=title).save(out, format="svg")
    return out.getvalue().encode()


def _place(row: Row) -> tuple[str, int]:
    """Read step and number of economies from a name such as `aggregate_210x100`."""
    step, _, size = row.name.rpartition("_")
    return step, int(size.partition("x")[0])
