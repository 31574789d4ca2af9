"""Names, groups and cycles: read by everyone, kept by administrators."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.economies import last_day, queries
from app.economies.tables import Cycle, CycleChange, Economy
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, Problems
from app.kit.ids import sha256
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters, is_one_line

_LONGEST = {"short_name": 80, "formal_name": 120, "list_name": 120, "abbreviation": 8, "title": 200}
_LONGEST_REASON = 1_000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class EconomyNames:
    """One economy and its names: short for lists, formal for documents, with its article for sentences."""

    code: str
    abbreviation: str
    short_name: str
    formal_name: str
    list_name: str
    apec_order: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of economies, fixed before results are known."""

    code: str
    title: str
    kind: str
    peers_of: str | None
    economies: tuple[str, ...]
    members_set_at: datetime | None = None
    """When its members were last chosen; None for groups that came with the program."""


@dataclass(frozen=True, slots=True)
class CycleEntry:
    """One collection round. `notice` belongs on every page, file and row that shows its data.

    `is_open` counts the closing day too: after it, a cycle is closed as if an administrator had closed it."""

    id: UUID
    questionnaire: str
    code: str
    title: str
    notice: str
    is_open: bool
    closes_on: date | None = None
    is_closed_by_hand: bool = False
    holds_own_answers: bool = True
    opened_on: date | None = None


class CycleChangedSince(Conflict):
    """Somebody closed a cycle, opened it again or moved its day since it was read."""

    code = "cycle_changed"


def list_economies(session: Session) -> list[EconomyNames]:
    """List every economy: APEC's in APEC's own order, then the others by name."""
    return [_names(row) for row in queries.list_economies(session)]


def get_economy(session: Session, code: str) -> EconomyNames:
    """Return one economy; unknown codes raise NotFound."""
    row = queries.find_economy(session, code)
    if row is None:
        raise NotFound("economy")
    return _names(row)


def names(session: Session) -> dict[str, EconomyNames]:
    """Return every economy by its code, in the order of lists."""
    return {economy.code: economy for economy in list_economies(session)}


def short_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return what some economies are called, by their codes."""
    return queries.short_names_of(session, codes)


def rename(
    session: Session, actor: Actor, code: str, *, short_name: str, formal_name: str, list_name: str, abbreviation: str
) -> EconomyNames:
    """Change how an economy is called; its code stays."""
    require_administrator(actor)
    row = queries.find_economy(session, code)
    if row is None:
        raise NotFound("economy")
    problems = Problems()
    wanted = {"short_name": short_name, "formal_name": formal_name, "list_name": list_name, "abbreviation": abbreviation}
    for field, text in wanted.items():
        check_words(problems, field, text, at_least=1)
    _check_unique(problems, code, wanted, queries.list_economies(session))
    problems.raise_if_any()
    for field, text in wanted.items():
        setattr(row, field, clean(text))
    session.flush()
    audit.record(session, actor, "economies.renamed", target_kind="economy", target_id=code, economy=code)
    return _names(row)


def groups(session: Session) -> dict[str, Group]:
    """Return every group by its code, members in the order of lists."""
    order = {code: position for position, code in enumerate(queries.list_codes(session))}
    members: dict[str, list[str]] = {}
    for group, economy in queries.list_members(session):
        members.setdefault(group, []).append(economy)
    return {
        row.code: Group(
            row.code,
            row.title,
            row.kind,
            row.peers_of,
            tuple(sorted(members.get(row.code, []), key=order.__getitem__)),
            row.members_set_at,
        )
        for row in queries.list_groups(session)
    }


def group_titles(session: Session) -> dict[str, str]:
    """Return the title of every group by its code."""
    return {row.code: row.title for row in queries.list_groups(session)}


def group_codes(session: Session) -> list[str]:
    """Return the codes of every group."""
    return list(group_titles(session))


def participants(session: Session, group_codes: Sequence[str], opt_in: Sequence[str]) -> tuple[str, ...]:
    """Return the economies that may take part: the groups' members and those that opted in; all where none is named."""
    everyone = tuple(names(session))
    if not group_codes and not opt_in:
        return everyone
    return taking_part(everyone, groups(session), group_codes, opt_in)


