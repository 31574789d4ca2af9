"""Words to people for whom an act of somebody else is the sign to begin: two sentences and a link, each in their own language.

These mails are always sent, whatever mails a person chose: without them two people would wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.mailing.choices import Reader
from app.accounts.mailing.letters import Place, paragraphs
from app.accounts.mailing.rounds import Words
from app.infra.catalogs import Catalogs
from app.infra.language import gettext as _
from app.infra.language import speaking
from app.infra.zones import in_zone
from app.kit.actor import Actor
from app.mail import service as mail


@dataclass(frozen=True, slots=True)
class Desk:
    """Where such mails are written: the address of the service, and its languages."""

    base_url: str
    catalogs: Catalogs


def tell(
    session: Session, actor: Actor, readers: Iterable[Reader], kind: str, words: Callable[[], Words], path: str, desk: Desk
) -> int:
    """Queue a word to each reader but the one who acts; `words` is called in each reader's language. Returns how many."""
    told = [reader for reader in readers if reader.user_id != actor.user_id]
    for reader in told:
        with speaking(desk.catalogs.get(reader.language)), in_zone(reader.time_zone):
            said = words()
            body = paragraphs(_("Dear {name},").format(name=reader.name), said.body, Place(desk.base_url).link(path))
            mail.queue(session, to=reader.email, subject=said.subject, body=body, kind=kind, economy=reader.economy)
    return len(told)
