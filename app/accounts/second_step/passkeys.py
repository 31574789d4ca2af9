"""Passkeys (WebAuthn): add, remove, and take the second step with one.

What a passkey signs is made here, stored, and taken back once: an answer that comes twice, late, or for another session
finds nothing to answer.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlmodel import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import queries, rules
from app.accounts.identity import Identity, actor_of
from app.accounts.second_step import factors
from app.accounts.second_step import queries as factor_queries
from app.accounts.second_step.steps import LASTS, Half
from app.accounts.second_step.tables import Passkey, PasskeyChallenge
from app.infra.db import Database
from app.kit import clock
from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound, NotSignedIn, Problems
from app.kit.ids import new_id
from app.kit.say import mark, say
from app.kit.text import clean

SERVICE = "AI Readiness Reviews"
MOST_PASSKEYS = 10

_ADD, _SIGN_IN = "add", "sign_in"
_LONGEST_ANSWER = 20_000
_MILLISECONDS = 1_000
# What the library raises for an answer that no passkey gives: its own errors, and those of its parsers.
_UNREADABLE = (WebAuthnException, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, struct.error)
_NO_NAME = mark("Enter a name by which you will know this passkey.")
_BAD_NAME = say("Write the name on one line of at most {most} characters.", most=rules.LONGEST_NAME)


class PasskeyRefused(Invalid):
    """The answer of a passkey proves nothing: of another one, too late, used already, or copied."""

    code = "passkey_refused"

    def __init__(self) -> None:
        words = mark("The passkey was not accepted. Try again; if it happens again, use a code instead.")
        super().__init__([FieldProblem("passkey", self.code, words)])


@dataclass(frozen=True, slots=True)
class Site:
    """For which host passkeys are made, and from which address their answers must come."""

    host: str
    origin: str


def site_of(base_url: str) -> Site | None:
    """Return the site of an address; None where browsers allow no passkeys: on plain IP addresses, and without https."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_fit = parts.scheme == "https" or host == "localhost"
        return Site(host, f"{parts.scheme}://{parts.netloc}".lower()) if is_fit else None
    return None


def begin_adding(session: Session, identity: Identity, site: Site, name: str) -> str:
    """Return what the browser needs to make a passkey, as JSON."""
    name = clean(name)
    problems = Problems()
    rules.check_name(problems, name, field="name", missing=_NO_NAME, unfit=_BAD_NAME)
    problems.raise_if_any()
    person = queries.find_user(session, identity.user_id)
    if person is None or identity.session_id is None:
        raise NotSignedIn
    known = factor_queries.list_passkeys(session, identity.user_id)
    if len(known) >= MOST_PASSKEYS:
        raise Conflict(say("You have {most} passkeys. Remove one that you no longer use first.", most=MOST_PASSKEYS))
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=SERVICE,
        user_name=person.email,
        user_id=person.id.bytes,
        user_display_name=person.name,
        timeout=int(LASTS.total_seconds()) * _MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(known),
    )
    _store(session, identity.user_id, identity.session_id, _ADD, options.challenge, name)
    return options_to_json(options)


def add(database: Database, identity: Identity, site: Site, answer: str) -> None:
    """Keep a new passkey; raises PasskeyRefused."""
    with database.write() as session:
        challenge = None if identity.session_id is None else _take(session, identity.session_id, _ADD)
        fresh = None if challenge is None else _registered(challenge, identity, site, answer)
        if fresh is not None and factor_queries.is_new_credential(session, fresh.credential_id):
            session.add(fresh)
            session.flush()
            factors.added(session, identity, "passkey")
            return
    raise PasskeyRefused


def remove(session: Session, identity: Identity, passkey_id: UUID) -> None:
    """Forget one of one's own passkeys."""
    if not factor_queries.delete_passkey(session, identity.user_id, passkey_id):
        raise NotFound("passkey")
    factors.removed(session, identity, "passkey")


def begin_signing_in(session: Session, half: Half, site: Site) -> str:
    """Return what the browser needs to ask for one of the person's passkeys, as JSON."""
    known = factor_queries.list_passkeys(session, half.user_id)
    if not known:
        raise Conflict("You have no passkey here. Use a code instead.")
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        timeout=int(LASTS.total_seconds()) * _MILLISECONDS,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    _store(session, half.user_id, half.id, _SIGN_IN, options.challenge)
    return options_to_json(options)


def check(database: Database, half: Half, site: Site, answer: str) -> None:
    """Check what a passkey signed; raises PasskeyRefused. A refusal leaves nothing but its record."""
    with database.write() as session:
        challenge = _take(session, half.id, _SIGN_IN)
        if challenge is not None and _is_signed(session, challenge, site, answer):
            return
        person = queries.find_user(session, half.user_id)
        if person is not None:
            factors.record(session, actor_of(person), "accounts.passkey_refused", half.user_id)
    raise PasskeyRefused


def _registered(challenge: PasskeyChallenge, identity: Identity, site: Site, answer: str) -> Passkey | None:
    try:
        made = webauthn.verify_registration_response(
            credential=answer[:_LONGEST_ANSWER],
            expected_challenge=base64url_to_bytes(challenge.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except _UNREADABLE:
        return None
    return Passkey(
        id=new_id(),
        user_id=identity.user_id,
        name=challenge.name,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        created_at=clock.now(),
    )


def _is_signed(session: Session, challenge: PasskeyChallenge, site: Site, answer: str) -> bool:
    """Check a signature. A count that did not grow is refused: the passkey may have been copied."""
    try:
        credential = parse_authentication_credential_json(answer[:_LONGEST_ANSWER])
        passkey = factor_queries.find_passkey_of(session, challenge.user_id, bytes_to_base64url(credential.raw_id))
        if passkey is None:
            return False
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    except _UNREADABLE:
        return False
    passkey.sign_count, passkey.last_used_at = signed.new_sign_count, clock.now()
    return True


def _store(session: Session, user_id: UUID, bound_to: UUID, purpose: str, challenge: bytes, name: str = "") -> None:
    now = clock.now()
    row = PasskeyChallenge(
        id=new_id(),
        user_id=user_id,
        bound_to=bound_to,
        purpose=purpose,
        challenge=bytes_to_base64url(challenge),
        name=name,
        expires_at=now + LASTS,
    )
    factor_queries.replace_challenge(session, row, now)


def _take(session: Session, bound_to: UUID, purpose: str) -> PasskeyChallenge | None:
    return factor_queries.take_challenge(session, bound_to, purpose, clock.now())


def _descriptors(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known]
