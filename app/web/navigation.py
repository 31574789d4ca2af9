"""The main navigation: which links each role sees, and what roles are called."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.actor import ECONOMY_ROLES, Actor, Role
from app.web.frame import NavLink
from app.web.i18n import gettext as _
from app.web.i18n import mark


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    href: str
    roles: frozenset[Role] | None = None


_ENTRIES = (
    _Entry(mark("My reviews"), "/reviews", ECONOMY_ROLES),
    _Entry(mark("Peer reviews"), "/peer-reviews", ECONOMY_ROLES | {Role.PEER_REVIEWER}),
    _Entry(mark("Team"), "/team", frozenset({Role.COORDINATOR})),
    _Entry(mark("Benchmarks"), "/benchmarks"),
    _Entry(mark("Questionnaires"), "/questionnaires"),
    _Entry(mark("Administration"), "/admin", frozenset({Role.ADMINISTRATOR})),
    _Entry(mark("Meeting papers"), "/admin/papers", frozenset({Role.SECRETARIAT})),
    _Entry(mark("My account"), "/account", frozenset(Role)),
)

_ROLE_LABELS = {
    Role.CONTRIBUTOR: mark("Contributor"),
    Role.COORDINATOR: mark("Coordinator"),
    Role.APPROVER: mark("Approver"),
    Role.ADMINISTRATOR: mark("Administrator"),
    Role.SECRETARIAT: mark("Secretariat"),
    Role.ANALYST: mark("Analyst"),
    Role.PEER_REVIEWER: mark("Peer reviewer"),
}


def role_label(role: Role) -> str:
    """Return a role in the reader's words."""
    return _(_ROLE_LABELS[role])


def landing_for(actor: Actor) -> str:
    """Return the page where this actor's work is: where one arrives after signing in without having asked for a page."""
    if actor.is_official:
        return "/reviews"
    if actor.role is Role.PEER_REVIEWER:
        return "/peer-reviews"
    return "/admin" if actor.role is Role.ADMINISTRATOR else "/"


def nav_for(actor: Actor | None, path: str = "") -> tuple[NavLink, ...]:
    """Return the links that this actor sees; the one that `path` lies under is marked as current."""
    return tuple(
        NavLink(_(entry.label), entry.href, is_current=path == entry.href or path.startswith(f"{entry.href}/"))
        for entry in _ENTRIES
        if entry.roles is None or (actor is not None and actor.role in entry.roles)
    )
