"""Every statement on a team's work. Each takes the actor's economy: what is foreign looks like what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    Insert,
    Integer,
    RowMapping,
    Select,
    String,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import CompoundSelect
from sqlmodel import Session, SQLModel, col

from app.accounts.tables import User
from app.infra.tables import UtcTime
from app.kit.actor import Actor
from app.teamwork.tables import Assignment, Presence, Thread, ThreadMention, ThreadPost, Visit

_T = SQLModel.metadata.tables
_ASSIGNMENT, _THREAD, _POST, _MENTION = (_T[name] for name in ("assignment", "thread", "thread_post", "thread_mention"))
_PRESENCE, _VISIT, _USER = (_T[name] for name in ("presence", "visit", "user"))
_BY = _USER.alias("assigned_by_user")
# The room above owns it; whose it is and whether it is locked are all we need to know.
_REVIEW = table("review", column("id", Uuid()), column("economy", String()), column("state", String()))

_IS_MEMBER = and_(_USER.c.is_disabled == false(), _USER.c.economy == bindparam("economy"))
_HOLDERS: Select[object] = (
    select(
        _ASSIGNMENT.c.review_id,
        literal_column("'holder'", String()).label("kind"),
        _ASSIGNMENT.c.section,
        _ASSIGNMENT.c.item,
        _ASSIGNMENT.c.id,
        _ASSIGNMENT.c.user_id,
        _USER.c.name,
        cast(_IS_MEMBER, Boolean()).label("is_here"),
        _BY.c.name.label("assigned_by"),
        _ASSIGNMENT.c.assigned_at.label("at"),
        _ASSIGNMENT.c.seen_at.label("at_also"),
        _ASSIGNMENT.c.due_on,
        _ASSIGNMENT.c.note,
        cast(null(), Integer()).label("number"),
        cast(null(), Integer()).label("number_also"),
    )
    .select_from(
        _ASSIGNMENT.join(_USER, _USER.c.id == _ASSIGNMENT.c.user_id).outerjoin(_BY, _BY.c.id == _ASSIGNMENT.c.assigned_by)
    )
    .where(_ASSIGNMENT.c.ended_at.is_(None), _ASSIGNMENT.c.economy == bindparam("economy"))
)


_Column: TypeAlias = (
    ColumnElement[UUID]
    | ColumnElement[str]
    | ColumnElement[bool]
    | ColumnElement[int]
    | ColumnElement[datetime]
    | ColumnElement[date]
)
_NOTHING: Mapping[str, _Column] = {
    "section": cast(null(), String()),
    "item": cast(null(), String()),
    "id": cast(null(), Uuid()),
    "user_id": cast(null(), Uuid()),
    "name": cast(null(), String()),
    "is_here": cast(null(), Boolean()),
    "assigned_by": cast(null(), String()),
    "at": cast(null(), UtcTime()),
    "at_also": cast(null(), UtcTime()),
    "due_on": cast(null(), Date()),
    "note": cast(null(), Text()),
    "number": cast(null(), Integer()),
    "number_also": cast(null(), Integer()),
}


def _row(kind: str, review_id: ColumnElement[UUID], **given: _Column) -> list[_Column]:
    """Return the columns of another kind of row, in the order of `_HOLDERS`; what is not given is NULL of the same type."""
    return [review_id, literal_column(f"'{kind}'", String()), *(given.get(name, empty) for name, empty in _NOTHING.items())]


_TALKS = (
    select(
        *_row(
            "talk",
            _THREAD.c.review_id,
            item=_THREAD.c.item,
            number=func.sum(case((_THREAD.c.resolved_at.is_(None), 1), else_=0)),
            number_also=func.count(),
        )
    )
    .where(_THREAD.c.economy == bindparam("economy"))
    .group_by(_THREAD.c.review_id, _THREAD.c.item)
)
_OTHERS_POSTS = (
    select(*_row("post", _THREAD.c.review_id, item=_THREAD.c.item, at=func.max(_POST.c.created_at)))
    .select_from(_POST.join(_THREAD, _THREAD.c.id == _POST.c.thread_id))
    .where(_THREAD.c.economy == bindparam("economy"), _POST.c.author != bindparam("user", type_=Uuid()))
    .group_by(_THREAD.c.review_id, _THREAD.c.item)
)
_UNREAD = (
    select(*_row("unread", _THREAD.c.review_id, item=_THREAD.c.item, number=func.count()))
    .select_from(_MENTION.join(_POST, _POST.c.id == _MENTION.c.post_id).join(_THREAD, _THREAD.c.id == _POST.c.thread_id))
    .where(
        _THREAD.c.economy == bindparam("economy"),
        _MENTION.c.user_id == bindparam("user", type_=Uuid()),
        _MENTION.c.seen_at.is_(None),
    )
    .group_by(_THREAD.c.review_id, _THREAD.c.item)
)
_HERE = (
    select(
        *_row(
            "here",
            _PRESENCE.c.review_id,
            section=_PRESENCE.c.section,
            item=_PRESENCE.c.item,
            user_id=_PRESENCE.c.user_id,
            name=_USER.c.name,
            at=_PRESENCE.c.seen_at,
        )
    )
    .select_from(_PRESENCE.join(_USER, _USER.c.id == _PRESENCE.c.user_id))
    .where(
        _PRESENCE.c.economy == bindparam("economy"),
        or_(
            _PRESENCE.c.user_id == bindparam("user", type_=Uuid()),
            and_(_IS_MEMBER, _PRESENCE.c.seen_at >= bindparam("here_since", type_=UtcTime())),
        ),
    )
)
_VISITS = select(*_row("visit", _VISIT.c.review_id, at=_VISIT.c.last_visit_at, at_also=_VISIT.c.previous_visit_at)).where(
    _VISIT.c.economy == bindparam("economy"), _VISIT.c.user_id == bindparam("user", type_=Uuid())
)
_ALL = (
    (_HOLDERS, _ASSIGNMENT.c.review_id),
    (_TALKS, _THREAD.c.review_id),
    (_OTHERS_POSTS, _THREAD.c.review_id),
    (_UNREAD, _THREAD.c.review_id),
    (_HERE, _PRESENCE.c.review_id),
    (_VISITS, _VISIT.c.review_id),
)
# Opening a section may cost one statement for all that the team is doing; so it is one, built once.
_STATES: CompoundSelect[object] = union_all(*(part for part, _ in _ALL))
_STATE_OF: CompoundSelect[object] = union_all(*(part.where(review == bindparam("review", type_=Uuid())) for part, review in _ALL))


def state_rows(session: Session, actor: Actor, *, here_since: datetime, review_id: UUID | None = None) -> Sequence[RowMapping]:
    """Everything that the team of one review, or of all the economy's reviews, is doing; `kind` says what a row is."""
    given = {"economy": actor.economy, "user": actor.user_id, "here_since": here_since}
    if review_id is None:
        return session.execute(_STATES, given).mappings().all()
    return session.execute(_STATE_OF, {**given, "review": review_id}).mappings().all()


