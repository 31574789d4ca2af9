"""Figures of other institutions, for reading beside: dated, sourced, and never part of a score or of a release."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from app.benchmarks import service
from app.domain.questionnaire.document import Questionnaire
from app.economies import references
from app.web import parts
from app.web.i18n import gettext as _


def reference_rows(session: Session, document: Questionnaire, names: Mapping[str, str]) -> list[list[object]]:
    """Return the reference figures that a questionnaire shows, the newest of each, by the names of economies."""
    series = service.reference_series(document)
    if not series:
        return []
    figures = references.latest(references.list_figures(session, tuple(names), series))
    rows: list[list[object]] = [
        [
            names[figure.economy],
            _("{title}, {period}").format(title=_(figure.title), period=figure.period),
            figure.rounded,
            _(figure.scale),
            parts.Cell(f"{figure.source}, {figure.licence}", figure.source_url),
        ]
        for figure in figures
        if figure.series == series[0]
    ]
    return sorted(rows, key=lambda row: str(row[0]))
