"""Appearances of a chart: light, dark, and print in greys; wide for a desk and narrow for a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark", "print"]
WidthName = Literal["wide", "narrow"]

FONT = "Liberation Sans, Noto Sans, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance. Shapes differ by fill and outline too, so that each is readable in grey."""

    ground: str
    ink: str
    quiet: str
    line: str
    fill: str
    edge: str
    shade: str
    """Behind marks: a band that they stand in."""


THEMES: Mapping[ThemeName, Theme] = {
    "light": Theme(
        ground="#ffffff", ink="#10222f", quiet="#475a67", line="#d3dde0", fill="#a9d3d8", edge="#0b5d6e", shade="#e3f1f2"
    ),
    "dark": Theme(
        ground="#11212b", ink="#e8eff1", quiet="#a9bcc5", line="#2a404c", fill="#2c6b7a", edge="#67c3d3", shade="#12313c"
    ),
    "print": Theme(
        ground="#ffffff", ink="#000000", quiet="#444444", line="#cccccc", fill="#d0d0d0", edge="#333333", shade="#eeeeee"
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is to appear. Right to left, names stand at the right; scales still grow to the right, as their numbers do."""

    theme: ThemeName = "light"
    width: WidthName = "wide"
    is_right_to_left: bool = False

    @property
    def colours(self) -> Theme:
        """Return the colours of the theme."""
        return THEMES[self.theme]

    @property
    def is_narrow(self) -> bool:
        """Say whether it is drawn for a phone: labels stand above their lines."""
        return self.width == "narrow"
