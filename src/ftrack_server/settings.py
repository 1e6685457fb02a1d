"""Everything a server can be told, from arguments, environment and a file, checked once and then frozen."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ftrack_protocol.query.tokens import MAX_TEXT_LENGTH
from ftrack_protocol.socketio.packet import MAX_PACKET_LENGTH
from ftrack_server.errors import near_match
from ftrack_server.limits import MAX_OPERATIONS, MAX_PAGE_ROWS, Limits

PREFIX = "FTRACK_SERVER_"
SEEDS = ("empty", "demo", "acceptance")
LEVELS = ("critical", "error", "warning", "info", "debug")
LOG_FORMATS = ("json", "text")
LONGEST_TIMEOUT = 86_400.0
"""Seconds; more than the operating system's locks take would fail when somebody waits, not here."""

LONGEST_LINK = 604_800
"""Seconds; S3 signs no address for longer."""

LONGEST_PREFIX = 512
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?!/)[\w./-]*", re.ASCII)
_SCHEME = re.compile(r"(?P<name>[A-Za-z][\w+.-]*)://")
_POSTGRESQL = re.compile(r"postgres(ql)?(\+\w+)?")
_KINDS: Mapping[str, tuple[type, str]] = {
    "int": (int, "a whole number"),
    "float": (float, "a number"),
    "str": (str, "text"),
}


