"""Keys in addresses: the codes of dimensions in their order, with dots between; what is left open means everything."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.kit.say import mark, say
from app.releases.sdmx.components import DIMENSION_IDS
from app.releases.sdmx.formats import Form
from app.releases.sdmx.observations import Observation
from app.releases.sdmx.refusals import Misspelt

_CODE = re.compile(r"[A-Za-z0-9_@$-]{1,100}")
_EVERYTHING = frozenset({"", "*", "all"})
_WITHOUT_TIME = len(DIMENSION_IDS) - 1
_MOST_KEYS = 200
_HOW = {
    Form.OLD: mark("Write a key such as A.AUS+NZL..self.score. with a dot between all six dimensions before the time, or all."),
    Form.NEW: mark("Write a key such as A.NZL.*.self, keys with commas between, or *. One dimension: c[REF_AREA]=AUS,NZL."),
}


@dataclass(frozen=True, slots=True)
class Key:
    """For each dimension the codes that are wanted; an empty set wants all."""

    codes: tuple[frozenset[str], ...]

    def takes(self, each: Observation) -> bool:
        """Tell whether an observation is wanted."""
        return all(not wanted or code in wanted for wanted, code in zip(self.codes, each.key, strict=False))


def read_keys(form: Form, text: str) -> list[Key]:
    """Read the keys of an address; none means everything. Raises Misspelt."""
    if text in _EVERYTHING:
        return []
    keys = text.split(",") if form is Form.NEW else [text]
    if len(keys) > _MOST_KEYS:
        raise Misspelt(say("Name at most {most} keys at once.", most=str(_MOST_KEYS)))
    return [_key(form, key) for key in keys]


def _key(form: Form, text: str) -> Key:
    parts = text.split(".")
    is_whole = len(parts) == _WITHOUT_TIME if form is Form.OLD else len(parts) <= len(DIMENSION_IDS)
    if not is_whole:
        raise Misspelt(_HOW[form])
    return Key(tuple(_codes(form, part) for part in parts))


def _codes(form: Form, part: str) -> frozenset[str]:
    if part in {"", "*"}:
        return frozenset()
    codes = part.split("+") if form is Form.OLD else [part]
    if not all(_CODE.fullmatch(code) for code in codes):
        raise Misspelt(_HOW[form])
    return frozenset(codes)
