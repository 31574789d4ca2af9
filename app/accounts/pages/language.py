"""Choosing the language: one form in the footer of every page, remembered in a cookie that says nothing else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.kit.errors import Problems
from app.web.cookies import put_own
from app.web.forms import PageForm
from app.web.i18n import COOKIE
from app.web.paths import own_path
from app.web.templating import see_other

router = APIRouter()
_ONE_YEAR = 31_536_000


@router.post("/language")
def choose_language(request: Request, form: PageForm, _actor: OptionalActor) -> Response:
    """Remember a language for this browser, and go back to the page."""
    code = form.first("language")
    if code not in request.app.state.catalogs.codes:
        problems = Problems()
        problems.add("language", "unknown_language", "Choose one of the languages in the list.")
        problems.raise_if_any()
    answer = see_other(request, own_path(form.first("next") or "/"))
    put_own(request, answer, COOKIE, code, seconds=_ONE_YEAR)
    return answer
