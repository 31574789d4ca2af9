"""What stands around every page: title, who is signed in, where one is, and what has just happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FlashKind = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class NavActor:
    """The signed-in person as the header shows them; `economy_name` is '' for people outside economies."""

    name: str
    role_label: str
    economy_name: str = ""


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link of the main navigation."""

    label: str
    href: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way to this page; the page itself has no href."""

    label: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Flash:
    """A message that is shown once, after the action that it tells about."""

    kind: FlashKind
    text: str


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One language that the page can be read in, by its own name."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The context of the base template; `actor` is None for anonymous visitors, `flash` when nothing has just happened."""

    title: str
    has_errors: bool = False
    language: str = "en"
    direction: str = "ltr"
    actor: NavActor | None = None
    csrf_token: str = ""
    nav: tuple[NavLink, ...] = ()
    breadcrumbs: tuple[Crumb, ...] = ()
    notices: tuple[str, ...] = ()
    flash: Flash | None = None
    languages: tuple[LanguageLink, ...] = ()
    """Empty where there is only one, or where the page answers a form and could not be read again."""
    translation_note: str = ""
    """What a reader must know about the translation of this language."""
    here: str = "/"
    """Where the page stands, for coming back to it."""
