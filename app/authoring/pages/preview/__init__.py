"""The pages on which a draft is tried as an official would fill it in."""

from __future__ import annotations

from fastapi import APIRouter

from app.authoring.pages.preview import results, sections

router = APIRouter()
for pages in (sections, results):
    router.include_router(pages.router)
