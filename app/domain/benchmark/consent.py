"""Whom an economy lets see a score: consent is given per section, and a node is as private as its most private section."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.plan import ancestors


class Audience(StrEnum):
    """Who may see a section's scores. Private is the default, and every choice can be taken back."""

    PRIVATE = "private"
    PEERS = "peers"
    """Economies that share the same section themselves; and aggregates in which no economy can be made out."""
    PUBLIC = "public"


_OPENNESS = (Audience.PRIVATE, Audience.PEERS, Audience.PUBLIC)


def sections_of_nodes(questionnaire: Questionnaire) -> dict[str, frozenset[str]]:
    """Return the sections whose answers feed each node, directly or through nodes below it."""
    feeding: dict[str, set[str]] = {code: set() for code in questionnaire.nodes}
    for section in questionnaire.sections:
        for item in section.items:
            node = questionnaire.node_of(section, item)
            if node is not None:
                for code in (node, *ancestors(questionnaire, node)):
                    feeding[code].add(section.code)
    return {code: frozenset(sections) for code, sections in feeding.items()}


def audience_of(sections: frozenset[str], consents: Mapping[str, Audience]) -> Audience:
    """Return who may see a score that rests on these sections."""
    given = [consents.get(section, Audience.PRIVATE) for section in sections]
    return min(given, key=_OPENNESS.index, default=Audience.PRIVATE)
