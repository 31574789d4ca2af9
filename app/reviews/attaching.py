"""Evidence of a review's items: attach it, detach it, change it, remove it. Answers and their versions are not touched."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.domain.questionnaire.items import Item, ReferenceItem
from app.evidence import contents, link_check
from app.evidence import service as evidence
from app.evidence.contents import Content, Limits
from app.evidence.service import Described, EvidenceEntry
from app.infra.db import Database
from app.infra.objects import Objects
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound
from app.kit.say import mark
from app.reviews import evidence_queries
from app.reviews.answering import editable
from app.reviews.service import OpenReview, ReviewState, get_for, opened
from app.reviews.tables import Review

_CLOSED = mark("This cycle is closed, so its evidence can no longer be changed.")
_IN_SIGN_OFF = mark(
    "This evidence is attached to a review that waits for the approver's sign-off. Nothing was changed. The coordinator can take "
    "the review back."
)


@dataclass(frozen=True, slots=True)
class Files:
    """Where contents are kept, and how much of them."""

    objects: Objects
    limits: Limits


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: somebody's name for it, and its content."""

    name: str
    content: bytes


def choose(
    session: Session, actor: Actor, review_id: UUID, item: str, *, shown: Collection[UUID], ticked: Collection[UUID]
) -> None:
    """Attach what is ticked and detach what was shown and is not; what a colleague attached meanwhile stays."""
    review, row = _open_item(session, actor, review_id, item)
    attached = {UUID(piece.id) for piece in review.attached.get(item, ())}
    offered = {entry.id for entry in evidence.list_evidence(session, actor) if not entry.is_hidden}
    if not set(ticked) <= offered | attached:
        raise NotFound("evidence")
    _attach(session, actor, row, item, [each for each in ticked if each not in attached])
    _detach(session, actor, row, item, [each for each in attached if each in set(shown) and each not in set(ticked)])


def add_link(session: Session, actor: Actor, review_id: UUID, item: str, described: Described, url: str) -> UUID:
    """Add a link to the economy's evidence, and attach it to an item."""
    _review, row = _open_item(session, actor, review_id, item)
    added = evidence.add_link(session, actor, described, url)
    _attach(session, actor, row, item, [added])
    return added


def add_file(
    database: Database, files: Files, actor: Actor, review_id: UUID, item: str, described: Described, sent: SentFile
) -> UUID:
    """Check and store a file, add it to the economy's evidence, and attach it to an item.

    It opens its own short transactions: looking through a file takes long, and others must not wait for it.
    """

    def allowed(session: Session) -> None:
        _open_item(session, actor, review_id, item, lock=False)

    content = _stored(database, files, actor, described, sent, allowed)
    with database.write() as session:
        _review, row = _open_item(session, actor, review_id, item)
        contents.keep(session, files.objects, actor, content, files.limits)
        added = evidence.add_file(session, actor, described, content)
        _attach(session, actor, row, item, [added])
    return added


def change_link(
    session: Session, actor: Actor, review_id: UUID, evidence_id: UUID, described: Described, url: str, *, seen: int
) -> None:
    """Change a link, as a new version."""
    require_changeable(session, actor, review_id, evidence_id)
    evidence.change_link(session, actor, evidence_id, described, url, seen=seen)


def describe_file(session: Session, actor: Actor, review_id: UUID, evidence_id: UUID, described: Described, *, seen: int) -> None:
    """Change the title or the dates of a file, as a new version."""
    require_changeable(session, actor, review_id, evidence_id)
    evidence.describe_file(session, actor, evidence_id, described, seen=seen)


def replace_file(
    database: Database, files: Files, actor: Actor, review_id: UUID, evidence_id: UUID, sent: SentFile, *, seen: int
) -> None:
    """Put another content in the place of a file, as a new version that keeps its title and is had as of today."""
    with database.read() as session:
        entry, _versions = evidence.get_evidence(session, actor, evidence_id)
    dated_on = entry.current.dated_on.isoformat() if entry.current.dated_on else ""
    described = Described(entry.current.title, dated_on)

    def allowed(session: Session) -> None:
        require_changeable(session, actor, review_id, evidence_id, lock=False)

    content = _stored(database, files, actor, described, sent, allowed)
    with database.write() as session:
        require_changeable(session, actor, review_id, evidence_id)
        contents.keep(session, files.objects, actor, content, files.limits)
        evidence.replace_file(session, actor, evidence_id, described, content, seen=seen)


def detach(session: Session, actor: Actor, review_id: UUID, item: str, evidence_id: UUID) -> None:
    """Detach a piece from one item; it stays among the economy's evidence."""
    _review, row = _open_item(session, actor, review_id, item)
    _detach(session, actor, row, item, [evidence_id])


