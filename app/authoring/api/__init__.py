"""The JSON edge of authoring: an administrator's program does what the pages do, by the same services."""

from __future__ import annotations

from fastapi import APIRouter

from app.authoring.api import acts, drafts, history, parts, publishing, whole

__all__ = ["router"]

router = APIRouter(tags=["Authoring"])
for each in (drafts, whole, parts, history, publishing, acts):
    router.include_router(each.router)
