"""How a question has changed, text by text, in the reader's words."""

from __future__ import annotations

from app.domain.questionnaire.items import Item
from app.domain.questionnaire.rewording import Rewording, rewordings
from app.web import parts
from app.web.i18n import gettext as _


def reworded(before: Item, after: Item) -> tuple[parts.Rewording, ...]:
    """Say every text of a question that reads differently; both items are in the reader's language."""
    return tuple(
        parts.Rewording(_part_words(each), each.before or _("(new)"), each.after or _("(no longer there)"))
        for each in rewordings(before, after)
    )


def _part_words(each: Rewording) -> str:
    words = {
        "text": _("Question"),
        "why": _("Why it is asked"),
        "guidance": _("Help"),
        "example": _("Example"),
        "unit": _("Unit"),
        "level": _("Level {level}").format(level=each.key),
        "option": _("Option"),
    }
    return words.get(each.part, _("Note"))
