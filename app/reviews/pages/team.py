"""Who does what in a review: the people with their shares, and handing sections and questions over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_sections
from app.kit.actor import Actor, Role
from app.kit.errors import FieldProblem, Invalid, NotFound
from app.kit.say import mark
from app.reviews import service, shares
from app.reviews.pages import frames, marks, team_words
from app.reviews.service import OpenReview, ReviewState
from app.reviews.shares import AskedItem
from app.reviews.words import localized_review
from app.teamwork import assignments, people, rules
from app.teamwork import overview as teamwork
from app.teamwork.assignments import HandOver
from app.teamwork.state import Holder, Member, Place, TeamState
from app.web import parts
from app.web.db import DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.navigation import role_label
from app.web.page import errors_by_field, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/team")

NOBODY = "nobody"
LOCKED = frozenset({ReviewState.SUBMITTED, ReviewState.CLOSED})
register_flash("reviews.handed_over", "success", mark("Assigned. Whoever has it now sees it in My reviews."))
register_flash(
    "reviews.nothing_to_hand_over", "info", mark("Nothing has changed: it was theirs already, with the same date and note.")
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the team with their share."""

    name: str
    role: str
    places: str
    progress: str
    due: str
    hand_on_href: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A section or a question that can be handed over, as the form lists it."""

    id: str
    value: str
    code: str
    title: str
    facts: str
    may_hand_on: bool
    is_chosen: bool
    is_unfolded: bool = False
    questions: Sequence[PlaceRow] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What was chosen and typed, and what is wrong with it."""

    places: Collection[str] = ()
    to: str = ""
    due_on: str = ""
    note: str = ""
    problems: Sequence[FieldProblem] = field(default_factory=tuple)


