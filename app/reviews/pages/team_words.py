"""A team's work in the reader's words: who has a question until when, what is discussed, who is here, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.domain.questionnaire.document import Section
from app.infra.times import today
from app.kit import clock
from app.kit.actor import Actor
from app.reviews import paths, shares
from app.reviews.service import OpenReview
from app.reviews.shares import AskedItem
from app.teamwork import visits
from app.teamwork.state import Here, Holder, Place, TeamState
from app.web import filters, parts
from app.web.i18n import gettext as _
from app.web.i18n import ngettext

_SOON_DAYS = 7


def due_words(due_on: date | None) -> str:
    """Say when something is due: near days counted, far ones by their date; empty where nothing is."""
    if due_on is None:
        return ""
    days = (due_on - today()).days
    if days == 0:
        return _("due today")
    if days < 0:
        return ngettext("due {number} day ago", "due {number} days ago", -days).format(number=-days)
    if days <= _SOON_DAYS:
        return ngettext("due in {number} day", "due in {number} days", days).format(number=days)
    return _("due {day}").format(day=filters.day(due_on))


def name_words(holder: Holder, actor: Actor) -> str:
    """Say who is responsible: "You", a name, or that the person left."""
    if holder.user_id == actor.user_id:
        return _("You")
    return holder.name if holder.is_here else _("{name} (no longer here)").format(name=holder.name)


def holder_words(holder: Holder | None, actor: Actor, due_on: date | None) -> str:
    """Say who is responsible and until when; empty where nobody is."""
    if holder is None:
        return ""
    who, due = name_words(holder, actor), due_words(due_on)
    return _("{who}, {due}").format(who=who, due=due) if due else who


def talk_words(number: int) -> str:
    """Say how many open discussions there are; empty for none."""
    return ngettext("{number} open discussion", "{number} open discussions", number).format(number=number) if number else ""


def question_href(review_id: UUID, each: AskedItem) -> str:
    """Return where a question is answered."""
    return paths.question(review_id, each.section.code, each.item.code)


def discussion_href(review_id: UUID, item: str) -> str:
    """Return where a question is discussed."""
    return paths.discussion(review_id, item)


def section_team(review: OpenReview, section: Section, state: TeamState, actor: Actor) -> parts.SectionTeam:
    """Say who has a section and each of its questions, what was said when they were handed over, and who is there now."""
    items = shares.asked(review, state)
    holder, on = state.holders.get(Place(section.code)), _names_by_item(state.here)
    following = shares.next_left(shares.of_person(items, actor.user_id), after=section.code)
    is_done = all(each.done == each.total for each in review.progress if each.section == section.code)
    inside = [each.name for each in state.here if each.place == Place(section.code)]
    return parts.SectionTeam(
        section=section.code,
        presence_url=f"/api/v1/reviews/{review.id}/presence",
        lines={each.item.code: _line(review, each, actor, on) for each in items if each.section.code == section.code},
        next_of_mine=question_href(review.id, following) if following and review.is_editable else None,
        holder=holder_words(holder, actor, None if holder is None or is_done else holder.due_on),
        note=_note(holder, actor),
        here=_("In this section now: {names}").format(names=", ".join(inside)) if inside else "",
    )


def work_of(review: OpenReview, state: TeamState, actor: Actor, items: Sequence[AskedItem]) -> parts.Work:
    """Sum up what is one person's in a review, and what is new for them."""
    state = shares.on_form(review, state)
    mine = shares.of_person(items, actor.user_id)
    sum_, following = shares.share(mine), shares.next_left(mine)
    since = visits.since(state, clock.now())
    base = f"/reviews/{review.id}/questions"
    return parts.Work(
        total=sum_.total,
        left=sum_.left,
        due=due_words(sum_.next_due),
        next_href=question_href(review.id, following) if following and review.is_editable else None,
        mine_href=f"{base}?show=mine",
        changed=sum(shares.is_changed(each, actor, since) for each in items),
        changed_href=f"{base}?show=changed",
        assigned=_assigned(_unseen(state, actor)),
        mentions=[
            parts.Link(code, discussion_href(review.id, code)) for code, talk in sorted(state.talks.items()) if talk.unread
        ],
    )


def has_news(state: TeamState, actor: Actor) -> bool:
    """Tell whether something was assigned that the person has not seen."""
    return bool(_unseen(state, actor))


def _unseen(state: TeamState, actor: Actor) -> list[Holder]:
    return [holder for _, holder in sorted(state.holders.items()) if holder.user_id == actor.user_id and not holder.is_seen]


def _assigned(holders: Iterable[Holder]) -> list[parts.Assigned]:
    """Say what is new; what came together, with the same words and the same day, is said together."""
    codes: dict[tuple[str, str, str], list[str]] = {}
    for holder in holders:
        key = (holder.assigned_by, holder.note, due_words(holder.due_on))
        codes.setdefault(key, []).append(holder.place.item or holder.place.section)
    return [parts.Assigned(", ".join(together), *key) for key, together in codes.items()]


def _names_by_item(here: Iterable[Here]) -> Mapping[str, list[str]]:
    names: dict[str, list[str]] = {}
    for each in here:
        names.setdefault(each.place.item, []).append(each.name)
    return names


def _line(review: OpenReview, each: AskedItem, actor: Actor, on: Mapping[str, list[str]]) -> parts.TeamLine:
    names = on.get(each.item.code, [])
    own = each.holder if each.holder is not None and each.holder.place.item else None
    return parts.TeamLine(
        holder=holder_words(each.holder, actor, each.due_on),
        note=_note(own, actor),
        talk=talk_words(each.talk.open),
        talk_href=discussion_href(review.id, each.item.code),
        here=_("On this question now: {names}").format(names=", ".join(names)) if names else "",
    )


def _note(holder: Holder | None, actor: Actor) -> str:
    """Return what was said when something was handed over, to whom it was said."""
    if holder is None or not holder.note or holder.user_id != actor.user_id or not holder.assigned_by:
        return ""
    return _("{name} wrote: {note}").format(name=holder.assigned_by, note=holder.note)