def taking_part(
    everyone: Sequence[str], known: Mapping[str, Group], group_codes: Sequence[str], opt_in: Sequence[str]
) -> tuple[str, ...]:
    """Return the same for whoever has read all economies and groups already, to ask for several questionnaires."""
    if not group_codes and not opt_in:
        return tuple(everyone)
    wanted = {economy for code in group_codes if code in known for economy in known[code].economies} | set(opt_in)
    return tuple(code for code in everyone if code in wanted)


def list_cycles(session: Session, questionnaire: str | None = None) -> list[CycleEntry]:
    """List cycles, newest code first."""
    return [cycle_entry(row) for row in queries.list_cycles(session, questionnaire)]


def get_cycle(session: Session, questionnaire: str, code: str) -> CycleEntry:
    """Return one cycle; unknown codes raise NotFound."""
    row = queries.find_cycle(session, questionnaire, code)
    if row is None:
        raise NotFound("cycle")
    return cycle_entry(row)


def get_cycle_by_id(session: Session, cycle_id: UUID) -> CycleEntry:
    """Return the cycle that a review belongs to."""
    row = queries.find_cycle_by_id(session, cycle_id)
    if row is None:
        raise NotFound("cycle")
    return cycle_entry(row)


def open_cycle(
    session: Session,
    actor: Actor,
    questionnaire: str,
    code: str,
    *,
    title: str = "",
    notice: str = "",
    closes_on: str = "",
    holds_own_answers: bool = True,
) -> CycleEntry:
    """Open a collection round; `closes_on` is its last day, such as 2027-06-30, or nothing."""
    require_administrator(actor)
    problems = Problems()
    for field, text in (("questionnaire", questionnaire), ("cycle", code)):
        if not is_code(text):
            problems.add(field, "code", "Write a code of 1 to 64 letters, digits, dots, hyphens or underscores, such as 2026.")
    check_words(problems, "title", title, at_least=0)
    _check_notice(problems, notice)
    last = last_day.read_closing_day(problems, closes_on, clock.now())
    problems.raise_if_any()
    taken = Conflict(say("The cycle {cycle} of this questionnaire exists already.", cycle=code))
    if queries.find_cycle(session, questionnaire, code) is not None:
        raise taken
    row = Cycle(
        questionnaire=questionnaire,
        code=code,
        title=clean(title) or f"Cycle {code}",
        notice=notice.strip(),
        holds_own_answers=holds_own_answers,
        opened_on=clock.now().date(),
        closes_on=last,
    )
    try:
        queries.add(session, row)
    except IntegrityError as error:  # somebody was faster by less than a transaction
        raise taken from error
    record_change(session, actor, row, "opened", before=None)
    return cycle_entry(row)


def close_cycle(
    session: Session, actor: Actor, questionnaire: str, code: str, *, reason: str = "", seen: str | None = None
) -> CycleEntry:
    """Close a collection round: no review of it can be started or changed any more. `seen`: its etag as it was read."""
    require_administrator(actor)
    row = lock_cycle(session, questionnaire, code, seen)
    problems = Problems()
    why = check_reason(problems, reason, at_least=0)
    problems.raise_if_any()
    if not cycle_entry(row).is_open:
        raise Conflict(say("The cycle {cycle} is closed already.", cycle=code))
    row.is_open = False
    session.flush()
    record_change(session, actor, row, "closed", before=row.closes_on, reason=why)
    return cycle_entry(row)


def lock_cycle(session: Session, questionnaire: str, code: str, seen: str | None = None) -> Cycle:
    """Return the row of a cycle that is to be changed, if it is as it was seen. For the use cases of this room."""
    row = queries.find_cycle(session, questionnaire, code, lock=True)
    if row is None:
        raise NotFound("cycle")
    etag = etag_of_cycle(cycle_entry(row))
    if seen not in {None, etag}:
        words = mark("This cycle is not what you read. Read it again, and decide anew.")
        closes_on = row.closes_on.isoformat() if row.closes_on else None
        raise CycleChangedSince(words, extra={"etag": etag, "closes_on": closes_on})
    return row


