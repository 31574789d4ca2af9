"""The pages of drafts: starting one, editing it part by part, its history, and publishing it."""

from __future__ import annotations

from fastapi import APIRouter

from app.authoring.pages import (
    adding,
    audit,
    closing,
    comparing,
    drafts,
    history,
    parts,
    preview,
    publishing,
    renaming,
    replacing,
    translating,
    translation_files,
    translations,
    versions,
)
from app.authoring.pages.drafts import UPLOADS

__all__ = ["UPLOADS", "router"]

router = APIRouter()
for pages in (
    *(adding, audit, closing, comparing, drafts, history, preview, publishing, renaming, replacing, translations),
    *(parts, versions),
):
    router.include_router(pages.router)
for strings in (translation_files, translating):  # of a version and of a draft, at two addresses
    router.include_router(strings.router, prefix="/admin/translations/{code}/{version}/{language}")
    router.include_router(strings.router, prefix="/admin/drafts/{draft_id}/translations/{language}")
