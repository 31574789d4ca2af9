"""What a number of a release is, in the codes of SDMX (CL_OBS_STATUS, CL_CONF_STATUS), and in words where there is none.

A pure mapping: every edge (JSON, CSV, SDMX, pages) asks here, so that no two of them say different things of one number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.benchmark.disclosure import Suppression
from app.domain.release.content import CellRow, PairRow, ScoreRow
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series

NEARLY_WHOLE = 0.95
"""Below this coverage a score is printed with its floor and ceiling, everywhere."""
_ROUNDING = 1e-9  # as bands are compared


class ObsStatus(StrEnum):
    """Codes of SDMX's CL_OBS_STATUS that occur in a release."""

    NORMAL = "A"
    """Verified: agreed in a peer review; or a figure that
    another institution published."""
    BREAK = "B"
    """The series is broken here: what was asked or how it is scored differs too much from the cycle before."""
    NOT_COLLECTED = "L"
    """Missing: the figure may exist, but was not given or not agreed."""
    CANNOT_EXIST = "M"
    """Missing: the figure cannot exist, because the node does not apply."""
    MISSING = "O"
    """Missing: something was answered, and it is too little for a figure."""
    SUPPRESSED = "Q"
    """Not shown, so that nothing can be derived about single economies."""
    UNVALIDATED = "V"
    """As the economy reported it; nobody else confirmed it."""


class ConfStatus(StrEnum):
    """Codes of SDMX's CL_CONF_STATUS that occur in a release."""

    FREE = "F"
    """Free for publication."""
    NOT_PUBLISHED = "N"
    """Not for publication: too few economies contribute."""
    SECONDARY = "D"
    """Not for publication, because other published figures would give single values away."""


@dataclass(frozen=True, slots=True)
class Status:
    """Both codes of one observation."""

    obs: ObsStatus
    conf: ConfStatus


_MISSING = {
    Reason.NOT_APPLICABLE: ObsStatus.CANNOT_EXIST,
    Reason.NOT_ASKED: ObsStatus.CANNOT_EXIST,
    Reason.NO_SPREAD: ObsStatus.CANNOT_EXIST,
    Reason.UNDEFINED: ObsStatus.CANNOT_EXIST,
    Reason.NOTHING_ANSWERED: ObsStatus.NOT_COLLECTED,
    Reason.NOT_AVAILABLE: ObsStatus.NOT_COLLECTED,
    Reason.DECLINED: ObsStatus.NOT_COLLECTED,
    Reason.BLANK: ObsStatus.NOT_COLLECTED,
    Reason.NOT_REVIEWED: ObsStatus.NOT_COLLECTED,
    Reason.INSUFFICIENT_COVERAGE: ObsStatus.MISSING,
    Reason.NOT_COUNTED: ObsStatus.MISSING,
}
_CONFIDENTIAL = {
    Suppression.TOO_FEW: ConfStatus.NOT_PUBLISHED,
    Suppression.BELOW_TWO_THIRDS: ConfStatus.NOT_PUBLISHED,
    Suppression.DIFFERENCING: ConfStatus.SECONDARY,
    Suppression.RECENT_CHANGE: ConfStatus.SECONDARY,
    Suppression.WITHDRAWN: ConfStatus.SECONDARY,
}

REASON_NOTES = {
    Reason.INSUFFICIENT_COVERAGE: "No score: too few of its questions are answered.",
    Reason.NOT_APPLICABLE: "No score: it does not apply to this economy.",
    Reason.NOT_AVAILABLE: "No score: the information is not available.",
    Reason.DECLINED: "No score: the economy preferred not to answer.",
    Reason.BLANK: "No score: not answered.",
    Reason.NOT_ASKED: "No score: not asked, because of another answer.",
    Reason.NOTHING_ANSWERED: "No score: none of its questions is answered.",
    Reason.NOT_REVIEWED: "No score: no level was agreed in a peer review.",
    Reason.NOT_COUNTED: "No score: what is reported is too weak to be counted.",
    Reason.NO_SPREAD: "No score: all who take part have the same value.",
    Reason.UNDEFINED: "No score: this mean does not exist for scores below zero.",
}
SUPPRESSION_NOTES = {
    Suppression.TOO_FEW: "No figures: fewer than five economies contribute.",
    Suppression.BELOW_TWO_THIRDS: "No figures: fewer than two thirds of the group contribute.",
    Suppression.DIFFERENCING: "No figures: beside others they could give a single economy's score away.",
    Suppression.RECENT_CHANGE: "No figures for now: too few economies changed since they were last shown.",
    Suppression.WITHDRAWN: "No figures any more: an economy that was counted took its score back.",
}
SERIES_NOTES = {
    Series.SELF: "Self-reported: as the economy answered, confirmed by nobody else.",
    Series.EVIDENCE_SUPPORTED: "High answers count only as far as the economy gave evidence.",
    Series.REVIEWED: "As agreed with invited reviewers.",
}
PUBLISHED_NOTE = "A figure of another institution, as published."
PUBLISHED_CELL_NOTE = "Made of figures of another institution, as published."
NO_RANGE_OF_SERIES = "No range is computed for this series."
NO_RANGE_OF_SCALES = "No range is computed for scales that depend on who takes part, or for scores that count their parts."
NO_RANGE_OF_PUBLISHED = "No range is computed for figures of another institution."
NO_RANGE = "No range is computed for this score."
EXTREMES = "one_economy"
"""The reason where only the lowest and the highest of a group are not shown."""
EXTREMES_NOTE = "Lowest and highest are not shown: in a group this small, they are one economy's own score."
BREAK_NOTE = "Break in the series: do not compare with the cycle before."
COVERAGE_NOTE = "Not everything is answered: read the score with its floor and ceiling."


