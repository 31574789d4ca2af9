"""The JSON edge of authoring: an administrator's program does what the pages do, by the same services."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from app.authoring.api import (
    acts,
    comparing,
    drafts,
    history,
    parts,
    places,
    progress,
    publishing,
    translation_files,
    translations,
    whole,
    workbooks,
)

__all__ = ["router"]

router = APIRouter(tags=["Authoring"])
for each in (drafts, whole, workbooks, parts, history, comparing, publishing, progress, acts):
    router.include_router(each.router)
for path, place in (
    ("/questionnaires/{code}/versions/{version}/translations/{language}", places.of_version),
    ("/drafts/{draft_id}/translations/{language}", places.of_draft),
):
    for each in (translations, translation_files):
        router.include_router(each.router, prefix=path, dependencies=[Depends(place)])
