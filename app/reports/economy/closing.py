"""The end of an own report: how it is cited and verified, and every question with its answer and score."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.answers import BLANK
from app.domain.questionnaire.items import ReferenceItem
from app.domain.scoring.normalise import Series
from app.infra.language import gettext as _
from app.reports.economy.lines import Lines
from app.reports.economy.material import OwnMaterial, Setting
from app.reports.papers.blocks import Block, Facts, Heading, NewPage, Table, Text
from app.reviews.words import answer_words, citation_words
from app.scores.pages.shared import REASON_WORDS, item_reason
from app.scores.service import Results


def how_to_cite(given: OwnMaterial, results: Results, setting: Setting) -> Iterator[Block]:
    """Say how the revision is cited and verified."""
    review = given.receipt.frozen
    yield Heading(_("To cite, and to verify"))
    yield Text(citation_words(results.review, given.economy))
    yield Facts(
        (
            (_("Reference"), review.reference),
            (_("Fingerprint of the answers (SHA-256)"), review.entry.answers_hash),
            (_("To verify"), f"{setting.address}/submissions/{review.reference}"),
            *(((_("Notice"), _(review.cycle.notice)),) if review.cycle.notice else ()),
        )
    )


def annex_part(results: Results, lines: Lines) -> Iterator[Block]:
    """Print every question of the questionnaire, section by section."""
    questionnaire, sheet = results.questionnaire, results.sheets[Series.SELF]
    yield NewPage()
    yield Heading(_("Annex: every question, answer and score"))
    for section in questionnaire.sections:
        rows = []
        for item in section.items:
            if isinstance(item, ReferenceItem):
                continue
            score = sheet.items.get(item.code)
            said = answer_words(item, results.answers.get(item.code, BLANK))
            if score is None:
                points = _("Not scored")
            else:
                points = _(REASON_WORDS[item_reason(score)]) if score.score is None else lines.figure(score.score)
            rows.append((item.code, item.text, said, points))
        yield Table(
            caption=f"{section.code} {section.title}",
            heads=(_("Code"), _("Question"), _("Answer given"), _("Score")),
            rows=tuple(rows),
            widths=(0.9, 3.2, 3.6, 1.3),
            empty=_("Nothing is asked here."),
        )