@router.get("")
def show_team(
    request: Request,
    review_id: UUID,
    actor: CurrentActor,
    session: DbSession,
    place: Annotated[str, Query(max_length=130)] = "",
    leaver: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Show who does what. `place` or `leaver` chooses beforehand what is to be handed over."""
    return _page(request, session, actor, review_id, Typed({place} if place else ()), leaver)


@router.post("")
def hand_over(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Hand sections and questions over to one person."""
    review = service.open_review(session, actor, review_id)
    sent = Typed(form.all("place"), form.first("to"), form.first("due_on"), form.first("note"))
    try:
        changed = assignments.assign(session, actor, review_id, _places(review, sent.places), _wanted(form))
    except Invalid as refused:
        return _page(request, session, actor, review_id, Typed(sent.places, sent.to, sent.due_on, sent.note, refused.problems))
    flash = "reviews.handed_over" if changed else "reviews.nothing_to_hand_over"
    return see_other(request, f"/reviews/{review_id}/team", flash=flash)


def _wanted(form: Form) -> HandOver:
    to = form.first("to")
    if not to:
        raise Invalid([FieldProblem("to", "missing", mark("Choose who is to have it."))])
    try:
        person = None if to == NOBODY else UUID(to)
    except ValueError as error:
        raise NotFound("person") from error
    return HandOver(person, form.first("due_on"), form.first("note"))


def _places(review: OpenReview, sent: Iterable[str]) -> list[Place]:
    """Read what was chosen; what the questionnaire does not have is not found."""
    known = {_value(place) for place in _all_places(review.questionnaire.sections)}
    chosen = list(sent)
    if not known.issuperset(chosen):
        raise NotFound("item")
    return [Place(section, item) for section, _colon, item in (each.partition(":") for each in chosen)]


def _all_places(sections: Iterable[Section]) -> Iterable[Place]:
    for section in sections:
        yield Place(section.code)
        yield from (Place(section.code, item.code) for item in section.items)


def _value(place: Place) -> str:
    return f"{place.section}:{place.item}" if place.item else place.section


def _page(
    request: Request, session: Session, actor: Actor, review_id: UUID, typed: Typed, leaver: UUID | None = None
) -> Response:
    review = localized_review(service.open_review(session, actor, review_id))
    state = teamwork.of_review(session, actor, review_id)
    team = people.team_of(session, actor)
    items = shares.asked(review, state)
    if leaver is not None:
        theirs = (holder.place for holder in state.holders.values() if holder.user_id == leaver)
        typed = Typed({_value(place) for place in theirs})
    may_hand_over = actor.role is not Role.APPROVER and review.state not in LOCKED
    nobodys = sum(each.holder is None and not each.is_dealt_with for each in items)
    page = render(
        request,
        "reviews/team.html",
        frames.review_frame(request, review, _("Who does what"), Crumb(_("Who does what")), has_errors=bool(typed.problems)),
        status=422 if typed.problems else 200,
        review=review,
        people=_people(review, state, team, items, actor),
        nobodys=nobodys,
        sections=_sections(review, state, items, actor, typed.places if may_hand_over else None),
        may_hand_over=may_hand_over,
        may_invite=actor.role is Role.COORDINATOR,
        is_contributor=actor.role is Role.CONTRIBUTOR,
        to=_to(team, actor),
        typed=typed,
        problems=summary_of(typed.problems),
        errors=errors_by_field(typed.problems),
        longest_note=rules.LONGEST_NOTE,
    )
    return marks.noted(request, page, actor, review_id, state)


def _to(team: Sequence[Member], actor: Actor) -> list[parts.Option]:
    """List whom something can be handed to; a coordinator can also take it back."""
    own = [
        parts.Option(str(member.id), _("{name} (you)").format(name=member.name)) for member in team if member.id == actor.user_id
    ]
    others = [parts.Option(str(member.id), member.name) for member in team if member.id != actor.user_id]
    nobody = [parts.Option(NOBODY, _("Nobody for now"))] if actor.role is Role.COORDINATOR else []
    return [parts.Option("", _("Choose a person")), *own, *others, *nobody]


def _people(
    review: OpenReview, state: TeamState, team: Sequence[Member], items: Sequence[AskedItem], actor: Actor
) -> list[PersonRow]:
    """List those who left and still have something, then the team."""
    holders = shares.on_form(review, state).holders
    gone = {holder.user_id: holder for holder in holders.values() if not holder.is_here}
    by_person: dict[UUID, list[Holder]] = {}
    for _place, holder in sorted(holders.items()):
        by_person.setdefault(holder.user_id, []).append(holder)
    left = [
        _person(review, team_words.name_words(holder, actor), "", by_person[user_id], shares.of_person(items, user_id), user_id)
        for user_id, holder in gone.items()
    ]
    here = [
        _person(review, member.name, role_label(member.role), by_person.get(member.id, []), shares.of_person(items, member.id))
        for member in team
    ]
    return [*left, *here]


def _person(
    review: OpenReview,
    name: str,
    role: str,
    holders: Sequence[Holder],
    items: Sequence[AskedItem],
    leaver: UUID | None = None,
) -> PersonRow:
    share = shares.share(items)
    words = ngettext("{done} of {total} question", "{done} of {total} questions", share.total)
    href = f"/reviews/{review.id}/team?leaver={leaver}#hand-over" if leaver and review.state not in LOCKED else None
    return PersonRow(
        name,
        role,
        ", ".join(holder.place.item or holder.place.section for holder in holders),
        words.format(done=share.done, total=share.total) if items else "",
        team_words.due_words(share.next_due),
        href,
    )


def _sections(
    review: OpenReview, state: TeamState, items: Sequence[AskedItem], actor: Actor, chosen: Collection[str] | None
) -> list[PlaceRow]:
    """List the sections with their questions, those first that nobody has and that are not done; without `chosen`, to read."""
    of_section: dict[str, list[AskedItem]] = {}
    for each in items:
        of_section.setdefault(each.section.code, []).append(each)
    rows = [
        (_is_cared_for(questions), _section(state, section, questions, actor, chosen))
        for section in asked_sections(review.questionnaire, review.answers)
        if (questions := of_section.get(section.code))
    ]
    ordered = [row for _is, row in sorted(rows, key=lambda each: each[0])]
    every = (place for row in ordered for place in (row, *row.questions))
    first = next((place.id for place in every if place.may_hand_on), "")
    return [replace(_named(row, first), questions=[_named(each, first) for each in row.questions]) for row in ordered]


def _named(row: PlaceRow, first: str) -> PlaceRow:
    """Give the first control the id to which the error summary leads."""
    return replace(row, id="place") if row.id == first else row


def _is_cared_for(questions: Iterable[AskedItem]) -> bool:
    """Tell whether each question that is left has somebody who is still here."""
    held = [each.holder for each in questions if not each.is_dealt_with]
    return all(holder is not None and holder.is_here for holder in held)


def _section(
    state: TeamState, section: Section, questions: Sequence[AskedItem], actor: Actor, chosen: Collection[str] | None
) -> PlaceRow:
    place = Place(section.code)
    left = sum(not each.is_dealt_with for each in questions)
    holder = state.holders.get(place)
    who = team_words.holder_words(holder, actor, holder.due_on if holder and left else None) or _("Nobody yet")
    if holder is None:
        who = "; ".join([who, *_handed_on(state, questions)])
    words = ngettext("{who}. {done} of {total} question", "{who}. {done} of {total} questions", len(questions))
    inner = [_question(state, each, actor, chosen) for each in questions]
    return _row(
        state,
        place,
        actor,
        chosen,
        title=section.title,
        facts=words.format(who=who, done=len(questions) - left, total=len(questions)),
        questions=inner,
    )


def _handed_on(state: TeamState, questions: Sequence[AskedItem]) -> list[str]:
    """Say who has single questions of a section that nobody has."""
    names = Counter(own.name for each in questions if (own := state.holders.get(each.place)) is not None)
    return [
        ngettext("{count} question: {name}", "{count} questions: {name}", count).format(count=count, name=name)
        for name, count in names.items()
    ]


def _question(state: TeamState, each: AskedItem, actor: Actor, chosen: Collection[str] | None) -> PlaceRow:
    own = state.holders.get(each.place)
    who = team_words.holder_words(own, actor, each.due_on) or (_("As the section") if each.holder else _("Nobody yet"))
    facts = _("{who}. Dealt with").format(who=who) if each.is_dealt_with else who
    return _row(state, each.place, actor, chosen, title=each.item.text, facts=facts)


def _row(
    state: TeamState,
    place: Place,
    actor: Actor,
    chosen: Collection[str] | None,
    *,
    title: str,
    facts: str,
    questions: Sequence[PlaceRow] = (),
) -> PlaceRow:
    may = chosen is not None and any(rules.may_hand_on(actor, state.holders, place, to) for to in (actor.user_id, None))
    return PlaceRow(
        id="place-" + _value(place).replace(":", "-").replace(".", "-"),
        value=_value(place),
        code=place.item or place.section,
        title=title,
        facts=facts,
        may_hand_on=may,
        is_chosen=chosen is not None and _value(place) in chosen,
        is_unfolded=any(question.is_chosen for question in questions),
        questions=questions,
    )
