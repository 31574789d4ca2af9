"""A real SMTP server on this machine, in the states in which mail servers are found: willing, choosy, slow, and away."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path
from threading import Event

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.cli.bench.ports import free_port
from app.infra.mail import Security, SmtpSender

HOST = "127.0.0.1"
USER, PASSWORD = "readiness", "harbour-violin"
FROM = Address("Readiness", addr_spec="readiness@example.org")


@dataclass
class Box:
    """What an SMTP server took, and how it behaves."""

    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    """The reply to a recipient that is refused."""
    data_reply: str = "250 OK"
    hangs: bool = False
    arrived: Event = field(default_factory=Event)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: smtp.SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: smtp.SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        if self.hangs:
            await asyncio.sleep(30)
        if self.data_reply.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.raw.append(content)
            message = BytesParser(EmailMessage, policy=SMTP).parsebytes(content)
            self.messages.append(message)
            self.recipients.extend(envelope.rcpt_tos)
            self.arrived.set()
        return self.data_reply


@dataclass(frozen=True, slots=True)
class Post:
    """A running server: its box, its port, and the certificate that it shows."""

    box: Box
    port: int
    authority: Path | None = None

    def sender(self, security: Security = "none", *, user: str = "", password: str = "", timeout: float = 5.0) -> SmtpSender:
        context = ssl.create_default_context(cafile=self.authority)
        return SmtpSender(HOST, self.port, security, FROM, user, password, timeout, context)


@contextmanager
def smtp_server(
    box: Box | None = None,
    *,
    port: int = 0,
    security: Security = "none",
    folder: Path | None = None,
    wants_login: bool = False,
) -> Iterator[Post]:
    """Run a server until the block ends."""
    taken = box or Box()
    authority, context = (None, None) if folder is None else _certified(folder)
    controller = Controller(
        taken,
        hostname=HOST,
        port=port or free_port(),
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        auth_required=wants_login,
        auth_require_tls=security == "starttls",
        authenticator=_authenticate if wants_login else None,
    )
    controller.start()
    try:
        yield Post(taken, controller.port, authority)
    finally:
        controller.stop()


def _authenticate(_server: smtp.SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=is_right)


def _certified(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 that only those accept who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, secret = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return path, context
