"""A draft in its parts: what the whole is about, its clauses, the scheme, and every node, section and item apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

Part = Mapping[str, object]
Path = tuple[str | int, ...]
LONGEST_CODE = 64


class Kind(StrEnum):
    """What kind of part something is; the first four are there once, the next three have codes, and `whole` is all of them: it is
    replaced by a file, and never edited as a part."""

    ABOUT = "about"
    CLAUSES = "clauses"
    DETAILS = "details"
    SCHEME = "scheme"
    NODE = "node"
    SECTION = "section"
    ITEM = "item"
    WHOLE = "whole"


CODED = frozenset({Kind.NODE, Kind.SECTION, Kind.ITEM})


class Shapeless(ValueError):
    """What was given has no parts that could be edited; the path says where, the text what to do."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Address:
    """Names one part of a draft, such as `item/B1-04`."""

    kind: Kind
    code: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.code}" if self.code else self.kind.value


@dataclass(frozen=True, slots=True)
class Page:
    """A section without its items, and the items."""

    part: Part
    items: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """A draft in its parts, each plain JSON in the words of the format; only codes must be there, each one once.

    `singles` are the parts that are there once: `clauses` and `details` are lists, each under its own name."""

    singles: Mapping[Kind, Part]
    nodes: tuple[Part, ...]
    pages: tuple[Page, ...]

    def addresses(self) -> Iterator[Address]:
        """Yield every part's address, in the order of the document."""
        yield from map(Address, self.singles)
        yield from (Address(Kind.NODE, code_of(node)) for node in self.nodes)
        for page in self.pages:
            yield Address(Kind.SECTION, code_of(page.part))
            yield from (Address(Kind.ITEM, code_of(item)) for item in page.items)

    def find(self, address: Address) -> Part | None:
        """Return a part; None where there is none."""
        if address.kind is Kind.WHOLE:
            return self.content()
        if address.kind not in CODED:
            return self.singles[address.kind]
        parts = {
            Kind.NODE: self.nodes,
            Kind.SECTION: tuple(page.part for page in self.pages),
            Kind.ITEM: tuple(item for page in self.pages for item in page.items),
        }[address.kind]
        return next((part for part in parts if code_of(part) == address.code), None)

    def content(self) -> dict[str, object]:
        """Return the whole as plain JSON in the words of the format, as a file of it would be read."""
        scheme = {**self.singles[Kind.SCHEME], **({"nodes": list(self.nodes)} if self.nodes else {})}
        return {
            **self.singles[Kind.ABOUT],
            **self.singles[Kind.CLAUSES],
            **self.singles[Kind.DETAILS],
            **({"scheme": scheme} if scheme else {}),
            "sections": [{**page.part, "items": list(page.items)} for page in self.pages],
        }

    def text(self) -> str:
        """Return the whole as JSON text."""
        return json.dumps(self.content(), ensure_ascii=False, allow_nan=False)

    def locate(self, path: Path) -> tuple[Address, Path]:
        """Return the part in which a place of the whole lies, and the place within that part."""
        match path:
            case ("sections", int(i), "items", int(j), *rest):
                return Address(Kind.ITEM, code_of(self.pages[i].items[j])), tuple(rest)
            case ("sections", int(i), *rest):
                return Address(Kind.SECTION, code_of(self.pages[i].part)), tuple(rest)
            case ("scheme", "nodes", int(k), *rest):
                return Address(Kind.NODE, code_of(self.nodes[k])), tuple(rest)
            case ("scheme", *rest):
                return Address(Kind.SCHEME), tuple(rest)
            case ("clauses" | "details" as kind, *_):
                return Address(Kind(kind)), path
            case _:
                return Address(Kind.ABOUT), path


def code_of(part: Part) -> str:
    """Return a part's code."""
    return str(part["code"])


def language_of(document: DraftDocument) -> str:
    """Return the language of a draft's texts; English where it does not say."""
    return str(document.singles[Kind.ABOUT].get("language") or "en")


def etag_of(part: Part) -> str:
    """Return what changes with a part: whoever saves it names the one that they saw."""
    text = json.dumps(part, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_address(text: str) -> Address | None:
    """Read an address as it is written; None where it is none."""
    kind, _, code = text.partition("/")
    if kind not in set(Kind) or bool(code) is not (Kind(kind) in CODED):
        return None
    return Address(Kind(kind), code)


def read_draft(content: object) -> DraftDocument:
    """Take plain JSON apart; raise Shapeless where there is nothing that could be edited part by part."""
    whole = dict(_mapping(content, ()))
    scheme = dict(_mapping(whole.pop("scheme", {}), ("scheme",)))
    nodes = _coded(scheme.pop("nodes", []), ("scheme", "nodes"))
    sections = _coded(whole.pop("sections", []), ("sections",))
    pages = tuple(
        Page(
            {name: value for name, value in section.items() if name != "items"},
            _coded(section.get("items", []), ("sections", i, "items")),
        )
        for i, section in enumerate(sections)
    )
    lists: dict[Kind, Part] = {
        kind: {kind.value: whole.pop(kind.value)} if kind.value in whole else {} for kind in (Kind.CLAUSES, Kind.DETAILS)
    }
    draft = DraftDocument({Kind.ABOUT: whole, **lists, Kind.SCHEME: scheme}, nodes, pages)
    _refuse_doubles(draft)
    return draft


def take_draft(content: object) -> DraftDocument:
    """Read plain JSON that comes from outside: its codes must fit into addresses as well."""
    draft = read_draft(content)
    groups: list[tuple[Path, tuple[Part, ...]]] = [(("scheme", "nodes"), draft.nodes)]
    groups.append((("sections",), tuple(page.part for page in draft.pages)))
    groups += [(("sections", i, "items"), page.items) for i, page in enumerate(draft.pages)]
    for path, parts in groups:
        for i, part in enumerate(parts):
            if not is_fit(code_of(part)):
                raise Shapeless(
                    (*path, i, "code"), "Write this code in at most 64 letters, digits, dots, hyphens or underscores."
                )
    return draft


def is_fit(code: str) -> bool:
    """Tell whether a code can stand in an address: not too long, without what cannot be seen, and no way up or down."""
    return len(code) <= LONGEST_CODE and code.isprintable() and not set(code) & set("/\\") and code not in {".", ".."}


def _mapping(value: object, path: Path) -> Part:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise Shapeless(path, "Fields with names are expected here.")
    return value


def _coded(value: object, path: Path) -> tuple[Part, ...]:
    if not isinstance(value, list):
        raise Shapeless(path, "A list is expected here.")
    parts = tuple(_mapping(each, (*path, i)) for i, each in enumerate(value))
    for i, part in enumerate(parts):
        code = part.get("code")
        if not isinstance(code, str) or not code.strip():
            raise Shapeless((*path, i), "Give this part a code, in quotes where it is a number.")
    return parts


def _refuse_doubles(draft: DraftDocument) -> None:
    seen: set[tuple[Kind, str]] = set()
    for address in draft.addresses():
        key = (address.kind, address.code.casefold())
        if key in seen:
            raise Shapeless((), f"The {address.kind} code {address.code} is used twice. Give one of them its own code.")
        seen.add(key)
