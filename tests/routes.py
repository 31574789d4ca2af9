"""Every route of the program, as tests go through them."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts


def routes(app: FastAPI) -> list[tuple[str, str, RouteContext, APIRoute]]:
    """List every route of ours by its method and whole path."""
    return [
        (method, context.path_format or "", context, context.route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.route, APIRoute)
        for method in sorted(context.methods or ())
    ]
