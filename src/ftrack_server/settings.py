"""Everything a server can be told, from arguments, environment and a file, checked once and then frozen."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "FTRACK_SERVER_"
SEEDS = ("empty", "demo", "acceptance")


class SettingsError(ValueError):
    """A setting that cannot be: which one, its value, where it came from and what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server.

    Attributes:
        database: Path of an SQLite file, ``:memory:`` for one that vanishes, or a ``postgresql://`` URL.
        host: Address to listen on.
        port: TCP port, 0 to 65535; 0 lets the system choose.
        public_url: Address under which clients reach the server, for links in answers; derived from the request when
            empty.
        seed: What a new database starts with: ``empty``, ``demo`` or ``acceptance``.
        max_request_bytes: Largest request body, in bytes.
        write_timeout: How long a batch waits for other writers, in seconds.
        readers: Number of database connections for reading.
        outbox_path: Folder for messages when there is no mail server; beside the database when empty.
        smtp_url: Mail server, ``smtp://user:password@host:port`` or ``smtps://``; none when empty.
        mail_from: Address that messages come from.
        log_level: Threshold of the server's log.
    """

    database: str = "ftrack.sqlite3"
    host: str = "127.0.0.1"
    port: int = 8060
    public_url: str = ""
    seed: str = "empty"
    max_request_bytes: int = 64 * 1024 * 1024
    write_timeout: float = 30.0
    readers: int = 8
    outbox_path: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "ftrack@localhost"
    log_level: str = "info"

    def __post_init__(self) -> None:
        _need(bool(self.database), "database", self.database, "a path, :memory: or a postgresql:// URL")
        _need(0 <= self.port <= 65535, "port", self.port, "a number from 0 to 65535")
        _need(self.seed in SEEDS, "seed", self.seed, f"one of {', '.join(SEEDS)}")
        _need(self.max_request_bytes >= 1024, "max_request_bytes", self.max_request_bytes, "at least 1024 bytes")
        _need(self.write_timeout > 0, "write_timeout", self.write_timeout, "more than 0 seconds")
        _need(1 <= self.readers <= 256, "readers", self.readers, "a number from 1 to 256")
        _need(self.log_level in _LEVELS, "log_level", self.log_level, f"one of {', '.join(_LEVELS)}")
        absolute = self.public_url.startswith(("http://", "https://"))
        _need(not self.public_url or absolute, "public_url", self.public_url, "an address with http:// or https://")


_LEVELS = ("critical", "error", "warning", "info", "debug")


def load_settings(
    arguments: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Return the settings: arguments win over the environment, which wins over the file.

    Args:
        arguments: Values by field name; None counts as not given.
        environ: Variables ``FTRACK_SERVER_DATABASE`` and the like; the process environment when omitted.
        file: A TOML file with the same names, in a table ``[server]``.

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
        tomllib = importlib.import_module("tomllib")
    except ImportError:
        try:
            tomllib = importlib.import_module("tomli")
        except ImportError as error:
            raise SettingsError(f"Reading {path} needs Python 3.11, or the package tomli on Python 3.10.") from error
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("server", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}") from error
    return {name: _converted(name, value, f"{name} in {path}") for name, value in table.items()}


def _converted(name: str, value: Any, source: str) -> Any:
    kinds = {item.name: item.type for item in fields(Settings)}
    if name not in kinds:
        raise SettingsError(f'There is no setting "{name}" ({source}); there are {", ".join(kinds)}.')
    kind: type[Any] = {"int": int, "float": float}.get(str(kinds[name]), str)
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{source} must be a number, got {value!r}.") from error


def _need(condition: bool, name: str, value: object, allowed: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise SettingsError(f'Setting "{name}" is {value!r}; it must be {allowed}.')
