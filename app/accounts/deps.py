"""Who may call a route: every route names exactly one of these policies, and a test sees to it.

Pages: `Public`, `OptionalActor`, `CurrentActor`, or `Annotated[Actor, Depends(require(Role.COORDINATOR))]`.
API: `Public`, `OptionalApiActor`, `ApiActor`, or `Annotated[Actor, Depends(require_api(Role.ANALYST))]`; for changes that a key
may make, `Annotated[Actor, Depends(may_change(Scope.AUTHOR))]`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.accounts import keys, sessions
from app.accounts.identity import Identity
from app.accounts.mailing.notices import Desk
from app.accounts.reach import reach_of
from app.accounts.scopes import Scope, scopes_for
from app.accounts.second_step.passkeys import Site, site_of
from app.accounts.sessions import Lifetime
from app.accounts.signing_in.confirming import AskAgain
from app.accounts.signing_in.sign_in import Browser
from app.config import Settings
from app.infra.db import Database
from app.infra.oidc import Issuer, open_issuer
from app.infra.passwords import Passwords
from app.infra.scope import read_for
from app.infra.sealing import Seal, open_seal
from app.infra.zones import read_in
from app.kit.actor import Actor, Role
from app.kit.errors import Forbidden, NotFound, NotSignedIn
from app.kit.say import mark, say
from app.web.cookies import session_token
from app.web.csrf import SAFE_METHODS, CrossSiteRequest, check_csrf_token
from app.web.page import page_frame
from app.web.paths import is_api
from app.web.turn import require_turn

WAYS = "/account/ways-to-sign-in"

_ADMINISTRATORS = mark("Only an administrator can make this change. Ask one of yours.")
_FREE = ("/sign-out", "/language")  # what a person may do who still has to set up a second step


class KeyOnlyReads(Forbidden):
    """An API key was used to change something."""

    code = "key_only_reads"

    def __init__(self) -> None:
        super().__init__(mark("No API key can make this change. Make it on the pages, signed in as yourself."))


class ScopeMissing(Forbidden):
    """The key may read, and was not made for this change; `extra` names the scope."""

    code = "scope_missing"

    def __init__(self, scope: Scope) -> None:
        words = say(
            "This key has no scope {scope}, so it changes nothing here. Create one that has it, under My account, API keys.",
            scope=scope.value,
        )
        super().__init__(words, extra={"scope": scope.value})


class KeyNeeded(Forbidden):
    """The act asks for the password on its page; over the API only a key stands for that, because making it asked for it."""

    code = "key_needed"

    def __init__(self) -> None:
        super().__init__(mark("Over the API this takes a key with the scope that it needs. In a browser, use its page instead."))


class SecondStepNeeded(Forbidden):
    """The service asks this person for a second step, and there is none yet: nothing else can be done before."""

    code = "second_step_needed"

    def __init__(self) -> None:
        words = mark("This service asks for a second step when you sign in. Set one up first, under Ways to sign in.")
        super().__init__(words, extra={"leads_to": WAYS})


def session_identity(request: Request) -> Identity | None:
    """Recognise the session of this request, once, and leave what forms and frames need in its state.

    It uses a connection of its own and gives it back, so that no request ever holds two connections.
    """
    if not hasattr(request.state, "identity"):
        request.state.identity = _recognised(request)
    found: Identity | None = request.state.identity
    return found


def _recognised(request: Request) -> Identity | None:
    token = session_token(request)
    require_turn(request)
    identity = None if token is None else _of_token(request, token)
    if identity is not None:
        request.state.actor = identity.actor
        request.state.csrf_secret = identity.csrf_secret
        read_for(reach_of(identity.actor))
        read_in(identity.time_zone)
    if not is_api(request.scope["path"]):
        request.state.frame = page_frame(request, "")  # error pages keep the navigation
    if identity is not None and needs_second_step(request, identity) and not _is_on_the_way(request.scope["path"]):
        raise SecondStepNeeded
    return identity


def needs_second_step(request: Request, identity: Identity) -> bool:
    """Tell whether this person has to set up a second step before anything else."""
    settings: Settings = request.app.state.settings
    asked = {"none": False, "administrators": identity.actor.role is Role.ADMINISTRATOR, "everyone": True}
    return asked[settings.require_second_factor] and not identity.has_second_factor


SessionIdentity = Annotated[Identity | None, Depends(session_identity)]


async def csrf_secret(request: Request) -> str | None:
    """Return the form secret of the session; `main` gives this to `web.forms.csrf_secret`."""
    is_known = hasattr(request.state, "identity")
    identity: Identity | None = request.state.identity if is_known else await run_in_threadpool(session_identity, request)
    return None if identity is None else identity.csrf_secret


async def public() -> None:
    """Policy: anyone, and nobody is recognised."""


async def optional_identity(identity: SessionIdentity) -> Identity | None:
    """Policy: anyone; signed-in people are recognised."""
    return identity


async def current_identity(identity: SessionIdentity) -> Identity:
    """Policy: signed-in people; others are sent to the sign-in page."""
    if identity is None:
        raise NotSignedIn
    return identity


def optional_api_identity(request: Request) -> Identity | None:
    """Policy: anyone; a key or a session is recognised, and a bad key is refused."""
    header = request.headers.get("authorization")
    return _of_session(request) if header is None else _of_key(request, header)


def api_identity(request: Request) -> Identity:
    """Policy: people and programs with a key, and signed-in people."""
    identity = optional_api_identity(request)
    if identity is None:
        raise NotSignedIn
    return identity


def key_identity(request: Request) -> Identity:
    """Policy: a key, about itself: whatever its scopes, it may look at its own use and replace itself."""
    header = request.headers.get("authorization")
    if header is not None:
        return _recognised_key(request, header)
    if _of_session(request) is None:
        raise NotSignedIn
    raise KeyNeeded


POLICIES: dict[Callable[..., object], str] = {
    public: "anyone",
    optional_identity: "anyone; signed-in people are recognised",
    current_identity: "signed-in people",
    optional_api_identity: "anyone; a key or a session is recognised",
    api_identity: "a key or a session",
    key_identity: "a key, about itself",
}

OptionalIdentity = Annotated[Identity | None, Depends(optional_identity)]
CurrentIdentity = Annotated[Identity, Depends(current_identity)]
OptionalApiIdentity = Annotated[Identity | None, Depends(optional_api_identity)]
ApiIdentity = Annotated[Identity, Depends(api_identity)]
KeyIdentity = Annotated[Identity, Depends(key_identity)]


async def optional_actor(identity: OptionalIdentity) -> Actor | None:
    """Return who is signed in, or None."""
    return None if identity is None else identity.actor


async def current_actor(identity: CurrentIdentity) -> Actor:
    """Return who is signed in."""
    return identity.actor


async def optional_api_actor(identity: OptionalApiIdentity) -> Actor | None:
    """Return who asks, or None."""
    return None if identity is None else identity.actor


async def api_actor(identity: ApiIdentity) -> Actor:
    """Return who asks."""
    return identity.actor


Public = Depends(public)
OptionalActor = Annotated[Actor | None, Depends(optional_actor)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
OptionalApiActor = Annotated[Actor | None, Depends(optional_api_actor)]
ApiActor = Annotated[Actor, Depends(api_actor)]


def require(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """Return a dependency for pages: signed in, with one of these roles."""

    async def with_role(actor: CurrentActor) -> Actor:
        return _with_role(actor, roles)

    return with_role


def require_api(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """Return a dependency for the API: a key or a session whose owner has one of these roles."""

    async def with_role(actor: ApiActor) -> Actor:
        return _with_role(actor, roles)

    return with_role


def may_change(scope: Scope, *, key_only: bool = False) -> Callable[[Request], Actor]:
    """Return a dependency for changes by the API: a session, or a key with this scope, of somebody whose role may have it.

    `key_only` refuses sessions: where the page of the same act asks for the password again."""

    def scoped_actor(request: Request) -> Actor:
        header = request.headers.get("authorization")
        identity = _of_session(request) if header is None else _recognised_key(request, header)
        if identity is None:
            raise NotSignedIn
        if scope not in scopes_for(identity.actor.role):
            raise Forbidden(_ADMINISTRATORS)
        if identity.key_id is not None and scope not in identity.scopes:
            raise ScopeMissing(scope)
        if identity.key_id is None and key_only:
            raise KeyNeeded
        return identity.actor

    POLICIES[scoped_actor] = f"a key with the scope {scope.value}" + ("" if key_only else ", or a session")
    return scoped_actor


def stated_policies(dependant: Dependant) -> frozenset[str]:
    """Return the policies that a route states, in words; a good route states one."""
    own = {POLICIES[dependant.call]} if dependant.call in POLICIES else set()
    return frozenset(own.union(*(stated_policies(inner) for inner in dependant.dependencies)))


def get_lifetime(request: Request) -> Lifetime:
    """Return how long sessions last here."""
    settings: Settings = request.app.state.settings
    return lifetime_of(settings)


def lifetime_of(settings: Settings) -> Lifetime:
    """Return how long sessions last by these settings."""
    return Lifetime(idle=timedelta(minutes=settings.session_idle_minutes), absolute=timedelta(hours=settings.session_hours))


def get_browser(request: Request) -> Browser:
    """Return the peer's address, never what a header claims: the server sets it, from a proxy that it trusts."""
    return Browser(request.client.host if request.client else "unknown", request.headers.get("user-agent", ""))


