"""The data model of the moment with all that follows from it, replaced as a whole when what it rests on changes."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ftrack_protocol.schema import schema_hash
from ftrack_server.api.actions.shape import Shapes
from ftrack_server.api.rows import Rows
from ftrack_server.model.publish import publish
from ftrack_server.query.engine import QueryEngine

if TYPE_CHECKING:
    from ftrack_server.limits import Limits
    from ftrack_server.model.registry import Model
    from ftrack_server.storage.engine import Database


DECIDING_TABLES = frozenset(
    {
        "object_type",
        "configuration_read_role",
        "custom_attribute_configuration",
        "custom_attribute_group",
        "custom_attribute_type",
    }
)
"""Tables whose rows an edition follows from: a change of them makes a new one."""


class Edition:
    """One data model; never changes.

    Attributes:
        model: Entity types.
        queries: Runs queries on them.
        shapes: The stored side of the types.
    """

    def __init__(self, model: Model, database: Database, limits: Limits | None = None) -> None:
        self.model = model
        self.queries = QueryEngine(model, database.metadata, limits)
        self.shapes = Shapes(model)

    @cached_property
    def schemas(self) -> list[dict[str, Any]]:
        """Return the schema documents that clients are sent, worked out once."""
        return publish(self.model)

    @cached_property
    def schema_hash(self) -> str:
        """Return the hash of exactly those documents (protocol: 4.6)."""
        return schema_hash(self.schemas)


class Editions:
    """Makes editions from what a database holds, and keeps the newest.

    The database counts the changes. Each call compares that number with the one of the edition that is kept, so that
    it works with the data model of its own transaction, whichever server of the database changed it last.
    """

    def __init__(self, database: Database, model: Model, limits: Limits | None = None) -> None:
        self._database = database
        self._limits = limits
        self._lock = threading.Lock()
        self._base = model
        with database.read() as connection:
            # One object for both, so that nobody ever sees the number of another edition.
            self._latest = (database.edition(connection), self.of(Rows(database, connection)))

    @property
    def current(self) -> Edition:
        """Return the edition that was made last."""
        return self._latest[1]

    # The connections are SQLAlchemy's; only storage and query know that library by name.
    def at(self, connection: Any) -> Edition:
        """Return the edition for a transaction that has just begun.

        Cost: nothing worth measuring on SQLite, one look-up by key on PostgreSQL; after a change, one call of each
        server reads the object types anew.
        """
        number = self._database.edition(connection)
        known, edition = self._latest
        if number == known:
            return edition
        with self._lock:
            known, edition = self._latest
            if number != known:
                edition = self.of(Rows(self._database, connection))
                if number > known:  # else the transaction began before the last change
                    self._latest = (number, edition)
            return edition

    def of(self, rows: Rows) -> Edition:
        """Return the edition for the rows that a transaction sees, committed or not."""
        return Edition(self._base.with_object_types(rows.select("object_type", {})), self._database, self._limits)
