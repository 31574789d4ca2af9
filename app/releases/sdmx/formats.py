"""Which format an answer takes: what `format` names, else what Accept prefers of what there is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.kit.say import say
from app.releases.sdmx.refusals import NotAcceptable

_PREFERENCE = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")
_VERSION = re.compile(r"""\s*version\s*=\s*"?\s*([0-9]+)(?:\.([0-9]+))?[0-9.+~*]*\s*"?\s*""")


class Form(StrEnum):
    """Which form of the standard an address speaks."""

    OLD = "2.1"
    NEW = "3.0"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name for `format`, its media type, its version, and the ending of its files."""

    name: str
    media_type: str
    version: str
    ending: str

    @property
    def content_type(self) -> str:
        """Return the media type with its version."""
        return f"{self.media_type};version={self.version}"


CSV_20 = Format("csv", "application/vnd.sdmx.data+csv", "2.0.0", "csv")
CSV_10 = Format("csv-1.0", "application/vnd.sdmx.data+csv", "1.0.0", "csv")
SPECIFIC_21 = Format("ml-2.1", "application/vnd.sdmx.structurespecificdata+xml", "2.1", "xml")
GENERIC_21 = Format("generic", "application/vnd.sdmx.genericdata+xml", "2.1", "xml")
SPECIFIC_30 = Format("ml-3.0", "application/vnd.sdmx.data+xml", "3.0.0", "xml")
STRUCTURE_21 = Format("ml-2.1", "application/vnd.sdmx.structure+xml", "2.1", "xml")
STRUCTURE_30 = Format("ml-3.0", "application/vnd.sdmx.structure+xml", "3.0.0", "xml")
STRUCTURE_JSON = Format("json", "application/vnd.sdmx.structure+json", "2.0.0", "json")

_PLAIN_XML, _PLAIN_JSON, _PLAIN_CSV = ("application/xml", "text/xml"), ("application/json",), ("text/csv",)
_ANY = ("*/*", "application/*")


@dataclass(frozen=True, slots=True)
class Offer:
    """The formats of one kind of answer, and which of them a plain media type means."""

    formats: Sequence[Format]
    plain: Mapping[str, Format]


def _plain(xml: Format, any_: Format, further: Mapping[str, Format]) -> dict[str, Format]:
    return {**dict.fromkeys(_PLAIN_XML, xml), **dict.fromkeys(_ANY, any_), **further}


_CSV_TOO = dict.fromkeys((*_PLAIN_CSV, "text/*"), CSV_20)
_JSON_TOO = dict.fromkeys(_PLAIN_JSON, STRUCTURE_JSON)
_DATA = (CSV_20, CSV_10, SPECIFIC_21, GENERIC_21, SPECIFIC_30)
_STRUCTURES = (STRUCTURE_21, STRUCTURE_30, STRUCTURE_JSON)
DATA = {
    Form.OLD: Offer(_DATA, _plain(GENERIC_21, GENERIC_21, _CSV_TOO)),
    Form.NEW: Offer(_DATA, _plain(SPECIFIC_30, CSV_20, _CSV_TOO)),
}
STRUCTURES = {
    Form.OLD: Offer(_STRUCTURES, _plain(STRUCTURE_21, STRUCTURE_21, _JSON_TOO)),
    Form.NEW: Offer(_STRUCTURES, _plain(STRUCTURE_30, STRUCTURE_30, _JSON_TOO)),
}


def format_of(offer: Offer, wanted: str | None, accept: str) -> Format:
    """Return the format of an answer. Raises NotAcceptable where none fits."""
    if wanted is not None:
        named = next((each for each in offer.formats if each.name == wanted), None)
        if named is None:
            raise NotAcceptable(say("Choose as format one of: {formats}.", formats=_names(offer)))
        return named
    for kind, parameters in _by_preference(accept or "*/*"):
        found = _found(offer, kind, parameters)
        if found is not None:
            return found
    types = ", ".join(each.content_type for each in offer.formats)
    raise NotAcceptable(say("Accept one of: {types}. Or name a format: {formats}.", types=types, formats=_names(offer)))


def _names(offer: Offer) -> str:
    return ", ".join(each.name for each in offer.formats)


def _by_preference(accept: str) -> list[tuple[str, list[str]]]:
    """Return media types with their parameters, the most wanted first; what is refused by q=0 is left out."""
    ranged = []
    for part in accept.split(","):
        kind, *parameters = part.split(";")
        preferences = [float(found[1]) for each in parameters if (found := _PREFERENCE.fullmatch(each))]
        ranged.append((preferences[0] if preferences else 1.0, kind.strip().lower(), parameters))
    wanted = sorted((each for each in ranged if each[0] > 0), key=lambda each: -each[0])
    return [(kind, parameters) for _, kind, parameters in wanted]


def _found(offer: Offer, kind: str, parameters: Sequence[str]) -> Format | None:
    if kind in offer.plain:
        return offer.plain[kind]
    versions = [found for each in parameters if (found := _VERSION.fullmatch(each))]
    fitting = [each for each in offer.formats if each.media_type == kind]
    if not versions:
        return fitting[0] if fitting else None
    major, minor = versions[0].groups()
    return next((each for each in fitting if each.version.split(".")[:2] == [major, minor or "0"]), None)
