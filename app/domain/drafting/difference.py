"""How one draft differs from another, part by part: what was added, taken out, moved, and edited in which fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.drafting.document import CODED, Address, DraftDocument, Kind, Part, code_of
from app.domain.turns import out_of_turn


@dataclass(frozen=True, slots=True)
class PartDifference:
    """One part's difference; `fields` are those that were edited, in the words of the format."""

    address: Address
    difference: Literal["added", "retired", "moved", "edited"]
    fields: tuple[str, ...] = ()


def differences(before: DraftDocument, after: DraftDocument) -> tuple[PartDifference, ...]:
    """Return what differs, in the order of what comes after; what is gone stands at the end."""
    old, new = dict(_parts(before)), dict(_parts(after))
    moved = _moved(before, after)
    return (*_changed(old, new, moved), *(PartDifference(address, "retired") for address in old if address not in new))


def is_same(one: object, other: object) -> bool:
    """Tell whether two values mean the same in a file: 1 and 1.0 do, 1 and true do not; the order of fields says nothing."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _changed(old: Mapping[Address, Part], new: Mapping[Address, Part], moved: frozenset[Address]) -> Iterator[PartDifference]:
    for address, part in new.items():
        if address not in old:
            yield PartDifference(address, "added")
            continue
        if address in moved:
            yield PartDifference(address, "moved")
        names = dict.fromkeys((*old[address], *part))
        fields = tuple(name for name in names if not _holds_alike(old[address], part, name))
        if fields:
            yield PartDifference(address, "edited", fields)


def _holds_alike(one: Part, other: Part, name: str) -> bool:
    return (name in one) is (name in other) and is_same(one.get(name), other.get(name))


def _parts(draft: DraftDocument) -> Iterator[tuple[Address, Part]]:
    yield from ((Address(kind), part) for kind, part in draft.singles.items())
    yield from ((Address(Kind.NODE, code_of(node)), node) for node in draft.nodes)
    for page in draft.pages:
        yield Address(Kind.SECTION, code_of(page.part)), page.part
        yield from ((Address(Kind.ITEM, code_of(item)), item) for item in page.items)


def _moved(before: DraftDocument, after: DraftDocument) -> frozenset[Address]:
    """Return the fewest parts whose moves explain the new order: what stands in another section, or changed its turn."""
    old, new = _orders(before), _orders(after)
    home = {address: place for place, order in old.items() for address in order}
    moved: set[Address] = set()
    for place, order in new.items():
        moved |= {address for address in order if address in home and home[address] != place}
        moved |= out_of_turn(old.get(place, ()), order)
    return frozenset(moved)


def _orders(draft: DraftDocument) -> dict[str, tuple[Address, ...]]:
    """Return what stands in an order: the nodes, the sections, and the items of each section."""
    tops = {kind: tuple(each for each in draft.addresses() if each.kind is kind) for kind in CODED - {Kind.ITEM}}
    items = {f"in {code_of(page.part)}": tuple(Address(Kind.ITEM, code_of(item)) for item in page.items) for page in draft.pages}
    return {**{kind.value: order for kind, order in tops.items()}, **items}
