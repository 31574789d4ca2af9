"""What the service needs of others: the store of evidence, the mail server, the issuer, the collector of spans."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

from app.cli.console import no_bucket
from app.cli.examining.findings import Finding, bad, doubtful, good
from app.config import Settings
from app.infra.objects import BucketMissing, NoStoreAddress, StoreAway, open_objects
from app.kit.ids import new_id

_SECONDS = 5.0
_PORTS = {"http": 80, "https": 443}


def examine_others(settings: Settings) -> Iterator[Finding]:
    """Ask each, for a few seconds."""
    yield _store(settings)
    if settings.mail_host:
        yield _reached("mail", settings.mail_host, settings.smtp_port, "READINESS_MAIL_HOST")
    elif not settings.development:
        yield doubtful("mail", "There is no mail server: no mail leaves.", "Set READINESS_MAIL_HOST.")
    if settings.oidc_issuer:
        yield _issuer(settings.oidc_issuer)
    if settings.traces_url:
        parts = urlsplit(settings.traces_url)
        yield _reached("traces", parts.hostname or "", parts.port or _PORTS[parts.scheme], "READINESS_TRACES_URL")


def _store(settings: Settings) -> Finding:
    """Write, read and remove one small object: rights that are missing show only then."""
    key = f"doctor/{new_id()}"
    try:
        objects = open_objects(settings.files_url, settings.data_dir)
        objects.put(key, b"readiness doctor")
        is_same = objects.get(key) == b"readiness doctor"
        objects.delete(key)
    except NoStoreAddress as error:
        return bad("store", str(error), "Correct READINESS_FILES_URL.")
    except BucketMissing as error:
        return bad("store", *no_bucket(error.bucket))
    except StoreAway as error:
        return _away(error)
    except OSError as error:
        return bad(
            "store", f"It cannot be written and read: {error.strerror or error}.", "Check READINESS_FILES_URL, and its room."
        )
    return good("store", "It can be written and read.") if is_same else bad("store", "It forgets.", "Choose another store.")


def _away(error: StoreAway) -> Finding:
    """Tell a store that refuses our keys from one that does not answer."""
    if isinstance(error.__cause__, PermissionDeniedError | UnauthenticatedError):
        advice = "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may list, read, write and delete."
        return bad("store", "It refuses our keys, or they may not do everything.", advice)
    says = f"It does not answer as one ({type(error.__cause__).__name__})."
    return bad("store", says, "Check the endpoint in READINESS_FILES_URL, and the firewall.")


def _reached(name: str, host: str, port: int, setting: str) -> Finding:
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except OSError as error:
        return bad(name, f"{host}:{port} cannot be reached: {error.strerror or error}.", f"Check {setting}, and the firewall.")
    return good(name, f"{host}:{port} can be reached.")


def _issuer(issuer: str) -> Finding:
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = httpx.get(address, timeout=_SECONDS)
    except httpx.HTTPError as error:
        return bad(
            "issuer", f"It does not answer ({type(error).__name__}).", "Check READINESS_OIDC_ISSUER; passwords work meanwhile."
        )
    if answer.status_code != httpx.codes.OK:
        return bad("issuer", f"Its discovery answers {answer.status_code}.", "Check READINESS_OIDC_ISSUER.")
    return good("issuer", "Its discovery answers.")
