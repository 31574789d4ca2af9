"""Words for what changed between cycles."""

from __future__ import annotations

from app.domain.release.change import Break, Comparability, PublicChange
from app.releases.pages.face import Figures, percent
from app.web.i18n import gettext as _
from app.web.i18n import mark

_MINUS = "\u2212"
_BREAK_WORDS = {
    Break.NODE_IS_NEW: mark("New in this version of the questionnaire"),
    Break.SCALE_CHANGED: mark("Scored on another scale before"),
    Break.METHOD_CHANGED: mark("Computed in another way before"),
    Break.NOTHING_IN_COMMON: mark("None of its questions is the same in both versions"),
}


def signed(figures: Figures, value: float) -> str:
    """Print a change with its sign; one that rounds to nothing has none."""
    shown = figures.number(value)
    if shown.startswith("-"):
        return shown.replace("-", _MINUS)
    return f"+{shown}" if float(shown) else shown


def said(change: PublicChange) -> str:
    """Say how sure a change is, and what else may lie behind it."""
    words = {
        True: _("Clear: the two intervals lie apart"),
        False: _("Cannot be told from no change: the two intervals overlap"),
        None: _("How sure it is was not computed"),
    }[change.is_clear]
    if change.is_partial:
        return _("{words}. In one of the cycles some answers are missing, so part of the change may come from that").format(
            words=words
        )
    return words


def break_words(known: Comparability) -> str:
    """Say why a node cannot be compared; nothing where it can."""
    if known.reason is None:
        return ""
    if known.reason is Break.QUESTIONS_CHANGED:
        return _("Its questions changed: {share} of its weight is the same in both versions").format(share=percent(known.share))
    return _(_BREAK_WORDS[known.reason])
