"""The pages on which people look closer: an economy, several, change, what-if weights, other institutions."""

from __future__ import annotations

from fastapi import APIRouter

from app.releases.pages import change, compare, profile, references, what_if

router = APIRouter()
router.include_router(profile.router)
router.include_router(compare.router)
router.include_router(change.router)
router.include_router(what_if.router)
router.include_router(references.router)
