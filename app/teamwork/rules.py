"""What a note and a post may be, whom a post mentions, and who may hand on what: pure rules, said in words that help."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from app.kit.actor import Actor, Role
from app.kit.errors import Problems
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters
from app.teamwork.state import Holder, Member, Place

LONGEST_POST = 5_000
LONGEST_NOTE = 1_000
_ONE_DAY = timedelta(days=1)  # an economy's day may end hours after that of UTC


def check_post(problems: Problems, text: str, *, field: str = "text") -> str:
    """Return a post as it is stored, or name what is wrong with it."""
    words = clean(text)
    if not words:
        problems.add(field, "missing", mark("Write what you want to say."))
    _check_text(problems, words, field, LONGEST_POST)
    return words


def check_note(problems: Problems, text: str, *, field: str = "note") -> str:
    """Return a hand-over note as it is stored, or name what is wrong with it."""
    words = clean(text)
    _check_text(problems, words, field, LONGEST_NOTE)
    return words


def check_due(problems: Problems, text: str, today: date, *, field: str = "due_on") -> date | None:
    """Read a due date; None where there is none, or where it is named as wrong."""
    if not text:
        return None
    try:
        due_on = date.fromisoformat(text)
    except ValueError:
        problems.add(
            field, "not_a_date", mark("Write the due date as year, month and day, such as 2026-11-30, or leave it empty.")
        )
        return None
    if due_on < today - _ONE_DAY:
        problems.add(field, "out_of_range", mark("This day is over. Choose today or a later day, or leave it empty."))
    return due_on


def mentioned_in(text: str, members: Sequence[Member]) -> frozenset[UUID]:
    """Return whom a text names as @Name; a longer name wins over one that it begins with."""
    names = sorted({member.name for member in members}, key=len, reverse=True)
    if not names:
        return frozenset()
    called = set(re.findall(rf"(?<!\w)@({'|'.join(map(re.escape, names))})(?!\w)", text))
    return frozenset(member.id for member in members if member.name in called)


def may_hand_on(actor: Actor, holders: Mapping[Place, Holder], place: Place, to: UUID | None) -> bool:
    """Tell whether somebody may make `to` responsible for a place: a coordinator anything; a contributor hands on what is
    theirs, and takes for themselves what nobody has."""
    if actor.role is Role.COORDINATOR:
        return True
    if actor.role is not Role.CONTRIBUTOR or to is None:
        return False
    holder = holders.get(place) or holders.get(Place(place.section))
    if holder is None or not holder.is_here:
        return to == actor.user_id
    return holder.user_id == actor.user_id


def may_hand_on_somehow(actor: Actor, holder: Holder | None) -> bool:
    """Tell whether somebody may hand on, or take, what this person has (None: nobody)."""
    if actor.role is not Role.CONTRIBUTOR:
        return actor.role is Role.COORDINATOR
    return holder is None or not holder.is_here or holder.user_id == actor.user_id


def _check_text(problems: Problems, words: str, field: str, longest: int) -> None:
    if len(words) > longest:
        problems.add(
            field, "too_long", say("Write at most {most} characters; there are {number}.", most=longest, number=len(words))
        )
    if has_forbidden_characters(words):
        problems.add(field, "control_characters", mark("Remove invisible control characters; typing the text again helps."))
