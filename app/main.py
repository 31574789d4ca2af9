"""The application: the only place that wires rooms together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event

import anyio.to_thread
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from app.accounts import api as accounts_api
from app.accounts import pages as accounts_pages
from app.accounts.api.recognising import client_recogniser, session_recogniser
from app.accounts.clients import asking, ending, usage
from app.accounts.deps import csrf_secret
from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.notices import Desk
from app.accounts.signing_in import password_reset
from app.audit import facts
from app.authoring import api as authoring_api
from app.authoring import pages as authoring_pages
from app.benchmarks import api as benchmarks_api
from app.benchmarks import pages as benchmarks_pages
from app.benchmarks.refresh import BenchmarkRefreshed, refresh_after, refresh_reviewed
from app.config import Settings
from app.economies import api as economies_api
from app.economies import lookups
from app.economies import pages as economies_pages
from app.evidence import contents, link_check
from app.evidence import pages as evidence_pages
from app.infra.catalogs import Catalogs
from app.infra.db import Database, database_url, open_database
from app.infra.durable import fold_log, warn_of_long_log
from app.infra.jobs import Job, Lane, Worker, Workers, stop_together
from app.infra.mail import ConsoleSender, NoSender, Sender, SmtpSender, read_address
from app.infra.meters import Meters
from app.infra.objects import open_objects
from app.infra.overlay import Overlay, Texts
from app.infra.passwords import Passwords
from app.infra.tally import Tally
from app.infra.traces import Tracer, open_tracer
from app.keeping import retention
from app.mail import delivery
from app.offline import pages as offline_pages
from app.offline import service as offline
from app.peer_reviews import pages as peer_reviews_pages
from app.peer_reviews.closing import PeerReviewClosed
from app.peer_reviews.pages import waiting as second_opinions
from app.questionnaires import api as questionnaires_api
from app.questionnaires import pages as questionnaires_pages
from app.questionnaires import service as questionnaires
from app.questionnaires import translations
from app.releases import api as releases_api
from app.releases import pages as releases_pages
from app.releases import patching
from app.releases.sdmx import api as sdmx_api
from app.releases.shelf import Shelf
from app.releases.stamp import Stamp
from app.releases.withdrawing import withdraw_after
from app.reports import api as reports_api
from app.reports import building
from app.reports import pages as reports_pages
from app.reviews import api as reviews_api
from app.reviews import attaching, digest
from app.reviews import pages as reviews_pages
from app.reviews.sign_off import Submitted
from app.scores import api as scores_api
from app.scores import pages as scores_pages
from app.scores.service import score_reviewed, score_submissions
from app.teamwork import api as teamwork_api
from app.teamwork import presence
from app.web import warm
from app.web.assets import Assets
from app.web.edge import add_edge
from app.web.health import Health
from app.web.openapi import Service
from app.web.rates import Rates, open_rates
from app.web.remembered import Remembered
from app.web.templating import Templates
from app.web.traced import Watched
from app.web.uploads import any_of

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_AT_ONCE = timedelta(milliseconds=250)
_SOON = timedelta(seconds=2)  # two small reads each time; a person who waits for a mail does not notice
_HALF_MINUTELY = timedelta(seconds=30)
_MINUTELY = timedelta(minutes=1)
_OFTEN = timedelta(minutes=15)
_HOURLY = timedelta(hours=1)
_DAILY = timedelta(days=1)

# In the order of the API's description.
_APIS = (
    *(accounts_api, economies_api, questionnaires_api, reports_api, reviews_api),
    *(teamwork_api, scores_api, benchmarks_api, releases_api, authoring_api),
)
_PAGES = (
    *(accounts_pages, economies_pages, questionnaires_pages, evidence_pages, reviews_pages, peer_reviews_pages),
    *(scores_pages, benchmarks_pages, releases_pages, reports_pages, offline_pages, authoring_pages),
)
_UPLOADS = (reviews_pages.UPLOADS, offline_pages.UPLOADS, authoring_pages.UPLOADS)

ACTS = {
    ("POST", "/sign-in"): "sign_in",
    ("POST", "/sign-in/second-step"): "second_step",
    ("POST", "/reviews/{review_id}/sections/{code}"): "save",
    ("PUT", "/api/v1/reviews/{review_id}/answers/{item_code}"): "save",
    ("POST", "/reviews/{review_id}/submit"): "submit",
}
"""What people do, by the route that takes it: how it ended is one of the metrics."""

API_DESCRIPTION = """
Questionnaires, economies, cycles and benchmark scores of voluntary reviews of AI readiness.

Public data need no key. With a key (`Authorization: Bearer rdy_...`) you also see what your economy or role may see.
Scores are numbers from 0 to the questionnaire's scale with `coverage` beside them, or `null` with a `reason`. There are no
ranks. Errors are problem documents (RFC 9457). Lists are paged by `next`; every answer has a strong `ETag`.
"""


def connect_rooms() -> None:
    """Say which rooms follow which facts: submissions and closed peer reviews are scored, then the benchmark is
    rebuilt, then what it shows no more leaves the releases, in one transaction."""
    facts.follow(Submitted, score_submissions)
    facts.follow(Submitted, refresh_after)
    facts.follow(PeerReviewClosed, score_reviewed)
    facts.follow(PeerReviewClosed, refresh_reviewed)
    facts.follow(BenchmarkRefreshed, withdraw_after)


def open_passwords(settings: Settings) -> Passwords:
    """Return the password hasher with the settings' cost."""
    return Passwords(memory_kib=settings.password_memory_kib, rounds=settings.password_rounds)