def remove(session: Session, actor: Actor, review_id: UUID, evidence_id: UUID) -> bool:
    """Remove a piece. One that a submission names stays readable and is only hidden from choice: then the answer is False."""
    require_changeable(session, actor, review_id, evidence_id)
    found, _versions = evidence.get_evidence(session, actor, evidence_id)
    for row, item in evidence_queries.reviews_with(session, actor, evidence_id):
        if ReviewState(row.state) in {ReviewState.DRAFT, ReviewState.REOPENED}:
            _detach(session, actor, row, item, [evidence_id])
    is_signed = evidence_queries.is_signed(session, found.economy, evidence_id)
    (evidence.hide if is_signed else evidence.remove)(session, actor, evidence_id)
    return not is_signed


def list_offered(session: Session, actor: Actor, review: OpenReview, item: str) -> list[EvidenceEntry]:
    """List what can be attached to an item: the economy's evidence, and what is attached already though it is hidden."""
    attached = {piece.id for piece in review.attached.get(item, ())}
    return [entry for entry in evidence.list_evidence(session, actor) if not entry.is_hidden or str(entry.id) in attached]


def take_along(session: Session, actor: Actor, review_id: UUID, item: str, pieces: Collection[UUID]) -> None:
    """Attach what supports an answer elsewhere in the economy to the answer that is taken over."""
    review, row = _open_item(session, actor, review_id, item)
    attached = {piece.id for piece in review.attached.get(item, ())}
    offered = {entry.id for entry in evidence.list_evidence(session, actor) if not entry.is_hidden}
    _attach(session, actor, row, item, [each for each in pieces if str(each) not in attached and each in offered])


def watch_links(database: Database) -> None:
    """Watch every link that is evidence now: those of pieces, and those that are pasted into answers. For a job."""
    with database.write() as session:
        link_check.watch_links(session, evidence_queries.pasted_links(session))


def require_changeable(session: Session, actor: Actor, review_id: UUID, evidence_id: UUID, *, lock: bool = True) -> None:
    """Refuse to change what an approver is reading at this moment, and what is not the economy's.

    It makes a hand-over wait until the change is made, and waits for one itself; without `lock` it only looks.
    """
    get_for(session, actor, review_id)
    if lock:
        evidence_queries.lock_reviews(session, actor)
    evidence.get_evidence(session, actor, evidence_id)
    waiting = [row for row, _item in evidence_queries.reviews_with(session, actor, evidence_id)]
    if any(row.state == ReviewState.IN_SIGN_OFF for row in waiting):
        raise Conflict(_IN_SIGN_OFF)


def _stored(
    database: Database,
    files: Files,
    actor: Actor,
    described: Described,
    sent: SentFile,
    allowed: Callable[[Session], None],
) -> Content:
    """Check who asks, then the file, then the room for it; and write it before any row speaks of it."""
    with database.read() as session:
        allowed(session)
    content = contents.read_content(sent.name, sent.content, files.limits)
    evidence.read_described(described, content.name)
    with database.read() as session:
        contents.require_room(session, files.objects, actor, content, files.limits)
    contents.store(files.objects, actor, content)
    return content


def _open_item(session: Session, actor: Actor, review_id: UUID, item: str, *, lock: bool = True) -> tuple[OpenReview, Review]:
    row = editable(session, actor, review_id, lock=lock)
    review = opened(session, row)
    if not review.cycle.is_open:
        raise Conflict(_CLOSED)
    get_item(review, item)
    return review, row


def get_item(review: OpenReview, code: str) -> Item:
    """Return an item that can have evidence; anything else raises NotFound."""
    item = review.questionnaire.items.get(code)
    if item is None or isinstance(item, ReferenceItem):
        raise NotFound("item")
    return item


def _attach(session: Session, actor: Actor, row: Review, item: str, pieces: Collection[UUID]) -> None:
    once = tuple(dict.fromkeys(pieces))
    if once:
        evidence_queries.attach(session, row, item, once, actor, clock.now())
        _record(session, actor, row, "reviews.evidence_attached", item, once)


def _detach(session: Session, actor: Actor, row: Review, item: str, pieces: Collection[UUID]) -> None:
    if pieces:
        evidence_queries.detach(session, row, item, pieces, actor, clock.now())
        _record(session, actor, row, "reviews.evidence_detached", item, pieces)


def _record(session: Session, actor: Actor, row: Review, action: str, item: str, pieces: Collection[UUID]) -> None:
    row.updated_at = clock.now()
    session.flush()
    detail = {"item": item, "evidence": " ".join(map(str, pieces))}
    audit.record(session, actor, action, target_kind="review", target_id=row.id, economy=row.economy, detail=detail)
