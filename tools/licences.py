"""The licences of what we ship with: a list made from the locked packages, and a refusal of one that was not thought about."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements" / "run.lock"
LIST = PROJECT / "docs" / "licences.md"
ALLOWED = {
    "0BSD": "permissive",
    "Apache-2.0": "permissive, ours",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "CC0-1.0": "given to everybody",
    "ISC": "permissive",
    "LGPL-3.0-only": "used as a library that anybody may exchange: Python imports it, nothing is linked or changed",
    "MIT": "permissive",
    "MIT-0": "permissive",
    "MPL-2.0": "asks for changed files of its own only, and we change none",
    "PSF-2.0": "permissive",
    "Zlib": "permissive",
}
"""What may be shipped with, and why. GPL and AGPL are not here: they would ask the same of our own code."""
SPELLINGS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache Software License / MIT License": "Apache-2.0 OR MIT",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
BY_HAND = {"colorama": "BSD-3-Clause", "pyrage": "MIT", "pysqlite3": "Zlib"}
"""Those whose package does not say it, or that only another system installs: read in their sources."""
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def packages() -> Iterator[tuple[str, str, str]]:
    """Give name, version and licence of every package that the program runs with."""
    for name, version in sorted(set(_PIN.findall(LOCK.read_text(encoding="utf-8")))):
        yield name, version, licence_of(name)


def licence_of(name: str) -> str:
    """Return the licence as SPDX writes it; '' where nobody says it."""
    if name in BY_HAND:
        return BY_HAND[name]
    try:
        said = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    classes = [line.split(" :: ")[-1] for line in said.get_all("Classifier") or () if line.startswith("License :: ")]
    expression, free = ((said.get_all(name) or [""])[0] for name in ("License-Expression", "License"))
    found = expression or " / ".join(classes) or free.split("\n", maxsplit=1)[0]
    return SPELLINGS.get(found, found)


def is_allowed(licence: str) -> bool:
    """Tell whether one of the choices, and all of its parts, may be shipped with."""
    choices = [choice.strip("() ").split(" AND ") for choice in licence.split(" OR ")]
    return any(all(part.strip("() ") in ALLOWED for part in parts) for parts in choices)


def text() -> str:
    """Return the page."""
    rows = "\n".join(f"| {name} | {version} | {licence} |" for name, version, licence in packages())
    reasons = "\n".join(f"| {name} | {reason} |" for name, reason in sorted(ALLOWED.items()))
    return (
        "# Licences\n\nWhat the program runs with, as the packages say it themselves. `make licences` writes this page from the "
        "lock;\n`make check` refuses a licence that is not among the allowed.\n\n| allowed | why |\n|---|---|\n"
        f"{reasons}\n\n| package | version | licence |\n|---|---|---|\n{rows}\n"
    )


def main(arguments: list[str]) -> int:
    """Write the page, or with --check tell whether it is new and every licence allowed."""
    refused = [f"{name} {version}: {licence or 'no licence'}" for name, version, licence in packages() if not is_allowed(licence)]
    if refused:
        print("These licences are not allowed; think, and add them to tools/licences.py with a reason:", *refused, sep="\n")
        return 1
    if "--check" in arguments:
        if not LIST.exists() or LIST.read_text(encoding="utf-8") != text():
            print(f"{LIST.name} differs from the lock; run `make licences`.")
            return 1
        return 0
    LIST.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
