"""What a browser calls itself, in words that a person understands: "Firefox on Windows"."""

from __future__ import annotations

from dataclasses import dataclass

# In this order: nearly all claim to be Mozilla, Chromium's children claim to be Chrome, and Chrome claims to be Safari.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class BrowserWords:
    """A browser and its system by the names that people use; empty where the text tells neither."""

    browser: str
    system: str


def browser_words(user_agent: str) -> BrowserWords:
    """Read what a browser calls itself; it may lie, so nothing is decided by it."""
    return BrowserWords(_first(user_agent, _BROWSERS), _first(user_agent, _SYSTEMS))


def _first(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in signs if sign in text), "")