def open_sender(settings: Settings) -> Sender:
    """Return what takes mail away: the SMTP server of the settings; without one, the terminal, but never on a public server."""
    if not settings.mail_host:
        return ConsoleSender() if settings.development else NoSender()
    return SmtpSender(
        host=settings.mail_host,
        port=settings.smtp_port,
        security=settings.mail_security,
        sender=read_address(settings.mail_from),
        user=settings.mail_user,
        password="" if settings.mail_password is None else settings.mail_password.get_secret_value(),
    )


def jobs_of(settings: Settings, database: Database, meters: Meters | None = None) -> tuple[Job, ...]:
    """Say what is done without being asked, and how often; the server or `readiness worker` runs it."""
    failed = None if meters is None else meters.store_failed
    overlay, objects = _overlay(database), open_objects(settings.files_url, settings.data_dir, failed)
    catalogs = Catalogs(settings.translations, overlay)
    workshop = building.Workshop(database, objects, catalogs, settings.base_url)
    checks = (Job("evidence.check_links", _HOURLY, partial(_check_links, database), lane=Lane.WAITING),)
    years = settings.keep_drafts_years or 0
    ends = (Job("keeping.end_old_drafts", _DAILY, partial(retention.end_old_drafts, database, years), lane=Lane.WAITING),)
    return (
        Job("questionnaires.read_translations", _MINUTELY, overlay.refresh),
        Job("accounts.answer_resets", _SOON, partial(password_reset.answer_asked, database, catalogs, settings.base_url)),
        Job("mail.deliver", _SOON, partial(delivery.deliver_due, database, open_sender(settings))),
        Job("releases.patch", _SOON, partial(patching.patch_due, database), lane=Lane.BUILDING),
        Job("reviews.send_digests", _OFTEN, partial(digest.send_digests, database, catalogs, settings.base_url)),
        Job("reviews.send_reminders", _OFTEN, partial(digest.send_reminders, database, catalogs, settings.base_url)),
        Job("reports.build", _SOON, partial(building.build_due, workshop), lane=Lane.BUILDING),
        Job("database.watch_log", _MINUTELY, partial(warn_of_long_log, database)),
        Job("reports.clear", _HOURLY, partial(building.clear_old, workshop)),
        Job("mail.clear", _HOURLY, partial(delivery.clear_old, database)),
        Job("accounts.warn_of_ends", _HOURLY, partial(ending.warn, database, Desk(settings.base_url, catalogs))),
        Job("accounts.clear", _HOURLY, partial(_clear_accounts, database)),
        Job("teamwork.clear", _DAILY, partial(_in_transaction, database, presence.clear_old)),
        Job("offline.clear", _DAILY, partial(_in_transaction, database, offline.forget_expired)),
        Job("evidence.sweep", _DAILY, partial(contents.sweep, database, objects), lane=Lane.WAITING),
        Job("audit.log_head", _HOURLY, partial(retention.log_head, database)),
        *(checks if settings.check_links else ()),
        *(ends if settings.keep_drafts_years else ()),
    )


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Build the application. A database that is handed in stays the caller's to close."""
    connect_rooms()
    parts = _open_parts(settings, database)
    app = _service(_lifespan(parts, closes_database=database is None))
    _share(app, parts)
    _add_routes(app)
    _add_edge(app, parts)
    return app


def warm_up(app: FastAPI) -> None:
    """Do before the first request what would be done for the first time with it."""
    warm.warm_up(app)
    with suppress(DBAPIError, PoolTimeoutError), app.state.database.read() as session:
        questionnaires.read_in_use(session)  # what cannot be read now is read when somebody asks for it


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a process opens once, and all of the application shares."""

    settings: Settings
    database: Database
    meters: Meters
    tracer: Tracer | None
    rates: Rates
    stamp: Stamp


def _open_parts(settings: Settings, database: Database | None) -> _Parts:
    opened = database or open_database(database_url(settings.database_url, settings.data_dir), pool_size=settings.pool_size)
    tracer = open_tracer(settings.traces_url, settings.traces_share)
    if tracer is not None:
        tracer.follow(opened.writer, opened.reader)
    rates = open_rates(settings, client_recogniser(opened, settings))
    return _Parts(settings, opened, Meters(ACTS), tracer, rates, Stamp(opened))


def _lifespan(parts: _Parts, *, closes_database: bool) -> Lifespan:
    """Return what runs around the requests: the jobs, and the end of what was opened."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # As many worker threads as connections: more would only wait for one.
        anyio.to_thread.current_default_thread_limiter().total_tokens = parts.settings.pool_size
        workers = Workers(jobs_of(parts.settings, parts.database, parts.meters), parts.meters.job_ran)
        own = (_counting(parts), *_folding(parts))
        if parts.settings.embedded_worker:
            workers.start()
        for each in own:
            each.start()
        yield
        await anyio.to_thread.run_sync(stop_together, (*workers.each, *own))
        await _close(parts, closes_database=closes_database)

    return lifespan


