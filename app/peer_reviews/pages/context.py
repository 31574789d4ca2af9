"""What the pages of both sides share: states and counts in words, where each side stands on an item, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi import Request

from app.domain.answers import Answer
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.items import Item
from app.domain.reading import Problem, RawAnswer
from app.infra.language import localized
from app.kit.errors import FieldProblem
from app.peer_reviews.opened import TALKING, Counts, OpenPeerReview, PeerReviewState
from app.peer_reviews.positions import Side, Thread
from app.reviews.answering import Entry
from app.reviews.pages import context as questions
from app.reviews.pages import evidence_words
from app.reviews.saved import SavedAnswer
from app.reviews.words import answer_words, localized_review, record_words
from app.web import filters, parts
from app.web.forms import Form
from app.web.i18n import gettext as _
from app.web.i18n import mark, ngettext
from app.web.page import economy_name

STATE_WORDS = {
    PeerReviewState.INVITED: (mark("Invited"), "waiting"),
    PeerReviewState.OPEN: (mark("Being read"), "progress"),
    PeerReviewState.IN_RESPONSE: (mark("In conversation"), "progress"),
    PeerReviewState.CLOSING: (mark("With the approver"), "waiting"),
    PeerReviewState.CLOSED: (mark("Concluded"), "done"),
    PeerReviewState.DECLINED: (mark("Declined"), "locked"),
    PeerReviewState.WITHDRAWN: (mark("Withdrawn"), "locked"),
}
TAG_KINDS = {"done": "success", "progress": "info", "waiting": "warning", "locked": "neutral", "todo": "neutral"}
_SIDE_WORDS = {Side.REVIEWER: mark("Reviewer"), Side.ECONOMY: mark("Economy")}


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a conversation: who did what when, the answer that goes with it, and the words."""

    who: str
    what: str
    when: str
    answer: str
    words: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A form on the page of an item that could not be taken: what was typed, the answer in it, and what is wrong."""

    form: Form
    problems: Sequence[FieldProblem]
    entry: Entry | None = None

    def typed(self) -> dict[str, str]:
        """Return what was typed outside the answer."""
        return {name: self.form.first(name) for name in ("remark", "words", "keep_words")}


NOT_REFUSED = Refused(Form({}), ())


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item with where each side stands."""

    code: str
    text: str
    anchor: str
    href: str
    signed: str
    comment: str
    evidence_url: str
    pieces: Sequence[parts.Piece]
    """What was attached when it was signed; none where the reviewer is not shown evidence."""
    proposed: str
    """What the reviewer holds; empty where nothing was proposed."""
    answered: str
    """What the economy proposed in return; empty where it did not."""
    agreed: str
    status: str
    status_kind: str
    latest: int
    is_touched: bool
    can_agree: bool


def spoken(peer_review: OpenPeerReview) -> OpenPeerReview:
    """Return a peer review with its questionnaire in the reader's language."""
    return replace(peer_review, frozen=localized_review(peer_review.frozen))


def reviewer_words(request: Request, peer_review: OpenPeerReview) -> str:
    """Name who reviews: an expert as the economy named them, or an economy."""
    return economy_name(request, peer_review.reviewer_economy) or peer_review.reviewer_name


def state_words(peer_review: OpenPeerReview) -> tuple[str, str]:
    """Say where a peer review stands, and of which kind that is."""
    if peer_review.state is PeerReviewState.INVITED and peer_review.has_conflict_to_decide:
        return _("Conflict of interest to decide on"), "waiting"
    words, kind = STATE_WORDS[peer_review.state]
    return _(words), kind


def counts_words(counts: Counts) -> str:
    """Say how far a conversation is, without any judgement."""
    words = ngettext(
        "Agreed on {agreed} of {total} question; {open} under discussion, {rest} not discussed",
        "Agreed on {agreed} of {total} questions; {open} under discussion, {rest} not discussed",
        counts.total,
    )
    return words.format(agreed=counts.agreed, total=counts.total, open=counts.under_discussion, rest=counts.not_discussed)


def task(peer_review: OpenPeerReview, title: str, href: str, *, with_counts: bool) -> parts.Task:
    """Show a peer review in a list."""
    words, kind = state_words(peer_review)
    sections = _("Sections: {codes}").format(codes=", ".join(peer_review.section_codes))
    due = _("Wanted by {day}").format(day=filters.day(peer_review.due_on)) if peer_review.due_on else ""
    counts = counts_words(peer_review.counts()) if with_counts else ""
    return parts.Task(title, words, kind, href, ". ".join(part for part in (sections, due, counts) if part))


def item_views(peer_review: OpenPeerReview, section: Section, base: str, side: Side) -> list[ItemView]:
    """Show the questions of a section as one side sees them."""
    return [item_view(peer_review, item, base, side) for item in peer_review.items_of(section)]


def item_view(peer_review: OpenPeerReview, item: Item, base: str, side: Side) -> ItemView:
    """Show one question as one side sees it."""
    thread = peer_review.threads[item.code]
    reviewer, economy = thread.held_by(Side.REVIEWER), thread.held_by(Side.ECONOMY)
    status, kind = _status(thread, side, can_talk=peer_review.state in TALKING)
    return ItemView(
        code=item.code,
        text=item.text,
        anchor=questions.anchor(item.code),
        href=f"{base}/items/{item.code}",
        signed=whole_answer(peer_review, item, thread.signed),
        comment=thread.signed.comment,
        evidence_url=thread.signed.evidence_url,
        pieces=_pieces(peer_review, thread, side),
        proposed=whole_answer(peer_review, item, reviewer.answer) if reviewer else "",
        answered=whole_answer(peer_review, item, economy.answer) if economy and economy.number else "",
        agreed=whole_answer(peer_review, item, thread.agreed.answer) if thread.agreed else "",
        status=status,
        status_kind=TAG_KINDS[kind],
        latest=thread.latest.number,
        is_touched=thread.is_touched,
        can_agree=thread.agreed is None and thread.latest.side is not side,
    )