class SettingsError(ValueError):
    """A setting that cannot be: which one, its value, where it came from and what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server.

    Attributes:
        database: Path of an SQLite file, ``:memory:`` for one that vanishes, or a ``postgresql://`` URL.
        host: Address to listen on.
        port: TCP port, 0 to 65535; with 0 the system chooses a free one.
        public_url: Address under which clients reach the server, for links in answers; derived from the request when
            empty.
        seed: What a new database starts with: ``empty``, ``demo`` or ``acceptance``.
        max_request_bytes: Largest request body, in bytes, of a compressed one also when it is expanded.
        max_operations: Most operations in one batch.
        max_expression_length: Longest query expression, in characters, up to what the language allows at all.
        max_page_rows: Most rows in the answer to one query, those of its collections aside.
        query_timeout: How long one statement of a query may take, in seconds, up to a day.
        write_timeout: How long a batch waits for other writers, in seconds, up to a day.
        shutdown_timeout: How long batches under way may take to finish when the server is told to end, in seconds, up
            to a day.
        readers: Number of database connections for reading.
        outbox_path: Folder for messages when there is no mail server; beside the database when empty.
        smtp_url: Mail server, ``smtp://user:password@host:port`` or ``smtps://``; none when empty.
        mail_from: Address that messages come from.
        event_connections: Clients of the event server at a time.
        event_frame_size: Longest frame that such a client may send, in characters, up to 16 Mi.
        event_queue_frames: Frames that may wait for a client that reads slowly; one more and it is disconnected.
        event_queue_size: Characters that may wait for it, likewise.
        event_subscriptions: Subscriptions that one connection may have.
        event_heartbeat: Time between heartbeats of event connections, in seconds, up to 10.
        event_recovery: Time that hubs get to come back after a crash before what it left over is sent, in seconds, up
            to 60; hubs of the official client take up to 10.
        event_log_events: Events of committed changes that are kept for those who were not there.
        event_log_size: How long all of these may be together, in characters.
        files_path: Folder of uploaded files, thumbnails and the like; beside the database when empty.
        max_upload_bytes: Largest file that may be uploaded, in bytes.
        upload_seconds: How long an upload may take; what it leaves behind unclaimed is kept for so long, in seconds.
        link_seconds: How long the address of a file in an answer is valid, in seconds, up to a week.
        s3_bucket: Bucket that keeps the files; the folder does when empty.
        s3_endpoint: Address of an S3-compatible service, as clients reach it too; Amazon's own when empty.
        s3_region: Region of the bucket; found as boto3 finds it when empty.
        s3_prefix: What the names of all objects in the bucket begin with.
        log_level: Threshold of the server's log: ``critical``, ``error``, ``warning``, ``info`` or ``debug``.
        log_format: ``json`` for one object per line, ``text`` for people.

    What may hold a password is left out of the representation.
    """

    database: str = field(default="ftrack.sqlite3", repr=False)
    host: str = "127.0.0.1"
    port: int = 8060
    public_url: str = ""
    seed: str = "empty"
    max_request_bytes: int = 64 * 1024 * 1024
    max_operations: int = MAX_OPERATIONS
    max_expression_length: int = MAX_TEXT_LENGTH
    max_page_rows: int = MAX_PAGE_ROWS
    query_timeout: float = 60.0
    write_timeout: float = 30.0
    shutdown_timeout: float = 60.0
    readers: int = 8
    outbox_path: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "ftrack@localhost"
    event_connections: int = 10_000
    event_frame_size: int = 4 * 1024 * 1024
    event_queue_frames: int = 10_000
    event_queue_size: int = 64 * 1024 * 1024
    event_subscriptions: int = 2_000
    event_heartbeat: float = 10.0
    event_recovery: float = 12.0
    event_log_events: int = 100_000
    event_log_size: int = 256 * 1024 * 1024
    files_path: str = ""
    max_upload_bytes: int = 2**40
    upload_seconds: int = 86_400
    link_seconds: int = 3600
    s3_bucket: str = ""
    s3_endpoint: str = field(default="", repr=False)
    s3_region: str = ""
    s3_prefix: str = ""
    log_level: str = "info"
    log_format: str = "json"

    def __post_init__(self) -> None:
        for name, (kind, wanted) in _kinds().items():
            value = getattr(self, name)
            fits = isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)
            _need(fits, name, value, wanted)
        _need(bool(self.database.strip()), "database", self.database, "a path, :memory: or a postgresql:// URL")
        scheme = _SCHEME.match(self.database)
        known = scheme is None or _POSTGRESQL.fullmatch(scheme["name"]) is not None
        shown = f"{scheme['name']}://…" if scheme else ""
        _need(known, "database", shown, "a path, :memory: or a postgresql:// URL")
        _need(bool(self.host.strip()), "host", self.host, "an address, such as 127.0.0.1, or 0.0.0.0 for all there are")
        _need(0 <= self.port <= 65535, "port", self.port, "a number from 0 to 65535")
        _need(_is_address(self.public_url), "public_url", self.public_url, "an address with http:// or https://")
        _need(self.seed in SEEDS, "seed", self.seed, f"one of {', '.join(SEEDS)}")
        _need(self.max_request_bytes >= 1024, "max_request_bytes", self.max_request_bytes, "at least 1024 bytes")
        _need(self.max_operations >= 1, "max_operations", self.max_operations, "at least 1")
        fits = 1 <= self.max_expression_length <= MAX_TEXT_LENGTH
        _need(fits, "max_expression_length", self.max_expression_length, f"a number from 1 to {MAX_TEXT_LENGTH}")
        _need(self.max_page_rows >= 1, "max_page_rows", self.max_page_rows, "at least 1")
        for name in ("query_timeout", "write_timeout", "shutdown_timeout"):
            seconds = getattr(self, name)
            _need(0 < seconds <= LONGEST_TIMEOUT, name, seconds, f"more than 0 and up to {LONGEST_TIMEOUT:.0f} seconds")
        _need(1 <= self.readers <= 256, "readers", self.readers, "a number from 1 to 256")
        for name in ("event_connections", "event_queue_frames", "event_subscriptions", "event_log_events"):
            _need(getattr(self, name) >= 1, name, getattr(self, name), "at least 1")
        fits = 1024 <= self.event_frame_size <= MAX_PACKET_LENGTH
        _need(fits, "event_frame_size", self.event_frame_size, f"from 1024 to {MAX_PACKET_LENGTH} characters")
        _need(0.1 <= self.event_heartbeat <= 10, "event_heartbeat", self.event_heartbeat, "from 0.1 to 10 seconds")
        _need(0 <= self.event_recovery <= 60, "event_recovery", self.event_recovery, "from 0 to 60 seconds")
        _need(self.event_queue_size >= 1024, "event_queue_size", self.event_queue_size, "at least 1024 characters")
        _need(self.event_log_size >= 1024, "event_log_size", self.event_log_size, "at least 1024 characters")
        _need(self.max_upload_bytes >= 1, "max_upload_bytes", self.max_upload_bytes, "at least 1 byte")
        for name in ("upload_seconds", "link_seconds"):
            lasting = 60 <= getattr(self, name) <= LONGEST_LINK
            _need(lasting, name, getattr(self, name), f"from 60 to {LONGEST_LINK} seconds")
        self._check_bucket()
        _need(self.log_level in LEVELS, "log_level", self.log_level, f"one of {', '.join(LEVELS)}")
        _need(self.log_format in LOG_FORMATS, "log_format", self.log_format, f"one of {', '.join(LOG_FORMATS)}")

    def _check_bucket(self) -> None:
        fits = not self.s3_bucket or _BUCKET.fullmatch(self.s3_bucket) is not None
        _need(fits, "s3_bucket", self.s3_bucket, "the name of a bucket: 3 to 63 of a-z, 0-9, dots and hyphens")
        fits = _is_address(self.s3_endpoint) and "@" not in self.s3_endpoint
        _need(fits, "s3_endpoint", "…", "an address with http:// or https:// and without credentials")
        fits = len(self.s3_prefix) <= LONGEST_PREFIX and _PREFIX.fullmatch(self.s3_prefix) is not None
        _need(fits, "s3_prefix", self.s3_prefix, "up to 512 of A-Z, a-z, 0-9 and ._-/, not beginning with a slash")
        for name in ("s3_endpoint", "s3_region", "s3_prefix"):
            given = bool(getattr(self, name))
            _need(not given or bool(self.s3_bucket), name, "…", "empty unless s3_bucket names a bucket")

    @property
    def limits(self) -> Limits:
        """How much one call may ask for."""
        return Limits(self.max_operations, self.max_expression_length, self.max_page_rows)


