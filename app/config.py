"""Settings, read once from READINESS_* at start and passed in; the core and the services never see them."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.infra.mail import DEFAULT_PORTS, Security, read_address

_PROJECT = Path(__file__).resolve().parent.parent
_SHORTEST_SECRET = 32
_FEWEST_LETTERS = 10
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]+")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Settings(BaseSettings):
    """Every setting of the program; each is explained in docs/operators.md."""

    model_config = SettingsConfigDict(env_prefix="READINESS_", frozen=True, extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="Where the program writes: database, locks, figures.")
    database_url: str | None = Field(default=None, description="A PostgreSQL URL; without one, SQLite in the data folder.")
    base_url: str = Field(default="http://127.0.0.1:8000", description="The address people use; links and cookies follow it.")
    extra_hosts: tuple[str, ...] = Field(default=(), description="Further host names that the server answers to.")
    session_idle_minutes: int = Field(default=45, ge=5, le=720, description="A session ends after this long without a request.")
    session_hours: int = Field(default=12, ge=1, le=24, description="A session ends after this long in any case.")
    password_memory_kib: int = Field(default=65536, ge=8, description="Memory of one argon2id hash, in KiB.")
    password_rounds: int = Field(default=3, ge=1, description="Passes of one argon2id hash.")
    trusted_proxies: str = Field(
        default="", description="Addresses of reverse proxies, with commas between, whose word on the visitor's address counts."
    )
    pool_size: int = Field(default=20, ge=2, le=200, description="Database connections, and worker threads, of one process.")
    translations_dir: Path | None = Field(
        default=None, description="Folder of the languages, one PO file each; default: those that come with the program."
    )
    leave_seconds: float = Field(
        default=0,
        ge=0,
        le=60,
        description="How long a server told to end still takes requests, while /readyz says down.",
    )
    largest_body_bytes: int = Field(default=1_000_000, ge=1_000, description="The largest request body that is read.")
    mail_host: str = Field(default="", description="The SMTP server; without one, mail is printed (in development only).")
    mail_port: int | None = Field(default=None, ge=1, le=65535, description="Its port; by default 587, 465 or 25.")
    mail_security: Security = Field(default="starttls", description="How the connection is encrypted: starttls, tls or none.")
    mail_user: str = Field(default="", description="The account at the SMTP server, if it wants one.")
    mail_password: SecretStr | None = Field(default=None, description="The password of that account.")
    mail_from: str = Field(default="", description="The address that mail comes from.")
    embedded_worker: bool = Field(default=True, description="Runs jobs inside the server; false where `readiness worker` does.")
    secret_key: SecretStr | None = Field(
        default=None, description="Seals the secrets of authenticator apps; without one, a key file in the data folder."
    )
    require_second_factor: Literal["none", "administrators", "everyone"] = Field(
        default="none", description="Who has to set up a second step of signing in before anything else."
    )
    oidc_issuer: str | None = Field(default=None, description="The issuer of single sign-on; without one there is none.")
    oidc_client_id: str = Field(default="", description="The name under which the issuer knows this service.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="What proves this service to the issuer.")
    oidc_name: str = Field(default="single sign-on", description="How people call the issuer, on the sign-in page.")
    files_url: str | None = Field(
        default=None, description="The store of files of evidence, such as s3://bucket/prefix; default: the data folder."
    )
    largest_file_bytes: int = Field(default=20_000_000, ge=1_000, description="The largest file of evidence that is taken.")
    files_bytes_of_economy: int = Field(
        default=1_000_000_000, ge=1_000, description="How much room the files of evidence of one economy may take."
    )
    files_of_economy: int = Field(default=2_000, ge=1, description="How many files of evidence one economy may keep.")
    free_bytes_kept: int = Field(default=200_000_000, ge=0, description="Files are refused where less room would be left.")
    check_links: bool = Field(default=True, description="Asks in the background whether links to evidence still lead somewhere.")
    rate_limits: bool = Field(
        default=True, description="Limits how often a client may ask the API; false counts and never refuses."
    )
    rate_anonymous_minute: int = Field(default=600, ge=1, description="Requests a minute from one address without a key.")
    rate_anonymous_day: int = Field(default=20_000, ge=1, description="Requests a day from one address without a key.")
    rate_standard_minute: int = Field(default=1_200, ge=1, description="Requests a minute with a key or a session.")
    rate_standard_day: int = Field(default=100_000, ge=1, description="Requests a day with a key or a session.")
    rate_large_minute: int = Field(default=6_000, ge=1, description="Requests a minute with a key for much.")
    rate_large_day: int = Field(default=1_000_000, ge=1, description="Requests a day with a key for much.")
    sdmx_agency: str = Field(
        default="READINESS",
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$",
        description="The id under which releases are published in SDMX; register one before the first release.",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="A port of its own for /metrics, one for each process; without one there is none.",
    )
    metrics_host: str = Field(default="127.0.0.1", description="The address that this port listens on.")
    traces_url: str | None = Field(
        default=None, description="Where spans are sent by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; else nowhere."
    )
    traces_share: float = Field(default=1.0, gt=0, le=1, description="The share of requests that is traced.")
    log_level: Literal["debug", "info", "warning"] = Field(default="info", description="The least that the log shows.")
    keep_drafts_years: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Deletes unsigned reviews that nobody touched for so many years; default: never.",
    )
    contact: str = Field(default="", description="Where people get help: a mail address or a web address; shown on the pages.")
    development: bool = Field(default=True, description="Shows the component page; set to false on a public server.")

    @field_validator("data_dir", "translations_dir", mode="before")
    @classmethod
    def _folders_are_named(cls, value: object, info: ValidationInfo) -> object:
        """Refuse an empty name, which would mean the folder in which somebody happens to start the program."""
        if isinstance(value, str) and not value.strip():
            message = f"READINESS_{str(info.field_name).upper()} is empty; name a folder, or unset it"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _public_servers_use_https(self) -> Self:
        host = urlsplit(self.base_url).hostname or ""
        if not self.development and not self.base_url.startswith("https://"):
            message = "READINESS_BASE_URL must start with https:// when READINESS_DEVELOPMENT is false"
            raise ValueError(message)
        if not host:
            message = "READINESS_BASE_URL must be a full address such as https://readiness.example.org"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _mail_is_set_up_whole_or_not_at_all(self) -> Self:
        fault = _mail_fault(self)
        if fault:
            raise ValueError(fault)
        return self

    @model_validator(mode="after")
    def _contact_can_be_reached(self) -> Self:
        if self.contact and contact_link(self.contact) is None:
            message = "READINESS_CONTACT must be a mail address such as help@example.org, or an address that starts with https://"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _limits_fit_together(self) -> Self:
        for tier, minute, day in (
            ("ANONYMOUS", self.rate_anonymous_minute, self.rate_anonymous_day),
            ("STANDARD", self.rate_standard_minute, self.rate_standard_day),
            ("LARGE", self.rate_large_minute, self.rate_large_day),
        ):
            if day < minute:
                message = f"READINESS_RATE_{tier}_DAY must not be below READINESS_RATE_{tier}_MINUTE"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _addresses_are_addresses(self) -> Self:
        fault = _host_fault(self) or _traces_fault(self)
        if fault:
            raise ValueError(fault)
        return self

    @property
    def smtp_port(self) -> int:
        """The port of the SMTP server: the given one, or the usual one of the kind of encryption."""
        return self.mail_port or DEFAULT_PORTS[self.mail_security]

    @model_validator(mode="after")
    def _secrets_and_issuers_are_fit(self) -> Self:
        if self.secret_key is not None and len(self.secret_key.get_secret_value()) < _SHORTEST_SECRET:
            message = "READINESS_SECRET_KEY needs at least 32 characters; `openssl rand -base64 32` makes one"
            raise ValueError(message)
        if self.secret_key is not None and len(set(self.secret_key.get_secret_value())) < _FEWEST_LETTERS:
            message = "READINESS_SECRET_KEY can be guessed: it repeats itself; `openssl rand -base64 32` makes a better one"
            raise ValueError(message)
        if self.oidc_client_secret is not None and not self.oidc_client_secret.get_secret_value().strip():
            message = "READINESS_OIDC_CLIENT_SECRET is empty; set it, or unset it where the issuer gave none"
            raise ValueError(message)
        if self.oidc_issuer is None:
            return self
        issuer = urlsplit(self.oidc_issuer)
        if issuer.scheme != "https" and (issuer.scheme != "http" or issuer.hostname not in _LOOPBACK):
            message = "READINESS_OIDC_ISSUER must start with https://"
            raise ValueError(message)
        if not self.oidc_client_id:
            message = "READINESS_OIDC_CLIENT_ID is needed with READINESS_OIDC_ISSUER"
            raise ValueError(message)
        return self

    @property
    def is_secure(self) -> bool:
        """Whether people reach the service over https, so that cookies may demand it."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that the server answers to."""
        own = urlsplit(self.base_url).hostname or ""
        return frozenset({own, "127.0.0.1", "localhost", *self.extra_hosts})

    @property
    def translations(self) -> Path:
        """The folder of the languages."""
        return self.translations_dir or self.project_dir / "translations"

    @property
    def project_dir(self) -> Path:
        """The checkout: static files, migrations and the questionnaires that come with the program."""
        return _PROJECT


