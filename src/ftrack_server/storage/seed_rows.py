"""Collect the rows of a seed: entities in, consistent table rows out: paths, projects, bids, latest versions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ftrack_server.model.custom import Configuration, cast_value
from ftrack_server.model.definition import UNSET, Field

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from ftrack_server.model.registry import Model

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://example.invalid/open-ftrack-server")
START = datetime(2026, 3, 2, 9, 0, 0)  # noqa: DTZ001 - naive UTC is what is stored


def seed_id(entity_type: str, name: str) -> str:
    """Return the stable identifier of a seeded entity: the same in every database."""
    return str(uuid.uuid5(_NAMESPACE, f"{entity_type}/{name}"))


class SeedRows:
    """Rows in the making, by entity type."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self._contexts: dict[str, dict[str, Any]] = {}
        self._versions: dict[str, int] = {}
        self._minutes = 0

    def moment(self) -> datetime:
        """Return the next moment: a minute after the last, so that orders by time are plain."""
        self._minutes += 1
        return START + timedelta(minutes=self._minutes)

    def add(self, entity_type: str, /, **values: Any) -> str:
        """Add an entity with the schema defaults of what is not given, and return its id (or nothing)."""
        definition = self.model.type(entity_type)
        row = dict(values)
        for name, item in definition.attributes.items():
            usable = isinstance(item, Field) and not item.synonym_of and item.default not in {UNSET, "{uid}"}
            if usable and name not in row:
                row[name] = item.default  # type: ignore[union-attr]  # a Field, as asked above
        for column, allowed in definition.discriminator:
            row.setdefault(column, allowed[0])
        self.rows.setdefault(definition.table, []).append(row)
        return str(row.get("id", ""))

    def find(self, entity_type: str, /, **values: Any) -> dict[str, Any]:
        """Return the first row of a type's table with these values."""
        for row in self.rows[self.model.type(entity_type).table]:
            if all(row.get(name) == value for name, value in values.items()):
                return row
        raise LookupError(f"No seeded {entity_type} has {values}.")

    def user(self, username: str, first_name: str, last_name: str, *, role: str = "User", key: str = "") -> str:
        """Add an active user with a role on all open projects."""
        identifier = key or seed_id("User", username)
        self.add(
            "User",
            id=identifier,
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=f"{username}@example.invalid",
            is_active=True,
            is_totp_enabled=False,
            is_otp_enabled=False,
            require_details_update=False,
            user_type_id="ac9fa5aa-4361-11e0-b7cc-0019bb4983d8",
        )
        self.add(
            "UserSecurityRole",
            id=seed_id("UserSecurityRole", username),
            user_id=identifier,
            security_role_id=self.find("SecurityRole", name=role)["id"],
            is_all_open_projects=True,
        )
        return identifier

    def project(self, name: str, full_name: str, schema_id: str, *, key: str = "", creator: str | None = None) -> str:
        """Add an active project."""
        identifier = key or seed_id("Project", name)
        row = {
            "id": identifier,
            "parent_id": None,
            "name": name,
            "full_name": full_name,
            "status": "active",
            "project_schema_id": schema_id,
            "project_id": identifier,
            "created_at": self.moment(),
            "created_by_id": creator,
        }
        self.add("Project", **row)
        self._contexts[identifier] = self.rows["context"][-1]
        return identifier

    def context(self, entity_type: str, parent_id: str, name: str, *, key: str = "", **values: Any) -> str:
        """Add a tree item below a project or another item; those above it take over its bid (data_model: 3)."""
        parent = self._contexts[parent_id]
        identifier = key or seed_id(entity_type, f"{parent_id}/{name}")
        row = {
            "id": identifier,
            "name": name,
            "parent_id": parent_id,
            "project_id": parent["project_id"],
            "created_at": self.moment(),
            "created_by_id": parent["created_by_id"],
            "description": "",
            "bid": 0.0,
            "sort": 0.0,
            **values,
        }
        for above in self._path(parent_id)[:-1]:
            self._contexts[above]["bid"] += row["bid"]
        self.add(entity_type, **row)
        self._contexts[identifier] = self.rows["context"][-1]
        return identifier

    def assign(self, context_id: str, user_id: str) -> None:
        """Assign a user to a task."""
        key = seed_id("Appointment", f"{context_id}/{user_id}")
        self.add("Appointment", id=key, context_id=context_id, resource_id=user_id, type="assignment")

    def asset(self, context_id: str, name: str, type_id: str, *, key: str = "") -> str:
        """Add an asset on a tree item."""
        identifier = key or seed_id("Asset", f"{context_id}/{name}")
        self.add(
            "Asset",
            id=identifier,
            name=name,
            context_id=context_id,
            type_id=type_id,
            project_id=self._contexts[context_id]["project_id"],
        )
        return identifier

    def version(self, asset_id: str, user_id: str, status_id: str, *, task_id: str | None, comment: str = "") -> str:
        """Add the next version of an asset, which becomes its latest."""
        number = self._versions.get(asset_id, 0) + 1
        self._versions[asset_id] = number
        asset = self.find("Asset", id=asset_id)
        identifier = seed_id("AssetVersion", f"{asset_id}/{number}")
        self.add(
            "AssetVersion",
            id=identifier,
            asset_id=asset_id,
            version=number,
            comment=comment,
            date=self.moment(),
            is_published=True,
            status_id=status_id,
            task_id=task_id,
            user_id=user_id,
            project_id=asset["project_id"],
        )
        asset["latest_version_id"] = identifier
        return identifier

    def note(self, parent_id: str, parent_type: str, content: str, author_id: str, *, project_id: str) -> str:
        """Add a note whose author is among its recipients."""
        moment = self.moment()
        identifier = seed_id("Note", f"{parent_id}/{content}")
        self.add(
            "Note",
            id=identifier,
            parent_id=parent_id,
            parent_type=parent_type,
            content=content,
            user_id=author_id,
            date=moment,
            thread_activity=moment,
            project_id=project_id,
        )
        self.add("Recipient", note_id=identifier, resource_id=author_id)
        return identifier

    def custom_value(self, configuration: Configuration, entity_id: str, value: Any) -> None:
        """Store a custom attribute value."""
        cast = cast_value(configuration, value)
        self.rows.setdefault("custom_attribute_value", []).append(
            {
                "configuration_id": configuration.id,
                "entity_id": entity_id,
                "value": json.loads(cast.value),
                "number": cast.number,
                "text": cast.text,
                "date": cast.date,
            }
        )

    def by_table(self, metadata: MetaData) -> Mapping[str, list[dict[str, Any]]]:
        """Return every row by table, reduced to the columns there are, paths included."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table, rows in self.rows.items():
            columns = metadata.tables[table].c
            found[table] = [{name: value for name, value in row.items() if name in columns} for row in rows]
        found["context_path"] = [
            {"descendant_id": context, "ancestor_id": ancestor, "depth": depth}
            for context in self._contexts
            for depth, ancestor in enumerate(self._path(context))
        ]
        return found

    def _path(self, context: str) -> list[str]:
        path = []
        current: str | None = context
        while current is not None:
            path.append(current)
            current = self._contexts[current]["parent_id"]
        return path