def _counting(parts: _Parts) -> Worker:
    """Return what writes down how keys are used: what a process counted only it can write, wherever the jobs run."""
    write = partial(write_use, parts.database, parts.rates.tally)
    return Worker([Job("accounts.write_use", _HALF_MINUTELY, write)], "use of keys")


def _folding(parts: _Parts) -> Iterator[Worker]:
    """Return what keeps SQLite's log short, where it is SQLite; it has a thread of its own, for it waits for the disk."""
    if parts.database.writer.url.get_backend_name() == "sqlite":
        yield Worker([Job("database.fold_log", _AT_ONCE, partial(fold_log, parts.database))], "log of the database")


async def _close(parts: _Parts, *, closes_database: bool) -> None:
    with suppress(DBAPIError, PoolTimeoutError):  # a few counts are no reason not to end
        await anyio.to_thread.run_sync(write_use, parts.database, parts.rates.tally)
    if closes_database:
        parts.database.dispose()
    if parts.tracer is not None:
        await anyio.to_thread.run_sync(parts.tracer.close)


def _service(lifespan: Lifespan) -> Service:
    return Service(
        title="Readiness",
        version="1",
        description=API_DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # it would tell whole addresses
    )


def _share(app: FastAPI, parts: _Parts) -> None:
    """Hand the rooms what they look up in the state of the application."""
    state, settings, database = app.state, parts.settings, parts.database
    state.settings, state.database = settings, database
    state.rates, state.meters = parts.rates, parts.meters
    state.objects = open_objects(settings.files_url, settings.data_dir, parts.meters.store_failed)
    state.passwords = open_passwords(settings)
    state.economy_name, state.figures_of = lookups.names(database), lookups.figures(database)
    state.csrf_secret = csrf_secret
    state.stamp, state.releases = parts.stamp, Shelf(database, parts.stamp)
    state.second_opinions = second_opinions.waiting_for
    state.dialects = {"sdmx": sdmx_api.answer}
    state.leaving = Event()


def _add_routes(app: FastAPI) -> None:
    for api in _APIS:
        app.include_router(api.router, prefix="/api/v1")
    app.include_router(sdmx_api.router, include_in_schema=False)
    for pages in _PAGES:
        app.include_router(pages.router, include_in_schema=False)


def _add_edge(app: FastAPI, parts: _Parts) -> None:
    """Put around the routes what every request passes; what is added last is passed first."""
    settings, database = parts.settings, parts.database
    assets = Assets(settings.project_dir / "static")
    add_edge(
        app,
        settings,
        assets,
        Templates(assets.asset),
        uploads=(any_of(*_UPLOADS), session_recogniser(database, settings)),
        overlay=_overlay(database),
        rates=parts.rates,
        watched=Watched(parts.meters.requests, parts.tracer),
    )
    _remember_answers(app, parts)
    app.add_middleware(Health, is_ready=partial(_is_ready, database, app.state.leaving))


def _remember_answers(app: FastAPI, parts: _Parts) -> None:
    app.add_middleware(
        Remembered,
        settings=parts.settings,
        stamp=parts.stamp,
        prefixes=(*releases_api.REMEMBERED, "/sdmx/"),
        counts=partial(parts.rates.take, is_kept=True),
        requests=parts.meters.requests,
    )


def _is_ready(database: Database, leaving: Event) -> bool:
    """Tell whether requests should be sent to this process: it is not about to end, and the database answers."""
    if leaving.is_set():
        return False
    try:
        with database.look_up() as session:
            session.connection().exec_driver_sql("SELECT 1")
    except (DBAPIError, PoolTimeoutError):
        return False
    return True


def _in_transaction(database: Database, work: Callable[[Session], object]) -> None:
    with database.write() as session:
        work(session)


def _overlay(database: Database) -> Overlay:
    """Return the translations of the desk, as every process of the service keeps them."""

    def stamp() -> int:
        with database.look_up() as session:
            return translations.stamp(session)

    def read() -> Mapping[str, Texts]:
        with database.look_up() as session:
            return translations.texts(session)

    return Overlay(stamp, read)


def _check_links(database: Database) -> None:
    attaching.watch_links(database)
    link_check.check_due_links(database)


def _clear_accounts(database: Database) -> None:
    with database.write() as session:
        password_reset.clear_old(session)
        mail_choices.clear_old(session)
        asking.clear_old(session)
        usage.clear_old(session)


def write_use(database: Database, tally: Tally) -> None:
    """Write down how keys were used since the last time; what cannot be written now is kept for the next time."""
    counted = tally.drain()
    if not counted:
        return
    try:
        with database.write() as session:
            usage.add(session, counted)
    except (DBAPIError, PoolTimeoutError):
        tally.put_back(counted)
        raise
