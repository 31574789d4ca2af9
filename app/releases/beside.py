"""Other institutions' figures beside the public scores of a cycle; never mixed into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.benchmarks.service import reference_series
from app.domain.questionnaire.document import Questionnaire
from app.economies import references
from app.economies import service as economies
from app.economies.references import Figure
from app.economies.service import EconomyNames
from app.kit.errors import NotFound
from app.releases.of_cycle import Rows, get_of_cycle, in_order, rows_by_economy
from app.releases.service import PublishedRelease


@dataclass(frozen=True, slots=True)
class Beside:
    """One institution's series for everybody who may take part, whether they show anything or not. `series`: all that there are,
    by code with their titles; `figures`: the newest of each economy; `rows`: public scores as answered."""

    release: PublishedRelease
    questionnaire: Questionnaire
    series: tuple[tuple[str, str], ...]
    chosen: str
    economies: tuple[EconomyNames, ...]
    figures: Mapping[str, Figure]
    rows: Mapping[str, Rows]


def get_beside(session: Session, questionnaire: str, cycle: str, series: str = "", number: str = "") -> Beside:
    """Put a series of an institution beside a release; without one, that which the questionnaire itself shows first."""
    release = get_of_cycle(session, questionnaire, cycle, number)
    document = release.questionnaire
    codes = economies.participants(session, document.participants.groups, document.participants.opt_in)
    found = references.latest(references.list_figures(session, codes))
    titles = {figure.series: figure.title for figure in found}
    known = tuple(sorted(titles.items(), key=lambda each: (each[1], each[0])))
    if series and series not in titles:
        raise NotFound("series")
    own = [each for each in reference_series(document) if each in titles]
    chosen = series or next(iter([*own, *(code for code, _ in known)]), "")
    return Beside(
        release=release,
        questionnaire=document,
        series=known,
        chosen=chosen,
        economies=tuple(in_order(release, codes)),
        figures={figure.economy: figure for figure in found if figure.series == chosen},
        rows=rows_by_economy(release, version=release.entry.version),
    )
