"""What if the parts weighed otherwise: computed for one reader from a release, and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.domain.questionnaire.document import Band, Questionnaire
from app.domain.release.content import ScoreRow
from app.domain.release.what_if import Weighing, holding, whole_scores, wholes
from app.domain.scoring.bands import band_of
from app.domain.scoring.item_scores import Reason
from app.economies.service import EconomyNames
from app.kit.errors import NotFound
from app.releases.of_cycle import Rows, get_of_cycle, public_economies, rows_by_economy
from app.releases.service import PublishedRelease


@dataclass(frozen=True, slots=True)
class Outcome:
    """One chosen economy under a reader's weights. `official`: its published row, None where the scheme has no such score or
    the economy shows none. `before`: the whole under the published weights, or under equal ones where there are none; it and
    `what_if` are None where a part is not shown or has no score. `held`: the share of drawn weightings
    under which it keeps the band of the published weights; `band_before`: that band, from scores alone, without what may hold
    an economy back from it."""

    economy: EconomyNames
    official: ScoreRow | None
    before: float | None
    what_if: float | None
    band: Band | None
    band_before: Band | None
    held: float | None
    parts: Rows
    """Its published rows of what is weighed, as far as it shows them."""

    @property
    def is_moved(self) -> bool:
        """Whether its band would be another one."""
        return self.band != self.band_before


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A reader's weights at one node of a release, and what follows for the economies they chose."""

    release: PublishedRelease
    questionnaire: Questionnaire
    published: Weighing
    wanted: Weighing
    outcomes: tuple[Outcome, ...]


def get_choices(
    session: Session, questionnaire: str, cycle: str, number: str = ""
) -> tuple[PublishedRelease, tuple[Weighing, ...]]:
    """Return a release with everything in it whose weights may be changed: nothing where no node is made of others."""
    release = get_of_cycle(session, questionnaire, cycle, number)
    return release, wholes(release.questionnaire)


def choose(choices: tuple[Weighing, ...], node: str) -> Weighing:
    """Return what a reader wants to weigh anew, the first by default; others raise NotFound."""
    for each in choices:
        if node in {"", each.node.code if each.node else ""}:
            return each
    raise NotFound("node")


def weigh(release: PublishedRelease, published: Weighing, weights: Mapping[str, float], chosen: Sequence[EconomyNames]) -> WhatIf:
    """Compute the whole of chosen economies under other weights, by the codes of the parts.

    Nobody else is computed: a list of all economies with one number each would be a table of places.
    """
    wanted = published.reweighed([weights[part.code] for part in published.parts])
    rows = rows_by_economy(release, version=release.entry.version)
    names = [each for each in chosen if each.code in rows]
    given = [_parts(rows[each.code], published) for each in names]
    bands = release.questionnaire.scheme.bands
    now, before = whole_scores(wanted, given), whole_scores(published, given)
    outcomes = [
        _outcome(bands, published, each, rows[each.code], (score, base, share))
        for each, score, base, share in zip(names, now, before, holding(published, bands, given), strict=True)
    ]
    return WhatIf(release, release.questionnaire, published, wanted, tuple(outcomes))


def listed(release: PublishedRelease) -> list[EconomyNames]:
    """Return the economies that a reader may choose: those whose scores, as answered, the release shows."""
    version = release.entry.version
    rows = rows_by_economy(release, version=version)
    return [each for each in public_economies(release, version) if each.code in rows]


def _parts(rows: Rows, weighing: Weighing) -> dict[str, float | None]:
    """Return what may be computed with: parts with a score, and those that do not apply, which leave as in the scheme."""
    mine = [rows[part.code] for part in weighing.parts if part.code in rows]
    return {row.node: row.score for row in mine if row.score is not None or row.reason == Reason.NOT_APPLICABLE}


def _outcome(
    bands: Sequence[Band],
    weighing: Weighing,
    economy: EconomyNames,
    rows: Rows,
    found: tuple[float | None, float | None, float | None],
) -> Outcome:
    score, before, held = found
    official = rows.get(weighing.node.code) if weighing.node else None
    # A score that is held back for its coverage stays so, whatever the weights.
    is_held_back = weighing.node is not None and (official is None or official.score is None)
    parts = {part.code: rows[part.code] for part in weighing.parts if part.code in rows}
    if is_held_back or score is None or before is None:
        return Outcome(economy, official, None, None, None, None, None, parts)
    return Outcome(economy, official, before, score, band_of(bands, score), band_of(bands, before), held, parts)
