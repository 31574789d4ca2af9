"""Downloads: the blank form and the workbook of a version, and the documents of a review."""

from __future__ import annotations

from fastapi import APIRouter

from app.reports.pages import forms, reviews

router = APIRouter(include_in_schema=False)
router.include_router(forms.router)
router.include_router(reviews.router)
