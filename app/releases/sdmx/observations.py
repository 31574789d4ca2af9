"""The numbers of a release as observations: a key, a value, and attributes, all as SDMX writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.release.content import CellRow, ScoreRow
from app.domain.release.status import EXTREMES, Status, hides_extremes, status_of_cell, status_of_extremes, status_of_score
from app.releases.readable import ReadableRelease
from app.releases.sdmx.codelists import COUNT, ECONOMIES, MEDIAN, POINTS, SCORE, STATISTICS, group_id
from app.releases.sdmx.components import ATTRIBUTE_IDS, DIMENSION_IDS
from app.releases.sdmx.identifiers import code_id, version_id
from app.releases.service import Withdrawal

EXTREMES_OF_GROUPS = ("minimum", "maximum")
YEARLY = "A"
"""The only frequency."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One number: its key in the order of the dimensions, its value (empty where there is none), attributes that are there."""

    key: tuple[str, ...]
    value: str
    attributes: dict[str, str]

    def component(self, id_: str) -> str:
        """Return what stands at a component; empty where nothing does."""
        if id_ in DIMENSION_IDS:
            return self.key[DIMENSION_IDS.index(id_)]
        return self.attributes.get(id_, "") if id_ in ATTRIBUTE_IDS else self.value


def observations_of(release: ReadableRelease) -> list[Observation]:
    """Return every number that is still shown of a release, in the order of keys."""
    found = [*_of_scores(release), *_of_cells(release)]
    return sorted(found, key=lambda each: each.key)


def withdrawn_keys(release: ReadableRelease, withdrawals: Iterable[Withdrawal]) -> list[Observation]:
    """Return the keys of scores that were withdrawn: no values, nothing else."""
    year = release.entry.cycle
    keys = (
        (YEARLY, code_id(each.economy), code_id(each.node), each.series, SCORE, version_id(each.version), year)
        for each in withdrawals
    )
    return [Observation(key, "", {}) for key in sorted(keys)]


def _of_scores(release: ReadableRelease) -> Iterator[Observation]:
    for row in release.release.content.scores:
        key = (YEARLY, code_id(row.economy), code_id(row.node), row.series, SCORE, version_id(row.version), release.entry.cycle)
        yield Observation(key, _number(row.score), _present(_score_attributes(release, row)))


def _score_attributes(release: ReadableRelease, row: ScoreRow) -> dict[str, str]:
    is_break = release.is_broken(row.version, row.node)
    return {
        **_about(release, row.version, status_of_score(row, is_break=is_break, is_own=release.entry.is_own), POINTS),
        "LOWER_BOUND": _number(row.lower),
        "UPPER_BOUND": _number(row.upper),
        "FLOOR": _number(row.floor),
        "CEILING": _number(row.ceiling),
        "COVERAGE": _number(row.coverage),
        "LEVEL": code_id(row.band or ""),
        "LEVEL_FROM": code_id(row.band_from or ""),
        "LEVEL_TO": code_id(row.band_to or ""),
        "EVIDENCE_SHARE": _number(row.evidence_share),
        "GRADE": row.grade or "",
        "REASON": row.reason or "",
        "REVISION": str(row.revision),
    }


def _of_cells(release: ReadableRelease) -> Iterator[Observation]:
    for row in release.release.content.cells:
        area = group_id(row.group, release.release.economies)
        for statistic, figure in _figures(row).items():
            key = (YEARLY, area, code_id(row.node), row.series, statistic, version_id(row.version), release.entry.cycle)
            yield Observation(key, _number(figure), _present(_cell_attributes(release, row, statistic)))


def _cell_attributes(release: ReadableRelease, row: CellRow, statistic: str) -> dict[str, str]:
    is_break = release.is_broken(row.version, row.node)
    is_hidden = statistic in EXTREMES_OF_GROUPS and hides_extremes(row)
    own = status_of_cell(row, is_break=is_break, is_own=release.entry.is_own)
    status = status_of_extremes(is_break=is_break) if is_hidden else own
    return {
        **_about(release, row.version, status, ECONOMIES if statistic == COUNT else POINTS),
        "REASON": EXTREMES if is_hidden else row.suppressed or "",
        "LEVEL": code_id(row.band or "") if statistic == MEDIAN else "",
    }


def _figures(row: CellRow) -> dict[str, float | None]:
    """Return the figures that belong to a cell; those that are not shown have no value, and a status that says so."""
    figures: dict[str, float | None] = {name: getattr(row, name) for name in STATISTICS if name != SCORE}
    return dict.fromkeys(figures) if row.suppressed is not None else figures


def _about(release: ReadableRelease, version: str, status: Status, unit: str) -> dict[str, str]:
    scheme = release.release.documents[version].scheme
    return {
        "OBS_STATUS": status.obs.value,
        "CONF_STATUS": status.conf.value,
        "UNIT_MEASURE": unit,
        "SCALE_MAX": _number(scheme.scale) if unit == POINTS else "",
        "DECIMALS": str(scheme.decimals if unit == POINTS else 0),
        "INSTRUMENT_VERSION": version,
        "METHOD_VERSION": release.entry.method_version,
    }


def _number(value: float | None) -> str:
    """Write a number so that it reads back as exactly the same."""
    return "" if value is None else repr(value)


def _present(attributes: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in attributes.items() if text}
