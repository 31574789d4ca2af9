"""The pages of the workbook."""

from __future__ import annotations

from app.offline.pages.workbook import UPLOADS, router

__all__ = ["UPLOADS", "router"]
