"""Reviews that could be moved to a newer version, and one that was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.questionnaires import service as questionnaires
from app.reviews import answering
from app.reviews import service as reviews
from app.reviews.answering import Entry
from app.reviews.moving import service as moving
from tests.reviews.test_moving import A2, A4, A5, changed
from tests.scenarios import COMPLETE, SMALL, document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.questionnaire.document import Questionnaire
    from app.domain.reading import RawAnswer
    from tests.browser.live import LiveServer

_CODE = ("code: small", "code: moving")
_LATER = changed(
    _CODE,
    ("How far is the strategy?", "How far is the national strategy, and those of the ministries that it names?"),
    (A2, f"{A2}        lineage: {{change: redefined}}\n"),
    (A4, A5),
    ("points: 50", "points: 40"),
)


def move_places(live: LiveServer) -> dict[str, str]:
    """Fill in two reviews, publish a newer version, and move one of them."""
    first = publish(live, document(SMALL.replace(*_CODE)))
    found = {name: filled(live, first, cycle) for name, cycle in (("movable", "2026"), ("moved", "2027"))}
    publish(live, document(_LATER))
    move(live, found["moved"])
    with live.database.write() as session:
        answering.save_answer(session, live.actor(Role.CONTRIBUTOR), found["moved"], "B1", Entry(COMPLETE["B1"], 1))
        answering.save_answer(session, live.actor(Role.CONTRIBUTOR), found["moved"], "A2", Entry(COMPLETE["A2"], 2))
    return {name: str(review) for name, review in found.items()}


def publish(live: LiveServer, found: Questionnaire) -> Questionnaire:
    """Publish a questionnaire of these places' own."""
    with live.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, found)
    return found


def filled(live: LiveServer, found: Questionnaire, cycle: str, given: Mapping[str, RawAnswer] = COMPLETE) -> UUID:
    """Start a review and fill it in."""
    with live.database.write() as session:
        economies.open_cycle(session, COMMAND_LINE, found.code, cycle)
        review = reviews.start_review(session, live.actor(Role.COORDINATOR), found.code, found.version, cycle)
        for code, raw in given.items():
            answering.save_answer(session, live.actor(Role.CONTRIBUTOR), review, code, Entry(raw, 0))
    return review


def move(live: LiveServer, review: UUID) -> None:
    """Move a review to the newest version, as its list says by itself."""
    coordinator = live.actor(Role.COORDINATOR)
    with live.database.write() as session:
        shown = moving.propose(session, moving.open_to_move(session, coordinator, review))
        assert shown is not None
        moving.move(session, coordinator, review, shown.after.version, shown.wishes, seen=shown.seen)
