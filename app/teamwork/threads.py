"""Discussions of an item: plain text, private to the economy, never part of a submission."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import NotFound, Problems
from app.kit.ids import new_id
from app.teamwork import people, queries, rules
from app.teamwork.state import Place
from app.teamwork.tables import Thread, ThreadMention, ThreadPost


@dataclass(frozen=True, slots=True)
class Post:
    """One thing that somebody said, and whose attention it asks for."""

    id: UUID
    author: UUID
    name: str
    text: str
    created_at: datetime
    notified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discussion:
    """One thread with its posts, the newest last."""

    id: UUID
    posts: tuple[Post, ...]
    resolved_at: datetime | None
    resolved_by: str

    @property
    def is_open(self) -> bool:
        """Whether it still waits for something."""
        return self.resolved_at is None


def of_item(session: Session, actor: Actor, review_id: UUID, item: str) -> list[Discussion]:
    """Return the discussions of an item: open ones first, then by when they began."""
    notified: dict[UUID, list[str]] = {}
    for row in queries.mentions_of(session, actor, review_id, item):
        notified.setdefault(row["post_id"], []).append(row["name"])
    found = []
    for thread, rows in groupby(queries.posts_of(session, actor, review_id, item), key=lambda row: row["thread"]):
        said = list(rows)
        posts = tuple(
            Post(row["id"], row["author"], row["name"], row["text"], row["created_at"], tuple(notified.get(row["id"], ())))
            for row in said
        )
        found.append(Discussion(thread, posts, said[0]["resolved_at"], said[0]["resolved_by"] or ""))
    return found


def start(session: Session, actor: Actor, review_id: UUID, place: Place, text: str, notify: Collection[UUID] = ()) -> UUID:
    """Begin a discussion of an item with a first post."""
    author = _author(session, actor, review_id)
    now = clock.now()
    thread = Thread(
        id=new_id(),
        review_id=review_id,
        economy=actor.economy or "",
        section=place.section,
        item=place.item,
        opened_by=author,
        opened_at=now,
    )
    words, mentioned = _checked(session, actor, text, notify)
    queries.add(session, thread)
    _say(session, thread, author, words, mentioned)
    _record(session, actor, "teamwork.thread_started", thread)
    return thread.id


def reply(
    session: Session, actor: Actor, review_id: UUID, item: str, thread_id: UUID, text: str, notify: Collection[UUID] = ()
) -> None:
    """Add a post to a discussion; one that was resolved is open again."""
    author = _author(session, actor, review_id)
    thread = _get(session, actor, review_id, item, thread_id)
    words, mentioned = _checked(session, actor, text, notify)
    thread.resolved_at, thread.resolved_by = None, None
    _say(session, thread, author, words, mentioned)
    _record(session, actor, "teamwork.replied", thread)


def resolve(session: Session, actor: Actor, review_id: UUID, item: str, thread_id: UUID) -> None:
    """Say that nothing is left to discuss; to say it twice changes nothing."""
    author = _author(session, actor, review_id)
    thread = _get(session, actor, review_id, item, thread_id)
    if thread.resolved_at is None:
        thread.resolved_at, thread.resolved_by = clock.now(), author
        session.flush()
        _record(session, actor, "teamwork.thread_resolved", thread)


def open_again(session: Session, actor: Actor, review_id: UUID, item: str, thread_id: UUID) -> None:
    """Take back that nothing is left to discuss."""
    _author(session, actor, review_id)
    thread = _get(session, actor, review_id, item, thread_id)
    if thread.resolved_at is not None:
        thread.resolved_at, thread.resolved_by = None, None
        session.flush()
        _record(session, actor, "teamwork.thread_opened_again", thread)


def see(session: Session, actor: Actor, review_id: UUID, item: str) -> None:
    """Note that a person has read the mentions of them in the discussions of an item."""
    queries.see_mentions(session, actor, review_id, item, clock.now())


def _author(session: Session, actor: Actor, review_id: UUID) -> UUID:
    """Return who speaks; a review of another economy looks like none."""
    if actor.user_id is None or queries.review_state(session, actor, review_id) is None:
        raise NotFound("review")
    return actor.user_id


def _get(session: Session, actor: Actor, review_id: UUID, item: str, thread_id: UUID) -> Thread:
    thread = queries.find_thread(session, actor, review_id, item, thread_id)
    if thread is None:
        raise NotFound("discussion")
    return thread


def _checked(session: Session, actor: Actor, text: str, notify: Collection[UUID]) -> tuple[str, frozenset[UUID]]:
    """Return the words, and whom they mention: those who were ticked, and those who are named in the text."""
    problems = Problems()
    words = rules.check_post(problems, text)
    problems.raise_if_any()
    team = people.team_of(session, actor)
    people.must_be_of_team(team, notify)
    return words, (frozenset(notify) | rules.mentioned_in(words, team)) - {actor.user_id}


def _say(session: Session, thread: Thread, author: UUID, words: str, mentioned: Collection[UUID]) -> None:
    post = ThreadPost(id=new_id(), thread_id=thread.id, economy=thread.economy, author=author, text=words, created_at=clock.now())
    queries.add(session, post, *(ThreadMention(post_id=post.id, user_id=each, economy=thread.economy) for each in mentioned))


def _record(session: Session, actor: Actor, action: str, thread: Thread) -> None:
    audit.record(
        session,
        actor,
        action,
        target_kind="thread",
        target_id=thread.id,
        economy=thread.economy,
        detail={"review": str(thread.review_id), "item": thread.item},
    )
