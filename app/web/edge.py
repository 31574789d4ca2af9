"""Puts the edge kit around an application, in the one order in which its layers protect each other."""

from __future__ import annotations

import re

from fastapi import FastAPI

from app.config import Settings
from app.infra.catalogs import Catalogs
from app.infra.overlay import Overlay
from app.web.assets import Assets
from app.web.csrf import CrossSiteGuard
from app.web.errors import ErrorAnswers, install
from app.web.exports import OneExport
from app.web.headers import SecureHeaders
from app.web.i18n import SpeakLanguage
from app.web.limits import KnownHosts, SaneRequests, WholeBody
from app.web.rates import CountedRequests, Rates
from app.web.reads import ReadsForNobody
from app.web.templating import Templates
from app.web.traced import UNWATCHED, TracedRequests, Watched
from app.web.turn import TakesTurns
from app.web.uploads import IsKnown
from app.web.zone import ReadersZone


def add_edge(
    app: FastAPI,
    settings: Settings,
    assets: Assets,
    templates: Templates,
    *,
    uploads: tuple[re.Pattern[str], IsKnown] | None = None,
    overlay: Overlay | None = None,
    rates: Rates | None = None,
    watched: Watched = UNWATCHED,
) -> None:
    """Add error answers, static files and every layer; Starlette puts the layer that is added last outermost.

    `uploads`: what matches the paths that take a file, and what recognises the session of those who may send one.
    `overlay`: the translations that lie over the files of the languages.
    `rates`: what counts the requests of programs.
    `watched`: what counts all answers for the metrics, and tells a collector of every request."""
    install(app, templates)
    templates.tell_contact(settings.contact)
    catalogs = Catalogs(settings.translations, overlay)
    app.state.catalogs = catalogs
    app.router.routes.append(assets.route())
    app.add_middleware(TakesTurns, threads=settings.pool_size)
    app.add_middleware(OneExport, settings=settings)
    app.add_middleware(WholeBody, settings=settings, uploads=uploads)
    app.add_middleware(CrossSiteGuard, settings=settings)
    app.add_middleware(SaneRequests)
    app.add_middleware(KnownHosts, settings=settings)
    app.add_middleware(ErrorAnswers, templates=templates, shows_messages=settings.development)
    if rates is not None:  # around the errors, because what is refused carries the headers as well
        app.add_middleware(CountedRequests, rates=rates)
    app.add_middleware(ReadersZone)
    app.add_middleware(SpeakLanguage, catalogs=catalogs)
    if watched.tracer is not None:
        app.add_middleware(TracedRequests, tracer=watched.tracer)
    app.add_middleware(SecureHeaders, settings=settings, requests=watched.requests)
    app.add_middleware(ReadsForNobody)
