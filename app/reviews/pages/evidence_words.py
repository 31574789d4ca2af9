"""Evidence in the reader's words: what is attached, what is still needed, and whether links still lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.answers import BLANK, Answer, Piece
from app.domain.questionnaire.flow import asked_items, asked_sections, needs_evidence
from app.domain.questionnaire.items import Item, ReferenceItem
from app.evidence.links import LinkStanding, LinkState
from app.evidence.service import EvidenceEntry, VersionEntry
from app.reviews.service import OpenReview
from app.reviews.sign_off import FrozenReview
from app.web import filters, parts
from app.web.i18n import gettext as _
from app.web.i18n import mark, ngettext

NEEDED = mark("Evidence is still needed for this answer. Until there is some, it counts less where scores follow the evidence.")
LINK_WORDS = {
    LinkState.NEW: (mark("Not checked yet"), "todo"),
    LinkState.OK: (mark("Link works"), "done"),
    LinkState.MOVED: (mark("Link has moved"), "waiting"),
    LinkState.UNREACHABLE: (mark("Link did not answer"), "waiting"),
    LinkState.DEAD: (mark("Link is dead"), "problem"),
    LinkState.NOT_PUBLIC: (mark("Link cannot be checked"), "todo"),
}
_WHAT_TO_DO = {
    LinkState.MOVED: mark("The page has moved for good. Give its new address, so that it is found later too."),
    LinkState.UNREACHABLE: mark("The page did not answer at the last check. It is tried again; you need to do nothing yet."),
    LinkState.DEAD: mark("The page is gone, at several checks over days. Give its new address, or add the document as a file."),
    LinkState.NOT_PUBLIC: mark("This address is not one that everybody can reach, so this service does not ask it."),
}
_KILOBYTE, _MEGABYTE = 1_000, 1_000_000


def beside(review: OpenReview) -> dict[str, parts.Attached]:
    """Return for every asked question what is attached to it, and whether evidence is still needed."""
    sections = asked_sections(review.questionnaire, review.answers)
    items = [item for section in sections for item in asked_items(section, review.answers)]
    return {
        item.code: attached(
            item,
            review.answers.get(item.code, BLANK),
            [piece_at(piece, f"/reviews/{review.id}/evidence/{piece.id}") for piece in review.attached.get(item.code, ())],
            f"/reviews/{review.id}/items/{item.code}/evidence" if review.is_editable else "",
        )
        for item in items
        if not isinstance(item, ReferenceItem)
    }


def signed(frozen: FrozenReview) -> dict[str, parts.Attached]:
    """Return what was attached when a revision was signed: each file as it was, each link as it was given."""
    items = frozen.questionnaire.items
    return {
        code: attached(items[code], answer, [piece_at(piece, _signed_address(piece)) for piece in answer.evidence])
        for code, answer in frozen.answers.items()
        if code in items
    }


def unsupported(review: OpenReview) -> list[Item]:
    """Return the asked items whose answers still need evidence, in the order of the form."""
    sections = asked_sections(review.questionnaire, review.answers)
    items = [item for section in sections for item in asked_items(section, review.answers)]
    return [item for item in items if needs_evidence(item, review.answers.get(item.code, BLANK))]


def titles(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """Name pieces in a line each."""
    return tuple(piece.title for piece in pieces)


def about(version: VersionEntry) -> str:
    """Say what a version is: a link or a file, of when, and since when the economy has it."""
    # A file without a title of its own goes by its name, which is said once.
    file = size_words(version.size) if version.title == version.file_name else f"{version.file_name}, {size_words(version.size)}"
    what = _("Link") if version.url else file
    dated = _("dated {day}").format(day=filters.day(version.dated_on)) if version.dated_on else _("without a date")
    had = _("retrieved {day}").format(day=filters.day(version.retrieved_on))
    return _("{what}; {dated}, {retrieved}").format(what=what, dated=dated, retrieved=had)


def size_words(size: int) -> str:
    """Say a size as people read it."""
    if size < _KILOBYTE:
        return _("{number} bytes").format(number=size)
    if size < _MEGABYTE:
        return _("{number} kB").format(number=round(size / _KILOBYTE))
    return _("{number} MB").format(number=f"{size / _MEGABYTE:.1f}")


def link_task(title: str, href: str, hint: str, standing: LinkStanding) -> parts.Task:
    """Show a link with what is known of its address."""
    words, kind = LINK_WORDS[standing.state]
    return parts.Task(title, _(words), kind, href, hint)


def advice(standing: LinkStanding | None) -> str:
    """Say what to do about a link; empty where nothing is to be done."""
    if standing is None or standing.state not in _WHAT_TO_DO:
        return ""
    return _(_WHAT_TO_DO[standing.state])


def supports(codes: Iterable[str]) -> str:
    """Say which questions a piece supports in this review."""
    found = list(codes)
    if not found:
        return _("Not attached to a question of this review.")
    words = ngettext("Attached to question {codes}.", "Attached to questions {codes}.", len(found))
    return words.format(codes=", ".join(found))


def stands_in(codes: list[str]) -> str:
    """Say in which answers a pasted link stands."""
    words = ngettext("In the answer to {codes}.", "In the answers to {codes}.", len(codes))
    return words.format(codes=", ".join(codes))


def piece_task(entry: EvidenceEntry, href: str, codes: Iterable[str]) -> parts.Task:
    """Show a piece in a list: what it is, what it supports, and how its link stands."""
    hint = f"{about(entry.current)}. {supports(codes)}"
    if entry.current.version > 1:
        hint = f"{hint} {_('Version {number}').format(number=entry.current.version)}."
    if entry.link is not None:
        return link_task(entry.current.title, href, hint, entry.link)
    status, kind = (_("No longer offered"), "locked") if entry.is_hidden else (_("File is kept"), "done")
    return parts.Task(entry.current.title, status, kind, href, hint)


def attached(item: Item, answer: Answer, pieces: Sequence[parts.Piece], change_href: str = "") -> parts.Attached:
    """Return what stands beside an answer: what is attached, and whether evidence is still needed."""
    return parts.Attached(pieces, _(NEEDED) if needs_evidence(item, answer) else "", change_href)


def piece_at(piece: Piece, href: str) -> parts.Piece:
    """Show a piece that can be read at an address: its title, and its file's name."""
    return parts.Piece(piece.title, href, _("link") if piece.url else piece.file_name, is_elsewhere=href == piece.url)


def _signed_address(piece: Piece) -> str:
    return piece.url or f"/evidence/{piece.id}/versions/{piece.version}/file"
