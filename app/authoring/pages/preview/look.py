"""How a preview is looked at: in which language, in a frame or by itself; and the addresses that keep it so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from app.authoring.pages.frames import path_of
from app.domain.drafting import edits
from app.domain.drafting.document import Address, DraftDocument, Kind
from app.infra.catalogs import Catalogs, Language
from app.reviews.paths import anchor
from app.web.i18n import current


class Look(BaseModel):
    """What an address says of how a preview is looked at. `item`: the question for whose sake the page is opened."""

    language: Annotated[str, Field(max_length=35)] = ""
    framed: Annotated[str, Field(max_length=1)] = ""
    item: Annotated[str, Field(max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The addresses of one preview, all looked at alike; without a language, in that of the reader."""

    draft_id: UUID
    language: str = ""
    is_framed: bool = False

    def to(self, *further: str, then: str = "", **others: str) -> str:
        """Return the address of a page of the preview; `then` is a place on it."""
        wanted = {"language": self.language, "framed": "1" if self.is_framed else "", **others}
        query = urlencode({name: value for name, value in wanted.items() if value})
        return path_of(self.draft_id, "preview", *further) + (f"?{query}" if query else "") + (f"#{then}" if then else "")


def way_of(request: Request, draft_id: UUID, look: Look) -> Way:
    """Return the addresses of a preview that is looked at so; a language that there is none of is left out."""
    return Way(draft_id, look.language if look.language in _catalogs(request).codes else "", bool(look.framed))


def language_of(request: Request, way: Way) -> Language:
    """Return the language in which a preview speaks."""
    return _catalogs(request).get(way.language) if way.language else current()


def language_names(request: Request) -> dict[str, str]:
    """Return each language's own name by its code."""
    return _catalogs(request).names()


def as_official(draft_id: UUID, document: DraftDocument, where: Address) -> str:
    """Return where an official would meet a part of a draft: its question, its section, the results, or the first page."""
    way, found = Way(draft_id), edits.standing(document, where) if where.kind is Kind.ITEM else None
    if found is not None:
        return way.to("sections", found.place.section, item=where.code, then=anchor(where.code))
    if where.kind is Kind.SECTION:
        return way.to("sections", where.code)
    return way.to("results") if where.kind in {Kind.NODE, Kind.SCHEME} else way.to()


def _catalogs(request: Request) -> Catalogs:
    catalogs: Catalogs = request.app.state.catalogs
    return catalogs