def get_passwords(request: Request) -> Passwords:
    """Return the hasher, which `main` made from the settings."""
    passwords: Passwords = request.app.state.passwords
    return passwords


def get_seal(request: Request) -> Seal:
    """Return what secrets are sealed with."""
    settings: Settings = request.app.state.settings
    secret = settings.secret_key
    return open_seal(None if secret is None else secret.get_secret_value(), settings.data_dir)


def get_issuer(request: Request) -> Issuer:
    """Return the issuer of single sign-on; without one there is no such page."""
    settings: Settings = request.app.state.settings
    if settings.oidc_issuer is None:
        raise NotFound("page")
    secret = settings.oidc_client_secret
    return open_issuer(settings.oidc_issuer, settings.oidc_client_id, None if secret is None else secret.get_secret_value())


def get_site(request: Request) -> Site | None:
    """Return the site that passkeys are made for; None where there can be none."""
    settings: Settings = request.app.state.settings
    return site_of(settings.base_url)


def get_desk(request: Request) -> Desk:
    """Return where mails to people are written whom an act of somebody else concerns."""
    settings: Settings = request.app.state.settings
    return Desk(settings.base_url, request.app.state.catalogs)


async def get_ask_again(request: Request, identity: CurrentIdentity) -> AskAgain:
    """Return what asks for the password again, of who is signed in."""
    return AskAgain(request.app.state.database, identity, get_passwords(request), get_browser(request))


