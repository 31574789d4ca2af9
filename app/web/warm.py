"""What the first people would wait for, done before there are any: every route is built, and every template compiled.

FastAPI builds the routes of a router when the first request looks for one, and Jinja compiles a template when it is first
shown: about a second each, during which nobody else is served either.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import Scope

from app.web.templating import Templates

_OF_NOTHING: Scope = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": []}


def warm_up(app: FastAPI) -> None:
    """Look for an address that no route has, which builds them all, and compile the templates."""
    for route in app.routes:
        route.matches(_OF_NOTHING)
    templates: Templates = app.state.templates
    templates.compile()
