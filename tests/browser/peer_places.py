"""One peer review in every state, all of one signed review of our economy, given by the expert among the people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import update

from app.accounts import invitations
from app.accounts.invitations import PAUSE
from app.accounts.tables import Invitation
from app.domain.reading import RawAnswer
from app.kit import clock
from app.kit.actor import Role
from app.peer_reviews import closing, conflicts, conversation, inviting, reviewing, service
from app.peer_reviews.inviting import Wanted

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

WORDS = "zzz"  # whatever a person writes
STATES = ("fresh", "invited", "open", "in_response", "closing", "closed", "withdrawn")


def peer_places(live: LiveServer) -> dict[str, str]:
    """Make them, and name them by their states; `peer_review_of` is the review."""
    review = live.fill_review()
    live.ask_for_sign_off(review)
    live.submit(review)
    found = {f"peer_{state}": str(_brought_to(live, review, state)) for state in STATES}
    with live.database.write() as session:  # another link may be asked for a minute after the first
        session.execute(update(Invitation).values(created_at=clock.now() - PAUSE))
    return found | {"peer_review_of": str(review)}


def _brought_to(live: LiveServer, review: UUID, state: str) -> UUID:
    coordinator, expert = live.actor(Role.COORDINATOR), live.actor(Role.PEER_REVIEWER)
    wanted = Wanted(
        "expert",
        name="New Person",
        email="expert@example.net",
        sections=("B1", "B2"),
        note=WORDS,
        due_on="2099-01-15",
        shows_evidence=True,
    )
    steps = STATES.index(state)
    with live.database.write() as session:
        fresh = inviting.invite(session, coordinator, review, wanted)
        if steps >= STATES.index("invited"):
            invitations.claim(session, expert, fresh.path.removeprefix("/invitations/"))
    if steps >= STATES.index("open"):
        with live.database.write() as session:
            reviewing.accept(session, expert, fresh.id, conflict="some", words=WORDS)
            (reviewer,) = service.open_for_economy(session, coordinator, review, fresh.id).reviewers
            conflicts.go_on(session, coordinator, review, fresh.id, reviewer.id)
            conversation.propose(session, expert, fresh.id, "B1-01", RawAnswer(value="2"), WORDS, seen=0)
            conversation.agree(session, expert, fresh.id, "B1-02", seen=0)
            conversation.remark(session, expert, fresh.id, "B1-03", WORDS)
    if steps >= STATES.index("in_response"):
        with live.database.write() as session:
            reviewing.hand_over(session, expert, fresh.id)
    if state in {"closing", "closed"}:
        with live.database.write() as session:
            closing.ask_to_close(session, coordinator, review, fresh.id)
    with live.database.write() as session:
        if state == "closed":
            approver = live.actor(Role.APPROVER)
            read = closing.fingerprint(service.open_for_economy(session, approver, review, fresh.id))
            closing.close(session, approver, review, fresh.id, read=read)
        if state == "withdrawn":
            inviting.withdraw(session, coordinator, review, fresh.id, WORDS)
    return fresh.id
