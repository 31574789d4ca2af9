"""A questionnaire version as an XLSForm, for collecting on phones and on paper-like forms of other programs."""

from __future__ import annotations

from app.reports.xlsform.book import xlsform

__all__ = ["xlsform"]
