"""Of what a translation is: a version or a draft, in a language; one handler serves both alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from app.authoring.api.shared import Code, DraftId, Version
from app.authoring.translating import desk
from app.authoring.translating.desk import Where
from app.infra.catalogs import Catalogs
from app.kit.errors import NotFound

Language = Annotated[str, Path(max_length=35, description="Code of the language to translate into.", examples=["es"])]


@dataclass(frozen=True, slots=True)
class Place:
    """What is translated, and into which language."""

    where: Where
    language: str


def of_version(request: Request, code: Code, version: Version, language: Language) -> None:
    """Read the address of a published version."""
    request.state.place = Place(desk.Version(code, version), language)


def of_draft(request: Request, draft_id: DraftId, language: Language) -> None:
    """Read the address of a draft."""
    request.state.place = Place(draft_id, language)


def _place(request: Request) -> Place:
    """Return what one of the above has read; nothing where the address was none, of which FastAPI tells last."""
    place: Place | None = getattr(request.state, "place", None)
    if place is None:
        raise NotFound("page")
    return place


SomePlace = Annotated[Place, Depends(_place)]


def catalogs_of(request: Request) -> Catalogs:
    """Return the languages of the service."""
    catalogs: Catalogs = request.app.state.catalogs
    return catalogs
