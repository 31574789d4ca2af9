"""The pages of releases."""

from __future__ import annotations

from fastapi import APIRouter

from app.releases.pages import administration

router = APIRouter(include_in_schema=False)
router.include_router(administration.router)
