"""Downloads: the blank form and the workbook of a version, the documents of a review; reports and meeting papers."""

from __future__ import annotations

from fastapi import APIRouter

from app.reports.pages import forms, own, papers, public, reviews

router = APIRouter(include_in_schema=False)
router.include_router(forms.router)
router.include_router(reviews.router)
router.include_router(own.router)
router.include_router(public.router)
router.include_router(papers.router)
