"""A cache in a database file, which outlives the process."""

from __future__ import annotations

import contextlib
import dbm
import os
import threading
from collections.abc import Iterator
from typing import Any

from ftrack_api._cache.base import Cache


class FileCache(Cache):
    """Keeps text in a ``dbm`` file; wrap it in a `SerialisedCache` for other values.

    The kind of database is what ``dbm`` prefers on this machine, and may append a suffix to the path. The file is
    opened for each operation, by one thread at a time. Two processes must not write at the same moment: the database
    then raises ``dbm.error`` or, for the simplest kind, loses a change.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file, made when missing.

        Args:
            path: Where it is.

        Raises:
            dbm.error: If it is no database.
        """
        self.path: str = os.fspath(path)
        self._lock = threading.Lock()
        dbm.open(self.path, "c").close()

    @property
    def _path(self) -> str:
        # Kept for plugins.
        return self.path

    def get(self, key: str) -> str:
        """Return the text of a key; KeyError when there is none."""
        with self._database() as database:
            try:
                value: bytes = database[key.encode("utf-8")]
            except KeyError:
                raise KeyError(key) from None
        return value.decode("utf-8")

    def set(self, key: str, value: str | bytes) -> None:
        """Keep text, or bytes that are text in UTF-8."""
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
        """Return the keys, in the order of the database."""
        with self._database() as database:
            return [key.decode("utf-8") for key in database.keys()]  # noqa: SIM118 - not iterable in every kind of dbm

    @contextlib.contextmanager
    def _database(self) -> Iterator[Any]:
        """Yield the database, open for writing and for this thread alone."""
        with self._lock, contextlib.closing(dbm.open(self.path, "w")) as database:
            yield database