def contact_link(contact: str) -> str | None:
    """Return where a contact leads to: a mail, or a page; None where it is neither."""
    is_mail = re.fullmatch(r"[^\s@<>\"?&]+@[^\s@<>\"?&]+\.[^\s@<>\"?&]+", contact) is not None
    if is_mail:
        return f"mailto:{contact}"
    parts = urlsplit(contact)
    return contact if parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"\s", contact) else None


def _mail_fault(settings: Settings) -> str:
    """Say what is missing or unsafe about the settings of mail; empty where nothing is."""
    has_password = settings.mail_password is not None and bool(settings.mail_password.get_secret_value())
    if not settings.mail_host:
        is_half = settings.mail_from or settings.mail_user or has_password or settings.mail_port
        return "READINESS_MAIL_HOST is missing; the other settings of mail mean nothing without it" if is_half else ""
    if not settings.mail_from:
        return "READINESS_MAIL_FROM is missing: the address that mail comes from"
    try:
        read_address(settings.mail_from)
    except ValueError:
        return "READINESS_MAIL_FROM must be an address such as readiness@example.org or Readiness <readiness@example.org>"
    if bool(settings.mail_user) != has_password:
        return "READINESS_MAIL_USER and READINESS_MAIL_PASSWORD go together: set both, or neither"
    if has_password and settings.mail_security == "none" and not _is_this_machine(settings.mail_host):
        return "READINESS_MAIL_SECURITY=none would send the mail password readable through the network; use starttls or tls"
    return ""


def _host_fault(settings: Settings) -> str:
    """Say which host or proxy is no single, named one; empty where none is."""
    base = urlsplit(settings.base_url)
    if base.username or base.password or base.query or base.fragment:
        return "READINESS_BASE_URL must be an address alone, without a name, a password, ? or #"
    for host in (base.hostname or "", *settings.extra_hosts):
        if _HOST_NAME.fullmatch(host) is None:
            return "READINESS_EXTRA_HOSTS and READINESS_BASE_URL name single hosts such as readiness.example.org, without *"
    for proxy in filter(None, (part.strip() for part in settings.trusted_proxies.split(","))):
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            return (
                "READINESS_TRUSTED_PROXIES takes addresses such as 127.0.0.1 or 10.0.0.0/8, with commas between; no names, no *"
            )
    return ""


def _traces_fault(settings: Settings) -> str:
    if settings.traces_url is None:
        return ""
    address = urlsplit(settings.traces_url)
    is_fit = address.scheme in {"http", "https"} and address.hostname and not address.username
    return "" if is_fit else "READINESS_TRACES_URL must be an address such as http://127.0.0.1:4318/v1/traces"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
