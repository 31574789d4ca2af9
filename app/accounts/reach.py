"""Whose rows an actor's transactions are held to, whatever their statements ask for."""

from __future__ import annotations

from app.infra.scope import EVERYTHING, NOTHING, Scope, of_economy
from app.kit.actor import Actor, Role

_OF_THE_SERVICE = frozenset({Role.ADMINISTRATOR, Role.SECRETARIAT})


def reach_of(actor: Actor) -> Scope:
    """Return an official's economy; everything for administrators and the secretariat, whose acts go across economies.

    Analysts read what is published only. A peer reviewer's reach comes with the peer reviews that they are asked for.
    """
    if actor.role in _OF_THE_SERVICE:
        return EVERYTHING
    return of_economy(actor.economy) if actor.is_official and actor.economy is not None else NOTHING
