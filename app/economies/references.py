"""Other institutions' figures: dated, sourced, shown beside results, never part of a score."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from app.economies import queries
from app.kit.errors import FieldProblem, Invalid, Problems
from app.kit.say import mark

COLUMNS = ("economy", "series", "period", "value", "scale", "source", "source_url", "licence")
_TITLES = {
    "GTMI": mark("GovTech Maturity Index"),
    "GTMI_CGSI": mark("GovTech Maturity Index: core government systems"),
    "GTMI_PSDI": mark("GovTech Maturity Index: public service delivery"),
    "GTMI_DCEI": mark("GovTech Maturity Index: digital citizen engagement"),
    "GTMI_GTEI": mark("GovTech Maturity Index: GovTech enablers"),
    "GTMI_GROUP": mark("GovTech Maturity Index: group"),
    "IMF_AIPI": mark("AI Preparedness Index"),
    "IMF_AIPI_DI": mark("AI Preparedness Index: digital infrastructure"),
    "IMF_AIPI_HCLMP": mark("AI Preparedness Index: human capital and labour market policies"),
    "IMF_AIPI_IEI": mark("AI Preparedness Index: innovation and economic integration"),
    "IMF_AIPI_RE": mark("AI Preparedness Index: regulation and ethics"),
    "MS_AI_DIFFUSION": mark("AI diffusion: people using generative AI"),
    "OX_GAIRI": mark("Government AI Readiness Index"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one economy, with where and when it is from. `value` is kept as published."""

    economy: str
    series: str
    title: str
    period: str
    value: str
    scale: str
    source: str
    source_url: str
    licence: str

    @property
    def rounded(self) -> str:
        """The value for reading beside scores: numbers to three decimals at most; letters as they are."""
        try:
            return f"{float(self.value):.3f}".rstrip("0").rstrip(".")
        except ValueError:
            return self.value


def list_figures(session: Session, economies: Collection[str], series: Collection[str] = ()) -> list[Figure]:
    """List figures of some economies, by series and newest first; without series, all of them."""
    return [
        Figure(
            row.economy,
            row.series,
            _TITLES.get(row.series, row.series),
            row.period,
            row.value,
            row.scale,
            row.source,
            row.source_url,
            row.licence,
        )
        for row in queries.list_figures(session, economies, series)
    ]


def require_known(session: Session, economies: Collection[str], series: Collection[str]) -> None:
    """Raise Invalid that names every economy and series of a query that does not exist, and those that do."""
    problems = Problems()
    problems.add_unknown("query.economy", economies, [economy.code for economy in queries.list_economies(session)])
    problems.add_unknown("query.series", series, {*_TITLES, *queries.list_series(session)} if series else ())
    problems.raise_if_any()


def latest(figures: Collection[Figure]) -> list[Figure]:
    """Keep the newest figure of each economy and series."""
    newest: dict[tuple[str, str], Figure] = {}
    for figure in figures:
        key = (figure.economy, figure.series)
        if key not in newest or figure.period > newest[key].period:
            newest[key] = figure
    return list(newest.values())


def replace(session: Session, text: str) -> int:
    """Replace all figures by those of a CSV text; return how many there are. Every fault is named with its row."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Invalid([FieldProblem("row 1", "columns", f"The first row must name the columns {', '.join(COLUMNS)}.")])
    known = {economy.code for economy in queries.list_economies(session)}
    rows, problems, seen = [], Problems(), set()
    for number, row in enumerate(reader, start=2):
        key = (row["economy"], row["series"], row["period"])
        if row["economy"] not in known:
            problems.add(f"row {number}", "unknown_economy", f'No economy has the code "{row["economy"][:64]}".')
        elif key in seen or None in row or None in row.values() or not all(key):
            problems.add(f"row {number}", "columns", "Give each economy, series and period once, with a cell for every column.")
        seen.add(key)
        rows.append(row)
    problems.raise_if_any()
    queries.replace_figures(session, rows)
    return len(rows)
