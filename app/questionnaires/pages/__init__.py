"""The pages of questionnaires: the catalogue and publishing."""

from __future__ import annotations

from fastapi import APIRouter

from app.questionnaires.pages import catalogue, comparing

router = APIRouter(include_in_schema=False)
router.include_router(comparing.router)  # before the pages of versions: "compare" is no version
router.include_router(catalogue.router)