def etag_of_cycle(entry: CycleEntry) -> str:
    """Return what changes when a cycle is closed, opened again or gets another last day."""
    return sha256(f"{entry.is_open} {entry.is_closed_by_hand} {entry.closes_on}".encode())[:16]


def record_change(session: Session, actor: Actor, row: Cycle, kind: str, *, before: date | None, reason: str = "") -> None:
    """Append a change to the history of a cycle, and to the record. For the use cases of this room."""
    change = CycleChange(
        cycle_id=row.id,
        number=queries.count_cycle_changes(session, row.id) + 1,
        kind=kind,
        closes_on_before=before,
        closes_on=row.closes_on,
        reason=reason,
        changed_at=clock.now(),
        changed_by=actor.name,
    )
    queries.add(session, change)
    detail = {"closes_on": row.closes_on.isoformat() if row.closes_on else ""}
    audit.record(session, actor, f"economies.cycle_{kind}", target_kind="cycle", target_id=row.id, detail=detail)


def check_reason(problems: Problems, reason: str, *, at_least: int = 1) -> str:
    """Return why something is done, or name what is wrong with it."""
    text = clean(reason)
    if len(text) < at_least:
        problems.add("reason", "missing", mark("Say why, in a sentence: it stays in the history."))
    elif len(text) > _LONGEST_REASON:
        problems.add("reason", "too_long", say("Write at most {number} characters.", number=str(_LONGEST_REASON)))
    elif has_forbidden_characters(text):
        problems.add("reason", "forbidden_characters", mark("Remove the control characters or direction marks from this text."))
    return text


def is_code(text: str) -> bool:
    """Tell whether a text can be a code."""
    return _CODE.fullmatch(text) is not None


def require_administrator(actor: Actor) -> None:
    """Refuse everybody else. For the use cases of this room."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can do this. Ask one of yours.")


def check_words(problems: Problems, field: str, text: str, *, at_least: int) -> None:
    """Name what is wrong with a line of words. For the use cases of this room."""
    words = clean(text)
    if has_forbidden_characters(words) or not is_one_line(words):
        problems.add(field, "control_characters", "Write one line, without line breaks, tabs or invisible control characters.")
    elif not at_least <= len(words) <= _LONGEST[field]:
        problems.add(field, "length", say("Write {least} to {most} characters.", least=at_least, most=_LONGEST[field]))


def _check_notice(problems: Problems, notice: str) -> None:
    if len(notice.strip()) > _LONGEST_REASON:
        problems.add("notice", "too_long", say("Write at most {number} characters.", number=str(_LONGEST_REASON)))
    elif has_forbidden_characters(notice):
        problems.add("notice", "forbidden_characters", mark("Remove the control characters or direction marks from this text."))


def _check_unique(problems: Problems, code: str, wanted: Mapping[str, str], known: Sequence[Economy]) -> None:
    """Two economies of one name could not be told apart in a list, a figure or an answers file."""
    for field in ("short_name", "abbreviation"):
        for other in known:
            if other.code != code and str(getattr(other, field)).casefold() == clean(wanted[field]).casefold():
                message = say("{name} ({code}) is called this already. Choose another.", name=other.short_name, code=other.code)
                problems.add(field, "name_taken", message)


def _names(row: Economy) -> EconomyNames:
    return EconomyNames(row.code, row.abbreviation, row.short_name, row.formal_name, row.list_name, row.apec_order)


def cycle_entry(row: Cycle) -> CycleEntry:
    """Read the row of a cycle, for rooms above that join it to their own."""
    return CycleEntry(
        row.id,
        row.questionnaire,
        row.code,
        row.title,
        row.notice,
        row.is_open and not last_day.is_over(row.closes_on, clock.now()),
        row.closes_on,
        not row.is_open,
        row.holds_own_answers,
        row.opened_on,
    )
