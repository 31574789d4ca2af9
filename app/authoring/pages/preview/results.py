"""What the scores of a draft's test answers are, how each was computed, and a page as wide as a phone around any other."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.authoring.drafts import OpenDraft
from app.authoring.pages.frames import Administrator, draft_frame, path_of
from app.authoring.pages.preview.bar import bar_of
from app.authoring.pages.preview.look import Look, Way, way_of
from app.authoring.pages.preview.sections import Looked
from app.authoring.pages.preview.stage import Stage, staged, unreadable
from app.authoring.preview import trying
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION
from app.scores.pages.explained import explained
from app.scores.pages.shared import Address, profile_views, score_view
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.headers import FRAMING_POLICY
from app.web.i18n import gettext as _
from app.web.templating import render, see_other

router = APIRouter(prefix="/admin/drafts/{draft_id}/preview")

_CODE = r"/(?!\.\.?$)[A-Za-z0-9._-]{1,64}"  # a browser takes the steps . and .. as the way to another page
_PAGE = re.compile(rf"(sections{_CODE}|check|results({_CODE})?)?", re.ASCII)


class PhoneLook(Look):
    """How a preview is looked at on a phone, and which of its pages."""

    at: Annotated[str, Field(max_length=100)] = ""


@router.get("/results")
def show_results(request: Request, draft_id: UUID, actor: Administrator, session: DbSession, look: Looked) -> Response:
    """Show the scores that the test answers have."""
    found = trying.open_trial(session, actor, draft_id)
    if isinstance(found, OpenDraft):
        return unreadable(request, found, look)
    with staged(request, found, look, "results") as stage:
        trial = stage.trial
        questionnaire = trial.questionnaire
        nodes = questionnaire.scheme.nodes if trial.can_be_scored else ()
        views = [score_view(trial, node, _address(stage)) for node in nodes]
        return stage.render(
            "authoring/preview/results.html",
            _("Results of the test answers"),
            stage.start,
            can_be_scored=trial.can_be_scored,
            draft_href=path_of(draft_id),
            profile=profile_views(questionnaire, views) if views else [],
            views=views,
            scale=f"{questionnaire.scheme.scale:g}",
            is_relative=questionnaire.is_relative,
            method_version=METHOD_VERSION,
        )


@router.get("/results/{node}")
def explain_score(
    request: Request,
    draft_id: UUID,
    node: str,
    actor: Administrator,
    session: DbSession,
    look: Looked,
    series: Annotated[Series, Query()] = Series.SELF,
) -> Response:
    """Show how one score of the test answers was computed."""
    found = trying.open_trial(session, actor, draft_id)
    if isinstance(found, OpenDraft):
        return unreadable(request, found, look)
    if not found.can_be_scored:
        return see_other(request, way_of(request, draft_id, look).to("results"))
    with staged(request, found, look, "results", node) as stage:
        shown = explained(stage.trial, node, series, _address(stage))
        return stage.render(
            "authoring/preview/explain.html",
            _("How {title} was computed").format(title=shown.explanation.title),
            stage.start,
            Crumb(_("Results of the test answers"), stage.way.to("results")),
            shown=shown,
        )


@router.get("/phone")
def show_on_phone(
    request: Request, draft_id: UUID, actor: Administrator, session: DbSession, look: Annotated[PhoneLook, Query()]
) -> Response:
    """Show a page of the preview in a frame as wide as a phone: what depends on the width then sees that width."""
    found = trying.open_trial(session, actor, draft_id)
    if isinstance(found, OpenDraft):
        return unreadable(request, found, look)
    here = look.at.split("/") if look.at and _PAGE.fullmatch(look.at) else []
    way = Way(draft_id, way_of(request, draft_id, look).language)
    title = _("Preview on a phone")
    answer = render(
        request,
        "authoring/preview/phone.html",
        draft_frame(request, found.draft.entry, title),
        bar=bar_of(request, found, way, *here, is_phone=True),
        framed=Way(draft_id, way.language, is_framed=True).to(*here),
        alone=way.to(*here),
    )
    answer.headers["Content-Security-Policy"] = FRAMING_POLICY
    return answer


def _address(stage: Stage) -> Address:
    def address(node: str, series: Series | None = None) -> str:
        return stage.way.to("results", node, series="" if series is None else series.value)

    return address