def load_settings(
    arguments: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Return the settings: arguments win over the environment, which wins over the file.

    Args:
        arguments: Values by field name; None counts as not given.
        environ: Variables ``FTRACK_SERVER_DATABASE`` and the like; the process environment when omitted.
        file: A TOML file with the same names, in a table ``[server]``; other tables are left to others.

    Raises:
        SettingsError: For an unknown name, an unreadable file or a value that is not allowed.
    """
    values: dict[str, Any] = {}
    if file is not None:
        values.update(_from_file(file))
    for item in fields(Settings):
        text = (os.environ if environ is None else environ).get(PREFIX + item.name.upper())
        if text:
            values[item.name] = _converted(item.name, text, PREFIX + item.name.upper())
    for name, value in (arguments or {}).items():
        if value is not None:
            values[name] = _converted(name, value, f"--{name.replace('_', '-')}")
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = _toml_reader(path).loads(path.read_text(encoding="utf-8")).get("server")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise SettingsError(f"The settings file {path} cannot be read: {reason}") from error
    if not isinstance(table, dict):
        raise SettingsError(f'The settings file {path} has no table [server]; settings stand below a line "[server]".')
    return {name: _converted(name, value, f"{name} in {path}") for name, value in table.items()}


def _toml_reader(path: Path) -> Any:
    """Return the module that reads TOML: Python has one from 3.11 on."""
    found = next((name for name in ("tomllib", "tomli") if importlib.util.find_spec(name)), None)
    if found is None:
        raise SettingsError(f"--settings {path} needs Python 3.11 or newer; on Python 3.10, install tomli.")
    return importlib.import_module(found)


def _kinds() -> dict[str, tuple[type, str]]:
    """Return the Python type of each setting, and what to call it."""
    return {item.name: _KINDS[str(item.type)] for item in fields(Settings)}


def _converted(name: str, value: Any, source: str) -> Any:
    """Return a value as the type of its setting; only text becomes a number, and no number text."""
    kinds = _kinds()
    if name not in kinds:
        hint = near_match(name, kinds) or f" There are {', '.join(kinds)}."
        raise SettingsError(f'There is no setting "{name}" ({source}).{hint}')
    kind, wanted = kinds[name]
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        try:
            return kind(value.lower() if name in {"log_level", "log_format"} else value)
        except ValueError as error:
            raise SettingsError(f"{source} must be {wanted}, got {value!r}.") from error
    if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
        raise SettingsError(f"{source} must be {wanted}, got {value!r}.")
    return value


def _is_address(url: str) -> bool:
    """Return whether text is empty or an absolute address to which paths can be added."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not url or (parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query + parts.fragment)


def _need(condition: bool, name: str, value: object, allowed: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise SettingsError(f'Setting "{name}" is {value!r}; it must be {allowed}.')
