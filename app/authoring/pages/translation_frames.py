"""What stands around every page of the translation desk: what is translated, into which language, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request

from app.authoring.pages.frames import drafts_frame
from app.authoring.translating.desk import Sheet, Subject, Version, Where
from app.infra.catalogs import name_of
from app.kit.errors import NotFound
from app.kit.say import Quoted
from app.web.frame import Crumb, Frame
from app.web.i18n import gettext as _

DESK = "/admin/translations"


@dataclass(frozen=True, slots=True)
class Place:
    """The part of the desk that an address names; one handler serves versions and drafts alike."""

    where: Where
    language: str

    @property
    def path(self) -> str:
        """Return the address of its strings."""
        return desk_path(self.where, self.language)


def read_place(request: Request) -> Place:
    """Read the place from the address; a draft is named by its id, which must be one."""
    given = request.path_params
    if "draft_id" not in given:
        return Place(Version(given["code"], given["version"]), given["language"])
    try:
        return Place(UUID(given["draft_id"]), given["language"])
    except ValueError as error:
        raise NotFound("draft") from error


Desk = Annotated[Place, Depends(read_place)]


def desk_path(where: Where, language: str) -> str:
    """Return the address of the strings of a version or a draft in a language."""
    if isinstance(where, Version):
        return f"{DESK}/{quote(where.code)}/{quote(where.version)}/{quote(language)}"
    return f"/admin/drafts/{where}/translations/{quote(language)}"


def subject_name(subject: Subject) -> str:
    """Return what is translated in words: its title and version."""
    return f"{_(Quoted(subject.code, subject.title)) if subject.title else subject.code} {subject.version}"


def language_name(code: str) -> str:
    """Return a language's own name with its code."""
    return f"{name_of(code)} ({code})"


def desk_frame(request: Request, title: str, *further: Crumb, has_errors: bool = False) -> Frame:
    """Build the frame of a page of the desk."""
    return drafts_frame(request, title, Crumb(_("Translations"), DESK), *further, has_errors=has_errors)


def sheet_crumb(sheet: Sheet, place: Place) -> Crumb:
    """Return the way back to the strings."""
    return Crumb(sheet_title(sheet), place.path)


def sheet_title(sheet: Sheet) -> str:
    """Return what the page of strings is called."""
    return f"{subject_name(sheet.subject)}: {language_name(sheet.language)}"
