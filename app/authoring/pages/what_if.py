"""The rows of the estimate: a score each, with what may be told of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.authoring.comparability import count_words, no_figures_words
from app.authoring.what_if import MOST_DECIMALS, WhatIf, rounded_move
from app.domain.benchmark.counts import Count
from app.domain.benchmark.distribution import Distribution
from app.domain.benchmark.over_time.what_if import NodeMoves
from app.domain.questionnaire.document import Questionnaire
from app.infra.language import localized
from app.web.i18n import gettext as _

_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Row:
    """One score: its name, how many reviews have it, and the words of each column."""

    code: str
    title: str
    reviews: str
    mean: str
    middle_half: str
    other_band: str
    no_longer_published: str
    note: str
    is_still: bool
    """Whether nothing at all happens to it."""


def rows_of(found: WhatIf) -> list[Row]:
    """Return a row for each score of the version, in the order of its scheme."""
    shown = localized(found.questionnaire)
    return [_row(shown, node) for node in found.nodes]


def _row(document: Questionnaire, node: NodeMoves) -> Row:
    has_no_move = node.reason is None and node.changes is None and node.other_band is not None
    is_still = has_no_move and node.other_band == node.no_longer_published == Count(0)
    return Row(
        node.code,
        document.nodes[node.code].title,
        count_words(node.reviews),
        *_figures(node.changes, document.scheme.decimals),
        count_words(node.other_band) if node.other_band and document.scheme.bands else "",
        count_words(node.no_longer_published) if node.no_longer_published else "",
        no_figures_words(node.reason) if node.reason else _("No score moves.") if has_no_move else "",
        is_still,
    )


def _figures(changes: Distribution | None, decimals: int) -> tuple[str, str]:
    """Return the mean and the middle half of some changes."""
    if changes is None:
        return "", ""

    def signed(change: float) -> str:
        number = rounded_move(change, decimals)
        places = min(decimals, MOST_DECIMALS)
        return f"{number:+.{places}f}".replace("-", _MINUS) if number else f"{0:.{places}f}"

    return signed(changes.mean), _("{low} to {high}").format(low=signed(changes.q1), high=signed(changes.q3))
