"""A draft as a list to find one's way in: every part with its title and how many problems it has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from app.authoring.drafts import OpenDraft
from app.authoring.labels import part_label
from app.authoring.pages.part_forms import Around
from app.domain.drafting.document import CODED, Address, DraftDocument, Kind, Page, Part, code_of, language_of
from app.web.i18n import gettext as _
from app.web.parts import Option

_LONGEST = 90
_LONGEST_CHOICE, _LONGEST_HINT, _ALL_HINTS = 60, 40, 3_000
"""Titles in lists of choices are short, and all hints of a large draft together have so many letters: they are on every page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One part in the outline."""

    address: Address
    title: str
    problems: int
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section in the outline: how many questions and problems it has; the questions themselves where one is at work in it."""

    section: Entry
    size: int
    items: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline: what is there once, the scores, and the sections."""

    language: str
    singles: tuple[Entry, ...]
    nodes: tuple[Entry, ...]
    chapters: tuple[Chapter, ...]


def outline_of(draft: OpenDraft, current: Address | None = None) -> Outline:
    """Return the outline of a draft. The current part is marked, and only its section is open: a large draft stays light."""
    problems = Counter(problem.address for problem in draft.inspection.problems)

    def entry(address: Address, title: str) -> Entry:
        return Entry(address, title, problems[address], address == current)

    def chapter(page: Page) -> Chapter:
        section = Address(Kind.SECTION, code_of(page.part))
        items = tuple(entry(Address(Kind.ITEM, code_of(item)), title_of(item)) for item in page.items)
        within = problems[section] + sum(item.problems for item in items)
        is_open = current == section or any(item.is_current for item in items)
        shown = Entry(section, title_of(page.part), problems[section] if is_open else within, current == section)
        return Chapter(shown, len(items), items if is_open else ())

    document = draft.document
    return Outline(
        language_of(document),
        tuple(entry(Address(kind), part_label(kind)) for kind in document.singles),
        tuple(entry(Address(Kind.NODE, code_of(node)), title_of(node)) for node in document.nodes),
        tuple(map(chapter, document.pages)),
    )


def title_of(part: Part, longest: int = _LONGEST) -> str:
    """Return what a part says of itself, in one line."""
    said = " ".join(str(part.get("title") or part.get("text") or _("Without words yet")).split())
    return said if len(said) <= longest else f"{said[: longest - 1].rstrip()}…"


def section_choices(document: DraftDocument) -> list[Option]:
    """Return the sections to choose from, each with its title."""
    sections = (page.part for page in document.pages)
    language = language_of(document)
    return [Option(code_of(part), f"{code_of(part)} {title_of(part, _LONGEST_CHOICE)}", language=language) for part in sections]


def question_choices(document: DraftDocument) -> list[tuple[str, str]]:
    """Return the codes of all questions, each with the first words of its text."""
    items = [item for page in document.pages for item in page.items]
    longest = min(_LONGEST_HINT, _ALL_HINTS // max(len(items), 1))
    return [(code_of(item), title_of(item, longest)) for item in items]


def around(document: DraftDocument) -> Around:
    """Return what a part may name of the draft around it."""
    items = {code_of(item): item for page in document.pages for item in page.items}
    clauses = _listed(document.singles[Kind.CLAUSES], "clauses", "text")
    details = _listed(document.singles[Kind.DETAILS], "details", "title")
    nodes = {code_of(node): title_of(node) for node in document.nodes}
    named = {"clauses": clauses, "details": details, "node": nodes, "parent": nodes}
    choices = {**named, "item": {code: title_of(item) for code, item in items.items()}}
    return Around(choices, {code: str(item.get("type", "")) for code, item in items.items()})


def _listed(single: Part, name: str, words: str) -> dict[str, str]:
    listed = single.get(name)
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return {str(row.get("code", "")): title_of({"title": row.get(words)}) for row in rows if row.get("code")}


def neighbours(document: DraftDocument, address: Address) -> tuple[Address | None, Address | None]:
    """Return the parts before and behind one, in the order of the document."""
    order = list(document.addresses())
    at = order.index(address)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def can_move(address: Address) -> bool:
    """Tell whether a part has a place that can be changed."""
    return address.kind in CODED
