"""Conditions read aloud in the reader's language: when an item is asked."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.questionnaire.aloud import read_aloud
from app.domain.questionnaire.condition import Condition
from app.domain.questionnaire.document import Questionnaire
from app.infra.language import gettext as _

_UNKNOWN: Mapping[str, str] = {}


def condition_words(condition: Condition, types: Mapping[str, str] = _UNKNOWN) -> str:
    """Say a condition, such as "B1-01 is at level 3 or above and B1-02 is not answered". Without the `types` of the items, levels
    are said as numbers."""
    return _(read_aloud(condition, types))


def types_of(document: Questionnaire) -> dict[str, str]:
    """Return the type of every item: it decides how a condition on it is said."""
    return {code: item.type for code, item in document.items.items()}
