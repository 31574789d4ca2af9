"""What stands around every page of a draft: the way to it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request
from markupsafe import Markup

from app.accounts.deps import require
from app.authoring.drafts import DraftEntry, OpenDraft
from app.kit.actor import Actor, Role
from app.kit.say import Quoted
from app.web.frame import Crumb, Frame
from app.web.i18n import gettext as _
from app.web.page import page_frame

Administrator = Annotated[Actor, Depends(require(Role.ADMINISTRATOR))]


def drafts_frame(request: Request, title: str, *further: Crumb, has_errors: bool = False) -> Frame:
    """Build the frame of a page below administration."""
    start = (Crumb(_("Administration"), "/admin"), *further)
    return page_frame(request, title, breadcrumbs=(*start, Crumb(title)), has_errors=has_errors)


def draft_frame(request: Request, entry: DraftEntry, title: str, *, has_errors: bool = False) -> Frame:
    """Build the frame of a page of one draft."""
    crumbs = (Crumb(_("Drafts"), "/admin/drafts"), Crumb(name_of(entry), path_of(entry.id)))
    return drafts_frame(request, title, *crumbs, has_errors=has_errors)


def name_of(entry: DraftEntry) -> str:
    """Return what a draft is called: its title and the version that it will be."""
    title = _(Quoted(entry.code, entry.title)) if entry.title else entry.code or _("Without a title yet")
    return f"{title} {entry.version}".strip()


def next_number(draft: OpenDraft) -> str:
    """Return the next free number where a draft's own is taken; '' otherwise."""
    is_taken = any(problem.code == "version_taken" for problem in draft.inspection.problems)
    return draft.published.next if is_taken else ""


def path_of(draft_id: UUID, *further: str) -> str:
    """Return the address of a page of a draft."""
    return "/".join((f"/admin/drafts/{draft_id}", *(quote(each) for each in further)))


def in_english(text: str) -> Markup:
    """Mark words of the checker, which speaks English to authors, as such: a screen reader then says them so."""
    return Markup('<span lang="en">{}</span>').format(text)
