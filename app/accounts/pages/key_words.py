"""What pages say about keys: what they may do, how much they may ask, how far they are, and how they were used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal
from fastapi import Request

from app.accounts import keys
from app.accounts.clients.usage import Usage, Used
from app.accounts.keys import Key
from app.accounts.scopes import READS, Scope
from app.config import Settings
from app.kit import clock
from app.kit.tiers import OF_KEYS, Tier
from app.web import filters
from app.web.i18n import current, mark, ngettext
from app.web.i18n import gettext as _
from app.web.parts import Option
from app.web.rates import quotas_of

CHOICES_OF_DAYS = (30, 90, 180, 365)
SCOPE_WORDS = {
    Scope.READ: mark("Only reads"),
    Scope.AUTHOR: mark("Changes and publishes questionnaires, translates, runs cycles and groups"),
}
_TIER_WORDS = {
    Tier.STANDARD: mark("The usual amount"),
    Tier.LARGE: mark("A large amount"),
}
_TIER_HINTS = {
    Tier.STANDARD: mark("Enough to read every release of every economy again and again: {limits}."),
    Tier.LARGE: mark("For services that pass the figures on to many readers: {limits}."),
}


@dataclass(frozen=True, slots=True)
class KeyState:
    """How far a key is: a word and the kind of its tag."""

    label: str
    kind: str
    is_working: bool


@dataclass(frozen=True, slots=True)
class UseRow:
    """One line about use."""

    title: str
    requests: str
    unchanged: str
    refused: str
    share: float
    """Of the largest line, in hundredths: for the bar beside the number."""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class UseView:
    """The use of a key as pages show it."""

    since: str
    total: UseRow
    by_family: Sequence[UseRow]
    by_day: Sequence[UseRow]
    had_refusals: bool


def state_of(key: Key, successor: Key | None = None) -> KeyState:
    """Return how far a key is."""
    if key.revoked_at is not None:
        return KeyState(_("Revoked"), "neutral", is_working=False)
    if not key.works_at(clock.now()):
        return KeyState(_("Replaced") if successor else _("Expired"), "neutral", is_working=False)
    if successor is not None:
        return KeyState(_("Replaced, still works"), "warning", is_working=True)
    return KeyState(_("Works"), "success", is_working=True)


def may_words(key: Key) -> str:
    """Say what a key may do."""
    return ", ".join(_(SCOPE_WORDS[scope]) for scope in Scope if scope in (key.scopes - READS or READS))


def limit_words(request: Request, tier: Tier) -> str:
    """Say how much a client of a size may ask."""
    settings: Settings = request.app.state.settings
    quota = quotas_of(settings)[tier]
    return _("{minute} requests a minute, {day} a day").format(minute=number(quota.per_minute), day=number(quota.per_day))


def tier_words(request: Request, tier: Tier) -> str:
    """Name a size, with what it means here."""
    return f"{_(_TIER_WORDS[tier])}: {limit_words(request, tier)}"


def tier_options(request: Request) -> list[Option]:
    """Return the sizes to choose from."""
    return [
        Option(tier.value, _(_TIER_WORDS[tier]), _(_TIER_HINTS[tier]).format(limits=limit_words(request, tier)))
        for tier in OF_KEYS
    ]


def day_options() -> list[Option]:
    """Return for how long a key may be made."""
    return [Option(str(days), days_words(days)) for days in CHOICES_OF_DAYS]


def days_words(days: int) -> str:
    """Say a number of days."""
    return ngettext("{days} day", "{days} days", days).format(days=days)


def read_days(typed: str) -> int:
    """Return the days that were chosen; 0, which no key lasts, for anything else."""
    return int(typed) if typed in map(str, CHOICES_OF_DAYS) else 0


def last_use(key: Key) -> str:
    """Say when a key was used last."""
    return filters.day(key.last_used_on) if key.last_used_on else _("Never")


def use_view(found: Usage) -> UseView:
    """Set the use of a key for a page."""
    families = sorted(found.by_family.items(), key=lambda each: (-each[1].requests, each[0]))
    most_of_family = max((used.requests for _family, used in families), default=0)
    most_of_day = max((used.requests for used in found.by_day.values()), default=0)
    return UseView(
        filters.day(found.since),
        _row("", found.total, 0),
        [_row(_path(family), used, most_of_family, is_code=family != "other") for family, used in families],
        [_row(filters.day(day), used, most_of_day) for day, used in found.by_day.items()],
        found.total.refused > 0,
    )


def number(count: int) -> str:
    """Print a whole number as the reader's language does."""
    return format_decimal(count, locale=current().code.replace("-", "_"))


def usual_days() -> str:
    """Return the choice of days that stands there first."""
    return str(keys.DEFAULT_DAYS)


def _path(family: str) -> str:
    if family == "other":
        return _("Everything else")
    return "/sdmx" if family == "sdmx" else f"/api/v1/{family}"


def _row(title: str, used: Used, most: int, *, is_code: bool = False) -> UseRow:
    share = round(100 * used.requests / most, 1) if most else 0.0
    return UseRow(title, number(used.requests), number(used.unchanged), number(used.refused), share, is_code)
