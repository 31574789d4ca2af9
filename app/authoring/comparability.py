"""What a change means for comparison, and how many it touches, in words for administrators."""

from __future__ import annotations

from app.domain.benchmark.counts import Count
from app.domain.benchmark.disclosure import SMALLEST_GROUP
from app.domain.benchmark.over_time.what_if import NoFigures
from app.domain.questionnaire.items import ChangeClass
from app.infra.language import gettext as _
from app.kit.say import mark

_HINTS = {
    ChangeClass.NEW: mark("Nobody has answered it yet. It has no trend before this version."),
    ChangeClass.EDITORIAL: mark("The meaning is the same. Earlier answers, scores and trends go on as they are."),
    ChangeClass.CLARIFIED: mark("It asks the same in clearer words. Earlier answers and trends go on as they are."),
    ChangeClass.RESCORED: mark(
        "It asks the same, and answers are worth something else. Earlier answers are kept; their scores are not comparable."
    ),
    ChangeClass.REDEFINED: mark("It asks something else. Earlier answers are asked anew, and its trend begins again."),
    ChangeClass.MOVED: mark("It stands in another section. Earlier answers are kept, and count where it stands now."),
    ChangeClass.RETIRED: mark("It is asked no more. Earlier answers stay in the reviews that gave them, and its trend ends."),
}
_NO_FIGURES = {
    NoFigures.NODE_IS_NEW: mark("New in this version: there is no earlier score to compare with."),
    NoFigures.SCALE_CHANGED: mark("The scale is another one, so that scores cannot be subtracted."),
    NoFigures.TOO_FEW: mark("Too few economies have a score before and after."),
    NoFigures.PROTECTED: mark("Not shown: the figures would tell what single economies answered."),
}


def change_hint(change: ChangeClass) -> str:
    """Say in a sentence or two what a change means for whoever compares."""
    return _(_HINTS[change])


def no_figures_words(reason: NoFigures) -> str:
    """Say why there are no figures of a score."""
    return _(_NO_FIGURES[reason])


def count_words(count: Count) -> str:
    """Return a count as far as it may be told."""
    if count.is_few:
        return _("fewer than {least}").format(least=SMALLEST_GROUP)
    if count.is_most:
        return _("all but fewer than {least}").format(least=SMALLEST_GROUP)
    return str(count.number)
