"""A database that is damaged, or that this account may not write, ends the program at its start, and is left as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from typer.testing import CliRunner

from app.audit import service as audit
from app.cli import app
from app.infra.db import SQLITE, Database
from app.kit.actor import COMMAND_LINE
from tests.databases import only_sqlite
from tests.scenarios import PROJECT

_PAGE = 4096
_NOBODY = 65534
_SECONDS = 60
# As root may write everywhere, the program is run without that right; and on a file system that is mounted for reading only.
_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
_READ_ONLY = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"')


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("readiness.db*"))}


def flip_a_page(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek(page * _PAGE)
        content = file.read(_PAGE)
        file.seek(page * _PAGE)
        file.write(bytes(byte ^ 0x5A for byte in content))


def filled(fresh_url: URL, database: Database) -> Path:
    for _ in range(50):
        with database.write() as session:
            audit.record(session, COMMAND_LINE, "tests.done", target_kind="review", target_id="x", detail={"note": "a" * 500})
    database.dispose()
    return Path(fresh_url.database or "")


@pytest.mark.abuse("P11")
@pytest.mark.timeout(120)
@only_sqlite
def test_damage_is_told_at_the_start_and_nothing_is_rewritten(
    fresh_url: URL, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = filled(fresh_url, database)
    whole = tmp_path / "whole.db"
    shutil.copyfile(path, whole)
    monkeypatch.setenv("READINESS_DATA_DIR", str(path.parent))
    pages = whole.stat().st_size // _PAGE

    def cut() -> None:
        os.truncate(path, (pages - 3) * _PAGE)

    def lose_the_log() -> None:
        path.with_name(f"{path.name}-shm").write_bytes(b"\0" * 32_768)

    spoils: dict[str, Callable[[], None]] = {
        "damaged": lambda: flip_a_page(path, pages // 2),
        "is not a database": lambda: flip_a_page(path, 0),
        "damaged, ": cut,
        "-wal is missing": lose_the_log,
    }
    for words, spoil in spoils.items():
        shutil.copyfile(whole, path)
        spoil()
        before = hashes(path.parent)

        result = CliRunner().invoke(app, ["serve", "--port", "18471"])

        assert result.exit_code == 1, (words, result.output)
        assert words.rstrip(", ") in result.output, (words, result.output)
        assert "Traceback" not in result.output
        assert hashes(path.parent) == before, words


@pytest.mark.abuse("P11")
@pytest.mark.timeout(120)
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv to set the stage")
@pytest.mark.parametrize("stage", ["read-only file", "folder of another account", "read-only mount"])
@only_sqlite
def test_a_place_that_may_not_be_written_is_told_at_the_start(fresh_url: URL, database: Database, stage: str) -> None:
    path = filled(fresh_url, database)
    prefix: tuple[str, ...] = _WITHOUT_RIGHTS
    if stage == "read-only file":
        path.chmod(0o400)
    elif stage == "folder of another account":
        os.chown(path, _NOBODY, _NOBODY)
        os.chown(path.parent, _NOBODY, _NOBODY)
    else:
        prefix = (*_READ_ONLY, str(path.parent))
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
            pytest.skip("this machine allows no mounts of one's own")
    before = hashes(path.parent)

    result = _served(prefix, path.parent)

    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert "Check" in result.stderr
    assert hashes(path.parent) == before


@pytest.mark.abuse("P11")
@only_sqlite
def test_a_row_that_was_changed_in_the_file_is_found_by_verifying(
    fresh_url: URL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(fresh_url, database)
    with_another_letter = path.read_bytes().replace(b"a" * 500, b"a" * 499 + b"b", 1)
    path.write_bytes(with_another_letter)
    monkeypatch.setenv("READINESS_DATA_DIR", str(path.parent))
    connection = SQLITE.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    connection.close()

    result = CliRunner().invoke(app, ["verify"])

    assert result.exit_code == 1
    assert "is missing or was changed" in result.output


def _served(prefix: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "READINESS_DATA_DIR": str(folder), "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*prefix, sys.executable, "-m", "app.cli", "serve", "--port", "18471"]
    return subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=_SECONDS, check=False)
