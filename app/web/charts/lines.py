"""What charts of named lines share: a name at each line (above it on a phone), a scale, a reason where nothing is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Literal

import altair as alt

from app.web.charts.looks import Look

MOST_LINES = 150
"""Beyond them nothing is drawn: a page of figures shows a part."""

_WIDE, _NARROW = 560, 320
_LABEL_WIDE = 28  # characters a line; a longer label takes two
_EXTENT, _LONGEST = 200, 230  # pixels
_REASON_WIDE, _REASON_NARROW = 84, 48
_RAISED = -8  # the first of two lines would stand beside the mark, and the second below it

Rows = Sequence[Mapping[str, str | float | None]]


def line_chart(
    rows: Rows, look: Look, step: int, *, label_above: int, width: int | None = None, has_names: bool = True
) -> tuple[alt.Chart, list[alt.Chart]]:
    """Return what marks stand on, one line for each row in the order given, and the layers of its words: `label` and `reason`.

    On a phone labels stand above their lines, `label_above` pixels from their middle. `width`, `has_names`: of one of many.
    """
    shown = [{**row, "line": position} for position, row in enumerate(rows[:MOST_LINES])]
    reason_width = _REASON_NARROW if look.is_narrow else _REASON_WIDE
    for row in shown:
        row["reason"] = "\n".join(wrap(str(row.get("reason") or ""), reason_width)[:2])
    labels = [str(row["label"]) for row in shown]
    axis = _names(labels, look) if has_names and not look.is_narrow else None
    height = alt.Step(step)
    base = alt.Chart(alt.InlineData(values=shown), width=width or (_NARROW if look.is_narrow else _WIDE), height=height).encode(
        # A layer that leaves lines out would otherwise put those it has first.
        y=alt.Y("line:O", scale=alt.Scale(domain=list(range(len(shown)))), title=None, axis=axis)
    )
    edge = base.encode(x=alt.value("width" if look.is_right_to_left else 0))
    align: Literal["left", "right"] = "right" if look.is_right_to_left else "left"
    words = [
        edge.transform_filter("datum.reason != ''")
        .mark_text(
            align=align,
            fontSize=12,
            fontStyle="italic",
            color=look.colours.quiet,
            lineBreak="\n",
            dx=-4 if look.is_right_to_left else 4,
            baseline="middle",
        )
        .encode(text="reason:N")
    ]
    if look.is_narrow and has_names:
        above = edge.mark_text(align=align, dy=-label_above, fontSize=13, color=look.colours.ink)
        words.append(above.encode(text="label:N"))
    return base, words


def value_place(look: Look, above: int, below: int) -> int:
    """Return where a figure stands from its mark, in pixels: above it, or below it on a phone, where names stand above."""
    return below if look.is_narrow else -above


def scale(name: str, highest: float) -> alt.X:
    """Return the position of a figure on the scale from 0."""
    return alt.X(f"{name}:Q", scale=alt.Scale(domain=[0, highest]), title=None, axis=alt.Axis(tickCount=5))


def _names(labels: Sequence[str], look: Look) -> alt.Axis:
    """Return the axis of names; lines go by their position, because two names may be alike."""
    broken = [wrap(label, _LABEL_WIDE) or [""] for label in labels]
    tall = [position for position, lines in enumerate(broken) if len(lines) > 1]
    raised = {"condition": {"test": f"indexof({json.dumps(tall)}, datum.value) >= 0", "value": _RAISED}, "value": 0}
    return alt.Axis(
        labelLimit=_LONGEST,
        minExtent=_EXTENT,  # so that charts of long and of short names are of one size
        labelExpr=f"{json.dumps(broken)}[datum.value]",
        labelOffset=raised,
        domain=False,
        ticks=False,
        labelPadding=12,
        orient="right" if look.is_right_to_left else "left",
    )
