"""The calculation of a signed revision as a workbook with live formulas."""

from __future__ import annotations

from app.infra.language import gettext as _
from app.reports.calculation.book import Calculation, calculation
from app.scores.pages.shared import localized_results
from app.scores.service import Results


def workbook_of(given: Results, economy: str) -> bytes:
    """Return the workbook in the language that is spoken now, always the same bytes; `economy` is the formal name."""
    results = localized_results(given)
    review = results.review
    version = _("Version {version}").format(version=review.questionnaire.version)
    about = [
        (_("Economy"), economy),
        (_("Questionnaire"), f"{review.questionnaire.title}, {version}"),
        (_("Collection round"), review.cycle.title),
        (_("Reference"), review.reference),
        (_("Fingerprint of the answers (SHA-256)"), review.entry.answers_hash),
        *(((_("Notice"), _(review.cycle.notice)),) if review.cycle.notice else ()),
    ]
    title = _("Calculation of scores: {economy}, {cycle}").format(economy=economy, cycle=review.cycle.title)
    return calculation(Calculation(review.questionnaire, review.answers, results.sheets, title, about, review.entry.submitted_at))
