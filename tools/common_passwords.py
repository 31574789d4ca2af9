"""Make data/passwords/common.txt of a list of passwords, the commonest first: `python -m tools.common_passwords LIST`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from app.accounts import rules
from app.infra.common_passwords import FILE, fingerprint
from app.kit.text import has_forbidden_characters

MOST = 5_000
"""More than the 3,000 that OWASP ASVS asks for. Down there our source has long runs by the alphabet: equally rare."""


def commonest(listed: Iterable[str], *, most: int = MOST) -> list[str]:
    """Return the fingerprints of the first passwords that a person could have here, each once."""
    fit = (password for password in map(rules.normal_password, listed) if _fits(password))
    return sorted(islice(dict.fromkeys(map(fingerprint, fit)), most))


def _fits(password: str) -> bool:
    return rules.SHORTEST_PASSWORD <= len(password) <= rules.LONGEST_PASSWORD and not has_forbidden_characters(password)


def main(arguments: list[str]) -> int:
    """Write the file anew."""
    if len(arguments) != 1:
        print("Name the file of the list: one password a line, the commonest first.")
        return 2
    found = commonest(Path(arguments[0]).read_text(encoding="utf-8").split("\n"))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("\n".join(found) + "\n", encoding="ascii")
    print(f"{len(found)} passwords in {FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
