"""The pages of drafts: starting one, editing it part by part, its history, and publishing it."""

from __future__ import annotations

from fastapi import APIRouter

from app.authoring.pages import audit, comparing, drafts, history, parts, publishing, replacing
from app.authoring.pages.drafts import UPLOADS

__all__ = ["UPLOADS", "router"]

router = APIRouter()
for pages in (audit, comparing, drafts, history, publishing, replacing, parts):
    router.include_router(pages.router)