def conversation(peer_review: OpenPeerReview, item: Item) -> list[Said]:
    """Return what was said about an item, in the order in which it was."""
    thread = peer_review.threads[item.code]
    found = [
        (
            position.at,
            position.side,
            position.author,
            _("proposed"),
            whole_answer(peer_review, item, position.answer),
            position.words,
        )
        for position in thread.positions[1:]
        if position.author
    ]
    found += [
        (yes.at, yes.side, yes.author, _("agreed"), whole_answer(peer_review, item, yes.answer), "") for yes in thread.agreements
    ]
    found += [
        (said.at, said.side, said.author, _("asked") if said.side is Side.REVIEWER else _("replied"), "", said.words)
        for said in thread.remarks
    ]
    who = _("{name} ({side})")
    return [
        Said(who.format(name=author, side=_(_SIDE_WORDS[side])), what, filters.moment(at), answer, words)
        for at, side, author, what, answer, words in sorted(found, key=lambda each: each[0])
    ]


def whole_answer(peer_review: OpenPeerReview, item: Item, answer: Answer) -> str:
    """Say an answer with the named fields that go with it, a line each."""
    fields = peer_review.frozen.questionnaire.fields_of(item)
    return "\n".join([answer_words(item, answer), *(record_words(fields, record) for record in answer.details)])


def section_of(peer_review: OpenPeerReview, item: str) -> Section:
    """Return the section that an item stands in."""
    return next(section for section in peer_review.sections if item in {each.code for each in section.items})


def read_proposal(peer_review: OpenPeerReview, item: str, form: Form) -> Entry:
    """Read the answer that a form proposes for one item."""
    alone = _alone(peer_review, item)
    return questions.read_entries(alone, form).get(item, Entry(RawAnswer(), 0))


def proposal(peer_review: OpenPeerReview, item: str, entry: Entry | None, problems: Sequence[FieldProblem]) -> parts.Question:
    """Show the question as a form in which another answer is proposed, filled with what was said last or just sent."""
    thread = peer_review.threads[item]
    answer = replace(thread.latest.answer, comment="", evidence_url="")
    saved = {item: SavedAnswer(answer, 0, thread.latest.at, "")}
    # With any problem of the form the answer comes back as it was typed, also where only the reason is missing.
    faults = [Problem(item, each.field, each.code, each.message) for each in problems]
    (shown,) = questions.questions(
        localized(peer_review.frozen.questionnaire),
        _alone(peer_review, item),
        saved,
        sent={item: entry} if entry else {},
        problems=faults,
    )
    return replace(
        shown,
        field_errors={field: words for field, words in shown.field_errors.items() if _is_of_answer(field)},
        is_proposal=True,
        is_core=False,
        saved_by=None,
        still_needed="",
        help_html=None,
        example=None,
    )


def signed_question(peer_review: OpenPeerReview, item: str) -> parts.Question:
    """Show the question with the answer as it was signed, to read."""
    thread = peer_review.threads[item]
    saved = {item: SavedAnswer(thread.signed, 0, thread.positions[0].at, "")}
    (shown,) = questions.questions(
        localized(peer_review.frozen.questionnaire), _alone(peer_review, item), saved, is_read_only=True
    )
    return replace(shown, is_core=False)


def summary(peer_review: OpenPeerReview, item: str, refused: Refused) -> list[parts.Problem]:
    """Name what is wrong, each with a link to its control."""
    asked = peer_review.frozen.questionnaire.items[item]

    def control(field: str) -> str:
        return questions.field_id(asked, field, refused.entry) if _is_of_answer(field) else field

    return [parts.Problem(_(each.message), f"#{control(each.field)}") for each in refused.problems]


def errors(problems: Sequence[FieldProblem]) -> Mapping[str, str]:
    """Return the messages of the fields that are not the answer's."""
    return {each.field: _(each.message) for each in problems if not _is_of_answer(each.field)}


def seen(form: Form) -> int:
    """Read which position a person saw; anything else than a number of ours was never the latest."""
    text = form.first("seen")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 - fits 32 bits


def _is_of_answer(field: str) -> bool:
    return field in {"value", "state", "reason", "options_reason", "not_applicable"} or field.startswith("record.")


def _alone(peer_review: OpenPeerReview, item: str) -> Section:
    """Return a section that asks this one item, whatever other answers it hangs on."""
    section = section_of(peer_review, item)
    asked = next(each for each in section.items if each.code == item)
    return section.model_copy(update={"items": (asked.model_copy(update={"show_if": None}),), "show_if": None})


def _pieces(peer_review: OpenPeerReview, thread: Thread, side: Side) -> list[parts.Piece]:
    files = f"/peer-reviews/{peer_review.id}/evidence" if side is Side.REVIEWER else "/evidence"
    return [
        evidence_words.piece_at(piece, piece.url or f"{files}/{piece.id}/versions/{piece.version}/file")
        for piece in thread.signed.evidence
    ]


def _status(thread: Thread, side: Side, *, can_talk: bool) -> tuple[str, str]:
    """Say where a question stands; where nothing can be said any more, it waits for nobody."""
    if can_talk and thread.waits_for(side):
        return _("Waits for you"), "waiting"
    if thread.agreed is not None:
        return _("Agreed"), "done"
    if thread.is_touched:
        return _("Under discussion"), "progress"
    return _("Not discussed"), "todo"
