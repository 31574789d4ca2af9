"""What an author reads beside the fields of a part: conditions as sentences, and a small curve of the points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup, escape

from app.authoring import reading
from app.authoring.drafts import OpenDraft
from app.authoring.pages.frames import path_of
from app.authoring.pages.outline import title_of
from app.authoring.reading import Points
from app.domain.drafting.document import Address, Kind, Part, code_of
from app.domain.questionnaire.aloud import ItemCode, OptionCode
from app.domain.scoring.curve import Curve, Given, Spot
from app.infra.language import gettext as _
from app.infra.language import ngettext
from app.kit.say import Marked, Quoted, Words, mark

WIDE, HIGH = 320, 140
"""The size of the plot; around it there is room for the figures of its axes."""
_WRITTEN_OUT = 1e15
_ANSWERS = {"yes": mark("yes"), "partly": mark("partly"), "no": mark("no")}


@dataclass(frozen=True, slots=True)
class CurveView:
    """A curve as it is drawn: a line through the plot, where its axes have figures, and a few points of it to read."""

    line: str
    start: str
    end: str
    top: str
    rows: tuple[tuple[str, str], ...]
    is_log: bool


@dataclass(frozen=True, slots=True)
class Readings:
    """What is read back of one part: sentences by the name of the field, and how answers become points."""

    sentences: Mapping[str, Markup]
    points: str
    curve: CurveView | None
    has_points: bool


def readings_of(draft: OpenDraft, where: Address, part: Part) -> Readings:
    """Read a part back as it stands, or as it is typed and not saved yet."""
    document = draft.document
    titles = {code_of(item): item for page in document.pages for item in page.items}
    said = reading.conditions_of(where.kind, part, document)
    sentences = {name: _linked(words, draft.entry.id, titles) for name, words in said.items()}
    points = reading.points_read(part, document) if where.kind is Kind.ITEM else None
    if points is None:
        return Readings(sentences, "", None, has_points=False)
    curve = None if points.curve is None else _drawn(points.curve, points.scale)
    return Readings(sentences, _said(points), curve, has_points=True)


def line_of(curve: Curve, scale: float) -> str:
    """Return a curve as the points of an SVG line; values run along the plot as they do on the curve's own scale."""
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in (_spot(curve, spot, scale) for spot in curve.spots))


def _spot(curve: Curve, spot: Spot, scale: float) -> tuple[float, float]:
    return _along(curve, spot.value) * WIDE, (1 - spot.points / scale) * HIGH


def _along(curve: Curve, value: float) -> float:
    start, end = curve.spots[0].value, curve.spots[-1].value
    if curve.is_log:
        return math.log(value / start) / math.log(end / start)
    return (value - start) / (end - start)


def _drawn(curve: Curve, scale: float) -> CurveView:
    rows = tuple((_figure(spot.value), _figure(spot.points)) for spot in curve.marks)
    ends = _figure(curve.spots[0].value), _figure(curve.spots[-1].value)
    return CurveView(line_of(curve, scale), *ends, _figure(scale), rows, curve.is_log)


def _said(points: Points) -> str:
    if points.words is not None:
        return _(points.words)
    if points.curve is not None or not points.given:
        return ""
    listed = ", ".join(
        _("{value} gives {points}").format(value=_answer(each), points=_figure(each.points)) for each in points.given
    )
    said = _("Of {scale} points: {listed}.").format(scale=_figure(points.scale), listed=listed)
    return said if points.full_at is None else f"{said} {_full(points.full_at)}"


def _full(number: int) -> str:
    return ngettext("{number} tick already gives everything.", "{number} ticks already give everything.", number).format(
        number=number
    )


def _answer(given: Given) -> str:
    if given.answer in _ANSWERS:
        return _(_ANSWERS[given.answer])
    return _("level {level}").format(level=given.answer) if given.answer.isdigit() else given.answer


def _figure(value: float) -> str:
    """Write a number as people read it: no exponent where it can be helped, and no more digits than help."""
    return f"{value:.15g}" if value == int(value) and abs(value) < _WRITTEN_OUT else f"{value:.4g}"


def _linked(words: Words, draft: UUID, items: Mapping[str, Part]) -> Markup:
    """Say a sentence with every question in it as a link that carries its text, in the reader's language."""
    said = {name: _value(value, draft, items) for name, value in words.values.items()}
    return escape(_(words.template)).format_map(said)


def _value(value: object, draft: UUID, items: Mapping[str, Part]) -> Markup:
    match value:
        case Words():
            return _linked(value, draft, items)
        case ItemCode() if value in items:
            path = path_of(draft, "parts", str(Address(Kind.ITEM, value)))
            return Markup('<a href="{}" title="{}">{}</a>').format(path, title_of(items[value]), value)
        case OptionCode():
            text = _option(items.get(value.item, {}), value)
            return Markup('<span title="{}">{}</span>').format(text, value) if text else escape(value)
        case Marked() | Quoted():
            return escape(_(value))
        case _:
            return escape(str(value))


def _option(item: Part, code: str) -> str:
    options = item.get("options")
    rows = [row for row in options if isinstance(row, Mapping)] if isinstance(options, list | tuple) else []
    return next((title_of(row) for row in rows if row.get("code") == code), "")
