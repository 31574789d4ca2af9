"""Numbers of releases: the cycle, which release of it, and which patch of that: 2026.1.0."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ReleaseNumber:
    """The number of a release. `minor` counts a cycle's releases from 1; `patch` what left or was corrected since, from 0."""

    cycle: str
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.cycle}.{self.minor}.{self.patch}"

    def next_minor(self) -> ReleaseNumber:
        """Return the number of the next release of the cycle."""
        return replace(self, minor=self.minor + 1, patch=0)

    def next_patch(self) -> ReleaseNumber:
        """Return the number of the next patch of this release."""
        return replace(self, patch=self.patch + 1)


def read_number(text: str) -> ReleaseNumber | None:
    """Read a number as it is written; None where it is none. The code of a cycle may have dots of its own."""
    cycle, *parts = text.rsplit(".", 2)
    # A leading zero or a sign would be a second spelling of the same number.
    if len(parts) != 2 or not cycle or not all(part.isascii() and part.isdecimal() and part == str(int(part)) for part in parts):  # noqa: PLR2004 - minor and patch
        return None
    return ReleaseNumber(cycle, int(parts[0]), int(parts[1]))
