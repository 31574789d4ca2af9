"""The codebook of a questionnaire version, for those who analyse the answers: as a table (CSV) and as DDI Codebook (XML)."""

from __future__ import annotations

from app.reports.codebook.ddi import ddi
from app.reports.codebook.table import codebook

__all__ = ["codebook", "ddi"]