AskingAgain = Annotated[AskAgain, Depends(get_ask_again)]
AppDesk = Annotated[Desk, Depends(get_desk)]
AppSeal = Annotated[Seal, Depends(get_seal)]
AppIssuer = Annotated[Issuer, Depends(get_issuer)]
PasskeySite = Annotated[Site | None, Depends(get_site)]
SessionLifetime = Annotated[Lifetime, Depends(get_lifetime)]
SendingBrowser = Annotated[Browser, Depends(get_browser)]
AppPasswords = Annotated[Passwords, Depends(get_passwords)]


def _is_on_the_way(path: str) -> bool:
    return path in _FREE or path == WAYS or path.startswith(f"{WAYS}/")


def _with_role(actor: Actor, roles: tuple[Role, ...]) -> Actor:
    if actor.role not in roles:
        raise Forbidden("Your role does not allow this. Ask the coordinator of your economy.")
    return actor


def _of_token(request: Request, token: str) -> Identity | None:
    database: Database = request.app.state.database
    with database.look_up() as session:
        identity = sessions.find_identity(session, token, get_lifetime(request))
    if identity is not None and identity.is_due_for_touch and identity.session_id is not None:
        # Reading goes on while nothing can be written: a full disk, or a writer that takes long.
        with suppress(OperationalError, PoolTimeoutError), database.write() as session:
            sessions.touch(session, identity.session_id)
    return identity


def _of_session(request: Request) -> Identity | None:
    """Accept a session for a change only from our own pages: by the browser's headers, else by the form token."""
    identity = session_identity(request)
    if identity is None or request.method in SAFE_METHODS or not getattr(request.state, "csrf_unproved", True):
        return identity
    sent = request.headers.get("x-csrf-token", "")
    if identity.csrf_secret is None or not check_csrf_token(sent, identity.csrf_secret):
        raise CrossSiteRequest
    return identity


def _of_key(request: Request, header: str) -> Identity:
    identity = _recognised_key(request, header)
    if request.method not in SAFE_METHODS:
        raise KeyOnlyReads
    return identity


def _recognised_key(request: Request, header: str) -> Identity:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not keys.looks_like_key(secret):
        raise NotSignedIn
    require_turn(request)
    database: Database = request.app.state.database
    with database.look_up() as session:
        identity = keys.find_identity(session, secret)
    if identity is None or identity.key_id is None:
        raise NotSignedIn
    if identity.is_due_for_touch:
        with suppress(OperationalError, PoolTimeoutError), database.write() as session:
            keys.touch(session, identity.key_id)
    request.state.actor = identity.actor
    read_for(reach_of(identity.actor))
    return identity
