"""The composition root: opens the database, wires all parts together, decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ftrack_protocol.actions import GetUploadMetadata
from ftrack_server.api.context import Services
from ftrack_server.api.cors import CrossOrigin
from ftrack_server.api.dispatch import Dispatcher
from ftrack_server.api.edition import Editions
from ftrack_server.api.http import ApiEndpoint, failed, not_served, routes
from ftrack_server.api.request_log import RequestLog
from ftrack_server.auth.keys import Authenticator
from ftrack_server.clock import SystemClock
from ftrack_server.errors import DatabaseMissingError
from ftrack_server.events.delivery import Delivery
from ftrack_server.events.endpoint import EventEndpoint
from ftrack_server.events.http import HistoryEndpoint
from ftrack_server.events.limits import EventLimits
from ftrack_server.events.tickets import Tickets
from ftrack_server.jobs.queue import JobQueue
from ftrack_server.jobs.worker import Worker
from ftrack_server.mail.mailer import make_mailer
from ftrack_server.media.access import FileAccess
from ftrack_server.media.disk import DiskStore
from ftrack_server.media.files import Files, Limits
from ftrack_server.media.http import FilesEndpoint
from ftrack_server.media.library import Library
from ftrack_server.media.s3 import open_bucket
from ftrack_server.media.signing import Signer, site_secret
from ftrack_server.media.thumbnails import Thumbnails
from ftrack_server.model.load import load_model
from ftrack_server.storage.dialect.kinds import is_missing, kind_of, shown
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import is_empty, migrate
from ftrack_server.storage.seed import seed
from ftrack_server.storage.tables import build_metadata
from ftrack_server.web.health import HealthPage
from ftrack_server.web.widgets import WidgetPages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from ftrack_server.clock import Clock
    from ftrack_server.media.http import Announce
    from ftrack_server.media.s3 import S3Store
    from ftrack_server.model.registry import Model
    from ftrack_server.settings import Settings


def open_database(settings: Settings, *, template: Path | None = None, existing: bool = False) -> Database:
    """Open the database of some settings; a new one gets its tables and what `settings.seed` says.

    Args:
        settings: Where it is and how to use it.
        template: An SQLite file to start a new database from.
        existing: Refuse a database that is missing or empty, instead of making it.

    Raises:
        DatabaseVersionError: If it belongs to a newer server or to something else.
        DatabaseMissingError: If it has to exist and does not.
    """
    if existing and is_missing(settings.database):
        raise _missing(settings)
    model, tables = _described(kind_of(settings.database))
    database = Database.open(
        settings.database,
        model,
        metadata=tables,
        write_timeout=settings.write_timeout,
        query_timeout=settings.query_timeout,
        readers=settings.readers,
        template=template,
    )
    try:
        _prepare(database, model, settings, existing=existing)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: Database, model: Model, settings: Settings, *, existing: bool) -> None:
    if existing and is_empty(database):
        raise _missing(settings)
    migrate(database)
    seed(database, model, settings.seed)
    database.refresh_statistics()
    site_secret(database)  # there before anybody asks for it within a transaction


def _missing(settings: Settings) -> DatabaseMissingError:
    name = shown(settings.database)
    return DatabaseMissingError(
        f"There is no database {name}; `ftrack-server init --database {shlex.quote(name)}` makes one."
    )


@lru_cache(maxsize=2)
def _described(_kind: str) -> tuple[Model, Any]:
    """Return the data model and its tables, which never change and are shared by all databases of a kind."""
    model = load_model()
    return model, build_metadata(model)


def make_services(settings: Settings, database: Database) -> Services:
    """Return what the settings name besides the database; the outbox lies beside an SQLite file unless told otherwise.

    Raises:
        SettingsError: If the mail server's address makes no sense.
    """
    beside = f"{database.path}.outbox" if database.path else "ftrack.outbox"
    mailer = make_mailer(settings.smtp_url, settings.outbox_path or beside)
    return Services(mailer, settings.mail_from, make_files(settings, database))


def make_files(settings: Settings, database: Database) -> Files:
    """Return the store of files that the settings name, with the index of what is in it.

    Raises:
        StorageError: If it is a bucket that cannot be used.
    """
    library = Library(database, make_store(settings, database), time.time)
    limits = Limits(settings.max_upload_bytes, settings.upload_seconds, settings.link_seconds)
    signer = Signer(site_secret(database), time.time)
    return Files(library, signer, limits, JobQueue(database, time.time))


def make_store(settings: Settings, database: Database) -> DiskStore | S3Store:
    """Return where bytes are kept: the bucket that the settings name, else the folder."""
    if settings.s3_bucket:
        return open_bucket(settings.s3_bucket, settings.s3_endpoint, settings.s3_region, settings.s3_prefix)
    return DiskStore(files_folder(settings, database))


def make_thumbnails(settings: Settings, database: Database, files: Files) -> Thumbnails:
    """Return what makes thumbnails of files and keeps them beside those."""
    return Thumbnails(files.library, files_folder(settings, database) / "thumbnails")


def files_folder(settings: Settings, database: Database) -> Path:
    """Return the folder of uploaded files: beside an SQLite database unless told otherwise."""
    beside = f"{database.path}.files" if database.path else "ftrack.files"
    return Path(settings.files_path or beside)


def announcing(dispatcher: Dispatcher) -> Announce:
    """Return what older clients announce files by: parameters of an address instead of an action (protocol: 8)."""

    def announce(asked: Mapping[str, str], base_url: str) -> Mapping[str, Any]:
        actor = dispatcher.authenticator.verify(asked.get("username", ""), asked.get("apiKey", ""))
        size = int(asked["fileSize"]) if asked.get("fileSize") else None
        action = GetUploadMetadata(asked.get("id", ""), file_size=size, checksum=asked.get("checksum") or None)
        (told,) = dispatcher.carry_out(actor, [action], base_url=base_url)
        metadata: Mapping[str, Any] = told
        return metadata

    return announce


def event_limits(settings: Settings) -> EventLimits:
    """Return what the settings allow each client of the event server."""
    return EventLimits(
        connections=settings.event_connections,
        frame_characters=settings.event_frame_size,
        queue_frames=settings.event_queue_frames,
        queue_characters=settings.event_queue_size,
        subscriptions=settings.event_subscriptions,
        heartbeat_seconds=settings.event_heartbeat,
    )


def create_app(settings: Settings, database: Database | None = None, clock: Clock | None = None) -> Starlette:
    """Return the server as an ASGI application.

    Args:
        settings: How it is to run.
        database: An open database to serve, which stays open afterwards; the one of the settings when omitted, which is
            closed together with the application.
        clock: Time and new ids; the real ones when omitted.
    """
    opened = database or open_database(settings)
    editions = Editions(opened, load_model(), settings.limits)
    limits = event_limits(settings)
    delivery = Delivery(
        opened,
        limits,
        max_events=settings.event_log_events,
        max_characters=settings.event_log_size,
        recovery_seconds=settings.event_recovery,
    )
    services = replace(make_services(settings, opened), announce=delivery.announce)
    authenticator = Authenticator(opened)
    dispatcher = Dispatcher(
        opened,
        editions,
        authenticator,
        clock or SystemClock(),
        services,
        settings.public_url,
        settings.limits,
    )
    pages = WidgetPages(authenticator, opened, editions)
    health = HealthPage(opened)
    endpoint = ApiEndpoint(dispatcher, max_request_bytes=settings.max_request_bytes)
    tickets = Tickets(site_secret(opened), time.time)
    events = EventEndpoint(dispatcher.identify, authenticator.renew, delivery.broker, tickets, limits)
    log = HistoryEndpoint(dispatcher.identify, delivery.history)
    access = FileAccess(services.files, authenticator, opened, editions)
    thumbnails = make_thumbnails(settings, opened, services.files)
    files = FilesEndpoint(services.files, access, thumbnails, announcing(dispatcher))
    worker = Worker(dispatcher, services.files, services.files.queue, thumbnails)

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(work) for work in (events.watch(), *delivery.work())]
        worker.start()
        yield
        await asyncio.to_thread(worker.stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if database is None:
            opened.close()

    return Starlette(
        routes=[*pages.routes(), *health.routes(), *events.routes(), *log.routes(), *files.routes(), *routes(endpoint)],
        middleware=[Middleware(RequestLog), Middleware(CrossOrigin)],
        exception_handlers={HTTPException: not_served, Exception: failed},
        lifespan=lifespan,
    )
