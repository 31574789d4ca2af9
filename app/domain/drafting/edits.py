"""What can be done to a draft; each edit returns another draft, and the one that was stays as it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.domain.drafting.document import Address, DraftDocument, Kind, Page, Part, code_of, read_draft


class NoSection(LookupError):
    """A part should go into a section that is not there: it would be lost."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands among its like, from 0: an item within its section, a section or node within the whole."""

    index: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A part and where it stands; a section carries its items as it does in a file."""

    part: Part
    place: Place


def standing(draft: DraftDocument, address: Address) -> Standing | None:
    """Return a coded part and its place; None where there is none."""
    if address.kind is Kind.NODE:
        found = _index(draft.nodes, address.code)
        return None if found is None else Standing(draft.nodes[found], Place(found))
    if address.kind is Kind.SECTION:
        found = _index(tuple(page.part for page in draft.pages), address.code)
        return None if found is None else Standing(_whole(draft.pages[found]), Place(found))
    for page in draft.pages:
        found = _index(page.items, address.code)
        if found is not None:
            return Standing(page.items[found], Place(found, code_of(page.part)))
    return None


def put(draft: DraftDocument, address: Address, part: Part) -> DraftDocument:
    """Put other content in a part's place; a section keeps its items."""
    if address.kind is Kind.WHOLE:
        return read_draft(part)
    if address.kind is Kind.NODE:
        return replace(draft, nodes=_with(draft.nodes, address.code, part))
    if address.kind is Kind.SECTION:
        pages = (Page(part, page.items) if code_of(page.part) == address.code else page for page in draft.pages)
        return replace(draft, pages=tuple(pages))
    if address.kind is Kind.ITEM:
        return replace(draft, pages=tuple(Page(page.part, _with(page.items, address.code, part)) for page in draft.pages))
    return replace(draft, singles={**draft.singles, address.kind: part})


def insert(draft: DraftDocument, kind: Kind, part: Part, place: Place) -> DraftDocument:
    """Insert a coded part before what stands at the place; a place past the end is the end. Raises NoSection."""
    at = place.index
    if kind is Kind.NODE:
        return replace(draft, nodes=(*draft.nodes[:at], part, *draft.nodes[at:]))
    if kind is Kind.SECTION:
        return replace(draft, pages=(*draft.pages[:at], _page(part), *draft.pages[at:]))
    if all(code_of(page.part) != place.section for page in draft.pages):
        raise NoSection(place.section)
    pages = (
        Page(page.part, (*page.items[:at], part, *page.items[at:])) if code_of(page.part) == place.section else page
        for page in draft.pages
    )
    return replace(draft, pages=tuple(pages))


def remove(draft: DraftDocument, address: Address) -> DraftDocument:
    """Take a coded part out, a section with its items."""
    if address.kind is Kind.NODE:
        return replace(draft, nodes=_without(draft.nodes, address.code))
    if address.kind is Kind.SECTION:
        return replace(draft, pages=tuple(page for page in draft.pages if code_of(page.part) != address.code))
    return replace(draft, pages=tuple(Page(page.part, _without(page.items, address.code)) for page in draft.pages))


def move(draft: DraftDocument, address: Address, place: Place) -> DraftDocument:
    """Move a coded part; the place counts what is left when it is taken out. Raises NoSection."""
    found = standing(draft, address)
    return draft if found is None else insert(remove(draft, address), address.kind, found.part, place)


def free_code(draft: DraftDocument, kind: Kind, wanted: str, kept: Collection[str] = ()) -> str:
    """Return a code that no part of this kind has, and that is not kept for another: the wanted one, or the first that follows
    it with a number."""
    taken = {address.code.casefold() for address in draft.addresses() if address.kind is kind} | {
        code.casefold() for code in kept
    }
    candidates = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(code for code in candidates if code.casefold() not in taken)


def items_of(section: Part) -> tuple[Part, ...]:
    """Return the items that a section carries as it does in a file; other parts carry none."""
    items = section.get("items", [])
    return tuple(item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def _index(parts: tuple[Part, ...], code: str) -> int | None:
    return next((i for i, part in enumerate(parts) if code_of(part) == code), None)


def _with(parts: tuple[Part, ...], code: str, part: Part) -> tuple[Part, ...]:
    return tuple(part if code_of(each) == code else each for each in parts)


def _without(parts: tuple[Part, ...], code: str) -> tuple[Part, ...]:
    return tuple(part for part in parts if code_of(part) != code)


def _whole(page: Page) -> Part:
    return {**page.part, "items": list(page.items)}


def _page(section: Part) -> Page:
    return Page({name: value for name, value in section.items() if name != "items"}, items_of(section))
