"""Settings, read once from READINESS_* at start and passed in; the core and the services never see them."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_PROJECT = Path(__file__).resolve().parent.parent


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
    largest_body_bytes: int = Field(default=1_000_000, ge=1_000, description="The largest request body that is read.")
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
    development: bool = Field(default=True, description="Shows the component page; set to false on a public server.")

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
