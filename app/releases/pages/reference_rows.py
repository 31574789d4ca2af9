"""Figures of other institutions as rows of a table: dated, with their source and licence; never part of a score."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.economies.references import Figure
from app.economies.service import EconomyNames
from app.web import parts
from app.web.i18n import gettext as _


def reference_rows(
    figures: Collection[Figure], names: Mapping[str, EconomyNames], *, with_economy: bool = True
) -> list[list[object]]:
    """Return one row for each figure."""
    return [
        [
            *([names[figure.economy].short_name] if with_economy else []),
            _(figure.title),
            figure.period,
            figure.rounded,
            _(figure.scale),
            parts.Cell(figure.source, figure.source_url),
            figure.licence,
        ]
        for figure in figures
        if figure.economy in names
    ]
