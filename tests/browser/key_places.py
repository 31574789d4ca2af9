"""Requests for keys in every state, and keys that were used, replaced and revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import time_machine

from app.accounts import keys
from app.accounts.clients import asking, granting, overseeing, rotation, usage
from app.accounts.clients.asking import Wish
from app.accounts.mailing.notices import Desk
from app.accounts.scopes import Scope
from app.accounts.signing_in.sign_in import Browser
from app.infra.catalogs import Catalogs
from app.infra.mail import MemorySender
from app.infra.tally import Counted
from app.kit import clock
from app.kit.actor import Role
from app.mail.delivery import deliver_due

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

PURPOSE = "We draw a map of readiness for our readers, and renew it whenever a release comes out."
INSTITUTION = "Institute of Examples for Policy and Measurement of the Pacific"


def key_places(live: LiveServer) -> dict[str, str]:
    """Make them, and return their addresses by name."""
    desk = Desk(live.url, Catalogs(live.settings.translations))
    found = {
        "key_to_confirm": _asked(live, desk, "rosa@example.org"),
        "key_confirmed": _asked(live, desk, "quin@example.org"),
        "key_asked": _confirmed(live, desk, "sam@example.org"),
        "key_to_collect": _granted(live, desk, "tom@example.org"),
        "key_collected": _granted(live, desk, "wim@example.org"),
        "key_collected_by_form": _granted(live, desk, "xia@example.org"),
        "key_to_sign_in": _granted(live, desk, "analyst@example.org"),
        "key_not_collected": _confirmed(live, desk, "uma@example.org"),
    }
    _grant(live, desk, found["key_not_collected"])
    declined = _confirmed(live, desk, "vic@example.org")
    with live.database.write() as session:
        granting.decline(session, live.actor(Role.ADMINISTRATOR), _id(declined), reason="Say who reads it.", desk=desk)
    return found | {"key_declined": declined} | _keys(live, desk)


def _keys(live: LiveServer, desk: Desk) -> dict[str, str]:
    """Two keys of the analyst's, of which one replaced the other, one that was revoked, and one that changes questionnaires."""
    analyst, administrator = live.actor(Role.ANALYST), live.actor(Role.ADMINISTRATOR)
    with live.database.write() as session:
        old = keys.create_key(session, analyst, label="Nightly figures").key
        ended = keys.create_key(session, analyst, label="A copy of last year").key
        more = keys.create_key(session, administrator, label="Drafts", scopes=frozenset(Scope)).key
        replaced = keys.create_key(session, analyst, label="Weekly figures").key
        fresh = rotation.rotate(session, analyst, old.id, overlap_days=7, desk=desk).fresh.key
        overseeing.revoke(session, administrator, ended.id, reason="It stood in a public repository.", desk=desk)
    today = clock.now()
    for ago in (12, 5, 1, 0):
        with time_machine.travel(today - timedelta(days=ago), tick=False), live.database.write() as session:
            counted = {
                (old.id, "releases"): Counted(2_140 - 100 * ago, 700, 12 * (ago == 1)),
                (old.id, "sdmx"): Counted(310 + ago, 40, 0),
                (old.id, "me"): Counted(4, 0, 0),
            }
            usage.add(session, counted)
    return {
        "key_old": str(old.id),
        "key_new": str(fresh.id),
        "key_to_replace": str(replaced.id),
        "key_revoked": str(ended.id),
        "key_author": str(more.id),
    }


def _asked(live: LiveServer, desk: Desk, email: str) -> str:
    wish = Wish("Rosa Reader", INSTITUTION, email, PURPOSE, "standard", agrees=True)
    asking.ask(live.database, wish, browser=Browser(f"192.0.2.{email[0].encode()[0]}", "Tests/1"), desk=desk)
    return _link(live, "confirm", email)


def _confirmed(live: LiveServer, desk: Desk, email: str) -> str:
    token = _asked(live, desk, email).rpartition("/")[2]
    with live.database.write() as session:
        asking.confirm(session, token, desk)
    with live.database.read() as session:
        return str(granting.list_open(session, live.actor(Role.ADMINISTRATOR))[-1].id)


def _granted(live: LiveServer, desk: Desk, email: str) -> str:
    _grant(live, desk, _confirmed(live, desk, email))
    return _link(live, "collect", email)


def _grant(live: LiveServer, desk: Desk, request_id: str) -> None:
    with live.database.write() as session:
        granting.grant(session, live.actor(Role.ADMINISTRATOR), _id(request_id), tier="large", days=90, desk=desk)


def _link(live: LiveServer, kind: str, email: str) -> str:
    box = MemorySender()
    deliver_due(live.database, box)
    bodies = [letter.body for letter in box.letters if letter.recipient == email]
    return str([path for body in bodies for path in re.findall(rf"/keys/{kind}/\S+", body)][-1])


def _id(text: str) -> UUID:
    return UUID(text)
