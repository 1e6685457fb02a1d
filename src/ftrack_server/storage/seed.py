"""What a new database starts with: reference rows always, then nothing, a small production or the acceptance data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from ftrack_server.model.custom import Configuration, cast_value
from ftrack_server.storage import records
from ftrack_server.storage.seed_acceptance import add_acceptance
from ftrack_server.storage.seed_demo import add_demo
from ftrack_server.storage.seed_rows import SeedRows, seed_id

if TYPE_CHECKING:
    from ftrack_server.access import Right
    from ftrack_server.model.registry import Model
    from ftrack_server.storage.engine import Database

FIRST_USER = "admin"
FIRST_USER_ID = seed_id("User", FIRST_USER)
USER_TYPE_ID = "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"


def seed(database: Database, model: Model, kind: str) -> str | None:
    """Fill an empty database, in one transaction.

    Args:
        database: A database whose tables exist.
        model: The data model.
        kind: ``empty``, ``demo`` or ``acceptance``.

    Returns:
        The username of the first user, or None when the database was seeded before: then nothing is done.
    """
    with database.read() as connection:
        if _seeded(database, connection):
            return None
    rows = SeedRows(model)
    _add_reference(rows, without=_WORKFLOWS if kind == "acceptance" else frozenset())
    first = {"demo": add_demo, "acceptance": add_acceptance}.get(kind, _add_first_user)(rows)
    with database.write(patient=True) as connection:
        if _seeded(database, connection):
            return None
        for table, members in rows.by_table(database.metadata).items():
            records.insert(connection, database.metadata.tables[table], members)
        state = database.metadata.tables["server_state"]
        connection.execute(insert(state), [{"name": "seed", "value": kind}, {"name": "first_user", "value": first}])
    return first


def _seeded(database: Database, connection: Connection) -> bool:
    state = database.metadata.tables["server_state"]
    return connection.execute(select(state.c.value).where(state.c.name == "seed")).first() is not None


def _add_first_user(rows: SeedRows) -> str:
    rows.user(FIRST_USER, "Studio", "Administrator", role="Administrator")
    return FIRST_USER


_RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "Administrator": ("site", "projects", "contribute"),
    "API": ("site", "projects", "contribute"),
    "Project Manager": ("projects", "contribute"),
    "User": ("contribute",),
    "Restricted User": ("contribute",),
}
"""What the roles of a new site allow."""

# Tests of the official client take the first project schema they find, so it must be theirs.
_WORKFLOWS = frozenset({"ProjectSchema", "ProjectSchemaObjectType", "Schema", "SchemaStatus", "SchemaType"})


def _add_reference(rows: SeedRows, without: frozenset[str]) -> None:
    reference = {name: members for name, members in reference_rows().items() if name not in without}
    types = {row["id"]: row["name"] for row in reference["CustomAttributeType"]}
    for name, members in reference.items():
        for row in members:
            values = dict(row)
            if name == "CustomAttributeConfiguration":
                values["kind"] = "value"
                values["default"] = _stored_default(values, types[values["type_id"]])
            rows.add(name, **values)
    for name, rights in _RIGHTS.items():
        role = rows.find("SecurityRole", name=name)["id"]
        rows.rows.setdefault("role_permission", []).extend({"role_id": role, "permission": right} for right in rights)
    rows.add(
        "Setting",
        name="storage_scenario",
        group="STORAGE",
        value=json.dumps({"scenario": "ftrack.automatic", "data": {}}),
    )


def _stored_default(row: Mapping[str, Any], type_name: str) -> Any:
    """Return a default in the form that answers have, so that a date is a tagged date."""
    if row["default"] is None:
        return None
    configuration = Configuration.from_row(row, type_name)
    return json.loads(cast_value(configuration, row["default"]).value)


@lru_cache(maxsize=1)
def reference_rows() -> Mapping[str, list[Mapping[str, Any]]]:
    """Return the rows every database starts with, by entity type."""
    text = resources.files(__package__).joinpath("seed_data").joinpath("reference.json").read_text(encoding="utf-8")
    found: Mapping[str, list[Mapping[str, Any]]] = json.loads(text)
    return found