def review_state(session: Session, actor: Actor, review_id: UUID, *, lock: bool = False) -> str | None:
    """The state of a review of the actor's own economy; None where there is no such review, or it is another's."""
    statement = select(_REVIEW.c.state).where(_REVIEW.c.id == review_id, _REVIEW.c.economy == actor.economy)
    return session.execute(statement.with_for_update() if lock else statement).scalar()


def members(session: Session, actor: Actor) -> list[User]:
    statement = select(User).where(col(User.economy) == actor.economy, col(User.is_disabled).is_(False))
    return list(session.scalars(statement.order_by(func.lower(User.name), col(User.id))))


# --- assignments


def end_assignments(session: Session, actor: Actor, ids: Collection[UUID], now: datetime) -> None:
    session.execute(
        update(Assignment)
        .where(col(Assignment.economy) == actor.economy, col(Assignment.id).in_(ids), col(Assignment.ended_at).is_(None))
        .values(ended_at=now)
    )


def add_assignments(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    session.execute(insert(_ASSIGNMENT), list(rows))


def see_assignments(session: Session, actor: Actor, review_id: UUID, now: datetime) -> None:
    session.execute(
        update(Assignment)
        .where(
            col(Assignment.economy) == actor.economy,
            col(Assignment.review_id) == review_id,
            col(Assignment.user_id) == actor.user_id,
            col(Assignment.seen_at).is_(None),
        )
        .values(seen_at=now)
    )


# --- discussions


def add(session: Session, *rows: Thread | ThreadPost | ThreadMention) -> None:
    for row in rows:
        session.add(row)
        session.flush()


def find_thread(session: Session, actor: Actor, review_id: UUID, item: str, thread_id: UUID) -> Thread | None:
    """A thread of this item of this review of the actor's own economy, locked until the end of the transaction."""
    statement = select(Thread).where(
        col(Thread.id) == thread_id,
        col(Thread.review_id) == review_id,
        col(Thread.item) == item,
        col(Thread.economy) == actor.economy,
    )
    return session.scalars(statement.with_for_update()).first()


def posts_of(session: Session, actor: Actor, review_id: UUID, item: str) -> Sequence[RowMapping]:
    """Every post on an item with its thread: open threads first, then by when they were opened; posts oldest first."""
    resolver = _USER.alias("resolver")
    statement = (
        select(
            _THREAD.c.id.label("thread"),
            _THREAD.c.resolved_at,
            resolver.c.name.label("resolved_by"),
            _POST.c.id,
            _POST.c.author,
            _USER.c.name,
            _POST.c.text,
            _POST.c.created_at,
        )
        .select_from(
            _THREAD.join(_POST, _POST.c.thread_id == _THREAD.c.id)
            .join(_USER, _USER.c.id == _POST.c.author)
            .outerjoin(resolver, resolver.c.id == _THREAD.c.resolved_by)
        )
        .where(_THREAD.c.review_id == review_id, _THREAD.c.item == item, _THREAD.c.economy == actor.economy)
        .order_by(case((_THREAD.c.resolved_at.is_(None), 0), else_=1), _THREAD.c.opened_at, _THREAD.c.id, _POST.c.created_at)
    )
    return session.execute(statement).mappings().all()


def mentions_of(session: Session, actor: Actor, review_id: UUID, item: str) -> Sequence[RowMapping]:
    """Whom each post on an item mentions."""
    statement = (
        select(_MENTION.c.post_id, _USER.c.name)
        .select_from(
            _MENTION.join(_POST, _POST.c.id == _MENTION.c.post_id)
            .join(_THREAD, _THREAD.c.id == _POST.c.thread_id)
            .join(_USER, _USER.c.id == _MENTION.c.user_id)
        )
        .where(_THREAD.c.review_id == review_id, _THREAD.c.item == item, _THREAD.c.economy == actor.economy)
        .order_by(func.lower(_USER.c.name))
    )
    return session.execute(statement).mappings().all()


def see_mentions(session: Session, actor: Actor, review_id: UUID, item: str, now: datetime) -> None:
    of_item = (
        select(_POST.c.id)
        .select_from(_POST.join(_THREAD, _THREAD.c.id == _POST.c.thread_id))
        .where(_THREAD.c.review_id == review_id, _THREAD.c.item == item, _THREAD.c.economy == actor.economy)
    )
    session.execute(
        update(ThreadMention)
        .where(
            col(ThreadMention.user_id) == actor.user_id,
            col(ThreadMention.post_id).in_(of_item),
            col(ThreadMention.seen_at).is_(None),
        )
        .values(seen_at=now)
    )


# --- presence and visits


def others_here(session: Session, actor: Actor, review_id: UUID, here_since: datetime) -> Sequence[RowMapping] | None:
    """Who is in a review, and where oneself was last, in one statement; None where there is no such review."""
    joined = _REVIEW.outerjoin(
        _PRESENCE.join(_USER, and_(_USER.c.id == _PRESENCE.c.user_id, _USER.c.is_disabled == false())),
        and_(
            _PRESENCE.c.review_id == _REVIEW.c.id,
            _PRESENCE.c.economy == _REVIEW.c.economy,
            or_(_PRESENCE.c.user_id == actor.user_id, _PRESENCE.c.seen_at >= here_since),
        ),
    )
    statement = select(_PRESENCE.c.user_id, _USER.c.name, _PRESENCE.c.section, _PRESENCE.c.item, _PRESENCE.c.seen_at)
    rows = session.execute(
        statement.select_from(joined).where(_REVIEW.c.id == review_id, _REVIEW.c.economy == actor.economy)
    ).mappings()
    found = rows.all()
    return [row for row in found if row["user_id"] is not None] if found else None


def put_presence(session: Session, actor: Actor, review_id: UUID, section: str, item: str, now: datetime) -> None:
    given: dict[str, ColumnElement[object]] = {
        "section": literal(section, String()),
        "item": literal(item, String()),
        "seen_at": literal(now, UtcTime()),
    }
    _put_of_own_review(session, actor, review_id, Presence, given)


def delete_presence_before(session: Session, moment: datetime) -> None:
    """For a job, of every economy."""
    session.execute(delete(Presence).where(col(Presence.seen_at) < moment))


def put_visit(session: Session, actor: Actor, review_id: UUID, now: datetime, previous: datetime | None) -> None:
    given: dict[str, ColumnElement[object]] = {
        "last_visit_at": literal(now, UtcTime()),
        "previous_visit_at": literal(previous, UtcTime()),
    }
    _put_of_own_review(session, actor, review_id, Visit, given)


def _put_of_own_review(
    session: Session, actor: Actor, review_id: UUID, kind: type[SQLModel], given: Mapping[str, ColumnElement[object]]
) -> None:
    """Write a person's one row about a review in one statement, which writes nothing for a review of another economy."""
    row = {"user_id": literal(actor.user_id, Uuid()), **given}
    source = select(_REVIEW.c.id, _REVIEW.c.economy, *row.values()).where(
        _REVIEW.c.id == review_id, _REVIEW.c.economy == actor.economy
    )
    columns = ["review_id", "economy", *row]
    key, changed = ["review_id", "user_id"], list(given)
    statement: Insert
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(kind).from_select(columns, source)
        statement = lite.on_conflict_do_update(index_elements=key, set_={name: lite.excluded[name] for name in changed})
    else:
        great = postgresql.insert(kind).from_select(columns, source)
        statement = great.on_conflict_do_update(index_elements=key, set_={name: great.excluded[name] for name in changed})
    session.execute(statement)


# --- news


def assignments_of_economy(session: Session, economy: str) -> Sequence[RowMapping]:
    given = {"economy": economy}
    return session.execute(_HOLDERS, given).mappings().all()


def mentions_since(session: Session, economy: str, since: datetime) -> Sequence[RowMapping]:
    """Mentions that nobody has read yet, of posts since a moment."""
    author = _USER.alias("author")
    statement = (
        select(_MENTION.c.user_id, _THREAD.c.review_id, _THREAD.c.section, _THREAD.c.item, author.c.name, _POST.c.created_at)
        .select_from(
            _MENTION.join(_POST, _POST.c.id == _MENTION.c.post_id)
            .join(_THREAD, _THREAD.c.id == _POST.c.thread_id)
            .join(author, author.c.id == _POST.c.author)
        )
        .where(_THREAD.c.economy == economy, _POST.c.created_at > since, _MENTION.c.seen_at.is_(None))
        .order_by(_POST.c.created_at)
    )
    return session.execute(statement).mappings().all()


def posts_since(session: Session, economy: str, since: datetime) -> Sequence[RowMapping]:
    """What was said since a moment, in threads that are still open."""
    statement = (
        select(_POST.c.author, _THREAD.c.review_id, _THREAD.c.section, _THREAD.c.item, _USER.c.name, _POST.c.created_at)
        .select_from(_POST.join(_THREAD, _THREAD.c.id == _POST.c.thread_id).join(_USER, _USER.c.id == _POST.c.author))
        .where(_THREAD.c.economy == economy, _POST.c.created_at > since, _THREAD.c.resolved_at.is_(None))
        .order_by(_POST.c.created_at)
    )
    return session.execute(statement).mappings().all()
