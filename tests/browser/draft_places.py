"""Drafts in their states, for the pages of administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from app.authoring import closing, drafts, editing
from app.authoring.preview import trying
from app.domain.drafting.document import Address, Kind, etag_of
from app.domain.questionnaire.items import QuantityItem
from app.kit.actor import COMMAND_LINE, Role
from app.questionnaires import retiring
from app.questionnaires import service as questionnaires
from tests.builders import QUESTIONNAIRES

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

_FIRST = Address(Kind.ITEM, "B1-01")


def draft_places(live: LiveServer) -> dict[str, str]:
    """Start a clean draft, one that is tried, one with problems and a past, one without scores, and one that is discarded."""
    found = {
        name: _start(live) for name in ("draft", "draft_tried", "draft_with_problems", "draft_discarded", "draft_not_scored")
    }
    _save(live, found["draft"], {"text": "Who leads?"})
    _save(live, found["draft_with_problems"], {"text": "", "weight": "heavy"})
    _save(live, found["draft_not_scored"], {"clauses": [], "levels": []})
    found["draft_of_a_first"] = _blank(live)
    with live.database.write() as session:
        trying.fill_in(session, live.actor(Role.ADMINISTRATOR), found["draft_tried"], "zzz")
        closing.discard(session, live.actor(Role.ADMINISTRATOR), found["draft_discarded"], 0)
    return {name: str(draft) for name, draft in found.items()} | {"retired": _retire(live), "figure": _figure(live)}


def _figure(live: LiveServer) -> str:
    """Return the code of a question whose points lie on a curve."""
    items = live.questionnaire.items.values()
    return next(item.code for item in items if isinstance(item, QuantityItem) and item.goalposts is not None)


def _blank(live: LiveServer) -> UUID:
    with live.database.write() as session:
        return drafts.start_blank(session, live.actor(Role.ADMINISTRATOR), "zzz", "2027.1", "zzz").id


def _retire(live: LiveServer) -> str:
    """Publish a small questionnaire and retire it; return the end of its address."""
    checked = questionnaires.check_file((QUESTIONNAIRES / "gates.yaml").read_bytes()).questionnaire
    assert checked is not None
    with live.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, checked)
        retiring.retire(session, COMMAND_LINE, checked.code, checked.version, "Another version asks for dates.")
    return f"{checked.code}/{checked.version}"


def _start(live: LiveServer) -> UUID:
    with live.database.write() as session:
        document = live.questionnaire
        return drafts.start_from_version(session, live.actor(Role.ADMINISTRATOR), document.code, document.version).id


def _save(live: LiveServer, draft: UUID, fields: dict[str, object]) -> None:
    actor = live.actor(Role.ADMINISTRATOR)
    with live.database.write() as session:
        part = drafts.open_draft(session, actor, draft).document.find(_FIRST)
        assert part is not None
        editing.save_part(session, actor, draft, _FIRST, {**part, **fields}, etag_of(part))