def status_of_score(row: ScoreRow, *, is_break: bool = False, is_own: bool = True) -> Status:
    """Return the codes of one economy's score; a break outranks everything else, since one code must do.

    `is_own`: economies answered themselves; else it is a figure that another institution published."""
    if is_break:
        return Status(ObsStatus.BREAK, ConfStatus.FREE)
    if row.score is None:
        return Status(_missing(row.reason), ConfStatus.FREE)
    return Status(ObsStatus.NORMAL if not is_own or _is_verified(row) else ObsStatus.UNVALIDATED, ConfStatus.FREE)


def status_of_cell(row: CellRow, *, is_break: bool = False, is_own: bool = True) -> Status:
    """Return the codes of a group's figures; confidential ones keep that code across a break."""
    conf = ConfStatus.FREE if row.suppressed is None else _CONFIDENTIAL[Suppression(row.suppressed)]
    if is_break:
        return Status(ObsStatus.BREAK, conf)
    if row.suppressed is not None:
        return Status(ObsStatus.SUPPRESSED, conf)
    if row.mean is None:
        return Status(ObsStatus.MISSING, conf)
    is_normal = not is_own or row.series == Series.REVIEWED
    return Status(ObsStatus.NORMAL if is_normal else ObsStatus.UNVALIDATED, conf)


def status_of_extremes(*, is_break: bool = False) -> Status:
    """Return the codes of the lowest and the highest of a group whose other figures are shown, where `hides_extremes`."""
    return Status(ObsStatus.BREAK if is_break else ObsStatus.SUPPRESSED, ConfStatus.NOT_PUBLISHED)


def hides_extremes(row: CellRow) -> bool:
    """Tell whether a group's figures are shown without its lowest and its highest."""
    return row.suppressed is None and row.mean is not None and row.minimum is None


def status_of_pair(_row: PairRow) -> Status:
    """Return the codes of a probability; it is computed of self-reported scores."""
    return Status(ObsStatus.UNVALIDATED, ConfStatus.FREE)


def notes_on_score(row: ScoreRow, *, is_break: bool = False, is_own: bool = True, has_ranges: bool = True) -> tuple[str, ...]:
    """Return what a reader of one score must know, in words. `has_ranges`: the scales of its version allow ranges at all."""
    notes = [BREAK_NOTE] if is_break else []
    if row.score is None:
        return (*notes, REASON_NOTES[Reason(row.reason)] if row.reason else "No score.")
    notes.append(SERIES_NOTES[Series(row.series)] if is_own else PUBLISHED_NOTE)
    if row.lower is None or row.upper is None:
        notes.append(_no_range(row, is_own=is_own, has_ranges=has_ranges))
    if row.coverage + _ROUNDING < NEARLY_WHOLE:
        notes.append(COVERAGE_NOTE)
    return tuple(notes)


def notes_on_cell(row: CellRow, *, is_break: bool = False, is_own: bool = True) -> tuple[str, ...]:
    """Return what a reader of a group's figures must know, in words."""
    notes = [BREAK_NOTE] if is_break else []
    if row.suppressed is not None:
        return (*notes, SUPPRESSION_NOTES[Suppression(row.suppressed)])
    notes.append(SERIES_NOTES[Series(row.series)] if is_own else PUBLISHED_CELL_NOTE)
    if hides_extremes(row):
        notes.append(EXTREMES_NOTE)
    return tuple(notes)


def _no_range(row: ScoreRow, *, is_own: bool, has_ranges: bool) -> str:
    if not is_own:
        return NO_RANGE_OF_PUBLISHED
    if row.series != Series.SELF:
        return NO_RANGE_OF_SERIES
    return NO_RANGE if has_ranges else NO_RANGE_OF_SCALES


def _is_verified(row: ScoreRow) -> bool:
    """Only a peer review verifies: evidence is an address that the economy gave and nobody has judged yet."""
    return row.series == Series.REVIEWED


def _missing(reason: str | None) -> ObsStatus:
    return ObsStatus.MISSING if reason is None else _MISSING[Reason(reason)]
