"""The one place where charts become files: SVG and PNG, with their title, note and source written into the picture."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from threading import Lock
from typing import Literal, Protocol

import altair as alt
import vl_convert

from app.web.charts.looks import FONT, Look

Ending = Literal["svg", "png"]
Plot = alt.LayerChart | alt.HConcatChart | alt.FacetChart

_MOST_BYTES = 24_000_000
_PNG_SCALE = 2  # sharp on paper and on dense screens
_TITLE_WIDE, _TITLE_NARROW = 72, 38  # characters a line
_SMALL_WIDE, _SMALL_NARROW = 112, 54


@dataclass(frozen=True, slots=True)
class Words:
    """What is written into a picture, so that it goes wherever the file goes: title, notes below it, and source at the foot."""

    title: str = ""
    notes: tuple[str, ...] = ()
    source: str = ""


class Chart(Protocol):
    """A kind of chart with its content. It is a frozen value whose `repr` tells everything that is drawn."""

    def plot(self, look: Look) -> Plot:
        """Return the marks and axes, without words around them."""
        ...


_cache: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def drawn(chart: Chart, words: Words, look: Look, ending: Ending = "svg") -> bytes:
    """Draw a chart, or return what was drawn of the same content before."""
    key = hashlib.sha256(repr((chart, words, look, ending)).encode()).hexdigest()
    # One at a time: the renderer has one worker, and whoever asks for the same picture meanwhile shall find it drawn.
    with _lock:
        if key not in _cache:
            _cache[key] = _draw(chart, words, look, ending)
            while sum(map(len, _cache.values())) > _MOST_BYTES and len(_cache) > 1:
                _cache.popitem(last=False)
        _cache.move_to_end(key)
        return _cache[key]


def _draw(chart: Chart, words: Words, look: Look, ending: Ending) -> bytes:
    spec = _dressed(chart.plot(look), words, look).to_dict()
    if ending == "png":
        return vl_convert.vegalite_to_png(spec, scale=_PNG_SCALE)
    return _titled(vl_convert.vegalite_to_svg(spec), words).encode()


def _titled(svg: str, words: Words) -> str:
    """Name the picture in itself, for whoever hears the file read out where no page describes it."""
    said = f"<title>{escape(words.title)}</title>" if words.title else ""
    further = " ".join((*words.notes, words.source)).strip()
    said += f"<desc>{escape(further)}</desc>" if further else ""
    root, rest = svg.split(">", 1)
    return f'{root} role="img">{said}{rest}' if said else svg


def _dressed(plot: Plot, words: Words, look: Look) -> alt.VConcatChart:
    colours = look.colours
    anchor: Literal["start", "end"] = "end" if look.is_right_to_left else "start"
    small = _SMALL_NARROW if look.is_narrow else _SMALL_WIDE
    if words.source:
        plot.title = alt.TitleParams(
            text=wrap(words.source, small),
            anchor=anchor,
            frame="bounds",
            orient="bottom",
            color=colours.quiet,
            fontSize=11,
            fontWeight="normal",
            offset=14,
        )
    outer = alt.vconcat(plot)
    if words.title or words.notes:
        outer.title = alt.TitleParams(
            text=wrap(words.title, _TITLE_NARROW if look.is_narrow else _TITLE_WIDE) or [""],
            subtitle=[line for note in words.notes for line in wrap(note, small)],
            anchor=anchor,
            frame="bounds",
            color=colours.ink,
            fontSize=15,
            subtitleColor=colours.quiet,
            subtitleFontSize=12,
            subtitlePadding=6,
            offset=16,
        )
    axis = alt.AxisConfig(
        labelColor=colours.ink,
        labelFontSize=13,
        titleColor=colours.quiet,
        titleFontSize=12,
        titleFontWeight="normal",
        gridColor=colours.line,
        domainColor=colours.line,
        tickColor=colours.line,
    )
    dressed: alt.VConcatChart = outer.configure(
        font=FONT, background=colours.ground, padding=12, view=alt.ViewConfig(stroke=None), axis=axis
    )
    return dressed
