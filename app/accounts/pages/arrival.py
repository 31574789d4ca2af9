"""Where somebody goes who has just signed in, by whatever way: to the page that was asked for, or to the second step."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from app.accounts.deps import get_browser, get_lifetime
from app.accounts.identity import HalfWay, SignedIn
from app.accounts.second_step.steps import LASTS, Arrival
from app.kit.say import mark
from app.web.cookies import forget_own, put_own, put_session, session_token
from app.web.flash import register_flash, see_other
from app.web.navigation import landing_for

HALF_COOKIE = "second-step"
SECOND_STEP = "/sign-in/second-step"

register_flash(
    "accounts.second_step_was_reset",
    "warning",
    mark("An administrator has removed your second step of signing in. If you did not ask for it, tell the secretariat now."),
)


def arrival_of(request: Request, back: str = "/") -> Arrival:
    """Return in which browser somebody arrives."""
    return Arrival(get_browser(request).user_agent, get_lifetime(request), back, session_token(request))


def go_on(request: Request, entered: SignedIn | HalfWay, back: str) -> Response:
    """Send somebody on; the session or the half-signed-in state goes into its cookie."""
    if isinstance(entered, HalfWay):
        response: Response = see_other(request, SECOND_STEP)
        put_own(request, response, HALF_COOKIE, entered.token, seconds=int(LASTS.total_seconds()))
        return response
    response = see_other(request, back if back != "/" else landing_for(entered.actor), flash=entered.flash or None)
    put_session(request, response, entered.token)
    forget_own(request, response, HALF_COOKIE)
    return response
