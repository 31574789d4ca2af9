"""The machine: settings, folders and who may read them, room, packages, fonts, translations, keys, the last backup."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from app.cli import starting
from app.cli.examining.findings import Finding, bad, doubtful, good
from app.config import Settings
from app.infra import stamps
from app.infra.catalogs import Catalogs, read_catalog
from app.infra.sealing import KEY_FILE

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LITTLE, _TOO_LITTLE = 2_000_000_000, 500_000_000
_OLD_SECONDS, _DAY = 129_600, 86_400  # as the alert BackupOld has it


def examine_machine(settings: Settings, environment: list[str]) -> Iterator[Finding]:
    """Look at everything that is on this machine; nothing is changed."""
    yield from _settings(settings, environment)
    yield from _folder(settings.data_dir)
    yield _room(settings.data_dir)
    yield _key(settings)
    yield _packages()
    yield _translations(settings)
    yield _fonts()
    yield _backup(settings.data_dir)


def _settings(settings: Settings, environment: list[str]) -> Iterator[Finding]:
    unknown = dict(starting.unknown_names(environment))
    reasons = [
        *starting.dangers(settings),
        *starting.no_folder(settings),
        *(f"{name} is no setting; {near}?" for name, near in unknown.items() if near),
    ]
    if reasons:
        yield bad("settings", " ".join(reasons), "Correct them; docs/operators.md explains each.")
    else:
        yield good("settings", "They can be read, and fit together.")
    strange = [name[:60] for name, near in unknown.items() if not near]
    if strange:
        yield doubtful("names", f"No settings of this version: {', '.join(strange)}.", "Unset them where you set them.")
    if settings.development:
        yield doubtful("mode", "READINESS_DEVELOPMENT is true.", "Set it to false on a public server.")
    if not settings.rate_limits:
        yield doubtful("limits", "READINESS_RATE_LIMITS is false.", "Set it to true on a public server.")
    if settings.metrics_port and settings.metrics_host not in {"127.0.0.1", "::1", "localhost"}:
        says = f"Metrics are served on {settings.metrics_host}."
        yield doubtful("metrics", says, "Let only your Prometheus reach that port.")


def _folder(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield bad("folder", f"The data folder {folder} does not exist.", "Run `readiness migrate`, or check READINESS_DATA_DIR.")
        return
    yield from (bad("folder", reason, "Then look who wrote into it.") for reason in starting.open_folder(folder))
    inside = (*folder.glob("readiness.db*"), folder / KEY_FILE, folder / "files", folder / "stamps")
    exposed = [path.name for path in inside if path.exists() and path.stat().st_mode & _OTHERS]
    if exposed:
        yield bad("modes", f"Others can reach {', '.join(sorted(exposed))}.", f"Run `chmod -R go= {folder}`.")
    elif folder.stat().st_mode & _OTHERS:
        yield doubtful("modes", "Others can look into the data folder.", f"Run `chmod 700 {folder}`.")
    else:
        yield good("modes", "The data folder is for this account alone.")


def _room(folder: Path) -> Finding:
    place = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    says, advice = f"{free / 1e9:.1f} GB free.", "Make room: without it nothing can be saved."
    if free < _TOO_LITTLE:
        return bad("disk", says, advice)
    return doubtful("disk", says, advice) if free < _LITTLE else good("disk", says)


def _key(settings: Settings) -> Finding:
    if settings.secret_key is not None:
        return good("key", "READINESS_SECRET_KEY is set.")
    if (settings.data_dir / KEY_FILE).exists():
        says = f"The key is the file {KEY_FILE} in the data folder."
        return good("key", says) if settings.database_url is None else doubtful("key", says, "Several servers need the same key.")
    return doubtful(
        "key", "There is no key yet; the first use makes one.", "Set READINESS_SECRET_KEY where there are several servers."
    )


def _packages() -> Finding:
    old = list(starting.old_packages())
    if old:
        return bad("packages", " ".join(old), "Install the locked packages: `make serve` does.")
    return good("packages", "None is older than is safe.")


def _translations(settings: Settings) -> Finding:
    try:
        languages = Catalogs(settings.translations).codes
        for code in languages[1:]:
            read_catalog(settings.translations / f"{code}.po")
    except (OSError, ValueError) as error:
        return bad("languages", f"{type(error).__name__} in {settings.translations}.", "Run `readiness translation check`.")
    return good("languages", f"{', '.join(languages)}.")


def _fonts() -> Finding:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    names = {path.name.lower() for folder in folders if folder.is_dir() for path in folder.rglob("*.[to]t[fc]")}
    if any("cjk" in name for name in names):
        return good("fonts", "There are fonts for Chinese, Japanese and Korean.")
    return doubtful("fonts", "No font for Chinese, Japanese and Korean was found.", "Install fonts-noto-cjk for printed reviews.")


def _backup(folder: Path) -> Finding:
    age = stamps.age_seconds(folder, stamps.BACKUP)
    if age is None:
        return doubtful(
            "backup", "None is known of.", f"Take one; `touch {folder}/stamps/{stamps.BACKUP}` after one of your own."
        )
    says = f"The last one is {age / _DAY:.1f} days old."
    return doubtful("backup", says, "Look why none was taken since.") if age > _OLD_SECONDS else good("backup", says)
