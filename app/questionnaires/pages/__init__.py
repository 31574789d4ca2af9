"""The pages of questionnaires: the catalogue and publishing, and the collection rounds of what is published."""

from __future__ import annotations

from fastapi import APIRouter

from app.questionnaires.pages import catalogue, comparing, cycles

router = APIRouter(include_in_schema=False)
router.include_router(comparing.router)  # before the pages of versions: "compare" is no version
router.include_router(catalogue.router)
router.include_router(cycles.router)
