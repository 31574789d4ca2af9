"""Two published versions side by side, whichever they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.kit.errors import NotFound
from app.kit.say import Quoted
from app.questionnaires import service
from app.questionnaires.differing import comparison_view
from app.questionnaires.service import VersionEntry
from app.web import parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter()

Code = Annotated[str, Path(max_length=64)]


class Asked(BaseModel):
    """Which two versions; without them, the newest and the one before."""

    model_config = ConfigDict(extra="ignore")

    before: str = Field(default="", max_length=64, alias="from")
    after: str = Field(default="", max_length=64, alias="to")


@router.get("/questionnaires/{code}/compare")
def compare_versions(
    request: Request, code: Code, _actor: OptionalActor, session: DbSession, asked: Annotated[Asked, Query()]
) -> Response:
    """Show what changed from one version to another, question by question."""
    entries = service.list_versions(session, code)
    if not entries:
        raise NotFound("questionnaire")
    before, after = _wanted(asked, entries)
    comparison = None if before == after else service.compare(session, code, before, after)
    title = _("Compare versions of {title}").format(title=_(Quoted(code, entries[0].title)))
    return render(
        request,
        "questionnaires/compare.html",
        page_frame(request, title, breadcrumbs=(Crumb(_("Questionnaires"), "/questionnaires"), Crumb(title))),
        code=code,
        versions=[parts.Option(entry.version, entry.version) for entry in entries],
        asked={"from": before, "to": after},
        view=comparison and comparison_view(comparison, service.get_version(session, code, after).language),
    )


def _wanted(asked: Asked, entries: list[VersionEntry]) -> tuple[str, str]:
    """Return the versions that were chosen; without a choice the newest, and the one before: of the first, the one after."""
    versions = [entry.version for entry in entries]  # newest first
    after = asked.after or versions[0]
    if asked.before or after not in versions:
        return asked.before or after, after
    at = versions.index(after)
    return versions[at + 1] if at + 1 < len(versions) else versions[max(at - 1, 0)], after
