"""Questions answered: the bytes of a data message or of a structure message, and since when they are as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.kit.say import mark, say
from app.releases.readable import ReadableRelease
from app.releases.sdmx import csv_messages, structure_messages, xml_messages
from app.releases.sdmx.catalogue import Catalogue, Wanted, codes_of, find_structures
from app.releases.sdmx.formats import (
    CSV_10,
    CSV_20,
    GENERIC_21,
    SPECIFIC_21,
    SPECIFIC_30,
    STRUCTURE_21,
    STRUCTURE_30,
    STRUCTURE_JSON,
    Format,
)
from app.releases.sdmx.observations import Observation, observations_of, withdrawn_keys
from app.releases.sdmx.packing import Packing
from app.releases.sdmx.refusals import NoResults, NotOffered
from app.releases.sdmx.selection import Selection
from app.releases.sdmx.structures import Artefact, flow_name, structure_name
from app.releases.sdmx.xml_messages import Message
from app.releases.service import ReleaseEntry
from app.releases.shelf import Shelf

_SOME = 30
_HARMLESS = re.compile(r"[A-Za-z0-9_@$-]{1,100}")
_KEPT = 8
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # of the structures that no release is needed for

Writer = Callable[[Message, Iterable[Observation], Packing], Iterator[str]]
_DATA: Mapping[Format, Writer] = {
    CSV_20: lambda message, observations, packing: csv_messages.write_csv_20(message.flow, observations, packing),
    CSV_10: lambda message, observations, packing: csv_messages.write_csv_10(message.flow, observations, packing),
    SPECIFIC_21: xml_messages.write_specific_21,
    SPECIFIC_30: xml_messages.write_specific_30,
    GENERIC_21: xml_messages.write_generic_21,
}
_STRUCTURES: Mapping[Format, Callable[[Sequence[Artefact], str, datetime], bytes]] = {
    STRUCTURE_21: structure_messages.write_ml_21,
    STRUCTURE_30: structure_messages.write_ml_30,
    STRUCTURE_JSON: structure_messages.write_json_20,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of an answer, their format, and when what they say last changed."""

    body: bytes
    format: Format
    modified_at: datetime
    entry: ReleaseEntry | None = None


@dataclass(frozen=True, slots=True)
class _Cube:
    """A release as observations, with the codes that its dimensions may have."""

    release: ReadableRelease
    observations: Sequence[Observation]
    codes: Mapping[str, frozenset[str]]


_cubes: dict[tuple[str, str], _Cube] = {}


def one_release(entries: Sequence[ReleaseEntry]) -> ReleaseEntry:
    """Return the one release that is meant; several at once are not offered."""
    if len(entries) > 1:
        raise NotOffered(mark("One answer holds one release. Name its dataflow and its version, or + or latest for the newest."))
    return entries[0]


def answer_data(shelf: Shelf, catalogue: Catalogue, entry: ReleaseEntry, selection: Selection, format_: Format) -> Answer:
    """Answer with the observations that are wanted. Raises NoResults where there are none, and where a code is unknown."""
    release = shelf.get(entry.questionnaire, str(entry.number))
    cube = _cube(catalogue, release)
    _check_codes(selection, cube.codes)
    observations, packing = _changed(release, selection, cube.observations)
    wanted = selection.of(observations)
    if not wanted:
        raise NoResults(mark("The codes exist, and there is no number for them in this release."))
    flow, structure = flow_name(catalogue.source, entry), structure_name(catalogue.source, entry)
    message = Message(flow, structure, entry.modified_at, repr(packing))
    body = "".join(_DATA[format_](message, wanted, packing)).encode()
    return Answer(body, format_, entry.modified_at, entry)


def answer_structures(shelf: Shelf, catalogue: Catalogue, wanted: Wanted, format_: Format) -> Answer:
    """Answer with the structures that are wanted."""
    found = find_structures(shelf, catalogue, wanted)
    entries = [entry for each in found if (entry := catalogue.names[each.name]) is not None]
    prepared = max((entry.modified_at for entry in entries or catalogue.entries), default=_BEGINNING)
    return Answer(_STRUCTURES[format_](found, catalogue.source.agency, prepared), format_, prepared)


def _cube(catalogue: Catalogue, release: ReadableRelease) -> _Cube:
    """Return a release as observations, made once for as long as the shelf gives out the same."""
    key = (release.entry.questionnaire, str(release.entry.number))
    kept = _cubes.get(key)
    if kept is None or kept.release is not release:
        while len(_cubes) >= _KEPT:
            _cubes.pop(next(iter(_cubes)), None)
        kept = _cubes[key] = _Cube(release, observations_of(release), codes_of(catalogue.source, release))
    return kept


def _changed(
    release: ReadableRelease, selection: Selection, observations: Sequence[Observation]
) -> tuple[Sequence[Observation], Packing]:
    """Return what changed after a moment: all of a release that is newer, else the keys of what was withdrawn since."""
    since, entry = selection.since, release.entry
    if since is None or entry.released_at > since:
        return observations, selection.packing
    gone = [each for each in entry.withdrawals if each.withdrawn_at > since]
    if not gone:
        raise NoResults(mark("Nothing of this release changed since then."))
    return withdrawn_keys(release, gone), Packing(selection.packing.at, (), has_measure=False, action="Delete")


def _check_codes(selection: Selection, codes: Mapping[str, frozenset[str]]) -> None:
    """Refuse a code that a dimension does not have: a typing error must not look like an empty answer."""
    for dimension, named in selection.named().items():
        unknown = sorted(named - codes[dimension])
        if unknown:
            raise NoResults(
                say(
                    "{dimension} has no code {unknown}. It has {known}. The structure of the dataflow lists all codes.",
                    dimension=dimension,
                    unknown=", ".join(code for code in unknown if _HARMLESS.fullmatch(code)) or "?",
                    known=", ".join(sorted(codes[dimension])[:_SOME]),
                )
            )
