"""Chosen economies and groups side by side: nobody is ranked, and "higher" is said only where it is nearly certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.benchmarks.refresh import EVERYBODY
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.compare import Finding, findings, probabilities
from app.domain.release.content import CellRow
from app.domain.scoring.normalise import Series
from app.economies.service import EconomyNames
from app.kit.errors import FieldProblem
from app.kit.say import mark, say
from app.releases.choosing import choose_economies
from app.releases.of_cycle import Rows, get_of_cycle, public_economies, rows_by_economy
from app.releases.service import PublishedRelease

MOST_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a reader may choose from, what they chose, and what of it cannot be shown.

    `chosen` and `groups` are in the order of names. `cells`: figures of the chosen groups by group and node. `problems`: what
    was asked for in vain; an unknown economy, a private one and one that withdrew are the same problem.
    """

    release: PublishedRelease
    questionnaire: Questionnaire
    economies: tuple[EconomyNames, ...]
    all_groups: tuple[tuple[str, str], ...]
    chosen: tuple[EconomyNames, ...]
    groups: tuple[tuple[str, str], ...]
    rows: Mapping[str, Rows]
    cells: Mapping[tuple[str, str], CellRow]
    findings: Mapping[str, tuple[Finding, ...]]
    problems: tuple[FieldProblem, ...]
    others: tuple[EconomyNames, ...]
    """Economies that answered another version of the questionnaire, so they cannot be put beside these."""


def get_comparison(
    session: Session, questionnaire: str, cycle: str, economies: Sequence[str], groups: Sequence[str], number: str = ""
) -> Comparison:
    """Put chosen economies beside each other, and beside groups, as a release has them."""
    release = get_of_cycle(session, questionnaire, cycle, number)
    version = release.entry.version
    public = public_economies(release, version)
    titles = _groups(release)
    asked, problems = choose_economies(public, economies)
    wrong, is_too_many = _choose_groups(titles, groups)
    chosen = () if is_too_many else asked
    known = probabilities(release.content.pairs, version)
    codes = [names.code for names in chosen]
    rows = rows_by_economy(release, Series.SELF, version)
    return Comparison(
        release=release,
        questionnaire=release.questionnaire,
        economies=tuple(public),
        all_groups=titles,
        chosen=chosen,
        groups=tuple((code, title) for code, title in titles if code in groups)[:MOST_GROUPS],
        rows={code: rows.get(code, {}) for code in codes},
        cells={
            (cell.group, cell.node): cell
            for cell in release.content.cells
            if cell.version == version and cell.series == Series.SELF and cell.group in groups
        },
        findings={node: tuple(findings(known, node, _with_score(rows, codes, node))) for node in release.questionnaire.nodes},
        problems=(*problems, *wrong),
        others=tuple(names for names in public_economies(release) if names not in public),
    )


def _groups(release: PublishedRelease) -> tuple[tuple[str, str], ...]:
    """Return the groups that have cells in a release, by title."""
    codes = {cell.group for cell in release.content.cells}
    return tuple(sorted(((code, release.groups.get(code, EVERYBODY)) for code in codes), key=lambda group: (group[1], group[0])))


def _choose_groups(groups: Sequence[tuple[str, str]], wanted: Sequence[str]) -> tuple[list[FieldProblem], bool]:
    """Return what is wrong with the groups asked for, and whether they are too many to be read."""
    problems: list[FieldProblem] = []
    if not {code for code, _ in groups} >= set(wanted):
        words = mark("One of the groups asked for has no figures in this release. It is left out; choose from the list.")
        problems.append(FieldProblem("group", "not_shown", words))
    if len(set(wanted)) <= MOST_GROUPS:
        return problems, False
    sentence = say("You chose more than {most} groups. Take some out below.", most=MOST_GROUPS)
    return [FieldProblem("group", "too_many", sentence), *problems], True


def _with_score(rows: Mapping[str, Rows], codes: Sequence[str], node: str) -> list[str]:
    return [code for code in codes if node in rows.get(code, {}) and rows[code][node].score is not None]
