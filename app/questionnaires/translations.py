"""Translations that are made in the service: who wrote each, who read it, and what every process shows of them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy.engine import RowMapping
from sqlmodel import Session

from app.domain.questionnaire.translate import Message
from app.domain.translating.strings import Written
from app.infra.overlay import Laid
from app.kit import clock
from app.kit.actor import Actor
from app.questionnaires import translation_queries as queries

_NOBODY = queries.review_of(None, "", None)


def stamp(session: Session) -> int:
    """Return a number that grows with every change of any translation."""
    return queries.stamp(session)


def texts(session: Session) -> dict[str, dict[tuple[str, str], Laid]]:
    """Return what readers are shown, by language, context and source."""
    found: dict[str, dict[tuple[str, str], Laid]] = defaultdict(dict)
    for row in queries.shown(session):
        found[row["language"]][row["context"], row["source"]] = Laid(row["text"], row["reviewed_at"] is not None)
    return dict(found)


def of_all(session: Session) -> dict[str, dict[str, list[Written]]]:
    """Return every translation by questionnaire and language."""
    found: dict[str, dict[str, list[Written]]] = defaultdict(lambda: defaultdict(list))
    for row in queries.rows(session):
        found[row["questionnaire"]][row["language"]].append(_written(row))
    return {questionnaire: dict(languages) for questionnaire, languages in found.items()}


def of_language(session: Session, language: str) -> list[Written]:
    """Return every translation into a language."""
    return [_written(row) for row in queries.rows(session, language=language)]


def in_language(session: Session, questionnaire: str, language: str, *, lock: bool = False) -> list[Written]:
    """Return a questionnaire's translations into a language; `lock` makes other writers wait."""
    return [_written(row) for row in queries.rows(session, questionnaire=questionnaire, language=language, lock=lock)]


def write(
    session: Session, actor: Actor, questionnaire: str, language: str, message: Message, text: str, *, is_known: bool
) -> bool:
    """Put a text in a string's place; whoever had reviewed it has not reviewed this one.

    `is_known`: whether the desk has a row of the string. False where somebody has added one in this moment."""
    new = {
        "text": text,
        "field": message.field,
        "translated_at": clock.now(),
        "translated_by": actor.name,
        "translator_id": actor.user_id,
        **_NOBODY,
    }
    key = (questionnaire, language, message.context, message.text)
    if is_known:
        queries.change(session, key, new)
        return True
    return queries.insert(session, {**_named(key), **new})


def mark_reviewed(
    session: Session,
    actor: Actor,
    questionnaire: str,
    language: str,
    message: Message,
    text: str,
    *,
    is_known: bool,
    is_shipped: bool,
) -> bool:
    """Write down who has read a translation. One of the language's file gets a row, of which nobody is the translator."""
    now = clock.now()
    review = queries.review_of(now, actor.name, actor.user_id)
    key = (questionnaire, language, message.context, message.text)
    from_file = {"text": text, "field": message.field, "translated_at": now, "translated_by": "", "translator_id": None}
    new = {**from_file, **review} if is_shipped else review
    if is_known:
        queries.change(session, key, new)
        return True
    return queries.insert(session, {**_named(key), **new})


def _named(key: tuple[str, str, str, str]) -> dict[str, object]:
    return dict(zip(("questionnaire", "language", "context", "source"), key, strict=True))


def _written(row: RowMapping) -> Written:
    return Written(
        row["context"],
        row["field"],
        row["source"],
        row["text"],
        row["translated_at"],
        row["translated_by"],
        row["translator_id"],
        row["reviewed_at"],
        row["reviewed_by"],
    )
