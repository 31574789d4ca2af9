"""How times and days are said: in the reader's language and time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_date

from app.infra.catalogs import SOURCE
from app.infra.language import current
from app.infra.language import gettext as _
from app.infra.zones import current_zone
from app.kit import clock
from app.kit.clock import as_utc

_ENGLISH_DAY = "d MMM y"  # Babel's own English puts the month first


def moment(at: datetime) -> str:
    """Print a time as `21 Nov 2026, 14:02 UTC`, or in the reader's zone as `22 Nov 2026, 03:02 UTC+13`."""
    local = as_utc(at).astimezone(current_zone())
    offset = _offset(local.utcoffset() or timedelta())
    if not offset:
        return _("{day}, {time} UTC").format(day=day(at), time=f"{local:%H:%M}")
    return _("{day}, {time} UTC{offset}").format(day=day(at), time=f"{local:%H:%M}", offset=offset)


def day(on: date) -> str:
    """Print a day as `21 Nov 2026`, or as the reader's language does; a time counts as its day in the reader's zone."""
    local = as_utc(on).astimezone(current_zone()) if isinstance(on, datetime) else on
    language = current().code
    return format_date(local, _ENGLISH_DAY if language == SOURCE.code else "medium", locale=language.replace("-", "_"))


def today() -> date:
    """Return which day it is for the reader."""
    return clock.now().astimezone(current_zone()).date()


def _offset(offset: timedelta) -> str:
    """Write how far a zone is from UTC on that day, as `+13` or `-3:30`; empty where it is not."""
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else ""
