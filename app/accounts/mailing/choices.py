"""Which mails a person wants, and the link in such a mail that ends them without signing in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries
from app.accounts.identity import actor_of
from app.accounts.mailing import queries as mail_queries
from app.accounts.mailing.tables import MailChoice, UnsubscribeLink
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.zones import UTC_NAME
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import NotFound, ReadinessError
from app.kit.ids import new_id, new_token, token_hash
from app.kit.say import mark

LINK_LASTS = timedelta(days=90)


class Kind(StrEnum):
    """The mails that a person may do without."""

    WEEKLY_DIGEST = "weekly_digest"
    DUE_REMINDERS = "due_reminders"


class UnsubscribeUnusable(ReadinessError):
    """An unsubscribe link that is unknown or too old."""

    status = 404
    code = "unsubscribe_unusable"
    title = "This link cannot be used"

    def __init__(self) -> None:
        super().__init__(mark('Links to end mails work for 90 days. Sign in and choose your mails under "My account".'))


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person wants by mail, and in which language."""

    wanted: frozenset[Kind] = frozenset({Kind.WEEKLY_DIGEST})
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person to whom mails of a kind go; times are said in `time_zone`, words in `language`."""

    user_id: UUID
    email: str
    name: str
    role: Role
    economy: str | None
    time_zone: str
    language: str
    since: datetime
    """When the account was made."""

    @property
    def actor(self) -> Actor:
        """Whose rights decide what the mail may say."""
        return Actor(self.user_id, self.name, self.role, self.economy)


def read_own(session: Session, actor: Actor) -> Choices:
    """Return the actor's own choice."""
    return _read(mail_queries.find_mail_choice(session, _get_user(session, actor).id))


def change(session: Session, actor: Actor, wanted: Collection[str], language: str) -> None:
    """Choose one's own mails; `language` is the code of a language that the edge knows."""
    user = _get_user(session, actor)
    kinds = frozenset(kind for kind in Kind if kind in wanted)
    _put(session, user.id, Choices(kinds, language))
    _record(session, actor, "accounts.mails_chosen", user, kinds)


def list_readers(session: Session, kind: Kind) -> list[Reader]:
    """List everybody who wants mails of a kind."""
    return [
        _reader(user, _read(choice), time_zone)
        for user, choice, time_zone in mail_queries.list_mail_readers(session)
        if kind in _read(choice).wanted
    ]


def readers_of_team(session: Session, economy: str, role: Role) -> list[Reader]:
    """List those who have a role in an economy, whatever mails they chose: for what they are asked to do themselves."""
    found = mail_queries.list_team_readers(session, economy, role)
    return [_reader(user, _read(choice), time_zone) for user, choice, time_zone in found]


def readers_with_role(session: Session, role: Role) -> list[Reader]:
    """List those who have a role, in the same way: for what they are asked to do themselves."""
    found = mail_queries.list_readers_with_role(session, role)
    return [_reader(user, _read(choice), time_zone) for user, choice, time_zone in found]


def readers_by_id(session: Session, ids: Collection[UUID]) -> list[Reader]:
    """List some people, in the same way."""
    found = mail_queries.list_readers_by_id(session, ids) if ids else []
    return [_reader(user, _read(choice), time_zone) for user, choice, time_zone in found]


def unsubscribe_path(session: Session, user_id: UUID, kind: Kind) -> str:
    """Return the path of a fresh link for one mail; only its hash is kept."""
    token = new_token()
    expires_at = clock.now() + LINK_LASTS
    session.add(UnsubscribeLink(id=new_id(), token_hash=token_hash(token), user_id=user_id, kind=kind, expires_at=expires_at))
    return f"/unsubscribe/{token}"


def kind_of_link(session: Session, token: str) -> Kind:
    """Return which mails a link ends; looking changes nothing, for mail filters look too."""
    return Kind(_get_link(session, token).kind)


def unsubscribe(session: Session, token: str) -> Kind:
    """End the mails of the link's kind for its person; doing it twice is no mistake."""
    link = _get_link(session, token)
    kind, user = Kind(link.kind), queries.find_user(session, link.user_id)
    if user is None:
        raise UnsubscribeUnusable
    before = _read(mail_queries.find_mail_choice(session, user.id))
    if kind in before.wanted:
        _put(session, user.id, Choices(before.wanted - {kind}, before.language))
        _record(session, actor_of(user), "accounts.unsubscribed", user, {kind})
    return kind


def clear_old(session: Session) -> None:
    """Forget links that work no more."""
    mail_queries.delete_unsubscribe_links_before(session, clock.now())


def remember_language(session: Session, user_id: UUID, language: str) -> None:
    """Write to a new person in the language in which they made their account."""
    _put(session, user_id, Choices(language=language))


def _put(session: Session, user_id: UUID, choices: Choices) -> None:
    row = mail_queries.find_mail_choice(session, user_id) or MailChoice(user_id=user_id)
    row.weekly_digest, row.due_reminders = Kind.WEEKLY_DIGEST in choices.wanted, Kind.DUE_REMINDERS in choices.wanted
    row.language = choices.language
    session.add(row)


def _read(row: MailChoice | None) -> Choices:
    if row is None:
        return Choices()
    stated = {Kind.WEEKLY_DIGEST: row.weekly_digest, Kind.DUE_REMINDERS: row.due_reminders}
    return Choices(frozenset(kind for kind, is_wanted in stated.items() if is_wanted), row.language)


def _reader(user: User, choices: Choices, time_zone: str | None) -> Reader:
    zone = time_zone or UTC_NAME
    return Reader(user.id, user.email, user.name, Role(user.role), user.economy, zone, choices.language, user.created_at)


def _get_user(session: Session, actor: Actor) -> User:
    user = None if actor.user_id is None else queries.find_user(session, actor.user_id)
    if user is None:
        raise NotFound("account")
    return user


def _get_link(session: Session, token: str) -> UnsubscribeLink:
    link = mail_queries.find_unsubscribe_link(session, token_hash(token), clock.now())
    if link is None:
        raise UnsubscribeUnusable
    return link


def _record(session: Session, actor: Actor, action: str, user: User, kinds: Collection[Kind]) -> None:
    detail = {"kinds": ", ".join(sorted(kinds))}
    audit.record(session, actor, action, target_kind="user", target_id=user.id, economy=user.economy, detail=detail)
