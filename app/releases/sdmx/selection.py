"""What a question for data wants: which observations of a release, and how they are packed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from app.kit.clock import as_utc
from app.kit.say import mark, say
from app.releases.sdmx.components import ATTRIBUTE_IDS, DIMENSION_IDS, MEASURE, TIME
from app.releases.sdmx.filters import Filter, is_filter, read_filters
from app.releases.sdmx.formats import Form
from app.releases.sdmx.keys import Key, read_keys
from app.releases.sdmx.observations import Observation
from app.releases.sdmx.packing import FLAT, Packing
from app.releases.sdmx.periods import Period, read_period
from app.releases.sdmx.refusals import Misspelt, NotOffered

_ALWAYS = frozenset(
    {"format", "updatedAfter", "firstNObservations", "lastNObservations", "dimensionAtObservation", "includeHistory"}
)
_KNOWN = {
    Form.OLD: _ALWAYS | {"startPeriod", "endPeriod", "detail"},
    Form.NEW: _ALWAYS | {"attributes", "measures"},
}
_NOT_OFFERED = frozenset({"offset", "limit", "sort", "asOf", "reportingYearStartDay"})
_MOST = 1_000_000
_LONGEST_NUMBER = 7

Parameters = Mapping[str, str]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which observations, and how they are packed. `since`: only what changed after it."""

    keys: Sequence[Key]
    filters: Sequence[Filter]
    begin: Period | None
    end: Period | None
    first: int | None
    last: int | None
    since: datetime | None
    packing: Packing

    def named(self) -> dict[str, frozenset[str]]:
        """Return the codes of dimensions that are asked for by name."""
        found = {
            id_: frozenset[str]().union(*(key.codes[place] for key in self.keys if place < len(key.codes)))
            for place, id_ in enumerate(DIMENSION_IDS)
        }
        for each in self.filters:
            if each.component in found:
                found[each.component] |= each.named
        del found[TIME]
        return found

    def of(self, observations: Sequence[Observation]) -> list[Observation]:
        """Return the observations that are wanted, in their order."""
        wanted = [each for each in observations if self._takes(each)]
        return _some(wanted, self.first, self.last) if self.first or self.last else wanted

    def _takes(self, each: Observation) -> bool:
        if self.keys and not any(key.takes(each) for key in self.keys):
            return False
        if not all(filter_.takes(each) for filter_ in self.filters):
            return False
        if self.begin is None and self.end is None:
            return True
        period = read_period(each.component(TIME))
        is_early = self.begin is not None and period.begin < self.begin.begin
        return not is_early and not (self.end is not None and period.end > self.end.end)


def read_selection(form: Form, key: str, parameters: Parameters) -> Selection:
    """Read a question for data. Raises Misspelt, or NotOffered for what the standard has and this service has not."""
    _check_names(form, parameters)
    if parameters.get("includeHistory", "false") != "false":
        raise NotOffered(mark("There is no history in one answer. Ask for an earlier release by its version instead."))
    return Selection(
        keys=read_keys(form, key),
        filters=read_filters(parameters),
        begin=_given(parameters, "startPeriod", read_period),
        end=_given(parameters, "endPeriod", read_period),
        first=_given(parameters, "firstNObservations", _count),
        last=_given(parameters, "lastNObservations", _count),
        since=_given(parameters, "updatedAfter", _moment),
        packing=_packing(form, parameters),
    )


def _given(parameters: Parameters, name: str, read: Callable[[str], _T]) -> _T | None:
    return read(parameters[name]) if name in parameters else None


def _check_names(form: Form, parameters: Parameters) -> None:
    for name in parameters:
        if form is Form.NEW and name in _NOT_OFFERED:
            raise NotOffered
        if name not in _KNOWN[form] and not (form is Form.NEW and is_filter(name)):
            raise Misspelt(say("A parameter is not known here. Choose from: {names}.", names=_names(form)))


def _names(form: Form) -> str:
    return ", ".join([*sorted(_KNOWN[form]), *(["c[...]"] if form is Form.NEW else [])])


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER and int(text)):
        raise Misspelt(say("Give a number of observations from 1 to {most}.", most=f"{_MOST:,}"))
    return int(text)


def _moment(text: str) -> datetime:
    """Read a moment; the plus of its offset comes as a space where it was not encoded."""
    try:
        return as_utc(datetime.fromisoformat(text.replace(" ", "+")))
    except (ValueError, OverflowError):
        raise Misspelt(mark("Write a moment such as 2026-11-29T00:00:00Z.")) from None


def _packing(form: Form, parameters: Parameters) -> Packing:
    at = parameters.get("dimensionAtObservation", TIME)
    if at != FLAT and at not in DIMENSION_IDS:
        raise Misspelt(say("Choose as dimensionAtObservation AllDimensions or one of: {names}.", names=", ".join(DIMENSION_IDS)))
    packing = Packing(at=at)
    if form is Form.OLD:
        return _of_detail(packing, parameters.get("detail", "full"))
    return replace(
        packing,
        attributes=_attributes(parameters.get("attributes", "dsd")),
        has_measure=_has_measure(parameters.get("measures", "all")),
    )


def _of_detail(packing: Packing, detail: str) -> Packing:
    known = {
        "full": packing,
        "dataonly": replace(packing, attributes=()),
        "nodata": replace(packing, has_measure=False),
        "serieskeysonly": replace(packing, attributes=(), has_measure=False, has_observations=False),
    }
    if detail not in known:
        raise Misspelt(say("Choose as detail one of: {names}.", names=", ".join(known)))
    return known[detail]


def _attributes(text: str) -> tuple[str, ...]:
    if text in {"dsd", "all", "obs"}:
        return ATTRIBUTE_IDS
    if text in {"none", "msd", "dataset", "series"}:  # every attribute belongs to an observation
        return ()
    wanted = text.split(",")
    if not set(wanted) <= set(ATTRIBUTE_IDS):
        raise Misspelt(say("Choose as attributes dsd, all, none or some of: {names}.", names=", ".join(ATTRIBUTE_IDS)))
    return tuple(id_ for id_ in ATTRIBUTE_IDS if id_ in wanted)


def _has_measure(text: str) -> bool:
    if text not in {"all", "none", MEASURE}:
        raise Misspelt(mark("Choose as measures all, none or OBS_VALUE."))
    return text != "none"


def _some(wanted: Sequence[Observation], first: int | None, last: int | None) -> list[Observation]:
    """Return the first or last observations of each series; of both where both are asked for."""
    kept: set[tuple[str, ...]] = set()
    for _, found in Packing().series(wanted):
        ordered = sorted(found, key=lambda each: each.component(TIME))
        kept |= {each.key for each in [*ordered[: first or 0], *(ordered[-last:] if last else [])]}
    return [each for each in wanted if each.key in kept]
