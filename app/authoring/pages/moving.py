"""Where a part stands among its like, and where an administrator wants it: by a section, and a position counted from 1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.authoring.pages.outline import can_move
from app.domain.drafting import edits
from app.domain.drafting.document import Address, DraftDocument, Kind, code_of
from app.kit.errors import FieldProblem, Invalid
from app.kit.say import mark
from app.web.forms import Form

_END = 10_000
_POSITION = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wish:
    """Where to, as it was typed."""

    section: str
    position: str


@dataclass(frozen=True, slots=True)
class MoveView:
    """The fields of moving: where to, what is wrong with that, and which number of how many the part is now."""

    section: str
    position: str
    error: str | None
    number: int
    total: int


def wish_of(form: Form) -> Wish:
    """Return where to, as it was typed."""
    return Wish(form.first("section"), form.first("position"))


def read_position(text: str) -> int:
    """Return a place from 0 for a position from 1; nothing typed is the end."""
    typed = text.strip()
    if not typed:
        return _END
    if not _POSITION.fullmatch(typed):
        words = mark("Write the position as a whole number from 1 on, or leave it empty for the end.")
        raise Invalid([FieldProblem("position", "not_a_position", words)])
    return int(typed) - 1


def move_view(document: DraftDocument, where: Address, wished: Wish | None, errors: Mapping[str, str]) -> MoveView | None:
    """Return the fields of moving a part; None for one that has no place."""
    found = edits.standing(document, where) if can_move(where) else None
    if found is None:
        return None
    place = found.place
    wish = wished or Wish(place.section, "")
    total = _total(document, where.kind, place.section)
    return MoveView(wish.section, wish.position, errors.get("position"), place.index + 1, total)


def _total(document: DraftDocument, kind: Kind, section: str) -> int:
    if kind is Kind.ITEM:
        return next(len(page.items) for page in document.pages if code_of(page.part) == section)
    return len(document.nodes if kind is Kind.NODE else document.pages)
