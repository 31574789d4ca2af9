"""Groups of economies that administrators make and correct; the room of benchmarks says which are fixed already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.economies import queries
from app.economies.service import EconomyNames, Group, check_reason, check_words, groups, is_code, names, require_administrator
from app.economies.tables import EconomyGroup, GroupChange
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound, Problems
from app.kit.ids import sha256
from app.kit.say import Marked, mark, say
from app.kit.text import clean

MEMBERS, PEERS = "members", "peers"


class GroupChangedSince(Conflict):
    """Somebody changed a group since it was read."""

    code = "group_changed"


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """One change of a group: what it was called before, who came in, who went out, and why."""

    title_before: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """What somebody chose for a group."""

    title: str
    economies: tuple[str, ...]
    reason: str = ""


def get_group(session: Session, code: str) -> Group:
    """Return one group; unknown codes raise NotFound."""
    found = groups(session).get(code)
    if found is None:
        raise NotFound("group")
    return found


def history(session: Session, actor: Actor, code: str) -> list[GroupChanged]:
    """Return every change of a group, newest first."""
    require_administrator(actor)
    return [
        GroupChanged(row.title_before, _codes(row.added), _codes(row.removed), row.reason, row.changed_at, row.changed_by)
        for row in queries.list_group_changes(session, code)
    ]


def make_group(session: Session, actor: Actor, code: str, kind: str, peers_of: str, wanted: WantedGroup) -> Group:
    """Make a group: of economies that take part, or of peers among the members of another group."""
    require_administrator(actor)
    audit.take_turn(session)  # the group that it is part of may be changed just now
    known, problems = groups(session), Problems()
    if not is_code(code):
        words = mark("Write a code of 1 to 64 letters, digits, dots, hyphens or underscores, such as PACIFIC.")
        problems.add("group", "code", words)
    if kind not in {MEMBERS, PEERS}:
        problems.add("kind", "unknown_kind", mark("Choose what the group is for."))
    whole = known.get(peers_of) if kind == PEERS else None
    if whole is not None and whole.kind != MEMBERS:
        whole = None
    if kind == PEERS and whole is None:
        problems.add("peers_of", "unknown_group", mark("Choose the group among whose members these are peers."))
    _check(session, problems, wanted, whole)
    problems.raise_if_any()
    taken = Conflict(say("The group {code} exists already. Choose another code.", code=code))
    if code.casefold() in {each.casefold() for each in known} or code.casefold() == "all":
        raise taken
    row = EconomyGroup(code=code, title=clean(wanted.title), kind=kind, peers_of=whole.code if whole else None)
    row.members_set_at = clock.now()
    try:
        queries.add(session, row)
    except IntegrityError as error:  # somebody was faster by less than a transaction
        raise taken from error
    queries.set_members(session, code, added=wanted.economies, removed=())
    made = get_group(session, code)
    _record(session, actor, row, "group_made", GroupChanged("", made.economies, (), "", clock.now(), actor.name))
    return made


def etag_of_group(group: Group) -> str:
    """Return what changes with a group's title and members."""
    return sha256("\n".join((group.title, *group.economies)).encode())[:16]


def change_group(
    session: Session, actor: Actor, code: str, wanted: WantedGroup, *, needs_reason: bool, seen: str | None = None
) -> Group:
    """Change a group's title or members. Whether its members may change at all, the caller has found out.

    `seen`: its etag as it was read; None where nobody asks."""
    require_administrator(actor)
    row = queries.find_group(session, code, lock=True)
    if row is None:
        raise NotFound("group")
    known, problems = groups(session), Problems()
    before = known[code]
    _check_seen(before, seen)
    _check(session, problems, wanted, known.get(before.peers_of or ""))
    named = names(session)
    added = tuple(code for code in named if code in wanted.economies and code not in before.economies)
    removed = tuple(code for code in before.economies if code not in wanted.economies)
    _check_peers(problems, before, known, {code: named[code] for code in removed})
    reason = check_reason(problems, wanted.reason, at_least=int(needs_reason and bool(added or removed)))
    problems.raise_if_any()
    if not added and not removed and clean(wanted.title) == before.title:
        return before
    title_before = before.title if clean(wanted.title) != before.title else ""
    row.title = clean(wanted.title)
    if added or removed:
        row.members_set_at = clock.now()
    session.flush()
    queries.set_members(session, code, added=added, removed=removed)
    _record(session, actor, row, "group_changed", GroupChanged(title_before, added, removed, reason, clock.now(), actor.name))
    return get_group(session, code)


def _check_seen(group: Group, seen: str | None) -> None:
    etag = etag_of_group(group)
    if seen not in {None, etag}:
        words = mark("This group is not what you read. Read it again, and decide anew.")
        raise GroupChangedSince(
            words, extra={"etag": etag, "current": {"title": group.title, "economies": list(group.economies)}}
        )


def _check(session: Session, problems: Problems, wanted: WantedGroup, whole: Group | None) -> None:
    check_words(problems, "title", wanted.title, at_least=1)
    allowed: Collection[str] = whole.economies if whole else names(session)
    if not wanted.economies:
        problems.add("economies", "missing", mark("Choose at least one economy."))
    elif len(set(wanted.economies)) < len(wanted.economies) or not set(wanted.economies) <= set(allowed):
        words = (
            say("Choose economies of {group} only.", group=Marked(whole.title))
            if whole
            else mark("Choose economies of the list.")
        )
        problems.add("economies", "unknown_economy", words)


def _check_peers(problems: Problems, group: Group, known: Mapping[str, Group], removed: Mapping[str, EconomyNames]) -> None:
    """Whoever leaves a group must not stay a peer among its members."""
    for peers in known.values():
        left = [entry.short_name for code, entry in removed.items() if peers.peers_of == group.code and code in peers.economies]
        if left:
            words = say(
                "{economy} is in the peer group {group}. Take it out there first.", economy=left[0], group=Marked(peers.title)
            )
            problems.add("economies", "in_peer_group", words)


def _record(session: Session, actor: Actor, row: EconomyGroup, act: str, change: GroupChanged) -> None:
    number = queries.count_group_changes(session, row.code) + 1
    queries.add(
        session,
        GroupChange(
            group_code=row.code,
            number=number,
            title_before=change.title_before,
            added=";".join(change.added),
            removed=";".join(change.removed),
            reason=change.reason,
            changed_at=change.at,
            changed_by=change.by,
        ),
    )
    detail = {"added": ";".join(change.added), "removed": ";".join(change.removed)}
    audit.record(session, actor, f"economies.{act}", target_kind="group", target_id=row.code, detail=detail)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()
