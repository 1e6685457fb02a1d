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
    from ftrack_server.model.registry import Model
    from ftrack_server.storage.engine import Database


DECIDING_TABLES = frozenset(
    {"object_type", "custom_attribute_configuration", "custom_attribute_type", "custom_attribute_group"}
)
"""Tables whose rows an edition follows from: a change of them makes a new one."""


class Edition:
    """One data model; never changes.

    Attributes:
        model: Entity types.
        queries: Runs queries on them.
        shapes: The stored side of the types.
    """

    def __init__(self, model: Model, database: Database) -> None:
        self.model = model
        self.queries = QueryEngine(model, database.metadata)
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
    """Makes editions from what a database holds, and has the one that new calls use.

    Calls under way keep theirs: a change never alters what they work with.
    """

    def __init__(self, database: Database, model: Model) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._base = model
        self.current = self._read()

    def of(self, rows: Rows) -> Edition:
        """Return the edition for the rows that a transaction sees, committed or not."""
        return Edition(self._base.with_object_types(rows.select("object_type", {})), self._database)

    def refresh(self) -> None:
        """Let new calls use what is committed now.

        Two changes at once cannot end with the older one: each reads anew, one after the other.
        """
        with self._lock:
            self.current = self._read()

    def _read(self) -> Edition:
        with self._database.read() as connection:
            return self.of(Rows(self._database, connection))
