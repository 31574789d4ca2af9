"""The JSON edge's files: questionnaire versions in the formats of others, calculations and reports."""

from __future__ import annotations

from fastapi import APIRouter

from app.reports.api import forms, reports

router = APIRouter()
router.include_router(forms.router)
router.include_router(reports.own)
router.include_router(reports.public)
