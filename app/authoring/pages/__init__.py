"""The pages of drafts: starting one, editing it part by part, its history, and publishing it."""

from __future__ import annotations

from fastapi import APIRouter

from app.authoring.pages import adding, audit, drafts, history, parts, preview, publishing, replacing, versions
from app.authoring.pages.drafts import UPLOADS

__all__ = ["UPLOADS", "router"]

router = APIRouter()
for pages in (adding, audit, drafts, history, preview, publishing, replacing, parts, versions):
    router.include_router(pages.router)
