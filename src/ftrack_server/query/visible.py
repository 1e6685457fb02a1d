"""Whether somebody sees one component, for what is about its file rather than about rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_protocol.query.ast import Comparison, Path, Segment, Select, Value
from ftrack_server.query.engine import RunOptions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ftrack_server.access import Access
    from ftrack_server.query.engine import QueryEngine

_ID = Path((Segment("id"),))


def sees_component(queries: QueryEngine, connection: Connection, access: Access, component_id: str) -> bool:
    """Return whether there is a component that an actor sees: one statement."""
    query = Select("Component", (_ID,), Comparison(_ID, "is", Value(component_id)))
    return bool(queries.query(connection, query, RunOptions(access=access)).rows)
