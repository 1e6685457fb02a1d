"""A cache in a database file, which outlives the process and may be shared by several."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from ftrack_api._cache.base import Cache

if TYPE_CHECKING:
    import sqlite3

SUFFIX = ".sqlite3"
HEADER = b"SQLite format 3\0"
BUSY_SECONDS = 30.0  # how long a process waits for another that writes

_TABLE = (
    "CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB NOT NULL, written REAL NOT NULL) WITHOUT ROWID"
)


class FileCache(Cache):
    """Keeps text in a SQLite file; wrap it in a `SerialisedCache` for other values.

    Threads and processes of one machine may share the file. Nothing in it is run or unpickled when it is read. It does
    not wait for the disk: after a power cut it may be damaged, and is to be deleted.

    Attributes:
        path: As given.
        lifetime: Seconds after which a value counts as missing; None for never.

    Cost: 10 µs for a value that is read, 70 µs for one that is written.
    """

    def __init__(self, path: str | os.PathLike[str], *, lifetime: float | None = None) -> None:
        """Open the file, made when missing.

        Args:
            path: Where it is. ``.sqlite3`` is appended where something else lies there already, such as a cache of
                another client.
            lifetime: Seconds after which a value counts as missing; None for never.

        Raises:
            ValueError: If the file is no such cache, or the lifetime not positive.
            OSError: If it cannot be opened.
        """
        if lifetime is not None and lifetime <= 0:
            raise ValueError(f"lifetime must be a positive number of seconds, or None, not {lifetime!r}.")
        self.path: str = os.fspath(path)
        self.lifetime = lifetime
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        with self._database():
            pass

    @property
    def _path(self) -> str:
        # Kept for plugins.
        return self.path

    def get(self, key: str) -> str:
        """Return the text of a key; KeyError when there is none."""
        with self._database() as database:
            try:
                return str(database[key.encode("utf-8")], "utf-8")
            except KeyError:
                raise KeyError(key) from None

    def set(self, key: str, value: str | bytes) -> None:
        """Keep text, or bytes that are text in UTF-8.

        Raises:
            TypeError: If key or value is something else; a `SerialisedCache` around this one makes it text.
        """
        if not isinstance(key, str):
            raise TypeError(f"The keys of a FileCache are text, not {type(key).__name__}: {key!r}.")
        if not isinstance(value, str | bytes):
            raise TypeError(
                f"A FileCache keeps text, not {type(value).__name__}; wrap it in a SerialisedCache with functions that "
                f"encode and decode values. The value of {key!r} is not kept: {value!r}"
            )
        with self._database() as database:
            database[key.encode("utf-8")] = value.encode("utf-8") if isinstance(value, str) else value

    def remove(self, key: str) -> None:
        """Forget a key; KeyError when there is none."""
        with self._database() as database:
            try:
                del database[key.encode("utf-8")]
            except KeyError:
                raise KeyError(key) from None

    def keys(self) -> list[str]:
        """Return the keys, in alphabetical order."""
        with self._database() as database:
            return [str(key, "utf-8") for key in database]

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None and self._process == os.getpid():
                connection.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # the interpreter may be ending
            self.close()

    @contextlib.contextmanager
    def _database(self) -> Iterator[_Entries]:
        """Yield the entries as a mapping of bytes, for this thread alone."""
        with self._lock:
            if self._connection is None or self._process != os.getpid():  # a connection is not for forked processes
                self._connection = _open(self.path)
                self._process = os.getpid()
            yield _Entries(self._connection, self.lifetime)


class _Entries(MutableMapping[bytes, bytes]):
    """The entries of a file by key."""

    def __init__(self, connection: sqlite3.Connection, lifetime: float | None) -> None:
        self._connection = connection
        self._oldest = 0.0 if lifetime is None else time.time() - lifetime

    def __getitem__(self, key: bytes) -> bytes:
        row = self._ask("SELECT value FROM entry WHERE key = ? AND written >= ?", key, self._oldest).fetchone()
        if row is None:
            raise KeyError(key)
        return bytes(row[0])

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._ask("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", key, value, time.time())

    def __delitem__(self, key: bytes) -> None:
        if not self._ask("DELETE FROM entry WHERE key = ?", key).rowcount:
            raise KeyError(key)

    def __iter__(self) -> Iterator[bytes]:
        rows = self._ask("SELECT key FROM entry WHERE written >= ? ORDER BY key", self._oldest).fetchall()
        return (row[0] for row in rows)

    def __len__(self) -> int:
        return int(self._ask("SELECT count(*) FROM entry WHERE written >= ?", self._oldest).fetchone()[0])

    def _ask(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)


def _open(path: str) -> sqlite3.Connection:
    """Return a connection to the file of a path."""
    import sqlite3  # noqa: PLC0415 - few sessions have such a cache, and it takes as long to load as the client

    file = path if _may_be_ours(path) else path + SUFFIX
    try:
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OSError(f"The cache {file} cannot be opened: {error}.") from error
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_TABLE)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ValueError(f"{file} is no cache: {error}. Delete it, or choose another path.") from error
    return connection


def _may_be_ours(path: str) -> bool:
    """Return whether a path holds a database of our kind, or nothing yet."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text, as users give it
            return file.read(len(HEADER)) in {HEADER, b""}
    except OSError:
        return True  # nothing there, or what the database will complain of


# Shown and documented under its public home.
FileCache.__module__ = "ftrack_api.cache"
